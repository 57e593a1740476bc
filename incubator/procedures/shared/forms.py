"""The forms that the stages have in common: correction, refusal, withdrawal, service, objection, review."""

from __future__ import annotations

from typing import Any

from incubator.engine.forms import choice, form, text, whole_number
from incubator.text import Text


def reason(title: Text, *, name: str = "reason") -> dict[str, Any]:
    """A form that asks for reasons alone."""
    return form(text(name, title, longest=2000, lines=True))


NOTE = text("note", Text("补正说明", "What was corrected"), longest=2000, lines=True)

POINTS = form(text("points", Text("补正事项", "What to correct"), longest=4000, lines=True,
                   hint=Text("每行一项", "One point a line")))  # fmt: skip
FINDINGS = form(text("findings", Text("初审发现", "Findings of the screening"), longest=4000, lines=True))
WITHDRAWAL = form(
    text("reason", Text("撤回原因", "Why it is withdrawn"), longest=500, lines=True),
    text("asked_by", Text("提出人", "Who asks"), longest=60),
)
EXTENSION = form(
    whole_number("length", Text("延长的长度", "Longer by"), least=1, most=3650,
                 hint=Text("与原期限单位相同", "In the limit's own unit")),
)  # fmt: skip
SERVICE = form(
    choice("means", Text("送达方式", "Means of service"), (
        ("in_person", Text("当面送达", "in person")), ("left", Text("留置送达", "left at the address")),
        ("post", Text("邮寄送达", "by post")), ("electronic", Text("电子送达", "electronically")),
    )),
    text("recipient", Text("签收人", "Received by"), longest=60),
)  # fmt: skip
OBJECTION = form(
    text("objector", Text("异议人", "Who objects"), longest=60, personal=True),
    text("grounds", Text("异议内容和理由", "The objection and its grounds"), longest=2000, lines=True),
)
ANSWER = reason(Text("核实情况和理由", "What was found, and why"))
REVIEW_REQUEST = reason(Text("申请复核的事实和理由", "Grounds for the internal review"), name="grounds")


def refusal(title: Text) -> dict[str, Any]:
    """Reasons for a refusal, and the rule that it rests on."""
    return form(
        text("reason", title, longest=2000, lines=True),
        text("basis", Text("依据", "Legal basis"), longest=500),
    )

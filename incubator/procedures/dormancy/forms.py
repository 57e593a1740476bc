"""The forms of dormancy: the signs found, their confirmation, the organization's own report."""

from __future__ import annotations

from incubator.engine.forms import day, form, text, whole_number
from incubator.text import Text

FINDINGS = form(text("signs", Text("疑似僵尸组织的迹象", "Signs of dormancy"), longest=4000, lines=True))
CONFIRMED = form(
    text("checked", Text("核实经过", "How it was checked"), longest=2000, lines=True,
         hint=Text("向谁核实、何时走访、有无反馈", "Whom was asked, when somebody went there, what came back")),
)  # fmt: skip
NOT_DORMANT = form(text("reason", Text("不属于僵尸组织的理由", "Why it is not dormant"), longest=2000, lines=True))
REPORT = form(
    day("held_on", Text("活动日期", "Held on")),
    text("title", Text("活动名称", "What it was"), longest=100),
    whole_number("participants", Text("参加人数", "Participants"), most=100_000),
    text("note", Text("情况说明", "The facts"), longest=2000, lines=True, required=False),
)
UNCURED = form(text("chased", Text("期满核实情况", "What was found after the time"), longest=2000, lines=True))

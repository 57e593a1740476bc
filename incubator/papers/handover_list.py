"""The handover list (工作移交清单): everything that went to a colleague, for both to sign."""

from __future__ import annotations

from incubator.clock import today
from incubator.models.base import NO_DATE
from incubator.papers.fields import STREET, list_of
from incubator.papers.paper import Field, Paper, Values
from incubator.papers.wording import numbered, written
from incubator.queries.handovers import HandoverFile, HandoverItem
from incubator.text import Text

HANDOVER_LIST = Paper(
    "handover_list",
    Text("工作移交清单", "Handover list"),
    Text("全部在办工作移交同事后，双方签字确认", "Once all work in hand went to a colleague, for both to sign"),
    (
        Field("number", Text("移交编号", "Number of the handover"), "YJ-2026-0001", required=True),
        STREET,
        Field("from_person", Text("移交人", "Who hands over"), "样例经办人甲", required=True),
        Field("to_person", Text("接收人", "Who takes over"), "样例经办人乙", required=True),
        Field("made_on", Text("移交日期", "Day of the handover"), "2026年9月18日", required=True),
        Field("reason", Text("移交原因", "Why"), "岗位调整"),
        Field(
            "items",
            Text("移交的工作", "What went over"),
            [
                {
                    "no": "1",
                    "case": "BA-2026-0001",
                    "organization": "样例社区合唱团",
                    "work": "备案：受理",
                    "due_on": "2026年9月25日",
                }
            ],
            required=True,
            rows=(
                Field("no", Text("序号", "No."), ""),
                Field("case", Text("案件编号", "Case"), ""),
                Field("organization", Text("组织名称", "Organization"), ""),
                Field("work", Text("事项和环节", "Procedure and step"), ""),
                Field("due_on", Text("办理期限", "Due on"), ""),
            ),
        ),
        Field("count", Text("移交件数", "How many"), "1"),
        list_of(
            "left",
            Text("未能移交的工作及原因", "What could not go over, and why"),
            "BA-2026-0002：接收人曾受理，须由他人审批",
        ),
    ),
)


def handover_values(handover: HandoverFile, street: str) -> Values:
    """What the list of a handover says."""
    return {
        "number": handover.number,
        "street": street,
        "from_person": handover.giver.name,
        "to_person": handover.taker.name,
        "made_on": written(today(handover.made_at)),
        "reason": handover.reason,
        "items": [
            {
                "no": str(place),
                "case": item.number,
                "organization": item.organization,
                "work": _work(item),
                "due_on": "" if item.due_on == NO_DATE else written(item.due_on),
            }
            for place, item in enumerate(handover.gone, start=1)
        ],
        "count": str(len(handover.gone)),
        "left": numbered(_left(item) for item in handover.left),
    }


def _work(item: HandoverItem) -> str:
    return f"{item.matter.zh}：{item.step.zh}" if item.step else item.matter.zh


def _left(item: HandoverItem) -> str:
    what = "　".join(part for part in (item.number, item.organization, _work(item)) if part)
    return f"{what}（{item.remark.zh}）" if item.remark else what

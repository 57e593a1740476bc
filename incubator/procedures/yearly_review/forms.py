"""The forms of the yearly review: the organization's report, what the checks found, the conclusion."""

from __future__ import annotations

from incubator.engine.forms import choice, form, text, whole_number, yes_no
from incubator.procedures.filing.forms import NOTE, optional
from incubator.text import Text

_FEN = 100_000_000_000  # a billion yuan

_REPORT = (
    whole_number("activities", Text("全年开展活动次数", "Activities in the year"), most=10_000),
    whole_number("participants", Text("参加活动人次", "Attendances"), most=10_000_000),
    whole_number("members", Text("年末成员人数", "Members at the year's end"), most=100_000),
    whole_number("income_fen", Text("全年收入（分）", "Income (fen)"), most=_FEN),
    whole_number("spending_fen", Text("全年支出（分）", "Spending (fen)"), most=_FEN),
    text("work", Text("主要工作", "What was done"), longest=4000, lines=True),
    text("changes", Text("负责人、场所等变化情况", "Changes of leader, premises and the like"), longest=1000, lines=True,
         required=False),
    text("problems", Text("存在的问题和建议", "Problems and suggestions"), longest=1000, lines=True, required=False),
)  # fmt: skip
REPORT = form(*_REPORT)
CORRECTION = form(*optional(*_REPORT), NOTE)
WITHOUT_REPORT = form(
    text("no_report_reason", Text("未报送情况及催办经过", "That no report came, and how it was asked for"), longest=2000,
         lines=True),
)  # fmt: skip
FINDINGS = form(
    yes_no("late", Text("逾期报送", "Reported late")),
    text("findings", Text("核查发现", "Findings"), longest=4000, lines=True, required=False),
)

RESULTS = (
    ("passed", Text("合格", "passed")),
    ("basically_passed", Text("基本合格", "basically passed")),
    ("failed", Text("不合格", "failed")),
)
CONCLUSION = form(
    choice("result", Text("年检结论", "Conclusion"), RESULTS),
    text("reasons", Text("理由", "Reasons"), longest=2000, lines=True, required=False,
         hint=Text("基本合格、不合格的须写明理由", "Needed unless it passes")),
)  # fmt: skip

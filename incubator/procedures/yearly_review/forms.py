"""The forms of the yearly review: the organization's report, what the checks found, the conclusion."""

from __future__ import annotations

from incubator.engine.forms import choice, form, money, optional, text, values, whole_number, yes_no
from incubator.procedures.shared.forms import NOTE
from incubator.text import Text

_MOST = 100_000_000_000  # in fen: a billion yuan

_REPORT = (
    whole_number("activities", Text("全年开展活动次数", "Activities in the year"), most=10_000),
    whole_number("participants", Text("参加活动人次", "Attendances"), most=10_000_000),
    whole_number("members", Text("年末成员人数", "Members at the year's end"), most=100_000),
    money("income_fen", Text("全年收入", "Income"), most=_MOST),
    money("spending_fen", Text("全年支出", "Spending"), most=_MOST),
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
_REASONS = text("reasons", Text("理由", "Reasons"), longest=2000, lines=True, required=False,
                hint=Text("基本合格、不合格的须写明理由", "Needed unless it passes"))  # fmt: skip
CONCLUSION = form(choice("result", Text("年检结论", "Conclusion"), RESULTS), _REASONS)
# The result itself is no entry: a wrong one is reopened.
CORRECTED = form(
    values("corrected", Text("更正内容", "Corrected entries"), (*_REPORT, _REASONS),
           hint=Text("只填写需要更正的项目", "Fill in only what is to be corrected")),
)  # fmt: skip

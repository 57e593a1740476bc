"""The forms of carrying a project out: reports, conclusions, line changes, refunds, termination."""

from __future__ import annotations

from incubator.engine.forms import day, form, money, optional, rows, text, whole_number, yes_no
from incubator.procedures.shared.forms import NOTE
from incubator.text import Text

MOST = 100_000_000_000  # in fen: a billion yuan

_REPORT = (
    text("progress", Text("项目实施情况", "What was done"), longest=4000, lines=True),
    whole_number("activities", Text("开展活动次数", "Activities"), most=10_000),
    whole_number("beneficiaries", Text("受益人次", "People reached"), most=10_000_000),
    text("problems", Text("存在的问题", "Problems"), longest=2000, lines=True, required=False),
)
REPORT = form(*_REPORT)
CORRECTION = form(*optional(*_REPORT), NOTE)
OPINION = form(text("opinion", Text("评估意见", "Opinion"), longest=2000, lines=True))
ACCEPTANCE = form(text("opinion", Text("验收意见", "Opinion on the acceptance"), longest=2000, lines=True))
GROUNDS = form(text("grounds", Text("事实和理由", "Facts and grounds"), longest=2000, lines=True))
EARLIER = form(text("paper", Text("依据的纸质文书及文号", "The paper that says so, with its number"), longest=200))

LINE_CHANGE = form(
    rows("lines", Text("调整后的预算科目", "Lines as they are to be"), (
        whole_number("line", Text("科目序号", "Line"), least=1, most=1000),
        money("planned_fen", Text("调整后金额", "New amount"), most=MOST),
    ), hint=Text("只填写有变动的科目，各科目总额不变", "Only the lines that change; the total stays")),
    text("reason", Text("调整理由", "Why"), longest=1000, lines=True),
)  # fmt: skip

_CLAWBACK = money("clawback_fen", Text("追回金额", "Clawed back"), most=MOST,
                  hint=Text("不追回的填 0，最多不超过已拨付金额", "0 for nothing; no more than was paid"))  # fmt: skip
_REASONS = text("reasons", Text("决定理由", "Reasons of the decision"), longest=2000, lines=True)
FAILURE = form(_REASONS, _CLAWBACK)
TERMINATION = form(
    _REASONS, _CLAWBACK,
    yes_no("breach", Text("属于违约、违规，禁止申报项目", "A breach: barred from projects for a time")),
)  # fmt: skip
OVERTURNED = form(
    text("reason", Text("核实情况和理由", "What was found, and why"), longest=2000, lines=True),
    yes_no("deemed_in_time", Text("报告视为按期报送", "The report counts as in time"), required=False),
)
WRITE_OFF = form(
    text(
        "reason",
        Text("无法收回的原因和催收经过", "Why it cannot be had back, and how it was asked for"),
        longest=2000,
        lines=True,
    ),
    day("meeting_on", Text("集体研究日期", "Day of the meeting")),
    text("minutes_number", Text("会议纪要编号", "Number of the minutes"), longest=60),
)
REFUND = form(
    money("refund_fen", Text("退回金额", "Amount received"), most=MOST),
    text("paper", Text("银行回单或收据号", "Number of the bank's slip or the receipt"), longest=60),
)

"""The forms of funding: the application with its budget, the panel's scores, the award, the agreement."""

from __future__ import annotations

from incubator.engine.forms import (
    Field,
    day,
    form,
    money,
    optional,
    people,
    picked,
    rows,
    scores,
    text,
    yes_no,
)
from incubator.procedures.shared.forms import NOTE
from incubator.text import Text

_MOST = 100_000_000_000  # in fen: a billion yuan

_LINE = (
    text("title", Text("支出内容", "What it is spent on"), longest=100),
    text("kind", Text("支出类别", "Kind of cost"), longest=40, options_from="funding.costs.kinds"),
    money("fen", Text("金额", "Amount"), most=_MOST),
)
_APPLICATION: tuple[Field, ...] = (
    text("title", Text("项目名称", "Project"), longest=100),
    text("field", Text("资助领域", "Field"), longest=40, options_from="funding.fields"),
    text("summary", Text("项目内容", "What is to be done"), longest=4000, lines=True),
    text("beneficiaries", Text("受益对象和人数", "Who benefits, and how many"), longest=500, lines=True),
    day("starts_on", Text("开始日期", "Begins on")),
    day("ends_on", Text("结束日期", "Ends on")),
    rows("lines", Text("预算明细", "Budget"), _LINE),
    money("asked_fen", Text("申请金额", "Amount asked for"), most=_MOST,
          hint=Text("须等于预算明细合计", "The sum of the budget's lines")),
    picked("co_applicant", Text("联合申报单位（收款方）", "Registered co-applicant, who is the payee"),
           options_fact="street.registered", required=False,
           hint=Text("申报组织未登记、不具备法人资格的必填，款项付给该单位",
                     "Needed of an applicant that is not registered; the money is paid to it")),
    yes_no("funded_elsewhere", Text("同一项目已获其他资助", "The same work is funded elsewhere")),
)  # fmt: skip
APPLICATION = form(*_APPLICATION)
CORRECTION = form(*optional(*_APPLICATION), NOTE)

SEATS = form(
    people("members", Text("评审专家", "Members"), options_fact="staff.experts", least=1),
    people("alternates", Text("候补专家", "Alternates"), options_fact="staff.experts", required=False,
           hint=Text("专家回避时依次递补", "They join in turn where a member has a conflict of interest")),
)  # fmt: skip
REVIEW = form(
    scores("funding.review.sheet", Text("评分", "Scores")),
    text("opinion", Text("评审意见", "Opinion"), longest=2000, lines=True, required=False),
)

AWARD = form(
    money("awarded_fen", Text("资助金额", "Amount awarded"), most=_MOST),
    day("met_on", Text("集体研究日期", "Day of the meeting")),
    text("minutes_number", Text("会议纪要编号", "Number of the minutes"), longest=60),
    yes_no("list_approved", Text("资助名单已经集体研究通过", "The meeting approved the list")),
)
AGREEMENT = form(
    text("agreement_number", Text("协议编号", "Number of the agreement"), longest=60),
    day("agreed_on", Text("签订日期", "Signed on")),
    day("starts_on", Text("项目开始日期", "The project begins on")),
    day("ends_on", Text("项目结束日期", "The project ends on")),
    rows("lines", Text("预算明细（合计等于资助金额）", "Budget, which sums to the award"), _LINE),
)

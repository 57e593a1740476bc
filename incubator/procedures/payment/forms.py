"""The forms of a payment: the payee's account, the meeting's decision, the voucher, the bank's result."""

from __future__ import annotations

from incubator.engine.forms import day, form, text
from incubator.text import Text

REQUEST = form(
    text("account_name", Text("收款账户名称", "Name of the account"), longest=100,
         hint=Text("须与收款单位名称一致，不得为个人账户", "The payee's own; never a private account")),
    text("bank", Text("开户银行", "Bank"), longest=100),
    text("account_number", Text("银行账号", "Account number"), longest=34, personal=True, pattern=r"^[0-9 \-]{8,34}$",
         hint=Text("按协议所列账户填写", "As the agreement states it")),
)  # fmt: skip
MEETING = form(
    day("meeting_on", Text("会议日期", "Day of the meeting")),
    text("minutes_number", Text("会议纪要编号", "Number of the minutes"), longest=60),
)
VOUCHER = form(text("voucher_number", Text("财务凭证号", "Voucher number of the finance office"), longest=60))
RETURNED = form(text("reason", Text("退汇原因", "Why the bank returned it"), longest=500, lines=True))

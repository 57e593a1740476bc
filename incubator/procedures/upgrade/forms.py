"""The forms of an upgrade: the application, the findings, the handover, and the registrar's answer."""

from __future__ import annotations

from incubator.engine.forms import choice, day, form, money, optional, text, whole_number
from incubator.procedures.shared.forms import NOTE
from incubator.text import Text

KINDS = (
    ("association", Text("社会团体", "social association")),
    ("service_organization", Text("社会服务机构", "social service organization")),
)
_APPLICATION = (
    choice("kind", Text("拟登记类型", "To be registered as"), KINDS),
    text("name", Text("拟登记名称", "Name to be registered"), longest=100),
    whole_number("persons", Text("个人会员", "Members that are persons"), most=100_000),
    whole_number("units", Text("单位会员", "Members that are units"), most=10_000),
    money("funds_fen", Text("活动资金", "Funds"), most=100_000_000_000),
    text("premises", Text("住所", "Registered address"), longest=200),
    text("reason", Text("申请理由", "Why it registers"), longest=2000, lines=True),
)
APPLICATION = form(*_APPLICATION)
CORRECTION = form(*optional(*_APPLICATION), NOTE)
FINDINGS = form(
    text("findings", Text("对照登记条件", "Against the conditions of registration"), longest=4000, lines=True)
)
SUPPORT = form(text("opinion", Text("街道意见", "The street's opinion"), longest=2000, lines=True))
HANDOVER = form(
    text("recipient", Text("接收单位", "Handed over to"), longest=100),
    text("receipt_number", Text("收件回执号", "Number of the receipt"), longest=60, required=False),
)
REGISTERED = form(
    text(
        "number", Text("登记证号（统一社会信用代码）", "Registration number (unified social credit code)"), longest=30
    ),
    text("registered_name", Text("登记名称", "Registered name"), longest=100),
    day("registered_on", Text("登记日期", "Registered on")),
)
REFUSED = form(
    text("document_number", Text("登记机关文书号", "Number of the registrar's document"), longest=60),
    text("reason", Text("不予登记的理由", "Why it was refused"), longest=2000, lines=True),
)

"""The forms of a referral: the facts, how they were sent, and what the registrar answered with its document."""

from __future__ import annotations

from incubator.engine.forms import choice, day, form, text
from incubator.text import Text

DRAFT = form(
    text("cause", Text("移送事由", "Cause"), longest=60, options_from="referral.causes"),
    text("facts", Text("事实和证据", "The facts and their proof"), longest=4000, lines=True),
    text("suggestion", Text("处理建议", "What is suggested"), longest=1000, lines=True, required=False),
)
SENDING = form(
    text("letter_number", Text("移送函文号", "Number of the letter"), longest=60),
    text("recipient", Text("接收单位", "Sent to"), longest=100),
)
UNASKED = form(
    text("reason", Text("登记机关自行处理的情况", "How the registrar acted of itself"), longest=1000, lines=True)
)

_DOCUMENT = (
    text("document_number", Text("登记机关文书号", "Number of the registrar's document"), longest=60),
    day("decided_on", Text("作出日期", "Decided on")),
)
LISTS = (
    ("abnormal_list", Text("活动异常名录", "the abnormal list")),
    ("serious_breach_list", Text("严重违法失信名单", "the serious-breach list")),
)
NO_ACTION = form(*_DOCUMENT, text("note", Text("答复要点", "What it says"), longest=2000, lines=True))
LISTING = form(
    *_DOCUMENT,
    choice("list", Text("列入的名录", "Put on"), LISTS),
    day("since", Text("列入日期", "Since")),
    day("until", Text("截止日期", "Until"), required=False, hint=Text("文书未载明的不填", "Empty where it does not say")),
    text("note", Text("列入理由", "Its reasons"), longest=2000, lines=True),
)  # fmt: skip
REMOVAL = form(*_DOCUMENT, day("removed_on", Text("移出日期", "Removed on")))

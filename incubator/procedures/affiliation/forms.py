"""The forms of recognition, affiliation, renewal, endings and the quarterly report."""

from __future__ import annotations

from incubator.engine.forms import choice, day, form, optional, picked, text, whole_number, yes_no
from incubator.procedures.shared.forms import NOTE
from incubator.text import Text

_RECOGNITION = (
    text("activity", Text("活动开展情况", "How active it is"), longest=1000, lines=True,
         hint=Text("近十二个月的主要活动；次数以活动记录为准", "The main activities of the last twelve months; their number is taken from the records")),
    text("order", Text("运行管理情况", "How well it is run"), longest=1000, lines=True,
         hint=Text("章程、会议、财务公开等", "Charter, meetings, open accounts")),
    whole_number("teams", Text("带动的团队、小队数", "Groups and sub-teams it works with"), most=1000),
    text("flexibility", Text("机制灵活的做法", "How flexibly it works"), longest=1000, lines=True),
    whole_number("asked", Text("受访居民人数", "Residents asked"), most=100_000),
    whole_number("content", Text("其中满意的人数", "Of them content"), most=100_000),
    whole_number("capacity", Text("可联系的组织数", "How many it can carry"), most=1000),
    yes_no("party_organization", Text("已建立党组织并正常开展活动", "It has a working Party organization")),
)  # fmt: skip
RECOGNITION_APPLICATION = form(*_RECOGNITION)
RECOGNITION_CORRECTION = form(*optional(*_RECOGNITION), NOTE)

_WISHES = (
    text("purpose", Text("挂靠目的", "What it is for"), longest=1000, lines=True),
    text("support", Text("希望得到的支持", "What support is asked for"), longest=1000, lines=True),
    whole_number("months", Text("希望的期限（月）", "Desired term (months)"), least=1, most=120),
)  # fmt: skip
AFFILIATION_APPLICATION = form(
    picked("hub", Text("挂靠的枢纽型组织", "Hub"), options_fact="street.hubs",
           hint=Text("在本街道已认定的枢纽型组织中选择", "One of the street's recognised hubs")),
    *_WISHES,
)  # fmt: skip
# The hub stays: another hub is another application.
WISHES_CORRECTION = form(*optional(*_WISHES), NOTE)
_PAST = text("past_term", Text("上一期挂靠情况", "How the past term went"), longest=1000, lines=True)
RENEWAL_APPLICATION = form(_PAST, *_WISHES)
RENEWAL_CORRECTION = form(*optional(_PAST, *_WISHES), NOTE)

CONSENT = form(
    text("statement", Text("枢纽组织意见", "What the hub says"), longest=1000, lines=True, required=False),
)  # fmt: skip
RECORDED_CONSENT = form(
    text("signatory", Text("签字人", "Signed by"), longest=60),
    day("signed_on", Text("签字日期", "Signed on")),
)
AGREEMENT = form(
    day("since", Text("协议期限自", "Term from")),
    day("until", Text("协议期限至", "Term until")),
    text("for_member", Text("申请组织签字人", "Signed for the organization"), longest=60),
    text("for_hub", Text("枢纽组织签字人", "Signed for the hub"), longest=60),
)  # fmt: skip

ENDING_KINDS = (
    ("agreed", Text("双方协商解除", "by agreement")),
    ("member", Text("挂靠组织提出解除", "by notice of the organization")),
    ("hub", Text("枢纽组织提出解除", "by notice of the hub")),
    ("street", Text("街道决定解除", "by the street")),
)
_ENDING = (
    choice("kind", Text("解除方式", "How it ends"), ENDING_KINDS),
    text("reason", Text("解除理由", "Why"), longest=2000, lines=True),
    day("ends_on", Text("解除日期", "Ends on"),
        hint=Text("早于送达日期的，以送达日期为准", "Where it lies before service, it ends with service")),
)  # fmt: skip
ENDING_APPLICATION = form(*_ENDING)
ENDING_CORRECTION = form(*optional(*_ENDING), NOTE)
OPEN_DUTIES = form(
    text("open_duties", Text("尚未履行的职责", "Duties not done yet"), longest=4000, lines=True, required=False),
)

HUB_ENDING_KINDS = (
    ("given_up", Text("枢纽组织自行申请终止", "given up by the hub")),
    ("revoked", Text("不再符合条件，撤销认定", "revoked: it meets the criteria no more")),
)
_HUB_ENDING = (
    choice("kind", Text("终止情形", "Why it ends"), HUB_ENDING_KINDS),
    text("reason", Text("情况说明", "The facts"), longest=2000, lines=True),
    text("members", Text("所联系组织的安排", "What becomes of those it carries"), longest=2000, lines=True,
         required=False),
)  # fmt: skip
HUB_ENDING_APPLICATION = form(*_HUB_ENDING)
HUB_ENDING_CORRECTION = form(*optional(*_HUB_ENDING), NOTE)

_REPORT = (
    text("work", Text("本季度联系服务情况", "What was done for the members"), longest=2000, lines=True),
    whole_number("visits", Text("走访次数", "Visits"), most=10_000),
    whole_number("trainings", Text("培训场次", "Trainings"), most=10_000),
    text("problems", Text("困难和建议", "Difficulties and proposals"), longest=2000, lines=True, required=False),
)  # fmt: skip
REPORT = form(*_REPORT)
REPORT_CORRECTION = form(*optional(*_REPORT), NOTE)

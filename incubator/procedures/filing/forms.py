"""The forms of filing, renewal, change and exit: what a community worker types in from paper."""

from __future__ import annotations

from incubator.engine.forms import choice, day, form, optional, text, values, whole_number, yes_no
from incubator.procedures.shared.forms import NOTE
from incubator.text import Text

PHONE = r"^[0-9+\- ]{7,20}$"


NAME = text("name", Text("组织名称", "Name"), longest=100,
            hint=Text("冠以社区名称，如“桂花社区常青合唱团”", "Begins with the community's name"))  # fmt: skip
CATEGORY = text("category", Text("类别", "Category"), longest=60, options_from="filing.conditions.categories")
LEADER = text("leader", Text("负责人", "Leader"), longest=60, required=False)
LEADER_PHONE = text("leader_phone", Text("负责人电话", "Leader's telephone"), longest=20, personal=True, pattern=PHONE)
MEMBERS = whole_number("members", Text("成员人数", "Members"), most=100_000)
FOUNDERS = whole_number("founders", Text("发起人数", "Founders"), most=10_000)
PREMISES = text("premises", Text("活动场所", "Premises"), longest=200, required=False)
ACTIVITY = text("activity", Text("活动内容和频次", "Activities and how often"), longest=500, lines=True)
PURPOSE = text("purpose", Text("宗旨", "Purpose"), longest=500, lines=True)
NATURE = text("nature", Text("组织性质说明", "What kind of body it is"), longest=200, required=False)
FOUNDED_ON = text("founded_on", Text("成立时间", "Founded"), longest=10, required=False,
                  pattern=r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$",
                  hint=Text("可只填年或年月，如 2013、2013-05", "A year or a month is enough: 2013, 2013-05"))  # fmt: skip
CONSENT = yes_no("consent", Text("已向负责人说明联系方式的用途并取得同意",
                                 "The leader knows what the telephone number is for and agrees"))  # fmt: skip

_APPLICATION = (
    NAME, CATEGORY, LEADER, LEADER_PHONE, MEMBERS, FOUNDERS, PREMISES, ACTIVITY, PURPOSE, NATURE, FOUNDED_ON,
)  # fmt: skip
FILING_APPLICATION = form(*_APPLICATION, CONSENT)
FILING_CORRECTION = form(*optional(*_APPLICATION), NOTE)

_RENEWAL = (MEMBERS, LEADER, LEADER_PHONE, PREMISES, ACTIVITY)
RENEWAL_APPLICATION = form(*_RENEWAL, CONSENT)
RENEWAL_CORRECTION = form(*optional(*_RENEWAL), NOTE)

_CHANGE = (*optional(NAME, CATEGORY, LEADER, LEADER_PHONE, PREMISES),
           text("reason", Text("变更理由", "Why it changes"), longest=1000, lines=True))  # fmt: skip
CHANGE_APPLICATION = form(*_CHANGE)
CHANGE_CORRECTION = form(*optional(*_CHANGE), NOTE)

REISSUE_CAUSES = (("lost", Text("遗失", "lost")), ("damaged", Text("损毁", "damaged")))
REISSUE_APPLICATION = form(
    choice("cause", Text("补发原因", "Why it is reissued"), REISSUE_CAUSES),
    text("circumstances", Text("遗失、损毁的经过", "How that came about"), longest=1000, lines=True),
    text("declared_by", Text("声明人", "Declared by"), longest=60),
    yes_no("declared", Text("声明人已书面声明原证作废，找到后交回", "The old one is declared void in writing, and will be given back if found")),
)  # fmt: skip

EXIT_KINDS = (
    ("voluntary", Text("自愿解散", "dissolved by itself")),
    ("merged", Text("并入其他组织", "merged into another")),
    ("expired", Text("有效期届满未延续", "expired and not renewed")),
    ("revoked", Text("骗取备案、违法或营利，撤销备案", "revoked for fraud, illegality or profit-making")),
)
_EXIT = (
    choice("kind", Text("注销情形", "Why the filing ends"), EXIT_KINDS),
    text("reason", Text("情况说明", "The facts"), longest=2000, lines=True),
    text("successor", Text("并入的组织", "The organization merged into"), required=False),
    text("settlement", Text("财物清理情况", "How funds and property were settled"), longest=2000, lines=True),
)  # fmt: skip
EXIT_APPLICATION = form(*_EXIT)
EXIT_CORRECTION = form(*optional(*_EXIT), NOTE)

COMMITTEE_OPINION = form(
    choice("stance", Text("居民委员会意见", "The committee's opinion"),
           (("agree", Text("同意", "agrees")), ("object", Text("不同意", "objects")))),
    text("opinion", Text("意见内容", "In its words"), longest=1000, lines=True),
    day("held_on", Text("议定日期", "Decided on")),
)  # fmt: skip

CERTIFICATE = form(
    text("number", Text("备案证编号", "Certificate number"), longest=60),
    day("valid_from", Text("有效期自", "Valid from")),
    day("valid_until", Text("有效期至", "Valid until")),
)
CORRECTED = form(
    values("corrected", Text("更正内容", "Corrected entries"), (NAME, LEADER, PREMISES, CATEGORY, MEMBERS),
           hint=Text("只填写需要更正的项目", "Fill in only what is to be corrected")),
)  # fmt: skip

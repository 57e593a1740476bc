"""What bars an organization from funding: reviews, lists, a ban, and the same work paid for elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from incubator.engine.deadline_words import in_words
from incubator.engine.roles import Role
from incubator.engine.rules import Facts, PolicyValues, Unmet, rule
from incubator.procedures.funding.applied import form_of, said
from incubator.procedures.shared.roles import APPLICANT
from incubator.text import Text

OFFICER = (Role.OFFICER,)
LISTS = {
    "abnormal_list": Text("活动异常名录", "the abnormal list"),
    "serious_breach_list": Text("严重违法失信名单", "the serious-breach list"),
    "closer_supervision": Text("重点监管", "closer supervision"),
    "dormant": Text("僵尸型组织核查", "a check for dormancy"),
}


@rule("last_review_was_no_failure@1", needs=("organization.last_review",), reads=("funding.bars.reviews",))
def last_review_was_no_failure(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The last yearly review did not end with a result that bars: a report that never came ends so too."""
    review = facts["organization.last_review"]
    if not review or review["outcome"] not in policy.get("funding.bars.reviews"):
        return None
    return Unmet(
        Text(f"{review['period']} 年度年检未通过", f"The yearly review of {review['period']} was failed"),
        Text("请整改，待下一年度年检通过后再申请", "Put things right and apply after the next review is passed"),
        APPLICANT,
        policy.cite("funding.bars.reviews"),
    )


@rule("yearly_report_is_not_overdue@1", needs=("organization.report_overdue",), reads=("funding.bars.late_report",))
def yearly_report_is_not_overdue(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """No yearly report is waited for beyond its day."""
    period = facts["organization.report_overdue"]
    if not period or not policy.get("funding.bars.late_report"):
        return None
    return Unmet(
        Text(f"{period} 年度报告逾期未报送", f"The yearly report of {period} is overdue"),
        Text("请先报送年度报告", "Hand in the yearly report first"),
        APPLICANT,
        policy.cite("funding.bars.late_report"),
    )


@rule("is_on_no_list@1", needs=("funding.restrictions",), reads=("funding.bars.lists",))
def is_on_no_list(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """Neither the applicant nor the payee is on a list that bars."""
    barring = policy.get("funding.bars.lists")
    found = [each for each in facts["funding.restrictions"] if each["kind"] in barring]
    if not found:
        return None
    zh = "；".join(f"{each['name']}已列入{_list(each['kind']).zh}" for each in found)
    en = "; ".join(f"{each['name']} is on {_list(each['kind']).en}" for each in found)
    return Unmet(
        Text(zh, en),
        Text("请待移出后再申请，或更换联合申报单位", "Apply after the removal, or with another co-applicant"),
        APPLICANT,
        policy.cite("funding.bars.lists"),
    )


def _list(kind: str) -> Text:
    return LISTS.get(kind, Text(kind, kind))


@rule("no_project_ban_runs@1", needs=("funding.restrictions",), reads=("funding.bars.ban",))
def no_project_ban_runs(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """Neither the applicant nor the payee is banned from projects today."""
    bans = [each for each in facts["funding.restrictions"] if each["kind"] == "project_ban"]
    if not bans or not policy.get("funding.bars.ban"):
        return None
    zh = "；".join(f"{each['name']}至{_until(each).zh}禁止申报" for each in bans)
    en = "; ".join(f"{each['name']} is banned until {_until(each).en}" for each in bans)
    return Unmet(
        Text(zh, en),
        Text("请待禁止期满后再申请", "Apply when the ban is over"),
        APPLICANT,
        policy.cite("funding.bars.ban"),
    )


def _until(ban: Mapping[str, Any]) -> Text:
    until: date = ban["until"]
    return Text("另行通知", "further notice") if until == date.max else in_words(until)


@rule("work_is_paid_for_once@1", needs=(*form_of("title"), "funding.same_work"), reads=("funding.bars.likeness",))
def work_is_paid_for_once(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """No project of the street and no other open application is of the same work, by a title that is alike."""
    likeness = policy.get("funding.bars.likeness")
    found = [each for each in facts["funding.same_work"] if each["likeness"] >= likeness]
    if not found:
        return None
    zh = "；".join(f"{each['number']}“{each['title']}”（{each['organization']}）" for each in found)
    en = "; ".join(f"{each['number']} {each['title']!r} ({each['organization']})" for each in found)
    return Unmet(
        Text(f"与已立项或在报项目重复：{zh}", f"The same work is funded or applied for already: {en}"),
        Text(
            "请核实是否重复资助；不重复的，请补正项目名称以示区别",
            "Check whether it is the same work; if not, correct the title so that it tells them apart",
        ),
        OFFICER,
        policy.cite("funding.bars.likeness"),
    )


@rule("is_not_funded_elsewhere@1", needs=form_of("funded_elsewhere"))
def is_not_funded_elsewhere(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The applicant declares that nobody else pays for the same work."""
    if not said(facts, "funded_elsewhere"):
        return None
    return Unmet(
        Text("同一项目已获其他资助，不得重复资助", "The same work is paid for elsewhere: it is not funded twice"),
        Text("请申报其他项目", "Apply with another project"),
        APPLICANT,
    )

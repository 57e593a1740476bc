"""What an organization must be to be recognised as a hub: active, orderly, flexible, liked; and what policy adds."""

from __future__ import annotations

from datetime import date, timedelta

from incubator.engine.deadline_words import in_words
from incubator.engine.roles import Role
from incubator.engine.rules import Facts, PolicyValues, Unmet, rule
from incubator.procedures.filing.applied import form_of, said
from incubator.procedures.shared.conditions import no_other_open
from incubator.procedures.shared.jurisdiction import (
    LEGAL_PERSONALITY,
    REGISTERED,
    is_legal_person,
    within_the_streets_power,
)
from incubator.procedures.shared.roles import APPLICANT
from incubator.text import Text

_CRITERIA = "affiliation.recognition.criteria"

no_other_open("has_no_other_open_recognition@1", "hub_recognition", Text("枢纽认定", "hub recognition"))
within_the_streets_power("recognition_is_within_the_streets_power@1", "hub_recognition", APPLICANT)
no_other_open("has_no_other_open_hub_ending@1", "hub_ending", Text("终止枢纽认定", "end of a recognition"))


@rule(
    "is_no_hub_or_may_be_one_anew@1",
    needs=("organization.recognition", "case.today"),
    reads=("affiliation.recognition.window",),
)
def is_no_hub_or_may_be_one_anew(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The organization is no hub, or its recognition ends within the window in which it may be recognised anew."""
    recognition = facts["organization.recognition"]
    if recognition is None:
        return None
    until = recognition["until"]
    window = policy.get("affiliation.recognition.window")
    if until == date.max:
        opens = None
    else:
        opens = until - timedelta(days=window["opens_days_before"])
        if opens <= facts["case.today"] <= until - timedelta(days=window["closes_days_before"]):
            return None
    if opens is None:
        message = Text("该组织已是枢纽型组织", "The organization is a hub already")
        following = Text("无需再次认定", "It needs no further recognition")
    else:
        message = Text("该组织已是枢纽型组织，有效期至{until}", "It is a hub until {until}").fill(until=in_words(until))
        following = Text("请于{opens}起申请再次认定", "Apply again from {opens} on").fill(opens=in_words(opens))
    return Unmet(message, following, APPLICANT, policy.cite("affiliation.recognition.window"))


@rule("is_active_enough@1", needs=("organization.activities_in_a_year",), reads=(f"{_CRITERIA}.activities",))
def is_active_enough(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """As many activities on record in the twelve months before as policy says."""
    least, held = policy.get(f"{_CRITERIA}.activities"), facts["organization.activities_in_a_year"]
    if held >= least:
        return None
    return Unmet(
        Text(f"近十二个月应有活动不少于 {least} 次，登记在案 {held} 次", f"At least {least} activities in twelve months; {held} are on record"),
        Text("请补录已开展的活动，或待活动经常后再申请", "Enter the activities that were held, or apply once there are more"),
        APPLICANT,
        policy.cite(f"{_CRITERIA}.activities"),
    )  # fmt: skip


@rule(
    "was_filed_long_enough@1",
    needs=("organization.standing", "organization.filed_on", "case.today"),
    reads=(f"{_CRITERIA}.years_filed",),
)
def was_filed_long_enough(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """Filed for as many years as policy says; a registered body answers to the registrar."""
    years, filed_on, day = policy.get(f"{_CRITERIA}.years_filed"), facts["organization.filed_on"], facts["case.today"]
    if facts["organization.standing"] == REGISTERED or not years:
        return None
    if (
        filed_on is not None
        and (day.year - filed_on.year - ((day.month, day.day) < (filed_on.month, filed_on.day))) >= years
    ):
        return None  # fmt: skip
    since = (
        Text("尚未备案", "It is not filed")
        if filed_on is None
        else Text("备案于{day}", "It was filed on {day}").fill(day=in_words(filed_on))
    )
    return Unmet(
        Text(f"备案应满 {years} 年；{since.zh}", f"It must have been filed for {years} years. {since.en}"),
        Text("请于满年限后申请", "Apply once the time is over"),
        APPLICANT,
        policy.cite(f"{_CRITERIA}.years_filed"),
    )  # fmt: skip


@rule(
    "last_review_was_not_failed@1",
    needs=("organization.last_review",),
    reads=(f"{_CRITERIA}.review_not_failed",),
)
def last_review_was_not_failed(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The last yearly review was not failed, where policy asks for that."""
    review = facts["organization.last_review"]
    if not policy.get(f"{_CRITERIA}.review_not_failed") or review is None or review["outcome"] != "failed":
        return None
    return Unmet(
        Text(f"{review['period']} 年度年检不合格", f"The yearly review of {review['period']} was failed"),
        Text("请整改并通过下一次年检后申请", "Apply after the next review is passed"),
        APPLICANT,
        policy.cite(f"{_CRITERIA}.review_not_failed"),
    )


@rule("works_with_enough_teams@1", needs=form_of("teams"), reads=(f"{_CRITERIA}.teams",))
def works_with_enough_teams(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """As many groups and sub-teams as policy says work with it."""
    least, teams = policy.get(f"{_CRITERIA}.teams"), said(facts, "teams") or 0
    if teams >= least:
        return None
    return Unmet(
        Text(f"带动的团队、小队应不少于 {least} 支，现为 {teams} 支", f"It must work with at least {least} groups or sub-teams; there are {teams}"),
        Text("请核实后补正", "Check it and correct the application"),
        APPLICANT,
        policy.cite(f"{_CRITERIA}.teams"),
    )  # fmt: skip


@rule("residents_are_content@1", needs=form_of("asked", "content"), reads=(f"{_CRITERIA}.satisfaction",))
def residents_are_content(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """Of the residents asked as many are content, in percent, as policy says."""
    least = policy.get(f"{_CRITERIA}.satisfaction")
    asked, content = said(facts, "asked") or 0, said(facts, "content") or 0
    if content <= asked and content * 100 >= asked * least and (asked or not least):
        return None
    return Unmet(
        Text(f"受访居民满意率应不低于 {least}%，现为 {content}/{asked}", f"At least {least} % of the residents asked must be content; there are {content} of {asked}"),
        Text("请核实问卷汇总后补正", "Check the summary of the questionnaire and correct the application"),
        APPLICANT,
        policy.cite(f"{_CRITERIA}.satisfaction"),
    )  # fmt: skip


@rule("has_a_party_organization@1", needs=form_of("party_organization"), reads=(f"{_CRITERIA}.party_organization",))
def has_a_party_organization(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """It has a working Party organization, where policy asks for one."""
    if not policy.get(f"{_CRITERIA}.party_organization") or said(facts, "party_organization"):
        return None
    return Unmet(
        Text("尚未建立党组织并正常开展活动", "It has no working Party organization"),
        Text("请先建立党组织", "Let one be founded first"),
        APPLICANT,
        policy.cite(f"{_CRITERIA}.party_organization"),
    )


@rule(
    "has_legal_personality@2",
    needs=("organization.standing",),
    reads=(f"{_CRITERIA}.legal_personality", LEGAL_PERSONALITY),
)
def has_legal_personality(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """It has legal personality, where policy asks that of a hub."""
    if not policy.get(f"{_CRITERIA}.legal_personality") or is_legal_person(policy, facts["organization.standing"]):
        return None
    return Unmet(
        Text("枢纽型组织须有法人资格，该组织没有", "A hub needs legal personality: the organization has none"),
        Text("请先在登记机关登记", "Let it register with the registrar first"),
        APPLICANT,
        policy.cite(f"{_CRITERIA}.legal_personality"),
    )


@rule("is_a_hub@1", needs=("organization.is_hub",))
def is_a_hub(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The organization is a recognised hub today."""
    if facts["organization.is_hub"]:
        return None
    return Unmet(
        Text("该组织不是枢纽型组织", "The organization is no hub"),
        Text("请先申请枢纽认定", "Let it be recognised first"),
        (Role.OFFICER,),
    )


@rule(
    "says_what_becomes_of_members@1",
    needs=(*form_of("members"), "organization.hub_id", "street.hub_members"),
)
def says_what_becomes_of_members(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """Whoever ends the recognition of a hub that carries others says what becomes of them."""
    members = facts["street.hub_members"].get(facts["organization.hub_id"], 0)
    if not members or (said(facts, "members") or "").strip():
        return None
    return Unmet(
        Text(f"该枢纽现联系 {members} 个组织，须写明其后续安排", f"The hub carries {members} organizations: say what becomes of them"),
        Text("请补填所联系组织的安排", "Say it in the application"),
        APPLICANT,
    )  # fmt: skip

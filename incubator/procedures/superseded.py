"""Rules that no current definition asks any more: cases that were opened with them run on with them."""

from __future__ import annotations

import re
from datetime import date, timedelta

from incubator.engine.deadline_words import in_words
from incubator.engine.deadlines import Unit
from incubator.engine.rules import Facts, PolicyValues, Unmet, rule
from incubator.policies.values import Validity
from incubator.procedures.funding.applied import form_of, said
from incubator.procedures.funding.caps import most_fen
from incubator.procedures.shared.roles import APPLICANT, DIRECTOR, OFFICER
from incubator.text import Text
from incubator.wording import amount

FILED, REGISTERED = "filed", "registered"
_CRITERIA = "affiliation.recognition.criteria"
_LESS = Text("请减少资助金额", "Award less")


@rule("is_not_filed_already@1", needs=("organization.standing", "organization.filing_number"))
def is_not_filed_already(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The organization is neither filed nor registered."""
    if facts["organization.standing"] not in (FILED, REGISTERED):
        return None
    if facts["organization.standing"] == REGISTERED:
        message = Text("该组织已在登记机关登记", "The organization is registered with the registrar")
        return Unmet(message, Text("登记组织无需备案", "A registered body needs no filing"), APPLICANT)
    number = facts["organization.filing_number"]
    return Unmet(
        Text(f"该组织已备案（{number}）", f"The organization is filed already ({number})"),
        Text("请办理变更或延续备案", "Ask for a change or a renewal instead"),
        APPLICANT,
    )


@rule("is_within_the_streets_power@1", needs=("organization.standing",))
def is_within_the_streets_power(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The street has filed groups rectified; over a registered body the registrar decides."""
    if facts["organization.standing"] == "filed":
        return None
    if facts["organization.standing"] == "registered":
        message = Text(
            "该组织已在登记机关登记，街道不能责令整改", "It is registered: the street cannot order rectification"
        )
        return Unmet(message, Text("请移送登记机关处理", "Refer it to the registrar"), OFFICER)
    message = Text("该组织未备案", "The organization is not filed")
    return Unmet(message, Text("请以走访、提醒的方式指导", "Guide it by visits and advice"), OFFICER)


@rule("has_a_valid_certificate@1", needs=("organization.standing", "organization.filing_valid_until", "case.today"))
def has_a_valid_certificate(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The organization is filed and its certificate holds today, its last day included."""
    until = facts["organization.filing_valid_until"]
    if facts["organization.standing"] != "filed":
        message = Text("该组织未备案，不作年检", "The organization is not filed and not reviewed")
        return Unmet(message, Text("请先办理备案", "Let it be filed first"), OFFICER)
    if until is None or until < facts["case.today"]:
        if until is None:
            message = Text("该组织没有有效的备案证", "The organization has no filing certificate")
        else:
            message = Text("备案证已于{day}到期", "The filing certificate ended on {day}").fill(day=in_words(until))
        return Unmet(
            message,
            Text("请办理注销或重新备案", "Let the filing end, or file anew"),
            OFFICER,
        )
    return None


@rule("was_filed_before_the_period@1", needs=("organization.filed_on", "case.period"))
def was_filed_before_the_period(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The organization was filed before the year in which the review takes place."""
    filed_on, period = facts["organization.filed_on"], facts["case.period"]
    if not re.fullmatch("[1-9][0-9]{3}", period):
        message = Text("年检须写明年度", "A yearly review is of a year")
        return Unmet(message, Text("请填写四位年度，如 2027", "Give the year with four digits, such as 2027"), OFFICER)
    if filed_on is not None and filed_on < date(int(period), 1, 1):
        return None
    return Unmet(
        Text(
            f"该组织 {period} 年以前未备案，当年不作年检",
            f"It was not filed before {period} and is not reviewed that year",
        ),
        Text("请于下一年度办理", "Review it next year"),
        OFFICER,
    )


@rule("stars_are_for_filed_groups@1", needs=("organization.standing", "organization.filing_valid_until", "case.today"))
def stars_are_for_filed_groups(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The organization is filed and its certificate holds; registered bodies are the registrar's to grade."""
    if facts["organization.standing"] == REGISTERED:
        return Unmet(
            Text(
                "已登记的社会组织由登记机关评定等级，街道不评星级",
                "A registered body is graded by the registrar; the street gives it no stars",
            ),
            Text("请登记登记机关公布的评估等级", "Record the grade that the registrar announced"),
            OFFICER,
        )
    if facts["organization.standing"] != FILED:
        message = Text("该组织未备案，不参加星级评估", "The organization is not filed and gets no stars")
        return Unmet(message, Text("请先办理备案", "Let it be filed first"), OFFICER)
    until = facts["organization.filing_valid_until"]
    if until is not None and until >= facts["case.today"]:
        return None
    if until is None:
        message = Text("该组织没有有效的备案证", "The organization has no filing certificate")
    else:
        message = Text("备案证已于{day}到期", "The filing certificate ended on {day}").fill(day=in_words(until))
    return Unmet(message, Text("请办理注销或重新备案", "Let the filing end, or file anew"), OFFICER)


@rule(
    "star_rating_is_due@1",
    needs=("organization.star", "organization.filed_on", "case.today"),
    reads=("evaluation.opening.months_filed", "evaluation.opening.days_before_end"),
)
def star_rating_is_due(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The stars in force end soon, or none are in force and the organization was filed long enough ago."""
    star, day = facts["organization.star"], facts["case.today"]
    if star is not None:
        path = "evaluation.opening.days_before_end"
        opens = star["valid_until"] - timedelta(days=policy.get(path))
        if opens <= day:
            return None
        return Unmet(
            Text(
                "现有{zh}有效期至{until}，{opens}起方可重新评估",
                "Its rating ({en}) is valid until {until}; it is evaluated anew from {opens} on",
            ).fill(
                zh=star["title_zh"], en=star["title_en"], until=in_words(star["valid_until"]), opens=in_words(opens)
            ),
            Text("请于{opens}以后办理", "Evaluate it from {opens} on").fill(opens=in_words(opens)),
            OFFICER,
            policy.cite(path),
        )
    path = "evaluation.opening.months_filed"
    months, filed_on = policy.get(path), facts["organization.filed_on"]
    if filed_on is not None and (not months or Validity(length=months, unit=Unit.MONTHS).until(filed_on) < day):
        return None
    return Unmet(
        Text(f"备案未满 {months} 个月，暂不评估", f"It was filed less than {months} months ago"),
        Text(f"请于备案满 {months} 个月后办理", f"Evaluate it {months} months after its filing"),
        OFFICER,
        policy.cite(path),
    )


@rule("is_registered_with_the_registrar@1", needs=("organization.standing",))
def is_registered_with_the_registrar(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The organization is a registered body."""
    if facts["organization.standing"] == REGISTERED:
        return None
    return Unmet(
        Text("登记机关只对已登记的社会组织评定等级", "The registrar grades registered bodies alone"),
        Text("已备案的组织请办理星级评估", "Evaluate a filed organization for its stars"),
        OFFICER,
    )


@rule("is_registered@1", needs=("organization.standing",))
def is_registered(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The registrar decides over the bodies that it registered, and over no others."""
    if facts["organization.standing"] == "registered":
        return None
    return Unmet(
        Text("该组织未在登记机关登记，不需移送", "It is not registered: there is nothing to refer"),
        Text("备案组织由街道责令整改", "A filed group is rectified by the street"),
        OFFICER,
    )


@rule("has_legal_personality@1", needs=("organization.standing",), reads=(f"{_CRITERIA}.legal_personality",))
def has_legal_personality(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """It is registered, where policy asks a hub for legal personality."""
    if not policy.get(f"{_CRITERIA}.legal_personality") or facts["organization.standing"] == REGISTERED:
        return None
    return Unmet(
        Text("枢纽型组织须有法人资格，该组织未登记", "A hub needs legal personality: the organization is not registered"),
        Text("请先在登记机关登记", "Let it register with the registrar first"),
        APPLICANT,
        policy.cite(f"{_CRITERIA}.legal_personality"),
    )  # fmt: skip


@rule(
    "applies_jointly_unless_registered@1",
    needs=(*form_of("co_applicant"), "organization.standing"),
    reads=("funding.joint.required",),
)
def applies_jointly_unless_registered(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """A group without legal personality applies together with a registered body, where policy says so."""
    if facts["organization.standing"] == REGISTERED or said(facts, "co_applicant"):
        return None
    if not policy.get("funding.joint.required"):
        return None
    return Unmet(
        Text("备案组织应与登记的社会组织联合申报", "A filed group applies jointly with a registered body"),
        Text("请填写联合申报单位，一般为其枢纽组织", "Name a registered co-applicant, usually its hub"),
        APPLICANT,
        policy.cite("funding.joint.required"),
    )


@rule("payee_is_a_legal_person@1", needs=("funding.payee",))
def payee_is_a_legal_person(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The money goes to a registered body: the applicant itself, or its co-applicant. Never to a private account."""
    payee = facts["funding.payee"]
    if payee and payee["standing"] == REGISTERED:
        return None
    return Unmet(
        Text("收款方不具备法人资格", "The payee has no legal personality"),
        Text("请填写已登记的联合申报单位作为收款方", "Name a registered co-applicant as the payee"),
        APPLICANT,
    )


@rule(
    "award_is_within_bounds@1",
    needs=("data.decision.awarded_fen", *form_of("asked_fen"), "call.budget_fen"),
    reads=("funding.cap",),
)
def award_is_within_bounds(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """More than nothing, no more than was asked for, and no more than one project may get."""
    awarded, asked, cap = (
        facts["data.decision.awarded_fen"] or 0,
        said(facts, "asked_fen") or 0,
        most_fen(policy.get("funding.cap"), facts["call.budget_fen"]),
    )
    if 0 < awarded <= min(asked, cap):
        return None
    following, cite = _LESS, policy.cite("funding.cap")
    if not awarded:
        message, following = (
            Text("资助金额不能为零", "Nothing would be awarded"),
            Text("请填写资助金额", "Enter the amount"),
        )
    elif awarded > asked:
        message = Text("资助金额 {awarded} 超过申请金额 {asked}", "{awarded} is more than the {asked} asked for").fill(
            awarded=amount(awarded), asked=amount(asked)
        )
    else:
        message = Text(
            "资助金额 {awarded} 超过每个项目的上限 {cap}", "{awarded} is more than a project may get, {cap}"
        ).fill(awarded=amount(awarded), cap=amount(cap))
    return Unmet(message, following, DIRECTOR, cite)


@rule("payee_is_a_registered_body@1", needs=("project.payee",))
def payee_is_a_registered_body(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The payee has legal personality still."""
    payee = facts["project.payee"]
    if payee.get("standing") == "registered":
        return None
    name = payee.get("name", "")
    return Unmet(
        Text(f"收款单位“{name}”不具备法人资格，不能收款", f"The payee, {name}, is not a registered body"),
        Text("请核对收款单位的登记状态；已注销的，应当终止项目", "Check its registration; where that has ended, terminate the project"),
        OFFICER,
    )  # fmt: skip

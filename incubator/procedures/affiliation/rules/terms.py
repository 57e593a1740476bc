"""The terms of agreements: in order, no longer than policy lets them be, renewed within their window."""

from __future__ import annotations

from datetime import date, timedelta

from incubator.engine.deadline_words import in_words
from incubator.engine.roles import Role
from incubator.engine.rules import Facts, PolicyValues, Unmet, rule
from incubator.policies.values import Validity
from incubator.procedures.shared.roles import APPLICANT
from incubator.text import Text

OFFICER = (Role.OFFICER,)
_SINCE, _UNTIL = "data.agreement.since", "data.agreement.until"
_LONGEST, _WINDOW = "affiliation.carrying.longest_term", "affiliation.renewal.window"
_MEND = Text("请按签订的协议更正期限", "Correct the term as it was signed")


@rule("term_is_in_order@1", needs=(_SINCE, _UNTIL, "case.today"), reads=(_LONGEST,))
def term_is_in_order(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The term begins before it ends, is not over, and is no longer than policy says."""
    since, until = _day(facts[_SINCE]), _day(facts[_UNTIL])
    if since is None or until is None:
        return Unmet(Text("未填写协议期限", "The agreement's term is missing"), _MEND, OFFICER)
    if until < since or until < facts["case.today"]:
        words = Text("协议期限的截止日期有误", "The term ends before it begins, or is over already")
        return Unmet(words, _MEND, OFFICER)
    last = Validity.model_validate(policy.get(_LONGEST)).until(since)
    if until <= last:
        return None
    words = Text("协议期限最长至{last}", "The term may run until {last} at most").fill(last=in_words(last))
    return Unmet(words, _MEND, OFFICER, policy.cite(_LONGEST))


@rule("term_follows_the_old_one@1", needs=(_SINCE, _UNTIL, "organization.agreement"))
def term_follows_the_old_one(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The renewed term begins in the old one or on the day after it, and ends later."""
    since, until, agreement = _day(facts[_SINCE]), _day(facts[_UNTIL]), facts["organization.agreement"]
    if since is None or until is None or agreement is None:
        return None
    if agreement["since"] < since <= agreement["until"] + timedelta(days=1) and until > agreement["until"]:
        return None
    words = Text(
        "续签的期限应与原协议（至{until}）衔接", "The new term must follow on the old one, which ends on {until}"
    )
    return Unmet(words.fill(until=in_words(agreement["until"])), _MEND, OFFICER)  # fmt: skip


@rule("is_within_the_agreements_window@1", needs=("organization.hub", "case.today"), reads=(_WINDOW,))
def is_within_the_agreements_window(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """Today lies in the window before the agreement's end."""
    hub, window, cite = facts["organization.hub"], policy.get(_WINDOW), policy.cite(_WINDOW)
    if hub is None:
        words = Text("该组织目前没有有效的挂靠协议，不能续签", "No agreement is in force that could be renewed")
        return Unmet(words, Text("请重新申请挂靠", "Apply for an affiliation"), APPLICANT, cite)
    opens = hub["until"] - timedelta(days=window["opens_days_before"])
    closes = hub["until"] - timedelta(days=window["closes_days_before"])
    said = {"until": in_words(hub["until"]), "opens": in_words(opens), "closes": in_words(closes)}
    if facts["case.today"] < opens:
        words = Text("协议至{until}，{opens}起方可续签", "It runs until {until}: renewal opens on {opens}").fill(**said)
        following = Text("请于{opens}以后办理", "Renew it from {opens} on").fill(**said)
        return Unmet(words, following, APPLICANT, cite)
    if facts["case.today"] > closes:
        words = Text("续签已于{closes}截止", "Renewal closed on {closes}").fill(**said)
        return Unmet(words, Text("协议届满后重新申请挂靠", "Apply anew once it has ended"), APPLICANT, cite)
    return None


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None

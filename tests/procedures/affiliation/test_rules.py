"""Every condition of recognition and affiliation, from both sides of its border."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from incubator.engine.policy import Policy
from incubator.engine.rules import RULES
from incubator.policies.packs import shipped
from incubator.procedures.catalogue import DEFINITIONS

assert DEFINITIONS  # the catalogue registers the rules

PACK = shipped()
DAY = date(2026, 9, 18)
CRITERIA = "recognition.criteria"
AGREEMENT = {
    "hub": "h",
    "name": "联合会",
    "number": "GKX-2024-0001",
    "since": date(2024, 10, 1),
    "until": date(2026, 9, 30),
}


def judge(rule: str, changes: dict[str, Any] | None = None, **facts: Any) -> str:
    """What the rule says under the shipped pack with some values of the section changed; empty where it is met."""
    content = deepcopy(PACK)
    for path, value in (changes or {}).items():
        node = content["values"]["affiliation"]
        for part in path.split("."):
            node = node[part]
        node["value"] = value
    name = f"{rule}@1"
    known = dict.fromkeys(RULES[name].needs) | {key.replace("__", "."): value for key, value in facts.items()}
    blocker = RULES[name].blocker(known, Policy(content))
    return "" if blocker is None else blocker.message.zh


def facts(**named: Any) -> dict[str, Any]:
    return {f"organization__{name}": value for name, value in named.items()}


@pytest.mark.parametrize(
    ("standing", "met"), [("filed", True), ("registered", True), ("informal", False), ("exited", False)]
)
def test_a_hub_is_filed_or_registered(standing: str, met: bool) -> None:
    assert (judge("is_filed_or_registered", **facts(standing=standing)) == "") is met


@pytest.mark.parametrize(("held", "met"), [(5, False), (6, True)])
def test_a_hub_is_active(held: int, met: bool) -> None:
    assert (judge("is_active_enough", **facts(activities_in_a_year=held)) == "") is met


@pytest.mark.parametrize(
    ("standing", "filed_on", "met"),
    [
        ("filed", date(2025, 9, 18), True),
        ("filed", date(2025, 9, 19), False),
        ("filed", None, False),
        ("registered", None, True),
    ],
)
def test_a_hub_was_filed_for_a_year(standing: str, filed_on: date | None, met: bool) -> None:
    said = judge("was_filed_long_enough", case__today=DAY, **facts(standing=standing, filed_on=filed_on))
    assert (said == "") is met


@pytest.mark.parametrize(
    ("outcome", "met"), [("failed", False), ("basically_passed", True), ("passed", True), (None, True)]
)
def test_a_hub_did_not_fail_its_last_review(outcome: str | None, met: bool) -> None:
    review = {"period": "2026", "outcome": outcome} if outcome else None
    assert (judge("last_review_was_not_failed", **facts(last_review=review)) == "") is met
    assert (
        judge("last_review_was_not_failed", {f"{CRITERIA}.review_not_failed": False}, **facts(last_review=review)) == ""
    )


@pytest.mark.parametrize(("teams", "met"), [(1, False), (2, True)])
def test_a_hub_works_with_teams_and_a_correction_counts(teams: int, met: bool) -> None:
    assert (judge("works_with_enough_teams", data__application__teams=teams) == "") is met
    assert judge("works_with_enough_teams", data__application__teams=0, data__correction__teams=2) == ""


@pytest.mark.parametrize(
    ("asked", "content", "met"), [(100, 80, True), (100, 79, False), (0, 0, False), (10, 11, False), (3, 3, True)]
)
def test_residents_like_a_hub(asked: int, content: int, met: bool) -> None:
    answer = {"data__application__asked": asked, "data__application__content": content}
    assert (judge("residents_are_content", **answer) == "") is met


def test_a_party_organization_and_legal_personality_are_asked_where_policy_says_so() -> None:
    asked = {f"{CRITERIA}.party_organization": True, f"{CRITERIA}.legal_personality": True}
    assert judge("has_a_party_organization", data__application__party_organization=False) == ""
    assert "党组织" in judge("has_a_party_organization", asked, data__application__party_organization=False)
    assert judge("has_a_party_organization", asked, data__application__party_organization=True) == ""
    assert judge("has_legal_personality", **facts(standing="filed")) == ""
    assert "法人资格" in judge("has_legal_personality", asked, **facts(standing="filed"))
    assert judge("has_legal_personality", asked, **facts(standing="registered")) == ""


@pytest.mark.parametrize(
    ("until", "met"),
    [(date(2026, 12, 17), True), (date(2026, 12, 18), False), (DAY, True), (date.max, False), (None, True)],
)
def test_a_hub_is_recognised_anew_within_the_window_only(until: date | None, met: bool) -> None:
    recognition = {"since": date(2023, 1, 1), "until": until} if until else None
    said = judge("is_no_hub_or_may_be_one_anew", case__today=DAY, **facts(recognition=recognition))
    assert (said == "") is met


@pytest.mark.parametrize(
    ("standing", "policy", "met"),
    [("filed", False, True), ("registered", False, False), ("registered", True, True), ("informal", True, False)],
)
def test_filed_groups_are_affiliated_and_registered_bodies_where_policy_says_so(
    standing: str, policy: bool, met: bool
) -> None:
    assert (judge("may_be_affiliated", {"carrying.registered": policy}, **facts(standing=standing)) == "") is met


def test_a_hub_is_carried_by_another_only_where_policy_says_so() -> None:
    assert judge("is_no_hub_itself", **facts(is_hub=False)) == ""
    assert "本身是枢纽" in judge("is_no_hub_itself", **facts(is_hub=True))
    assert judge("is_no_hub_itself", {"carrying.hubs": True}, **facts(is_hub=True)) == ""


def test_one_primary_hub_at_a_time() -> None:
    hub = {"public_id": "h", "name": "联合会", "until": date(2027, 1, 1)}
    assert judge("has_no_primary_hub", **facts(hub=None)) == ""
    assert "2027年1月1日" in judge("has_no_primary_hub", **facts(hub=hub))
    assert judge("is_affiliated", **facts(hub=hub)) == ""
    assert judge("is_affiliated", **facts(hub=None))


def test_the_picked_hub_is_recognised_another_one_and_carried_by_nobody_below() -> None:
    picked = {"data__application__hub": "h"}
    assert judge("picked_hub_is_recognised", street__hub_members={"h": 0}, **picked) == ""
    assert judge("picked_hub_is_recognised", street__hub_members={"other": 0}, **picked)
    assert judge("picked_hub_is_not_itself", **facts(hub_id=""), **picked) == ""
    assert judge("picked_hub_is_not_itself", **facts(hub_id="other"), **picked) == ""
    assert judge("picked_hub_is_not_itself", **facts(hub_id="h"), **picked)
    assert judge("picked_hub_is_not_carried_by_it", **facts(carries=frozenset({"x"})), **picked) == ""
    assert judge("picked_hub_is_not_carried_by_it", **facts(carries=frozenset({"x", "h"})), **picked)
    assert judge("there_is_a_hub", street__hubs={"h": "联合会"}) == ""
    assert judge("there_is_a_hub", street__hubs={})


@pytest.mark.parametrize(("capacity", "members", "met"), [(0, 90, True), (3, 2, True), (3, 3, False)])
def test_a_hub_carries_as_many_as_policy_lets_it(capacity: int, members: int, met: bool) -> None:
    said = judge(
        "picked_hub_has_room", {"carrying.capacity": capacity}, data__application__hub="h",
        street__hub_members={"h": members},
    )  # fmt: skip
    assert (said == "") is met


def test_an_agreement_is_renewed_while_it_stands_and_its_hub_is_one() -> None:
    assert judge("agreement_stands", **facts(agreement=AGREEMENT)) == ""
    assert judge("agreement_stands", **facts(agreement=None))
    assert judge("own_hub_is_recognised", street__hub_members={"h": 1}, **facts(agreement=AGREEMENT)) == ""
    assert judge("own_hub_is_recognised", street__hub_members={}, **facts(agreement=AGREEMENT))
    assert judge("own_hub_is_recognised", street__hub_members={}, **facts(agreement=None)) == ""


@pytest.mark.parametrize(
    ("since", "until", "met"),
    [
        ("2026-10-01", "2029-09-30", True),
        ("2026-10-01", "2029-10-01", False),  # longer than policy lets it be
        ("2026-10-01", "2026-09-30", False),
        ("2025-09-18", "2026-09-17", False),  # over already
        ("2025-09-18", "2026-09-18", True),
        (None, "2027-09-18", False),
    ],
)
def test_a_term_is_in_order(since: str | None, until: str, met: bool) -> None:
    said = judge("term_is_in_order", data__agreement__since=since, data__agreement__until=until, case__today=DAY)
    assert (said == "") is met


@pytest.mark.parametrize(
    ("since", "until", "met"),
    [
        ("2026-10-01", "2028-09-30", True),
        ("2026-10-02", "2028-09-30", False),
        ("2024-10-01", "2027-09-30", False),
        ("2024-10-02", "2027-09-30", True),
        ("2026-09-01", "2026-09-30", False),
    ],
)
def test_a_renewed_term_follows_on_the_old_one(since: str, until: str, met: bool) -> None:
    said = judge(
        "term_follows_the_old_one", data__agreement__since=since, data__agreement__until=until,
        **facts(agreement=AGREEMENT),
    )  # fmt: skip
    assert (said == "") is met


@pytest.mark.parametrize(
    ("until", "met"), [(date(2026, 11, 17), True), (date(2026, 11, 18), False), (DAY, True), (None, False)]
)
def test_renewal_opens_within_its_window(until: date | None, met: bool) -> None:
    hub = {"public_id": "h", "name": "联合会", "until": until} if until else None
    assert (judge("is_within_the_agreements_window", case__today=DAY, **facts(hub=hub)) == "") is met


def test_renewal_closes_where_policy_closes_it_before_the_end() -> None:
    window = {"renewal.window": {"opens_days_before": 60, "closes_days_before": 10}}
    for until, met in ((date(2026, 9, 28), True), (date(2026, 9, 27), False)):
        hub = {"public_id": "h", "name": "联合会", "until": until}
        assert (judge("is_within_the_agreements_window", window, case__today=DAY, **facts(hub=hub)) == "") is met


def test_whoever_ends_a_hub_that_carries_others_says_what_becomes_of_them() -> None:
    said = {**facts(hub_id="h"), "street__hub_members": {"h": 2}}
    assert "2 个组织" in judge("says_what_becomes_of_members", **said)
    assert judge("says_what_becomes_of_members", data__application__members="另行安排", **said) == ""
    assert judge("says_what_becomes_of_members", **facts(hub_id="h"), street__hub_members={"h": 0}) == ""
    assert judge("is_a_hub", **facts(is_hub=True)) == ""
    assert judge("is_a_hub", **facts(is_hub=False))


@pytest.mark.parametrize(
    ("period", "since", "met"),
    [
        ("2026Q2", date(2026, 6, 30), True),
        ("2026Q2", date(2026, 7, 1), False),
        ("2026Q3", date(2024, 1, 1), False),  # it is not over
        ("2026", date(2024, 1, 1), False),
        ("2026Q5", date(2024, 1, 1), False),
    ],
)
def test_a_hub_reports_on_quarters_in_which_it_was_one(period: str, since: date, met: bool) -> None:
    recognition = {"since": since, "until": date(2029, 1, 1)}
    said = judge("was_a_hub_in_the_quarter", case__period=period, case__today=DAY, **facts(recognition=recognition))
    assert (said == "") is met


def test_one_report_a_quarter() -> None:
    assert judge("has_no_report_of_the_quarter", case__same_period={}) == ""
    assert judge("has_no_report_of_the_quarter", case__same_period={"hub_report": ["SNB-2026-0001"]})

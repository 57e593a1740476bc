"""Both sides of what the street issues, what it only records, and who is a legal person."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from itertools import product
from typing import Any

from incubator.engine.policy import Policy
from tests.policies.sides.core import TODAY, Sides, said, sides

STANDINGS = ("informal", "filed", "registered", "exited")
ISSUES, RECORDS, LEGAL = "jurisdiction.issues", "jurisdiction.records", "jurisdiction.legal_personality"
VALID = {"organization.filing_valid_until": date(2030, 1, 1), "case.today": TODAY}


def of_standings(inside: Iterable[str], path: str, facts: Callable[[str], dict[str, Any]]) -> Iterable[Sides]:
    inside = set(inside)
    for one, other in product(STANDINGS, STANDINGS):
        if one in inside and other not in inside:
            yield Sides(facts(one), facts(other), path)


def over(policy: Policy, path: str, *acts: str) -> set[str]:
    return {standing for power in policy.get(path) if power["act"] in acts for standing in power["over"]}


def _standing_in(name: str, path: str, *acts: str, **more: Any) -> None:
    @sides(name)
    def standing(policy: Policy) -> Iterable[Sides]:
        return of_standings(over(policy, path, *acts), path, lambda one: {"organization.standing": one, **more})


_standing_in("is_within_the_streets_power@2", ISSUES, "rectification")
_standing_in("dormancy_is_within_the_streets_power@1", ISSUES, "dormancy")
_standing_in("recognition_is_within_the_streets_power@1", ISSUES, "hub_recognition")
_standing_in("may_be_put_under_supervision@1", ISSUES, "closer_supervision",
             **{"data.determination.consequence": "supervision"})  # fmt: skip
_standing_in("has_a_valid_certificate@2", ISSUES, "yearly_review", **VALID)
_standing_in("may_get_stars@1", ISSUES, "star_rating", **VALID)
_standing_in("is_registered_with_the_registrar@2", RECORDS, "grade")
_standing_in("is_registered@2", RECORDS, "abnormal_list", "serious_breach_list", "yearly_inspection")


@sides("is_not_filed_already@2")
def filing(policy: Policy) -> Iterable[Sides]:
    for found in of_standings(over(policy, ISSUES, "filing"), ISSUES, lambda one: {"organization.standing": one}):
        if found.missed["organization.standing"] != "filed":  # which is no matter of power
            number = {"organization.filing_number": ""}
            yield Sides({**found.met, **number}, {**found.missed, **number}, ISSUES)


@sides("list_is_recorded@1")
def lists(policy: Policy) -> Iterable[Sides]:
    for named in ("abnormal_list", "serious_breach_list"):

        def facts(one: str, named: str = named) -> dict[str, Any]:
            return {"organization.standing": one, "data.answer.list": named}

        yield from of_standings(over(policy, RECORDS, named), RECORDS, facts)


@sides("payee_is_a_legal_person@2")
def payee(policy: Policy) -> Iterable[Sides]:
    return of_standings(policy.get(LEGAL), LEGAL, lambda one: {"funding.payee": {"standing": one}})


@sides("payee_is_a_registered_body@2")
def paid(policy: Policy) -> Iterable[Sides]:
    return of_standings(policy.get(LEGAL), LEGAL, lambda one: {"project.payee": {"name": "甲", "standing": one}})


@sides("applies_jointly_unless_registered@2")
def jointly(policy: Policy) -> Iterable[Sides]:
    path = "funding.joint.required"
    on = {} if policy.get(path) else {path: True}
    alone = said(co_applicant=None)
    for found in of_standings(policy.get(LEGAL), path, lambda one: {"organization.standing": one, **alone}):
        yield Sides(found.met, found.missed, path, on)
        yield Sides({**found.missed, **said(co_applicant="x")}, found.missed, path, on)


@sides("has_legal_personality@2")
def hub(policy: Policy) -> Iterable[Sides]:
    path = "affiliation.recognition.criteria.legal_personality"
    on = {} if policy.get(path) else {path: True}
    for found in of_standings(policy.get(LEGAL), path, lambda one: {"organization.standing": one}):
        yield Sides(found.met, found.missed, path, on)

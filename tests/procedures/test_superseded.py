"""Rules that are asked no more answer as they did, for the cases that were opened with them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from incubator.engine.policy import Policy
from incubator.engine.rules import RULES
from incubator.policies.packs import shipped
from incubator.procedures import superseded
from incubator.procedures.catalogue import DEFINITIONS

POLICY = Policy(shipped())
TODAY = date(2026, 9, 18)
FILED = {"organization.standing": "filed", "organization.filing_valid_until": TODAY, "case.today": TODAY}
ALONE = {f"data.{step}.co_applicant": None for step in ("application", "correction")}


def asking(fen: int) -> dict[str, Any]:
    return {"data.application.asked_fen": fen, "data.correction.asked_fen": None, "call.budget_fen": 10_000_000}


# name, facts under which it holds, facts under which it does not
CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("is_not_filed_already@1", {"organization.standing": "exited"},
     {"organization.standing": "filed", "organization.filing_number": "BAZ-1"}),
    ("is_not_filed_already@1", {"organization.standing": "informal"}, {"organization.standing": "registered"}),
    ("is_within_the_streets_power@1", {"organization.standing": "filed"}, {"organization.standing": "registered"}),
    ("is_within_the_streets_power@1", {"organization.standing": "filed"}, {"organization.standing": "informal"}),
    ("has_a_valid_certificate@1", FILED, {**FILED, "organization.standing": "informal"}),
    ("has_a_valid_certificate@1", FILED, {**FILED, "organization.filing_valid_until": date(2026, 9, 17)}),
    ("was_filed_before_the_period@1", {"organization.filed_on": date(2025, 12, 31), "case.period": "2026"},
     {"organization.filed_on": date(2026, 1, 1), "case.period": "2026"}),
    ("stars_are_for_filed_groups@1", FILED, {**FILED, "organization.standing": "registered"}),
    ("stars_are_for_filed_groups@1", FILED, {**FILED, "organization.filing_valid_until": None}),
    ("star_rating_is_due@1",
     {"organization.star": None, "organization.filed_on": date(2025, 9, 18), "case.today": TODAY},
     {"organization.star": None, "organization.filed_on": date(2025, 9, 19), "case.today": TODAY}),
    ("is_registered@1", {"organization.standing": "registered"}, {"organization.standing": "filed"}),
    ("is_registered_with_the_registrar@1", {"organization.standing": "registered"}, {"organization.standing": "filed"}),
    ("payee_is_a_registered_body@1", {"project.payee": {"standing": "registered"}},
     {"project.payee": {"standing": "filed", "name": "甲"}}),
    ("payee_is_a_legal_person@1", {"funding.payee": {"standing": "registered"}}, {"funding.payee": None}),
    ("applies_jointly_unless_registered@1", {**ALONE, "organization.standing": "registered"},
     {**ALONE, "organization.standing": "filed"}),
    ("award_is_within_bounds@1", {**asking(3_000_001), "data.decision.awarded_fen": 3_000_000},
     {**asking(3_000_001), "data.decision.awarded_fen": 3_000_001}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "met", "missed"), CASES, ids=[name for name, *_ in CASES])
def test_a_superseded_rule_answers_as_it_did(name: str, met: dict[str, Any], missed: dict[str, Any]) -> None:
    assert RULES[name].blocker(met, POLICY) is None
    blocker = RULES[name].blocker(missed, POLICY)
    assert blocker is not None
    assert blocker.next.zh


def test_no_current_definition_asks_a_superseded_rule() -> None:
    old = {name for name, rule in RULES.items() if rule.judge.__module__ == superseded.__name__}
    assert old - {"has_legal_personality@1"} == {name for name, *_ in CASES}
    assert not old & {name for definition in DEFINITIONS for name in definition.rule_names()}

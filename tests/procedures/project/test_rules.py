"""The rules of projects and payments, each from both sides."""

from __future__ import annotations

from typing import Any

import pytest

from incubator.engine.policy import Policy
from incubator.engine.rules import RULES
from incubator.policies.packs import shipped
from incubator.procedures.payment.procedure import PAYMENT
from incubator.procedures.project.procedure import PROJECT

POLICY = Policy(shipped())
MONEY = {"committed": 1, "in_payment": 1, "paid": 1, "due_back": 0}
NOT_DEEMED = {"data.failure_review.deemed_in_time": None, "data.termination_review.deemed_in_time": None}


def part(**changes: Any) -> dict[str, Any]:
    return {"place": 1, "gate": "signed", "status": "open", "fen": 2_000_000, "case": "", **changes}


# The rule, facts that meet it, and facts that do not.
SIDES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("has_a_running_project@1", {"project.status": "running"}, {"project.status": "awarded"}),
    ("has_no_case_of_the_project@1", {"case.same_period": {"payment": ["BF-1"]}},
     {"case.same_period": {"project": ["SS-1"]}}),
    ("report_is_overdue@1", {"project.report_overdue": True}, {"project.report_overdue": False}),
    ("midterm_report_came_in_time@1", {"project.late_reports": frozenset({"carrying_on"}), **NOT_DEEMED},
     {"project.late_reports": frozenset({"carrying_out"}), **NOT_DEEMED}),
    ("midterm_report_came_in_time@1",
     {"project.late_reports": frozenset({"carrying_out"}), **NOT_DEEMED, "data.failure_review.deemed_in_time": True},
     {"project.late_reports": frozenset({"carrying_out"}), **NOT_DEEMED, "data.failure_review.deemed_in_time": False}),
    ("final_report_came_in_time@1", {"project.late_reports": frozenset({"carrying_out"}), **NOT_DEEMED},
     {"project.late_reports": frozenset({"carrying_on"}), **NOT_DEEMED}),
    ("every_expense_is_decided@1", {"project.undecided": 0}, {"project.undecided": 1}),
    ("no_payment_is_open@1", {"project.tranches": (part(),)}, {"project.tranches": (part(), part(case="BF-1"))}),
    ("nothing_is_due_back@1", {"project.money": MONEY}, {"project.money": {**MONEY, "due_back": 1}}),
    ("something_is_due_back@1", {"project.money": {**MONEY, "due_back": 1}}, {"project.money": MONEY}),
    ("midterm_was_paid_before@1", {"project.tranches": (part(gate="midterm", status="paid"),)},
     {"project.tranches": (part(status="paid"), part(gate="midterm"))}),
    ("midterm_lies_ahead@1", {"project.midterm_concluded": False}, {"project.midterm_concluded": True}),
    ("midterm_is_behind@1", {"project.midterm_concluded": True}, {"project.midterm_concluded": False}),
    ("has_an_open_tranche@1", {"payment.tranche": part()}, {"payment.tranche": part(status="waiting")}),
    ("has_an_open_tranche@1", {"payment.tranche": part()}, {"payment.tranche": {}}),
    ("tranche_is_payable@1", {"payment.tranche": part(status="requested")}, {"payment.tranche": part(status="stopped")}),
    ("tranche_is_stopped@1", {"payment.tranche": part(status="stopped")}, {"payment.tranche": part(status="requested")}),
    ("payee_is_a_registered_body@2", {"project.payee": {"name": "甲", "standing": "registered"}},
     {"project.payee": {"name": "甲", "standing": "filed"}}),
    ("account_is_the_payees_own@1", {"data.request.account_name": "春风 中心", "project.payee": {"name": "春风中心"}},
     {"data.request.account_name": "王桂兰", "project.payee": {"name": "春风中心"}}),
    ("amount_needs_no_meeting@1", {"payment.tranche": part()}, {"payment.tranche": part(fen=2_000_001)}),
    ("amount_needs_a_meeting@1", {"payment.tranche": part(fen=2_000_001)}, {"payment.tranche": part()}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "met", "unmet"), SIDES)
def test_each_rule_says_yes_and_says_no_with_what_to_do(name: str, met: dict[str, Any], unmet: dict[str, Any]) -> None:
    rule = RULES[name]
    assert rule.judge(met, POLICY) is None
    answer = rule.judge(unmet, POLICY)
    assert answer is not None
    assert all(text.zh and text.en for text in (answer.message, answer.next))


def test_every_rule_of_projects_and_payments_is_told_from_both_sides() -> None:
    assert {name for name, _, _ in SIDES} == PROJECT.rule_names() | PAYMENT.rule_names()

"""Expenses and budget lines: changed within the total by two people, spent by line, decided by somebody else."""

from __future__ import annotations

from typing import Any

import pytest

from incubator.engine import streams
from incubator.engine.refusals import ActionNotAllowed
from incubator.engine.roles import Role
from incubator.errors import Invalid, NotAllowed
from incubator.services.projects.expenses import ProjectTakesNoExpenses
from incubator.services.projects.lines import LinesDoNotFit
from tests.procedures.project.running import running
from tests.procedures.world import Centre, add_person


def change(*lines: tuple[int, int]) -> dict[str, Any]:
    return {"lines": [{"line": line, "planned_fen": fen} for line, fen in lines], "reason": "补贴增加"}


def test_a_change_of_lines_keeps_the_total_and_takes_two_people(centre: Centre) -> None:
    project = running(centre)
    due = centre.case(project.case_id).due_on
    fitting = change((1, 1_000_000), (2, 1_999_999))
    for wrong in (change((1, 1_000_000)), change((1, 1_000_000), (3, 1_999_999)), change((1, 1_000_000), (1, 500_000))):
        with pytest.raises(LinesDoNotFit):
            project.act("propose_line_change", "worker", wrong)
    project.act("propose_line_change", "officer", fitting)
    with pytest.raises(ActionNotAllowed) as own:
        project.act("approve_line_change", "officer")
    assert [blocker.code for blocker in own.value.blockers] == ["four_eyes"]
    assert project.lines() == {1: 1_500_000, 2: 1_499_999}
    assert project.act("approve_line_change", "other_officer") == "carrying_out"
    assert project.lines() == {1: 1_000_000, 2: 1_999_999}
    assert centre.case(project.case_id).due_on == due


def test_a_rejected_change_leaves_the_lines_and_a_day_away_does_not_cost_the_report_its_time(centre: Centre) -> None:
    project = running(centre)
    due = centre.case(project.case_id).due_on
    project.act("propose_line_change", "worker", change((1, 1_000_000), (2, 1_999_999)))
    centre.on("2026-09-21")
    assert project.act("reject", "director", comment="理由不足") == "carrying_out"
    assert project.lines() == {1: 1_500_000, 2: 1_499_999}
    assert centre.case(project.case_id).due_on > due


def test_a_line_is_not_planned_below_what_was_spent_on_it_even_if_that_came_after_the_proposal(centre: Centre) -> None:
    project = running(centre)
    project.act("propose_line_change", "worker", change((1, 100_000), (2, 2_899_999)))
    project.spend(100_001)
    with pytest.raises(LinesDoNotFit):
        project.act("approve_line_change", "officer")
    project.act("reject", "officer", comment="已有支出")
    with pytest.raises(LinesDoNotFit):
        project.act("propose_line_change", "worker", change((1, 100_000), (2, 2_899_999)))


def test_a_voucher_counts_once_in_its_project_and_with_its_payee_in_the_street(centre: Centre) -> None:
    project = running(centre)
    first = project.spend(100, voucher_number="NO1", payee="粮油店")
    with pytest.raises(Invalid) as again:
        project.spend(100, voucher_number="NO1", payee="文具店")
    assert set(again.value.fields) == {"voucher_number"}
    project.accept(first, accepted_fen=60, reason="部分不符")
    assert project.spend(100, voucher_number="NO2", payee="粮油店")


def test_an_expense_is_decided_by_another_person_whatever_their_roles(centre: Centre) -> None:
    centre.people["both"] = centre.database.write(
        lambda connection: add_person(
            connection, centre.street_id, "both", Role.COMMUNITY_WORKER, Role.OFFICER, Role.DIRECTOR
        )
    )
    project = running(centre)
    expense = project.spend(100, by="both")
    with pytest.raises(NotAllowed):
        project.accept(expense, by="both")
    with pytest.raises(NotAllowed):
        project.accept(expense, by="finance")
    with pytest.raises(Invalid) as part:
        project.accept(expense, accepted_fen=99)
    assert set(part.value.fields) == {"reason"}
    with pytest.raises(Invalid):
        project.accept(expense, accepted_fen=101)
    project.accept(expense)
    assert centre.events("organization")[-2:] == ["organization.expense_recorded", "organization.expense_accepted"]
    with centre.database.read() as connection:
        assert streams.verify(connection, "organization", project.row().organization_id) == []


def test_nothing_is_spent_once_the_cost_is_settled(centre: Centre) -> None:
    project = running(centre)
    project.paid(1)
    waiting = project.spend(100)
    project.midterm_passed()
    project.paid(2)
    project.accept(waiting)
    project.final_accepted()
    project.settled()
    with pytest.raises(ProjectTakesNoExpenses):
        project.spend(100)

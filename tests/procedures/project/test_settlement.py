"""A project carried out to its settlement, through the real procedures: what is paid, released and claimed back."""

from __future__ import annotations

from typing import Any

import pytest

from incubator.clock import FixedClock
from incubator.database import Database
from incubator.engine.refusals import ActionNotAllowed
from tests.procedures.project.running import Running, running
from tests.procedures.world import Centre, build


def ready(centre: Centre, *accepted: int) -> Running:
    """A project with its first two tranches paid, these costs accepted, and its final report accepted."""
    project = running(centre)
    project.paid(1)
    project.midterm_passed()
    project.paid(2)
    project.accepted_cost(*accepted)
    project.final_accepted()
    return project


def test_the_tranches_of_an_award_are_rounded_down_and_the_last_takes_the_rest(centre: Centre) -> None:
    project = running(centre)
    assert project.tranches() == [(1, 1_499_999, "open"), (2, 899_999, "waiting"), (3, 600_001, "waiting")]
    assert project.money() == {"committed": 2_999_999, "free": 7_000_001}


def test_at_actual_cost_the_final_payment_is_the_accepted_cost_less_what_was_paid(centre: Centre) -> None:
    project = ready(centre, 1_500_000, 1_141_000)
    assert project.money() == {"committed": 600_001, "paid": 2_399_998, "free": 7_000_001}
    project.settled()
    assert project.tranches()[2] == (3, 241_002, "open")
    assert project.money() == {"committed": 241_002, "paid": 2_399_998, "free": 7_000_001 + 358_999}
    with pytest.raises(ActionNotAllowed) as refused:
        project.act("close", "officer")
    assert [blocker.code for blocker in refused.value.blockers] == ["no_payment_is_open@1"]
    project.paid(3)
    assert project.act("close", "officer") == "settled"
    assert project.money() == {"paid": 2_641_000, "free": 7_359_000}
    assert (project.row().status, project.row().accepted_fen) == ("settled", 2_641_000)


def test_what_was_paid_beyond_the_accepted_cost_is_claimed_and_the_project_stays_open_until_it_is_back(
    centre: Centre,
) -> None:
    project = ready(centre, 1_200_000, 800_000)
    project.settled()
    assert project.tranches()[2] == (3, 0, "released")
    assert project.money() == {"paid": 2_000_000, "due_back": 399_998, "free": 7_000_001 + 600_001}
    with pytest.raises(ActionNotAllowed) as refused:
        project.act("close", "officer")
    assert [blocker.code for blocker in refused.value.blockers] == ["nothing_is_due_back@1"]
    project.act("record_refund", "finance", {"refund_fen": 300_000, "paper": "回单1"})
    project.act("record_refund", "finance", {"refund_fen": 99_998, "paper": "回单2"})
    assert project.act("close", "officer") == "settled"
    assert project.money() == {"paid": 2_000_000, "free": 8_000_000}


def test_without_actual_cost_the_whole_award_is_paid(database: Database, clock: FixedClock) -> None:
    def lump_sums(values: dict[str, Any]) -> None:
        values["funding"]["actual_cost"]["value"] = False

    project = ready(build(database, clock, change_policy=lump_sums), 1_200_000)
    project.settled()
    assert project.tranches()[2] == (3, 600_001, "open")
    project.paid(3)
    assert project.act("close", "officer") == "settled"
    assert project.money() == {"paid": 2_999_999, "free": 7_000_001}


def test_no_project_is_settled_while_an_expense_is_undecided_or_a_payment_runs(centre: Centre) -> None:
    project = running(centre)
    project.midterm_passed()
    project.spend(100_000)
    with pytest.raises(ActionNotAllowed) as refused:
        project.final_accepted()
    codes = {blocker.code for blocker in refused.value.blockers}
    assert codes == {"every_expense_is_decided@1", "no_payment_is_open@1"}


def test_without_a_mid_term_review_a_project_is_carried_on_to_its_end_and_the_final_tranches_are_paid_in_turn(
    database: Database, clock: FixedClock
) -> None:
    def without(values: dict[str, Any]) -> None:
        values["project"]["midterm"]["enabled"]["value"] = False
        values["funding"]["tranches"]["value"][1]["gate"] = "final"

    project = running(build(database, clock, change_policy=without))
    assert project.centre.case(project.case_id).step == "carrying_on"
    project.paid(1)
    project.accepted_cost(1_500_000, 1_141_000)
    project.final_accepted()
    project.settled()
    assert project.tranches() == [(1, 1_499_999, "paid"), (2, 899_999, "open"), (3, 241_002, "open")]
    project.paid(2, 3)
    assert project.act("close", "officer") == "settled"

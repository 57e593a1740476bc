"""A payment from its request to the bank's result, returned once, and above the threshold decided by a meeting."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update

from incubator.clock import FixedClock
from incubator.database import Database
from incubator.engine.refusals import ActionNotAllowed
from incubator.models.base import table
from incubator.models.cases import Case
from incubator.models.events import PersonalValue
from incubator.models.organizations import Organization
from tests.procedures.project.running import running
from tests.procedures.world import Centre, build


def codes(refused: pytest.ExceptionInfo[ActionNotAllowed]) -> list[str]:
    return [blocker.code for blocker in refused.value.blockers]


def test_the_first_payment_is_due_within_15_working_days_of_the_agreement(centre: Centre) -> None:
    project = running(centre, agreed_on=date(2026, 9, 17))
    assert centre.case(project.payment(1)).due_on == date(2026, 10, 14)


def test_a_payment_moves_its_money_with_the_voucher_and_the_banks_result(centre: Centre) -> None:
    project = running(centre)
    case_id = project.requested(1)
    assert project.tranches()[0] == (1, 1_499_999, "requested")
    assert centre.act(case_id, "approve", "director").step == "voucher"
    assert project.money() == {"committed": 2_999_999, "free": 7_000_001}
    centre.act(case_id, "enter_voucher", "finance", {"voucher_number": "记-1"})
    assert project.money() == {"committed": 1_500_000, "in_payment": 1_499_999, "free": 7_000_001}
    centre.on("2026-09-22")
    centre.act(case_id, "confirm_paid", "finance", effective_on="2026-09-21", comment="按回单日期")
    assert project.money() == {"committed": 1_500_000, "paid": 1_499_999, "free": 7_000_001}
    assert project.tranches()[0] == (1, 1_499_999, "paid")
    assert centre.case(case_id).outcome == "paid"


def test_a_returned_payment_is_asked_for_again_with_another_account_and_approved_again(centre: Centre) -> None:
    project = running(centre)
    case_id = project.sent(1)
    assert centre.act(case_id, "record_return", "finance", {"reason": "账号有误"}).step == "request"
    assert project.money() == {"committed": 2_999_999, "free": 7_000_001}
    assert project.sent(1) == case_id
    centre.act(case_id, "confirm_paid", "finance")
    assert project.money() == {"committed": 1_500_000, "paid": 1_499_999, "free": 7_000_001}


def test_the_account_number_is_sealed_and_the_account_is_the_payees_own(centre: Centre) -> None:
    project = running(centre)
    with pytest.raises(ActionNotAllowed) as refused:
        project.requested(1, account_name="王桂兰")
    assert codes(refused) == ["account_is_the_payees_own@1"]
    case = centre.case(project.requested(1))
    assert "account_number" not in case.data["request"]
    values = table(PersonalValue)
    with centre.database.read() as connection:
        kept = connection.execute(select(values.c.field, values.c.sealed)).all()
    assert [row.field for row in kept] == ["request.account_number"]
    assert "6222000011112222" not in kept[0].sealed


def test_a_payee_that_has_lost_its_registration_is_not_paid(centre: Centre) -> None:
    project = running(centre)
    case_id = project.requested(1)
    organizations = table(Organization)
    payee = project.row().payee_id
    centre.database.write(
        lambda connection: connection.execute(
            update(organizations).where(organizations.c.id == payee).values(standing="exited")
        )
    )
    with pytest.raises(ActionNotAllowed) as refused:
        centre.act(case_id, "approve", "director")
    assert codes(refused) == ["payee_is_a_registered_body@2"]


def test_above_the_threshold_a_meeting_decides_with_its_minutes(database: Database, clock: FixedClock) -> None:
    def low(values: dict[str, Any]) -> None:
        values["payment"]["collective"]["above_fen"]["value"] = 1_499_998

    centre = build(database, clock, change_policy=low)
    project = running(centre)
    case_id = project.requested(1)
    meeting = {"meeting_on": "2026-09-18", "minutes_number": "会纪〔2026〕10号"}
    with pytest.raises(ActionNotAllowed) as alone:
        centre.act(case_id, "approve", "director")
    assert codes(alone) == ["amount_needs_no_meeting@1"]
    with pytest.raises(ActionNotAllowed) as bare:
        centre.act(case_id, "approve_collectively", "director", meeting)
    assert codes(bare) == ["document_missing:minutes"]
    centre.upload(case_id, "minutes")
    centre.act(case_id, "approve_collectively", "director", meeting)
    centre.act(case_id, "enter_voucher", "finance", {"voucher_number": "记-1"})
    assert centre.act(case_id, "confirm_paid", "finance").step == "paid"
    project.midterm_passed()
    small = project.requested(2)
    with pytest.raises(ActionNotAllowed) as needless:
        centre.act(small, "approve_collectively", "director", meeting)
    assert "amount_needs_a_meeting@1" in codes(needless)
    assert centre.act(small, "approve", "director").step == "voucher"


def test_tranches_behind_one_gate_are_paid_one_after_the_other(database: Database, clock: FixedClock) -> None:
    def twice(values: dict[str, Any]) -> None:
        values["funding"]["tranches"]["value"] = [
            {"gate": "signed", "share": 3333}, {"gate": "signed", "share": 3333}, {"gate": "final", "share": 3334},
        ]  # fmt: skip

    centre = build(database, clock, change_policy=twice)
    project = running(centre)
    assert [status for _, _, status in project.tranches()] == ["open", "open", "waiting"]
    cases = table(Case)
    asked = select(cases.c.period).where(cases.c.procedure == "payment").order_by(cases.c.id)
    with centre.database.read() as connection:
        assert list(connection.scalars(asked)) == [f"{project.number}/1"]
    project.paid(1)
    with centre.database.read() as connection:
        assert list(connection.scalars(asked)) == [f"{project.number}/1", f"{project.number}/2"]
    with pytest.raises(ActionNotAllowed) as refused:
        centre.open("payment", period=f"{project.number}/3")
    assert codes(refused) == ["role_lacking", "has_an_open_tranche@1"]

"""A call's money and its awards: funded once, awarded within the budget, taken back, carried over from paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Row, select, update

from incubator.errors import Invalid
from incubator.models.base import table
from incubator.models.funding import Call, CallStatus
from incubator.services import projects
from incubator.services.journal import Overdrawn, balance
from incubator.services.projects import AlreadyRunning, BudgetDoesNotFit, PaidBefore
from incubator.services.projects.accounts import call_free
from tests.procedures.funding.grants import published
from tests.procedures.project.running import LINES, Running, awarded, body, running, started
from tests.procedures.world import Centre


def told(centre: Centre) -> dict[str, Any]:
    return {
        "actor": centre.people["director"],
        "now": centre.clock.now(),
        "effective_on": centre.clock.now().date(),
    }


def row_of(centre: Centre, call: str) -> Row[Any]:
    calls = table(Call)
    with centre.database.read() as connection:
        return connection.execute(select(calls).where(calls.c.number == call)).one()


def lying(centre: Centre, code: str) -> int:
    with centre.database.read() as connection:
        return balance(connection, centre.street_id, code)


def closed(centre: Centre, call: str) -> int:
    """The call gives back what is free, and is closed."""
    row, calls = row_of(centre, call), table(Call)

    def close(connection: Any) -> int:
        left = projects.defund_call(connection, call=row, **told(centre))
        connection.execute(update(calls).where(calls.c.id == row.id).values(status=CallStatus.CLOSED.value))
        return left

    return centre.database.write(close)


def test_a_call_is_funded_once_and_gives_back_what_no_project_has(centre: Centre) -> None:
    busy = body(centre)
    call = published(busy)
    centre.database.write(lambda connection: projects.fund_call(connection, call=row_of(centre, call), **told(centre)))
    assert (lying(centre, "source:lottery"), lying(centre, call_free(call))) == (-10_000_000, 10_000_000)
    awarded(busy, call)
    assert closed(centre, call) == 7_000_001
    assert (lying(centre, "source:lottery"), lying(centre, call_free(call))) == (-2_999_999, 0)


def test_no_award_goes_beyond_what_the_call_has_left(centre: Centre) -> None:
    call = published(centre)
    first, second, third = (body(centre, f"{name}服务中心") for name in "甲乙丙")
    awarded(first, call, 9_999_999)
    with pytest.raises(Overdrawn):
        awarded(second, call, 2)
    assert awarded(third, call, 1).number == "XM-2026-0002"


def test_an_award_taken_back_gives_its_money_back_and_is_made_anew_under_its_number(centre: Centre) -> None:
    busy = body(centre)
    call = published(busy)
    case = busy.case(busy.open("funding", period=call))

    def award(version: int, fen: int) -> Any:
        return centre.database.write(
            lambda connection: projects.award(
                connection, case=replace(case, version=version), call=row_of(centre, call),
                payee_id=busy.organization_id, title="长者助餐上门", field="elder_care", work_key="长者助餐上门",
                asked_fen=fen, awarded_fen=fen, minutes_number="会纪1", **told(centre),
            )
        )  # fmt: skip

    def take_back(project_id: int) -> None:
        centre.database.write(
            lambda connection: projects.take_back_award(
                connection, project_id=project_id, reason="异议成立", **told(centre)
            )
        )

    first = award(5, 2_999_999)
    assert award(5, 2_999_999) == first
    take_back(first.id)
    take_back(first.id)
    assert lying(centre, call_free(call)) == 10_000_000
    assert award(9, 1_000_000) == first
    assert lying(centre, call_free(call)) == 9_000_000
    take_back(first.id)
    assert award(12, 2_999_999) == first
    started(busy, call, first)
    with pytest.raises(AlreadyRunning):
        take_back(first.id)
    with pytest.raises(AlreadyRunning):
        award(15, 1)


def test_lines_that_do_not_make_the_award_and_a_term_that_ends_before_it_begins_are_refused(centre: Centre) -> None:
    busy = body(centre)
    call = published(busy)
    award = awarded(busy, call)
    with pytest.raises(BudgetDoesNotFit) as lines:
        started(busy, call, award, LINES[:1])
    assert set(lines.value.fields) == {"lines"}
    with pytest.raises(BudgetDoesNotFit) as term:
        started(busy, call, award, ends_on=date(2026, 9, 17))
    assert set(term.value.fields) == {"ends_on"}
    with pytest.raises(Invalid):
        awarded(body(centre, "乙服务中心"), call, 0)


def test_what_a_project_does_not_need_goes_to_the_fund_once_its_call_is_closed(centre: Centre) -> None:
    project = running(centre)
    project.midterm_passed()
    closed(centre, project.call)
    project.paid(1, 2)
    project.accepted_cost(1_000_000)
    project.final_accepted()
    project.settled()
    project.act("record_refund", "finance", {"refund_fen": 1_399_998, "paper": "回单1"})
    assert project.money() == {"paid": 1_000_000, "free": 0}
    assert lying(centre, "source:lottery") == -1_000_000


def test_a_project_on_paper_goes_on_where_it_stood(centre: Centre) -> None:
    busy = body(centre)
    today = centre.clock.now().date()
    call = published(busy)  # lends its policy alone
    award = centre.database.write(
        lambda connection: projects.carry_over(
            connection, organization_id=busy.organization_id, payee_id=busy.organization_id, title="长者助餐上门",
            field="elder_care", work_key="长者助餐上门", awarded_fen=2_999_999, paper="立项文件〔2025〕8号",
            actor=centre.people["officer"], now=centre.clock.now(), effective_on=today,
        )
    )  # fmt: skip
    paid = {1: PaidBefore(1_499_999, date(2026, 1, 8), "拨款单1"), 2: PaidBefore(899_999, date(2026, 6, 8), "拨款单2")}
    project: Running = started(busy, call, award, paid=paid)
    assert [status for _, _, status in project.tranches()] == ["paid", "paid", "waiting"]
    assert project.money() == {"committed": 600_001, "paid": 2_399_998, "free": 10_000_000}
    assert project.act("note_earlier_midterm", "officer", {"paper": "中期评估表"}) == "carrying_on"
    project.accepted_cost(1_500_000, 1_141_000)
    project.final_accepted()
    project.settled()
    project.paid(3)
    assert project.act("close", "officer") == "settled"
    assert lying(centre, "source:carried_over") == -2_641_000

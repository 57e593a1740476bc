"""When a hub owes its duties, and which of them what was recorded makes good."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from incubator.procedures.affiliation.duties import owed
from incubator.procedures.affiliation.policy import Duty
from incubator.procedures.affiliation.quarters import days_of, last_quarter
from incubator.text import Text

SINCE, UNTIL = date(2025, 3, 10), date(2027, 3, 9)


def duty(every: Any, within_days: int = 15, **more: Any) -> Duty:
    return Duty(code="visit", name=Text("走访", "visit"), every=every, within_days=within_days, **more)


def stand(duty: Duty, day: date, *done: date, until: date = UNTIL) -> list[tuple[str, str]]:
    return [(each.due_on.isoformat(), each.state.value) for each in owed(duty, SINCE, until, done, day)]


def test_a_duty_of_once_is_due_so_many_days_after_the_agreement_and_done_however_late() -> None:
    once = duty("once", 90)
    assert stand(once, date(2025, 6, 8)) == [("2025-06-08", "open")]
    assert stand(once, date(2025, 6, 9)) == [("2025-06-08", "overdue")]
    assert stand(once, date(2026, 6, 9), date(2026, 1, 5)) == [("2025-06-08", "done")]
    assert stand(once, date(2026, 6, 9), date(2025, 3, 9)) == [("2025-06-08", "overdue")]  # done before it was owed


def test_a_recurring_duty_is_owed_in_each_time_of_the_agreement_that_has_begun() -> None:
    half = duty("half_year")
    assert stand(half, date(2025, 9, 9)) == [("2025-09-24", "open")]
    assert stand(half, date(2025, 9, 10)) == [("2025-09-24", "open"), ("2026-03-24", "open")]
    assert stand(half, date(2025, 9, 25)) == [("2025-09-24", "overdue"), ("2026-03-24", "open")]


def test_what_is_done_in_the_days_of_grace_makes_up_for_the_time_before_where_that_lacks_it() -> None:
    half, day = duty("half_year"), date(2025, 12, 1)
    assert [state for _, state in stand(half, day, date(2025, 9, 24))] == ["done", "open"]
    assert [state for _, state in stand(half, day, date(2025, 9, 25))] == ["overdue", "done"]
    assert [state for _, state in stand(half, day, date(2025, 5, 1), date(2025, 9, 24))] == ["done", "done"]


def test_nothing_new_is_owed_once_the_agreement_is_over() -> None:
    assert len(stand(duty("year"), date(2030, 1, 1))) == 2
    assert stand(duty("year"), date(2025, 3, 9)) == []
    cut_short = date(2026, 3, 8)
    assert stand(duty("year"), date(2026, 3, 1), until=cut_short) == []
    assert len(stand(duty("half_year"), date(2026, 3, 1), until=cut_short)) == 1


def test_what_is_owed_once_for_all_each_quarter_is_owed_for_the_quarters_that_are_over() -> None:
    report = duty("quarter", 20, per_member=False, reported=True)
    assert stand(report, date(2025, 3, 31)) == []
    assert stand(report, date(2025, 4, 1)) == [("2025-04-20", "open")]
    assert stand(report, date(2025, 7, 21), date(2025, 3, 31)) == [("2025-04-20", "done"), ("2025-07-20", "overdue")]


@pytest.mark.parametrize(
    ("day", "quarter"),
    [
        (date(2026, 10, 1), "2026Q3"), (date(2026, 12, 31), "2026Q3"), (date(2027, 1, 1), "2026Q4"),
        (date(2026, 3, 31), "2025Q4"), (date(2026, 4, 1), "2026Q1"),
    ],
)  # fmt: skip
def test_the_last_quarter_is_the_one_that_ended_before_the_day(day: date, quarter: str) -> None:
    assert last_quarter(day) == quarter
    days = days_of(quarter)
    assert days is not None
    assert days[1] < day

"""The timetable: periods in Shanghai's time, weekdays by name, and what becomes of periods that were missed."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from flows.catalogue import BY_SCHEDULE
from incubator.clock import SHANGHAI
from incubator.services.automation.sweeps import SWEEPS
from incubator.text import Text
from schedules.timetable import TIMETABLE, CatchUp, Cron, Schedule


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI)


def schedule(when: Cron, catch_up: CatchUp = CatchUp.LATEST) -> Schedule:
    return Schedule(name="weekly", title=Text("每周", "Weekly"), when=when, catch_up=catch_up)


MONDAYS = Cron(hour="8", minute="0", weekday="mon")


def test_every_schedule_has_its_flow_and_its_sweep() -> None:
    assert [each.name for each in TIMETABLE] == list(BY_SCHEDULE) == list(SWEEPS)


def test_monday_is_monday_and_the_hour_is_shanghais() -> None:
    (first, second) = schedule(MONDAYS).periods(at("2026-09-18 09:00"), at("2026-09-28 08:00"))
    assert (first, second) == (at("2026-09-21 08:00"), at("2026-09-28 08:00"))
    assert first.strftime("%A") == "Monday"


def test_a_weekday_by_number_is_refused_because_two_countings_of_days_exist() -> None:
    with pytest.raises(ValueError, match="by name"):
        Cron(minute="0", weekday="1")


def test_a_period_is_due_from_its_moment_on_and_not_again() -> None:
    moment = at("2026-09-21 08:00")
    mondays = schedule(MONDAYS)
    assert mondays.due(at("2026-09-18 09:00"), moment - timedelta(microseconds=1)) == []
    assert mondays.due(at("2026-09-18 09:00"), moment) == [moment]
    assert mondays.due(moment, moment + timedelta(days=6)) == []


def test_the_last_period_makes_up_for_all_or_every_one_is_run_as_the_schedule_says() -> None:
    missed = [at(f"2026-09-{day} 08:00") for day in ("07", "14", "21")]
    since, now = at("2026-09-05 09:00"), at("2026-09-22 09:00")
    assert schedule(MONDAYS).due(since, now) == missed[-1:]
    assert schedule(MONDAYS, CatchUp.EACH).due(since, now) == missed

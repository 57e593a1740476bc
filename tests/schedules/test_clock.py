"""A waking of the clock: each period is won once, and what a standing machine missed is found and said to be late."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import select

from incubator.clock import SHANGHAI, FixedClock
from incubator.database import Database
from incubator.models.automation import ReviewRun
from incubator.models.base import table
from incubator.services.automation import periods
from incubator.services.automation.sweeps import run_period
from incubator.services.bootstrap import Service
from incubator.settings import Settings
from schedules.clock import claim_due
from schedules.timetable import TIMETABLE
from tests.procedures.world import build

RECOUNT, REVIEWS, TIMERS, DIGESTS = (schedule.name for schedule in TIMETABLE)


@pytest.fixture
def clock() -> FixedClock:
    """The evening of the year's last day."""
    return FixedClock(datetime(2026, 12, 31, 18, 30, tzinfo=SHANGHAI))


@pytest.fixture
def services(database_url: str, clock: FixedClock, tmp_path: Path) -> Iterator[list[Service]]:
    """Three workers' services on one database, all of which have seen the timetable."""
    services = [Service(Settings(data_dir=tmp_path), Database(database_url), clock) for _ in range(3)]
    assert claim_due(services[0]) == []
    yield services
    for service in services:
        service.close()


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI)


def test_of_clocks_that_wake_at_once_each_period_is_won_by_one(services: list[Service], clock: FixedClock) -> None:
    clock.move_to(at("2027-01-01 08:06"))
    together = Barrier(len(services))

    def wake(service: Service) -> list[tuple[str, str]]:
        together.wait()
        return [(claim.schedule, claim.period) for claim in claim_due(service)]

    with ThreadPoolExecutor(len(services)) as pool:
        won = [claim for claims in pool.map(wake, services) for claim in claims]
    assert sorted(won) == [
        (TIMERS, "2027-01-01T08:05:00+08:00"),
        (REVIEWS, "2027-01-01T08:00:00+08:00"),
        (RECOUNT, "2027-01-01T00:01:00+08:00"),
    ]


def test_a_period_found_in_time_is_not_late_and_one_found_after_a_standstill_is(
    services: list[Service], clock: FixedClock
) -> None:
    clock.move_to(at("2027-01-01 08:02"))
    punctual = {claim.schedule: claim.caught_up for claim in claim_due(services[0])}
    # The timers' hour was five past seven, and the limits are counted anew at midnight.
    assert punctual == {RECOUNT: True, REVIEWS: False, TIMERS: True}
    clock.move_to(at("2027-01-05 10:30"))
    found = claim_due(services[1])
    assert [(claim.schedule, claim.period, claim.caught_up) for claim in found if claim.attempt == 1] == [
        (RECOUNT, "2027-01-05T00:01:00+08:00", True),
        (REVIEWS, "2027-01-05T08:00:00+08:00", True),
        (TIMERS, "2027-01-05T10:05:00+08:00", True),
        (DIGESTS, "2027-01-05T08:30:00+08:00", True),
    ]


def test_reviews_that_fell_due_while_the_machine_was_down_are_opened_once_and_the_receipt_says_late(
    services: list[Service], clock: FixedClock
) -> None:
    centre = build(services[0].database, clock)
    centre.filed_groups(2)
    clock.move_to(at("2027-01-03 16:00"))
    (claim,) = [claim for claim in claim_due(services[0]) if claim.schedule == REVIEWS]
    # This worker dies before it has begun; another finds the period when the claim is over.
    clock.move_by(periods.LEASE)
    again = [claim for claim in claim_due(services[1]) if claim.schedule == REVIEWS]
    assert [(found.period, found.attempt, found.caught_up) for found in again] == [(claim.period, 2, True)]
    assert run_period(services[1], again[0]) != "superseded"
    assert run_period(services[0], claim) == "superseded"
    clock.move_by(timedelta(hours=1))
    assert REVIEWS not in [each.schedule for each in claim_due(services[2])]
    with centre.database.read() as connection:
        runs = table(ReviewRun)
        (receipt,) = connection.execute(select(runs).where(runs.c.procedure == "yearly_review")).all()
    assert (receipt.run_key, receipt.opened, receipt.caught_up, receipt.attempt) == (claim.period, 2, True, 2)

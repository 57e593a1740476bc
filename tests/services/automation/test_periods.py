"""The clock's ledger: one winner a period, taken again after a death, heartbeats, the movable clock."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from sqlalchemy import select

from incubator.clock import SHANGHAI, FixedClock, SystemClock
from incubator.database import Database
from incubator.models.automation import SchedulePeriod
from incubator.models.base import table
from incubator.services.automation import heartbeat, periods
from incubator.services.service_clock import clock_for, move_to, read_offset, set_offset

EIGHT = datetime(2026, 9, 18, 8, 0, tzinfo=SHANGHAI)


def test_one_of_many_schedulers_wins_a_period(database: Database, clock: FixedClock) -> None:
    with ThreadPoolExecutor(6) as pool:
        claims = list(
            pool.map(lambda _: periods.claim(database, "daily", EIGHT, now=clock.now(), caught_up=False), range(6))
        )
    assert len([claim for claim in claims if claim]) == 1


def test_periods_are_counted_from_the_first_time_a_schedule_is_seen(database: Database, clock: FixedClock) -> None:
    first = clock.now()
    assert periods.counted_from(database, "daily", now=first) == first
    clock.move_by(timedelta(days=3))
    assert periods.counted_from(database, "daily", now=clock.now()) == first
    periods.claim(database, "daily", EIGHT + timedelta(days=2), now=clock.now(), caught_up=True)
    assert periods.counted_from(database, "daily", now=clock.now()) == EIGHT + timedelta(days=2)


def test_a_period_whose_worker_died_is_taken_again_and_the_dead_attempt_settles_nothing(
    database: Database, clock: FixedClock
) -> None:
    dead = periods.claim(database, "daily", EIGHT, now=clock.now(), caught_up=False)
    assert dead is not None
    assert periods.retake(database, now=clock.now(), latest=["daily"]) == []
    clock.move_by(periods.LEASE)
    (again,) = periods.retake(database, now=clock.now(), latest=["daily"])
    assert (again.period, again.attempt) == (dead.period, 2)
    assert not periods.succeed(database, dead, now=clock.now())
    assert not periods.renew(database, dead, now=clock.now())
    assert periods.succeed(database, again, now=clock.now())
    clock.move_by(timedelta(days=1))
    assert periods.retake(database, now=clock.now(), latest=["daily"]) == []


def test_a_living_worker_holds_its_period(database: Database, clock: FixedClock) -> None:
    claim = periods.claim(database, "daily", EIGHT, now=clock.now(), caught_up=False)
    assert claim is not None
    clock.move_by(periods.LEASE / 2)
    assert periods.renew(database, claim, now=clock.now(), flow_run="5c3e")
    clock.move_by(periods.LEASE / 2)
    assert periods.retake(database, now=clock.now(), latest=["daily"]) == []


def test_a_failed_period_rests_longer_and_longer_and_is_tried_until_a_newer_one_makes_up_for_it(
    database: Database, clock: FixedClock
) -> None:
    claim = periods.claim(database, "daily", EIGHT, now=clock.now(), caught_up=False)
    for attempt in range(1, 30):
        assert claim is not None
        assert claim.attempt == attempt
        periods.fail(database, claim, error="no paper", now=clock.now())
        assert periods.retake(database, now=clock.now(), latest=["daily"]) == []
        clock.move_by(timedelta(hours=1))
        assert periods.retake(database, now=clock.now(), latest=["another"]) == []
        (claim,) = periods.retake(database, now=clock.now(), latest=["daily"])
    periods.fail(database, claim, error="no paper", now=clock.now())
    newer = periods.claim(database, "daily", EIGHT + timedelta(days=1), now=clock.now(), caught_up=False)
    assert newer is not None
    periods.fail(database, newer, error="no paper", now=clock.now())
    clock.move_by(timedelta(hours=1))
    assert [each.due_at for each in periods.retake(database, now=clock.now(), latest=["daily"])] == [newer.due_at]
    clock.move_by(timedelta(hours=1))
    assert len(periods.retake(database, now=clock.now(), each=["daily"])) == 2


def test_a_period_left_by_a_dead_worker_is_closed_once_a_newer_one_makes_up_for_it(
    database: Database, clock: FixedClock
) -> None:
    dead = periods.claim(database, "daily", EIGHT, now=clock.now(), caught_up=False)
    assert dead is not None
    clock.move_by(timedelta(days=1))
    newer = periods.claim(database, "daily", EIGHT + timedelta(days=1), now=clock.now(), caught_up=False)
    assert newer is not None
    assert periods.retake(database, now=clock.now(), latest=["daily"]) == []
    ledger = table(SchedulePeriod)
    with database.read() as connection:
        row = connection.execute(select(ledger).where(ledger.c.period == dead.period)).one()
    assert (row.state, row.finished_at) == ("failed", clock.now())
    assert "later period" in row.error
    assert periods.succeed(database, newer, now=clock.now())


def test_a_period_that_prefect_did_not_take_is_due_at_once_and_the_attempt_is_not_counted(
    database: Database, clock: FixedClock
) -> None:
    claim = periods.claim(database, "daily", EIGHT, now=clock.now(), caught_up=True)
    assert claim is not None
    for _ in range(20):
        assert periods.put_back(database, claim, now=clock.now())
        (again,) = periods.retake(database, now=clock.now(), latest=["daily"])
        assert again == claim
    assert periods.succeed(database, again, now=clock.now())
    assert not periods.put_back(database, again, now=clock.now())


def test_a_period_is_named_by_its_moment_in_shanghai() -> None:
    assert periods.name_of(EIGHT) == "2026-09-18T08:00:00+08:00"


def test_silence_is_told_part_by_part_with_its_beginning(database: Database, clock: FixedClock) -> None:
    with database.read() as connection:
        state = heartbeat.automation(connection, clock.now())
    assert state.silent == {"worker": None, "prefect": None}
    started = clock.now()
    heartbeat.beat(database, heartbeat.PARTS, now=started)
    clock.move_by(heartbeat.BEAT_EVERY)
    heartbeat.beat(database, ("worker",), now=clock.now())
    with database.read() as connection:
        assert heartbeat.automation(connection, clock.now()).works
    clock.move_to(started + heartbeat.SILENT_AFTER + timedelta(seconds=1))
    with database.read() as connection:
        state = heartbeat.automation(connection, clock.now())
    assert not state.works
    assert state.silent == {"prefect": started}
    assert state.silent_since == started


def test_every_process_with_the_test_clock_is_moved_by_one_row(database: Database) -> None:
    assert read_offset(database) == timedelta(0)
    set_offset(database, timedelta(days=200))
    assert clock_for(database, "test").now() - SystemClock().now() > timedelta(days=199)
    assert clock_for(database, "system").now() - SystemClock().now() < timedelta(days=1)
    day = datetime(2027, 3, 1, 9, 0, tzinfo=SHANGHAI)
    move_to(database, day)
    assert abs(clock_for(database, "test").now() - day) < timedelta(minutes=1)

"""The worker's loops: none ends because something failed, and one that hangs is found."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import insert

from flows.catalogue import AnyFlow
from flows.starting import PrefectUnreachable
from incubator.clock import SHANGHAI, FixedClock
from incubator.database import Database
from incubator.models.automation import Outbox
from incubator.models.base import table
from incubator.services.automation import heartbeat, outbox, periods
from incubator.services.bootstrap import Service
from incubator.services.streets import create_street
from incubator.settings import Settings
from schedules import worker as worker_module
from schedules.rounds import Round
from schedules.worker import Pace, WallClock, Worker, nudge

OUTBOX = table(Outbox)


async def refuses(flow: AnyFlow, parameters: dict[str, Any], key: str) -> None:
    """A Prefect that takes no flow."""
    raise PrefectUnreachable(key)


@pytest.fixture
def clock() -> FixedClock:
    """Just before eight in the morning."""
    return FixedClock(datetime(2026, 9, 18, 7, 59, tzinfo=SHANGHAI))


@pytest.fixture
def service(database: Database, clock: FixedClock, tmp_path: Path) -> Service:
    """The service, its time standing still."""
    return Service(Settings(data_dir=tmp_path), database, clock)


@pytest.fixture
def worker(service: Service) -> Worker:
    """A worker that believes Prefect to be well, while Prefect takes nothing."""
    return Worker(service, refuses, Pace(1, 1, 1), prefect_is_up=True)


def ask(service: Service) -> int:
    """Write an outbox row."""
    now = service.clock.now()

    def write(connection: Any) -> int:
        street_id = create_street(connection, code="510104001", name="督院街街道")
        row = {"street_id": street_id, "task": "filing.screen", "created_at": now, "available_at": now}
        return int(connection.scalars(insert(OUTBOX).returning(OUTBOX.c.id), row).one())

    return service.database.write(write)


def test_what_prefect_does_not_take_is_given_back_uncounted_and_prefect_is_left_alone_for_a_while(
    worker: Worker, service: Service, clock: FixedClock
) -> None:
    asked = ask(service)
    asyncio.run(worker.wake())  # the schedules are seen for the first time
    clock.move_by(timedelta(minutes=7))
    for work in (worker.relay, worker.wake):
        worker.prefect_is_up = True
        asyncio.run(work())
        assert not worker.prefect_is_up
    assert not worker.prefect_rests.over
    (row,) = outbox.lease(service.database, owner="another", now=clock.now())
    assert (row.outbox_id, row.attempt) == (asked, 1)
    again = periods.retake(service.database, now=clock.now(), latest=["open_due_reviews", "fire_due_timers"])
    assert [(claim.schedule, claim.attempt) for claim in again] == [("open_due_reviews", 1), ("fire_due_timers", 1)]


def test_a_round_that_fails_rests_and_comes_again_and_meanwhile_the_worker_does_not_call_itself_well(
    worker: Worker, service: Service
) -> None:
    failures = 2

    async def fails() -> None:
        nonlocal failures
        if failures:
            failures -= 1
            raise RuntimeError("the disk is full")

    def silent() -> set[str]:
        asyncio.run(worker.beat())
        with service.database.read() as connection:
            return set(heartbeat.automation(connection, service.clock.now()).silent)

    worker.relaying = Round("relay", fails, 900)
    asyncio.run(worker.relaying())
    assert worker.relaying.rest.failures == 1
    asyncio.run(worker.relaying())
    assert failures == 1  # it rests
    assert "worker" in silent()
    while worker.relaying.rest.failures:
        worker.relaying.rest.until = 0.0  # it has rested
        asyncio.run(worker.relaying())
    assert failures == 0
    assert "worker" not in silent()


def test_a_worker_whose_round_hangs_ends_so_that_its_supervisor_starts_another(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "WATCH_SECONDS", 0.02)

    async def watch() -> int:
        worker.relaying = Round("relay", asyncio.Event().wait, 0.05)
        hanging = asyncio.create_task(worker.relaying())
        try:
            return await worker_module._watch(worker, AsyncIOScheduler(), asyncio.Event())
        finally:
            hanging.cancel()

    assert asyncio.run(watch()) == 1


def test_a_machine_whose_clock_is_set_back_goes_on_at_its_pace() -> None:
    async def run() -> None:
        ran = asyncio.Event()
        scheduler = AsyncIOScheduler()
        # As it stands after the clock was set back by an hour.
        scheduler.add_job(_setting(ran), "interval", seconds=3600, misfire_grace_time=None)
        scheduler.start()
        await asyncio.sleep(0)
        assert not ran.is_set()
        nudge(scheduler)
        await asyncio.wait_for(ran.wait(), 30)
        scheduler.shutdown(wait=False)

    asyncio.run(run())


def test_a_clock_that_is_set_back_is_noticed_once(clock: FixedClock) -> None:
    wall = WallClock(clock)
    assert not wall.was_set_back()
    clock.move_by(-timedelta(hours=1))
    assert wall.was_set_back()
    assert not wall.was_set_back()
    clock.move_by(timedelta(hours=1))
    assert not wall.was_set_back()


def _setting(event: asyncio.Event) -> Callable[[], Awaitable[None]]:
    async def job() -> None:
        event.set()

    return job

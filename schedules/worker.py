"""The worker's loops: wake the clock, relay the outbox, beat, wait for Prefect without giving up."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import threading
from dataclasses import dataclass, field

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from flows import process
from flows.catalogue import Start
from flows.starting import PrefectUnreachable, is_up, run_here, submit
from incubator.services.automation import heartbeat
from incubator.services.automation.prefect_environment import SUPERVISOR
from incubator.services.bootstrap import Service, bootstrap
from incubator.settings import Settings
from schedules.clock import wake
from schedules.relay import relay_once

log = structlog.get_logger()

PARENT_CHECK_SECONDS = 2.0
# A stopping worker that still hangs after this long is ended: what it had leased is found again.
STOP_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How often what is looked at, in seconds."""

    wake: float
    relay: float
    beat: float = heartbeat.BEAT_EVERY.total_seconds()

    @classmethod
    def of(cls, settings: Settings) -> Pace:
        """Brisk while a test moves the time, calm otherwise."""
        return cls(0.5, 0.25) if settings.clock == "test" else cls(5.0, 1.0)


@dataclass
class Worker:
    """One worker process. Any number may run: rows are leased and periods won."""

    service: Service
    start: Start
    pace: Pace
    owner: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}")
    prefect_is_up: bool = False

    async def beat(self) -> None:
        """Ask Prefect, and write down who is well; what nobody wrote the workbench sees as silence."""
        up = await is_up(self.service.settings)
        if up != self.prefect_is_up:
            log.info("prefect answers" if up else "prefect does not answer; work waits in the outbox")
        self.prefect_is_up = up
        parts = heartbeat.PARTS if up else (heartbeat.WORKER,)
        now = self.service.clock.now()
        await asyncio.to_thread(heartbeat.beat, self.service.database, parts, now=now, detail=self.owner)

    async def wake(self) -> None:
        """Let the clock look what fell due. Without Prefect nothing is claimed: it is found later, as caught up."""
        if self.prefect_is_up:
            await wake(self.service, self.start)

    async def relay(self) -> None:
        """Hand over outbox rows until none is due."""
        while self.prefect_is_up:
            try:
                if not await relay_once(self.service, self.start, owner=self.owner):
                    return
            except PrefectUnreachable:
                await self.beat()
                return


def run(settings: Settings) -> None:
    """Run a worker of this service in the foreground until it is told to stop."""
    service = bootstrap(settings)
    try:
        run_service(service)
    finally:
        service.close()


def run_service(service: Service) -> None:
    """As `run`, for a service that is wired already."""
    process.use(service)
    try:
        asyncio.run(_run(service))
    finally:
        process.use(None)


async def _run(service: Service) -> None:
    settings = service.settings
    worker = Worker(service, submit if settings.automation == "distributed" else run_here, Pace.of(settings))
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    scheduler = AsyncIOScheduler()
    for job, seconds in (
        (worker.beat, worker.pace.beat if worker.pace.wake > 1 else 2.0),
        (worker.wake, worker.pace.wake),
        (worker.relay, worker.pace.relay),
    ):
        # APScheduler's defaults would drop a job that is late by a second; late is all that a sleeping machine can be.
        scheduler.add_job(
            job, "interval", seconds=seconds, misfire_grace_time=None, coalesce=True, max_instances=1, name=job.__name__
        )
    await worker.beat()
    scheduler.start()
    log.info("worker started", owner=worker.owner, automation=settings.automation, clock=settings.clock)
    parent = asyncio.create_task(_orphaned(stop))
    await stop.wait()
    parent.cancel()
    log.info("worker stops")
    guard = threading.Timer(STOP_SECONDS, os._exit, (1,))
    guard.daemon = True
    guard.start()
    scheduler.shutdown(wait=False)


async def _orphaned(stop: asyncio.Event) -> None:
    """Stop when the supervisor that started this process is gone; without one, never."""
    supervisor = os.environ.get(SUPERVISOR)
    while supervisor is None or str(os.getppid()) == supervisor:
        await asyncio.sleep(PARENT_CHECK_SECONDS)
    stop.set()

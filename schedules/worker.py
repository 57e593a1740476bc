"""The worker's loops: wake the clock, relay the outbox, beat, wait for Prefect without giving up."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from flows import process
from flows.catalogue import Start
from flows.starting import PrefectUnreachable, is_up, run_here, submit
from incubator.clock import Clock, SystemClock
from incubator.services.automation import heartbeat
from incubator.services.automation.prefect_environment import SUPERVISOR
from incubator.services.bootstrap import Service, bootstrap
from incubator.settings import Settings
from schedules.clock import wake
from schedules.relay import relay_once
from schedules.rounds import Rest, Round

log = structlog.get_logger()

WATCH_SECONDS = 2.0
# A stopping worker ends what it began, if that takes no longer than this, and gives the rest back.
FINISH_SECONDS = 4.0
# One that still hangs after this long is ended: what it had leased is found again.
STOP_SECONDS = 10.0
# Without a sign of life for this long a round hangs: a batch is handed over in seconds, a sweep takes minutes at most.
RELAY_SECONDS, WAKE_SECONDS, BEAT_SECONDS = 900.0, 3600.0, 120.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How often what is looked at, in seconds."""

    wake: float
    relay: float
    beat: float

    @classmethod
    def of(cls, settings: Settings) -> Pace:
        """Brisk while a test moves the time, calm otherwise."""
        if settings.clock == "test":
            return cls(wake=0.5, relay=0.25, beat=1.0)
        return cls(wake=5.0, relay=1.0, beat=heartbeat.BEAT_EVERY.total_seconds())


@dataclass
class Worker:
    """One worker process. Any number may run: rows are leased and periods won."""

    service: Service
    start: Start
    pace: Pace
    owner: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}")
    prefect_is_up: bool = False
    stopping: bool = False
    # A Prefect that answers and yet takes no flow is left alone longer and longer.
    prefect_rests: Rest = field(default_factory=Rest)

    def __post_init__(self) -> None:
        self.relaying = Round("relay", self.relay, RELAY_SECONDS)
        self.waking = Round("wake", self.wake, WAKE_SECONDS)
        self.beating = Round("beat", self.beat, BEAT_SECONDS)

    async def beat(self) -> None:
        """Ask Prefect, and write down who is well; what nobody wrote the workbench sees as silence."""
        up = self.prefect_rests.over and await is_up(self.service.settings)
        if up != self.prefect_is_up:
            log.info("prefect answers" if up else "prefect does not answer; work waits in the outbox")
        self.prefect_is_up = up
        parts: list[str] = [heartbeat.PREFECT] if up else []
        if self.relaying.well and self.waking.well:
            parts.append(heartbeat.WORKER)
        now = self.service.clock.now()
        await asyncio.to_thread(heartbeat.beat, self.service.database, parts, now=now, detail=self.owner)

    async def wake(self) -> None:
        """Let the clock look what fell due. Without Prefect nothing is claimed: it is found later, as caught up."""
        if not self.prefect_is_up:
            return
        try:
            if await wake(self.service, self.start):
                self.prefect_rests.succeeded()
        except PrefectUnreachable:
            self._prefect_refused()

    async def relay(self) -> None:
        """Hand over outbox rows until none is due."""
        try:
            while (
                self.prefect_is_up
                and not self.stopping
                and await relay_once(self.service, self.start, owner=self.owner)
            ):
                self.prefect_rests.succeeded()
                self.relaying.alive()
        except PrefectUnreachable:
            self._prefect_refused()

    async def finish(self, seconds: float) -> None:
        """Begin nothing more, and wait for the rounds that run, so many seconds at most."""
        self.stopping = True
        until = time.monotonic() + seconds
        while time.monotonic() < until and any(each.alive_at is not None for each in self.rounds):
            await asyncio.sleep(0.05)

    @property
    def rounds(self) -> tuple[Round, ...]:
        """Everything that it does again and again."""
        return self.relaying, self.waking, self.beating

    @property
    def hanging(self) -> str:
        """The name of a round that hangs, or nothing."""
        return next((each.name for each in self.rounds if each.hangs), "")

    def _prefect_refused(self) -> None:
        self.prefect_is_up = False
        log.warning("prefect takes no flow", asked_again_in_seconds=self.prefect_rests.failed())


def run(settings: Settings) -> int:
    """Run a worker of this service in the foreground until it is told to stop; returns its exit code."""
    service = bootstrap(settings)
    try:
        return run_service(service)
    finally:
        service.close()


def run_service(service: Service) -> int:
    """As `run`, for a service that is wired already."""
    process.use(service)
    stop = Stop()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop.ask)
    try:
        # Not in the main thread: there Prefect takes SIGTERM for itself while a flow runs, and tears the loop apart.
        with ThreadPoolExecutor(1, thread_name_prefix="loop") as pool:
            return pool.submit(lambda: asyncio.run(_run(service, stop))).result()
    finally:
        process.use(None)


class Stop:
    """The wish that the worker stops: uttered by a signal in the main thread, heard in the loop's."""

    def __init__(self) -> None:
        self.event = asyncio.Event()
        self._asked = False
        self._loop: asyncio.AbstractEventLoop | None = None

    def ask(self, *_: Any) -> None:
        """Ask the worker to stop; a signal's handler."""
        self._asked = True
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop has ended already
                self._loop.call_soon_threadsafe(self.event.set)

    def heard_in(self, loop: asyncio.AbstractEventLoop) -> asyncio.Event:
        """The event that is set in this loop once somebody asks, or has asked before."""
        self._loop = loop
        if self._asked:
            self.event.set()
        return self.event


async def _run(service: Service, stop: Stop) -> int:
    settings = service.settings
    worker = Worker(service, submit if settings.automation == "distributed" else run_here, Pace.of(settings))
    asked = stop.heard_in(asyncio.get_running_loop())
    scheduler = AsyncIOScheduler()
    for job, seconds in (
        (worker.beating, worker.pace.beat),
        (worker.waking, worker.pace.wake),
        (worker.relaying, worker.pace.relay),
    ):
        # APScheduler's defaults would drop a job that is late by a second; late is all that a sleeping machine can be.
        scheduler.add_job(
            job.__call__, "interval", seconds=seconds, misfire_grace_time=None, coalesce=True, max_instances=1,
            name=job.name,
        )  # fmt: skip
    await worker.beat()
    scheduler.start()
    log.info("worker started", owner=worker.owner, automation=settings.automation, clock=settings.clock)
    code = await _watch(worker, scheduler, asked)
    log.info("worker stops")
    guard = threading.Timer(STOP_SECONDS, os._exit, (1,))
    guard.daemon = True
    guard.start()
    scheduler.pause()
    await worker.finish(FINISH_SECONDS)
    scheduler.shutdown(wait=False)
    return code


async def _watch(worker: Worker, scheduler: AsyncIOScheduler, stop: asyncio.Event) -> int:
    """Wait until the worker is to stop, and return its exit code: 1 where a round hangs and only a new process helps."""
    supervisor = os.environ.get(SUPERVISOR)
    wall = WallClock(SystemClock())
    while not stop.is_set():
        try:
            await asyncio.wait_for(stop.wait(), WATCH_SECONDS)
        except TimeoutError:
            if supervisor is not None and str(os.getppid()) != supervisor:
                log.warning("the supervisor is gone")
                return 0
            if worker.hanging:
                log.critical("a round hangs; the worker ends, and what it leased is found again", round=worker.hanging)
                return 1
            if wall.was_set_back():
                log.warning("the machine's clock was set back")
                nudge(scheduler)
    return 0


class WallClock:
    """Notices when the machine's clock is set back."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ahead = self._of_the_monotonic()

    def was_set_back(self) -> bool:
        """Whether it was since the last time that this was asked."""
        before, self._ahead = self._ahead, self._of_the_monotonic()
        return self._ahead < before - 1.0

    def _of_the_monotonic(self) -> float:
        return self._clock.now().timestamp() - time.monotonic()


def nudge(scheduler: AsyncIOScheduler) -> None:
    """Let every job run now and then again at its pace.

    APScheduler remembers the next moment of a job by the wall clock: set back by an hour, it would do nothing for one.
    """
    for job in scheduler.get_jobs():
        job.modify(next_run_time=SystemClock().now())

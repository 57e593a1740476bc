"""Real processes of the service: a Prefect server, workers, and whatever else a test starts and stops."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from datetime import time as time_of_day
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Row, select
from sqlmodel import SQLModel

from incubator.clock import SHANGHAI, FixedClock
from incubator.database import Database
from incubator.models.base import table
from incubator.services.automation.outbox import waiting
from incubator.services.automation.prefect_environment import prefect_home, server_command, server_environment
from incubator.services.service_clock import clock_for, move_to
from incubator.settings import Settings
from tests.procedures.world import Centre, build

T = TypeVar("T")

# What the test process seals with (tests/conftest.py), and every process beside it.
SEALING_SECRET = "a secret for tests only, of no use elsewhere"

# Long enough for a machine that does much else: nothing here is a measurement.
PATIENCE = 60.0


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(look: Callable[[], T], what: str, *, every: float = 0.1) -> T:
    """Look again and again, every so many seconds, until there is something to see, and return it."""
    give_up = time.monotonic() + PATIENCE
    while not (seen := look()):
        if time.monotonic() > give_up:
            raise AssertionError(f"waited {PATIENCE:.0f} s for: {what}")
        time.sleep(every)
    return seen


def answers(url: str) -> bool:
    """Whether a GET of this address is answered with 200."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@dataclass
class Process:
    """A process of the service with its output in a file, ended with everything that it started."""

    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    running: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> Process:
        """Start it, in a process group of its own."""
        with self.log.open("ab") as output:
            self.running = subprocess.Popen(
                self.command,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        return self

    @property
    def pid(self) -> int:
        """Its number."""
        assert self.running is not None
        return self.running.pid

    @property
    def output(self) -> str:
        """Everything that it wrote."""
        return self.log.read_text(encoding="utf-8") if self.log.exists() else ""

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Ask it to end, and return its exit code."""
        return self._end(signal.SIGTERM)

    def wait(self) -> int:
        """Wait until it ended by itself, and return its exit code."""
        assert self.running is not None
        return self.running.wait(PATIENCE)

    def _end(self, number: signal.Signals) -> int:
        assert self.running is not None
        if self.running.poll() is None:
            self.running.send_signal(number)
        try:
            return self.running.wait(PATIENCE)
        finally:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.running.pid, signal.SIGKILL)


@contextmanager
def started(*processes: Process) -> Iterator[None]:
    """Run these processes while the block runs; those that still live afterwards are killed."""
    try:
        for process in processes:
            process.start()
        yield
    finally:
        for process in processes:
            if process.running is not None:
                process.kill()


class PrefectServer:
    """A Prefect server as `incubator serve` runs it, which a test may also stop and start."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        settings = Settings(data_dir=folder, prefect_port=self.port)
        prefect_home(settings).mkdir(parents=True, exist_ok=True)
        self.process = Process(server_command(settings), server_environment(settings), folder / "prefect.log")

    @property
    def api(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}/api"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.process.start()
        self.wait()

    def wait(self) -> None:
        """Wait until it answers."""
        until(lambda: answers(f"{self.api}/ready"), "the Prefect server answers")

    def stop(self) -> None:
        """Stop it."""
        self.process.stop()


class SharedClock(FixedClock):
    """The test clock of a whole service: moved here, it has moved for every process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._clock = clock_for(database, "test")

    def now(self) -> datetime:
        """The moment that every process sees."""
        return self._clock.now()

    def move_to(self, moment: datetime) -> None:
        """Let it be this moment now, everywhere."""
        move_to(self._database, moment)


def python(*arguments: str) -> list[str]:
    """The command that runs a module with this Python."""
    return [sys.executable, "-m", *arguments]


@dataclass
class Site:
    """A centre whose automation real processes do, on one database, with one clock for all."""

    centre: Centre
    database_url: str
    folder: Path
    prefect: PrefectServer

    @classmethod
    def build(cls, database: Database, database_url: str, folder: Path, prefect: PrefectServer, *, day: str) -> Site:
        """The usual centre at nine in the morning of that day."""
        clock = SharedClock(database)
        clock.move_to(datetime.combine(date.fromisoformat(day), time_of_day(9), tzinfo=SHANGHAI))
        return cls(build(database, clock), database_url, folder, prefect)

    @property
    def environment(self) -> dict[str, str]:
        """The settings that the processes share."""
        return {
            "INCUBATOR_DATABASE_URL": self.database_url,
            "INCUBATOR_DATA_DIR": str(self.folder),
            "INCUBATOR_SECRET_KEY": SEALING_SECRET,
            "INCUBATOR_CLOCK": "test",
            "INCUBATOR_PREFECT_PORT": str(self.prefect.port),
        }

    def worker(self, name: str = "worker") -> Process:
        """A worker process, not started yet."""
        return Process(python("schedules"), self.environment, self.folder / f"{name}.log")

    def rows(self, model: type[SQLModel], **values: Any) -> list[Row[Any]]:
        """The rows of a table with these values, in order."""
        columns = table(model).c
        with self.centre.database.read() as connection:
            query = select(table(model)).where(*(columns[name] == value for name, value in values.items()))
            return list(connection.execute(query.order_by(columns.id)).all())

    def until_at(self, case_id: str, step: str) -> None:
        """Wait until the case stands at a step."""
        until(lambda: self.centre.case(case_id).step == step, f"case {case_id} at {step}")

    def until_idle(self) -> None:
        """Wait until automation has done everything that is due."""
        until(lambda: self._waiting() == 0, "nothing waits for automation")

    def _waiting(self) -> int:
        with self.centre.database.read() as connection:
            return waiting(connection, self.centre.clock.now()).rows

"""One door to the database: `read` (or `glance`) for looking, `write` for one transaction, on SQLite and PostgreSQL alike."""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from incubator.canonical import sha256

T = TypeVar("T")

BUSY_SECONDS = 30
GROUP = 64  # actions that may share one SQLite commit
# What PostgreSQL is asked for at each connection. A machine that vanishes in the middle of a transaction would otherwise
# hold its rows for hours, with everybody waiting for them, and a vanished server would be waited for as long.
PATIENCE = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "options": f"-c lock_timeout={BUSY_SECONDS}s -c idle_in_transaction_session_timeout=300s",
}


class Database:
    """The service's database in this process.

    What is not `durable` may be lost with the machine, on SQLite: for a file that counts only once it is whole.
    """

    def __init__(self, url: str, *, pool_size: int = 20, durable: bool = True) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        if self.is_sqlite:
            sync = "FULL" if durable else "OFF"
            self.engine = _sqlite_engine(url, begin="BEGIN", pool_size=pool_size, sync=sync)
            self._writer: _GroupCommit | None = _GroupCommit(
                _sqlite_engine(url, begin="BEGIN IMMEDIATE", pool_size=1, sync=sync)
            )
        else:
            self.engine = create_engine(url, pool_pre_ping=False, connect_args=PATIENCE, **_pool(pool_size))
            self._writer = None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for looking only; whatever it does is rolled back."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def glance(self) -> Iterator[Connection]:
        """A connection for a single question, which PostgreSQL answers without a transaction around it."""
        with self.engine.connect() as connection:
            yield connection if self.is_sqlite else connection.execution_options(isolation_level="AUTOCOMMIT")

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in one transaction and return its result once that is committed; an error leaves nothing behind."""
        if self._writer is not None:
            return self._writer.run(work)
        with self.engine.begin() as connection:
            return work(connection)

    def submit(self, work: Callable[[Connection], T]) -> Future[T] | None:
        """As `write`, with a future of its result where the database has a writer of its own; None where it has none."""
        return None if self._writer is None else self._writer.submit(work)

    def close(self) -> None:
        """Let go of every connection."""
        if self._writer is not None:
            self._writer.close()
        self.engine.dispose()


def _pool(size: int) -> dict[str, Any]:
    # What overflows is closed after each use, and connecting costs more than most work does. The connection used last is
    # taken first: it has the statements prepared and the pages at hand.
    return {"pool_size": size, "max_overflow": size // 2, "pool_use_lifo": True}


def _sqlite_engine(url: str, *, begin: str, pool_size: int, sync: str) -> Engine:
    engine = create_engine(url, **_pool(pool_size))

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
        # Python's own transaction control off: the BEGIN below decides what kind it is.
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={sync}",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_SECONDS * 1000}",
            "cache_size=-20000",
            "temp_store=MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")
        connection.create_function("sha256_hex", 1, sha256, deterministic=True)

    def start(connection: DBAPIConnection) -> None:
        connection.cursor().execute(begin)

    # Not an event's listener: an engine that has one asks all its listeners at every statement.
    engine.dialect.do_begin = start  # type: ignore[assignment]
    return engine


@dataclass
class _Job:
    work: Callable[[Connection], Any]
    done: Future[Any]


class _GroupCommit:
    """SQLite's only writer in this process: each action in a savepoint, many actions in a commit.

    SQLite syncs the disk at each commit and lets one writer in at a time. Actions that wait together therefore share a
    commit, and each is answered only after it.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def run(self, work: Callable[[Connection], T]) -> T:
        if self._thread is not None and threading.current_thread() is self._thread:
            raise RuntimeError("a write inside a write: pass the connection on instead")
        return self.submit(work).result()

    def submit(self, work: Callable[[Connection], T]) -> Future[T]:
        self._start()
        job = _Job(work, Future())
        job.done.set_running_or_notify_cancel()  # whoever no longer waits for it does not undo it
        self._jobs.put(job)
        return job.done

    def close(self) -> None:
        with self._lock:
            if self._thread is not None:
                self._jobs.put(None)
                self._thread.join()
                self._thread = None
        self._engine.dispose()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._loop, name="sqlite-writer", daemon=True)
                self._thread.start()

    def _loop(self) -> None:
        while (job := self._jobs.get()) is not None:
            if self._commit_group(job):
                return

    def _commit_group(self, first: _Job) -> bool:
        """Run the waiting jobs in one transaction; True when the writer was asked to end meanwhile."""
        answers: list[tuple[_Job, Any]] = []
        ending = False
        job: _Job | None = first
        try:
            with self._engine.begin() as connection:
                while job is not None:
                    try:
                        answers.append((job, _in_savepoint(connection, job.work)))
                    except BaseException as error:
                        job.done.set_exception(error)
                    if len(answers) >= GROUP:
                        break
                    try:
                        job = self._jobs.get_nowait()
                    except queue.Empty:
                        break
                    ending = job is None
        except BaseException as error:
            # The commit itself failed: nobody in the group was acknowledged, and nothing was kept.
            waiting = [answered for answered, _ in answers]
            if job is not None and not job.done.done() and job not in waiting:
                waiting.append(job)
            for answered in waiting:
                answered.done.set_exception(error)
            return ending
        for answered, answer in answers:
            answered.done.set_result(answer)
        return ending


def _in_savepoint(connection: Connection, work: Callable[[Connection], T]) -> T:
    """Run `work` so that its error undoes what it wrote, and nothing of the others in its group."""
    driver: Any = connection.connection.driver_connection  # spared: what SQLAlchemy keeps in mind of a savepoint
    driver.execute("SAVEPOINT action")
    try:
        answer = work(connection)
    except BaseException:
        driver.execute("ROLLBACK TO action")
        driver.execute("RELEASE action")
        raise
    driver.execute("RELEASE action")
    return answer

"""Deeds done in a process that kills itself at a chosen moment: what is left then is what a crash leaves.

`python -m tests.dying` waits for deeds on its input and forks for each one, so that an interpreter is started once and
not once a death. A deed is a function of a database, named `module:function`, which returns something JSON-ready.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Engine, event, make_url

from incubator.clock import SystemClock
from incubator.database import Database
from incubator.sealing import configure_sealer
from incubator.services.bootstrap import load_procedures
from tests.processes import SEALING_SECRET

ROOT = Path(__file__).parents[1]

NEVER = 0

_SESSIONS_OF = "SELECT 1 FROM pg_stat_activity WHERE application_name = %s LIMIT 1"


@dataclass(frozen=True, slots=True)
class Ending:
    """How a process ended: killed, or with the deed's answer or the error that it raised."""

    killed: bool
    answer: Any = None
    error: str = ""


class Doers:
    """The forking process, as a test speaks to it."""

    def __init__(self, running: subprocess.Popen[str]) -> None:
        self._running = running

    def do(self, url: str, deed: str, *, dying_at: int = NEVER, **asked: Any) -> Ending:
        """Do it in a process of its own, which kills itself at that moment, counted from 1; NEVER lets it live."""
        (ending,) = self._ask([{"url": url, "deed": deed, "dying_at": dying_at, "asked": asked}])
        return ending

    def race(self, url: str, *deeds: tuple[str, dict[str, Any]]) -> list[Ending]:
        """Do all of them at the same moment, each in a process of its own."""
        return self._ask([{"url": url, "deed": deed, "dying_at": NEVER, "asked": asked} for deed, asked in deeds])

    def deaths(self, url: str, deed: str, **asked: Any) -> Iterator[Ending]:
        """Do it again and again, killed at the first moment, at the second, and so on, until a process survives it."""
        for moment in count(1):
            ending = self.do(url, deed, dying_at=moment, **asked)
            yield ending
            if not ending.killed:
                return

    def _ask(self, jobs: list[dict[str, Any]]) -> list[Ending]:
        assert self._running.stdin is not None
        assert self._running.stdout is not None
        self._running.stdin.write(json.dumps(jobs) + "\n")
        self._running.stdin.flush()
        return [Ending(**told) for told in json.loads(self._running.stdout.readline())]


def in_threads(url: str, *deeds: tuple[str, dict[str, Any]]) -> list[Ending]:
    """As `Doers.race`, in threads of this process, each with a database of its own."""
    all_ready = threading.Barrier(len(deeds))

    def do(deed: str, asked: dict[str, Any]) -> Ending:
        database = Database(url)
        try:
            with database.read() as connection:
                connection.exec_driver_sql("SELECT 1")
            all_ready.wait()
            return Ending(killed=False, answer=_function(deed)(database, **asked))
        except Exception as error:
            return Ending(killed=False, **_described(error))
        finally:
            database.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(lambda each: do(*each), deeds))


@contextmanager
def doers() -> Iterator[Doers]:
    """Start the forking process, and end it with the block."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.dying"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as running:
        try:
            yield Doers(running)
        finally:
            assert running.stdin is not None
            running.stdin.close()  # which is its sign to end
            running.wait()


def _serve() -> None:
    """Answer each line of jobs with a line of endings, in the jobs' order."""
    known: set[str] = set()
    for line in sys.stdin:
        jobs = json.loads(line)
        functions = [_function(job["deed"]) for job in jobs]
        for url in {job["url"] for job in jobs} - known:
            _start(url)
            known.add(url)
        ready, go, answers = os.pipe(), os.pipe(), [os.pipe() for _ in jobs]
        children = []
        for job, function, (_, told) in zip(jobs, functions, answers, strict=True):
            child = os.fork()
            if not child:
                os.close(go[1])
                _live(job, function, ready[1], go[0], told)
            children.append(child)
        os.close(ready[1])
        for _ in jobs:
            os.read(ready[0], 1)
        for end in (ready[0], *go):  # nothing is ever written there: that it is closed lets all begin
            os.close(end)
        endings = [_ending(child, *answer) for child, answer in zip(children, answers, strict=True)]
        for child, job in zip(children, jobs, strict=True):
            _wait_for_its_sessions(child, job["url"])
        print(json.dumps(endings), flush=True)  # noqa: T201 - it is how the test hears of it


def _start(url: str) -> None:
    """What a service does as it starts, once for all children; no thread and no connection is left over for them."""
    configure_sealer(SEALING_SECRET)
    database = Database(url)
    load_procedures(database, SystemClock().now())
    database.close()
    gc.freeze()


def _function(name: str) -> Any:
    module, _, function = name.partition(":")
    return getattr(import_module(module), function)


def _ending(child: int, heard: int, told: int) -> dict[str, Any]:
    os.close(told)
    with os.fdopen(heard, encoding="utf-8") as answer:
        text = answer.read()
    _, status = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    return {"killed": True} if killed else {"killed": False, **json.loads(text)}


def _wait_for_its_sessions(child: int, url: str) -> None:
    """Wait until PostgreSQL has seen that the process is gone: until then its sessions hold their locks on rows."""
    address = make_url(url)
    if address.get_backend_name() != "postgresql":
        return
    plain = address.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        while connection.execute(_SESSIONS_OF, (_session_name(child),)).fetchone():
            time.sleep(0.005)


def _session_name(child: int) -> str:
    return f"doer {child}"


def _live(job: dict[str, Any], function: Any, ready: int, go: int, told: int) -> None:
    """The life of one child; it does not return."""
    os.environ["PGAPPNAME"] = _session_name(os.getpid())
    try:
        database = Database(job["url"])
        with database.read() as connection:
            connection.exec_driver_sql("SELECT 1")
        _die_at(job["dying_at"])
        os.write(ready, b".")
        os.close(ready)
        os.read(go, 1)
        said = {"answer": function(database, **job["asked"])}
        _moments.pass_by()  # it is committed, and nobody has heard of it
    except Exception as error:
        said = _described(error)
    os.write(told, json.dumps(said).encode())
    os._exit(0)


def _described(error: Exception) -> dict[str, Any]:
    return {"error": type(error).__name__, "answer": {"text": str(error), **getattr(error, "extra", {})}}


class _Moments:
    """Counts the moments of a deed down to the one at which the process dies."""

    left = NEVER

    def pass_by(self) -> None:
        if self.left == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        self.left -= 1


_moments = _Moments()


def _die_at(moment: int) -> None:
    """Count every statement before it is sent, and every commit."""
    _moments.left = moment
    event.listen(Engine, "before_cursor_execute", lambda *_: _moments.pass_by())
    event.listen(Engine, "commit", lambda *_: _moments.pass_by())


if __name__ == "__main__":
    _serve()

"""Child processes under supervision: small real ones that die, hang, ignore signals and start others."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import psutil
import pytest

from incubator.cli.children import FIRST_PAUSE, LONGEST_PAUSE, STEADY_SECONDS, Child, stop
from tests.processes import Process, free_port, until

SLEEPS = "import time; time.sleep(600)"
# Notes that it runs, and that it was asked to end, in order with its brothers.
NOTES = """
import signal, sys, time
name, file = sys.argv[1:3]
def note(what):
    with open(file, "a") as notes: print(name, what, file=notes)
def end(*_):
    note("asked"); time.sleep(0.2); note("ends"); sys.exit(0)
signal.signal(signal.SIGTERM, end)
note("runs"); time.sleep(600)
"""
DEAF = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open(sys.argv[1], "w").write(str(other.pid)); time.sleep(600)
"""
SUPERVISES = """
import sys, time
from incubator.cli.children import Child
child = Child("sleeper", [sys.executable, "-c", "import time; time.sleep(600)"])
child.start()
open(sys.argv[1], "w").write(str(child.process.pid)); time.sleep(600)
"""


def python(program: str, *arguments: object) -> list[str]:
    return [sys.executable, "-c", program, *map(str, arguments)]


def runs(pid: int) -> bool:
    """Whether there is such a process, and it has not ended."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def number_in(path: Path) -> int:
    """The process number that was written there, once it is."""
    return int(until(lambda: path.is_file() and path.read_text(), f"a number in {path}"))


@pytest.fixture
def ended_afterwards() -> Iterator[ExitStack]:
    """Children entered here do not outlive the test."""
    with ExitStack() as stack:
        yield stack


def supervised(stack: ExitStack, child: Child) -> Child:
    stack.callback(lambda: stop([child], grace=0.1) if child.process else None)
    return child


def test_a_child_that_dies_is_started_again_after_a_pause_that_grows(ended_afterwards: ExitStack) -> None:
    child = supervised(ended_afterwards, Child("short", python("raise SystemExit(3)"), pause=0.01))
    child.start()
    seen: list[int] = []
    pauses = [child.pause]

    def fourth() -> bool:
        child.look_after()
        assert child.process is not None
        if child.process.pid not in seen:
            seen.append(child.process.pid)
        if child.pause != pauses[-1]:
            pauses.append(child.pause)
        return len(seen) == 4

    until(fourth, "the fourth process", every=0.01)
    assert pauses[:4] == [0.01, 0.02, 0.04, 0.08]


def test_the_pause_stays_bounded_and_begins_anew_after_a_steady_run(ended_afterwards: ExitStack) -> None:
    child = supervised(ended_afterwards, Child("short", python("raise SystemExit(3)"), pause=LONGEST_PAUSE))

    def dead() -> bool:
        child.look_after()
        return child.start_again_at is not None

    child.start()
    until(dead, "its death")
    assert child.pause == LONGEST_PAUSE
    child.start()
    child.started_at -= STEADY_SECONDS + 1
    until(dead, "its death")
    assert child.pause == 2 * FIRST_PAUSE


def test_a_child_that_cannot_be_started_is_tried_again(tmp_path: Path, ended_afterwards: ExitStack) -> None:
    program = tmp_path / "program"
    child = supervised(ended_afterwards, Child("late", [str(program)], pause=0.01))
    child.start()
    assert not child.alive
    program.write_text(f"#!{sys.executable}\n{SLEEPS}\n")
    program.chmod(0o700)

    def alive() -> bool:
        child.look_after()
        return child.alive

    until(alive, "the program that came late")


def test_a_child_that_accepts_and_never_answers_is_replaced(ended_afterwards: ExitStack) -> None:
    port = free_port()
    listens = f"import socket; s = socket.create_server(('127.0.0.1', {port})); import time; time.sleep(600)"

    def answers() -> bool:
        try:
            with closing(socket.create_connection(("127.0.0.1", port), timeout=0.1)) as connection:
                return bool(connection.recv(1))
        except OSError:
            return False

    child = supervised(
        ended_afterwards, Child("hangs", python(listens), answers=answers, silent_seconds=0.3, pause=0.01)
    )
    child.start()
    assert child.process is not None
    first = child.process.pid

    def another() -> bool:
        child.ask()
        child.look_after()
        return child.process is not None and child.process.pid != first

    until(another, "another process in its place", every=0.02)
    assert not runs(first)


def test_a_child_that_answers_is_left_alone(ended_afterwards: ExitStack) -> None:
    child = supervised(ended_afterwards, Child("well", python(SLEEPS), answers=lambda: True, silent_seconds=60))
    child.start()
    child.answered_at = time.monotonic() - 59
    child.ask()
    child.answered_at -= 59
    child.look_after()
    assert child.alive


def test_children_are_asked_to_end_in_order_and_each_is_waited_for(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    children = [Child(name, python(NOTES, name, notes)) for name in ("web", "worker", "prefect")]
    for child in children:
        child.start()
    until(lambda: notes.is_file() and notes.read_text().count("runs") == 3, "three that run")
    stop(children)
    assert notes.read_text().split("\n")[3:] == [
        "web asked", "web ends", "worker asked", "worker ends", "prefect asked", "prefect ends", "",
    ]  # fmt: skip
    assert [child.process.returncode for child in children if child.process] == [0, 0, 0]


def test_a_child_that_does_not_listen_is_ended_with_everything_that_it_started(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    child = Child("deaf", python(DEAF, file))
    child.start()
    grandchild = number_in(file)
    assert child.process is not None
    stop([child], grace=0.3)
    assert child.process.returncode == -signal.SIGKILL
    until(lambda: not runs(grandchild), "the end of what it started")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux tells a child that its parent is gone")
def test_no_child_outlives_a_supervisor_that_was_killed(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    supervisor = Process(python(SUPERVISES, file), {"PYTHONPATH": os.pathsep.join(sys.path)}, tmp_path / "log").start()
    child = number_in(file)
    assert runs(child)
    supervisor.kill()
    until(lambda: not runs(child), "the end of the orphan")

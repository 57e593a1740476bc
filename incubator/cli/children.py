"""Child processes under supervision: started, watched, restarted after a growing pause, stopped without orphans."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

log = structlog.get_logger()

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
# A child that ran this long was well; its next death starts again with the first pause.
STEADY_SECONDS = 60.0
STOP_SECONDS = 12.0
POLL_SECONDS = 0.1
# A child that has not answered for this long hangs. Starting may take a slow machine minutes.
SILENT_SECONDS = 300.0
ASK_SECONDS = 10.0

_PR_SET_PDEATHSIG = 1


def _die_with(parent: int) -> Callable[[], None] | None:
    """What a child does before it becomes its program: ask Linux to be told when its supervisor is gone, however."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:  # it went before it could be asked about
            os._exit(1)

    return ask


@dataclass
class Child:
    """One supervised process. `answers` asks it whether it is well, where it can be asked; it may take seconds."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    answers: Callable[[], bool] | None = None
    silent_seconds: float = SILENT_SECONDS
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    answered_at: float = 0.0
    pause: float = FIRST_PAUSE
    start_again_at: float | None = None

    def start(self) -> None:
        """Start it in a process group of its own, so that a terminal's Ctrl-C reaches the supervisor alone.

        Where the machine has no process or memory left for it, it is tried again later.
        """
        now = time.monotonic()
        try:
            self.process = subprocess.Popen(  # noqa: S603 - the commands are our own
                self.command,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=_die_with(os.getpid()),
            )
        except OSError as error:
            log.error("not started", child=self.name, error=str(error), again_in_seconds=self.pause)
            self._again_later(now)
            return
        self.started_at = self.answered_at = now
        self.start_again_at = None
        log.info("started", child=self.name, pid=self.process.pid)

    def look_after(self) -> None:
        """Notice a death, or that it hangs, and start it again when its pause is over."""
        now = time.monotonic()
        if self.start_again_at is not None:
            if now >= self.start_again_at:
                self.start()
            return
        if self.process is None:
            return
        if self.process.poll() is None:
            if self.answers is not None and now - self.answered_at > self.silent_seconds:
                log.critical("killed, because it does not answer", child=self.name)
                self.signal(signal.SIGKILL)
                self.answered_at = now
            return
        self.signal(signal.SIGKILL)  # whatever it started itself
        if now - self.started_at > STEADY_SECONDS:
            self.pause = FIRST_PAUSE
        log.error("died", child=self.name, exit_code=self.process.returncode, again_in_seconds=self.pause)
        self._again_later(now)

    def ask(self) -> None:
        """Ask it whether it is well, and remember when it last said so."""
        if self.answers is not None and self.alive and self.answers():
            self.answered_at = time.monotonic()

    def _again_later(self, now: float) -> None:
        self.start_again_at = now + self.pause
        self.pause = min(self.pause * 2, LONGEST_PAUSE)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the child and everything in its group."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)

    @property
    def alive(self) -> bool:
        """Whether its process runs."""
        return self.process is not None and self.process.poll() is None


def keep_asking(children: Sequence[Child], *, every: float = ASK_SECONDS) -> None:
    """Ask the children for as long as this process lives, in a thread of its own: an answer may be long in coming."""

    def ask() -> None:
        while True:
            for child in children:
                child.ask()
            time.sleep(every)

    threading.Thread(target=ask, name="asking the children", daemon=True).start()


def stop(children: Sequence[Child], *, grace: float = STOP_SECONDS) -> None:
    """Ask the children to end, one after the other in the order given, and end those that do not within the grace.

    The order is kept because a worker still tells the Prefect server how its flows ended.
    """
    until = time.monotonic() + grace
    for child in children:
        child.start_again_at = None
        child.signal(signal.SIGTERM)
        # The last may use all of the grace that the others left.
        share = until if child is children[-1] else time.monotonic() + grace / 2
        while child.alive and time.monotonic() < min(share, until):
            time.sleep(POLL_SECONDS / 2)
    for child in children:
        if child.alive:
            log.warning("killed, because it did not stop", child=child.name)
        child.signal(signal.SIGKILL)
        if child.process is not None:
            child.process.wait()
            log.info("stopped", child=child.name, exit_code=child.process.returncode)

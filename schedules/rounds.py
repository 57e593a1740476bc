"""The worker's jobs as rounds that never end: one that fails rests and comes again, one that hangs is found."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog

log = structlog.get_logger()

FIRST_REST = 1.0
LONGEST_REST = 60.0


@dataclass
class Rest:
    """A pause, in seconds, that doubles with each failure up to a minute and is forgotten with a success."""

    failures: int = 0
    until: float = 0.0

    @property
    def over(self) -> bool:
        """Whether it is time to try again."""
        return time.monotonic() >= self.until

    def failed(self) -> float:
        """Rest from now on, longer than the last time; returns for how long."""
        pause = min(FIRST_REST * float(2**self.failures), LONGEST_REST)
        self.failures = min(self.failures + 1, 10)
        self.until = time.monotonic() + pause
        return pause

    def succeeded(self) -> None:
        """Forget the failures."""
        self.failures, self.until = 0, 0.0


@dataclass
class Round:
    """A job that is called again and again. `longest` is how many seconds it may take without a sign of life."""

    name: str
    job: Callable[[], Awaitable[None]]
    longest: float
    rest: Rest = field(default_factory=Rest)
    alive_at: float | None = None  # while a round runs

    async def __call__(self) -> None:
        """Run one round, unless it still rests from a failure."""
        if not self.rest.over:
            return
        self.alive()
        try:
            await self.job()
        except Exception:
            log.exception("a round failed", round=self.name, again_in_seconds=self.rest.failed())
        else:
            self.rest.succeeded()
        finally:
            self.alive_at = None

    def alive(self) -> None:
        """Say that the round goes on."""
        self.alive_at = time.monotonic()

    @property
    def hangs(self) -> bool:
        """Whether the round has given no sign of life for too long."""
        return self.alive_at is not None and time.monotonic() - self.alive_at > self.longest

    @property
    def well(self) -> bool:
        """Whether the last round neither failed nor hangs."""
        return not self.rest.failures and not self.hangs

"""The injected clock: the only place that asks the machine for the time."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """What tells the time to the service."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """The machine's present moment in UTC."""
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until somebody moves it."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment.astimezone(UTC)

    def now(self) -> datetime:
        """The moment it was last set to."""
        return self.moment

    def move_to(self, moment: datetime) -> None:
        """Stand at another moment from now on."""
        self.moment = moment.astimezone(UTC)

    def move_by(self, step: timedelta) -> None:
        """Stand later (or earlier) by this much."""
        self.moment += step


class OffsetClock:
    """The machine's time plus an offset that every process of the service reads from one place."""

    def __init__(self, offset: Callable[[], timedelta]) -> None:
        self._offset = offset

    def now(self) -> datetime:
        """The machine's present moment in UTC, moved by the shared offset."""
        return datetime.now(UTC) + self._offset()


def today(now: datetime) -> date:
    """The calendar day in Shanghai at this moment: the day that deadlines and papers speak of."""
    return now.astimezone(SHANGHAI).date()


def start_of(day: date) -> datetime:
    """Midnight in Shanghai at which this day begins, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).astimezone(UTC)


def months_before(day: date, months: int) -> date:
    """The corresponding day so many months before; the month's last day where there is none."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))

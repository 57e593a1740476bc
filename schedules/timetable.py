"""The timetable: what falls due when, in Shanghai's time, and what becomes of periods that were missed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from apscheduler.triggers.cron import CronTrigger

from incubator.clock import SHANGHAI
from incubator.text import Text

# A period found this long after it was due was missed by a service that stood still.
LATE_AFTER = timedelta(minutes=5)
_NEXT = timedelta(microseconds=1)


class CatchUp(StrEnum):
    """What is done about periods that were missed."""

    LATEST = "latest"  # the last one makes up for all: the work asks what is due, not what fell due when
    EACH = "each"  # every one is run, oldest first


@dataclass(frozen=True, slots=True)
class Cron:
    """When, field by field. Weekdays go by name: by number, APScheduler counts from Monday and cron from Sunday."""

    minute: str
    hour: str = "*"
    day: str = "*"
    month: str = "*"
    weekday: str = "*"

    def __post_init__(self) -> None:
        if any(letter.isdigit() for letter in self.weekday):
            raise ValueError(f"write the weekday by name, not {self.weekday!r}")

    def trigger(self) -> CronTrigger:
        """The trigger that computes the moments."""
        return CronTrigger(
            minute=self.minute,
            hour=self.hour,
            day=self.day,
            month=self.month,
            day_of_week=self.weekday,
            timezone=SHANGHAI,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Something that the clock starts by itself; its name is also the sweep's and finds the flow."""

    name: str
    title: Text
    when: Cron
    catch_up: CatchUp

    def periods(self, after: datetime, until: datetime) -> Iterator[datetime]:
        """The moments after `after` up to and with `until`, in order."""
        trigger = self.when.trigger()
        start = after.astimezone(SHANGHAI) + _NEXT
        while (moment := trigger.get_next_fire_time(None, start)) is not None and moment <= until:
            yield moment
            start = moment + _NEXT

    def due(self, after: datetime, now: datetime) -> list[datetime]:
        """The periods to run now, where the ledger accounts for everything up to `after`."""
        moments = list(self.periods(after, now))
        return moments if self.catch_up is CatchUp.EACH else moments[-1:]


TIMETABLE: tuple[Schedule, ...] = (
    Schedule(
        name="recount_cases",
        title=Text("按现行工作日历重算期限", "Count the limits by the calendar in force"),
        # Before the timers of the new day fire: a date that should have moved must not fire one.
        when=Cron(hour="0", minute="1"),
        catch_up=CatchUp.LATEST,
    ),
    Schedule(
        name="open_due_reviews",
        title=Text("开启到期的定期检查", "Open the periodic reviews that are due"),
        when=Cron(hour="8", minute="0"),
        catch_up=CatchUp.LATEST,
    ),
    Schedule(
        name="fire_due_timers",
        title=Text("办理到期事项：公示期满、提醒、督促", "Fire due timers: notice periods, reminders, escalations"),
        # Dates change at midnight; the later hours try again what was refused or broke.
        when=Cron(minute="5"),
        catch_up=CatchUp.LATEST,
    ),
    Schedule(
        name="send_digests",
        title=Text("发送每日摘要", "Send the day's digests"),
        when=Cron(hour="8", minute="30"),
        # Of days that were missed the newest alone: yesterday's work is in today's digest.
        catch_up=CatchUp.LATEST,
    ),
)

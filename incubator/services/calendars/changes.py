"""What is different between two working calendars: which days, and what that is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from incubator.engine.calendars import WorkCalendar
from incubator.engine.deadline_words import in_words
from incubator.text import Text

_MOST_NAMED = 6  # days that a sentence names before it sums up


@dataclass(frozen=True, slots=True)
class ChangedDay:
    """A day that is off now and was worked before, or the other way round; `name` says why it is, or was, off."""

    day: date
    off: bool
    name: Text

    def as_json(self) -> dict[str, Any]:
        """JSON-ready, both languages."""
        return {"day": self.day.isoformat(), "off": self.off, "name": self.name.as_pair()}


@dataclass(frozen=True, slots=True)
class Difference:
    """The days that are worked in one of two calendars and not in the other, and the years announced since."""

    days: tuple[ChangedDay, ...]
    announced: tuple[int, ...]

    def between(self, first: date, last: date) -> tuple[ChangedDay, ...]:
        """Those of the days that lie from one day to another, both included."""
        return tuple(each for each in self.days if first <= each.day <= last)


def difference(before: WorkCalendar, after: WorkCalendar) -> Difference:
    """What the later of two calendars changes."""
    named = {
        day
        for calendar in (before, after)
        for days in (calendar.days_off, calendar.workdays, calendar.closing_days)
        for day in days
    }
    days = []
    for day in sorted(named):
        off = not after.is_working(day)
        if off == (not before.is_working(day)):
            continue
        name = (after if off else before).why_off(day)
        assert name is not None
        days.append(ChangedDay(day, off, name))
    return Difference(tuple(days), tuple(sorted(after.announced - before.announced)))


def days_in_words(days: Sequence[ChangedDay]) -> Text:
    """The days and what becomes of them, the first few by name."""
    parts = [
        Text("{day}放假（{name}）", "{day} is off ({name})").fill(day=in_words(each.day), name=each.name)
        if each.off
        else Text("{day}上班", "{day} is worked").fill(day=in_words(each.day))
        for each in days[:_MOST_NAMED]
    ]
    words = Text("，".join(part.zh for part in parts), ", ".join(part.en for part in parts))
    if len(days) > _MOST_NAMED:
        words = Text(f"{words.zh}等{len(days)}天", f"{words.en} and {len(days) - _MOST_NAMED} more")
    return words

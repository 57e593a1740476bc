"""A slow, obvious counter of deadlines, one day after the other, to hold the real arithmetic against."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from incubator.engine.calendars import WorkCalendar
from incubator.engine.deadlines import Pause, Term, Unit

ONE = timedelta(days=1)


def forward(
    start: date, term: Term, calendar: WorkCalendar, pauses: Sequence[Pause], extensions: Sequence[int]
) -> tuple[date | None, int, int]:
    """Due date (None while paused), days counted and days left."""
    if term.unit in (Unit.WORKING_DAYS, Unit.CALENDAR_DAYS):
        total = term.length
        for extension in extensions:
            total += extension
    else:
        total = _days_until(start, _after_months(start, (term.length, *extensions), term.unit))
    day, counted = start, 0
    while counted < total:
        day += ONE
        match _paused(day, term, pauses):
            case "for good":
                return None, counted, total - counted
            case "for now":
                continue
        if term.unit is Unit.WORKING_DAYS and not calendar.is_working(day):
            continue
        counted += 1
    while True:
        state = _paused(day, term, pauses)
        if state == "for good":
            return None, counted, 0
        if state == "no" and calendar.is_working(day):
            return day, counted, 0
        day += ONE


def back(expiry: date, term: Term, calendar: WorkCalendar) -> date:
    """The last working day at least the term before the expiry."""
    day, counted = expiry, 0
    if term.unit in (Unit.WORKING_DAYS, Unit.CALENDAR_DAYS):
        while counted < term.length:
            day -= ONE
            if term.unit is Unit.CALENDAR_DAYS or calendar.is_working(day):
                counted += 1
    else:
        day = _after_months(expiry, (-term.length,), term.unit)
    while not calendar.is_working(day):
        day -= ONE
    return day


def of_case(
    term: Term,
    calendar: WorkCalendar,
    set_on: Sequence[date],
    pauses: Sequence[Pause],
    extensions: Sequence[int],
    *,
    restarts: bool,
) -> date | None:
    """Where a case's limit ends, None while a correction is out.

    The clock stands at nought on the day its milestone is set, and where corrections restart it on the day one comes
    back. Living through the case day by day, only what comes after it last stood at nought is counted.
    """
    nought = set_on[0]
    last = max([*set_on, *(pause.returned_on or pause.sent_on for pause in pauses)])
    day = set_on[0]
    while day <= last:
        came_back = any(pause.returned_on == day for pause in pauses)
        if day in set_on or (restarts and came_back):
            nought = day
        day += ONE
    standing = []
    for pause in pauses:
        if pause.returned_on is None and restarts:
            standing.append(Pause(max(pause.sent_on, nought), None))
        elif pause.sent_on >= nought and not restarts:
            standing.append(pause)
    return forward(nought, term, calendar, standing, extensions)[0]


def _paused(day: date, term: Term, pauses: Sequence[Pause]) -> str:
    state = "no"
    for pause in pauses:
        if day < pause.sent_on or (pause.returned_on is not None and day > pause.returned_on):
            continue
        if day == pause.sent_on and term.count_sending_day:
            continue
        if day == pause.returned_on and term.count_returning_day:
            continue
        if pause.returned_on is None:
            return "for good"
        state = "for now"
    return state


def _after_months(day: date, lengths: Sequence[int], unit: Unit) -> date:
    for length in lengths:
        year, month = day.year, day.month
        for _ in range(abs(length) * (12 if unit is Unit.YEARS else 1)):
            month += 1 if length > 0 else -1
            if month == 13:
                year, month = year + 1, 1
            if month == 0:
                year, month = year - 1, 12
        wanted = day.day
        while True:
            try:
                day = date(year, month, wanted)
            except ValueError:
                wanted -= 1
            else:
                break
    return day


def _days_until(start: date, end: date) -> int:
    days = 0
    while start < end:
        start += ONE
        days += 1
    return days

"""The arithmetic of deadlines: from an event, a term and a working calendar to a due date with its proof.

Sources: Civil Code art 201 (the day of the event is not counted), 202 (months and years end on the corresponding day,
or on the month's last day where there is none), 203 (a last day on a day off rolls forward); Administrative Licensing
Law art 82 (licensing periods are working days).
"""

from __future__ import annotations

import calendar as months_of_years
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import assert_never

from incubator.engine.calendars import WorkCalendar
from incubator.engine.deadline_proof import (
    FIRST_DAY,
    LAST_DAY,
    LONGEST,
    ONE_DAY,
    Direction,
    Pause,
    Proof,
    Skipped,
    Term,
    Unit,
    check_day,
    merged,
    out_of_range,
)
from incubator.engine.deadline_words import PAUSED, days, explain
from incubator.errors import Invalid
from incubator.text import Text

__all__ = [
    "Direction",
    "Pause",
    "Proof",
    "Skipped",
    "Term",
    "Unit",
    "backward",
    "days",
    "due_date",
    "explain",
    "fixed_date",
]

_Span = tuple[date, date | None]
_Reasoned = tuple[date, date | None, Text]


def due_date(
    start: date,
    term: Term,
    calendar: WorkCalendar,
    *,
    start_kind: str = "start",
    pauses: Sequence[Pause] = (),
    extensions: Sequence[int] = (),
) -> Proof:
    """The day by which something must be done, counted from the event on `start`.

    Working days count working days only; a calendar unit whose last day is off rolls forward. Days of a pause are not
    counted; a term in months or years ends later by the calendar days paused. Each extension is a further length in
    the term's unit, added to where the term ended before it rolled. A pause sent after the last day changes nothing;
    one sent on the last day carries it beyond the return. Where a correction restarts the clock, pass the new start
    instead of a pause. Raises `Invalid` for pauses that begin before `start`, overlap or follow an open one, an
    extension below 1, and dates outside 1990-2199.
    """
    check_day(start)
    _check_extensions(extensions)
    ordered = _checked(pauses, start)
    spans = _paused_spans(term, ordered)
    if term.unit is Unit.WORKING_DAYS:
        run = _run_working_days(start, term.length + sum(extensions), calendar, spans)
    else:
        end = start
        for length in (term.length, *extensions):
            end = _moved(end, length, term.unit)
        run = _run_calendar_days(start, (end - start).days, spans)

    skipped = list(run.skipped)
    due_on = None if run.last is None else _rolled_forward(run.last, calendar, spans, skipped)
    # In working days every day since the start decides; in the other units only where the last day falls.
    reach = due_on or skipped[-1][0]
    since = start if run.last is None or term.unit is Unit.WORKING_DAYS else run.last
    return Proof(
        start=start,
        start_kind=start_kind,
        direction=Direction.FORWARD,
        term=term,
        due_on=due_on,
        counted=run.counted,
        remaining=run.remaining,
        skipped=merged(skipped),
        pauses=ordered,
        extensions=tuple(extensions),
        rolled_from=run.last if due_on != run.last else None,
        unannounced=calendar.unannounced_year(reach, since),
    )


def fixed_date(day: date, calendar: WorkCalendar, *, start_kind: str = "date") -> Proof:
    """A day that the rule names itself ("report by 31 March"); it rolls forward when off (Civil Code art 203)."""
    check_day(day)
    skipped: list[_Reasoned] = []
    due_on = _rolled_forward(day, calendar, (), skipped)
    return Proof(
        start=day,
        start_kind=start_kind,
        direction=Direction.FIXED,
        term=None,
        due_on=due_on,
        counted=0,
        skipped=merged(skipped),
        rolled_from=day if due_on != day else None,
        unannounced=calendar.unannounced_year(due_on or day, day),
    )


def backward(expiry: date, term: Term, calendar: WorkCalendar, *, start_kind: str = "expiry") -> Proof:
    """The last safe working day for something due at least `term` before `expiry`, whose own day is not counted.

    It never rolls forward: where the day counted back to is off, the working day before it is due.
    """
    check_day(expiry)
    skipped: list[_Reasoned] = []
    if term.unit is Unit.WORKING_DAYS:
        end, counted = expiry, 0
        while counted < term.length:
            end = _stepped(end, -ONE_DAY)
            if calendar.is_working(end):
                counted += 1
            else:
                skipped.append((end, end, _why_off(end, calendar)))
    else:
        end = _moved(expiry, -term.length, term.unit)
        counted = (expiry - end).days
    due_on = end
    while not calendar.is_working(due_on):
        skipped.append((due_on, due_on, _why_off(due_on, calendar)))
        due_on = _stepped(due_on, -ONE_DAY)
    # Of calendar days only the day counted back to can be off; of working days each one up to the expiry.
    reach = expiry - ONE_DAY if term.unit is Unit.WORKING_DAYS and term.length else end
    return Proof(
        start=expiry,
        start_kind=start_kind,
        direction=Direction.BACKWARD,
        term=term,
        due_on=due_on,
        counted=counted,
        skipped=merged(skipped),
        rolled_from=end if due_on != end else None,
        unannounced=calendar.unannounced_year(reach, due_on),
    )


@dataclass(frozen=True, slots=True)
class _Run:
    """How far the counting came: `last` is the last day counted, None when an open pause stopped it."""

    last: date | None
    counted: int
    remaining: int
    skipped: tuple[_Reasoned, ...]


def _run_working_days(start: date, total: int, calendar: WorkCalendar, spans: Sequence[_Span]) -> _Run:
    skipped: list[_Reasoned] = []
    day, counted = start, 0
    while counted < total:
        day = _stepped(day, ONE_DAY)
        if span := _covering(day, spans):
            first, last = day, span[1]
            skipped.append((first, last, PAUSED))
            if last is None:
                return _Run(None, counted, total - counted, tuple(skipped))
            day = last
        elif calendar.is_working(day):
            counted += 1
        else:
            skipped.append((day, day, _why_off(day, calendar)))
    return _Run(day, counted, 0, tuple(skipped))


def _run_calendar_days(start: date, total: int, spans: Sequence[_Span]) -> _Run:
    # By sums, not day by day: validities run for years, and a hundred thousand of them are computed in one go.
    skipped: list[_Reasoned] = []
    end = _stepped(start, timedelta(total))
    for begins, last in spans:
        first = max(begins, start + ONE_DAY)
        if first > end:
            break
        if last is None:
            remaining = (end - first).days + 1
            return _Run(None, total - remaining, remaining, (*skipped, (first, None, PAUSED)))
        if first <= last:
            skipped.append((first, last, PAUSED))
            end = _stepped(end, last - first + ONE_DAY)
    return _Run(end, total, 0, tuple(skipped))


def _rolled_forward(day: date, calendar: WorkCalendar, spans: Sequence[_Span], skipped: list[_Reasoned]) -> date | None:
    """The first working day from `day` on outside all pauses, noting what is moved over; None inside an open one."""
    while True:
        if span := _covering(day, spans):
            skipped.append((day, span[1], PAUSED))
            if span[1] is None:
                return None
            day = _stepped(span[1], ONE_DAY)
        elif reason := calendar.why_off(day):
            skipped.append((day, day, reason))
            day = _stepped(day, ONE_DAY)
        else:
            return day


def _paused_spans(term: Term, pauses: Sequence[Pause]) -> list[_Span]:
    """First and last day that each pause leaves out; one that leaves none out is dropped, a shared day named once."""
    spans: list[_Span] = []
    for pause in pauses:
        first = pause.sent_on + ONE_DAY if term.count_sending_day else pause.sent_on
        if spans and (before := spans[-1][1]):
            first = max(first, before + ONE_DAY)
        last = pause.returned_on
        if last is not None and term.count_returning_day:
            last -= ONE_DAY
        if last is None or first <= last:
            spans.append((first, last))
    return spans


def _covering(day: date, spans: Sequence[_Span]) -> _Span | None:
    for span in spans:
        if span[0] <= day and (span[1] is None or day <= span[1]):
            return span
    return None


def _moved(day: date, length: int, unit: Unit) -> date:
    match unit:
        case Unit.WORKING_DAYS | Unit.CALENDAR_DAYS:
            return _stepped(day, timedelta(length))
        case Unit.MONTHS:
            months = length
        case Unit.YEARS:
            months = 12 * length
        case _:
            assert_never(unit)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not FIRST_DAY.year <= year <= LAST_DAY.year:
        raise out_of_range(f"{day.isoformat()} {length:+d} {unit.value}")
    return date(year, month + 1, min(day.day, months_of_years.monthrange(year, month + 1)[1]))


def _stepped(day: date, step: timedelta) -> date:
    moved = day + step
    if not FIRST_DAY <= moved <= LAST_DAY:
        raise out_of_range(moved.isoformat())
    return moved


def _why_off(day: date, calendar: WorkCalendar) -> Text:
    reason = calendar.why_off(day)
    assert reason is not None
    return reason


def _checked(pauses: Sequence[Pause], start: date) -> tuple[Pause, ...]:
    ordered = tuple(sorted(pauses, key=lambda pause: (pause.sent_on, pause.returned_on or LAST_DAY)))
    for pause in ordered:
        if pause.sent_on < start:
            raise Invalid(
                Text(
                    "补正通知的发出日期{sent}早于期限起算日{start}，请更正日期。",
                    "The correction was sent on {sent}, before the clock started on {start}; put the dates right.",
                ).fill(sent=pause.sent_on.isoformat(), start=start.isoformat())
            )
    for before, after in pairwise(ordered):
        if before.returned_on is None or after.sent_on < before.returned_on:
            raise Invalid(
                Text(
                    "{before}发出的补正尚未退回，又于{after}发出补正，请更正日期。",
                    "A correction was sent on {after} while that of {before} was still out; put the dates right.",
                ).fill(before=before.sent_on.isoformat(), after=after.sent_on.isoformat())
            )
    return ordered


def _check_extensions(extensions: Sequence[int]) -> None:
    for length in extensions:
        if not 1 <= length <= LONGEST:
            raise Invalid(
                Text(
                    "延长期限的长度{length}无效，应为1至{longest}之间的整数。",
                    "An extension by {length} is not possible; give a whole number from 1 to {longest}.",
                ).fill(length=length, longest=LONGEST)
            )

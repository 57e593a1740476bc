"""A street's working calendar as people read it: the years announced, its days month by month, its past changes, what would move."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, select

from incubator.engine import library
from incubator.engine.calendars import WEEKEND, WorkCalendar
from incubator.engine.roles import Actor
from incubator.facts.bulk import among
from incubator.models.base import table
from incubator.models.organizations import Organization
from incubator.models.streets import Person
from incubator.queries.visibility import visible_to
from incubator.services.calendars.importing import calendar_events
from incubator.services.calendars.recounting import Move
from incubator.text import Text

NOTICE_MONTH = 11  # the State Council announces the next year from late October to early December


class DayKind(StrEnum):
    """What a day is to the office."""

    WORKED = "worked"
    MADE_UP = "made_up"  # a Saturday or Sunday that is worked in return for a holiday
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    CLOSED = "closed"  # the street's own closing day


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar with what it is, and why it is off."""

    day: date
    kind: DayKind
    why: Text | None


@dataclass(frozen=True, slots=True)
class CalendarLine:
    """A change of a street's calendar: an imported notice (`year` and `source`), or closing days with their reason."""

    type: str
    recorded_at: datetime
    actor: str  # empty for the console and for automation
    on_behalf_of: str
    comment: str
    change: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MoveLine:
    """A case whose date moves, with the organization that it is about."""

    move: Move
    organization_id: str  # a public id
    organization_name: str


def street_calendar(connection: Connection, actor: Actor) -> WorkCalendar:
    """The calendar that the actor's street counts by now."""
    return library.calendar_in_force(connection, actor.street_id)[1]


def kind_of(calendar: WorkCalendar, day: date) -> Day:
    """What a day is, a closing day before anything else."""
    if day in calendar.closing_days:
        return Day(day, DayKind.CLOSED, calendar.closing_days[day])
    why = calendar.why_off(day)
    if why is None:
        return Day(day, DayKind.MADE_UP if day.weekday() >= 5 else DayKind.WORKED, None)
    return Day(day, DayKind.WEEKEND if why == WEEKEND else DayKind.HOLIDAY, why)


def months_of(calendar: WorkCalendar, year: int) -> list[list[Day]]:
    """The days of a year, month by month."""
    days = [
        kind_of(calendar, date(year, 1, 1) + timedelta(n))
        for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)
    ]
    return [[each for each in days if each.day.month == month] for month in range(1, 13)]


def provisional_from(calendar: WorkCalendar, this_day: date) -> date:
    """The first day from which dates are provisional, seen from a day: the next missing notice can change it."""
    year = this_day.year
    if year not in calendar.announced:
        return date(year, 1, 1)
    while year + 1 in calendar.announced:
        year += 1
    return date(year, 12, 21)


def missing_notice(calendar: WorkCalendar, this_day: date) -> int | None:
    """The year whose notice should be out by this day and is not in."""
    if this_day.year not in calendar.announced:
        return this_day.year
    due = this_day.month >= NOTICE_MONTH and this_day.year + 1 not in calendar.announced
    return this_day.year + 1 if due else None


def calendar_changes(connection: Connection, actor: Actor, *, limit: int = 20) -> list[CalendarLine]:
    """The latest changes of the calendar of the actor's street, newest first."""
    found, people = calendar_events(actor.street_id).limit(limit).subquery(), table(Person)
    rows = connection.execute(
        select(found, people.c.name)
        .join_from(found, people, people.c.id == found.c.actor_id, isouter=True)
        .order_by(found.c.seq.desc())
    )
    lines = []
    for row in rows:
        body = json.loads(row.body)
        lines.append(
            CalendarLine(
                row.type, row.recorded_at, row.name or "", body["on_behalf_of"], body["comment"], body["change"]
            )
        )
    return lines


def with_organizations(connection: Connection, actor: Actor, moves: Sequence[Move]) -> list[MoveLine]:
    """The cases with the organizations that they are about; those alone that the actor sees."""
    organizations = table(Organization)
    rows = connection.execute(
        select(organizations.c.id, organizations.c.public_id, organizations.c.name).where(
            among(organizations.c.id, "found"), visible_to(actor, organizations)
        ),
        {"found": [move.organization_id for move in moves]},
    )
    known = {row.id: row for row in rows}
    return [
        MoveLine(move, known[move.organization_id].public_id, known[move.organization_id].name)
        for move in moves
        if move.organization_id in known
    ]

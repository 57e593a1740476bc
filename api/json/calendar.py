"""The street's working calendar: its days, a yearly notice imported, closing days; and dates counted by it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Query, UploadFile
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from api.callers import Caller, Importing, Reading
from api.json.shapes import Body, refusals
from incubator.clock import today
from incubator.engine.calendars import WorkCalendar
from incubator.engine.deadline_words import explain
from incubator.engine.deadlines import Direction, Proof, Term, Unit, backward, due_date
from incubator.errors import Invalid
from incubator.queries.calendar import missing_notice, provisional_from, street_calendar, with_organizations
from incubator.queries.visibility import Permission, require
from incubator.services.calendars.importing import MOST_CLOSING_DAYS, CalendarChange, import_notice, set_closing_days
from incubator.services.calendars.notice import Notice
from incubator.services.calendars.reading import LONGEST, PASTED, read_notice
from incubator.services.calendars.recounting import put_through
from incubator.text import Text

router = APIRouter(tags=["calendar"])

Year = Annotated[int, Query(ge=1990, le=2199)]


class DayOff(BaseModel):
    """A day on which offices are closed, and why."""

    day: date
    name: str


class CalendarOut(BaseModel):
    """The working calendar of a street.

    `days_off` and `workdays` are of the year asked for: the days that the notices name, and the weekend days that they
    make workdays. Dates from `provisional_from` on may move with the next notice. `missing_notice` is the year whose
    notice should be out and is not in.
    """

    announced: list[int]
    year: int
    days_off: list[DayOff]
    workdays: list[date]
    closing_days: list[DayOff]
    provisional_from: date
    missing_notice: int | None


class ChangedDayOut(BaseModel):
    """A day that becomes off, or is worked from now on."""

    day: date
    off: bool
    name: str


class MoveOut(BaseModel):
    """A case whose date moves, or becomes certain or provisional; a null date is none."""

    case_id: str
    number: str
    organization: str
    step: str
    before: date | None
    after: date | None
    provisional_before: bool
    provisional_after: bool


class CalendarChangeOut(BaseModel):
    """What a change of the calendar did, or with `dry_run` would do; with `changed` false nothing was written."""

    dry_run: bool
    changed: bool
    days: list[ChangedDayOut]
    cases: list[MoveOut]


class NoticeOut(CalendarChangeOut):
    """A notice as it was read, and what its import did. `set_aside` are its sentences that arrange nothing."""

    year: int
    title: str
    number: str
    dated: date | None
    days_off: list[DayOff]
    workdays: list[date]
    set_aside: list[str]


class ClosingDays(Body):
    """Days on which the street office is closed, added or taken back, and why."""

    add: list[date] = Field(default=[], max_length=MOST_CLOSING_DAYS)
    remove: list[date] = Field(default=[], max_length=MOST_CLOSING_DAYS)
    reason: str = Field(min_length=1, max_length=100)


class DeadlineOut(BaseModel):
    """A date with its proof, and the proof in words."""

    due_on: date
    provisional: bool
    proof: dict[str, Any]
    sentences: list[str]


@router.get("/calendar", responses=refusals(403, 409, 422))
def get_calendar(caller: Reading, year: Year | None = None) -> CalendarOut:
    """The street's working calendar; the days of this year, or of the one asked for."""
    calendar = caller.read(lambda connection: street_calendar(connection, caller.actor))
    return _calendar(calendar, year or today(caller.now).year, caller)


@router.post("/calendar/notices", status_code=201, responses=refusals(403, 409, 413, 422))
def post_notice(
    caller: Importing,
    file: Annotated[UploadFile | None, File(description="The notice: its text (.txt) or entries (YAML)")] = None,
    text: Annotated[str, Form(max_length=LONGEST, description="The notice's text, instead of a file")] = "",
    year: Annotated[int | None, Query(ge=1990, le=2199, description="Where the text lacks its title")] = None,
    dry_run: Annotated[bool, Query(description="Write nothing, and say what would be done")] = False,
) -> NoticeOut:
    """Import the State Council's notice on a year's holidays; the street's cases are counted by it at once."""
    actor = caller.actor
    require(actor, Permission.IMPORT_CALENDAR, street_id=actor.street_id)
    if (file is None) == (not text.strip()):
        words = Text("请给出文件或文字，只给一样", "Send a file or a text, one of them")
        raise Invalid(words, fields={"file": [words]})
    name, content = (file.filename or "notice.txt", file.file.read()) if file else (PASTED, text)
    notice = read_notice(name, content, year=year)

    def work(connection: Connection) -> CalendarChange:
        return import_notice(
            connection, street_id=actor.street_id, notice=notice, actor=actor, now=caller.now, dry_run=dry_run
        )

    changed = _changed(caller, work, dry_run=dry_run)
    return NoticeOut(**changed, **_notice(notice, caller))


@router.put("/calendar/closing-days", responses=refusals(403, 409, 422))
def put_closing_days(
    caller: Importing,
    body: ClosingDays,
    dry_run: Annotated[bool, Query(description="Write nothing, and say what would be done")] = False,
) -> CalendarChangeOut:
    """Close the street office on some days, or open it again; sent again it changes nothing."""
    actor = caller.actor

    def work(connection: Connection) -> CalendarChange:
        return set_closing_days(
            connection, street_id=actor.street_id, add=body.add, remove=body.remove, reason=body.reason, actor=actor,
            now=caller.now, dry_run=dry_run,
        )  # fmt: skip

    return CalendarChangeOut(**_changed(caller, work, dry_run=dry_run))


@router.get("/deadlines", responses=refusals(403, 409, 422))
def get_deadline(
    caller: Reading,
    start: date,
    days: Annotated[int, Query(ge=0, le=3650, description="How many of the unit")],
    unit: Unit = Unit.WORKING_DAYS,
    direction: Annotated[Direction, Query(description="forward, or backward from an expiry")] = Direction.FORWARD,
) -> DeadlineOut:
    """The day on which a term ends by the street's calendar, or the last safe day so long before an expiry."""
    calendar = caller.read(lambda connection: street_calendar(connection, caller.actor))
    if direction is Direction.FIXED:
        words = Text("只能向前或倒推计算", "It is counted forward or backward only")
        raise Invalid(words, fields={"direction": [words]})
    count = backward if direction is Direction.BACKWARD else due_date
    proof = count(start, Term(days, unit), calendar)
    return _deadline(proof, caller.language)


def _deadline(proof: Proof, language: str) -> DeadlineOut:
    assert proof.due_on is not None
    return DeadlineOut(
        due_on=proof.due_on,
        provisional=proof.provisional,
        proof=proof.as_json(),
        sentences=[sentence.read(language) for sentence in explain(proof)],
    )


def _changed(caller: Caller, work: Callable[[Connection], CalendarChange], *, dry_run: bool) -> dict[str, Any]:
    actor = caller.actor
    change, moves = put_through(
        caller.service.database, work, street_id=actor.street_id, actor=actor, now=caller.now, dry_run=dry_run
    )
    lines = caller.read(lambda connection: with_organizations(connection, actor, moves))
    return {
        "dry_run": dry_run,
        "changed": change.changes,
        "days": [
            ChangedDayOut(day=each.day, off=each.off, name=each.name.read(caller.language))
            for each in change.difference.days
        ],
        "cases": [
            MoveOut(
                case_id=line.move.case_id, number=line.move.number, organization=line.organization_name,
                step=line.move.step.read(caller.language), before=line.move.before, after=line.move.after,
                provisional_before=line.move.provisional_before, provisional_after=line.move.provisional_after,
            )
            for line in lines
        ],
    }  # fmt: skip


def _calendar(calendar: WorkCalendar, year: int, caller: Caller) -> CalendarOut:
    this_day = today(caller.now)

    def named(days: Any) -> list[DayOff]:
        return [DayOff(day=day, name=days[day].read(caller.language)) for day in sorted(days) if day.year == year]

    return CalendarOut(
        announced=sorted(calendar.announced),
        year=year,
        days_off=named(calendar.days_off),
        workdays=sorted(day for day in calendar.workdays if day.year == year),
        closing_days=named(calendar.closing_days),
        provisional_from=provisional_from(calendar, this_day),
        missing_notice=missing_notice(calendar, this_day),
    )


def _notice(notice: Notice, caller: Caller) -> dict[str, Any]:
    return {
        "year": notice.year,
        "title": notice.source.title,
        "number": notice.source.number,
        "dated": notice.source.dated,
        "days_off": [DayOff(day=day, name=name.read(caller.language)) for day, name in notice.days_off.items()],
        "workdays": sorted(notice.workdays),
        "set_aside": list(notice.set_aside),
    }

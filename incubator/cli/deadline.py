"""`incubator deadline`: a date with its proof, by the street's calendar where there is one."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from incubator.cli.options import DataDir, StreetCode, day, settings_with
from incubator.text import Text

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from incubator.engine.calendars import WorkCalendar

_LIBRARY = Text(
    "按国务院办公厅已公布的放假安排计算（随软件提供）", "By the published notices, as they come with the software"
)


class DayUnit(StrEnum):
    """The unit of the term."""

    WORKING = "working"
    CALENDAR = "calendar"


def deadline(
    start: Annotated[
        date, typer.Option(parser=day, metavar="DATE", help="起算之日 / The day of the event, YYYY-MM-DD")
    ],
    days: Annotated[int, typer.Option(min=0, max=3650, help="期限天数 / How many days")],
    unit: Annotated[DayUnit, typer.Option(help="工作日或日 / Working days or calendar days")] = DayUnit.WORKING,
    street: StreetCode = None,
    data_dir: DataDir = None,
) -> None:
    """计算期限并列明依据 / Show the day on which a term ends, with its proof"""
    from incubator.engine.deadline_words import explain
    from incubator.engine.deadlines import Term, Unit, due_date

    units = {DayUnit.WORKING: Unit.WORKING_DAYS, DayUnit.CALENDAR: Unit.CALENDAR_DAYS}
    calendar, whose = _calendar(data_dir, street)
    proof = due_date(start, Term(days, units[unit]), calendar)
    assert proof.due_on is not None
    typer.echo(proof.due_on.isoformat())
    for sentence in (whose, *explain(proof)):
        typer.echo(f"  {sentence.zh}\n  {sentence.en}")


def _calendar(data_dir: Path | None, street: str | None) -> tuple[WorkCalendar, Text]:
    """The calendar to count by and whose it is. A database is only looked into, never made or brought up to date."""
    from sqlalchemy import make_url
    from sqlalchemy.exc import SQLAlchemyError

    from incubator.database import Database
    from incubator.engine.calendars import announced_calendar
    from incubator.services.upgrade import DatabaseUnusable

    url = settings_with(data_dir=data_dir).effective_database_url
    location = make_url(url)
    there = location.get_backend_name() != "sqlite" or Path(location.database or "").is_file()
    if there:
        database = Database(url, pool_size=1)
        try:
            with database.read() as connection:
                found = _of_street(connection, street)
            if found is not None:
                return found
        except (SQLAlchemyError, OSError) as error:
            if street is not None:
                raise DatabaseUnusable.because_of(error) from error
        finally:
            database.close()
    elif street is not None:
        raise DatabaseUnusable.because_of(FileNotFoundError(f"{location.database}: 没有数据库 / there is no database"))
    return announced_calendar(), _LIBRARY


def _of_street(connection: Connection, code: str | None) -> tuple[WorkCalendar, Text] | None:
    """The calendar of the street with this code, or of the only one; None where there are several or none and no code."""
    from sqlalchemy import func, select

    from incubator.cli.opened import chosen_street
    from incubator.engine import library
    from incubator.models.base import table
    from incubator.models.streets import Street

    streets = connection.scalar(select(func.count()).select_from(table(Street)))
    if code is None and streets != 1:
        return None
    chosen = chosen_street(connection, code)
    _, calendar = library.calendar_in_force(connection, chosen.id)
    words = Text("按{name}现行的工作日历计算", "By the working calendar of {name}").fill(name=chosen.name)
    return calendar, words

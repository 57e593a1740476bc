"""`incubator deadline`: a date with its proof."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

import typer

from incubator.cli.options import day


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
) -> None:
    """计算期限并列明依据 / Show the day on which a term ends, with its proof"""
    from incubator.engine.calendars import announced_calendar
    from incubator.engine.deadline_words import explain
    from incubator.engine.deadlines import Term, Unit, due_date

    units = {DayUnit.WORKING: Unit.WORKING_DAYS, DayUnit.CALENDAR: Unit.CALENDAR_DAYS}
    proof = due_date(start, Term(days, units[unit]), announced_calendar())
    assert proof.due_on is not None
    typer.echo(proof.due_on.isoformat())
    for sentence in explain(proof):
        typer.echo(f"  {sentence.zh}\n  {sentence.en}")

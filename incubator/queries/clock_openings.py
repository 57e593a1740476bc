"""What the clock opens by itself: for each procedure the period of a day, and which organizations its case is due for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, func, select, text

from incubator.models.base import table
from incubator.models.cases import Case
from incubator.procedures.affiliation.quarters import last_quarter
from incubator.queries import due_dormancy, due_evaluations, due_hub_reports, due_renewals, due_reviews
from incubator.text import Text

# The partial index of periods is used where its predicate stands literally.
_PERIODIC = text("case_file.period <> ''")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockOpening:
    """A procedure whose cases the clock opens, once for an organization in each period.

    `period` names the period that a day lies in; `due` selects the ids of a street's organizations whose case of the
    period is to be opened, and says in SQL what the procedure's opening rules say one by one (tests hold the two against
    each other); `skipped` counts, by reason, the organizations that are not due. `due` and `skipped` take the connection,
    the street, the period and the day, and may raise Refused, which the receipt tells.
    """

    procedure: str
    period: Callable[[date], str]
    due: Callable[[Connection, int, str, date], Select[Any]]
    skipped: Callable[[Connection, int, str, date], Mapping[str, int]] = lambda *_: {}
    reasons: Mapping[str, Text] = field(default_factory=dict)


def year(day: date) -> str:
    """The year of a day, `2027`."""
    return str(day.year)


def month(day: date) -> str:
    """The month of a day, `2027-03`."""
    return day.strftime("%Y-%m")


def already_open(connection: Connection, procedure: str, street_id: int, period: str) -> int:
    """How many cases of the procedure and period the street has, running or ended."""
    files = table(Case)
    return int(
        connection.execute(
            select(func.count()).where(
                files.c.street_id == street_id, files.c.procedure == procedure, files.c.period == period, _PERIODIC
            )
        ).scalar_one()
    )


CLOCK_OPENINGS: tuple[ClockOpening, ...] = (
    ClockOpening(
        procedure=due_renewals.FILING_RENEWAL,
        period=year,
        due=due_renewals.due_filing_renewals,
    ),
    ClockOpening(
        procedure=due_renewals.AFFILIATION_RENEWAL,
        period=year,
        due=due_renewals.due_affiliation_renewals,
    ),
    ClockOpening(
        procedure=due_hub_reports.PROCEDURE,
        period=last_quarter,
        due=lambda connection, street_id, period, day: due_hub_reports.due_hub_reports(street_id, period, day),
        skipped=due_hub_reports.skipped,
        reasons=due_hub_reports.REASONS,
    ),
    ClockOpening(
        procedure=due_reviews.PROCEDURE,
        period=year,
        due=due_reviews.due_reviews,
        skipped=due_reviews.skipped,
        reasons=due_reviews.REASONS,
    ),
    ClockOpening(
        procedure=due_evaluations.PROCEDURE,
        period=year,
        due=due_evaluations.due_evaluations,
        skipped=due_evaluations.skipped,
        reasons=due_evaluations.REASONS,
    ),
    ClockOpening(
        procedure=due_dormancy.PROCEDURE,
        period=month,
        due=due_dormancy.due_dormancy,
        skipped=due_dormancy.skipped,
        reasons=due_dormancy.REASONS,
    ),
)


def opened_by_the_clock() -> dict[str, ClockOpening]:
    """The openings by their procedure."""
    return {opening.procedure: opening for opening in CLOCK_OPENINGS}


def words_of(reason: str) -> Text | None:
    """What a reason for not opening means."""
    return next((each.reasons[reason] for each in CLOCK_OPENINGS if reason in each.reasons), None)

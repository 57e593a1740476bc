"""Which organizations a yearly review is due for, as one query; the same as the procedure's opening rules say one by one."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, or_, select, text

from incubator.engine import library
from incubator.models.base import NO_DATE, table
from incubator.models.cases import Case
from incubator.models.organizations import Organization, Standing
from incubator.procedures.shared.jurisdiction import standings_for
from incubator.text import Text

PROCEDURE = "yearly_review"

# Why an organization is not reviewed; the first that applies is the one told.
NOT_FILED = "not_filed"
NOT_OURS = "review_not_ours"
EXPIRED = "expired"
FILED_IN_THE_PERIOD = "filed_in_the_period"
REASONS: dict[str, Text] = {
    NOT_FILED: Text("未备案，不作年检", "not filed: not reviewed"),
    NOT_OURS: Text("按现行政策不由街道年检", "not the street's to review, by the policy"),
    EXPIRED: Text("备案证已到期", "the filing certificate has ended"),
    FILED_IN_THE_PERIOD: Text("当年备案，次年起年检", "filed in that year: reviewed from the next year on"),
}

# The partial index is used where its predicate stands literally.
_PERIODIC = text("case_file.period <> ''")


def due_reviews(connection: Connection, street_id: int, period: str, as_of: date) -> Select[Any]:
    """The ids of a street's organizations whose review of the period (a year, such as 2027) is to be opened.

    They are of those whom the street reviews by the policy in force on `as_of`; a filed one's certificate holds then and
    it was filed before the period's year; and no review of that period exists. Raises NoPolicyInForce, and ValueError for
    a period that is no year.
    """
    organizations = table(Organization)
    return select(organizations.c.id).where(
        organizations.c.street_id == street_id,
        organizations.c.standing.in_(_reviewed(connection, street_id, as_of)),
        or_(
            organizations.c.standing != Standing.FILED.value,
            and_(
                organizations.c.filing_valid_until >= as_of,
                organizations.c.filing_valid_until < NO_DATE,
                organizations.c.filed_on < _first_day(period),
            ),
        ),
        ~select(table(Case).c.id).where(*_review_of(street_id, period)).exists(),
    )


def skipped(connection: Connection, street_id: int, period: str, as_of: date) -> dict[str, int]:
    """How many organizations of a street are not reviewed in the period, by reason; a reason that nobody has is left out.

    Each organization of the street is either due, or has its review (`already_open`), or is skipped for one reason.
    """
    organizations, files = table(Organization), table(Case)
    ours = organizations.c.standing.in_(_reviewed(connection, street_id, as_of))
    reason: ColumnElement[str] = case(
        (files.c.id.is_not(None), ""),
        (and_(~ours, organizations.c.standing == Standing.FILED.value), NOT_OURS),
        (~ours, NOT_FILED),
        (organizations.c.standing != Standing.FILED.value, ""),
        ((organizations.c.filing_valid_until < as_of) | (organizations.c.filing_valid_until >= NO_DATE), EXPIRED),
        (organizations.c.filed_on >= _first_day(period), FILED_IN_THE_PERIOD),
        else_="",
    )
    told = (
        select(reason.label("reason"))
        .join_from(organizations, files, and_(*_review_of(street_id, period)), isouter=True)
        .where(organizations.c.street_id == street_id)
        .subquery()
    )
    rows = connection.execute(
        select(told.c.reason, func.count()).where(told.c.reason != "").group_by(told.c.reason).order_by(told.c.reason)
    )
    return {str(row[0]): int(row[1]) for row in rows}


def _reviewed(connection: Connection, street_id: int, as_of: date) -> tuple[str, ...]:
    """The standings of those whom the street reviews."""
    return standings_for(library.policy_in_force(connection, street_id, as_of), PROCEDURE)


def _review_of(street_id: int, period: str) -> tuple[Any, ...]:
    """The organization's review of the period, of which there is one at most."""
    organizations, files = table(Organization), table(Case)
    return (
        files.c.street_id == street_id,
        files.c.organization_id == organizations.c.id,
        files.c.procedure == PROCEDURE,
        files.c.period == period,
        _PERIODIC,
    )


def _first_day(period: str) -> date:
    if not re.fullmatch("[1-9][0-9]{3}", period):
        raise ValueError(f"the period of a yearly review is a year, not {period!r}")
    return date(int(period), 1, 1)

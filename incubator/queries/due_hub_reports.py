"""Which hubs report on a quarter, as one query; the same as the procedure's opening rules say one by one."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, func, literal, select, text

from incubator.models.base import table
from incubator.models.cases import Case
from incubator.models.hubs import Hub, HubStatus
from incubator.models.organizations import Organization
from incubator.procedures.affiliation.quarters import days_of
from incubator.text import Text

PROCEDURE = "hub_report"
RECOGNISED_AFTER = "recognised_after_the_quarter"
REASONS: dict[str, Text] = {
    RECOGNISED_AFTER: Text("季度结束后才认定为枢纽", "recognised after the quarter"),
}

# The partial index is used where its predicate stands literally.
_PERIODIC = text("case_file.period <> ''")
_HUBS, _ORGANIZATIONS = table(Hub), table(Organization)


def due_hub_reports(street_id: int, period: str, day: date) -> Select[Any]:
    """The ids of a street's hubs whose report on the quarter, over by `day`, is to be opened.

    ValueError for a period that is no quarter.
    """
    last = _last_day(period)
    files = table(Case)
    return _hubs(street_id, day).where(
        _HUBS.c.since <= last,
        literal(last < day),
        ~select(files.c.id)
        .where(
            files.c.street_id == street_id,
            files.c.organization_id == _HUBS.c.organization_id,
            files.c.procedure == PROCEDURE,
            files.c.period == period,
            _PERIODIC,
        )
        .exists(),
    )


def skipped(connection: Connection, street_id: int, period: str, day: date) -> dict[str, int]:
    """How many hubs do not report on the quarter, by reason; a reason that nobody has is left out."""
    later = _hubs(street_id, day).where(_HUBS.c.since > _last_day(period)).subquery()
    number = connection.scalar(select(func.count()).select_from(later)) or 0
    return {RECOGNISED_AFTER: number} if number else {}


def _hubs(street_id: int, day: date) -> Select[Any]:
    return (
        select(_HUBS.c.organization_id)
        .where(_HUBS.c.street_id == street_id, _HUBS.c.status == HubStatus.VALID.value, _HUBS.c.until >= day)
    )  # fmt: skip


def _last_day(period: str) -> date:
    days = days_of(period)
    if days is None:
        raise ValueError(f"the period of a hub's report is a quarter, not {period!r}")
    return days[1]

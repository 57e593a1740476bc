"""Which renewals of filings and of affiliations are due to be opened, as queries; the same as the opening rules say.

A renewal that was opened since its window did, and refused or withdrawn, is not opened again by the clock.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, cast, func, literal, or_, select
from sqlalchemy.types import Date, String

from incubator.engine import library
from incubator.models.base import table
from incubator.models.cases import Case
from incubator.models.hubs import Affiliation, AffiliationStatus, Hub, HubStatus
from incubator.models.organizations import Organization, Standing
from incubator.policies.values import BeforeExpiry

FILING_RENEWAL, AFFILIATION_RENEWAL, AFFILIATION_END = "filing_renewal", "affiliation_renewal", "affiliation_end"

_ORGANIZATIONS, _AGREEMENTS, _HUBS = table(Organization), table(Affiliation), table(Hub)


def due_filing_renewals(connection: Connection, street_id: int, period: str, day: date) -> Select[Any]:
    """The ids of a street's filed organizations whose certificate is to be renewed: the window before expiry is open.

    Refused where no policy is in force.
    """
    window = _window(connection, street_id, day, "filing.renewal.window")
    until = _ORGANIZATIONS.c.filing_valid_until
    return select(_ORGANIZATIONS.c.id).where(
        _ORGANIZATIONS.c.street_id == street_id,
        _ORGANIZATIONS.c.standing == Standing.FILED.value,
        *_open_window(until, window, day),
        ~_opened(connection, street_id, FILING_RENEWAL, period, until, window),
    )


def due_affiliation_renewals(connection: Connection, street_id: int, period: str, day: date) -> Select[Any]:
    """The ids of a street's organizations whose agreement with a hub, recognised still, is to be renewed by its window.

    Refused where no policy is in force.
    """
    window = _window(connection, street_id, day, "affiliation.renewal.window")
    registered = library.policy_in_force(connection, street_id, day).switch("affiliation.carrying.registered")
    standings = [Standing.FILED.value, *([Standing.REGISTERED.value] if registered else [])]
    files = table(Case).alias("ending")
    return (
        select(_ORGANIZATIONS.c.id)
        .join_from(_ORGANIZATIONS, _AGREEMENTS, _AGREEMENTS.c.organization_id == _ORGANIZATIONS.c.id)
        .where(
            _ORGANIZATIONS.c.street_id == street_id,
            _ORGANIZATIONS.c.standing.in_(standings),
            _AGREEMENTS.c.status == AffiliationStatus.VALID.value,
            _AGREEMENTS.c.until >= day,
            *_open_window(_AGREEMENTS.c.until, window, day),
            select(_HUBS.c.id)
            .where(
                _HUBS.c.organization_id == _AGREEMENTS.c.hub_id,
                _HUBS.c.status == HubStatus.VALID.value,
                _HUBS.c.until >= day,
            )
            .exists(),
            ~select(files.c.id)
            .where(
                files.c.organization_id == _ORGANIZATIONS.c.id,
                files.c.procedure == AFFILIATION_END,
                files.c.open.is_(True),
            )
            .exists(),
            ~_opened(connection, street_id, AFFILIATION_RENEWAL, period, _AGREEMENTS.c.until, window),
        )
    )


def _window(connection: Connection, street_id: int, day: date, path: str) -> BeforeExpiry:
    return BeforeExpiry.model_validate(library.policy_in_force(connection, street_id, day).get(path))


def _open_window(until: ColumnElement[date], window: BeforeExpiry, day: date) -> tuple[ColumnElement[bool], ...]:
    return (
        until <= day + timedelta(days=window.opens_days_before),
        until >= day + timedelta(days=window.closes_days_before),
    )


def _opened(
    connection: Connection, street_id: int, procedure: str, period: str, until: ColumnElement[date], window: BeforeExpiry
) -> ColumnElement[bool]:  # fmt: skip
    """A renewal that runs, was opened since the window did, or bears the period already."""
    files = table(Case)
    return (
        select(files.c.id)
        .where(
            files.c.street_id == street_id,
            files.c.organization_id == _ORGANIZATIONS.c.id,
            files.c.procedure == procedure,
            or_(
                files.c.open.is_(True),
                files.c.period == period,
                files.c.opened_on >= _days_before(connection, until, window.opens_days_before),
            ),
        )
        .exists()
    )


def _days_before(connection: Connection, day: ColumnElement[date], days: int) -> ColumnElement[date]:
    if connection.dialect.name == "sqlite":
        return func.date(day, literal(f"-{days} days", String), type_=Date)
    return cast(day - literal(days), Date)

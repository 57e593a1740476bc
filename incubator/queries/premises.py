"""Service centres of the actor's area: where they are, how large, who runs them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from incubator.engine.roles import Actor
from incubator.models.base import table
from incubator.models.organizations import Organization
from incubator.models.premises import ServiceCentre
from incubator.models.streets import Community
from incubator.queries.paging import USUAL, Page, page_of, window
from incubator.queries.visibility import visible_to
from incubator.services.premises import centre_not_found

_CENTRES, _COMMUNITIES, _OPERATORS = table(ServiceCentre), table(Community), table(Organization)


@dataclass(frozen=True, slots=True)
class CentreLine:
    """A service centre; area in square metres. The operator's id and name are empty while nobody runs it."""

    id: int
    public_id: str
    name: str
    community_public_id: str
    community_name: str
    address: str
    area: int
    provider: str
    rent_free: bool
    purpose: str
    operator_public_id: str
    operator_name: str
    handed_over_on: date  # NO_DATE while nobody runs it
    agreed_until: date  # NO_DATE without a term
    version: int


def service_centres(connection: Connection, actor: Actor, *, cursor: str = "", limit: int = USUAL) -> Page[CentreLine]:
    """A page of the area's service centres by name; one statement. Invalid for a cursor or a limit that cannot be."""
    found = connection.execute(window(_centres(actor), (_CENTRES.c.name, _CENTRES.c.id), cursor, limit)).all()
    shown, next_cursor = page_of(found, limit, lambda row: (row.name, row.id))
    return Page(tuple(map(_line, shown)), next_cursor)


def read_centre(connection: Connection, actor: Actor, public_id: str) -> CentreLine:
    """One service centre, or NotFound where there is none in the actor's area."""
    row = connection.execute(_centres(actor).where(_CENTRES.c.public_id == public_id)).one_or_none()
    if row is None:
        raise centre_not_found()
    return _line(row)


def centres_run_by(connection: Connection, actor: Actor, organization_id: int) -> tuple[CentreLine, ...]:
    """The service centres that an organization runs."""
    rows = connection.execute(
        _centres(actor).where(_CENTRES.c.operator_id == organization_id).order_by(_CENTRES.c.name)
    )
    return tuple(map(_line, rows))


def _centres(actor: Actor) -> Select[Any]:
    return (
        select(
            _CENTRES,
            _COMMUNITIES.c.public_id.label("community_public_id"),
            _COMMUNITIES.c.name.label("community_name"),
            _OPERATORS.c.public_id.label("operator_public_id"),
            _OPERATORS.c.name.label("operator_name"),
        )
        .join_from(_CENTRES, _COMMUNITIES, _COMMUNITIES.c.id == _CENTRES.c.community_id)
        .join(_OPERATORS, _OPERATORS.c.id == _CENTRES.c.operator_id, isouter=True)
        .where(visible_to(actor, _CENTRES))
    )


def _line(row: Row[Any]) -> CentreLine:
    own = {name: getattr(row, name) for name in CentreLine.__slots__}
    return CentreLine(
        **own | {"operator_public_id": row.operator_public_id or "", "operator_name": row.operator_name or ""}
    )

"""What a link leads to: the request that it is bound to and the case that asks, as the organization may know them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from incubator.models.asking import AskedState, InformationRequest, RequestLink
from incubator.models.base import table
from incubator.models.cases import Case
from incubator.models.organizations import Organization
from incubator.models.streets import Street
from incubator.queries.asking import Point, points_of

_REQUESTS, _LINKS = table(InformationRequest), table(RequestLink)
_CASES, _ORGANIZATIONS, _STREETS = table(Case), table(Organization), table(Street)
_OF_THE_CASE = (
    "id", "public_id", "street_id", "community_id", "number", "step", "step_entered_on", "open", "due_on", "milestones",
    "acts", "outcome", "definition_hash", "policy_hash", "calendar_hash",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Opened:
    """What a live link leads to: its request, and the case that asks, as the organization may know it."""

    link_id: int
    link_public_id: str
    opened_at: datetime | None
    expires_at: datetime
    street_id: int
    street_name: str
    organization_name: str
    request_id: int
    request_public_id: str
    kind: str
    points: tuple[Point, ...]
    due_on: date
    state: AskedState
    asked_at: datetime
    asked_by: int
    case: Any  # a row with the columns of `_OF_THE_CASE`


def opened_by(connection: Connection, token_hash: str, now: datetime, *, lock: bool = False) -> Opened | None:
    """What the link of that hash leads to; None where it is unknown, revoked, or expired, or its request withdrawn.

    `lock` keeps the link's row until the transaction ends.
    """
    query = (
        select(
            *(_CASES.c[name] for name in _OF_THE_CASE),
            _LINKS.c.id.label("link_id"), _LINKS.c.public_id.label("link_public_id"), _LINKS.c.opened_at,
            _LINKS.c.expires_at, _STREETS.c.name.label("street_name"), _ORGANIZATIONS.c.name.label("organization_name"),
            _REQUESTS.c.id.label("request_id"), _REQUESTS.c.public_id.label("request_public_id"), _REQUESTS.c.kind,
            _REQUESTS.c.points, _REQUESTS.c.due_on.label("asked_until"), _REQUESTS.c.state.label("asked_state"),
            _REQUESTS.c.asked_at, _REQUESTS.c.asked_by,
        )
        .join_from(_LINKS, _REQUESTS, _REQUESTS.c.id == _LINKS.c.request_id)
        .join(_CASES, _CASES.c.id == _REQUESTS.c.case_id)
        .join(_ORGANIZATIONS, _ORGANIZATIONS.c.id == _REQUESTS.c.organization_id)
        .join(_STREETS, _STREETS.c.id == _LINKS.c.street_id)
        .where(
            _LINKS.c.token_hash == token_hash,
            _LINKS.c.revoked_at.is_(None),
            _LINKS.c.expires_at > now,
            _REQUESTS.c.state != AskedState.WITHDRAWN,
        )
    )  # fmt: skip
    if lock:
        query = query.with_for_update(of=_LINKS)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return Opened(
        row.link_id, row.link_public_id, row.opened_at, row.expires_at, row.street_id,
        row.street_name, row.organization_name, row.request_id, row.request_public_id, row.kind,
        points_of(row.points), row.asked_until, AskedState(row.asked_state), row.asked_at,
        row.asked_by, row,
    )  # fmt: skip

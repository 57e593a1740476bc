"""What is on record of an organization's life, and what holds it back, as the actor may see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from incubator.engine import library
from incubator.engine.roles import Actor
from incubator.models.activities import Activity, ActivityKind, Restriction, RestrictionKind
from incubator.models.base import NO_DATE, table
from incubator.models.cases import Case
from incubator.models.organizations import Organization
from incubator.models.streets import Person
from incubator.queries.paging import USUAL, Page, page_of, window
from incubator.queries.visibility import visible_to
from incubator.services.organizations import organization_not_found

_ACTIVITIES, _PEOPLE, _OTHERS = table(Activity), table(Person), table(Organization).alias("other")
_RESTRICTIONS, _CASES = table(Restriction), table(Case)
REVIEW_BEFORE = "supervision.review_days_before"


@dataclass(frozen=True, slots=True)
class ActivityLine:
    """One record. `other_name` is whom a hub's duty was done for; `voided_at` is None while it stands."""

    public_id: str
    kind: ActivityKind
    held_on: date
    title: str
    reached: bool
    participants: int
    note: str
    duty: str
    other_name: str
    recorded_by_name: str  # empty for automation
    recorded_at: datetime
    voided_at: datetime | None
    void_reason: str


@dataclass(frozen=True, slots=True)
class RestrictionLine:
    """One restriction; `until` is NO_DATE without an end, `lifted_on` while it was not lifted."""

    public_id: str
    kind: RestrictionKind
    since: date
    until: date
    document_number: str
    reason: str
    lifted_on: date
    lift_reason: str
    case_public_id: str
    review_from: date | None  # of closer supervision: when it is to be looked at again

    def holds(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.since <= day <= self.until and day < self.lifted_on


def activities_of(
    connection: Connection, actor: Actor, organization_id: int, *, cursor: str = "", limit: int = USUAL, only: str = ""
) -> Page[ActivityLine]:
    """A page of an organization's records, the latest first, voided ones included (`only` one of them); one statement."""
    rows = (
        select(_ACTIVITIES, _PEOPLE.c.name.label("recorded_by_name"), _OTHERS.c.name.label("other_name"))
        .join_from(_ACTIVITIES, _PEOPLE, _PEOPLE.c.id == _ACTIVITIES.c.recorded_by, isouter=True)
        .join(_OTHERS, _OTHERS.c.id == _ACTIVITIES.c.other_organization_id, isouter=True)
        .where(_ACTIVITIES.c.organization_id == organization_id, visible_to(actor, _ACTIVITIES))
    )
    if only:
        rows = rows.where(_ACTIVITIES.c.public_id == only)
    keys = (_ACTIVITIES.c.held_on, _ACTIVITIES.c.id)
    found = connection.execute(window(rows, keys, cursor, limit, newest_first=True)).all()
    shown, next_cursor = page_of(found, limit, lambda row: (row.held_on, row.id))
    return Page(tuple(map(_line, shown)), next_cursor)


def restrictions_of(
    connection: Connection, actor: Actor, organization: Row[Any], day: date
) -> tuple[RestrictionLine, ...]:
    """All restrictions of an organization (a row with id and street_id), newest first; one statement besides the policy."""
    rows = connection.execute(
        select(_RESTRICTIONS, _CASES.c.public_id.label("case_public_id"))
        .join_from(_RESTRICTIONS, _CASES, _CASES.c.id == _RESTRICTIONS.c.case_id, isouter=True)
        .where(_RESTRICTIONS.c.organization_id == organization.id, visible_to(actor, _RESTRICTIONS))
        .order_by(_RESTRICTIONS.c.since.desc(), _RESTRICTIONS.c.id.desc())
    ).all()
    if not rows:
        return ()
    before = timedelta(library.policy_in_force(connection, organization.street_id, day).whole(REVIEW_BEFORE))
    return tuple(
        RestrictionLine(
            row.public_id, RestrictionKind(row.kind), row.since, row.until, row.document_number, row.reason,
            row.lifted_on, row.lift_reason, row.case_public_id or "",
            row.until - before if row.kind == RestrictionKind.CLOSER_SUPERVISION and row.until < NO_DATE else None,
        )
        for row in rows
    )  # fmt: skip


def _line(row: Row[Any]) -> ActivityLine:
    return ActivityLine(
        row.public_id, ActivityKind(row.kind), row.held_on, row.title, row.reached, row.participants, row.note,
        row.duty, row.other_name or "", row.recorded_by_name or "", row.recorded_at, row.voided_at, row.void_reason,
    )  # fmt: skip


def organization_of_restriction(connection: Connection, actor: Actor, restriction: str) -> str:
    """The public id of the organization that a restriction holds back; NotFound outside the actor's area."""
    held_back = table(Organization)
    found = connection.execute(
        select(held_back.c.public_id)
        .join_from(_RESTRICTIONS, held_back, held_back.c.id == _RESTRICTIONS.c.organization_id)
        .where(_RESTRICTIONS.c.public_id == restriction, visible_to(actor, _RESTRICTIONS))
    ).scalar_one_or_none()
    if found is None:
        raise organization_not_found()
    return str(found)

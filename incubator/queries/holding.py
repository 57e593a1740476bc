"""Who has the step that a case is at: the colleague who claimed it or was given it, or else the role as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Date, FromClause, Row, and_, bindparam, exists, or_, select

from incubator.engine.roles import Actor, Role
from incubator.models.base import NOBODY, WHOLE_STREET, table
from incubator.models.cases import WorkItem
from incubator.models.desk import Absence
from incubator.models.streets import Person, RoleGrant
from incubator.queries.visibility import ONLY_OWN_CASES

_ITEMS, _PEOPLE, _GRANTS, _ABSENCES = table(WorkItem), table(Person), table(RoleGrant), table(Absence)
_DEPUTIES = _PEOPLE.alias("deputy")
STEP = "step"


@dataclass(frozen=True, slots=True)
class Holding:
    """Whose a case's step is. `lapsed`: the colleague who had it does not hold the role there any more."""

    item_id: int
    step: str
    role: Role
    person_id: int  # NOBODY while it belongs to the role
    public_id: str  # the person's, empty for nobody, as is the name
    name: str
    lapsed: bool
    deputy: str = ""  # who looks after it while the person is away
    away_until: date | None = None

    @property
    def free(self) -> bool:
        """Whether whoever holds the role may claim it."""
        return not self.person_id or self.lapsed


@dataclass(frozen=True, slots=True)
class Offer:
    """What an actor may do about whose a step is."""

    claim: bool
    release: bool


def claimable(items: FromClause) -> ColumnElement[bool]:
    """What colleagues share: an open step that awaits a role of an area. A case has at most one.

    Not the seats of a panel, not what awaits a hub's own representatives, not what was escalated.
    """
    return and_(
        items.c.done_at.is_(None), items.c.kind == STEP, items.c.role.not_in(sorted(ONLY_OWN_CASES))
    )  # fmt: skip


def has_lapsed(items: FromClause, day: date | ColumnElement[date]) -> ColumnElement[bool]:
    """Whether the person who has an item does not hold its role over its community on the day: it must not get lost."""
    holds = exists().where(
        _GRANTS.c.person_id == items.c.person_id,
        _GRANTS.c.street_id == items.c.street_id,
        _GRANTS.c.role == items.c.role,
        or_(_GRANTS.c.community_id == WHOLE_STREET, _GRANTS.c.community_id == items.c.community_id),
        _GRANTS.c.since <= day,
        _GRANTS.c.until >= day,
    )
    return and_(items.c.person_id != NOBODY, ~holds.correlate(items))


_DAY: ColumnElement[date] = bindparam("day", type_=Date)
# Whose the present step of a `case` is on a `day`, and who looks after it; no row where nobody could claim it.
HOLDING = (
    select(
        _ITEMS.c.id, _ITEMS.c.step, _ITEMS.c.role, _ITEMS.c.person_id, _PEOPLE.c.public_id, _PEOPLE.c.name,
        has_lapsed(_ITEMS, _DAY).label("lapsed"), _DEPUTIES.c.name.label("deputy"),
        _ABSENCES.c.until.label("away_until"),
    )
    .join_from(_ITEMS, _PEOPLE, _PEOPLE.c.id == _ITEMS.c.person_id, isouter=True)
    .join(
        _ABSENCES,
        and_(_ABSENCES.c.person_id == _ITEMS.c.person_id, _ABSENCES.c.since <= _DAY, _ABSENCES.c.until >= _DAY),
        isouter=True,
    )
    .join(_DEPUTIES, _DEPUTIES.c.id == _ABSENCES.c.deputy_id, isouter=True)
    .where(_ITEMS.c.case_id == bindparam("case"), claimable(_ITEMS))
)  # fmt: skip


def holding_of(connection: Connection, case_id: int, day: date) -> Holding | None:
    """Whose the case's present step is, by the case's key; None where it awaits nobody who could claim it. One statement."""
    row = connection.execute(HOLDING, {"case": case_id, "day": day}).one_or_none()
    return None if row is None else holding(row)


def offer_of(actor: Actor, *, role: Role, street_id: int, community_id: int, holder: str, free: bool) -> Offer:
    """What the actor may do about a step of that role and place; `holder` is a person's public id, empty for the role."""
    mine = bool(holder) and holder == actor.public_id
    holds = bool(actor.person_id) and role in actor.roles_at(street_id, community_id)
    return Offer(claim=holds and free and not mine, release=mine)


def holding(row: Row[Any]) -> Holding:
    """What a row of `HOLDING` says."""
    return Holding(
        row.id, row.step, Role(row.role), row.person_id, row.public_id or "", row.name or "", bool(row.lapsed),
        row.deputy or "", row.away_until,
    )  # fmt: skip

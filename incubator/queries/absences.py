"""Reading absences: who is away on which days, who looks after whose work, and who could."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Date, Row, String, bindparam, cast, func, select

from incubator.clock import today
from incubator.engine.roles import WHOLE_STREET, Absent, Actor, Grant, Role
from incubator.errors import NotFound
from incubator.models.base import table
from incubator.models.desk import Absence
from incubator.models.streets import Person, RoleGrant
from incubator.queries.people import PersonName
from incubator.queries.visibility import ONLY_OWN_CASES, Permission, may, visible_to
from incubator.text import Text

_ABSENCES, _PEOPLE, _GRANTS = table(Absence), table(Person), table(RoleGrant)
_AWAY, _DEPUTIES, _NAMERS = _PEOPLE.alias("away"), _PEOPLE.alias("deputy"), _PEOPLE.alias("namer")
_BETWEEN_PEOPLE, _BETWEEN_PARTS = "\n", ":"
# A column beside a person's: the colleagues whose work the person looks after on `day`; NULL without any.
DEPUTY_FOR = (
    select(
        func.aggregate_strings(
            cast(_AWAY.c.id, String) + _BETWEEN_PARTS + _AWAY.c.public_id + _BETWEEN_PARTS + _AWAY.c.name,
            _BETWEEN_PEOPLE,
        )
    )
    .select_from(_ABSENCES.join(_AWAY, _AWAY.c.id == _ABSENCES.c.person_id))
    .where(
        _ABSENCES.c.deputy_id == _PEOPLE.c.id,
        _ABSENCES.c.since <= bindparam("day", type_=Date),
        _ABSENCES.c.until >= bindparam("day", type_=Date),
    )
    .correlate(_PEOPLE)
    .scalar_subquery()
    .label("deputy_for")
)


def deputy_for_of(row: Row[Any]) -> tuple[Absent, ...]:
    """The colleagues of a row's `deputy_for`, by their keys."""
    parts = (each.split(_BETWEEN_PARTS, 2) for each in (row.deputy_for or "").split(_BETWEEN_PEOPLE) if each)
    return tuple(
        sorted((Absent(int(key), public, name) for key, public, name in parts), key=lambda each: each.person_id)
    )


class AbsenceState(StrEnum):
    """How an absence stands on a day."""

    AHEAD = "ahead"
    RUNNING = "running"
    OVER = "over"
    WITHDRAWN = "withdrawn"  # before it began


@dataclass(frozen=True, slots=True)
class AbsenceLine:
    """Who is away from when until when (both days included), and who looks after the work; `until` as it came to be."""

    public_id: str
    person: PersonName
    deputy: PersonName
    since: date
    until: date
    reason: str  # empty for those whom it does not concern
    named_by: PersonName
    recorded_at: datetime
    ended_at: datetime | None
    own: bool  # the reader may end or withdraw it

    def state(self, day: date) -> AbsenceState:
        """How it stands on a day."""
        if self.ended_at is not None and today(self.ended_at) < self.since:
            return AbsenceState.WITHDRAWN
        if day < self.since:
            return AbsenceState.AHEAD
        return AbsenceState.RUNNING if day <= self.until else AbsenceState.OVER


def absences(connection: Connection, actor: Actor, *, until_at_least: date) -> list[AbsenceLine]:
    """The absences that end on that day or later, the earliest first; a street has a handful. One statement."""
    return _lines(connection, actor, _ABSENCES.c.until >= until_at_least, _ABSENCES.c.until >= _ABSENCES.c.since)


def absence(connection: Connection, actor: Actor, public_id: str) -> AbsenceLine:
    """One absence by its public id. Raises NotFound."""
    found = _lines(connection, actor, _ABSENCES.c.public_id == public_id)
    if not found:
        raise NotFound(Text("没有这条离岗登记", "There is no such absence"))
    return found[0]


def away_on(connection: Connection, actor: Actor, day: date) -> dict[int, AbsenceLine]:
    """Who is away on a day, by the person's key; one statement."""
    running = _lines(connection, actor, _ABSENCES.c.since <= day, _ABSENCES.c.until >= day)
    return {each.person.id: each for each in running}


def may_arrange(actor: Actor, person_id: int) -> bool:
    """Whether the actor records this person's absence and handover: one's own, or as whoever leads the staff."""
    own = bool(person_id) and person_id == actor.person_id
    return own or may(actor, Permission.ARRANGE_STAFF, street_id=actor.street_id)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody with work in an area: the roles held from a first day to a last."""

    person: PersonName
    grants: tuple[Grant, ...]


def staff(connection: Connection, actor: Actor, since: date, until: date) -> list[Colleague]:
    """Those of the street who hold a role of an area on all of these days, by name. One statement."""
    rows = connection.execute(
        select(_PEOPLE.c.id, _PEOPLE.c.public_id, _PEOPLE.c.name, _GRANTS.c.role, _GRANTS.c.community_id)
        .join(_GRANTS, _GRANTS.c.person_id == _PEOPLE.c.id)
        .where(
            visible_to(actor, _PEOPLE),
            _PEOPLE.c.street_id == actor.street_id,
            _GRANTS.c.street_id == actor.street_id,
            _GRANTS.c.role.not_in(sorted(ONLY_OWN_CASES)),
            _GRANTS.c.since <= since,
            _GRANTS.c.until >= until,
        )
        .order_by(_PEOPLE.c.name, _PEOPLE.c.id, _GRANTS.c.id)
    )
    held: dict[PersonName, list[Grant]] = {}
    for row in rows:
        grant = Grant(Role(row.role), actor.street_id, row.community_id)
        held.setdefault(PersonName(row.id, row.public_id, row.name), []).append(grant)
    return [Colleague(person, tuple(grants)) for person, grants in held.items()]


def could_stand_for(colleague: Colleague, away: Colleague) -> frozenset[Role]:
    """The roles of the one who is away that the colleague holds over the same area: in these the colleague may act."""
    if colleague.person == away.person:
        return frozenset()
    return frozenset(
        theirs.role
        for theirs in away.grants
        for own in colleague.grants
        if own.role is theirs.role and own.community_id in (WHOLE_STREET, theirs.community_id)
    )


def _lines(connection: Connection, actor: Actor, *which: ColumnElement[bool]) -> list[AbsenceLine]:
    people = {"person": _AWAY, "deputy": _DEPUTIES, "namer": _NAMERS}
    names = [
        rows.c[column].label(f"{who}_{column}") for who, rows in people.items() for column in ("public_id", "name")
    ]
    found: Any = connection.execute(
        select(_ABSENCES, *names)
        .join_from(_ABSENCES, _AWAY, _AWAY.c.id == _ABSENCES.c.person_id)
        .join(_DEPUTIES, _DEPUTIES.c.id == _ABSENCES.c.deputy_id)
        .join(_NAMERS, _NAMERS.c.id == _ABSENCES.c.named_by)
        .where(visible_to(actor, _ABSENCES), *which)
        .order_by(_ABSENCES.c.since, _ABSENCES.c.id)
    )
    lines = []
    for row in found:
        arranges = may_arrange(actor, row.person_id)
        told = arranges or row.deputy_id == actor.person_id
        lines.append(
            AbsenceLine(
                row.public_id,
                PersonName(row.person_id, row.person_public_id, row.person_name),
                PersonName(row.deputy_id, row.deputy_public_id, row.deputy_name),
                row.since,
                row.until,
                row.reason if told else "",
                PersonName(row.named_by, row.namer_public_id, row.namer_name),
                row.recorded_at,
                row.ended_at,
                arranges,
            )
        )
    return lines

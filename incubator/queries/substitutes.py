"""Reading substitutes: for which roles there can be one, and who stands in on a day, named by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from incubator.engine import library
from incubator.engine.eligibility import roles_for
from incubator.engine.roles import Actor, Role
from incubator.models.base import table
from incubator.models.streets import Person, Substitute
from incubator.queries.people import PersonName
from incubator.queries.visibility import visible_to

_SUBSTITUTES, _PEOPLE = table(Substitute), table(Person)
_NAMERS = _PEOPLE.alias("namer")


@dataclass(frozen=True, slots=True)
class Substitution:
    """Who stands in for a role, up to and including `until`, and who named them."""

    role: Role
    person: PersonName
    named_by: PersonName
    named_at: datetime
    until: date


def roles_stood_in_for() -> tuple[Role, ...]:
    """The roles that decide with four eyes in some procedure: nowhere else does a substitute act."""
    deciding = {
        role
        for definition in library.current_definitions()
        for step in definition.steps
        for decision in step.decisions
        if decision.distinct_from
        for role in roles_for(step, decision)
    }
    return tuple(role for role in Role if role in deciding and role is not Role.AUTOMATION)


def substitutes(connection: Connection, actor: Actor, day: date) -> list[Substitution]:
    """Those of the street who stand in for a role on a day, by role and name; a street has a handful."""
    found = _substitutions(connection, actor, _SUBSTITUTES.c.until >= day)
    places = list(Role)
    return sorted(found, key=lambda each: (places.index(each.role), each.person.name, each.person.id))


def substitution(connection: Connection, actor: Actor, *, role: Role, person_id: int) -> Substitution:
    """One that has been named, whether it still runs or not."""
    (found,) = _substitutions(
        connection,
        actor,
        _SUBSTITUTES.c.street_id == actor.street_id,
        _SUBSTITUTES.c.role == role.value,
        _SUBSTITUTES.c.person_id == person_id,
    )
    return found


def _substitutions(connection: Connection, actor: Actor, *which: ColumnElement[bool]) -> list[Substitution]:
    rows: Any = connection.execute(
        select(
            _SUBSTITUTES.c.role,
            _SUBSTITUTES.c.named_at,
            _SUBSTITUTES.c.until,
            _PEOPLE.c.id,
            _PEOPLE.c.public_id,
            _PEOPLE.c.name,
            _NAMERS.c.id.label("namer_id"),
            _NAMERS.c.public_id.label("namer_public_id"),
            _NAMERS.c.name.label("namer_name"),
        )
        .join(_PEOPLE, _PEOPLE.c.id == _SUBSTITUTES.c.person_id)
        .join(_NAMERS, _NAMERS.c.id == _SUBSTITUTES.c.named_by)
        .where(visible_to(actor, _SUBSTITUTES), *which)
    )
    return [
        Substitution(
            Role(row.role),
            PersonName(row.id, row.public_id, row.name),
            PersonName(row.namer_id, row.namer_public_id, row.namer_name),
            row.named_at,
            row.until,
        )
        for row in rows
    ]

"""Whom to chase: the organization, the community worker or the colleague that cases wait for, each once for all that waits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, select, tuple_

from incubator.canonical import sha256
from incubator.engine.roles import ROLE_NAMES, WHOLE_STREET, Actor, Role
from incubator.errors import Invalid
from incubator.models.base import NOBODY, table
from incubator.models.desk import Absence
from incubator.models.streets import Person, RoleGrant
from incubator.queries.chase_matters import MOST, Matter, waiting
from incubator.queries.visibility import ONLY_OWN_CASES
from incubator.services.personal import masked_values
from incubator.text import Text

PHONE = "leader_phone"
_PEOPLE, _GRANTS, _ABSENCES = table(Person), table(RoleGrant), table(Absence)


class Kind(StrEnum):
    """Who is chased."""

    LEADER = "leader"  # of the organization, which has to bring something
    WORKER = "community_worker"
    COLLEAGUE = "colleague"  # whose step it is


@dataclass(frozen=True, slots=True)
class Colleague:
    """A person by public id and name."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody to be told of all these matters at once, the most pressing first."""

    key: str  # the same for the same recipient, fit for an address
    kind: Kind
    people: tuple[Colleague, ...]  # the staff chased together; empty for a leader
    name: str  # of the leader, or the names of the people; may be empty where no leader is known
    role: Text
    organization_id: str  # of the leader
    phone: str  # masked; empty where none is known, and for colleagues
    matters: tuple[Matter, ...]


@dataclass(frozen=True, slots=True)
class Chasing:
    """Whom to chase, and the chosen cases in which there is nobody to chase."""

    recipients: tuple[Recipient, ...]
    nobody: tuple[Matter, ...]


def chasing(
    connection: Connection, actor: Actor, *, day: date, cases: Collection[str] = (), community: str = ""
) -> Chasing:
    """Whom the actor may chase: for these cases (public ids), or for all of the area that are overdue or due soon.

    Seven statements at most, however many cases there are. Invalid for more than MOST cases.
    """
    if len(cases) > MOST:
        words = Text(f"一次最多催办 {MOST} 件，请分批选择", f"At most {MOST} cases are chased at once: choose fewer")
        raise Invalid(words, fields={"case": [words]})
    rows = waiting(connection, actor, day, cases, community)
    read = [each.row for each in rows]
    holders, away = _holders(connection, read, day), _away(connection, read, day) if read else {}
    found: dict[tuple[str, ...], list[Matter]] = {}
    people: dict[tuple[str, ...], tuple[Kind, Text, tuple[Colleague, ...]]] = {}
    organizations: dict[str, int] = {}
    nobody: list[Matter] = []
    for each in rows:
        row, matter = each.row, each.matter
        reached = False
        if matter.by_organization:
            organizations[matter.organization_id] = row.organization_key
            found.setdefault(("organization", matter.organization_id), []).append(matter)
            reached = True
        staff = _staff(row, holders, away)
        # What waits for the actor, too, is nobody else's to be chased for.
        if staff and actor.public_id not in {each.id for each in staff}:
            key = tuple(each.id for each in staff)
            role = Role(row.role)
            kind = Kind.WORKER if role is Role.COMMUNITY_WORKER else Kind.COLLEAGUE
            people.setdefault(key, (kind, ROLE_NAMES[role], staff))
            found.setdefault(key, []).append(matter)
            reached = True
        if not reached:
            nobody.append(matter)
    phones = masked_values(connection, "organization", list(organizations.values())) if organizations else {}
    recipients = []
    for key, matters in found.items():
        ordered = tuple(sorted(_each_once(matters), key=lambda each: (each.due_on, each.number)))
        if key in people:
            kind, role_name, staff = people[key]
            names = "、".join(each.name for each in staff)
            recipients.append(Recipient(_key(key), kind, staff, names, role_name, "", "", ordered))
        else:
            phone = phones.get(organizations[key[1]], {}).get(PHONE, "")
            leader = Text("负责人", "leader")
            recipients.append(Recipient(_key(key), Kind.LEADER, (), ordered[0].leader, leader, key[1], phone, ordered))
    order = list(Kind)
    recipients.sort(key=lambda each: (order.index(each.kind), each.matters[0].due_on, each.name))
    told = {matter.case_id for matters in found.values() for matter in matters}
    return Chasing(tuple(recipients), tuple(each for each in _each_once(nobody) if each.case_id not in told))


Holders = Mapping[tuple[int, str], list[tuple[int, Colleague]]]


def _holders(connection: Connection, rows: Sequence[Row[Any]], day: date) -> Holders:
    """Who holds each role that somebody is waited for in, by street and role: each with the community it is held over."""
    asked = {(row.street_id, row.role) for row in rows if row.role and row.person_key == NOBODY}
    if not asked:
        return {}
    found: dict[tuple[int, str], list[tuple[int, Colleague]]] = {}
    for row in connection.execute(
        select(_GRANTS.c.street_id, _GRANTS.c.role, _GRANTS.c.community_id, _PEOPLE.c.public_id, _PEOPLE.c.name)
        .join_from(_GRANTS, _PEOPLE, _PEOPLE.c.id == _GRANTS.c.person_id)
        .where(
            tuple_(_GRANTS.c.street_id, _GRANTS.c.role).in_(sorted(asked)),
            _GRANTS.c.since <= day,
            _GRANTS.c.until >= day,
        )
        .order_by(_PEOPLE.c.id)
    ):
        held = (row.community_id, Colleague(row.public_id, row.name))
        found.setdefault((row.street_id, row.role), []).append(held)
    return found


def _away(connection: Connection, rows: Sequence[Row[Any]], day: date) -> dict[str, Colleague]:
    """Who is away on the day, by public id, each with the colleague who looks after the work."""
    away, deputies = _PEOPLE.alias("away"), _PEOPLE.alias("deputy")
    found = connection.execute(
        select(away.c.public_id.label("away_id"), deputies.c.public_id, deputies.c.name)
        .join_from(_ABSENCES, away, away.c.id == _ABSENCES.c.person_id)
        .join(deputies, deputies.c.id == _ABSENCES.c.deputy_id)
        .where(_ABSENCES.c.street_id.in_({row.street_id for row in rows}))
        .where(_ABSENCES.c.since <= day, _ABSENCES.c.until >= day)
    )
    return {row.away_id: Colleague(row.public_id, row.name) for row in found}


def _staff(row: Row[Any], holders: Holders, away: Mapping[str, Colleague]) -> tuple[Colleague, ...]:
    """Who of the staff a line waits for: whoever has it or looks after it, else all who hold its role there and are not away."""
    if row.person_key != NOBODY:
        whose = Colleague(row.person_id, row.person_name)
        return (away.get(whose.id, whose),)
    if not row.role or Role(row.role) in ONLY_OWN_CASES:
        return ()
    there = (WHOLE_STREET, row.community_id)
    held = holders.get((row.street_id, row.role), [])
    found = tuple(dict.fromkeys(colleague for community, colleague in held if community in there))
    return tuple(each for each in found if each.id not in away) or found


def _each_once(matters: Iterable[Matter]) -> list[Matter]:
    """A step that waits for somebody twice is told once, with the nearer date."""
    first: dict[tuple[str, str], Matter] = {}
    for matter in matters:
        at = (matter.case_id, matter.step.zh)
        known = first.get(at)
        first[at] = matter if known is None else replace(known, due_on=min(known.due_on, matter.due_on))
    return list(first.values())


def _key(parts: tuple[str, ...]) -> str:
    return sha256("/".join(parts))[:16]

"""The running cases under each policy version, and what happened to the street's versions, migrations among it."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from incubator.engine import library
from incubator.engine.roles import Actor
from incubator.models.base import table
from incubator.models.cases import Case
from incubator.models.events import Event, PolicyPack
from incubator.models.organizations import Organization
from incubator.models.streets import Person
from incubator.queries.case_file import events_of
from incubator.queries.visibility import visible_to
from incubator.services.policies.migrating import MIGRATED
from incubator.services.policies.stream import CALENDAR
from incubator.text import Text

_CASES, _ORGANIZATIONS, _EVENTS, _PEOPLE = table(Case), table(Organization), table(Event), table(Person)


@dataclass(frozen=True, slots=True)
class Place:
    """Where running cases of one version stand, and how many of them."""

    policy_hash: str
    procedure: str
    procedure_title: Text
    step: str
    step_title: Text
    count: int


@dataclass(frozen=True, slots=True)
class RunningCase:
    """A running case with the version that it is under; `due_on` is NO_DATE without a running limit."""

    public_id: str
    number: str
    organization: str
    procedure_title: Text
    step_title: Text
    due_on: date
    policy_hash: str


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that happened to a policy version: an event of the policy stream, or `count` cases moved to it at once."""

    type: str
    recorded_at: datetime
    actor: str  # empty for automation
    comment: str
    policy_hash: str
    proposal: str = ""  # a public id
    effective_from: str = ""  # ISO
    count: int = 0
    counts: Mapping[str, Any] = field(default_factory=dict)  # of a proposal: what its rehearsal came to


def places(connection: Connection, actor: Actor) -> list[Place]:
    """Where the running cases of the actor's area stand, by version, procedure and step. One statement."""
    rows = connection.execute(
        select(
            _CASES.c.policy_hash, _CASES.c.procedure, _CASES.c.step, _CASES.c.definition_hash,
            func.count().label("number"),
        )
        .where(visible_to(actor, _CASES), _CASES.c.street_id == actor.street_id, _CASES.c.open.is_(True))
        .group_by(_CASES.c.policy_hash, _CASES.c.procedure, _CASES.c.step, _CASES.c.definition_hash)
        .order_by(_CASES.c.procedure, _CASES.c.step)
    )  # fmt: skip
    found: dict[tuple[str, str, str], Place] = {}
    for row in rows:
        definition = library.definition(connection, row.definition_hash)
        key = (row.policy_hash, row.procedure, row.step)
        before = found[key].count if key in found else 0
        titles = (row.procedure, definition.title, row.step, definition.step(row.step).title)
        found[key] = Place(row.policy_hash, *titles, before + row.number)
    return list(found.values())


def open_by_version(found: Collection[Place]) -> dict[str, int]:
    """How many running cases each version has."""
    counts: dict[str, int] = {}
    for place in found:
        counts[place.policy_hash] = counts.get(place.policy_hash, 0) + place.count
    return counts


def cases_under(
    connection: Connection, actor: Actor, versions: Collection[str], *, procedure: str = "", step: str = "",
    limit: int,
) -> list[RunningCase]:  # fmt: skip
    """The first of the running cases under these versions by due date, perhaps of one procedure or one step of it."""
    narrowed = [_CASES.c[name] == value for name, value in (("procedure", procedure), ("step", step)) if value]
    rows = _named_cases(actor).where(_CASES.c.open.is_(True), _CASES.c.policy_hash.in_(versions), *narrowed)
    return _found(connection, rows.order_by(_CASES.c.due_on, _CASES.c.id).limit(limit))


def named_cases(connection: Connection, actor: Actor, ids: Collection[str]) -> list[RunningCase]:
    """The cases of these public ids that the actor sees."""
    return _found(connection, _named_cases(actor).where(_CASES.c.public_id.in_(ids)))


def _named_cases(actor: Actor) -> Select[Any]:
    columns = ("public_id", "number", "definition_hash", "policy_hash", "step", "due_on")
    return (
        select(*(_CASES.c[name] for name in columns), _ORGANIZATIONS.c.name)
        .join_from(_CASES, _ORGANIZATIONS, _ORGANIZATIONS.c.id == _CASES.c.organization_id)
        .where(visible_to(actor, _CASES), _CASES.c.street_id == actor.street_id)
    )


def _found(connection: Connection, query: Select[Any]) -> list[RunningCase]:
    found = []
    for row in connection.execute(query):
        definition = library.definition(connection, row.definition_hash)
        titles = definition.title, definition.step(row.step).title
        found.append(RunningCase(row.public_id, row.number, row.name, *titles, row.due_on, row.policy_hash))
    return found


def history(connection: Connection, actor: Actor) -> list[Happened]:
    """What happened to the street's versions, newest first; of migrations those whose cases the actor sees."""
    packs = table(PolicyPack)
    keys = connection.scalars(
        select(packs.c.id).where(
            visible_to(actor, packs), packs.c.street_id == actor.street_id, packs.c.name != CALENDAR
        )
    ).all()
    found = [
        _happened(event.type, event.recorded_at, event.actor, event.body)
        for event in events_of(connection, "policy", keys)
    ]
    # Cases that were moved together have the moment and the person in common, and one version that they were moved to.
    rows = connection.execute(
        select(
            _EVENTS.c.recorded_at, _EVENTS.c.actor_id, _PEOPLE.c.name, func.count().label("number"),
            func.max(_EVENTS.c.body).label("body"),
        )
        .join_from(_EVENTS, _PEOPLE, _PEOPLE.c.id == _EVENTS.c.actor_id, isouter=True)
        .where(visible_to(actor, _EVENTS), _EVENTS.c.street_id == actor.street_id, _EVENTS.c.type == MIGRATED)
        .group_by(_EVENTS.c.recorded_at, _EVENTS.c.actor_id, _PEOPLE.c.name)
    )  # fmt: skip
    for row in rows:
        found.append(_happened(MIGRATED, row.recorded_at, row.name or "", json.loads(row.body), row.number))
    return sorted(found, key=lambda each: each.recorded_at, reverse=True)


def _happened(type_: str, moment: datetime, actor: str, body: Mapping[str, Any], count: int = 0) -> Happened:
    change = body.get("change") or {}
    return Happened(
        type_, moment, actor, str(body.get("comment") or ""), str(body.get("policy") or ""),
        str(change.get("proposal") or ""), str(change.get("effective_from") or ""), count,
        (change.get("rehearsal") or {}).get("counts") or {},
    )  # fmt: skip

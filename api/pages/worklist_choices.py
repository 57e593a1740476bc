"""What a reader may narrow the worklist to: communities, colleagues and hubs of the area, categories of the policy in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Select, literal, select, union_all

from api.pages.communities import Named
from api.pages.organizations import category_names
from api.pages.visitors import Visitor
from incubator.database import Database
from incubator.engine import library
from incubator.engine.roles import Actor, Grant, Role
from incubator.models.base import table
from incubator.models.events import PolicyInForce
from incubator.models.hubs import Hub, HubStatus
from incubator.models.organizations import Organization
from incubator.models.streets import Community, Person, RoleGrant
from incubator.queries.visibility import visible_to
from incubator.text import Text

_COMMUNITIES, _HUBS, _ORGANIZATIONS = table(Community), table(Hub), table(Organization)
_PEOPLE, _GRANTS, _GIVEN = table(Person), table(RoleGrant), table(PolicyInForce)
# Who may have a case's step in hand.
_WORK_IN_AN_AREA = (Role.COMMUNITY_WORKER, Role.OFFICER, Role.DIRECTOR, Role.FINANCE)
# They seldom change; asked anew at each page they would cost every list a statement.
_LAST = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Choices:
    """What stands in the worklist's menus."""

    communities: tuple[Named, ...] = ()
    colleagues: tuple[Named, ...] = ()
    hubs: tuple[Named, ...] = ()
    categories: tuple[tuple[str, Text], ...] = ()


_known: WeakKeyDictionary[Database, dict[tuple[Grant, ...], tuple[datetime, Choices]]] = WeakKeyDictionary()


def choices_of(visitor: Visitor) -> Choices:
    """The visitor's choices, at most a minute old; one statement, and one more for a policy this process has not met."""
    kept = _known.setdefault(visitor.service.database, {})
    asked_at, found = kept.get(visitor.actor.grants, (None, Choices()))
    if asked_at is None or not timedelta() <= visitor.now - asked_at < _LAST:
        found = visitor.caller.read(lambda connection: _read(connection, visitor.actor, visitor.today))
        kept[visitor.actor.grants] = (visitor.now, found)
    return found


def _read(connection: Connection, actor: Actor, day: date) -> Choices:
    rows = connection.execute(union_all(*_parts(actor, day))).all()

    def named(kind: str) -> tuple[Named, ...]:
        return tuple(Named(row.public_id, row.name) for row in rows if row.kind == kind)

    digest = next((row.public_id for row in rows if row.kind == "policy" and row.public_id), "")
    categories = category_names(library.policy(connection, digest)) if digest else {}
    in_order = tuple(sorted(rows, key=lambda row: row.id))
    return Choices(
        tuple(Named(row.public_id, row.name) for row in in_order if row.kind == "community"),
        tuple(sorted(named("colleague"), key=lambda each: each.name)),
        tuple(sorted(named("hub"), key=lambda each: each.name)),
        tuple(categories.items()),
    )


def _parts(actor: Actor, day: date) -> list[Select[Any]]:
    held = select(_GRANTS.c.person_id).where(
        visible_to(actor, _GRANTS), _GRANTS.c.role.in_(_WORK_IN_AN_AREA), _GRANTS.c.since <= day, _GRANTS.c.until >= day
    )
    hubs = select(_HUBS.c.organization_id).where(_HUBS.c.status == HubStatus.VALID.value, _HUBS.c.until >= day)
    in_force = (
        select(_GIVEN.c.policy_hash)
        .where(_GIVEN.c.street_id == actor.street_id, _GIVEN.c.effective_from <= day)
        .order_by(_GIVEN.c.effective_from.desc())
        .limit(1)
    )
    return [
        _part("community", _COMMUNITIES).where(visible_to(actor, _COMMUNITIES)),
        _part("colleague", _PEOPLE).where(visible_to(actor, _PEOPLE), _PEOPLE.c.id.in_(held)),
        _part("hub", _ORGANIZATIONS).where(visible_to(actor, _ORGANIZATIONS), _ORGANIZATIONS.c.id.in_(hubs)),
        select(literal("policy"), literal(0), in_force.scalar_subquery(), literal("")),
    ]


def _part(kind: str, rows: Any) -> Select[Any]:
    return select(literal(kind).label("kind"), rows.c.id, rows.c.public_id, rows.c.name)

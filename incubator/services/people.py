"""People of the service and the roles they hold, in which area and for how long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, select, update

from incubator.canonical import public_id
from incubator.clock import today
from incubator.engine.roles import ROLE_NAMES, WHOLE_STREET, Actor, Grant, Role
from incubator.engine.streams import Entry, append
from incubator.errors import Invalid, NotAllowed, NotFound
from incubator.models.base import NO_DATE, table
from incubator.models.streets import Community, Person, RoleGrant
from incubator.queries.absences import DEPUTY_FOR, deputy_for_of
from incubator.queries.visibility import Permission, require
from incubator.services.substitutes import STANDS_IN, stands_in_of
from incubator.text import Text

_PEOPLE, _GRANTS, _COMMUNITIES = table(Person), table(RoleGrant), table(Community)


@dataclass(frozen=True, slots=True)
class RoleInArea:
    """A role as it is given: over one community or, with `community_id` 0, the whole street; both days included."""

    role: Role
    community_id: int = WHOLE_STREET
    since: date | None = None  # the day it is given
    until: date = NO_DATE


def create_person(
    connection: Connection,
    *,
    street_id: int,
    name: str,
    actor: Actor,
    now: datetime,
    personal: Mapping[str, str] | None = None,
) -> int:
    """Add a person and return the key; `personal` values (phone, identity_number) are sealed apart from the record."""
    require(actor, Permission.MANAGE_USERS, street_id=street_id)
    if not name.strip():
        fields = {"name": [Text("请填写姓名", "Give the person's name")]}
        raise Invalid(Text("人员信息不完整", "The person is incomplete"), fields=fields)
    row = {"public_id": public_id(), "street_id": street_id, "name": name.strip()}
    person_id = int(connection.scalars(insert(_PEOPLE).returning(_PEOPLE.c.id), row).one())
    entry = Entry(
        "person",
        person_id,
        street_id,
        "person.added",
        actor,
        {"name": name.strip()},
        personal={field: value for field, value in (personal or {}).items() if value},
    )
    append(connection, entry, now=now)
    return person_id


def grant_role(connection: Connection, *, person_id: int, given: RoleInArea, actor: Actor, now: datetime) -> None:
    """Give a person a role; given again for the same area, the new days replace the old.

    Raises Invalid where the area does not suit the role: a community worker's is one community of the person's own
    street, everybody else's the whole street. Nobody gives a role to oneself.
    """
    person = _person(connection, person_id)
    require(actor, Permission.MANAGE_USERS, street_id=person.street_id)
    if actor.person_id == person_id:
        raise NotAllowed(
            Text(
                "不得为本人授予角色，请由另一位系统管理员办理",
                "Nobody gives a role to oneself; ask another administrator",
            )
        )
    _check_area(connection, person.street_id, given)
    since = given.since or today(now)
    if given.until < since:
        fields = {"until": [Text("截止日期早于起始日期", "The last day lies before the first")]}
        raise Invalid(Text("角色的有效期有误", "The role's days do not fit"), fields=fields)
    same = _same_grant(person, given.role, given.community_id)
    days = {"since": since, "until": given.until}
    if connection.execute(update(_GRANTS).where(*same).values(**days)).rowcount == 0:
        area = {"street_id": person.street_id, "person_id": person_id, "community_id": given.community_id}
        connection.execute(insert(_GRANTS), {**area, "role": given.role.value, **days})
    change = {
        "role": given.role.value,
        "community": given.community_id,
        "since": since.isoformat(),
        "until": given.until.isoformat(),
    }
    append(connection, Entry("person", person_id, person.street_id, "person.role_granted", actor, change), now=now)


def withdraw_role(
    connection: Connection,
    *,
    person_id: int,
    role: Role,
    actor: Actor,
    now: datetime,
    community_id: int = WHOLE_STREET,
    last_day: date | None = None,
    comment: str = "",
) -> None:
    """End a role after `last_day`, or at once when none is given. NotFound when the person does not hold it."""
    person = _person(connection, person_id)
    require(actor, Permission.MANAGE_USERS, street_id=person.street_id)
    until = last_day or today(now) - timedelta(days=1)
    same = _same_grant(person, role, community_id)
    if connection.execute(update(_GRANTS).where(*same, _GRANTS.c.until > until).values(until=until)).rowcount == 0:
        raise NotFound(
            Text(
                "该人员没有有效的“{role}”角色，无须撤销",
                "The person does not hold the role of {role}; nothing to withdraw",
            ).fill(role=ROLE_NAMES[role])
        )
    change = {"role": role.value, "community": community_id, "until": until.isoformat()}
    entry = Entry("person", person_id, person.street_id, "person.role_withdrawn", actor, change, comment=comment)
    append(connection, entry, now=now)


def actor_of(connection: Connection, person_id: int, now: datetime) -> Actor:
    """The person as an actor, with the roles valid on the day of `now`. NotFound for an unknown person."""
    day = today(now)
    person = _person(connection, person_id, STANDS_IN, DEPUTY_FOR, day=day)
    rows = connection.execute(
        select(_GRANTS.c.role, _GRANTS.c.street_id, _GRANTS.c.community_id)
        .where(_GRANTS.c.person_id == person_id, _GRANTS.c.since <= day, _GRANTS.c.until >= day)
        .order_by(_GRANTS.c.id)
    )
    grants = tuple(Grant(Role(row.role), row.street_id, row.community_id) for row in rows)
    return Actor(
        person_id, person.name, person.street_id, grants, public_id=person.public_id, stands_in=stands_in_of(person),
        deputy_for=deputy_for_of(person),
    )  # fmt: skip


def _person(connection: Connection, person_id: int, *more: ColumnElement[Any], **asked: Any) -> Row[*tuple[Any, ...]]:
    columns = (_PEOPLE.c.public_id, _PEOPLE.c.street_id, _PEOPLE.c.name, _PEOPLE.c.id, *more)
    found = connection.execute(select(*columns).where(_PEOPLE.c.id == person_id), asked).one_or_none()
    if found is None:
        raise NotFound(Text("没有这个人员", "There is no such person"))
    return found


def _same_grant(person: Row[*tuple[Any, ...]], role: Role, community_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        _GRANTS.c.street_id == person.street_id,
        _GRANTS.c.person_id == person.id,
        _GRANTS.c.role == role.value,
        _GRANTS.c.community_id == community_id,
    )


def _check_area(connection: Connection, street_id: int, given: RoleInArea) -> None:
    problem = None
    if given.role is Role.AUTOMATION:
        problem = Text("系统自动办理不是人员的角色", "Automation is no person's role")
    elif given.role is Role.COMMUNITY_WORKER and given.community_id == WHOLE_STREET:
        problem = Text("社区工作者须指定所在社区", "A community worker's community must be named")
    elif given.role is not Role.COMMUNITY_WORKER and given.community_id != WHOLE_STREET:
        problem = Text("该角色面向整个街道，不能限定社区", "This role is for the whole street, not for one community")
    elif given.community_id != WHOLE_STREET:
        own = select(_COMMUNITIES.c.id).where(
            _COMMUNITIES.c.id == given.community_id, _COMMUNITIES.c.street_id == street_id
        )
        if connection.scalar(own) is None:
            problem = Text("该社区不属于本街道", "The community is not one of this street")
    if problem is not None:
        raise Invalid(Text("角色的范围有误", "The role's area does not fit"), fields={"roles": [problem]})

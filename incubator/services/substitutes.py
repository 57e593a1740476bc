"""Substitutes: who may act in a role where four eyes leave nobody else, named beforehand and by somebody else."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Date, Row, bindparam, func, insert, select, update

from incubator.clock import today
from incubator.engine import idempotency
from incubator.engine.roles import ROLE_NAMES, Actor, Role
from incubator.engine.streams import Entry, append
from incubator.errors import Invalid, NotAllowed, NotFound
from incubator.models.base import table
from incubator.models.streets import Person, Substitute
from incubator.queries.substitutes import roles_stood_in_for
from incubator.queries.visibility import Permission, require
from incubator.text import Text

_SUBSTITUTES, _PEOPLE = table(Substitute), table(Person)
# A column beside a person's: the roles that they are named for on `day`, joined by commas; NULL without any.
STANDS_IN = (
    select(func.aggregate_strings(_SUBSTITUTES.c.role, ","))
    .where(
        _SUBSTITUTES.c.street_id == _PEOPLE.c.street_id,
        _SUBSTITUTES.c.person_id == _PEOPLE.c.id,
        _SUBSTITUTES.c.until >= bindparam("day", type_=Date),
    )
    .correlate(_PEOPLE)
    .scalar_subquery()
    .label("stands_in")
)


def stands_in_of(row: Row[Any]) -> frozenset[Role]:
    """The roles of a row's `stands_in`."""
    return frozenset(Role(role) for role in (row.stands_in or "").split(",") if role)


def name_substitute(
    connection: Connection,
    *,
    street_id: int,
    role: Role,
    person_id: int,
    until: date,
    actor: Actor,
    now: datetime,
    key: str = "",
) -> None:
    """Name who stands in for a role, up to and including `until`; named again, the new date replaces the old.

    By the director or an administrator, never oneself (NotAllowed). Raises Invalid for a date gone by or a role that
    decides nothing with four eyes, NotFound for a person of another street. Under the same key it is done once.
    """
    require(actor, Permission.NAME_SUBSTITUTE, street_id=street_id)
    if actor.person_id == person_id:
        raise NotAllowed(
            Text("不得指定本人为代理人，请由他人指定", "Nobody names oneself as a substitute; somebody else must")
        )
    if role not in roles_stood_in_for():
        problem = [Text("“{role}”无须代理人", "Nobody stands in for {role}").fill(role=ROLE_NAMES[role])]
        raise Invalid(Text("代理的角色有误", "The role cannot be stood in for"), fields={"role": problem})
    if until < today(now):
        past = [Text("截止日期不得早于今天", "The last day must not lie in the past")]
        raise Invalid(Text("代理期限有误", "The substitute's last day does not fit"), fields={"until": past})
    _of_street(connection, street_id, person_id)

    def name() -> dict[str, Any]:
        whom = {"street_id": street_id, "role": role.value, "person_id": person_id}
        values = {"named_by": actor.person_id, "named_at": now, "until": until}
        same = [_SUBSTITUTES.c[column] == value for column, value in whom.items()]
        if connection.execute(update(_SUBSTITUTES).where(*same).values(**values)).rowcount == 0:
            connection.execute(insert(_SUBSTITUTES), {**whom, **values})
        change = {"role": role.value, "until": until.isoformat()}
        append(connection, Entry("person", person_id, street_id, "person.named_substitute", actor, change), now=now)
        return {}

    asked = ["substitute", street_id, role.value, person_id, until.isoformat()]
    idempotency.once(connection, actor, key, asked, name, now=now)


def withdraw_substitute(
    connection: Connection,
    *,
    street_id: int,
    role: Role,
    person_id: int,
    actor: Actor,
    now: datetime,
    comment: str = "",
) -> None:
    """End a substitution at once; the row stays, with yesterday as its last day. NotFound where none is running."""
    require(actor, Permission.NAME_SUBSTITUTE, street_id=street_id)
    running = (
        _SUBSTITUTES.c.street_id == street_id,
        _SUBSTITUTES.c.role == role.value,
        _SUBSTITUTES.c.person_id == person_id,
        _SUBSTITUTES.c.until >= today(now),
    )
    yesterday = today(now) - timedelta(days=1)
    if connection.execute(update(_SUBSTITUTES).where(*running).values(until=yesterday)).rowcount == 0:
        raise NotFound(
            Text(
                "该人员目前不是“{role}”的代理人，无须撤销", "The person is no substitute for {role} now; nothing to end"
            ).fill(role=ROLE_NAMES[role])
        )
    change = {"role": role.value}
    entry = Entry("person", person_id, street_id, "person.substitute_withdrawn", actor, change, comment=comment)
    append(connection, entry, now=now)


def _of_street(connection: Connection, street_id: int, person_id: int) -> None:
    known = select(_PEOPLE.c.id).where(_PEOPLE.c.id == person_id, _PEOPLE.c.street_id == street_id)
    if connection.scalar(known) is None:
        raise NotFound(Text("本街道没有这个人员", "The street has no such person"))

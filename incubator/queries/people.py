"""Reading people: names for a timeline, who holds a role over an area, and the list of users."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Connection, Date, bindparam, select

from incubator.engine.roles import WHOLE_STREET, Actor, Grant, Role
from incubator.errors import NotFound
from incubator.models.base import table
from incubator.models.streets import Account, Person, RoleGrant
from incubator.queries.visibility import visible_to
from incubator.text import Text

_PEOPLE, _ACCOUNTS, _GRANTS = table(Person), table(Account), table(RoleGrant)


_DAY = bindparam("day", type_=Date)
# Who holds which role over a `community` of a `street` on a `day`, by name.
COLLEAGUES = (
    select(_GRANTS.c.person_id, _GRANTS.c.role, _PEOPLE.c.name)
    .join_from(_GRANTS, _PEOPLE, _PEOPLE.c.id == _GRANTS.c.person_id)
    .where(
        _GRANTS.c.street_id == bindparam("street"),
        (_GRANTS.c.community_id == WHOLE_STREET) | (_GRANTS.c.community_id == bindparam("community")),
        _GRANTS.c.since <= _DAY,
        _GRANTS.c.until >= _DAY,
    )
    .order_by(_PEOPLE.c.name, _PEOPLE.c.id)
)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who holds a role over a case's community."""

    person_id: int
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class PersonName:
    """A person as others see them."""

    id: int
    public_id: str
    name: str


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account in the list of users."""

    id: int
    public_id: str
    username: str
    disabled: bool
    locked_until: datetime | None


@dataclass(slots=True)
class UserLine:
    """A person in the list of users, with accounts and the roles valid on the day."""

    person: PersonName
    accounts: list[AccountLine] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)


def names_of_people(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    """The names of these persons; automation, 0, has none here."""
    rows = connection.execute(select(_PEOPLE.c.id, _PEOPLE.c.name).where(_PEOPLE.c.id.in_(set(ids))))
    return {row.id: row.name for row in rows}


def holders_of(
    connection: Connection, *, street_id: int, role: Role, day: date, community_id: int = WHOLE_STREET
) -> list[PersonName]:
    """Who holds a role over a community, or over the whole street when none is given, on a day."""
    rows = connection.execute(
        select(_PEOPLE.c.id, _PEOPLE.c.public_id, _PEOPLE.c.name)
        .join(_GRANTS, _GRANTS.c.person_id == _PEOPLE.c.id)
        .where(
            _GRANTS.c.street_id == street_id,
            _GRANTS.c.role == role.value,
            _GRANTS.c.community_id.in_({WHOLE_STREET, community_id}),
            _GRANTS.c.since <= day,
            _GRANTS.c.until >= day,
        )
        .distinct()
        .order_by(_PEOPLE.c.name, _PEOPLE.c.id)
    )
    return [PersonName(row.id, row.public_id, row.name) for row in rows]


def find_person(connection: Connection, actor: Actor, public_id: str) -> PersonName:
    """A person whom the actor may see, by public id. Raises NotFound."""
    row = connection.execute(
        select(_PEOPLE.c.id, _PEOPLE.c.public_id, _PEOPLE.c.name).where(
            _PEOPLE.c.public_id == public_id, visible_to(actor, _PEOPLE)
        )
    ).one_or_none()
    if row is None:
        raise NotFound(Text("本街道没有这个人员", "The street has no such person"))
    return PersonName(row.id, row.public_id, row.name)


def users(connection: Connection, actor: Actor, day: date) -> list[UserLine]:
    """The persons the actor may see, by name, with the accounts and roles the actor may see; three statements."""
    lines = {
        row.id: UserLine(PersonName(row.id, row.public_id, row.name))
        for row in connection.execute(
            select(_PEOPLE.c.id, _PEOPLE.c.public_id, _PEOPLE.c.name)
            .where(visible_to(actor, _PEOPLE))
            .order_by(_PEOPLE.c.name, _PEOPLE.c.id)
        )
    }
    for row in connection.execute(select(_ACCOUNTS).where(visible_to(actor, _ACCOUNTS)).order_by(_ACCOUNTS.c.id)):
        line = AccountLine(row.id, row.public_id, row.username, row.disabled, row.locked_until)
        lines[row.person_id].accounts.append(line)
    for row in connection.execute(
        select(_GRANTS)
        .where(visible_to(actor, _GRANTS), _GRANTS.c.since <= day, _GRANTS.c.until >= day)
        .order_by(_GRANTS.c.id)
    ):
        lines[row.person_id].grants.append(Grant(Role(row.role), row.street_id, row.community_id))
    return list(lines.values())

"""A street with two communities and whoever a test needs there, made through the services people use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, insert, select

from incubator.canonical import public_id
from incubator.database import Database
from incubator.engine.roles import Actor, Role
from incubator.models.base import table
from incubator.models.cases import Case, PanelSeat, WorkItem
from incubator.models.events import CalendarVersion, DefinitionVersion, PolicyVersion
from incubator.models.organizations import Organization
from incubator.services.accounts import add_user, console
from incubator.services.passwords import hash_password
from incubator.services.people import RoleInArea, actor_of
from incubator.services.streets import communities_of, ensure_street

PASSWORD = "Riverside-2026"


@dataclass(frozen=True, slots=True)
class StreetWorld:
    """A street and its communities by name."""

    street_id: int
    communities: dict[str, int]

    @property
    def east(self) -> int:
        """The key of the first community."""
        return self.communities["东社区"]

    @property
    def west(self) -> int:
        """The key of the second community."""
        return self.communities["西社区"]


def make_street(database: Database, *, code: str = "110000001") -> StreetWorld:
    """A street with an eastern and a western community."""

    def make(connection: Connection) -> StreetWorld:
        street_id = ensure_street(connection, code=code, name=f"街道{code}", communities=("东社区", "西社区"))
        return StreetWorld(street_id, communities_of(connection, street_id))

    return database.write(make)


def make_user(
    database: Database,
    street: StreetWorld,
    role: Role,
    now: datetime,
    *,
    username: str = "",
    name: str = "",
    community_id: int = 0,
    since: date | None = None,
    until: date = date(9999, 12, 31),
) -> Actor:
    """A person with one role and one account (password PASSWORD), as the actor that signing in gives."""
    username = username or role.value

    def make(connection: Connection) -> Actor:
        user = add_user(
            connection,
            street_id=street.street_id,
            username=username,
            password=PASSWORD,
            password_hash=usual_hash(),
            name=name or f"测试{username}",
            roles=[RoleInArea(role, community_id, since, until)],
            actor=console(street.street_id),
            now=now,
        )
        person = actor_of(connection, user.person_id, now)
        return Actor(
            person.person_id,
            person.name,
            person.street_id,
            person.grants,
            account_id=user.account_id,
            public_id=person.public_id,
        )

    return database.write(make)


def make_organization(database: Database, street: StreetWorld, community_id: int, now: datetime, name: str) -> int:
    """An informal group of a community; returns its key."""
    row = {
        "public_id": public_id(),
        "street_id": street.street_id,
        "community_id": community_id,
        "name": name,
        "name_key": name,
        "registered_at": now,
    }
    return database.write(lambda connection: _insert(connection, Organization, row))


def make_case(database: Database, street: StreetWorld, community_id: int, organization_id: int, now: datetime) -> int:
    """A bare case row, for what looks at cases and moves none; returns its key."""

    def make(connection: Connection) -> int:
        for model in (DefinitionVersion, PolicyVersion, CalendarVersion):
            rows = table(model)
            if connection.scalar(select(rows.c.hash).where(rows.c.hash == "0")) is None:
                kind = {"procedure": "filing"} if model is DefinitionVersion else {"name": "usual"}
                connection.execute(insert(rows), {"hash": "0", "content": "{}", "recorded_at": now, **kind})
        return _insert(
            connection,
            Case,
            {
                "public_id": public_id(),
                "street_id": street.street_id,
                "community_id": community_id,
                "organization_id": organization_id,
                "procedure": "filing",
                "number": public_id(),
                "step": "application",
                "step_entered_at": now,
                "step_entered_on": now.date(),
                "definition_hash": "0",
                "policy_hash": "0",
                "calendar_hash": "0",
                "opened_at": now,
                "opened_on": now.date(),
            },
        )

    return database.write(make)


def make_seat(database: Database, street: StreetWorld, case_id: int, person_id: int, state: str = "seated") -> None:
    """A place on the panel of a case."""
    row = {
        "street_id": street.street_id,
        "case_id": case_id,
        "visit": 1,
        "person_id": person_id,
        "state": state,
    }
    database.write(lambda connection: _insert(connection, PanelSeat, row))


def make_work_item(
    database: Database, street: StreetWorld, community_id: int, case_id: int, person_id: int, now: datetime
) -> None:
    """Something in a case that awaits one person by name."""
    row = {
        "street_id": street.street_id,
        "community_id": community_id,
        "case_id": case_id,
        "visit": 1,
        "step": "consent",
        "kind": "step",
        "role": Role.HUB_REPRESENTATIVE.value,
        "person_id": person_id,
        "created_at": now,
    }
    database.write(lambda connection: _insert(connection, WorkItem, row))


@cache
def usual_hash() -> str:
    """PASSWORD's hash, made once for all tests."""
    return hash_password(PASSWORD)


def _insert(connection: Connection, model: Any, row: dict[str, Any]) -> int:
    rows = table(model)
    return int(connection.scalars(insert(rows).returning(rows.c.id), row).one())

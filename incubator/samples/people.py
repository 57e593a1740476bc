"""The people of the sample street: plainly fictitious, each with an account to sign in with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from incubator.engine.roles import WHOLE_STREET, Role
from incubator.models.base import table
from incubator.models.streets import Person as PersonRow
from incubator.services.accounts import add_user, console
from incubator.services.passwords import hash_password
from incubator.services.people import RoleInArea
from incubator.services.streets import communities_of

COMMUNITIES = ("桂花社区", "东门社区", "书院社区", "水井社区", "新桥社区", "北塔社区", "望江社区")
PASSWORD = "Demo-Street-2026"  # noqa: S105 - the sample's, told to everybody who starts it


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """Somebody who may sign in to the sample; `communities` are a community worker's."""

    username: str
    name: str
    role: Role
    communities: tuple[str, ...] = ()


EXPERTS = ("expert", *(f"expert{place}" for place in range(2, 8)))
ACCOUNTS = (
    DemoAccount("worker-guihua", "示例社工甲", Role.COMMUNITY_WORKER, ("桂花社区", "东门社区")),
    DemoAccount("worker-shuyuan", "示例社工乙", Role.COMMUNITY_WORKER, ("书院社区", "水井社区")),
    DemoAccount("worker-xinqiao", "示例社工丙", Role.COMMUNITY_WORKER, ("新桥社区", "北塔社区", "望江社区")),
    DemoAccount("officer", "示例经办人甲", Role.OFFICER),
    DemoAccount("officer2", "示例经办人乙", Role.OFFICER),
    DemoAccount("director", "示例主任甲", Role.DIRECTOR),
    DemoAccount("director2", "示例主任乙", Role.DIRECTOR),
    DemoAccount("finance", "示例财务", Role.FINANCE),
    *(
        DemoAccount(username, f"示例专家{mark}", Role.EXPERT)
        for username, mark in zip(EXPERTS, "甲乙丙丁戊己庚", strict=True)
    ),
    DemoAccount("hub", "示例枢纽代表", Role.HUB_REPRESENTATIVE),
    DemoAccount("manager", "示例分管领导", Role.MANAGER),
    DemoAccount("admin", "示例管理员", Role.ADMINISTRATOR),
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the sample: the keys of the person and of the account."""

    id: int
    account_id: int
    public_id: str


def add_people(connection: Connection, street_id: int, now: datetime) -> dict[str, Person]:
    """Everybody of the sample, by username."""
    password_hash = hash_password(PASSWORD)
    keys = communities_of(connection, street_id)
    people = {}
    for account in ACCOUNTS:
        areas = [keys[each] for each in account.communities] or [WHOLE_STREET]
        user = add_user(
            connection,
            street_id=street_id,
            username=account.username,
            password=PASSWORD,
            password_hash=password_hash,
            name=account.name,
            roles=[RoleInArea(account.role, area) for area in areas],
            actor=console(street_id),
            now=now,
        )
        rows = table(PersonRow)
        public_id = connection.execute(select(rows.c.public_id).where(rows.c.id == user.person_id)).scalar_one()
        people[account.username] = Person(user.person_id, user.account_id, public_id)
    return people


def worker_of(community: str) -> str:
    """The username of the worker of a community."""
    return next(each.username for each in ACCOUNTS if community in each.communities)

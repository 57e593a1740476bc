"""A district full of filings that await acceptance: one is brought there by the engine, the others are its copies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    MetaData,
    String,
    Table,
    func,
    insert,
    literal,
    select,
    text,
    true,
)
from sqlmodel import SQLModel

from incubator.canonical import public_id
from incubator.clock import FixedClock, today
from incubator.database import Database
from incubator.engine.roles import Actor, Grant, Role
from incubator.models.automation import Outbox
from incubator.models.base import Json, table
from incubator.models.cases import Case, Deadline, Timer, WorkItem
from incubator.models.events import Event
from incubator.models.organizations import Document, Organization
from incubator.models.streets import Community
from incubator.scopes import Scope
from incubator.services.accounts import console, create_account
from incubator.services.tokens import create_token
from tests.procedures.world import CHECKED, OPINION, Centre, build

# What is measured: an officer accepts a filing. Twelve rules over six kinds of facts are judged, the checklist and the
# documents looked at; a step, its work item, time limit and reminders end and others begin, and a notice is sent.
ACTION: str = "accept"
ANSWERS: dict[str, Any] = CHECKED

# The report's communities have 10 to 30 organizations each.
ORGANIZATIONS_IN_A_COMMUNITY = 20
PASSWORD = "Riverside-2026"
SECRET = "a secret for measuring only"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case that awaits acceptance."""

    id: int
    public_id: str
    version: int

    @property
    def key(self) -> str:
        """The idempotency key that its advance is asked with."""
        return f"key-{self.public_id}"


@dataclass(frozen=True, slots=True)
class District:
    """Who accepts, by which token, and what waits."""

    url: str
    officer: Actor
    token: str
    waiting: list[Waiting]


def fill(url: str, cases: int, now: datetime) -> District:
    """Fill a migrated, empty database with `cases` filings that await acceptance by one officer."""
    database = Database(url)
    try:
        centre = build(database, FixedClock(now))
        case_id = centre.submitted()
        centre.upload(case_id, "committee_opinion")
        centre.act(case_id, "give_opinion", "worker", {**OPINION, "held_on": today(now).isoformat()})
        database.write(lambda connection: copy(connection, centre.case(case_id).id, cases))
        officer, token = _officer_with_token(database, centre, now)
        gather_statistics(database)
        files = table(Case)
        with database.read() as connection:
            rows = connection.execute(select(files.c.id, files.c.public_id, files.c.version).order_by(files.c.id))
            waiting = [Waiting(*row) for row in rows if row.public_id != case_id]
        return District(url, officer, token, waiting)
    finally:
        database.close()


def _officer_with_token(database: Database, centre: Centre, now: datetime) -> tuple[Actor, str]:
    person = centre.people["officer"].person_id
    grants = (Grant(Role.OFFICER, centre.street_id),)

    def make(connection: Connection) -> tuple[Actor, str]:
        account = create_account(
            connection, person_id=person, username="officer", password=PASSWORD, actor=console(centre.street_id), now=now
        )  # fmt: skip
        actor = Actor(person, "officer", centre.street_id, grants, account_id=account.account_id)
        scopes = [Scope.READ.value, Scope.CASES_WRITE.value]
        return actor, create_token(connection, actor=actor, name="benchmark", scopes=scopes, now=now).token

    return database.write(make)


def copy(connection: Connection, case_id: int, copies: int, beyond: int = 0) -> None:
    """Copy the case with all its rows: each copy with an organization of its own, some twenty of them in a community.

    The keys of the copies lie so far `beyond` those of the case; nothing else may lie there.
    """
    case = connection.execute(select(table(Case)).where(table(Case).c.id == case_id)).one()
    plan = Table(
        "benchmark_plan",
        MetaData(),
        *(Column(name, BigInteger) for name in ("case_id", "organization_id", "community_id", "opens_community")),
        *(Column(name, String) for name in ("case_public_id", "organization_public_id", "community_name")),
        Column("data", Json),
    )
    plan.create(connection)
    connection.execute(insert(plan), [_planned(case, place, beyond) for place in range(1, copies + 1)])
    of_case = {"case_id": plan.c.case_id, "community_id": plan.c.community_id}
    for model, chosen, own in (
        (Community, "id", {
            "id": plan.c.community_id, "public_id": plan.c.organization_public_id, "name": plan.c.community_name,
        }),
        (Organization, "id", {
            "id": plan.c.organization_id, "public_id": plan.c.organization_public_id, "name": plan.c.case_public_id,
            "name_key": plan.c.case_public_id, "community_id": plan.c.community_id,
        }),
        (Case, "id", {
            "id": plan.c.case_id, "public_id": plan.c.case_public_id, "number": plan.c.case_public_id,
            "organization_id": plan.c.organization_id, "community_id": plan.c.community_id, "data": plan.c.data,
        }),
        (Deadline, "case_id", of_case),
        (WorkItem, "case_id", of_case),
        (Timer, "case_id", of_case),
        (Outbox, "case_id", of_case),
        (Document, "case_id", {
            **of_case, "organization_id": plan.c.organization_id,
            "public_id": plan.c.case_public_id + table(Document).c.kind,
        }),
        (Event, "subject_id", {"subject_id": plan.c.case_id}),
    ):  # fmt: skip
        source = {Community: case.community_id, Organization: case.organization_id}.get(model, case.id)
        where = [table(model).c[chosen] == source]
        if model is Community:
            where.append(plan.c.opens_community == 1)
        if model is Event:
            where.append(table(Event).c.stream == "case")
        _copy_rows(connection, model, plan, own, where)
    plan.drop(connection)


def _planned(case: Any, place: int, beyond: int) -> dict[str, Any]:
    community = beyond + 1 + (place - 1) // ORGANIZATIONS_IN_A_COMMUNITY
    name = f"第{community}社区"
    said = {**case.data, "application": {**case.data["application"], "name": f"{name}常青合唱团"}}
    return {
        "case_id": case.id + beyond + place,
        "organization_id": case.organization_id + beyond + place,
        "community_id": case.community_id + community,
        "opens_community": int((place - 1) % ORGANIZATIONS_IN_A_COMMUNITY == 0),
        "case_public_id": public_id(),
        "organization_public_id": public_id(),
        "community_name": name,
        "data": said,
    }


def _copy_rows(
    connection: Connection, model: type[SQLModel], plan: Table, own: dict[str, Any], where: list[ColumnElement[bool]]
) -> None:
    rows = table(model)
    columns = {column.name: column for column in rows.columns if column.name != "id"}
    values = columns | {name: value for name, value in own.items() if name in rows.c}
    copied = select(*(value.label(name) for name, value in values.items())).join_from(rows, plan, true()).where(*where)
    connection.execute(insert(rows).from_select(list(values), copied, include_defaults=False))
    if connection.dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(literal(rows.name), "id")
        connection.execute(select(func.setval(sequence, select(func.max(rows.c.id)).scalar_subquery())))


def gather_statistics(database: Database) -> None:
    """Let the database learn what it holds, as a service's does in a night."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))

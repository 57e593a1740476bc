"""The accounts in which the money of calls and projects lies, and how it moves between them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, select

from incubator.engine.roles import Actor
from incubator.errors import NotFound
from incubator.facts.bulk import among
from incubator.facts.together import Question
from incubator.models.base import table
from incubator.models.funding import Call, CallStatus, Project
from incubator.models.money import MoneyAccount
from incubator.models.organizations import Organization
from incubator.services import journal
from incubator.text import Text

CARRIED_OVER = "carried_over"  # the source of projects that are older than the software
CARRIED_OVER_TITLE = Text("期初结转", "carried over")
_ACCOUNTS = table(MoneyAccount)
_LYING = select(_ACCOUNTS.c.code, _ACCOUNTS.c.balance).where(
    _ACCOUNTS.c.street_id == bindparam("street"), among(_ACCOUNTS.c.code, "codes")
)


class Place(StrEnum):
    """Where a project's money lies."""

    COMMITTED = "committed"  # awarded, and not on its way yet
    IN_PAYMENT = "in_payment"  # the finance office has the voucher
    PAID = "paid"
    DUE_BACK = "due_back"  # claimed from the payee


PLACE_TITLES: dict[Place, Text] = {
    Place.COMMITTED: Text("已立项待拨付", "committed"),
    Place.IN_PAYMENT: Text("支付中", "in payment"),
    Place.PAID: Text("已拨付", "paid"),
    Place.DUE_BACK: Text("应收回", "due back"),
}


@dataclass(frozen=True, slots=True)
class Occasion:
    """Who moves money, on which day, in which case, and why."""

    actor: Actor
    now: datetime
    effective_on: date
    case_id: int = 0
    memo: str = ""


def source(fund_source: str) -> str:
    """The account of a fund: what calls took from it stands there as a debt."""
    return f"source:{fund_source}"


def call_free(number: str) -> str:
    """The account of a call's money that no project has."""
    return f"call:{number}:free"


def of_project(number: str, place: Place) -> str:
    """An account of a project."""
    return f"project:{number}:{place.value}"


def open_source(connection: Connection, street_id: int, fund_source: str, name: Text | None = None) -> str:
    """Have the account of a fund, and answer its code. What a fund holds is kept elsewhere: it may fall below zero."""
    code, called = source(fund_source), name or Text(fund_source, fund_source)
    title = Text(f"资金来源：{called.zh}", f"fund: {called.en}")
    journal.open_account(connection, street_id=street_id, code=code, title=title, guarded=False)
    return code


def open_project(connection: Connection, street_id: int, number: str) -> None:
    """Have the accounts of a project."""
    for place, words in PLACE_TITLES.items():
        title = Text(f"项目 {number} {words.zh}", f"project {number}, {words.en}")
        journal.open_account(connection, street_id=street_id, code=of_project(number, place), title=title)


def balances(connection: Connection, street_id: int, number: str) -> dict[Place, int]:
    """What lies in each account of a project, in fen."""
    asked = balances_asked(street_id, number)
    return balances_by_place(connection.execute(asked.query, asked.asked).all(), number)


def balances_asked(street_id: int, number: str) -> Question:
    """Asks what lies in the accounts of a project."""
    return Question(_LYING, {"street": street_id, "codes": {of_project(number, place) for place in Place}})


def balances_by_place(rows: Iterable[Row[Any]], number: str) -> dict[Place, int]:
    """What `balances_asked` brought, in fen."""
    codes = {of_project(number, place): place for place in Place}
    return dict.fromkeys(Place, 0) | {codes[row.code]: int(row.balance) for row in rows}


def home_of(connection: Connection, project: Row[Any]) -> str:
    """Where money of a project goes that it does not need: its call's free money, or the fund once the call is closed."""
    calls = table(Call)
    # Locked: a call that is being closed gives back what is free, and nothing may come in behind that.
    call = connection.execute(
        select(calls.c.number, calls.c.status, calls.c.fund_source)
        .where(calls.c.id == project.call_id)
        .with_for_update()
    ).one_or_none()
    if call is None:
        return open_source(connection, project.street_id, CARRIED_OVER, CARRIED_OVER_TITLE)
    return source(call.fund_source) if call.status == CallStatus.CLOSED else call_free(call.number)


def move(
    connection: Connection, street_id: int, *, cause: str, purpose: str, fen: int, out_of: str, into: str,
    occasion: Occasion,
) -> int:  # fmt: skip
    """Move an amount from one account to another, once for each cause, and answer the entry's key.

    The cause is told apart by street, as numbers of calls and projects are. Raises Overdrawn.
    """
    return journal.post(
        connection,
        journal.Movement(
            street_id,
            f"street:{street_id}:{cause}",
            purpose,
            {out_of: -fen, into: fen},
            occasion.effective_on,
            occasion.actor,
            occasion.case_id,
            occasion.memo,
        ),
        now=occasion.now,
    )


def locked_project(connection: Connection, *where: ColumnElement[bool]) -> Row[Any]:
    """The project that the conditions name, locked until the transaction ends; NotFound.

    Its organization is locked before it, as the engine's guards do: everybody waits in that order, never in a circle.
    """
    projects = table(Project)
    organization_id = connection.execute(select(projects.c.organization_id).where(*where)).scalar_one_or_none()
    if organization_id is None:
        raise project_not_found()
    lock_organization(connection, organization_id)
    return connection.execute(select(projects).where(*where).with_for_update()).one()


def lock_organization(connection: Connection, organization_id: int) -> None:
    """Lock an organization until the transaction ends."""
    organizations = table(Organization)
    connection.execute(select(organizations.c.id).where(organizations.c.id == organization_id).with_for_update())


def project_not_found() -> NotFound:
    """There is no such project in the actor's area."""
    return NotFound(
        Text("没有这个项目，或不在您的管辖范围内", "There is no such project, or it lies outside your area")
    )

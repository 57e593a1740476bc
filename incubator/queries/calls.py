"""Calls as people see them: the list, and one call with its applications, what is asked for, awarded and left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from incubator.engine.roles import Actor
from incubator.errors import NotFound
from incubator.facts.bulk import among
from incubator.facts.funding import PROCEDURE, free_account
from incubator.models.base import table
from incubator.models.cases import Case
from incubator.models.funding import Call, CallStatus, Project, ProjectStatus
from incubator.models.money import MoneyAccount
from incubator.models.organizations import Organization
from incubator.queries.paging import USUAL, Page, page_of, window
from incubator.queries.visibility import visible_to
from incubator.text import Text

CALL_STATUS_NAMES: dict[CallStatus, Text] = {
    CallStatus.DRAFT: Text("草稿", "draft"),
    CallStatus.PUBLISHED: Text("已发布", "published"),
    CallStatus.CLOSED: Text("已结束", "closed"),
    CallStatus.CANCELLED: Text("已取消", "cancelled"),
}

_CALLS, _FILES, _PROJECTS = table(Call), table(Case), table(Project)
_ORGANIZATIONS, _ACCOUNTS = table(Organization), table(MoneyAccount)


@dataclass(frozen=True, slots=True)
class Application:
    """One application under a call; amounts in fen, 0 while nothing is said."""

    case_id: str  # a public id
    number: str
    organization_id: str  # a public id
    organization: str
    title: str
    step: str
    open: bool
    outcome: str
    definition_hash: str
    score: str  # the panel's, empty while there is none or another panel sits
    asked_fen: int
    awarded_fen: int  # of an award that stands
    project_id: str  # a public id; empty without an award
    project_number: str
    project_status: str


@dataclass(frozen=True, slots=True)
class CallLine:
    """One call. Amounts in fen: `asked_fen` of applications that were handed in, `awarded_fen` of awards that stand."""

    row: Row[Any]
    applications: tuple[Application, ...]
    left_fen: int

    @property
    def status(self) -> CallStatus:
        """Where it stands."""
        return CallStatus(self.row.status)

    @property
    def asked(self) -> tuple[Application, ...]:
        """The applications that ask for something."""
        return tuple(each for each in self.applications if each.asked_fen)

    @property
    def awarded(self) -> tuple[Application, ...]:
        """The applications with an award that stands."""
        return tuple(each for each in self.applications if each.awarded_fen)

    @property
    def running(self) -> tuple[Application, ...]:
        """The applications that have not ended."""
        return tuple(each for each in self.applications if each.open)

    @property
    def asked_fen(self) -> int:
        """What all applications ask for."""
        return sum(each.asked_fen for each in self.applications)

    @property
    def awarded_fen(self) -> int:
        """What was awarded."""
        return sum(each.awarded_fen for each in self.applications)


def find_call(connection: Connection, actor: Actor, call: str, *, lock: bool = False) -> Row[Any]:
    """The call's row by its public id, locked where asked, or NotFound where there is none in the actor's street."""
    query = select(_CALLS).where(_CALLS.c.public_id == call, visible_to(actor, _CALLS))
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFound(
            Text("没有这个批次，或不在您的管辖范围内", "There is no such call, or it lies outside your area")
        )
    return row


def read_call(connection: Connection, actor: Actor, call: str) -> CallLine:
    """One call, or NotFound. Applications are those of the actor's area."""
    return _lines(connection, actor, [find_call(connection, actor, call)])[0]


def calls(
    connection: Connection, actor: Actor, *, status: CallStatus | None = None, cursor: str = "", limit: int = USUAL
) -> Page[CallLine]:
    """A page of the street's calls, newest first. Invalid for a cursor or a limit that cannot be."""
    query: Select[Any] = select(_CALLS).where(visible_to(actor, _CALLS))
    if status is not None:
        query = query.where(_CALLS.c.status == status.value)
    rows = connection.execute(window(query, (_CALLS.c.id,), cursor, limit, newest_first=True)).all()
    shown, next_cursor = page_of(rows, limit, lambda row: (row.id,))
    return Page(tuple(_lines(connection, actor, shown)), next_cursor)


def is_open_on(row: Row[Any], day: date) -> bool:
    """Whether applications are taken on that day."""
    return bool(row.status == CallStatus.PUBLISHED and row.opens_on <= day <= row.closes_on)


def _lines(connection: Connection, actor: Actor, rows: Sequence[Row[Any]]) -> list[CallLine]:
    """The calls of these rows with their applications and balances, in two further statements."""
    if not rows:
        return []
    asked = {"numbers": {row.number for row in rows}, "codes": {free_account(row.number) for row in rows}}
    streets = sorted({row.street_id for row in rows})
    found: dict[tuple[int, str], list[Application]] = {}
    for row in connection.execute(_applications(actor, streets), {"numbers": asked["numbers"]}):
        found.setdefault((row.street_id, row.period), []).append(_application(row))
    balances = connection.execute(
        select(_ACCOUNTS.c.street_id, _ACCOUNTS.c.code, _ACCOUNTS.c.balance).where(
            _ACCOUNTS.c.street_id.in_(streets), among(_ACCOUNTS.c.code, "codes")
        ),
        {"codes": asked["codes"]},
    )
    left = {(row.street_id, row.code): int(row.balance) for row in balances}
    return [
        CallLine(
            row,
            tuple(found.get((row.street_id, row.number), ())),
            left.get((row.street_id, free_account(row.number)), 0),
        )
        for row in rows
    ]


def _applications(actor: Actor, streets: Sequence[int]) -> Select[Any]:
    return (
        select(
            _FILES.c.street_id, _FILES.c.period, _FILES.c.public_id, _FILES.c.number, _FILES.c.step, _FILES.c.open,
            _FILES.c.outcome, _FILES.c.definition_hash, _FILES.c.data, _ORGANIZATIONS.c.public_id.label("organization_id"),
            _ORGANIZATIONS.c.name.label("organization"), _PROJECTS.c.public_id.label("project_id"),
            _PROJECTS.c.number.label("project_number"), _PROJECTS.c.status.label("project_status"),
            _PROJECTS.c.awarded_fen,
        )
        .join_from(_FILES, _ORGANIZATIONS, _ORGANIZATIONS.c.id == _FILES.c.organization_id)
        .join(_PROJECTS, _PROJECTS.c.application_case_id == _FILES.c.id, isouter=True)
        .where(
            visible_to(actor, _FILES), _FILES.c.street_id.in_(streets), _FILES.c.procedure == PROCEDURE,
            among(_FILES.c.period, "numbers"),
        )
        .order_by(_FILES.c.id)
    )  # fmt: skip


def _application(row: Row[Any]) -> Application:
    said = {**row.data.get("application", {}), **row.data.get("correction", {})}
    stands = row.project_status is not None and row.project_status != ProjectStatus.LAPSED
    return Application(
        row.public_id,
        row.number,
        row.organization_id,
        row.organization,
        str(said.get("title") or ""),
        row.step,
        row.open,
        row.outcome,
        row.definition_hash,
        "" if row.step == "review" else str(row.data.get("review", {}).get("panel", {}).get("score", "")),
        int(said.get("asked_fen") or 0),
        int(row.awarded_fen) if stands else 0,
        row.project_id or "",
        row.project_number or "",
        row.project_status or "",
    )

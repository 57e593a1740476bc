"""Projects of the actor's area: the list, and one with its lines, tranches, expenses, money and cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select

from incubator.engine import library
from incubator.engine.roles import Actor
from incubator.facts.together import Question, together
from incubator.models.base import NO_DATE, table
from incubator.models.cases import Case
from incubator.models.funding import Call, Expense, Project, Tranche
from incubator.models.organizations import Document, Organization
from incubator.models.streets import Person
from incubator.queries.paging import USUAL, Page, page_of, window
from incubator.queries.visibility import visible_to
from incubator.services.projects.accounts import Place, balances_asked, balances_by_place, project_not_found
from incubator.services.projects.lines import LINES_OF
from incubator.text import Text

_PROJECTS, _ORGANIZATIONS, _CALLS, _CASES = table(Project), table(Organization), table(Call), table(Case)
_PAYEES, _TRANCHES, _EXPENSES = table(Organization).alias(), table(Tranche), table(Expense)
_DOCUMENTS, _RECORDERS, _DECIDERS = table(Document), table(Person).alias(), table(Person).alias()


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """A project in a list; amounts in fen. The call's number is empty for one older than the software."""

    id: int
    public_id: str
    number: str
    title: str
    status: str
    organization_id: int
    organization_public_id: str
    organization_name: str
    payee_public_id: str
    payee_name: str
    call_number: str
    field: str
    awarded_fen: int
    accepted_fen: int
    agreement_number: str
    agreed_on: date
    starts_on: date
    ends_on: date
    minutes_number: str
    paper: str
    case_public_id: str
    case_number: str
    step_title: Text
    due_on: date


@dataclass(frozen=True, slots=True)
class LineOfBudget:
    """A budget line with what was spent on it, in fen: decided (`accepted`) and not decided yet (`recorded`)."""

    line: int
    title: str
    kind: str
    planned_fen: int
    recorded_fen: int
    accepted_fen: int

    @property
    def rate(self) -> int:
        """The execution rate: accepted of planned, in hundredths of a percent."""
        return execution_rate(self.accepted_fen, self.planned_fen)


@dataclass(frozen=True, slots=True)
class TrancheLine:
    """A tranche, its gate, and the case of its payment (empty ids while there is none)."""

    place: int
    gate: str
    share: str
    fen: int
    paid_fen: int
    status: str
    paid_on: date
    paper: str
    case_public_id: str
    case_number: str
    step_title: Text
    due_on: date


@dataclass(frozen=True, slots=True)
class ExpenseLine:
    """An expense with its voucher and who recorded and decided it."""

    public_id: str
    line: int
    spent_on: date
    fen: int
    accepted_fen: int
    purpose: str
    payee: str
    voucher_number: str
    document_public_id: str
    status: str
    reason: str
    recorded_by: int
    recorder: str
    decider: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class ProjectFile:
    """A project with everything that hangs on it."""

    project: ProjectLine
    lines: tuple[LineOfBudget, ...]
    tranches: tuple[TrancheLine, ...]
    expenses: tuple[ExpenseLine, ...]
    money: dict[Place, int]
    policy_hash: str  # what its case is under; empty before the agreement

    @property
    def accepted_fen(self) -> int:
        """The accepted cost by now."""
        return sum(line.accepted_fen for line in self.lines)

    @property
    def rate(self) -> int:
        """The execution rate of the whole award, in hundredths of a percent."""
        return execution_rate(self.accepted_fen, self.project.awarded_fen)


def execution_rate(accepted_fen: int, planned_fen: int) -> int:
    """Accepted of planned in hundredths of a percent, rounded down; nothing planned is nothing."""
    return accepted_fen * 10_000 // planned_fen if planned_fen else 0


def projects(
    connection: Connection, actor: Actor, *, status: str = "", call: str = "", cursor: str = "", limit: int = USUAL
) -> Page[ProjectLine]:
    """A page of the area's projects, newest first, of a status and a call (by its number) where asked."""
    query = _lines(actor)
    if status:
        query = query.where(_PROJECTS.c.status == status)
    if call:
        query = query.where(_CALLS.c.number == call)
    found = connection.execute(window(query, (_PROJECTS.c.id,), cursor, limit, newest_first=True)).all()
    shown, next_cursor = page_of(found, limit, lambda row: (row.id,))
    return Page(tuple(_line(connection, row) for row in shown), next_cursor)


def projects_of(connection: Connection, actor: Actor, organization_id: int) -> tuple[ProjectLine, ...]:
    """The projects of an organization, newest first."""
    rows = connection.execute(
        _lines(actor).where(_PROJECTS.c.organization_id == organization_id).order_by(_PROJECTS.c.id.desc())
    )
    return tuple(_line(connection, row) for row in rows)


def read_project(connection: Connection, actor: Actor, public_id: str) -> ProjectFile:
    """One project with everything that hangs on it, or NotFound where there is none in the actor's area."""
    row = connection.execute(_lines(actor).where(_PROJECTS.c.public_id == public_id)).one_or_none()
    if row is None:
        raise project_not_found()
    return _whole(connection, row)


def project_of_period(connection: Connection, actor: Actor, street_id: int, period: str) -> ProjectFile | None:
    """The project that the period of a case names, of its own case or of a payment; None where the actor sees none."""
    number = period.partition("/")[0]
    row = connection.execute(
        _lines(actor).where(_PROJECTS.c.street_id == street_id, _PROJECTS.c.number == number)
    ).one_or_none()
    return None if row is None else _whole(connection, row)


def _whole(connection: Connection, row: Row[Any]) -> ProjectFile:
    """The project of this row with everything that hangs on it, in one further statement."""
    own = {"project": row.id}
    lines, tranches, expenses, lying = together(
        connection,
        [
            Question(LINES_OF, own),
            Question(_TRANCHES_OF, own),
            Question(_EXPENSES_OF, own),
            balances_asked(row.street_id, row.number),
        ],
    )
    return ProjectFile(
        _line(connection, row),
        tuple(LineOfBudget(**{name: getattr(each, name) for name in LineOfBudget.__slots__}) for each in lines),
        tuple(_tranche(connection, each) for each in tranches),
        tuple(_expense(each) for each in expenses),
        balances_by_place(lying, row.number),
        row.policy_hash or "",
    )


def _lines(actor: Actor) -> Select[Any]:
    return (
        select(
            _PROJECTS,
            _ORGANIZATIONS.c.public_id.label("organization_public_id"),
            _ORGANIZATIONS.c.name.label("organization_name"),
            _PAYEES.c.public_id.label("payee_public_id"),
            _PAYEES.c.name.label("payee_name"),
            _CALLS.c.number.label("call_number"),
            *_of_case(),
        )
        .join_from(_PROJECTS, _ORGANIZATIONS, _ORGANIZATIONS.c.id == _PROJECTS.c.organization_id)
        .join(_PAYEES, _PAYEES.c.id == _PROJECTS.c.payee_id)
        .join(_CALLS, _CALLS.c.id == _PROJECTS.c.call_id, isouter=True)
        .join(_CASES, _CASES.c.id == _PROJECTS.c.case_id, isouter=True)
        .where(visible_to(actor, _PROJECTS))
    )


def _of_case() -> tuple[Any, ...]:
    return (
        _CASES.c.public_id.label("case_public_id"),
        _CASES.c.number.label("case_number"),
        _CASES.c.step,
        _CASES.c.definition_hash,
        _CASES.c.policy_hash,
        _CASES.c.due_on,
    )


_TRANCHES_OF = (
    select(_TRANCHES, *_of_case())
    .join_from(_TRANCHES, _CASES, _CASES.c.id == _TRANCHES.c.case_id, isouter=True)
    .where(_TRANCHES.c.project_id == bindparam("project"))
    .order_by(_TRANCHES.c.place)
)
_EXPENSES_OF = (
    select(
        _EXPENSES,
        _DOCUMENTS.c.public_id.label("document_public_id"),
        _RECORDERS.c.name.label("recorder"),
        _DECIDERS.c.name.label("decider"),
    )
    .join_from(_EXPENSES, _DOCUMENTS, _DOCUMENTS.c.id == _EXPENSES.c.document_id, isouter=True)
    .join(_RECORDERS, _RECORDERS.c.id == _EXPENSES.c.recorded_by, isouter=True)
    .join(_DECIDERS, _DECIDERS.c.id == _EXPENSES.c.decided_by, isouter=True)
    .where(_EXPENSES.c.project_id == bindparam("project"))
    .order_by(_EXPENSES.c.id.desc())
)


def _line(connection: Connection, row: Row[Any]) -> ProjectLine:
    known = row._mapping
    return ProjectLine(
        **{name: known[name] for name in ProjectLine.__slots__ if name in known} | _case(connection, row)
    )  # fmt: skip


def _tranche(connection: Connection, row: Row[Any]) -> TrancheLine:
    known = row._mapping
    return TrancheLine(
        **{name: known[name] for name in TrancheLine.__slots__ if name in known} | _case(connection, row)
    )  # fmt: skip


def _expense(row: Row[Any]) -> ExpenseLine:
    known = row._mapping
    told: dict[str, Any] = {name: known[name] if known[name] is not None else "" for name in ExpenseLine.__slots__}
    return ExpenseLine(**told)


def _case(connection: Connection, row: Row[Any]) -> dict[str, Any]:
    """What there is to say of the row's case, also where it has none; and of a call."""
    said: dict[str, Any] = {"case_public_id": row.case_public_id or "", "case_number": row.case_number or ""}
    if "call_number" in row._mapping:
        said["call_number"] = row.call_number or ""
    if not row.case_public_id:
        return {**said, "step_title": Text("", ""), "due_on": NO_DATE}
    step = library.definition(connection, row.definition_hash).step(row.step)
    return {**said, "step_title": step.title, "due_on": row.due_on}

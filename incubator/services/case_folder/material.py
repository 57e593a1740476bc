"""Everything that an audit folder is put together from, read as the actor may see it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from incubator.engine.definition import Definition
from incubator.engine.roles import Actor
from incubator.engine.streams import verify
from incubator.models.asking import AskedState, InformationRequest
from incubator.models.base import table
from incubator.models.cases import Case
from incubator.models.events import Event
from incubator.models.funding import Expense
from incubator.models.organizations import Document
from incubator.models.streets import IssuedNumber, Person, Street
from incubator.queries.case_file import CaseFile, read_case
from incubator.queries.explanation import Explanation, explain_decisions
from incubator.queries.projects import ProjectFile, project_of_period
from incubator.queries.visibility import visible_to
from incubator.services.projects.starting import PROJECT
from incubator.services.projects.tranches import PAYMENT

_EVENTS, _DOCUMENTS, _PEOPLE, _CASES = table(Event), table(Document), table(Person), table(Case)
_REQUESTS, _NUMBERS, _EXPENSES, _STREETS = table(InformationRequest), table(IssuedNumber), table(Expense), table(Street)


@dataclass(frozen=True, slots=True)
class Written:
    """A line of the case's stream as it is chained."""

    seq: int
    type: str
    effective_on: date
    recorded_at: datetime
    actor: str  # empty for automation
    change: Mapping[str, Any]
    hash: str


@dataclass(frozen=True, slots=True)
class Material:
    """A case, its decisions with what they rest on, its record, and where it is about money the project."""

    file: CaseFile
    street: str
    opened_on: date
    ended_at: datetime | None
    decisions: tuple[Explanation, ...]
    written: tuple[Written, ...]
    unbroken: bool  # the chain of the case's events holds
    numbers: tuple[str, ...]  # that the case's papers bear and that are not void
    open_requests: Sequence[Any] = ()  # rows with points, due_on, kind
    project: ProjectFile | None = None
    payments: Sequence[Row[Any]] = ()  # documents of the project's payments, with `case_number`
    vouchers: frozenset[str] = frozenset()  # public ids of the documents that are vouchers of expenses
    revealed: Mapping[str, str] = field(default_factory=dict)  # 'step.field' -> the value in full

    @property
    def definition(self) -> Definition:
        """The procedure."""
        return self.file.definition


def gather(
    connection: Connection, actor: Actor, case_id: str, now: datetime, revealed: Mapping[str, str] | None = None
) -> Material:
    """Read a case for its folder; `revealed` are personal values that the actor was shown in full for a reason.

    NotFound where there is none in the actor's area; NotAllowed for a panel member who stands aside.
    """
    file = read_case(connection, actor, case_id, now)
    case = file.case
    row = connection.execute(
        select(_CASES.c.opened_on, _CASES.c.ended_at, _STREETS.c.name)
        .join_from(_CASES, _STREETS, _STREETS.c.id == _CASES.c.street_id)
        .where(_CASES.c.id == case.id)
    ).one()
    project = None
    if case.procedure in (PROJECT, PAYMENT):
        project = project_of_period(connection, actor, case.street_id, case.period)
    return Material(
        file=file,
        street=row.name,
        opened_on=row.opened_on,
        ended_at=row.ended_at,
        decisions=explain_decisions(connection, actor, case_id),
        written=_written(connection, case.id),
        unbroken=not verify(connection, "case", case.id),
        numbers=tuple(
            connection.scalars(
                select(_NUMBERS.c.number)
                .where(_NUMBERS.c.case_id == case.id, _NUMBERS.c.voided_at.is_(None))
                .order_by(_NUMBERS.c.id)
            )
        ),
        open_requests=connection.execute(
            select(_REQUESTS.c.points, _REQUESTS.c.due_on, _REQUESTS.c.kind)
            .where(_REQUESTS.c.case_id == case.id, _REQUESTS.c.state == AskedState.OPEN.value)
            .order_by(_REQUESTS.c.id)
        ).all(),
        project=project,
        payments=_documents_of_payments(connection, actor, project) if case.procedure == PROJECT else (),
        vouchers=_vouchers(connection, case.id),
        revealed=revealed or {},
    )


def _written(connection: Connection, case: int) -> tuple[Written, ...]:
    rows = connection.execute(
        select(_EVENTS.c.seq, _EVENTS.c.hash, _EVENTS.c.type, _EVENTS.c.effective_on, _EVENTS.c.recorded_at, _EVENTS.c.body, _PEOPLE.c.name)
        .join_from(_EVENTS, _PEOPLE, _PEOPLE.c.id == _EVENTS.c.actor_id, isouter=True)
        .where(_EVENTS.c.stream == "case", _EVENTS.c.subject_id == case)
        .order_by(_EVENTS.c.seq)
    )  # fmt: skip
    return tuple(
        Written(
            row.seq,
            row.type,
            row.effective_on,
            row.recorded_at,
            row.name or "",
            json.loads(row.body)["change"],
            row.hash,
        )
        for row in rows
    )


def _documents_of_payments(connection: Connection, actor: Actor, project: ProjectFile | None) -> Sequence[Row[Any]]:
    cases = [each.case_public_id for each in project.tranches if each.case_public_id] if project else []
    if not cases:
        return ()
    return connection.execute(
        select(_DOCUMENTS, _PEOPLE.c.name.label("made_by_name"), _CASES.c.number.label("case_number"))
        .join_from(_DOCUMENTS, _CASES, _CASES.c.id == _DOCUMENTS.c.case_id)
        .join(_PEOPLE, _PEOPLE.c.id == _DOCUMENTS.c.made_by, isouter=True)
        .where(_CASES.c.public_id.in_(cases), _DOCUMENTS.c.replaced_at.is_(None), visible_to(actor, _DOCUMENTS))
        .order_by(_CASES.c.id, _DOCUMENTS.c.id)
    ).all()


def _vouchers(connection: Connection, case: int) -> frozenset[str]:
    return frozenset(
        connection.scalars(
            select(_DOCUMENTS.c.public_id)
            .join_from(_EXPENSES, _DOCUMENTS, _DOCUMENTS.c.id == _EXPENSES.c.document_id)
            .where(_DOCUMENTS.c.case_id == case)
        )
    )

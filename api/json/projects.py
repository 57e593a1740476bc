"""Projects: the area's list, one with everything that hangs on it, and its expenses, recorded and decided."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Query, UploadFile
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from api.addresses import PublicId
from api.callers import Caller, Reading, Working
from api.json.refs import OrganizationRef
from api.json.shapes import Body, Cursor, Limit, Listed, due_out, refusals
from incubator.models.funding import ProjectStatus
from incubator.queries.paging import USUAL
from incubator.queries.projects import ExpenseLine, ProjectFile, ProjectLine, TrancheLine, projects, read_project
from incubator.services.projects.expenses import Spent, accept_expense, record_expense, reject_expense
from incubator.services.uploads import keep_upload

router = APIRouter(tags=["projects"])

MOST_FEN = 100_000_000_000


class CaseRef(BaseModel):
    """A case, and the step that it stands in."""

    id: str
    number: str
    step: str
    due: date | None


class ProjectOut(BaseModel):
    """A project in a list; amounts in fen. `case` is null until the agreement is signed."""

    id: str
    number: str
    title: str
    status: ProjectStatus
    organization: OrganizationRef
    payee: OrganizationRef
    call: str
    field: str
    awarded_fen: int
    agreement_number: str
    agreed_on: date | None
    starts_on: date | None
    ends_on: date | None
    case: CaseRef | None


class BudgetLineOut(BaseModel):
    """A budget line; `execution_rate` is accepted of planned in hundredths of a percent."""

    line: int
    title: str
    kind: str
    planned_fen: int
    recorded_fen: int
    accepted_fen: int
    execution_rate: int


class TrancheOut(BaseModel):
    """A part of the award behind a gate; `payment` is null until it may be asked for."""

    place: int
    gate: str
    share: str
    fen: int
    paid_fen: int
    status: str
    paid_on: date | None
    payment: CaseRef | None


class ExpenseOut(BaseModel):
    """An expense with its voucher."""

    id: str
    line: int
    spent_on: date
    fen: int
    accepted_fen: int
    purpose: str
    payee: str
    voucher_number: str
    document_id: str
    status: str
    reason: str
    recorded_by: str
    decided_by: str


class MoneyOut(BaseModel):
    """Where the project's money lies, in fen."""

    committed: int
    in_payment: int
    paid: int
    due_back: int


class ProjectFileOut(ProjectOut):
    """A project with its lines, tranches, expenses and money."""

    accepted_fen: int
    execution_rate: int
    money: MoneyOut
    lines: list[BudgetLineOut]
    tranches: list[TrancheOut]
    expenses: list[ExpenseOut]


class Acceptance(Body):
    """How much of an expense is accepted, in fen; without it the whole. A part needs its reason."""

    accepted_fen: int | None = Field(default=None, ge=1, le=MOST_FEN)
    reason: str = Field(default="", max_length=2000)


class Rejection(Body):
    """Why an expense is rejected."""

    reason: str = Field(min_length=1, max_length=2000)


@router.get("/projects", responses=refusals(403, 422))
def list_projects(
    caller: Reading,
    status: Annotated[ProjectStatus | None, Query()] = None,
    call: Annotated[str, Query(max_length=40)] = "",
    cursor: Cursor = "",
    limit: Limit = USUAL,
) -> Listed[ProjectOut]:
    """A page of the area's projects, newest first."""
    page = caller.read(
        lambda connection: projects(
            connection, caller.actor, status=status or "", call=call, cursor=cursor, limit=limit
        )
    )  # fmt: skip
    return Listed(
        items=[ProjectOut(**_of(line, caller.language)) for line in page.items], next_cursor=page.next_cursor
    )  # fmt: skip


@router.get("/projects/{project_id}", responses=refusals(403, 404, 422))
def get_project(caller: Reading, project_id: PublicId) -> ProjectFileOut:
    """One project with everything that hangs on it."""
    return _file_out(caller, caller.read(lambda connection: read_project(connection, caller.actor, project_id)))


@router.post("/projects/{project_id}/expenses", status_code=201, responses=refusals(403, 404, 409, 413, 422))
def add_expense(
    caller: Working,
    project_id: PublicId,
    line: Annotated[int, Form(ge=1, le=1000)],
    spent_on: Annotated[date, Form()],
    fen: Annotated[int, Form(ge=1, le=MOST_FEN)],
    purpose: Annotated[str, Form(min_length=1, max_length=500)],
    voucher_number: Annotated[str, Form(min_length=1, max_length=60)],
    file: Annotated[UploadFile, File(description="The voucher's picture")],
    payee: Annotated[str, Form(max_length=100)] = "",
) -> ProjectFileOut:
    """Record an expense with its voucher; the project as it stands then."""
    settings = caller.service.settings
    voucher = keep_upload(
        settings.data_dir, filename=file.filename or "", content=file.file.read(), most_mb=settings.upload_limit_mb
    )
    spent = Spent(line, spent_on, fen, purpose, voucher_number, payee)

    def work(connection: Connection) -> ProjectFile:
        record_expense(
            connection, project=project_id, spent=spent, voucher=voucher, actor=caller.actor, now=caller.now
        )  # fmt: skip
        return read_project(connection, caller.actor, project_id)

    return _file_out(caller, caller.write(work))


@router.post("/projects/{project_id}/expenses/{expense_id}/accept", responses=refusals(403, 404, 409, 422))
def post_accept(caller: Working, project_id: PublicId, expense_id: PublicId, body: Acceptance) -> ProjectFileOut:
    """Accept an expense that somebody else recorded."""

    def work(connection: Connection) -> ProjectFile:
        accept_expense(
            connection, project=project_id, expense=expense_id, accepted_fen=body.accepted_fen, reason=body.reason,
            actor=caller.actor, now=caller.now,
        )  # fmt: skip
        return read_project(connection, caller.actor, project_id)

    return _file_out(caller, caller.write(work))


@router.post("/projects/{project_id}/expenses/{expense_id}/reject", responses=refusals(403, 404, 409, 422))
def post_reject(caller: Working, project_id: PublicId, expense_id: PublicId, body: Rejection) -> ProjectFileOut:
    """Reject an expense that somebody else recorded; it is entered anew where it was wrong."""

    def work(connection: Connection) -> ProjectFile:
        reject_expense(
            connection, project=project_id, expense=expense_id, reason=body.reason, actor=caller.actor, now=caller.now
        )  # fmt: skip
        return read_project(connection, caller.actor, project_id)

    return _file_out(caller, caller.write(work))


def _file_out(caller: Caller, file: ProjectFile) -> ProjectFileOut:
    return ProjectFileOut(
        **_of(file.project, caller.language),
        accepted_fen=file.accepted_fen,
        execution_rate=file.rate,
        money=MoneyOut(**{place.value: fen for place, fen in file.money.items()}),
        lines=[
            BudgetLineOut(
                line=each.line, title=each.title, kind=each.kind, planned_fen=each.planned_fen,
                recorded_fen=each.recorded_fen, accepted_fen=each.accepted_fen, execution_rate=each.rate,
            )
            for each in file.lines
        ],
        tranches=[_tranche_out(each, caller.language) for each in file.tranches],
        expenses=[_expense_out(each) for each in file.expenses],
    )  # fmt: skip


def _of(line: ProjectLine, language: str) -> dict[str, Any]:
    return {
        "id": line.public_id,
        "number": line.number,
        "title": line.title,
        "status": line.status,
        "organization": OrganizationRef(id=line.organization_public_id, name=line.organization_name),
        "payee": OrganizationRef(id=line.payee_public_id, name=line.payee_name),
        "call": line.call_number,
        "field": line.field,
        "awarded_fen": line.awarded_fen,
        "agreement_number": line.agreement_number,
        "agreed_on": due_out(line.agreed_on),
        "starts_on": due_out(line.starts_on),
        "ends_on": due_out(line.ends_on),
        "case": _case_out(line, language),
    }


def _case_out(line: ProjectLine | TrancheLine, language: str) -> CaseRef | None:
    if not line.case_public_id:
        return None
    step = line.step_title.read(language)
    return CaseRef(id=line.case_public_id, number=line.case_number, step=step, due=due_out(line.due_on))


def _tranche_out(line: TrancheLine, language: str) -> TrancheOut:
    return TrancheOut(
        place=line.place, gate=line.gate, share=line.share, fen=line.fen, paid_fen=line.paid_fen, status=line.status,
        paid_on=due_out(line.paid_on), payment=_case_out(line, language),
    )  # fmt: skip


def _expense_out(line: ExpenseLine) -> ExpenseOut:
    return ExpenseOut(
        id=line.public_id, line=line.line, spent_on=line.spent_on, fen=line.fen, accepted_fen=line.accepted_fen,
        purpose=line.purpose, payee=line.payee, voucher_number=line.voucher_number,
        document_id=line.document_public_id, status=line.status, reason=line.reason, recorded_by=line.recorder,
        decided_by=line.decider,
    )  # fmt: skip

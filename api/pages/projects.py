"""Projects in the workbench: the list, one with its money, and its expenses recorded and decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from sqlalchemy import Connection
from starlette.datastructures import UploadFile
from starlette.responses import Response

from api.addresses import PublicId
from api.pages.project_view import ADDRESS, LIST_COLUMNS, STATUS_NAMES, list_row, project_page
from api.pages.rendering import go, page
from api.pages.submitted import answers, unreadable
from api.pages.visitors import Sending, Visiting, Visitor, require_staff
from incubator.engine import forms
from incubator.engine.choices import Choice, choices
from incubator.engine.loading import case_view
from incubator.errors import Invalid, Refused
from incubator.models.funding import ExpenseStatus, ProjectStatus
from incubator.queries.projects import ProjectFile, projects, read_project
from incubator.queries.visibility import Permission, may, require
from incubator.services.projects.expenses import (
    SETTLED_STEPS,
    Spent,
    accept_expense,
    record_expense,
    reject_expense,
)
from incubator.services.uploads import UploadRefused, keep_upload
from incubator.text import Text

router = APIRouter()

_MOST = 100_000_000_000
_ACCEPT = ".pdf,.jpg,.jpeg,.png"
_VOUCHER_MISSING = Text("请选择凭证图片", "Choose the voucher's picture")
_DECIDING = forms.form(
    forms.money("accepted_fen", Text("认可金额", "Accepted"), most=_MOST, required=False,
                hint=Text("全额认可的不必填写", "Leave empty to accept the whole")),
    forms.text("reason", Text("理由", "Reason"), longest=500, required=False,
               hint=Text("部分认可或不认可的必填", "Needed unless the whole is accepted")),
)  # fmt: skip


@router.get(ADDRESS)
def list_page(
    request: Request,
    visiting: Visiting,
    status: Annotated[str, Query(max_length=20)] = "",
    cursor: Annotated[str, Query(max_length=2000)] = "",
) -> Response:
    """The area's projects, newest first."""
    require_staff(visiting.actor)
    chosen = status if status in set(ProjectStatus) else ""
    found = visiting.caller.read(
        lambda connection: projects(connection, visiting.actor, status=chosen, cursor=cursor)
    )  # fmt: skip
    kept = {"status": chosen} if chosen else {}
    return page(
        request, visiting.reader, "projects.html", here="projects", columns=LIST_COLUMNS,
        rows=[list_row(line, visiting.today) for line in found.items], chosen=chosen,
        statuses=[(status, words) for status, (words, _) in STATUS_NAMES.items()],
        next_page=f"{ADDRESS}?{urlencode({**kept, 'cursor': found.next_cursor})}" if found.next_cursor else None,
        first_page=f"{ADDRESS}?{urlencode(kept)}" if cursor else None,
    )  # fmt: skip


@router.get(f"{ADDRESS}/{{project_id}}")
def one_page(request: Request, visiting: Visiting, project_id: PublicId) -> Response:
    """A project whole."""
    require_staff(visiting.actor)
    return _project_page(request, visiting, project_id)


@router.post(f"{ADDRESS}/{{project_id}}/expenses")
def add_expense(request: Request, sending: Sending, project_id: PublicId) -> Response:
    """Record an expense, or show the form again with what was typed."""
    visitor = sending.visitor
    file, _ = _read(visitor, project_id)
    require(visitor.actor, Permission.RECORD_EXPENSE)  # before anything is written to the disk
    schema = _recording(file)
    typed = answers(schema, sending.form)
    faults: dict[str, Sequence[Text]] = {
        **forms.faults(schema, typed),
        **{name: [words] for name, words in unreadable(schema, typed).items()},
    }
    sent = sending.form.get("file")
    if not isinstance(sent, UploadFile) or not sent.filename:
        faults["file"] = [_VOUCHER_MISSING]
    if faults or not isinstance(sent, UploadFile):
        return _project_page(request, visitor, project_id, typed, faults, 422)
    settings = visitor.service.settings
    try:
        voucher = keep_upload(
            settings.data_dir, filename=sent.filename or "", content=sent.file.read(), most_mb=settings.upload_limit_mb
        )
        spent = Spent(
            int(typed["line"]), date.fromisoformat(typed["spent_on"]), typed["fen"], typed["purpose"], typed["voucher_number"],
            typed.get("payee", ""),
        )  # fmt: skip
        visitor.caller.write(
            lambda connection: record_expense(
                connection, project=project_id, spent=spent, voucher=voucher, actor=visitor.actor, now=visitor.now
            )
        )
    except UploadRefused as refusal:
        return _project_page(request, visitor, project_id, typed, {"file": [refusal.detail]}, refusal.status)
    except Invalid as refusal:
        return _project_page(request, visitor, project_id, typed, refusal.fields, refusal.status)
    except Refused as refusal:
        return _project_page(request, visitor, project_id, typed, {"": [refusal.detail]}, refusal.status)
    return go(request, f"{ADDRESS}/{project_id}#expenses", Text("支出已登记，待他人审核", "It is recorded; somebody else decides"))  # fmt: skip


@router.post(f"{ADDRESS}/{{project_id}}/expenses/{{expense_id}}/{{verdict}}")
def decide_expense(
    request: Request, sending: Sending, project_id: PublicId, expense_id: PublicId, verdict: str
) -> Response:  # fmt: skip
    """Accept or reject an expense that somebody else recorded."""
    visitor = sending.visitor
    typed = answers(_DECIDING, sending.form)
    if wrong := unreadable(_DECIDING, typed):
        refused: dict[str, Sequence[Text]] = {expense_id: list(wrong.values())}
        return _project_page(request, visitor, project_id, refused=refused, status=422)
    reason, common = str(typed.get("reason", "")), {"project": project_id, "expense": expense_id}

    def work(connection: Connection) -> None:
        if verdict == "accept":
            accept_expense(
                connection, **common, accepted_fen=typed.get("accepted_fen"), reason=reason, actor=visitor.actor,
                now=visitor.now,
            )  # fmt: skip
        else:
            reject_expense(connection, **common, reason=reason, actor=visitor.actor, now=visitor.now)

    try:
        visitor.caller.write(work)
    except Refused as refusal:
        words = [text for texts in refusal.fields.values() for text in texts] if isinstance(refusal, Invalid) else []
        told: dict[str, Sequence[Text]] = {expense_id: words or [refusal.detail]}
        return _project_page(request, visitor, project_id, refused=told, status=refusal.status)
    said = Text("已认可该笔支出", "Accepted") if verdict == "accept" else Text("该笔支出不予认可", "Rejected")
    return go(request, f"{ADDRESS}/{project_id}#expenses", said)


def _read(visitor: Visitor, project_id: str) -> tuple[ProjectFile, tuple[str, tuple[Choice, ...]]]:
    """The project, and where its case stands: its step and what may be done there."""

    def look(connection: Connection) -> tuple[ProjectFile, tuple[str, tuple[Choice, ...]]]:
        file = read_project(connection, visitor.actor, project_id)
        case = case_view(connection, file.project.case_public_id) if file.project.case_public_id else None
        if case is None:
            return file, ("", ())
        return file, (case.step, choices(connection, [case], visitor.actor, visitor.now)[0])

    return visitor.caller.read(look)


def _project_page(
    request: Request, visitor: Visitor, project_id: str, typed: Mapping[str, Any] | None = None,
    errors: Mapping[str, Sequence[Text]] | None = None, status: int = 200, *,
    refused: Mapping[str, Sequence[Text]] | None = None,
) -> Response:  # fmt: skip
    """The project's page. `errors` are of the form of a new expense, `refused` of the expenses that were to be decided."""
    file, (step, open_choices) = _read(visitor, project_id)
    spends = file.project.status == ProjectStatus.RUNNING and step not in SETTLED_STEPS
    may_decide = spends and may(visitor.actor, Permission.DECIDE_EXPENSE)
    undecided = [
        each
        for each in file.expenses
        if may_decide and each.status == ExpenseStatus.RECORDED and each.recorded_by != visitor.actor.person_id
    ]
    recording = _recording(file) if spends and may(visitor.actor, Permission.RECORD_EXPENSE) else None
    return page(
        request, visitor.reader, "project.html", here="projects", status=status, recording=recording,
        values=dict(typed or {"spent_on": visitor.today.isoformat()}), errors=dict(errors or {}), accept=_ACCEPT,
        undecided=undecided, deciding=_DECIDING, refused=dict(refused or {}),
        sees_ledger=may(visitor.actor, Permission.SEE_LEDGER),
        **project_page(file, open_choices, visitor.today),
    )  # fmt: skip


def _recording(file: ProjectFile) -> forms.Schema:
    lines = [(str(each.line), Text(f"{each.line}. {each.title}", f"{each.line}. {each.title}")) for each in file.lines]
    return forms.form(
        forms.choice("line", Text("预算科目", "Budget line"), lines),
        forms.day("spent_on", Text("支出日期", "Spent on")),
        forms.money("fen", Text("金额", "Amount"), most=_MOST),
        forms.text("purpose", Text("用途", "What for"), longest=200),
        forms.text("payee", Text("收款人", "Paid to"), longest=100, required=False),
        forms.text("voucher_number", Text("凭证号", "Voucher number"), longest=60,
                   hint=Text("发票或收据号码，同一凭证只能登记一次", "Of the invoice or receipt; each is recorded once")),
    )  # fmt: skip

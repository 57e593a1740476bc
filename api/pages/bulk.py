"""Bulk actions as pages: what was chosen on the worklist is looked over, asked for, done a few at a time, and told case by case."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from sqlalchemy import Connection
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from api.addresses import PublicId
from api.pages.bulk_view import TITLES, Sheet, assignment_form, item_row, line_row, sheet_of
from api.pages.case_form import Typed
from api.pages.rendering import go, own_address, page
from api.pages.submitted import COMMENT, EFFECTIVE_ON, answers, day, one, unreadable, whole, with_more_rows
from api.pages.visitors import Sending, Visiting, Visitor, require_staff
from incubator.canonical import canonical, sha256
from incubator.engine import idempotency
from incubator.engine.choices import choices
from incubator.engine.refusals import IdempotencyKeyReused, UnknownAction
from incubator.errors import Conflict, Invalid, NotFound
from incubator.models.desk import BulkKind
from incubator.queries.bulk import BulkLine, BulkPart, able_colleagues, bulk_actions, bulk_line, candidates, parts_of
from incubator.services.bulk.asking import MOST, Chosen, Wanted, ask
from incubator.services.bulk.going_on import go_on, is_to_be_tried_again, try_again
from incubator.text import Text

router = APIRouter()

ADDRESS = "/bulk"
_VERSION, _HOLDER = "version.", "holder."
_LONGEST_KEY = 200
_CHOOSE = Text("请先勾选要办理的事项。", "Tick what is to be dealt with first.")
_TOO_MANY = Text(f"一次最多办理 {MOST} 件，请分批勾选。", f"At most {MOST} cases are dealt with at once: choose fewer.")


@router.get(ADDRESS)
def list_of_bulk_actions(
    request: Request, visiting: Visiting, cursor: Annotated[str, Query(max_length=2000)] = ""
) -> Response:
    """One's own bulk actions, the newest first."""
    require_staff(visiting.actor)
    found = visiting.caller.read(lambda connection: bulk_actions(connection, visiting.actor, cursor=cursor))
    return page(
        request,
        visiting.reader,
        "bulk_list.html",
        here="worklist",
        columns=[
            {"key": "title", "title": Text("批量办理", "Bulk action"), "main": True},
            {"key": "asked_at", "title": Text("发起时间", "Asked at"), "kind": "moment"},
            {"key": "total", "title": Text("件数", "Cases"), "kind": "number"},
            {"key": "done", "title": Text("已办理", "Done"), "kind": "number"},
            {"key": "not_done", "title": Text("未办成", "Not done"), "kind": "number"},
            {"key": "waiting", "title": Text("待办理", "Waiting"), "kind": "number"},
            {"key": "state", "title": Text("进度", "Progress")},
        ],
        rows=[line_row(line) for line in found.items],
        next_page=f"{ADDRESS}?{urlencode({'cursor': found.next_cursor})}" if found.next_cursor else None,
        first_page=ADDRESS if cursor else None,
    )


@router.get(f"{ADDRESS}/new")
def nothing_chosen() -> Response:
    """Where the page of what was chosen is loaded anew: one chooses on the worklist."""
    return RedirectResponse("/worklist", 303)


@router.post(f"{ADDRESS}/new")
def look_over(request: Request, sending: Sending) -> Response:
    """What was chosen on the worklist, and the form of what is to be done with it; nothing is done yet."""
    visitor, form = sending.visitor, sending.form
    require_staff(visitor.actor)
    back = own_address(one(form, "back"), "/worklist")
    ids = _ticked(form)
    if not ids or len(ids) > MOST:
        return go(request, back, _TOO_MANY if ids else _CHOOSE, kind="warning")
    sheet = _sheet(visitor, form, ids, action=one(form, "action"))
    return _sheet_page(request, visitor, form, sheet, back)


@router.post(ADDRESS)
def begin(request: Request, sending: Sending) -> Response:
    """Keep what is asked, deal with the first few, and go on from there; or show again what does not fit."""
    visitor, form = sending.visitor, sending.form
    require_staff(visitor.actor)
    back = own_address(one(form, "back"), "/worklist")
    # The whole form, as it was sent: sent twice, it is asked once, however the cases stand by then.
    sent = [[name, value] for name, value in form.multi_items() if isinstance(value, str)]
    key = one(form, "idempotency_key")[:_LONGEST_KEY]
    if key and (before := visitor.caller.read(lambda connection: _asked_before(connection, visitor, key, sent))):
        return RedirectResponse(f"{ADDRESS}/{before}", 303)
    shown = [name.removeprefix(_VERSION) for name in form if name.startswith(_VERSION)][: MOST + 1]
    ticked = [each for each in _ticked(form) if each in shown]
    if not shown or len(shown) > MOST:
        return go(request, back, _TOO_MANY if shown else _CHOOSE, kind="warning")
    sheet = _sheet(visitor, form, shown, action=one(form, "action"), ticked=ticked)
    schema = sheet.schema or {"properties": {}}
    typed = answers(schema, form)
    if (longer := with_more_rows(schema, typed, form)) is not None:
        return _sheet_page(request, visitor, form, sheet, back, Typed(sheet.action, longer))
    effective_on, wrong_day = day(form, EFFECTIVE_ON)
    wrong: dict[str, Sequence[Text]] = {name: (words,) for name, words in unreadable(schema, typed).items()}
    if wrong_day:
        wrong[EFFECTIVE_ON] = wrong_day
    if not ticked or wrong:
        return _sheet_page(
            request, visitor, form, replace(sheet, none_ticked=not ticked), back, Typed(sheet.action, typed, wrong), 422
        )
    said = {name: value for name, value in typed.items() if name not in (COMMENT, EFFECTIVE_ON, "person_id")}
    wanted = Wanted(
        sheet.kind, sheet.action, said, effective_on, str(typed.get(COMMENT) or ""), str(typed.get("person_id") or "")
    )
    chosen = [_chosen(form, each) for each in ticked]

    def work(connection: Connection) -> str:
        def put() -> dict[str, str]:
            return {"id": ask(connection, actor=visitor.actor, wanted=wanted, chosen=chosen, now=visitor.now)}

        return str(idempotency.once(connection, visitor.actor, key, sent, put, now=visitor.now)["id"])

    try:
        bulk = visitor.caller.write(work)
    except Invalid as refusal:
        again = Typed(sheet.action, typed, refusal.fields)
        told = sheet if refusal.fields else replace(sheet, refused=refusal)
        return _sheet_page(request, visitor, form, told, back, again, refusal.status)
    except (Conflict, NotFound, UnknownAction) as refusal:
        told = replace(sheet, refused=refusal)
        return _sheet_page(request, visitor, form, told, back, Typed(sheet.action, typed), refusal.status)
    _go_on(visitor, bulk)
    return RedirectResponse(f"{ADDRESS}/{bulk}", 303)


@router.get(f"{ADDRESS}/{{bulk_id}}")
def one_bulk_action(request: Request, visiting: Visiting, bulk_id: PublicId) -> Response:
    """How far a bulk action of one's own has come, with the result and the reason of each case."""
    require_staff(visiting.actor)

    def look(connection: Connection) -> tuple[BulkLine, list[BulkPart]]:
        line = bulk_line(connection, visiting.actor, bulk_id)
        return line, parts_of(connection, visiting.actor, line)

    return page(request, visiting.reader, "bulk.html", here="worklist", **_results(*visiting.caller.read(look)))


@router.post(f"{ADDRESS}/{{bulk_id}}/continue")
def continue_with(request: Request, sending: Sending, bulk_id: PublicId) -> Response:
    """Deal with the next few: by the button with the page as the answer, by script (`quietly`) with its results alone."""
    visitor = sending.visitor
    line = _go_on(visitor, bulk_id)
    if not one(sending.form, "quietly"):
        return go(request, f"{ADDRESS}/{bulk_id}")
    parts = visitor.caller.read(lambda connection: parts_of(connection, visitor.actor, line))
    return page(request, visitor.reader, "components/bulk_results.html", **_results(line, parts))


@router.post(f"{ADDRESS}/{{bulk_id}}/retry")
def retry(request: Request, sending: Sending, bulk_id: PublicId) -> Response:
    """Let what was refused or failed wait again, and deal with the first few."""
    visitor = sending.visitor
    try:
        visitor.caller.write(lambda connection: try_again(connection, actor=visitor.actor, bulk=bulk_id))
    except Conflict as refusal:
        return go(request, f"{ADDRESS}/{bulk_id}", refusal.detail, kind="warning")
    _go_on(visitor, bulk_id)
    return go(request, f"{ADDRESS}/{bulk_id}")


def _asked_before(connection: Connection, visitor: Visitor, key: str, sent: Any) -> str:
    """The bulk action that this very form asked for already; empty where it did not."""
    try:
        before = idempotency.answered(connection, visitor.actor, key, sha256(canonical(sent)))
    except IdempotencyKeyReused:
        return ""  # another form under its key: refused when it is asked
    return str(before["id"]) if before else ""


def _go_on(visitor: Visitor, bulk: str) -> BulkLine:
    return go_on(visitor.service.database, actor=visitor.actor, bulk=bulk, now=visitor.now)


def _ticked(form: FormData) -> list[str]:
    """The cases ticked, each once: one that awaits two people stands in two lines."""
    return list(dict.fromkeys(value for value in form.getlist("case") if isinstance(value, str)))


def _chosen(form: FormData, case: str) -> Chosen:
    holder = form.get(_HOLDER + case)
    return Chosen(case, whole(form, _VERSION + case) or 0, holder if isinstance(holder, str) else None)


def _sheet(
    visitor: Visitor, form: FormData, ids: Sequence[str], *, action: str, ticked: Sequence[str] | None = None
) -> Sheet:
    """The chosen cases as they stand now, and what is asked of them."""
    kind = BulkKind(one(form, "kind")) if one(form, "kind") in set(BulkKind) else BulkKind.ADVANCE
    seen = {each: whole(form, _VERSION + each) for each in ids}

    def look(connection: Connection) -> Sheet:
        found = candidates(connection, visitor.actor, ids, visitor.now)
        offered = {}
        if kind is BulkKind.ADVANCE:
            # What was sent is about the cases as they were shown; those that moved since are told, and not judged anew.
            cases = [each.case for each in found if ticked is None or each.case.version == seen[each.case.public_id]]
            judged = choices(connection, cases, visitor.actor, visitor.now)
            offered = {case.public_id: choice for case, choice in zip(cases, judged, strict=True)}
        sheet = sheet_of(
            kind, found, offered, visitor.actor, seen, action=action, ticked=ticked, missing=len(ids) - len(found)
        )
        if kind is BulkKind.ASSIGN:
            sheet = replace(
                sheet,
                schema=assignment_form(able_colleagues(connection, visitor.actor, found, visitor.today), len(found)),
            )
        return sheet

    return visitor.caller.read(look)


def _sheet_page(
    request: Request,
    visitor: Visitor,
    form: FormData,
    sheet: Sheet,
    back: str,
    typed: Typed | None = None,
    status: int = 200,
) -> Response:
    values: Mapping[str, Any] = typed.values if typed else {EFFECTIVE_ON: visitor.today.isoformat()}
    return page(
        request, visitor.reader, "bulk_new.html", here="worklist", status=status, sheet=sheet, back=back,
        title=TITLES[sheet.kind], values=values, errors=dict(typed.errors) if typed else {},
        key=one(form, "idempotency_key") or secrets.token_urlsafe(16),
    )  # fmt: skip


def _results(line: BulkLine, parts: Sequence[BulkPart]) -> dict[str, Any]:
    rows = [item_row(part) for part in parts]
    return {
        "line": line_row(line),
        "id": line.public_id,
        "items": rows,
        "again": sum(is_to_be_tried_again(part) for part in parts),
        "left": [(part.case_id, part.version) for part in parts if item_row(part)["left"]],
        "kind": line.kind.value,
        "action": line.request.get("action", ""),
    }

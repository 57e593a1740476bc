"""A case's requests to its organization: asked, sent as a link or a QR code, and what arrives accepted or declined."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import segno
from fastapi import APIRouter, Request
from markupsafe import Markup
from sqlalchemy import Connection
from starlette.responses import Response

from api.addresses import PublicId
from api.document_response import document_response
from api.pages import asking_view
from api.pages.cases import file_of
from api.pages.rendering import go, page
from api.pages.submitted import answers, day, one, with_more_rows
from api.pages.visitors import Sending, Visiting, Visitor, require_staff
from incubator.engine import forms
from incubator.errors import Conflict, Invalid, Refused
from incubator.queries.asking import Point, find_request, links_of, requests_of, submissions_of
from incubator.queries.calendar import street_calendar
from incubator.queries.case_file import CaseFile
from incubator.queries.visibility import Permission, require
from incubator.services import asking, links, submission_review
from incubator.services.documents import read_content
from incubator.text import Text

router = APIRouter()

_KIND_OF = "kind-"  # the field that says what a file becomes


@router.get("/cases/{case_id}/requests")
def list_page(request: Request, visiting: Visiting, case_id: PublicId) -> Response:
    """What was asked of the organization in this case."""
    file = _file(visiting, case_id)
    found = visiting.caller.read(lambda connection: requests_of(connection, visiting.actor, case_id))
    return page(
        request, visiting.reader, "asking.html", here="worklist", columns=asking_view.COLUMNS,
        rows=[asking_view.row(line, visiting.today) for line in found], open=file.case.open, **asking_view.head(file),
    )  # fmt: skip


@router.get("/cases/{case_id}/requests/new")
def new_page(request: Request, visiting: Visiting, case_id: PublicId) -> Response:
    """The form that asks; of a case that was returned it begins with the points of the correction."""
    return _form_page(request, visiting, _file(visiting, case_id))


@router.post("/cases/{case_id}/requests")
def create(request: Request, sending: Sending, case_id: PublicId) -> Response:
    """Ask, or show the form again with what was typed."""
    visitor = sending.visitor
    file = _file(visitor, case_id)
    calendar = visitor.caller.read(lambda connection: street_calendar(connection, visitor.actor))
    schema, _ = asking_view.asking_form(file, calendar, visitor.now)
    typed = answers(schema, sending.form)
    if (longer := with_more_rows(schema, typed, sending.form)) is not None:
        return _form_page(request, visitor, file, longer)
    if faults := forms.faults(schema, typed):
        return _form_page(request, visitor, file, typed, faults, 422)
    if typed["until"] == asking_view.OF_THE_CASE:
        due_on = file.case.due_on
    else:
        due_on = asking.due_after(calendar, int(typed["until"]), visitor.now).due_on or visitor.today
    try:
        made = visitor.caller.write(
            lambda connection: asking.ask(
                connection, case=case_id, kind=str(typed.get("kind") or asking.INFORMATION),
                points=[Point(str(each["words"]), str(each.get("kind") or "")) for each in typed["points"]],
                due_on=due_on, actor=visitor.actor, now=visitor.now,
            )
        )  # fmt: skip
    except Invalid as refusal:
        return _form_page(request, visitor, file, typed, refusal.fields, refusal.status)
    said = Text(
        "已记录，组织尚未收到。请生成链接或二维码发给组织。",
        "It is recorded; the organization does not know of it yet: make a link or QR code and send it.",
    )
    return go(request, f"/cases/{case_id}/requests/{made}", said)


@router.get("/cases/{case_id}/requests/{request_id}")
def request_page(request: Request, visiting: Visiting, case_id: PublicId, request_id: PublicId) -> Response:
    """A request: its links, and what arrived."""
    return _request_page(request, visiting, case_id, request_id)


@router.post("/cases/{case_id}/requests/{request_id}/links")
def post_link(request: Request, sending: Sending, case_id: PublicId, request_id: PublicId) -> Response:
    """Make a link and show it, once: to print as a QR code, or to copy as a message."""
    visitor = sending.visitor
    file = _file(visitor, case_id)
    last_day, wrong = day(sending.form, "last_day")
    if wrong:
        return _request_page(request, visitor, case_id, request_id, wrong_day=wrong[0], status=422)
    try:
        made = visitor.caller.write(
            lambda connection: links.make_link(
                connection, case=case_id, request=request_id, actor=visitor.actor, now=visitor.now, last_day=last_day
            )
        )
    except Conflict as refusal:
        return go(request, f"/cases/{case_id}/requests/{request_id}", refusal.detail, kind="warning")
    except Invalid as refusal:
        return _request_page(
            request, visitor, case_id, request_id, wrong_day=_said(refusal), status=refusal.status,
            last_day=one(sending.form, "last_day"),
        )  # fmt: skip
    line = visitor.caller.read(lambda connection: find_request(connection, visitor.actor, case_id, request_id))
    url = f"{base_address(request, visitor)}/r/{made.token}"
    # Drawn into the page, since its address would hold the secret once more.
    code = segno.make(url, error="m", micro=False).svg_inline(scale=5, border=4, svgclass="qr", lineclass=None)
    return page(
        request, visitor.reader, "asking_link.html", here="worklist", url=url, qr=Markup(code),  # noqa: S704 - segno's own
        message=asking_view.message(file, line, visitor.reader.street, url), last_day=asking_view.last_day(made.expires_at),
        address=f"/cases/{case_id}/requests/{request_id}", points=line.points, due=line.due_on, **asking_view.head(file),
    )  # fmt: skip


@router.post("/cases/{case_id}/requests/{request_id}/links/{link_id}/revoke")
def post_revoke(
    request: Request, sending: Sending, case_id: PublicId, request_id: PublicId, link_id: PublicId
) -> Response:
    """Let a link show nothing any more."""
    visitor = sending.visitor
    visitor.caller.write(
        lambda connection: links.revoke_link(
            connection, case=case_id, request=request_id, link=link_id, actor=visitor.actor, now=visitor.now
        )
    )
    said = Text("链接已撤销，打开后不再显示任何内容。", "The link is revoked and shows nothing any more.")
    return go(request, f"/cases/{case_id}/requests/{request_id}", said)


@router.post("/cases/{case_id}/requests/{request_id}/withdraw")
def post_withdraw(request: Request, sending: Sending, case_id: PublicId, request_id: PublicId) -> Response:
    """Ask no more."""
    visitor, words = sending.visitor, one(sending.form, "words")
    return _changed(
        request, visitor, case_id, request_id,
        lambda connection: asking.withdraw(
            connection, case=case_id, request=request_id, words=words, actor=visitor.actor, now=visitor.now
        ),
        Text("请求已撤销，链接随之失效。", "The request is withdrawn, and its links with it."),
    )  # fmt: skip


@router.post("/cases/{case_id}/requests/{request_id}/answered")
def post_answered(request: Request, sending: Sending, case_id: PublicId, request_id: PublicId) -> Response:
    """Note that it was answered otherwise, such as on paper."""
    visitor, words = sending.visitor, one(sending.form, "words")
    return _changed(
        request, visitor, case_id, request_id,
        lambda connection: asking.answer_otherwise(
            connection, case=case_id, request=request_id, words=words, actor=visitor.actor, now=visitor.now
        ),
        Text("已登记为另行答复。", "It is noted as answered."),
    )  # fmt: skip


@router.post("/cases/{case_id}/requests/{request_id}/submissions/{submission_id}/accept")
def post_accept(
    request: Request, sending: Sending, case_id: PublicId, request_id: PublicId, submission_id: PublicId
) -> Response:
    """Accept what arrived; the files go into the case as the documents that were chosen."""
    visitor, form = sending.visitor, sending.form
    kinds = {
        name.removeprefix(_KIND_OF): value
        for name, value in form.multi_items()
        if name.startswith(_KIND_OF) and isinstance(value, str)
    }
    return _changed(
        request, visitor, case_id, request_id,
        lambda connection: submission_review.accept(
            connection, case=case_id, request=request_id, submission=submission_id, kinds=kinds, actor=visitor.actor,
            now=visitor.now, words=one(form, "words"), answered=bool(one(form, "answered")),
        ),
        Text("已收下，归入案卷的文件见案件“材料”。案件环节未变。",
             "Accepted; what went into the case stands among its documents. The case has not moved."),
    )  # fmt: skip


@router.post("/cases/{case_id}/requests/{request_id}/submissions/{submission_id}/decline")
def post_decline(
    request: Request, sending: Sending, case_id: PublicId, request_id: PublicId, submission_id: PublicId
) -> Response:
    """Send it back with a reason."""
    visitor, words = sending.visitor, one(sending.form, "words")
    return _changed(
        request, visitor, case_id, request_id,
        lambda connection: submission_review.decline(
            connection, case=case_id, request=request_id, submission=submission_id, words=words, actor=visitor.actor,
            now=visitor.now,
        ),
        Text("已退回，组织可在链接中看到原因并重新提交。", "Sent back: the organization reads why at its link."),
    )  # fmt: skip


@router.get("/cases/{case_id}/requests/{request_id}/files/{file_id}")
def submitted_file(visiting: Visiting, case_id: PublicId, request_id: PublicId, file_id: PublicId) -> Response:
    """A file that arrived; that it was looked at is recorded."""
    caller, actor = visiting.caller, visiting.actor

    def look(connection: Connection) -> Any:
        line = find_request(connection, actor, case_id, request_id)
        require(actor, Permission.ASK_ORGANIZATION, street_id=line.street_id, community_id=line.community_id)
        return submission_review.submitted_file(connection, line, file_id)

    row = caller.read(look)
    content = read_content(visiting.service.settings.data_dir, row.sha256)
    caller.write(lambda connection: submission_review.note_reading(connection, actor, row, visiting.now))
    return document_response(content, row.filename, row.media_type)


def base_address(request: Request, visitor: Visitor) -> str:
    """Where people outside reach the service: as set, else where this page was asked for."""
    return visitor.service.settings.public_url or str(request.base_url).rstrip("/")


def _file(visitor: Visitor, case_id: str) -> CaseFile:
    """The case, for whoever may ask its organization for something."""
    require_staff(visitor.actor)
    file = file_of(visitor, case_id)
    area = {"street_id": file.case.street_id, "community_id": file.case.community_id}
    require(visitor.actor, Permission.ASK_ORGANIZATION, **area)
    return file


def _form_page(
    request: Request, visitor: Visitor, file: CaseFile, values: Mapping[str, Any] | None = None,
    errors: Mapping[str, Sequence[Text]] | None = None, status: int = 200,
) -> Response:  # fmt: skip
    calendar = visitor.caller.read(lambda connection: street_calendar(connection, visitor.actor))
    schema, begins = asking_view.asking_form(file, calendar, visitor.now)
    return page(
        request, visitor.reader, "asking_new.html", here="worklist", status=status, schema=schema,
        values=dict(values) if values is not None else begins, errors=dict(errors or {}), open=file.case.open,
        **asking_view.head(file),
    )  # fmt: skip


def _request_page(
    request: Request, visitor: Visitor, case_id: str, request_id: str, error: Text | None = None, status: int = 200,
    wrong_day: Text | None = None, last_day: str = "",
) -> Response:  # fmt: skip
    file = _file(visitor, case_id)

    def look(connection: Connection) -> dict[str, Any]:
        line = find_request(connection, visitor.actor, case_id, request_id)
        return asking_view.request_page(
            file, street_calendar(connection, visitor.actor), line, links_of(connection, line.id),
            submissions_of(connection, line.id), visitor.now,
        )  # fmt: skip

    return page(
        request, visitor.reader, "asking_request.html", here="worklist", status=status, error=error,
        longest=asking.LONGEST_WORDS, wrong_day=wrong_day, last_day=last_day, **visitor.caller.read(look),
    )  # fmt: skip


def _changed(
    request: Request, visitor: Visitor, case_id: str, request_id: str, work: Callable[[Connection], Any], done: Text
) -> Response:
    """Do something to a request and go back to it; why it was not done stands above its page."""
    try:
        visitor.caller.write(work)
    except Conflict as refusal:
        return go(request, f"/cases/{case_id}/requests/{request_id}", refusal.detail, kind="warning")
    except Invalid as refusal:
        return _request_page(request, visitor, case_id, request_id, _said(refusal), refusal.status)
    return go(request, f"/cases/{case_id}/requests/{request_id}", done)


def _said(refusal: Refused) -> Text:
    texts = [text for each in getattr(refusal, "fields", {}).values() for text in each] or [refusal.detail]
    return Text("；".join(text.zh for text in texts), "; ".join(text.en for text in texts))

"""The templates of the office's papers: read, taken away to edit, sent back, checked, previewed and put in use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.datastructures import UploadFile
from starlette.responses import Response

from api.document_response import document_response
from api.pages import kept_uploads
from api.pages import paper_templates_view as view
from api.pages.rendering import go, page
from api.pages.submitted import one, whole
from api.pages.visitors import Sending, Visiting, Visitor
from incubator.errors import Invalid
from incubator.papers.catalogue import PAPERS, paper_of
from incubator.papers.checking import Fault
from incubator.papers.filling import filled
from incubator.queries.visibility import Permission, require
from incubator.services import paper_templates as templates
from incubator.services.paper_templates import TemplateFaulty
from incubator.services.uploads import DOCX, UploadRefused
from incubator.text import Text

router = APIRouter()

ADDRESS = "/templates"


@router.get(ADDRESS)
def papers(request: Request, visiting: Visiting) -> Response:
    """Every paper of the office with what it is made from now."""
    _allowed(visiting)
    street_id, data_dir = visiting.actor.street_id, visiting.service.settings.data_dir
    rows = visiting.caller.read(
        lambda connection: [
            view.line(paper, templates.in_use(connection, street_id, paper.key, data_dir)) for paper in PAPERS.values()
        ]
    )
    return page(
        request, visiting.reader, "paper_templates.html", here="templates", columns=view.LIST_COLUMNS, rows=rows
    )


@router.get(f"{ADDRESS}/{{key}}")
def paper_page(request: Request, visiting: Visiting, key: str) -> Response:
    """One paper: its fields, its versions, and the form for a template of the office's own."""
    _allowed(visiting)
    return _page(request, visiting, key)


@router.get(f"{ADDRESS}/{{key}}/in-use")
def download(visiting: Visiting, key: str) -> Response:
    """The template that is used now, to be edited."""
    _allowed(visiting)
    return _docx(_in_use(visiting, key), f"{paper_of(key).title.zh}（模板）.docx")


@router.get(f"{ADDRESS}/{{key}}/sample")
def sample(visiting: Visiting, key: str) -> Response:
    """The template that is used now, filled in with the sample."""
    _allowed(visiting)
    paper = paper_of(key)
    return _docx(filled(_in_use(visiting, key), paper.sample()), f"{paper.title.zh}（样例）.docx")


@router.get(f"{ADDRESS}/{{key}}/versions/{{version}}")
def earlier(visiting: Visiting, key: str, version: int) -> Response:
    """A version as it was sent; 0 is the shipped template."""
    _allowed(visiting)
    data_dir = visiting.service.settings.data_dir
    name, content = visiting.caller.read(
        lambda connection: templates.content_of(connection, visiting.actor, key, version, data_dir)
    )
    return _docx(content, name)


@router.post(f"{ADDRESS}/{{key}}/preview")
def preview(request: Request, sending: Sending, key: str) -> Response:
    """Check a template that was sent; without a fault it can be looked at and put in use."""
    visitor = sending.visitor
    _allowed(visitor)
    sent = sending.form.get("file")
    if not isinstance(sent, UploadFile) or not sent.filename:
        words = Text("请先选择文件", "Choose a file first")
        return _page(request, visitor, key, refused=words, status=422)
    content, data_dir = sent.file.read(), visitor.service.settings.data_dir
    try:
        upload = templates.checked(data_dir, key, filename=sent.filename, content=content)
    except TemplateFaulty as refusal:
        return _page(request, visitor, key, refused=refusal.detail, faults=refusal.faults, status=refusal.status)
    except UploadRefused as refusal:
        return _page(request, visitor, key, refused=refusal.detail, status=refusal.status)
    kept = kept_uploads.keep(data_dir, visitor.actor.person_id, content, visitor.now)
    return _page(request, visitor, key, ready={"upload": kept, "filename": upload.filename})


@router.get(f"{ADDRESS}/{{key}}/previews/{{upload}}")
def filled_preview(visiting: Visiting, key: str, upload: str) -> Response:
    """A checked template filled in with the sample, before it is used."""
    _allowed(visiting)
    paper = paper_of(key)
    data_dir = visiting.service.settings.data_dir
    content = kept_uploads.kept(data_dir, visiting.actor.person_id, upload, visiting.now)
    return _docx(filled(content, paper.sample()), f"{paper.title.zh}（预览）.docx")


@router.post(f"{ADDRESS}/{{key}}/use")
def use(request: Request, sending: Sending, key: str) -> Response:
    """Put the checked template in use from the next paper on."""
    visitor = sending.visitor
    _allowed(visitor)
    data_dir = visitor.service.settings.data_dir
    upload, filename = one(sending.form, "upload"), one(sending.form, "filename")[:200]
    reason = one(sending.form, "reason")
    content = kept_uploads.kept(data_dir, visitor.actor.person_id, upload, visitor.now)
    try:
        checked = templates.checked(data_dir, key, filename=filename, content=content)
        version = visitor.caller.write(
            lambda connection: templates.use_own(
                connection, key=key, upload=checked, reason=reason, actor=visitor.actor, now=visitor.now
            )
        )
    except Invalid as refusal:
        ready = {"upload": upload, "filename": filename, "reason": reason}
        return _page(request, visitor, key, ready=ready, errors=refusal.fields, status=refusal.status)
    said = Text(
        f"第 {version} 版已启用，以后出具的文书按新模板生成；已经生成的不变。",
        f"Version {version} is in use from the next paper on; papers already made stay as they are.",
    )
    return go(request, f"{ADDRESS}/{key}", said)


@router.post(f"{ADDRESS}/{{key}}/versions")
def go_back(request: Request, sending: Sending, key: str) -> Response:
    """Go back to an earlier version or to the shipped template."""
    visitor = sending.visitor
    _allowed(visitor)
    data_dir = visitor.service.settings.data_dir
    asked, reason = whole(sending.form, "version"), one(sending.form, "reason")
    try:
        visitor.caller.write(
            lambda connection: templates.use_version(
                connection, key=key, version=-1 if asked is None else asked, reason=reason, data_dir=data_dir,
                actor=visitor.actor, now=visitor.now,
            )
        )  # fmt: skip
    except TemplateFaulty as refusal:
        return _page(request, visitor, key, refused=refusal.detail, faults=refusal.faults, status=refusal.status)
    except Invalid as refusal:
        return _page(request, visitor, key, back_errors=refusal.fields, back_reason=reason, status=refusal.status)
    said = Text("已更换，以后出具的文书按所选模板生成。", "Changed: papers are made from that template from now on.")
    return go(request, f"{ADDRESS}/{key}", said)


def _allowed(visitor: Visitor) -> None:
    require(visitor.actor, Permission.MANAGE_TEMPLATES, street_id=visitor.actor.street_id)


def _in_use(visitor: Visitor, key: str) -> bytes:
    paper_of(key)
    street_id, data_dir = visitor.actor.street_id, visitor.service.settings.data_dir
    return visitor.caller.read(lambda connection: templates.in_use(connection, street_id, key, data_dir)).content


def _docx(content: bytes, filename: str) -> Response:
    return document_response(content, filename, DOCX)


def _page(
    request: Request, visitor: Visitor, key: str, *, refused: Text | None = None, faults: Sequence[Fault] = (),
    ready: dict[str, Any] | None = None, errors: Any = None, back_errors: Any = None, back_reason: str = "",
    status: int = 200,
) -> Response:  # fmt: skip
    paper, actor, data_dir = paper_of(key), visitor.actor, visitor.service.settings.data_dir

    def look(connection: Connection) -> dict[str, Any]:
        used = templates.in_use(connection, actor.street_id, key, data_dir)
        return {
            "used": view.in_use_words(used),
            "own": used.own,
            "past": view.past(templates.versions(connection, actor, key)),
        }

    return page(
        request, visitor.reader, "paper_template.html", here="templates", status=status, paper=paper,
        columns=view.FIELD_COLUMNS, fields=view.fields(paper), refused=refused, faults=faults, ready=ready,
        errors=dict(errors or {}), back_errors=dict(back_errors or {}), back_reason=back_reason,
        max_bytes=templates.MOST_MB * 1024 * 1024, reason_schema=view.REASON,
        **visitor.caller.read(look),
    )  # fmt: skip

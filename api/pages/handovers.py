"""Handovers: everything in hand given to a colleague after a look at what goes, the list to print, its signatures."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from sqlalchemy import Connection
from starlette.datastructures import UploadFile
from starlette.responses import Response

from api.addresses import PublicId
from api.document_response import document_response
from api.pages import handovers_view
from api.pages.rendering import go, page
from api.pages.submitted import answers, one
from api.pages.visitors import Sending, Visiting, Visitor, require_staff
from incubator.engine import forms
from incubator.engine.refusals import IdempotencyKeyReused
from incubator.errors import Conflict, Invalid, NotFound
from incubator.queries.absences import away_on, may_arrange, staff
from incubator.queries.handovers import HandoverFile, handover_of, handovers
from incubator.services.documents import read_content
from incubator.services.handovers import (
    LONGEST_REASON,
    attach_signed_list,
    countersign,
    hand_over,
    note_reading,
    require_attaching,
    seen_as,
    to_hand_over,
)
from incubator.services.uploads import UploadRefused, keep_upload
from incubator.text import Text

router = APIRouter()

ADDRESS = "/handovers"
Person = Annotated[str, Query(max_length=64)]
_REASON = forms.text(
    "reason", Text("移交原因", "Why"), longest=LONGEST_REASON, lines=True,
    hint=Text("如调离、轮岗、产假；写入清单和办理经过", "It stands on the list and in the cases' history"),
)  # fmt: skip
_FORM = forms.form(_REASON)
_CHOOSE = Text("请先选择签字清单的扫描件", "Choose the scan of the signed list first")


@router.get(ADDRESS)
def list_page(request: Request, visiting: Visiting, cursor: str = "") -> Response:
    """The handovers that the reader may see, the newest first."""
    require_staff(visiting.actor)
    found = visiting.caller.read(lambda connection: handovers(connection, visiting.actor, cursor=cursor))
    return page(
        request, visiting.reader, "handovers.html", here="handovers",
        columns=handovers_view.COLUMNS, rows=[handovers_view.line(each, visiting.actor) for each in found.items],
        next_page=f"{ADDRESS}?cursor={found.next_cursor}" if found.next_cursor else None,
        first_page=ADDRESS if cursor else None,
    )  # fmt: skip


@router.get(f"{ADDRESS}/new")
def new_page(
    request: Request, visiting: Visiting, giver: Annotated[str, Query(alias="from", max_length=64)] = "",
    taker: Annotated[str, Query(alias="to", max_length=64)] = "",
) -> Response:  # fmt: skip
    """Choose who takes over, and see of everything in hand whether it goes."""
    require_staff(visiting.actor)
    return _new(request, visiting, giver, taker, {})


@router.post(ADDRESS)
def create(request: Request, sending: Sending) -> Response:
    """Hand over what was confirmed, or show the list again with why nothing went."""
    visitor, form = sending.visitor, sending.form
    giver, taker = one(form, "from"), one(form, "to")
    typed = answers(_FORM, form)
    if faults := forms.faults(_FORM, typed):
        return _new(request, visitor, giver, taker, typed, faults, status=422)
    try:
        made = visitor.caller.write(
            lambda connection: hand_over(
                connection, giver=giver, taker=taker, reason=typed["reason"], seen=one(form, "seen"),
                actor=visitor.actor, now=visitor.now, key=one(form, "idempotency_key")[:200],
            )
        )  # fmt: skip
    except Invalid as refusal:
        return _new(request, visitor, giver, taker, typed, refusal.fields, status=refusal.status)
    except (Conflict, IdempotencyKeyReused) as refusal:
        return _new(request, visitor, giver, taker, typed, refused=refusal.detail, status=refusal.status)
    words = Text(
        "已移交，并已通知接收人。请打印清单，由双方签字。",
        "Handed over, and the colleague is told. Print the list for both to sign.",
    )
    return go(request, f"{ADDRESS}/{made}", words)


@router.get(f"{ADDRESS}/{{handover_id}}")
def one_page(request: Request, visiting: Visiting, handover_id: PublicId) -> Response:
    """The list of a handover, which prints on A4, with its signatures."""
    require_staff(visiting.actor)
    return _one(request, visiting, handover_id)


@router.post(f"{ADDRESS}/{{handover_id}}/countersign")
def post_countersign(request: Request, sending: Sending, handover_id: PublicId) -> Response:
    """Sign the list as the one who took over."""
    visitor = sending.visitor
    visitor.caller.write(
        lambda connection: countersign(connection, handover=handover_id, actor=visitor.actor, now=visitor.now)
    )
    return go(request, f"{ADDRESS}/{handover_id}", Text("已签收。", "Countersigned."))


@router.post(f"{ADDRESS}/{{handover_id}}/document")
def post_document(request: Request, sending: Sending, handover_id: PublicId) -> Response:
    """Hand in the scan of the list that both signed."""
    visitor = sending.visitor
    file = _read(visitor, handover_id)
    require_attaching(file, visitor.actor)  # before anything is written to the disk
    sent = sending.form.get("file")
    if not isinstance(sent, UploadFile) or not sent.filename:
        return _one(request, visitor, handover_id, refused=_CHOOSE, status=422)
    settings = visitor.service.settings
    try:
        upload = keep_upload(
            settings.data_dir, filename=sent.filename, content=sent.file.read(), most_mb=settings.upload_limit_mb
        )
    except UploadRefused as refusal:
        return _one(request, visitor, handover_id, refused=refusal.detail, status=refusal.status)
    visitor.caller.write(
        lambda connection: attach_signed_list(
            connection, handover=handover_id, upload=upload, actor=visitor.actor, now=visitor.now
        )
    )
    return go(request, f"{ADDRESS}/{handover_id}", Text("签字清单已上传。", "The signed list is kept."))


@router.get(f"{ADDRESS}/{{handover_id}}/document")
def document(visiting: Visiting, handover_id: PublicId) -> Response:
    """The scan of the signed list; that it was read is recorded."""
    file = _read(visiting, handover_id)
    if file.signed_list is None:
        raise NotFound(Text("尚未上传签字清单", "No signed list was handed in yet"))
    content = read_content(visiting.service.settings.data_dir, file.signed_list.sha256)
    visiting.caller.write(lambda connection: note_reading(connection, visiting.actor, file, visiting.now))
    return document_response(content, file.signed_list.name, file.signed_list.media_type)


def _read(visitor: Visitor, handover_id: str) -> HandoverFile:
    return visitor.caller.read(lambda connection: handover_of(connection, visitor.actor, handover_id))


def _one(
    request: Request, visitor: Visitor, handover_id: str, *, refused: Text | None = None, status: int = 200
) -> Response:
    file = _read(visitor, handover_id)
    most = visitor.service.settings.upload_limit_mb * 1024 * 1024
    return page(
        request, visitor.reader, "handover.html", here="handovers", status=status, refused=refused, max_bytes=most,
        **handovers_view.whole(file, visitor.actor),
    )  # fmt: skip


def _new(
    request: Request, visitor: Visitor, giver: str, taker: str, values: Mapping[str, Any],
    errors: Mapping[str, Sequence[Text]] | None = None, *, refused: Text | None = None, status: int = 200,
) -> Response:  # fmt: skip
    actor, day = visitor.actor, visitor.today
    giver = giver or actor.public_id

    def look(connection: Connection) -> dict[str, Any]:
        colleagues = staff(connection, actor, day, day)
        away = away_on(connection, actor, day)
        shown: dict[str, Any] = {
            "givers": [each.person for each in colleagues if may_arrange(actor, each.person.id)],
            "takers": [each.person for each in colleagues if each.person.public_id != giver],
            "preview": None,
        }
        if taker and taker != giver:
            gives, takes, held = to_hand_over(connection, giver=giver, taker=taker, actor=actor, now=visitor.now)
            shown["preview"] = {
                "giver": gives,
                "taker": takes,
                "seen": seen_as(held),
                "away": handovers_view.away(away.get(takes.id)),
                "going": handovers_view.rows([each.item for each in held if each.item.goes]),
                "left": handovers_view.rows([each.item for each in held if not each.item.goes]),
            }
        return shown

    return page(
        request, visitor.reader, "handover_new.html", here="handovers", status=status, giver=giver, taker=taker,
        schema=_FORM, values=dict(values), errors=dict(errors or {}), refused=refused,
        key=secrets.token_urlsafe(16), columns=handovers_view.LIST_COLUMNS, **visitor.caller.read(look),
    )  # fmt: skip

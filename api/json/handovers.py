"""Handovers: everything in hand given to a colleague, the list and its signatures: `/handovers`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, File, Query, UploadFile
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.addresses import PublicId
from api.callers import Caller, Reading, Working
from api.document_response import document_response
from api.json.refs import PersonRef
from api.json.shapes import Body, Cursor, IdempotencyKey, Limit, Listed, due_out, refusals
from incubator.clock import SHANGHAI
from incubator.errors import NotFound
from incubator.queries.handovers import HandoverFile, HandoverItem, handover_of, handovers
from incubator.queries.paging import USUAL
from incubator.queries.people import PersonName
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
from incubator.services.uploads import MEDIA_TYPES, keep_upload
from incubator.text import Text

router = APIRouter(tags=["handovers"])

_KINDS = sorted(set(MEDIA_TYPES.values()))


class HandoverIn(Body):
    """Who gives (the caller where null), who takes, why; `seen` of a preview lets nothing go that was not in it."""

    from_person_id: str | None = Field(default=None, max_length=64)
    to_person_id: str = Field(max_length=64)
    reason: str = Field(default="", max_length=LONGEST_REASON)
    seen: str | None = Field(default=None, max_length=64)


class HandoverItemOut(BaseModel):
    """One thing in hand; a step of a case goes over, and `remark` says why anything else does not."""

    kind: str
    case_id: str | None
    number: str
    organization: str
    matter: str
    step: str | None
    due: date | None
    goes: bool
    remark: str | None


class PreviewOut(BaseModel):
    """What would become of everything in hand; `seen` confirms this very list."""

    from_person: PersonRef
    to_person: PersonRef
    seen: str
    items: list[HandoverItemOut]


class SignedListOut(BaseModel):
    """The scan of the signed list."""

    filename: str
    media_type: str
    size: int
    sha256: str


class HandoverOut(BaseModel):
    """A handover with its list, as it was made."""

    id: str
    number: str
    from_person: PersonRef
    to_person: PersonRef
    made_by: PersonRef
    made_at: datetime
    reason: str
    state: str
    countersigned_at: datetime | None
    signed_list: SignedListOut | None
    items: list[HandoverItemOut]


@router.get("/handovers", responses=refusals(403, 422))
def list_handovers(caller: Reading, cursor: Cursor = "", limit: Limit = USUAL) -> Listed[HandoverOut]:
    """The handovers that the caller may see, the newest first."""
    page = caller.read(lambda connection: handovers(connection, caller.actor, cursor=cursor, limit=limit))
    return Listed(items=[_out(caller, each) for each in page.items], next_cursor=page.next_cursor)


@router.get("/handovers/preview", responses=refusals(403, 404, 422))
def preview_handover(
    caller: Reading,
    to_person_id: Annotated[str, Query(max_length=64)],
    from_person_id: Annotated[str, Query(max_length=64, description="The caller where empty")] = "",
) -> PreviewOut:
    """Of everything that somebody has in hand whether it can go to a colleague, and why not."""
    giver, taker, held = caller.read(
        lambda connection: to_hand_over(
            connection, giver=from_person_id or caller.actor.public_id, taker=to_person_id, actor=caller.actor,
            now=caller.now,
        )
    )  # fmt: skip
    items = [_item(each.item, caller.language) for each in held]
    return PreviewOut(from_person=_ref(giver), to_person=_ref(taker), seen=seen_as(held), items=items)


@router.post("/handovers", status_code=201, responses=refusals(403, 404, 409, 422))
def post_handover(caller: Working, body: HandoverIn, idempotency_key: IdempotencyKey = "") -> HandoverOut:
    """Give everything that can go to the colleague, in one moment."""
    made = caller.write(
        lambda connection: hand_over(
            connection, giver=body.from_person_id or caller.actor.public_id, taker=body.to_person_id,
            reason=body.reason, seen=body.seen, actor=caller.actor, now=caller.now, key=idempotency_key,
        )
    )  # fmt: skip
    return get_handover(caller, made)


@router.get("/handovers/{handover_id}", responses=refusals(403, 404, 422))
def get_handover(caller: Reading, handover_id: PublicId) -> HandoverOut:
    """A handover with its list."""
    return _out(caller, _file(caller, handover_id))


@router.post("/handovers/{handover_id}/countersign", responses=refusals(403, 404, 422))
def post_countersign(caller: Working, handover_id: PublicId) -> HandoverOut:
    """Sign the list as the one who took over."""
    signed = caller.write(
        lambda connection: countersign(connection, handover=handover_id, actor=caller.actor, now=caller.now)
    )
    return _out(caller, signed)


@router.post("/handovers/{handover_id}/document", status_code=201, responses=refusals(403, 404, 413, 422))
def post_signed_list(caller: Working, handover_id: PublicId, file: Annotated[UploadFile, File()]) -> HandoverOut:
    """Hand in the scan of the list that both signed."""
    require_attaching(_file(caller, handover_id), caller.actor)
    settings = caller.service.settings
    upload = keep_upload(
        settings.data_dir,
        filename=file.filename or "",
        content=file.file.read(),
        most_mb=settings.upload_limit_mb,
    )
    kept = caller.write(
        lambda connection: attach_signed_list(
            connection, handover=handover_id, upload=upload, actor=caller.actor, now=caller.now
        )
    )
    return _out(caller, kept)


@router.get(
    "/handovers/{handover_id}/document",
    response_class=Response,
    responses={
        200: {"content": {each: {} for each in _KINDS}, "description": "The scan as it was handed in"},
        **refusals(403, 404, 422),
    },
)
def get_signed_list(caller: Reading, handover_id: PublicId) -> Response:
    """The scan of the signed list; that it was read is recorded."""
    file = _file(caller, handover_id)
    if file.signed_list is None:
        raise NotFound(Text("尚未上传签字清单", "No signed list was handed in yet"))
    content = read_content(caller.service.settings.data_dir, file.signed_list.sha256)
    caller.write(lambda connection: note_reading(connection, caller.actor, file, caller.now))
    return document_response(content, file.signed_list.name, file.signed_list.media_type)


def _file(caller: Caller, handover_id: str) -> HandoverFile:
    return caller.read(lambda connection: handover_of(connection, caller.actor, handover_id))


def _out(caller: Caller, file: HandoverFile) -> HandoverOut:
    scan = file.signed_list
    return HandoverOut(
        id=file.public_id,
        number=file.number,
        from_person=_ref(file.giver),
        to_person=_ref(file.taker),
        made_by=_ref(file.made_by),
        made_at=file.made_at.astimezone(SHANGHAI),
        reason=file.reason,
        state=file.state.value,
        countersigned_at=file.countersigned_at.astimezone(SHANGHAI) if file.countersigned_at else None,
        signed_list=SignedListOut(
            filename=scan.name, media_type=scan.media_type, size=scan.size, sha256=scan.sha256
        ) if scan else None,
        items=[_item(each, caller.language) for each in file.items],
    )  # fmt: skip


def _item(item: HandoverItem, language: str) -> HandoverItemOut:
    return HandoverItemOut(
        kind=item.kind,
        case_id=item.case_id or None,
        number=item.number,
        organization=item.organization,
        matter=item.matter.read(language),
        step=item.step.read(language) if item.step else None,
        due=due_out(item.due_on),
        goes=item.goes,
        remark=item.remark.read(language) if item.remark else None,
    )


def _ref(person: PersonName) -> PersonRef:
    return PersonRef(id=person.public_id, name=person.name)

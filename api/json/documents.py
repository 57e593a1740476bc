"""Documents: handed in with a case, read, taken back: `/cases/{id}/documents`, `/documents/{id}`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, Form, Query, UploadFile
from fastapi.responses import Response
from pydantic import BaseModel

from api.addresses import PublicId
from api.callers import Reading, Working
from api.document_response import document_response
from api.json.shapes import refusals
from incubator.services import case_documents
from incubator.services.documents import read_content
from incubator.services.uploads import MEDIA_TYPES, keep_upload

router = APIRouter(tags=["documents"])

_KINDS = sorted(set(MEDIA_TYPES.values()))


class AddedOut(BaseModel):
    """A document that was added."""

    id: str
    kind: str
    filename: str
    media_type: str
    size: int
    sha256: str


@router.post("/cases/{case_id}/documents", status_code=201, responses=refusals(403, 404, 409, 413, 422))
def add_document(
    caller: Working,
    case_id: PublicId,
    kind: Annotated[str, Form(max_length=60)],
    file: Annotated[UploadFile, File()],
) -> AddedOut:
    """Add a document of a kind that the case's step takes: PDF, JPEG, PNG, DOCX or XLSX."""
    settings = caller.service.settings
    upload = keep_upload(
        settings.data_dir,
        filename=file.filename or "",
        content=file.file.read(),
        most_mb=settings.upload_limit_mb,
    )
    added = caller.write(
        lambda connection: case_documents.attach(
            connection, case=case_id, kind=kind, upload=upload, actor=caller.actor, now=caller.now
        )
    )
    return AddedOut(
        id=added.public_id,
        kind=kind,
        filename=upload.filename,
        media_type=upload.media_type,
        size=upload.size,
        sha256=upload.sha256,
    )


@router.get(
    "/documents/{document_id}",
    response_class=Response,
    responses={
        200: {"content": {each: {} for each in _KINDS}, "description": "The file as it was handed in"},
        **refusals(403, 404, 422),
    },
)
def get_document(caller: Reading, document_id: PublicId) -> Response:
    """A document's content; that it was read is recorded."""
    row = caller.read(lambda connection: case_documents.document_row(connection, caller.actor, document_id))
    content = read_content(caller.service.settings.data_dir, row.sha256)
    caller.write(lambda connection: case_documents.note_reading(connection, caller.actor, row, caller.now))
    return document_response(content, row.filename, row.media_type)


@router.delete("/documents/{document_id}", status_code=204, responses=refusals(403, 404, 409, 422))
def take_back_document(
    caller: Working, document_id: PublicId, comment: Annotated[str, Query(max_length=500)] = ""
) -> None:
    """Take a document out of a case that still takes its kind; it stays on record."""
    caller.write(
        lambda connection: case_documents.take_back(
            connection, document=document_id, actor=caller.actor, now=caller.now, comment=comment
        )
    )

"""A case's documents on its page: handed in, read, taken back."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.responses import PlainTextResponse, Response

from api.addresses import PublicId
from api.document_response import document_response
from api.pages import flashes
from api.pages.case_papers import RefusedFiles
from api.pages.cases import case_response, file_of
from api.pages.rendering import go
from api.pages.submitted import one
from api.pages.visitors import Sending, Visiting
from incubator.errors import Invalid
from incubator.queries.visibility import Permission, require
from incubator.services import case_documents
from incubator.services.documents import read_content
from incubator.services.uploads import Upload, UploadRefused, keep_upload
from incubator.text import Text

router = APIRouter()

_CHOOSE = Text("请先选择文件", "Choose a file first")
_NONE_KEPT = Text("本次选择的文件均未上传，请重新选择。", "None of the files was kept: choose them again.")


@router.post("/cases/{case_id}/documents")
def add_documents(request: Request, sending: Sending, case_id: PublicId) -> Response:
    """Hand in the files of one kind, all of them or none; why a file was not taken stands beside its document.

    Asked `quietly`, the answer is where to go next, or the reasons, as plain text.
    """
    visitor = sending.visitor
    quietly = bool(one(sending.form, "quietly"))  # a script asks, which shows the way that a large file has come
    file = file_of(visitor, case_id)
    if not case_documents.may_hand_in(file.case, file.step, file.choices, visitor.actor):
        area = {"street_id": file.case.street_id, "community_id": file.case.community_id}
        require(visitor.actor, Permission.ADD_DOCUMENT, **area)  # before anything is written to the disk
    kind = one(sending.form, "kind")
    sent = [each for each in sending.form.getlist("file") if isinstance(each, UploadFile) and each.filename]
    settings = visitor.service.settings
    uploads: list[Upload] = []
    reasons: list[Text] = [] if sent else [_CHOOSE]
    for each in sent:
        try:
            uploads.append(
                keep_upload(
                    settings.data_dir,
                    filename=each.filename or "",
                    content=each.file.read(),
                    most_mb=settings.upload_limit_mb,
                )
            )
        except UploadRefused as refused:
            reasons.append(refused.detail)
    if not reasons:
        try:
            visitor.caller.write(
                lambda connection: [
                    case_documents.attach(
                        connection, case=case_id, kind=kind, upload=upload, actor=visitor.actor, now=visitor.now
                    )
                    for upload in uploads
                ]
            )
        except Invalid as full:
            reasons.append(full.detail)
        else:
            address = f"/cases/{case_id}#document-{kind}"
            if quietly:
                answer = PlainTextResponse(address)
                flashes.tell(answer, "success", _added(uploads), secure=request.url.scheme == "https")
                return answer
            return go(request, address, _added(uploads))
    if kind not in case_documents.wanted(file.definition, file.step, file.policy):
        raise UploadRefused(reasons[0])
    if len(sent) > 1:
        reasons.append(_NONE_KEPT)
    if quietly:
        return PlainTextResponse("\n".join(each.read(visitor.language) for each in reasons), 422)
    return case_response(request, visitor, file, refused_files=RefusedFiles(kind, reasons), status=422)


@router.post("/documents/{document_id}/remove")
def take_back_document(request: Request, sending: Sending, document_id: PublicId) -> Response:
    """Take a document out of its case; it stays on record."""
    visitor = sending.visitor
    case = visitor.caller.write(
        lambda connection: case_documents.take_back(
            connection, document=document_id, actor=visitor.actor, now=visitor.now
        )
    )
    said = Text("材料已移除，办理经过中留有记录。", "The document was removed; the history keeps it.")
    return go(request, f"/cases/{case}#documents", said)


@router.get("/documents/{document_id}")
def document(visiting: Visiting, document_id: PublicId) -> Response:
    """A document's content; that it was read is recorded."""
    caller, actor = visiting.caller, visiting.actor
    row = caller.read(lambda connection: case_documents.document_row(connection, actor, document_id))
    content = read_content(visiting.service.settings.data_dir, row.sha256)
    caller.write(lambda connection: case_documents.note_reading(connection, actor, row, visiting.now))
    return document_response(content, row.filename, row.media_type)


def _added(uploads: list[Upload]) -> Text:
    names, count = "、".join(f"“{upload.filename}”" for upload in uploads), len(uploads)
    if count > 3:
        return Text(f"已上传 {count} 个文件。", f"{count} files were uploaded.")
    return Text(f"已上传{names}。", f"Uploaded: {', '.join(upload.filename for upload in uploads)}.")

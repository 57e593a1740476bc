"""What an organization sees at its link, without an account: what is missing and until when, a place to answer, how it went."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from sqlalchemy import Connection
from starlette.datastructures import FormData, UploadFile
from starlette.responses import PlainTextResponse, Response

from api.callers import service_of
from api.i18n import moment, speaking
from api.pages.link_route import LinkRoute, Token, keep_language, link_reader, refuse_strangers_page
from api.pages.link_view import link_page
from api.pages.rendering import go, page
from api.pages.submitted import one
from api.pages.visitors import form_of
from api.partial_uploads import PartialUploads
from incubator.canonical import public_id
from incubator.queries.asking import submissions_of
from incubator.services.bootstrap import Service
from incubator.services.links import note_opening, opened
from incubator.services.submissions import NOTE, keep_texts, note_file, remove_file, room_for, send
from incubator.services.uploads import Upload, UploadRefused, keep_upload
from incubator.text import Language, Text

router = APIRouter(route_class=LinkRoute)

Form = Annotated[FormData, Depends(form_of)]
_FILES = "file-"  # without script: the fields of files, a point each
_TEXTS = "text-"


@router.get("/r/{token}")
def link(request: Request, token: Token) -> Response:
    """The page behind a link."""
    return _response(request, token)


@router.post("/r/{token}")
def answer(request: Request, token: Token, form: Form) -> Response:
    """Keep or send what the page holds; without script its files come along."""
    refuse_strangers_page(request)
    service, texts = service_of(request), _texts(form)
    refused = _take_files(service, token, form)
    sends = one(form, "act") == "send" and not refused
    now = service.clock.now()
    if sends:
        service.database.write(lambda connection: send(connection, token=token, texts=texts, now=now))
    else:
        service.database.write(lambda connection: keep_texts(connection, token=token, texts=texts, now=now))
    if refused:
        words = Text("".join(each.zh for each in refused), " ".join(each.en for each in refused))
        return go(request, f"/r/{token}", words, kind="danger")
    return go(request, f"/r/{token}", _SENT if sends else _KEPT)


@router.post("/r/{token}/draft")
def keep(request: Request, token: Token, form: Form) -> Response:
    """Keep what was typed, a moment after the last keystroke; the answer is what the page says of it."""
    refuse_strangers_page(request)
    service, texts = service_of(request), _texts(form)
    now = service.clock.now()
    service.database.write(lambda connection: keep_texts(connection, token=token, texts=texts, now=now))
    language = link_reader(request).language
    with speaking(language):
        when = moment(now).rpartition(" ")[2]
    said = Text("已保存 {when}", "Saved {when}").fill(when=when)
    return PlainTextResponse(said.en if language is Language.EN else said.zh)


@router.post("/r/{token}/files/{file}/remove")
def remove(request: Request, token: Token, file: str, form: Form) -> Response:
    """Take a file out again before it is sent; what was typed is kept."""
    refuse_strangers_page(request)
    service, texts = service_of(request), _texts(form)
    now = service.clock.now()

    def work(connection: Connection) -> None:
        keep_texts(connection, token=token, texts=texts, now=now)
        remove_file(connection, token=token, file=file, now=now)

    service.database.write(work)
    return go(request, f"/r/{token}", Text("文件已移除。", "The file was removed."))


_SENT = Text(
    "已提交，谢谢。工作人员核对后会在本页显示结果，您可以随时回来查看。",
    "Sent, thank you. What the staff make of it is shown on this page; come back whenever you like.",
)
_KEPT = Text("已保存，尚未提交。", "Saved, and not sent yet.")


def _response(request: Request, token: str) -> Response:
    service = service_of(request)
    now = service.clock.now()

    def look(connection: Connection) -> tuple[dict[str, Any], Any]:
        link = opened(connection, token, now)
        arrived = submissions_of(connection, link.request_id, drafts_of=link.link_id)
        under_way = PartialUploads(service.settings.data_dir, link.link_public_id).all()
        return link_page(connection, link, arrived, under_way, now), link

    with service.database.read() as connection:
        shown, link = look(connection)
    if link.opened_at is None:
        service.database.write(lambda connection: note_opening(connection, link, now))
    response = page(
        request, replace(link_reader(request), street=link.street_name), "request_link.html", token=token, address=f"/r/{token}",
        most_mb=service.settings.upload_limit_mb, **shown,
    )  # fmt: skip
    keep_language(request, response)
    return response


def _take_files(service: Service, token: str, form: FormData) -> list[Text]:
    """Take the files that a form without script sent; why some were not taken."""
    sent = [
        (int(name.removeprefix(_FILES)), file)
        for name, file in form.multi_items()
        if isinstance(file, UploadFile) and file.filename and name.removeprefix(_FILES).isdecimal()
    ]
    if not sent:
        return []
    settings, now = service.settings, service.clock.now()
    with service.database.read() as connection:  # before anything is written to the disk
        room_for(connection, token=token, files=len(sent), size=sum(file.size or 0 for _, file in sent), now=now)
    refused = []
    for point, file in sent:
        try:
            upload = keep_upload(
                settings.data_dir,
                filename=file.filename or "",
                content=file.file.read(),
                most_mb=settings.upload_limit_mb,
            )
        except UploadRefused as refusal:
            refused.append(refusal.detail)
            continue
        _note(service, token, point, upload)
    return refused


def _note(service: Service, token: str, point: int, upload: Upload) -> None:
    name, now = public_id(), service.clock.now()
    service.database.write(
        lambda connection: note_file(connection, token=token, name=name, point=point, upload=upload, now=now)
    )


def _texts(form: FormData) -> dict[str, str]:
    """What was typed, by the point's number; line ends as we keep them."""
    found = {
        name.removeprefix(_TEXTS): value.replace("\r\n", "\n")
        for name, value in form.multi_items()
        if name.startswith(_TEXTS) and isinstance(value, str)
    }
    return {name: value for name, value in found.items() if name == NOTE or name.isdecimal()}

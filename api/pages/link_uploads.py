"""Photos sent through a link, resumed after a lost connection: the core and the creation of the tus protocol 1.0.0 (tus.io)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from api.callers import service_of
from api.pages.link_route import LinkRoute, Token, refuse_strangers_page
from api.partial_uploads import AnotherOffset, Begun, NotThere, Partial, PartialUploads
from incubator.errors import Invalid, Refused
from incubator.queries.opened_links import Opened
from incubator.services.bootstrap import Service
from incubator.services.links import opened
from incubator.services.submissions import note_file, room_for, size_of_upload
from incubator.services.uploads import UploadRefused, keep_upload, plain_name
from incubator.text import Text

router = APIRouter(route_class=LinkRoute)

VERSION = "1.0.0"
_OFFSET_BYTES = "application/offset+octet-stream"
_PIECE = 256 * 1024  # bytes gathered before they are written
_LONGEST_METADATA = 2000
_MISFORMED = Text("上传请求有误，请刷新页面后重试", "The upload was misformed: reload the page")


class OldProtocol(Refused):
    """The client speaks another version of the protocol."""

    status = 412


class NoOffsetBytes(Refused):
    """A piece must say that it is one."""

    status = 415


class TooLarge(UploadRefused):
    """The file is announced to be larger than a document may be."""

    status = 413


@router.options("/r/{token}/files")
def options(request: Request, token: Token) -> Response:
    """What this server does of the protocol."""
    most = service_of(request).settings.upload_limit_mb * 1024 * 1024
    return _answer(204, {"Tus-Version": VERSION, "Tus-Extension": "creation", "Tus-Max-Size": str(most)})


@router.post("/r/{token}/files")
def begin(request: Request, token: Token) -> Response:
    """Announce a file: its size, and as metadata its `filename` and the `point` that it belongs to."""
    service = _asked(request)
    now, limit = service.clock.now(), service.settings.upload_limit_mb
    size = _whole(request, "upload-length")
    if not size:
        raise Invalid(_MISFORMED)
    said = _metadata(request.headers.get("upload-metadata", ""))
    name = plain_name(said.get("filename", ""))
    if size > limit * 1024 * 1024:
        raise TooLarge(
            Text(f"“{name}”超过 {limit} MB，请缩小后再传", f"{name!r} is larger than {limit} MB: make it smaller first")
        )
    with service.database.read() as connection:
        link = opened(connection, token, now)
        uploads = PartialUploads(service.settings.data_dir, link.link_public_id)
        uploads.forget_old(now)
        under_way = [each.begun.size for each in uploads.all()]
        room_for(connection, token=token, files=len(under_way) + 1, size=size + sum(under_way), now=now)
    point = said.get("point", "")
    upload = uploads.begin(
        Begun(
            name,
            size,
            int(point) if point.isascii() and point.isdecimal() and len(point) < 4 else 0,
            int(now.timestamp()),
        )
    )
    return _answer(201, {"Location": f"/r/{token}/files/{upload}"})


@router.head("/r/{token}/files/{upload}")
def stands(request: Request, token: Token, upload: str) -> Response:
    """How much of a file is here, from where the client goes on."""
    service = _asked(request)
    link = _link(service, token)
    partial = _find(service, link, upload)
    if isinstance(partial, int):  # it has arrived whole; only the answer to its last piece was lost
        return _answer(200, {"Upload-Offset": str(partial), "Upload-Length": str(partial)})
    if partial.offset == partial.begun.size:
        _finish(service, token, link, partial)
    return _answer(200, {"Upload-Offset": str(partial.offset), "Upload-Length": str(partial.begun.size)})


@router.patch("/r/{token}/files/{upload}")
async def go_on(request: Request, token: Token, upload: str) -> Response:
    """Add a piece. What arrived before a connection is lost stays; a revoked link takes no further piece."""
    service = _asked(request)
    if request.headers.get("content-type") != _OFFSET_BYTES:
        raise NoOffsetBytes(_MISFORMED)
    offset = _whole(request, "upload-offset")
    if offset is None:
        raise Invalid(_MISFORMED)
    link = await run_in_threadpool(_link, service, token)
    partial = await run_in_threadpool(_find, service, link, upload)
    if isinstance(partial, int) or offset != partial.offset:
        raise AnotherOffset
    uploads = PartialUploads(service.settings.data_dir, link.link_public_id)
    at, gathered = offset, bytearray()
    try:
        async for chunk in request.stream():
            gathered += chunk
            if at + len(gathered) > partial.begun.size:
                raise Invalid(_MISFORMED)
            if len(gathered) >= _PIECE:
                at = await run_in_threadpool(uploads.append, upload, at, bytes(gathered))
                gathered.clear()
    except ClientDisconnect:  # nobody waits for an answer; what came is kept all the same
        pass
    if gathered:
        at = await run_in_threadpool(uploads.append, upload, at, bytes(gathered))
    if at == partial.begun.size:
        await run_in_threadpool(_finish, service, token, link, partial)
    return _answer(204, {"Upload-Offset": str(at)})


def _finish(service: Service, token: str, link: Opened, partial: Partial) -> None:
    """Check a file that is whole, keep it, and note it in the link's draft. What is refused is thrown away."""
    uploads = PartialUploads(service.settings.data_dir, link.link_public_id)
    settings = service.settings
    try:
        upload = keep_upload(
            settings.data_dir,
            filename=partial.begun.filename,
            content=uploads.content(partial.name),
            most_mb=settings.upload_limit_mb,
        )
        service.database.write(
            lambda connection: note_file(
                connection, token=token, name=partial.name, point=partial.begun.point, upload=upload,
                now=service.clock.now(),
            )
        )  # fmt: skip
    except Refused:
        uploads.forget(partial.name)
        raise
    uploads.forget(partial.name)


def _find(service: Service, link: Opened, upload: str) -> Partial | int:
    """An upload that is under way, or the size of one that has arrived whole. Raises NotThere."""
    try:
        return PartialUploads(service.settings.data_dir, link.link_public_id).find(upload)
    except NotThere:
        with service.database.read() as connection:
            size = size_of_upload(connection, link, upload)
        if size is None:
            raise
        return size


def _link(service: Service, token: str) -> Opened:
    with service.database.read() as connection:
        return opened(connection, token, service.clock.now())


def _asked(request: Request) -> Service:
    if request.headers.get("tus-resumable") != VERSION:
        raise OldProtocol(_MISFORMED)
    if request.method != "HEAD":
        refuse_strangers_page(request)
    return service_of(request)


def _whole(request: Request, header: str) -> int | None:
    said = request.headers.get(header, "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 16 else None


def _metadata(header: str) -> dict[str, str]:
    """`filename 5LiJ,point MA==`: names with values in base64; what cannot be read is left out."""
    found = {}
    for part in header[:_LONGEST_METADATA].split(","):
        name, _, value = part.strip().partition(" ")
        try:
            found[name] = base64.b64decode(value, validate=True).decode().replace("\0", "")
        except (binascii.Error, UnicodeDecodeError):
            continue
    return found


def _answer(status: int, headers: Mapping[str, str]) -> Response:
    return Response(status_code=status, headers={"Tus-Resumable": VERSION, **headers})

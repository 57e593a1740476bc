"""The audit folder of a case: what it holds and lacks as a page, and one click that makes it as one PDF (一键成册)."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.responses import FileResponse, Response, StreamingResponse

from api.addresses import PublicId
from api.pages.rendering import go, page
from api.pages.submitted import one
from api.pages.visitors import Sender, Sending, Visiting, Visitor
from incubator.errors import Invalid, Refused
from incubator.queries.visibility import Permission, may
from incubator.services.case_folder import keeping
from incubator.services.case_folder.plan import MOST_BYTES, SECTION_TITLES, Folder, Scan
from incubator.services.case_folder.reading import read_folder
from incubator.text import Text

router = APIRouter()

EVENTS = "text/event-stream"
RETENTIONS = {
    "": Text("暂不填写", "left open"),
    "10": Text("10 年", "10 years"),
    "30": Text("30 年", "30 years"),
    "forever": Text("永久", "for good"),
}
_OPEN = Text("＿＿＿＿＿＿＿＿＿＿", "____________________")
_COLUMNS = [
    {"key": "title", "title": Text("题名", "Title"), "main": True},
    {"key": "number", "title": Text("文号", "Number")},
    {"key": "responsible", "title": Text("责任者", "Responsible")},
    {"key": "dated", "title": Text("日期", "Date"), "kind": "day"},
    {"key": "remark", "title": Text("备注", "Remark")},
]
_MISSING_COLUMNS = [
    {"key": "what", "title": Text("缺少的内容", "What is missing"), "main": True},
    {"key": "why", "title": Text("应有的依据或原因", "Why it is wanted")},
]

Hash = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]


@router.get("/cases/{case_id}/folder")
def folder(request: Request, visiting: Visiting, case_id: PublicId) -> Response:
    """What the folder of a case would hold, what is missing from it, and the button that makes it."""
    return _page(request, visiting, case_id)


@router.post("/cases/{case_id}/folder")
def make_folder(request: Request, sending: Sending, case_id: PublicId) -> Response:
    """Make the folder; a page's script hears how far it is, any other browser waits and gets the file."""
    visitor = sending.visitor
    try:
        making = _Making(sending, case_id)
    except Invalid as refused:
        return _page(request, visitor, case_id, refused=refused, sent=sending, status=422)
    if EVENTS in request.headers.get("accept", ""):
        return StreamingResponse(_told(making, visitor), media_type=EVENTS, headers={"X-Accel-Buffering": "no"})
    for _ in making.steps():
        pass
    return go(request, making.href)


@router.get("/cases/{case_id}/folder/{sha256}")
def made_folder(visiting: Visiting, case_id: PublicId, sha256: Hash) -> Response:
    """A folder that the visitor made within the hour."""
    path = visiting.caller.read(
        lambda connection: keeping.waiting(
            connection, visiting.service.settings.data_dir, visiting.actor, case_id, sha256, visiting.now
        )
    )
    read = _read(visiting, case_id)
    cover = read.cover
    name = f"{cover.number} {cover.organization} {cover.procedure.read(visiting.language)}.pdf"
    return FileResponse(path, media_type="application/pdf", filename=name.replace("/", "-"))


class _Making:
    """One folder being made, from the form that asked for it."""

    def __init__(self, sending: Sender, case_id: str) -> None:
        """Raises Invalid where the form lacks a reason; NotAllowed and NotFound as the case says."""
        from incubator.services.case_folder.making import check_size

        self.visitor, self.case_id = sending.visitor, case_id
        self.retention = RETENTIONS.get(one(sending.form, "retention"), RETENTIONS[""])
        self.reason = one(sending.form, "reason").strip() if one(sending.form, "full") else ""
        self.href = ""
        visitor = self.visitor
        read = _read(visitor, case_id)  # who may not see it is told so before any value is shown
        check_size(read)
        revealed: dict[str, str] = {}
        if one(sending.form, "full"):
            revealed = visitor.caller.write(
                lambda connection: keeping.reveal_all(
                    connection, case_id=case_id, reason=self.reason, actor=visitor.actor, now=visitor.now
                )
            )
            read = _read(visitor, case_id, revealed)
        self.folder, self.masked = read, read.cover.masked

    def steps(self) -> Generator[tuple[int, int], None, None]:
        """Make it; yields how many sheets of how many are done, and lets it wait under `href`."""
        # Here and not above: what sets and binds pages takes the memory that the web can do without until then.
        from incubator.services.case_folder.making import bind

        visitor = self.visitor
        data_dir = visitor.service.settings.data_dir
        retention = _OPEN if self.retention is RETENTIONS[""] else self.retention
        with keeping.new_file(data_dir) as file:
            bound = yield from bind(self.folder, data_dir, file, language=visitor.language, retention=retention)
            now = visitor.service.clock.now()
            keeping.keep(data_dir, file, bound.sha256, now)
        visitor.caller.write(
            lambda connection: keeping.note_made(
                connection, case_id=self.case_id, street_id=visitor.actor.street_id, sha256=bound.sha256,
                pages=bound.pages, masked=self.masked, reason=self.reason, actor=visitor.actor, now=now,
            )
        )  # fmt: skip
        self.href = f"/cases/{self.case_id}/folder/{bound.sha256}"


def _told(making: _Making, visitor: Visitor) -> Iterator[str]:
    """The steps as events for the page's script; the last one says where the file is, or why there is none."""
    try:
        for done, of in making.steps():
            yield _event({"done": done, "of": of})
        words = Text("案卷已生成，正在下载。", "The folder is made and is being downloaded.")
        yield _event({"href": making.href, "words": words.read(visitor.language)})
    except Refused as refused:
        yield _event({"error": refused.detail.read(visitor.language)})


def _event(content: dict[str, Any]) -> str:
    return f"data: {json.dumps(content, ensure_ascii=False)}\n\n"


def _read(visitor: Visitor, case_id: str, revealed: dict[str, str] | None = None) -> Folder:
    return visitor.caller.read(
        lambda connection: read_folder(connection, visitor.actor, case_id, visitor.now, revealed=revealed)
    )


def _page(
    request: Request,
    visitor: Visitor,
    case_id: str,
    *,
    refused: Invalid | None = None,
    sent: Sender | None = None,
    status: int = 200,
) -> Response:
    read = _read(visitor, case_id)
    keeping.clear(visitor.service.settings.data_dir, visitor.now)
    return page(
        request, visitor.reader, "folder.html", here="worklist", status=status,
        cover=read.cover, case_id=case_id,
        missing=[{"what": each.what, "why": each.why} for each in read.missing], missing_columns=_MISSING_COLUMNS,
        sections=_sections(read), columns=_COLUMNS, count=len(read.sheets), documents=sum(1 for _ in read.scans()),
        size=_size(read.size), most=_size(MOST_BYTES), too_large=read.size > MOST_BYTES,
        retentions=RETENTIONS, retention=one(sent.form, "retention") if sent else "",
        may_reveal=may(visitor.actor, Permission.SEE_PERSONAL_VALUES), full=bool(sent and one(sent.form, "full")),
        refused=refused,
    )  # fmt: skip


def _sections(read: Folder) -> list[dict[str, Any]]:
    sections: list[dict[str, Any]] = []
    for place, sheet in enumerate(read.sheets, start=1):
        title = SECTION_TITLES[sheet.section]
        if not sections or sections[-1]["title"] is not title:
            sections.append({"title": title, "key": sheet.section.value, "rows": []})
        title = Text(f"{place}. {sheet.title.zh}", f"{place}. {sheet.title.en}")
        cell: Any = title
        if isinstance(sheet.content, Scan):
            cell = {
                "text": title,
                "href": f"/documents/{sheet.content.public_id}",
                "note": sheet.content.filename,
            }
        sections[-1]["rows"].append(
            {
                "number": sheet.number,
                "responsible": sheet.responsible,
                "title": cell,
                "dated": sheet.dated,
                "remark": sheet.remark if sheet.remark.zh else None,
            }
        )
    return sections


def _size(size: int) -> str:
    return f"{size / 1024 / 1024:,.1f} MB" if size >= 1024 * 1024 else f"{-(-size // 1024)} KB"

"""Importing the opening stock: the empty workbook fetched, a filled one sent, previewed row by row, confirmed."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from api.pages import kept_uploads
from api.pages.rendering import page
from api.pages.submitted import one
from api.pages.visitors import Sending, Visiting, Visitor
from incubator.errors import Invalid
from incubator.queries.opening_stock import brought_in
from incubator.queries.visibility import Permission, require
from incubator.services.opening_stock.account import FATE_NAMES, Fate, OpeningStock, RowAccount
from incubator.services.opening_stock.importing import import_opening_stock, read_file
from incubator.services.opening_stock.layout import LAYOUT, SHEETS
from incubator.services.opening_stock.template import empty_workbook
from incubator.services.uploads import XLSX
from incubator.text import Text

router = APIRouter(prefix="/opening-stock")

# What somebody has to look at stands first.
_ORDER = (Fate.REFUSED, Fate.ENTERED, Fate.UNCHANGED)
_COLUMNS = [
    {"key": "title", "title": Text("组织或项目", "Organization or project"), "main": True},
    {"key": "place", "title": Text("工作表和行号", "Sheet and row"), "kind": "short"},
    {"key": "paper", "title": Text("依据材料", "Paper")},
    {"key": "why", "title": Text("说明", "What and why"), "kind": "lines"},
]
_PAST = [
    {"key": "filename", "title": Text("文件", "File"), "main": True},
    {"key": "when", "title": Text("录入时间", "Entered"), "kind": "moment"},
    {"key": "who", "title": Text("录入人", "By")},
    {"key": "what", "title": Text("录入的行", "Rows entered"), "kind": "lines"},
]


@router.get("")
def opening_stock_page(request: Request, visiting: Visiting) -> Response:
    """Where the opening stock is sent, and what came in before."""
    require(visiting.actor, Permission.IMPORT_OPENING_STOCK)
    kept_uploads.forget_old(visiting.service.settings.data_dir, visiting.now)
    return _start(request, visiting)


@router.get("/template")
def template(visiting: Visiting) -> Response:
    """The empty workbook."""
    require(visiting.actor, Permission.IMPORT_OPENING_STOCK)
    content = visiting.caller.read(
        lambda connection: empty_workbook(connection, street_id=visiting.actor.street_id, now=visiting.now)
    )
    name = quote("期初数据.xlsx" if visiting.language == "zh" else "opening-stock.xlsx")
    return Response(content, media_type=XLSX, headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"})


@router.post("/preview")
def preview(request: Request, sending: Sending) -> Response:
    """Read a file and show what would become of every row; nothing is written."""
    visitor = sending.visitor
    require(visitor.actor, Permission.IMPORT_OPENING_STOCK)
    sent = sending.form.get("file")
    if not isinstance(sent, UploadFile) or not sent.filename:
        words = Text("请先选择期初数据工作簿，再上传。", "Choose the workbook before you send it.")
        return _start(request, visitor, refused={"title": Text("没有选择文件", "No file"), "detail": words}, status=422)
    content = sent.file.read()
    try:
        result = _import(visitor, content, sent.filename, dry_run=True)
    except Invalid as refusal:
        told = {"title": Text("未能读取期初数据", "The opening stock could not be read"), "detail": refusal.detail}
        return _start(request, visitor, refused=told, status=refusal.status)
    data_dir = visitor.service.settings.data_dir
    upload = kept_uploads.keep(data_dir, visitor.actor.person_id, content, visitor.now)
    return _result_page(request, visitor, result, upload=upload)


@router.post("/import")
def confirm(request: Request, sending: Sending) -> Response:
    """Enter what was previewed; the same file sent again changes nothing, so that reloading the answer does no harm."""
    visitor = sending.visitor
    require(visitor.actor, Permission.IMPORT_OPENING_STOCK)
    upload, filename = one(sending.form, "upload"), one(sending.form, "filename") or "opening.xlsx"
    data_dir = visitor.service.settings.data_dir
    content = kept_uploads.kept(data_dir, visitor.actor.person_id, upload, visitor.now)
    return _result_page(request, visitor, _import(visitor, content, filename, dry_run=False), upload=upload)


@router.post("/mending")
def mending(sending: Sending) -> Response:
    """The refused rows of a file just sent, in the same layout and with the reasons, to mend and import again."""
    visitor = sending.visitor
    require(visitor.actor, Permission.IMPORT_OPENING_STOCK)
    upload, filename = one(sending.form, "upload"), one(sending.form, "filename") or "opening.xlsx"
    data_dir = visitor.service.settings.data_dir
    content = kept_uploads.kept(data_dir, visitor.actor.person_id, upload, visitor.now)
    result = _import(visitor, content, filename, dry_run=True)
    name = quote("期初数据-待修改.xlsx" if visitor.language == "zh" else "opening-stock-to-mend.xlsx")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(result.mending(visitor.language), media_type=XLSX, headers=headers)


def _import(visitor: Visitor, content: bytes, filename: str, *, dry_run: bool) -> OpeningStock:
    actor, now, caller = visitor.actor, visitor.now, visitor.caller
    file = caller.read(
        lambda connection: read_file(
            connection, street_id=actor.street_id, content=content, filename=filename, actor=actor, now=now
        )
    )
    within = caller.read if dry_run else caller.write
    return within(lambda connection: import_opening_stock(connection, file, actor=actor, now=now, dry_run=dry_run))


def _start(
    request: Request, visitor: Visitor, *, refused: dict[str, Any] | None = None, status: int = 200
) -> Response:  # fmt: skip
    past = visitor.caller.read(lambda connection: brought_in(connection, visitor.actor))
    return page(
        request,
        visitor.reader,
        "opening_stock.html",
        here="survey",
        status=status,
        refused=refused,
        max_bytes=visitor.service.settings.upload_limit_mb * 1024 * 1024,
        sheets=[{"title": layout.title, "help": layout.help} for layout in LAYOUT],
        columns=_PAST,
        past=[
            {
                "filename": each.filename,
                "when": each.recorded_at,
                "who": each.recorded_by or Text("命令行", "the console"),
                "what": Text(
                    "，".join(f"{SHEETS[kind].title.zh} {count}" for kind, count in each.counts.items()),
                    ", ".join(f"{SHEETS[kind].title.en} {count}" for kind, count in each.counts.items()),
                ),
            }
            for each in past
        ],
    )


def _result_page(request: Request, visitor: Visitor, result: OpeningStock, *, upload: str = "") -> Response:
    return page(
        request,
        visitor.reader,
        "opening_stock_result.html",
        here="survey",
        title=Text("期初数据预览", "Preview of the opening stock")
        if result.dry_run
        else Text("期初数据导入结果", "What the import did"),
        filename=result.filename,
        preview=result.dry_run,
        upload=upload,
        entered=result.entered,
        to_mend=result.counts[Fate.REFUSED],
        notes=result.notes,
        figures=[
            {
                "number": result.counts[fate],
                "label": _titled(FATE_NAMES[fate]),
                "tone": "bad" if fate is Fate.REFUSED and result.counts[fate] else None,
                "href": f"#fate-{fate.value}",
            }
            for fate in _ORDER
        ],
        columns=_COLUMNS,
        groups=[
            {
                "fate": fate.value,
                "title": _titled(FATE_NAMES[fate]),
                "rows": [_row(account) for account in result.rows if account.fate is fate],
            }
            for fate in _ORDER
            if result.counts[fate]
        ],
    )


def _row(account: RowAccount) -> dict[str, Any]:
    row = account.row
    title: Any = account.title
    if account.organization:
        title = {"text": account.title, "href": f"/organizations/{account.organization}"}
    lines = [Text(f"{each.ref}：{each.text.zh}", f"{each.ref}: {each.text.en}") for each in account.reasons]
    lines += account.notes
    return {
        "title": title,
        "place": Text(f"{row.sheet} 第 {row.row} 行", f"{row.sheet}, row {row.row}"),
        "paper": row.values.get("paper") or "",
        "why": Text("\n".join(line.zh for line in lines), "\n".join(line.en for line in lines)) if lines else "",
    }


def _titled(words: Text) -> Text:
    return Text(words.zh, words.en[:1].upper() + words.en[1:])

"""Importing a survey: sent, previewed row by row, confirmed; and what earlier imports did."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request
from sqlalchemy import Connection
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from api.addresses import PublicId
from api.pages import kept_uploads, survey_view
from api.pages.rendering import go, page
from api.pages.submitted import one
from api.pages.visitors import Sender, Sending, Visiting, Visitor
from incubator.errors import Invalid, NotFound
from incubator.queries.survey_imports import ImportLine, survey_import, survey_imports
from incubator.queries.visibility import Permission, may, require
from incubator.services.survey.imported import ImportedSurvey
from incubator.services.survey.importing import SurveyFile, import_survey, read_file
from incubator.services.survey.readings import FATE_NAMES, Fate
from incubator.services.uploads import XLSX
from incubator.text import Text

router = APIRouter()


@router.get("/survey")
def survey_page(request: Request, visiting: Visiting, cursor: Annotated[str, Query(max_length=2000)] = "") -> Response:
    """Where a survey is sent, and the earlier imports."""
    require(visiting.actor, Permission.IMPORT_SURVEY)
    kept_uploads.forget_old(visiting.service.settings.data_dir, visiting.now)
    return _start(request, visiting, cursor=cursor)


@router.post("/survey/preview")
def preview(request: Request, sending: Sending) -> Response:
    """Read a file and show what would become of every row; nothing is written."""
    visitor = sending.visitor
    require(visitor.actor, Permission.IMPORT_SURVEY)
    sent = sending.form.get("file")
    if not isinstance(sent, UploadFile) or not sent.filename:
        words = Text("请先选择摸底表文件，再上传。", "Choose the survey's file before you send it.")
        return _start(request, visitor, refused={"title": Text("没有选择文件", "No file"), "detail": words}, status=422)
    content = sent.file.read()
    try:
        result = _read(visitor, content, sent.filename, lambda work: visitor.caller.read(work), dry_run=True)
    except Invalid as refusal:
        told = {"title": Text("未能读取摸底表", "The survey could not be read"), "detail": refusal.detail}
        return _start(request, visitor, refused=told, status=refusal.status)
    data_dir = visitor.service.settings.data_dir
    upload = kept_uploads.keep(data_dir, visitor.actor.person_id, content, visitor.now)
    return _result_page(request, visitor, result, upload=upload)


@router.post("/survey/import")
def confirm(request: Request, sending: Sending) -> Response:
    """Import what was previewed; the same file imported again changes nothing."""
    visitor = sending.visitor
    require(visitor.actor, Permission.IMPORT_SURVEY)
    content, filename = _kept(sending)
    result = _read(
        visitor, content, filename, lambda work: visitor.caller.write(work), dry_run=False, form=sending.form
    )
    if result.known_before:
        said, kind = (
            Text(
                "这份摸底表此前已导入过，没有新的内容。", "This survey was imported before; there is nothing new in it."
            ),
            "info",
        )
    else:
        merged = Text(f"合并到已有 {result.merged} 行。", f" Rows merged: {result.merged}.") if result.merged else None
        said, kind = (
            Text(
                f"已导入 {result.entered} 个组织。{merged.zh if merged else ''}",
                f"Organizations entered: {result.entered}.{merged.en if merged else ''}",
            ),
            "success",
        )
    query = urlencode({"upload": one(sending.form, "upload")})
    return go(request, f"/survey/{result.public_id}?{query}", said, kind=kind)


@router.post("/survey/mending")
def mending(sending: Sending) -> Response:
    """The rows of a file just sent that were not taken, whole, as a workbook to mend and import again.

    After the import those that its record names: what was chosen is no matter to mend.
    """
    visitor = sending.visitor
    require(visitor.actor, Permission.IMPORT_SURVEY)
    content, filename = _kept(sending)
    result = _read(visitor, content, filename, lambda work: visitor.caller.read(work), dry_run=True)
    done = one(sending.form, "survey")
    if not done:
        return _workbook(visitor, result)
    _, recorded = visitor.caller.read(lambda connection: survey_import(connection, visitor.actor, done))
    return _workbook(visitor, result, of=recorded)


@router.get("/survey/{survey_id}")
def one_import(
    request: Request,
    visiting: Visiting,
    survey_id: PublicId,
    fate: Fate | None = None,
    upload: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """What an import did, row by row."""
    require(visiting.actor, Permission.IMPORT_SURVEY)
    line, result = visiting.caller.read(lambda connection: survey_import(connection, visiting.actor, survey_id))
    return _result_page(request, visiting, result, upload=_still_kept(visiting, upload), line=line, fate=fate)


@router.get("/survey/{survey_id}/mending")
def mending_of_record(visiting: Visiting, survey_id: PublicId) -> Response:
    """The same out of the record, where telephones stand masked."""
    require(visiting.actor, Permission.IMPORT_SURVEY)
    _, result = visiting.caller.read(lambda connection: survey_import(connection, visiting.actor, survey_id))
    return _workbook(visiting, result)


def _read(
    visitor: Visitor,
    content: bytes,
    filename: str,
    within: Callable[[Callable[[Connection], ImportedSurvey]], ImportedSurvey],
    *,
    dry_run: bool,
    form: FormData | None = None,
) -> ImportedSurvey:
    actor, now = visitor.actor, visitor.now
    file: SurveyFile = visitor.caller.read(
        lambda connection: read_file(
            connection, street_id=actor.street_id, content=content, filename=filename, actor=actor, now=now
        )
    )
    choices = survey_view.chosen(file.survey.rows, form) if form is not None else {}
    return within(
        lambda connection: import_survey(connection, file, actor=actor, now=now, dry_run=dry_run, choices=choices)
    )


def _kept(sending: Sender) -> tuple[bytes, str]:
    visitor = sending.visitor
    upload, filename = one(sending.form, "upload"), one(sending.form, "filename") or "survey"
    data_dir = visitor.service.settings.data_dir
    return kept_uploads.kept(data_dir, visitor.actor.person_id, upload, visitor.now), filename


def _still_kept(visitor: Visitor, upload: str) -> str:
    try:
        kept_uploads.kept(visitor.service.settings.data_dir, visitor.actor.person_id, upload, visitor.now)
    except NotFound:
        return ""
    return upload


def _workbook(visitor: Visitor, result: ImportedSurvey, of: ImportedSurvey | None = None) -> Response:
    name = quote("待修改.xlsx" if visitor.language == "zh" else "to-mend.xlsx")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(result.mending(visitor.language, of=of), media_type=XLSX, headers=headers)


def _start(
    request: Request, visitor: Visitor, *, refused: dict[str, Any] | None = None, cursor: str = "", status: int = 200
) -> Response:
    found = visitor.caller.read(lambda connection: survey_imports(connection, visitor.actor, cursor=cursor))
    return page(
        request,
        visitor.reader,
        "survey.html",
        here="survey",
        status=status,
        refused=refused,
        max_bytes=visitor.service.settings.upload_limit_mb * 1024 * 1024,
        opening_stock=may(visitor.actor, Permission.IMPORT_OPENING_STOCK),
        columns=[
            {"key": "filename", "title": Text("文件", "File"), "main": True},
            {"key": "when", "title": Text("导入时间", "Imported"), "kind": "moment"},
            {"key": "who", "title": Text("导入人", "By")},
            {"key": "entered", "title": Text("导入组织", "Entered"), "kind": "number"},
            {"key": "to_mend", "title": Text("待修改", "To mend"), "kind": "number"},
        ],
        past=[
            {
                "filename": {"text": line.filename, "href": f"/survey/{line.public_id}"},
                "when": line.recorded_at,
                "who": line.imported_by or Text("命令行", "the console"),
                "entered": line.counts.get(Fate.ACCEPTED, 0) + line.counts.get(Fate.NORMALISED, 0),
                "to_mend": sum(line.counts.get(fate, 0) for fate in survey_view.TO_MEND),
            }
            for line in found.items
        ],
        next_page=f"/survey?{urlencode({'cursor': found.next_cursor})}" if found.next_cursor else None,
        first_page="/survey" if cursor else None,
    )


def _result_page(
    request: Request,
    visitor: Visitor,
    result: ImportedSurvey,
    *,
    upload: str,
    line: ImportLine | None = None,
    fate: Fate | None = None,
) -> Response:
    """What an import did, as `line` records it; without a line, what it would do."""
    here = f"/survey/{line.public_id}" if line else ""
    # A preview is no page of its own to come back to: its figures lead to the rows below them.
    addresses = {each: _narrowed(here, each, fate, upload) if line else f"#fate-{each.value}" for each in Fate}
    return page(
        request,
        visitor.reader,
        "survey_result.html",
        here="survey",
        title=Text("导入结果", "What the import did") if line else Text("导入预览", "Preview of the import"),
        filename=result.filename,
        line=line,
        preview=result.dry_run,
        known_before=result.known_before,
        upload=upload,
        figures=survey_view.figures(result, addresses, fate),
        to_import=result.entered if result.dry_run else 0,
        to_choose=sum(bool(row.options) for row in result.rows) if result.dry_run else 0,
        to_mend=sum(row.to_mend for row in result.rows),
        survey_id=line.public_id if line else "",
        mending_href=f"{here}/mending" if line and not upload else "",
        notes=survey_view.notes(result),
        narrowed=FATE_NAMES[fate] if fate else None,
        whole=_narrowed(here, fate, fate, upload) if fate else "",
        columns=survey_view.COLUMNS,
        groups=survey_view.groups(result, fate, by=line.imported_by if line else ""),
        sheet_columns=survey_view.SHEET_COLUMNS,
        sheets=survey_view.sheets(result),
    )


def _narrowed(here: str, each: Fate, chosen: Fate | None, upload: str) -> str:
    query = {"upload": upload} if upload else {}
    if each is not chosen:
        query["fate"] = each.value
    return f"{here}?{urlencode(query)}" if query else here

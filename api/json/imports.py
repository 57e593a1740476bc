"""The opening stock read and brought into the records: `/imports/opening`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, Query, UploadFile
from fastapi.responses import Response
from pydantic import BaseModel
from sqlalchemy import Connection

from api.callers import Importing, Reading
from api.json.shapes import refusals
from api.json.surveys import ReasonOut
from incubator.queries.visibility import Permission, require
from incubator.services.opening_stock.account import Fate, OpeningStock, RowAccount
from incubator.services.opening_stock.importing import import_opening_stock, read_file
from incubator.services.opening_stock.layout import Kind
from incubator.services.opening_stock.template import empty_workbook
from incubator.services.uploads import XLSX

router = APIRouter(tags=["imports"])


class StockRowOut(BaseModel):
    """A row of the opening stock and its fate."""

    kind: Kind
    sheet: str
    row: int
    title: str
    paper: str | None
    fate: Fate
    organization_id: str | None
    reasons: list[ReasonOut]
    notes: list[str]


class OpeningStockOut(BaseModel):
    """What an import did, or with `dry_run` would do. `notes` tell of sheets that were not read."""

    filename: str
    dry_run: bool
    counts: dict[str, int]
    rows: list[StockRowOut]
    notes: list[str]


@router.post("/imports/opening", status_code=201, responses=refusals(403, 409, 413, 422))
def import_opening(
    caller: Importing,
    file: Annotated[UploadFile, File()],
    dry_run: Annotated[bool, Query(description="Write nothing, and say what would be done")] = False,
) -> OpeningStockOut:
    """Enter an opening stock (xlsx) as history; every row is given its fate, and a second import changes nothing."""
    content, actor, now = file.file.read(), caller.actor, caller.now
    filename = file.filename or "opening.xlsx"
    read = caller.read(
        lambda connection: read_file(
            connection, street_id=actor.street_id, content=content, filename=filename, actor=actor, now=now
        )
    )

    def work(connection: Connection) -> OpeningStock:
        return import_opening_stock(connection, read, actor=actor, now=now, dry_run=dry_run)

    done = caller.read(work) if dry_run else caller.write(work)
    return OpeningStockOut(
        filename=done.filename,
        dry_run=done.dry_run,
        counts=done.counts,
        rows=[_row(each, caller.language) for each in done.rows],
        notes=[note.read(caller.language) for note in done.notes],
    )


@router.post(
    "/imports/opening/mending",
    response_class=Response,
    responses={200: {"content": {XLSX: {}}, "description": "The rows refused"}, **refusals(403, 409, 413, 422)},
)
def mend_opening(caller: Importing, file: Annotated[UploadFile, File()]) -> Response:
    """The rows of an opening stock that would be refused, in the same layout and with the reasons, to mend; writes nothing."""
    content, actor, now = file.file.read(), caller.actor, caller.now
    filename = file.filename or "opening.xlsx"

    def work(connection: Connection) -> OpeningStock:
        read = read_file(
            connection, street_id=actor.street_id, content=content, filename=filename, actor=actor, now=now
        )
        return import_opening_stock(connection, read, actor=actor, now=now, dry_run=True)

    headers = {"Content-Disposition": 'attachment; filename="opening-stock-to-mend.xlsx"'}
    return Response(caller.read(work).mending(caller.language), media_type=XLSX, headers=headers)


@router.get(
    "/imports/opening/template",
    response_class=Response,
    responses={200: {"content": {XLSX: {}}, "description": "The empty workbook"}, **refusals(403, 409)},
)
def get_template(caller: Reading) -> Response:
    """The empty workbook, with the lists of the street's policy."""
    require(caller.actor, Permission.IMPORT_OPENING_STOCK)
    content = caller.read(
        lambda connection: empty_workbook(connection, street_id=caller.actor.street_id, now=caller.now)
    )
    headers = {"Content-Disposition": 'attachment; filename="opening-stock.xlsx"'}
    return Response(content, media_type=XLSX, headers=headers)


def _row(account: RowAccount, language: str) -> StockRowOut:
    row = account.row
    return StockRowOut(
        kind=row.kind,
        sheet=row.sheet,
        row=row.row,
        title=account.title,
        paper=row.values.get("paper"),
        fate=account.fate,
        organization_id=account.organization or None,
        reasons=[ReasonOut(code=each.code, cell=each.ref, text=each.text.read(language)) for each in account.reasons],
        notes=[note.read(language) for note in account.notes],
    )

"""What the audit folder of a case would hold, and what is missing from it: `/cases/{id}/folder`."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.addresses import PublicId
from api.callers import Reading
from api.json.shapes import refusals
from incubator.services.case_folder.plan import MOST_BYTES, Scan, Section
from incubator.services.case_folder.reading import read_folder

router = APIRouter(tags=["cases"])


class SheetOut(BaseModel):
    """An entry of the contents; `document_id` is null for a sheet that is set from the record."""

    place: int
    section: Section
    number: str
    responsible: str
    title: str
    date: date
    remark: str
    document_id: str | None
    filename: str | None


class MissingOut(BaseModel):
    """Something that should lie in the folder and does not, and why it is wanted."""

    what: str
    why: str


class FolderOut(BaseModel):
    """A folder's contents in filing order, what is missing first; words in the caller's language."""

    case_id: str
    number: str
    organization: str
    opened_on: date
    ended_on: date | None
    missing: list[MissingOut]
    sheets: list[SheetOut]
    size: int = Field(description="Bytes of the documents that lie in it")
    most: int = Field(description="Bytes that one folder holds")


@router.get("/cases/{case_id}/folder", responses=refusals(403, 404, 422))
def get_folder(caller: Reading, case_id: PublicId) -> FolderOut:
    """The contents of the case's audit folder; the workbench makes it as one PDF."""
    read = caller.read(lambda connection: read_folder(connection, caller.actor, case_id, caller.now))
    language = caller.language
    return FolderOut(
        case_id=case_id,
        number=read.cover.number,
        organization=read.cover.organization,
        opened_on=read.cover.opened_on,
        ended_on=read.cover.ended_on,
        missing=[MissingOut(what=each.what.read(language), why=each.why.read(language)) for each in read.missing],
        sheets=[
            SheetOut(
                place=place,
                section=sheet.section,
                number=sheet.number,
                responsible=sheet.responsible.read(language),
                title=sheet.title.read(language),
                date=sheet.dated,
                remark=sheet.remark.read(language),
                document_id=sheet.content.public_id if isinstance(sheet.content, Scan) else None,
                filename=sheet.content.filename if isinstance(sheet.content, Scan) else None,
            )
            for place, sheet in enumerate(read.sheets, start=1)
        ],
        size=read.size,
        most=MOST_BYTES,
    )

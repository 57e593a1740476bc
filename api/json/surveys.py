"""Surveys: read and brought into the records, and what earlier imports did: `/surveys`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, File, Form, Query, UploadFile
from fastapi.responses import Response
from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from sqlalchemy import Connection

from api.addresses import PublicId
from api.callers import Importing, Reading
from api.json.shapes import Cursor, Limit, Listed, refusals
from incubator.clock import SHANGHAI
from incubator.errors import Invalid
from incubator.queries.paging import USUAL
from incubator.queries.survey_imports import survey_import, survey_imports
from incubator.queries.visibility import Permission, require
from incubator.services.survey.choosing import Candidate, Choice, Choices
from incubator.services.survey.imported import ImportedRow, ImportedSurvey
from incubator.services.survey.importing import import_survey, read_file
from incubator.services.survey.readings import Fate
from incubator.services.survey.readings import Field as Column
from incubator.services.uploads import XLSX
from incubator.text import Text

router = APIRouter(tags=["surveys"])
_CHOICES = TypeAdapter(dict[str, Choice])


class NormalisedOut(BaseModel):
    """A value that is kept otherwise than it was written; `new` is null where nothing could be kept."""

    field: Column
    cell: str
    old: str
    new: str | None


class ReasonOut(BaseModel):
    """Why a row was refused or is suspected, and the cell it hangs on."""

    code: str
    cell: str
    text: str


class CandidateOut(BaseModel):
    """What a suspected row may repeat: an organization, or an earlier row of the file (`row`); the leader is masked."""

    name: str
    community: str
    leader: str
    members: int | None
    organization_id: str | None
    row: str | None


class RowOut(BaseModel):
    """A row of the survey and its fate; telephones are masked."""

    sheet: str
    row: int
    community: str | None
    name: str
    fate: Fate
    organization_id: str | None
    organization_name: str | None
    duplicate_of: str | None
    candidate: CandidateOut | None
    options: list[Choice] = Field(
        description="What may be chosen of a suspected duplicate, in the answer to its reading"
    )
    chosen: Choice | None
    normalised: list[NormalisedOut]
    reasons: list[ReasonOut]
    notes: list[str]


class SurveyOut(BaseModel):
    """What an import did, or with `dry_run` would do; `known_before`: the same file was imported before, nothing came of it."""

    id: str | None
    filename: str
    dry_run: bool
    known_before: bool
    counts: dict[str, int]
    rows: list[RowOut]
    notes: list[str]


class ImportOut(BaseModel):
    """An import in the list."""

    id: str
    filename: str
    sha256: str
    recorded_at: datetime
    imported_by: str | None
    counts: dict[str, int]


@router.post("/surveys", status_code=201, responses=refusals(403, 409, 413, 422))
def create_survey(
    caller: Importing,
    file: Annotated[UploadFile, File()],
    choices: Annotated[
        str,
        Form(
            max_length=100_000,
            description='What was decided of suspected duplicates, a JSON object: `{"SHEET!ROW": "join" | "own" | "skip"}`',
        ),
    ] = "{}",
    dry_run: Annotated[bool, Query(description="Write nothing, and say what would be done")] = False,
) -> SurveyOut:
    """Read a survey (xlsx, or csv in UTF-8 or GB18030) and enter its groups; every row is given its fate.

    A suspected duplicate is left out unless `choices` says what it is; its `options` are what may be said.
    """
    decided = _choices(choices)
    content = file.file.read()
    filename = file.filename or "survey"
    street_id = caller.actor.street_id
    read = caller.read(
        lambda connection: read_file(
            connection, street_id=street_id, content=content, filename=filename, actor=caller.actor, now=caller.now
        )
    )

    def work(connection: Connection) -> ImportedSurvey:
        return import_survey(connection, read, actor=caller.actor, now=caller.now, dry_run=dry_run, choices=decided)

    return _out(caller.read(work) if dry_run else caller.write(work), caller.language)


@router.get("/surveys", responses=refusals(403, 422))
def list_surveys(caller: Reading, cursor: Cursor = "", limit: Limit = USUAL) -> Listed[ImportOut]:
    """A page of the area's imports, newest first."""
    require(caller.actor, Permission.IMPORT_SURVEY)
    page = caller.read(lambda connection: survey_imports(connection, caller.actor, cursor=cursor, limit=limit))
    items = [
        ImportOut(
            id=line.public_id,
            filename=line.filename,
            sha256=line.sha256,
            recorded_at=line.recorded_at.astimezone(SHANGHAI),
            imported_by=line.imported_by or None,
            counts=line.counts,
        )
        for line in page.items
    ]
    return Listed(items=items, next_cursor=page.next_cursor)


@router.get("/surveys/{survey_id}", responses=refusals(403, 404, 422))
def get_survey(caller: Reading, survey_id: PublicId) -> SurveyOut:
    """An import with the fate of every row."""
    require(caller.actor, Permission.IMPORT_SURVEY)
    _, found = caller.read(lambda connection: survey_import(connection, caller.actor, survey_id))
    return _out(found, caller.language)


@router.get(
    "/surveys/{survey_id}/mending",
    response_class=Response,
    responses={200: {"content": {XLSX: {}}, "description": "The rows not taken"}, **refusals(403, 404, 422)},
)
def get_mending(caller: Reading, survey_id: PublicId) -> Response:
    """The rows that were not taken, as a workbook to mend and import again."""
    require(caller.actor, Permission.IMPORT_SURVEY)
    _, found = caller.read(lambda connection: survey_import(connection, caller.actor, survey_id))
    headers = {"Content-Disposition": 'attachment; filename="mending.xlsx"'}
    return Response(found.mending(caller.language), media_type=XLSX, headers=headers)


def _out(survey: ImportedSurvey, language: str) -> SurveyOut:
    return SurveyOut(
        id=survey.public_id or None,
        filename=survey.filename,
        dry_run=survey.dry_run,
        known_before=survey.known_before,
        counts=survey.counts,
        rows=[_row(each, language) for each in survey.rows],
        notes=[f"{sheet.sheet}: {note.read(language)}" for sheet in survey.sheets for note in sheet.notes],
    )


def _choices(said: str) -> Choices:
    try:
        named = _CHOICES.validate_json(said)
    except ValidationError:
        words = Text(
            'choices 应为 JSON 对象：{"工作表!行号": "join"、"own" 或 "skip"}',
            'choices is a JSON object: {"SHEET!ROW": "join", "own" or "skip"}',
        )
        raise Invalid(words, fields={"choices": [words]}) from None
    found = {}
    for place, choice in named.items():
        sheet, _, number = place.rpartition("!")
        found[sheet, int(number) if number.isdecimal() else 0] = choice
    return found


def _candidate(of: Candidate | None) -> CandidateOut | None:
    if of is None:
        return None
    return CandidateOut(
        name=of.name, community=of.community, leader=of.leader, members=of.members,
        organization_id=of.organization or None, row=f"{of.place[0]}!{of.place[1]}" if of.place else None,
    )  # fmt: skip


def _row(row: ImportedRow, language: str) -> RowOut:
    reading = row.reading
    return RowOut(
        sheet=reading.sheet,
        row=reading.row,
        community=reading.community,
        name=reading.values.name,
        fate=row.fate,
        organization_id=row.organization or None,
        organization_name=row.organization_name or None,
        duplicate_of=f"{reading.duplicate_of[0]}!{reading.duplicate_of[1]}" if reading.duplicate_of else None,
        candidate=_candidate(row.candidate),
        options=list(row.options),
        chosen=row.chosen,
        normalised=[
            NormalisedOut(field=each.field, cell=each.ref, old=each.old, new=each.new) for each in reading.normalised
        ],
        reasons=[ReasonOut(code=each.code, cell=each.ref, text=each.text.read(language)) for each in reading.reasons],
        notes=[note.read(language) for note in reading.notes],
    )

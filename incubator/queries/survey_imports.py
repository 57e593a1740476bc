"""Reading what earlier imports of surveys did: the list of them, and one with every row's fate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from incubator.engine.roles import Actor
from incubator.errors import NotFound
from incubator.models.base import table
from incubator.models.organizations import Organization, SurveyImport, SurveyRowFate
from incubator.models.streets import Person
from incubator.queries.visibility import visible_to
from incubator.services.survey.imported import SHEET, ImportedSurvey, row_of, sheet_of
from incubator.text import Text

_IMPORTS, _FATES, _PEOPLE = table(SurveyImport), table(SurveyRowFate), table(Person)


@dataclass(frozen=True, slots=True)
class ImportLine:
    """An import in the list. `imported_by` is a person's name, empty for the command line."""

    id: int
    public_id: str
    filename: str
    sha256: str
    recorded_at: datetime
    imported_by: str
    counts: dict[str, int]


def survey_imports(
    connection: Connection, actor: Actor, *, before: int | None = None, limit: int = 50
) -> list[ImportLine]:
    """The imports that the actor may see, newest first; `before` is the `id` of the last line of the page before."""
    after = [_IMPORTS.c.id < before] if before is not None else []
    return _lines(connection, [visible_to(actor, _IMPORTS), *after], limit)


def survey_import(connection: Connection, actor: Actor, public_id: str) -> tuple[ImportLine, ImportedSurvey]:
    """One import with all its rows, numbers masked; NotFound where there is none in the actor's area."""
    found = _lines(connection, [visible_to(actor, _IMPORTS), _IMPORTS.c.public_id == public_id], 1)
    if not found:
        raise NotFound(Text("没有这次导入的记录", "There is no such import"))
    line = found[0]
    organizations = table(Organization)
    fates = connection.execute(
        select(
            _FATES.c.fate, _FATES.c.account, organizations.c.public_id, organizations.c.name,
        )
        .join_from(_FATES, organizations, organizations.c.id == _FATES.c.organization_id, isouter=True)
        .where(_FATES.c.import_id == line.id)
        .order_by(_FATES.c.id)
    ).all()  # fmt: skip
    return line, ImportedSurvey(
        public_id=line.public_id,
        filename=line.filename,
        rows=tuple(row_of(each.account, each.public_id or "", each.name or "") for each in fates if each.fate != SHEET),
        sheets=tuple(sheet_of(each.account) for each in fates if each.fate == SHEET),
    )


def _lines(connection: Connection, conditions: list[ColumnElement[Any]], limit: int) -> list[ImportLine]:
    rows = connection.execute(
        select(_IMPORTS, _PEOPLE.c.name.label("person_name"))
        .join_from(_IMPORTS, _PEOPLE, _PEOPLE.c.id == _IMPORTS.c.imported_by, isouter=True)
        .where(*conditions)
        .order_by(_IMPORTS.c.id.desc())
        .limit(limit)
    )
    return [
        ImportLine(
            row.id, row.public_id, row.filename, row.sha256, row.recorded_at, row.person_name or "", dict(row.counts)
        )
        for row in rows
    ]

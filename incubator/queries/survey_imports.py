"""Reading what earlier imports of surveys did: the list of them, and one with every row's fate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from incubator.engine.roles import Actor
from incubator.errors import NotFound
from incubator.models.base import table
from incubator.models.organizations import Organization, SurveyImport, SurveyRowFate
from incubator.models.streets import Person
from incubator.queries.paging import USUAL, Page, page_of, window
from incubator.queries.visibility import visible_to
from incubator.services.survey.imported import SHEET, ImportedSurvey, row_of, sheet_of
from incubator.text import Text

_IMPORTS, _FATES, _PEOPLE = table(SurveyImport), table(SurveyRowFate), table(Person)


@dataclass(frozen=True, slots=True)
class ImportLine:
    """An import in the list. `imported_by` is a person's name, empty for the command line."""

    public_id: str
    filename: str
    sha256: str
    recorded_at: datetime
    imported_by: str
    counts: dict[str, int]


def survey_imports(connection: Connection, actor: Actor, *, cursor: str = "", limit: int = USUAL) -> Page[ImportLine]:
    """A page of the area's imports, newest first. Invalid for a cursor or a limit that cannot be."""
    rows = connection.execute(window(_imports(actor), (_IMPORTS.c.id,), cursor, limit, newest_first=True)).all()
    shown, next_cursor = page_of(rows, limit, lambda row: (row.id,))
    return Page(tuple(map(_line, shown)), next_cursor)


def survey_import(connection: Connection, actor: Actor, public_id: str) -> tuple[ImportLine, ImportedSurvey]:
    """One import with all its rows, numbers masked; NotFound where there is none in the actor's area."""
    found = connection.execute(_imports(actor).where(_IMPORTS.c.public_id == public_id)).one_or_none()
    if found is None:
        raise NotFound(Text("没有这次导入的记录", "There is no such import"))
    organizations = table(Organization)
    fates = connection.execute(
        select(_FATES.c.fate, _FATES.c.account, organizations.c.public_id, organizations.c.name)
        .join_from(_FATES, organizations, organizations.c.id == _FATES.c.organization_id, isouter=True)
        .where(_FATES.c.import_id == found.id)
        .order_by(_FATES.c.id)
    ).all()
    return _line(found), ImportedSurvey(
        public_id=found.public_id,
        filename=found.filename,
        rows=tuple(row_of(each.account, each.public_id or "", each.name or "") for each in fates if each.fate != SHEET),
        sheets=tuple(sheet_of(each.account) for each in fates if each.fate == SHEET),
    )


def _imports(actor: Actor) -> Select[Any]:
    return (
        select(_IMPORTS, _PEOPLE.c.name.label("person_name"))
        .join_from(_IMPORTS, _PEOPLE, _PEOPLE.c.id == _IMPORTS.c.imported_by, isouter=True)
        .where(visible_to(actor, _IMPORTS))
    )


def _line(row: Row[Any]) -> ImportLine:
    return ImportLine(row.public_id, row.filename, row.sha256, row.recorded_at, row.person_name or "", dict(row.counts))

"""What an import of a survey did: its rows with their fates, kept in the database and read back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, insert, select

from incubator.models.base import table
from incubator.models.organizations import SurveyImport, SurveyRowFate
from incubator.services.survey.choosing import Candidate, Choice, Place
from incubator.services.survey.mending import mending_workbook
from incubator.services.survey.readings import Difference, Fate, SheetReading, SurveyRow
from incubator.text import Language

SHEET = "sheet"  # the fate under which, as row 0, the account of a whole sheet is kept
TAKEN = (Fate.ACCEPTED, Fate.NORMALISED)
_TO_MEND = (Fate.REFUSED, Fate.SUSPECTED_DUPLICATE)

_ROW = TypeAdapter(SurveyRow)
_SHEET = TypeAdapter(SheetReading)
_DIFFERENCES = TypeAdapter(tuple[Difference, ...])


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """A row and what became of it. Telephone and identity numbers in it are masked.

    `organization` is the public id of the one that it was entered as, is already, or may repeat; empty where there is
    none, as in a dry run.
    """

    reading: SurveyRow
    organization: str = ""
    organization_name: str = ""
    differing: tuple[Difference, ...] = ()
    options: tuple[Choice, ...] = ()  # what may be chosen of a suspected duplicate, right after the reading
    chosen: Choice | None = None
    candidate: Candidate | None = None

    @property
    def place(self) -> Place:
        """Its sheet and row."""
        return self.reading.sheet, self.reading.row

    @property
    def to_mend(self) -> bool:
        """Whether somebody still has to look at it: it was not taken, and nobody chose to leave it out."""
        return self.fate in _TO_MEND and self.chosen is not Choice.SKIP

    @property
    def fate(self) -> Fate:
        """What became of it."""
        return self.reading.fate


@dataclass(frozen=True, slots=True)
class ImportedSurvey:
    """What an import did, or in a dry run would do. `public_id` is its record's, empty where none is kept.

    `known_before`: the street had imported the very same file before and nothing new came of it; `public_id` is then
    the earlier import's.
    """

    public_id: str
    filename: str
    rows: tuple[ImportedRow, ...]
    sheets: tuple[SheetReading, ...]
    dry_run: bool = False
    known_before: bool = False
    unmasked: tuple[SurveyRow, ...] = field(default=(), repr=False)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows had each fate, every fate named."""
        found = Counter(row.fate for row in self.rows)
        return {fate.value: found[fate] for fate in Fate}

    @property
    def entered(self) -> int:
        """How many organizations it entered, or would."""
        return sum(row.fate in TAKEN for row in self.rows)

    @property
    def merged(self) -> int:
        """How many rows were, or would be, merged into a body that is there."""
        return sum(row.fate is Fate.MERGED for row in self.rows)

    def mending(self, language: str = Language.ZH, *, of: ImportedSurvey | None = None) -> bytes:
        """The rows not taken, as an .xlsx to mend and import again; of those that the record `of` an import tells.

        Telephones stand in it only right after the reading; out of the record they come masked.
        """
        places = {row.place for row in (of or self).rows if row.to_mend}
        rows = self.unmasked or tuple(row.reading for row in self.rows)
        return mending_workbook((row for row in rows if (row.sheet, row.row) in places), language)


def row_of(account: Mapping[str, Any], organization: str, organization_name: str) -> ImportedRow:
    """A row as its record tells it."""
    return ImportedRow(
        _ROW.validate_python(account["reading"]),
        organization,
        organization_name,
        _DIFFERENCES.validate_python(account["differing"]),
        chosen=Choice(account["chosen"]) if account.get("chosen") else None,
    )


def sheet_of(account: Mapping[str, Any]) -> SheetReading:
    """A sheet's account as its record tells it."""
    return _SHEET.validate_python(account)


def earlier_import(connection: Connection, street_id: int, sha256: str) -> str:
    """The public id of the street's last import of the same file; empty where there was none."""
    imports = table(SurveyImport)
    found = connection.scalar(
        select(imports.c.public_id)
        .where(imports.c.street_id == street_id, imports.c.sha256 == sha256)
        .order_by(imports.c.id.desc())
        .limit(1)
    )
    return found or ""


def record_import(
    connection: Connection, result: ImportedSurvey, *, street_id: int, sha256: str, keys: Sequence[int], by: int,
    now: datetime,
) -> None:  # fmt: skip
    """Keep the import and the fate of every row. `keys` are the organizations of the rows, 0 for none; `by` a person."""
    imports, fates = table(SurveyImport), table(SurveyRowFate)
    import_id = connection.execute(
        insert(imports)
        .values(
            public_id=result.public_id,
            street_id=street_id,
            filename=result.filename,
            sha256=sha256,
            imported_by=by,
            recorded_at=now,
            counts=result.counts,
        )
        .returning(imports.c.id)
    ).scalar_one()
    common = {"street_id": street_id, "import_id": import_id}
    told = [
        {
            **common, "sheet": sheet.sheet, "row": 0, "fate": SHEET, "organization_id": 0,
            "account": _SHEET.dump_python(sheet, mode="json"),
        }
        for sheet in result.sheets
    ]  # fmt: skip
    told += [
        {
            **common, "sheet": row.reading.sheet, "row": row.reading.row, "fate": row.fate.value, "organization_id": key,
            "account": _account(row),
        }
        for row, key in zip(result.rows, keys, strict=True)
    ]  # fmt: skip
    connection.execute(insert(fates), told)


def _account(row: ImportedRow) -> dict[str, Any]:
    # The cells as they stood are of use to a workbook to mend alone.
    reading = row.reading if row.fate in _TO_MEND else replace(row.reading, raw={})
    choice = {"chosen": row.chosen.value} if row.chosen else {}
    return {
        **choice,
        "reading": _ROW.dump_python(reading, mode="json"),
        "differing": _DIFFERENCES.dump_python(row.differing, mode="json"),
    }

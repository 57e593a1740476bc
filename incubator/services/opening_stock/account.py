"""What an import of the opening stock says of every row: entered, unchanged or refused, with the reasons in plain words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from incubator.services.opening_stock.layout import SHEETS, Kind
from incubator.text import Language, Text


class Fate(StrEnum):
    """What becomes of a row."""

    ENTERED = "entered"
    UNCHANGED = "unchanged"  # it was entered before, or says nothing that the street does not know
    REFUSED = "refused"


FATE_NAMES: dict[Fate, Text] = {
    Fate.ENTERED: Text("录入", "entered"),
    Fate.UNCHANGED: Text("已有，未变动", "already there"),
    Fate.REFUSED: Text("不予录入", "refused"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a row is refused, and the cell it hangs on."""

    code: str
    text: Text
    ref: str


@dataclass(frozen=True, slots=True)
class StockRow:
    """A row as it was read: its place, what its cells say (None: blank or unreadable) and why any could not be read.

    `refs` are the cells by column; `values` holds text, date, fen, hundredths of a percent or a code, by column; `texts`
    what stood in the cells, for a workbook to mend.
    """

    kind: Kind
    sheet: str
    row: int
    values: Mapping[str, Any]
    refs: Mapping[str, str]
    reasons: tuple[Reason, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)

    def ref(self, column: str) -> str:
        """The cell of a column, or the row's first."""
        return self.refs.get(column, f"A{self.row}")

    def refusal(self, code: str, column: str, zh: str, en: str) -> Reason:
        """A reason that hangs on one of the row's cells."""
        return Reason(code, Text(zh, en), self.ref(column))


@dataclass(frozen=True, slots=True)
class RowAccount:
    """A row and what became of it; `organization` is a public id, empty where there is none (yet)."""

    row: StockRow
    fate: Fate
    reasons: tuple[Reason, ...] = ()
    notes: tuple[Text, ...] = ()
    organization: str = ""

    @property
    def title(self) -> str:
        """What the row is about, as people find it on the sheet: the organization or the project, and the number."""
        said = [self.row.values.get(key) for key in ("organization", "number", "agreement_number", "title")]
        place = self.row.values.get("place")
        parts = [str(each) for each in (*said, place and f"第 {place} 期", self.row.values.get("band")) if each]
        return "　".join(dict.fromkeys(parts[:2]))


@dataclass(frozen=True, slots=True)
class OpeningStock:
    """What an import did, or in a dry run would do. `notes` tell of sheets that were not read."""

    filename: str
    rows: tuple[RowAccount, ...]
    notes: tuple[Text, ...]
    dry_run: bool = False

    @property
    def counts(self) -> dict[str, int]:
        """How many rows had each fate, every fate named."""
        found = Counter(row.fate for row in self.rows)
        return {fate.value: found[fate] for fate in Fate}

    @property
    def by_kind(self) -> dict[Kind, dict[Fate, int]]:
        """The same, sheet by sheet, of those sheets that have rows."""
        found = Counter((each.row.kind, each.fate) for each in self.rows)
        kinds = [kind for kind in SHEETS if any(each.row.kind is kind for each in self.rows)]
        return {kind: {fate: found[kind, fate] for fate in Fate} for kind in kinds}

    def mending(self, language: str = Language.ZH) -> bytes:
        """The refused rows as an .xlsx in the same layout, to mend and import again; right after the reading only."""
        from incubator.services.opening_stock.mending import mending_workbook

        return mending_workbook(self.rows, language)

    @property
    def entered(self) -> int:
        """How many rows it entered, or would."""
        return self.counts[Fate.ENTERED]

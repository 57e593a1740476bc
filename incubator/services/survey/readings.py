"""What reading a survey yields: rows with their fates, and an account of every sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from incubator.text import Text


class Field(StrEnum):
    """What a column of a survey can say."""

    NUMBER = "number"
    COMMUNITY = "community"
    NAME = "name"
    CATEGORY = "category"
    LEADER = "leader"
    PHONE = "phone"
    MEMBERS = "members"
    FOUNDED_ON = "founded_on"
    PREMISES = "premises"
    HAS_CHARTER = "has_charter"
    PARTY_MEMBERS = "party_members"
    ACTIVITY_FREQUENCY = "activity_frequency"
    REMARK = "remark"
    # The columns that a workbook to mend carries beside the survey's own.
    REASON = "reason"
    ORIGIN_SHEET = "origin_sheet"
    ORIGIN_ROW = "origin_row"


LABELS: dict[Field, Text] = {
    Field.NUMBER: Text("序号", "No."),
    Field.COMMUNITY: Text("社区", "Community"),
    Field.NAME: Text("组织名称", "Organization name"),
    Field.CATEGORY: Text("类别", "Category"),
    Field.LEADER: Text("负责人", "Leader"),
    Field.PHONE: Text("联系电话", "Phone"),
    Field.MEMBERS: Text("成员人数", "Members"),
    Field.FOUNDED_ON: Text("成立时间", "Founded on"),
    Field.PREMISES: Text("活动场所", "Premises"),
    Field.HAS_CHARTER: Text("有无章程", "Charter"),
    Field.PARTY_MEMBERS: Text("党员情况", "Party members"),
    Field.ACTIVITY_FREQUENCY: Text("活动频次", "Activity frequency"),
    Field.REMARK: Text("备注", "Remarks"),
    Field.REASON: Text("原因", "Reason"),
    Field.ORIGIN_SHEET: Text("原工作表", "Original sheet"),
    Field.ORIGIN_ROW: Text("原行号", "Original row"),
}


class Fate(StrEnum):
    """What becomes of a row."""

    ACCEPTED = "accepted"
    NORMALISED = "normalised"
    SUSPECTED_DUPLICATE = "suspected_duplicate"
    REFUSED = "refused"
    MERGED = "merged"  # a person chose that it is the body it may repeat, whose blanks it fills in
    UNCHANGED = "unchanged"  # the street knows the body, and the row says nothing new


FATE_NAMES: dict[Fate, Text] = {
    Fate.ACCEPTED: Text("导入", "imported"),
    Fate.NORMALISED: Text("规范后导入", "imported, normalised"),
    Fate.SUSPECTED_DUPLICATE: Text("疑似重复", "suspected duplicate"),
    Fate.REFUSED: Text("不予导入", "refused"),
    Fate.MERGED: Text("合并到已有", "merged"),
    Fate.UNCHANGED: Text("已有，未变动", "already there"),
}


class SkipKind(StrEnum):
    """Why a row of a sheet is not a row of the survey."""

    TITLE = "title"
    FORM = "form"  # 填表单位, 填表日期
    EXPLANATION = "explanation"
    HEADING = "heading"  # repeated further down, as on a second printed page
    SECTION = "section"
    TOTAL = "total"
    SIGNATURE = "signature"
    UNFILLED = "unfilled"  # numbered beforehand and left empty
    BLANK = "blank"
    NO_HEADING = "no_heading"  # on a sheet that is no survey table


@dataclass(frozen=True, slots=True)
class RawCell:
    """A cell as it stood: its reference (`E12`), its text untouched, the heading above it."""

    ref: str
    text: str
    heading: str


@dataclass(frozen=True, slots=True)
class Normalised:
    """A value that is stored otherwise than it was written; `new` is None where nothing could be kept."""

    field: Field
    ref: str
    old: str
    new: str | None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a row is refused or suspected, and the cell it hangs on."""

    code: str
    text: Text
    ref: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What the street knows of a body (empty where it knows nothing), and what a row says otherwise."""

    field: Field
    ref: str
    known: Text
    said: Text


@dataclass(frozen=True, slots=True)
class Values:
    """What a row says, typed. None means that the survey does not say.

    `founded_on` is an ISO date as far as it is known: `2013`, `2013-05` or `2013-05-21`. `premises` is None where there
    are none. `dormant_hint` is set where the row says that the activity has stopped.
    """

    name: str = ""
    category: str | None = None
    leader: str | None = None
    phone: str | None = None
    members: int | None = None
    members_approximate: bool = False
    founded_on: str | None = None
    premises: str | None = None
    has_charter: bool | None = None
    party_members: int | None = None
    activity_frequency: str | None = None
    dormant_hint: bool = False
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class SurveyRow:
    """One body that the survey lists. `raw` is keyed by field, or by `column:HEADING` for an unknown column."""

    sheet: str
    row: int
    community: str | None
    values: Values
    raw: Mapping[str, RawCell]
    normalised: tuple[Normalised, ...]
    notes: tuple[Text, ...]
    fate: Fate
    duplicate_of: tuple[str, int] | None = None
    reasons: tuple[Reason, ...] = ()

    def ref(self, field: Field) -> str:
        """The cell of a field, or the row's first where the row has none."""
        return self.raw[field].ref if field in self.raw else f"A{self.row}"


@dataclass(frozen=True, slots=True)
class ColumnReading:
    """A column's heading, where it stands, and the field it was recognised as (None: not used)."""

    ref: str
    heading: str
    field: Field | None


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A row that is not one of the survey, and why; for a total, what it states and how many rows were listed."""

    row: int
    kind: SkipKind
    text: str
    stated: int | None = None
    listed: int | None = None

    @property
    def agrees(self) -> bool:
        """Whether a total's stated count equals the rows listed (true where it states none)."""
        return self.stated is None or self.stated == self.listed


@dataclass(frozen=True, slots=True)
class SheetReading:
    """One sheet: together with the survey's rows, `header_rows` and `skipped` cover every row that is not blank."""

    sheet: str
    community: str | None = None
    survey_date: str | None = None
    header_rows: tuple[int, ...] = ()
    columns: tuple[ColumnReading, ...] = ()
    skipped: tuple[SkippedRow, ...] = ()
    notes: tuple[Text, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Survey:
    """A whole survey, read."""

    rows: tuple[SurveyRow, ...]
    sheets: tuple[SheetReading, ...]

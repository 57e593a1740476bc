"""What an audit folder is made of: cover, missing pages, sheets in filing order. Nothing here reads or draws."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from incubator.text import Text

MOST_BYTES = (
    2 * 1024 * 1024 * 1024
)  # of documents in one folder, 300 photos of a phone; a disk and a person's patience have an end


class Section(StrEnum):
    """The parts of a folder, in filing order."""

    APPLICATION = "application"
    DECISIONS = "decisions"
    NOTICE = "notice"
    PANEL = "panel"
    MEETING = "meeting"
    AGREEMENT = "agreement"
    MONEY = "money"
    SERVICE = "service"
    AFTERWARDS = "afterwards"
    PROOF = "proof"
    RECORD = "record"


SECTION_TITLES: dict[Section, Text] = {
    Section.APPLICATION: Text("申请及材料", "Application and its documents"),
    Section.DECISIONS: Text("审查与决定", "Checks and decisions"),
    Section.NOTICE: Text("公示与异议", "Public notice and objections"),
    Section.PANEL: Text("专家评审", "Expert review"),
    Section.MEETING: Text("集体研究", "Collective decision"),
    Section.AGREEMENT: Text("协议", "Agreement"),
    Section.MONEY: Text("拨付、支出和凭证", "Payments, expenses and vouchers"),
    Section.SERVICE: Text("文书与送达", "Papers and service"),
    Section.AFTERWARDS: Text("复核、更正和办结后事项", "Review, correction and what followed"),
    Section.PROOF: Text("期限计算", "Proof of the time limits"),
    Section.RECORD: Text("办理记录", "Record"),
}


@dataclass(frozen=True, slots=True)
class Heading:
    """A line that opens a part of a sheet."""

    text: Text


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph; a quiet one is small and grey."""

    text: Text
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and what they are, a line each."""

    rows: tuple[tuple[Text, Text], ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; `widths` are the columns' shares, `figures` the columns that are aligned right."""

    heads: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]
    widths: tuple[int, ...]
    figures: frozenset[int] = frozenset()


Block = Heading | Words | Facts | Grid


@dataclass(frozen=True, slots=True)
class Scan:
    """A document as it was handed in; its content is found by its hash."""

    public_id: str
    filename: str
    media_type: str
    size: int  # bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One entry of the contents: pages of our own, or a document. `responsible` is who answers for it (责任者)."""

    section: Section
    title: Text
    number: str
    responsible: Text
    dated: date
    remark: Text
    content: tuple[Block, ...] | Scan


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that should lie in the folder and does not: what, and why it is wanted."""

    what: Text
    why: Text


@dataclass(frozen=True, slots=True)
class Cover:
    """What the front of the folder says. `ended_on` is None while the case runs."""

    street: str
    organization: str
    community: str
    procedure: Text
    number: str
    opened_on: date
    ended_on: date | None
    stands: Text  # the outcome, or the step that the case is in
    masked: bool


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder before it is bound. `as_of` is the case's last event: the same record makes the same folder."""

    case_id: str  # public
    cover: Cover
    missing: tuple[Missing, ...]
    sheets: tuple[Sheet, ...]
    as_of: datetime
    last_hash: str

    def scans(self) -> Iterator[Scan]:
        """The documents that lie in it."""
        return (sheet.content for sheet in self.sheets if isinstance(sheet.content, Scan))

    @property
    def size(self) -> int:
        """How many bytes of documents are to be bound."""
        return sum(scan.size for scan in self.scans())

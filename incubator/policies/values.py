"""What a policy pack's section is made of: leaves that are a value together with where it comes from."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Annotated, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from incubator.engine.deadlines import Unit
from incubator.engine.policy import Citation, DocumentNeed, Due, Rung
from incubator.engine.roles import Role
from incubator.text import Text

__all__ = [
    "Band",
    "Bands",
    "BeforeExpiry",
    "Cap",
    "Category",
    "Citation",
    "Cited",
    "CodedName",
    "Count",
    "Criterion",
    "DocumentNeed",
    "Documents",
    "Due",
    "ExcludedKind",
    "Fen",
    "Ladder",
    "NameForm",
    "Roles",
    "Rung",
    "ScoringSheet",
    "Section",
    "TranchePart",
    "TranchePlan",
    "Validity",
    "leaves",
]

T = TypeVar("T")

LADDER_LEVELS = ("reminder", "second_reminder", "escalation")


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Cited(_Value, Generic[T]):
    """A leaf: the value, and the article or the street's own practice that it comes from."""

    value: T
    cite: Citation


class Section(_Value):
    """A part of a pack: further sections, and `Cited` leaves."""


Count = Annotated[int, Field(ge=0, le=1_000_000)]
Documents = tuple[DocumentNeed, ...]


class Validity(_Value):
    """How long something holds; it ends on the day before the corresponding day."""

    length: int = Field(ge=1, le=3650)
    unit: Unit

    @model_validator(mode="after")
    def _is_no_count_of_working_days(self) -> Validity:
        if self.unit is Unit.WORKING_DAYS:
            raise ValueError("a validity is counted in calendar days, months or years")
        return self

    def until(self, start: date) -> date:
        """The last day on which it holds when it begins on `start`."""
        if self.unit is Unit.CALENDAR_DAYS:
            return start + timedelta(days=self.length - 1)
        months = self.length * (12 if self.unit is Unit.YEARS else 1)
        year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
        last_of_month = monthrange(year, month + 1)[1]
        if start.day > last_of_month:  # no corresponding day: it holds to the month's end
            return date(year, month + 1, last_of_month)
        return date(year, month + 1, start.day) - timedelta(days=1)


class BeforeExpiry(_Value):
    """From how many calendar days before an expiry until how many something may be applied for."""

    opens_days_before: int = Field(ge=1, le=730)
    closes_days_before: int = Field(ge=0, le=365)

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> BeforeExpiry:
        if self.opens_days_before <= self.closes_days_before:
            raise ValueError("a window opens before it closes")
        return self


class Category(_Value):
    """One entry of the jurisdiction's list of categories, with the other words people write for it."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: Text
    synonyms: tuple[str, ...] = ()


class ExcludedKind(_Value):
    """A kind of body that may not be filed and how it is recognised; in a pattern `*` stands for any characters."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: Text
    patterns: tuple[str, ...] = Field(min_length=1)
    reason: Text


class NameForm(_Value):
    """What a proper name consists of: areas that it must name, and the words that it may end with."""

    must_name: tuple[Annotated[str, Field(pattern=r"^(district|street|community)$")], ...] = ()
    endings: tuple[str, ...] = ()


class Criterion(_Value):
    """One thing that a scoring sheet asks, and the most points for it; criteria of a dimension bear its name."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Text
    most: int = Field(ge=1, le=1000)
    dimension: Text | None = None


class ScoringSheet(_Value):
    """How a panel scores: its criteria, and whether the highest and the lowest total are dropped."""

    criteria: tuple[Criterion, ...] = Field(min_length=1)
    drop_extremes: bool = False

    @model_validator(mode="after")
    def _names_each_criterion_once(self) -> ScoringSheet:
        codes = [criterion.code for criterion in self.criteria]
        if len(set(codes)) != len(codes):
            raise ValueError("each criterion of a scoring sheet has a code of its own")
        return self


class Band(_Value):
    """A result for every score from `least` on, up to the next band's `least`, which is not part of it."""

    code: str = Field(pattern=r"^[a-z0-9][a-z0-9_]*$")
    title: Text
    least: int = Field(ge=0, le=1_000_000)


def _touching_bands(bands: tuple[Band, ...]) -> tuple[Band, ...]:
    leasts = [band.least for band in bands]
    if not bands or leasts[0] != 0 or any(later <= earlier for earlier, later in pairwise(leasts)):
        raise ValueError("bands begin at 0, and each begins above the one before")
    if len({band.code for band in bands}) != len(bands):
        raise ValueError("each band has a code of its own")
    return bands


# Half-open and touching by construction: every score from 0 on lies in exactly one.
Bands = Annotated[tuple[Band, ...], AfterValidator(_touching_bands)]


class TranchePart(_Value):
    """A part of an award in hundredths of a percent, and the gate that it lies behind."""

    gate: str = Field(pattern=r"^(signed|midterm|final)$")
    share: int = Field(ge=1, le=10_000)


def _whole_plan(parts: tuple[TranchePart, ...]) -> tuple[TranchePart, ...]:
    gates = ("signed", "midterm", "final")
    places = [gates.index(part.gate) for part in parts]
    if sum(part.share for part in parts) != 10_000:
        raise ValueError("the parts of a tranche plan make 100 %")
    if places != sorted(places):
        raise ValueError("the gates of a tranche plan come in their order: signed, midterm, final")
    return parts


TranchePlan = Annotated[tuple[TranchePart, ...], Field(min_length=1, max_length=12), AfterValidator(_whole_plan)]

Fen = Annotated[int, Field(ge=0, le=100_000_000_000)]


class Cap(_Value):
    """The most that one project may get: an amount in fen, or a share of the call's budget in hundredths of a percent."""

    fen: Fen | None = None
    share: int | None = Field(default=None, ge=1, le=10_000)

    @model_validator(mode="after")
    def _is_one_of_the_two(self) -> Cap:
        if (self.fen is None) == (self.share is None):
            raise ValueError("a cap is an amount or a share, one of the two")
        return self


class CodedName(_Value):
    """One entry of a list that people choose from."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: Text


# Who may be said to do a step: whoever works for an area, and not who was asked into a case or works by itself.
WORKERS = (Role.COMMUNITY_WORKER, Role.OFFICER, Role.DIRECTOR, Role.FINANCE, Role.MANAGER)


def _workers(roles: tuple[Role, ...]) -> tuple[Role, ...]:
    if not set(roles) <= set(WORKERS) or len(set(roles)) != len(roles):
        raise ValueError("a step is done by people of the area, each role named once")
    return roles


# The first one finds it in the worklist.
Roles = Annotated[tuple[Role, ...], Field(min_length=1), AfterValidator(_workers)]


def _ordered_rungs(rungs: tuple[Rung, ...]) -> tuple[Rung, ...]:
    levels = [rung.level for rung in rungs]
    if any(level not in LADDER_LEVELS for level in levels) or len(set(levels)) != len(levels):
        raise ValueError("an overdue ladder has each of reminder, second_reminder and escalation at most once")
    days = [rung.after_days for rung in sorted(rungs, key=lambda rung: LADDER_LEVELS.index(rung.level))]
    if any(later <= earlier for earlier, later in pairwise(days)):
        raise ValueError("each rung of an overdue ladder comes later than the one before")
    return rungs


Ladder = Annotated[tuple[Rung, ...], AfterValidator(_ordered_rungs)]


def leaves(section: type[Section], prefix: str = "") -> Iterator[tuple[str, type[BaseModel]]]:
    """Every path that the section can say, with its leaf's type: `filing.decision.due`, Cited[Due]."""
    for name, field in section.model_fields.items():
        path = f"{prefix}.{name}" if prefix else name
        kind = field.annotation
        assert isinstance(kind, type)
        if issubclass(kind, Section):
            yield from leaves(kind, path)
        else:
            yield path, kind

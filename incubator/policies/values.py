"""What a policy pack's section is made of: leaves that are a value together with where it comes from."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from incubator.engine.deadlines import Unit
from incubator.engine.policy import Citation, DocumentNeed, Due, Rung
from incubator.engine.roles import ROLE_NAMES, Role
from incubator.policies.misstated import Misstated, Where
from incubator.text import Text

__all__ = [
    "Band",
    "Bands",
    "BeforeExpiry",
    "Cap",
    "CapStep",
    "CapTiers",
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
    "Tier",
    "Tiers",
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
    """A leaf: the value, the article or the street's own practice that it comes from, and the days on which it holds."""

    value: T
    cite: Citation
    effective_from: date | None = None  # the pack's own first day unless it is said
    effective_until: date | None = None  # the last day; until the next value or the pack's end unless it is said

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> Cited[T]:
        if self.effective_from and self.effective_until and self.effective_until < self.effective_from:
            words = Text(
                f"失效日期 {self.effective_until} 早于生效日期 {self.effective_from}",
                f"It ends on {self.effective_until}, before it takes effect on {self.effective_from}",
            )
            raise Misstated((("effective_until",), words))
        return self

    def stored(self) -> dict[str, Any]:
        """The leaf as a pack's content keeps it; dates only where they are said."""
        dumped: dict[str, Any] = self.model_dump(mode="json")
        return {name: each for name, each in dumped.items() if each is not None or not name.startswith("effective_")}


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


class Tier(_Value):
    """Where a group of `least_members` or more belongs, up to the next tier's `least_members`: filed, registered, on a ledger."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: Text
    least_members: int = Field(ge=0, le=1_000_000)
    goes_to: Literal["filing", "registration", "ledger"]
    next: Text  # what a group of the tier is told to do


def _touching_tiers(tiers: tuple[Tier, ...]) -> tuple[Tier, ...]:
    leasts = [tier.least_members for tier in tiers]
    if not tiers or leasts[0] != 0 or any(later <= earlier for earlier, later in pairwise(leasts)):
        raise ValueError("tiers begin at 0 members, and each begins above the one before")
    if len({tier.code for tier in tiers}) != len(tiers):
        raise ValueError("each tier has a code of its own")
    if all(tier.goes_to != "filing" for tier in tiers):
        raise ValueError("some tier goes to filing")
    return tiers


# Half-open and touching: a group of any size lies in exactly one.
Tiers = Annotated[tuple[Tier, ...], AfterValidator(_touching_tiers)]


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
    """How a panel scores: its criteria, whether the highest and the lowest total are dropped, and what counts as far off.

    A total is far from the others where it lies more than `far_percent` of all points from the panel's median; unsaid,
    none is called so.
    """

    criteria: tuple[Criterion, ...] = Field(min_length=1)
    drop_extremes: bool = False
    far_percent: int | None = Field(default=None, ge=1, le=100)

    @model_validator(mode="after")
    def _names_each_criterion_once(self) -> ScoringSheet:
        codes = [criterion.code for criterion in self.criteria]
        if len(set(codes)) != len(codes):
            raise ValueError("each criterion of a scoring sheet has a code of its own")
        return self


class Band(_Value):
    """A result for every score from `least` on, up to the next band's `least`, which is not part of it.

    `below`, where it is said, repeats the next band's `least`, so that a pack reads as its source does.
    """

    code: str = Field(pattern=r"^[a-z0-9][a-z0-9_]*$")
    title: Text
    least: int = Field(ge=0, le=1_000_000)
    below: int | None = Field(default=None, ge=0, le=1_000_000)


def _touching_bands(bands: tuple[Band, ...]) -> tuple[Band, ...]:
    faults: list[tuple[Where, Text]] = []
    if not bands:
        faults.append(((), Text("至少要有一个等级", "At least one band is needed")))
    elif bands[0].least:
        most = bands[0].least
        words = Text(
            f"从 0 分到不足 {most} 分的不属于任何等级，请从 0 分写起",
            f"From 0 up to {most} points (not included) there is no band: begin at 0",
        )
        faults.append(((0, "least"), words))
    for place, (band, following) in enumerate(pairwise(bands)):
        faults += [((place + where, name), words) for where, name, words in _seam(band, following)]
    if bands and bands[-1].below is not None:
        words = Text(
            f"从 {bands[-1].below} 分起的不属于任何等级，最后一个等级不写 below",
            f"From {bands[-1].below} points on there is no band: the last one has no `below`",
        )
        faults.append(((len(bands) - 1, "below"), words))
    codes = [band.code for band in bands]
    for place, code in enumerate(codes):
        if code in codes[:place]:
            words = Text(f"等级代码“{code}”重复", f"Two bands have the code {code!r}: each has its own")
            faults.append(((place, "code"), words))
    if faults:
        raise Misstated(*faults)
    return bands


def _seam(band: Band, following: Band) -> Iterator[tuple[int, str, Text]]:
    """What is wrong where a band meets the next: in which of the two (0 or 1), at what, in words."""
    if following.least <= band.least:
        yield (
            1,
            "least",
            Text(
                f"“{following.title.zh}”从 {following.least} 分起，不高于前一等级“{band.title.zh}”的 {band.least} 分；"
                "请按分数由低到高排列，逐级增大",
                f"{following.title.en!r} begins at {following.least} points and the one before, {band.title.en!r}, at {band.least}: "
                "begin each above the one before",
            ),
        )
    elif band.below is not None and band.below < following.least:
        yield (
            0,
            "below",
            Text(
                f"从 {band.below} 分到不足 {following.least} 分的不属于任何等级：“{band.title.zh}”的 below "
                f"须等于“{following.title.zh}”的 least",
                f"From {band.below} up to {following.least} points (not included) there is no band: `below` of "
                f"{band.title.en!r} must be `least` of {following.title.en!r}",
            ),
        )
    elif band.below is not None and band.below > following.least:
        yield (
            0,
            "below",
            Text(
                f"从 {following.least} 分到不足 {band.below} 分的同属“{band.title.zh}”和“{following.title.zh}”：“{band.title.zh}”的 "
                f"below 须等于“{following.title.zh}”的 least",
                f"From {following.least} up to {band.below} points (not included) there are two bands, {band.title.en!r} and "
                f"{following.title.en!r}: `below` of the first must be `least` of the second",
            ),
        )


# Half-open and touching: every score from 0 on lies in exactly one.
Bands = Annotated[tuple[Band, ...], AfterValidator(_touching_bands)]


class TranchePart(_Value):
    """A part of an award in hundredths of a percent, and the gate that it lies behind."""

    gate: str = Field(pattern=r"^(signed|midterm|final)$")
    share: int = Field(ge=1, le=10_000)


def _whole_plan(parts: tuple[TranchePart, ...]) -> tuple[TranchePart, ...]:
    gates = ("signed", "midterm", "final")
    places = [gates.index(part.gate) for part in parts]
    whole = sum(part.share for part in parts)
    if whole != 10_000:
        raise Misstated(
            (
                (),
                Text(
                    f"各期拨付比例合计须为 100%（10000），现为 {whole / 100:g}%（{whole}）",
                    f"The parts of a tranche plan make 100 % (10000); these make {whole / 100:g} % ({whole})",
                ),
            )
        )
    if places != sorted(places):
        raise ValueError("the gates of a tranche plan come in their order: signed, midterm, final")
    return parts


TranchePlan = Annotated[tuple[TranchePart, ...], Field(min_length=1, max_length=12), AfterValidator(_whole_plan)]

Fen = Annotated[int, Field(ge=0, le=100_000_000_000)]


class CapStep(_Value):
    """A cap for every score or budget from `least` on, up to the next step's `least`, which is not part of it."""

    least: Fen  # points, or fen
    fen: Fen | None = None
    share: int | None = Field(default=None, ge=1, le=10_000)

    @model_validator(mode="after")
    def _is_one_of_the_two(self) -> CapStep:
        if (self.fen is None) == (self.share is None):
            raise ValueError("a step of a cap is an amount or a share, one of the two")
        return self


def _touching_steps(steps: tuple[CapStep, ...]) -> tuple[CapStep, ...]:
    leasts = [step.least for step in steps]
    if not steps or leasts[0] != 0 or any(later <= earlier for earlier, later in pairwise(leasts)):
        raise ValueError("the steps of a cap begin at 0, and each begins above the one before")
    return steps


class CapTiers(_Value):
    """A cap that goes by the panel's score, or by the call's budget in fen: half-open steps that touch."""

    by: Literal["score", "budget"]
    steps: Annotated[tuple[CapStep, ...], AfterValidator(_touching_steps)]


class Cap(_Value):
    """The most that one project may get: an amount in fen, a share of the call's budget in hundredths of a percent, or tiers."""

    fen: Fen | None = None
    share: int | None = Field(default=None, ge=1, le=10_000)
    tiers: CapTiers | None = None

    @model_validator(mode="after")
    def _is_one_of_them(self) -> Cap:
        if sum(each is not None for each in (self.fen, self.share, self.tiers)) != 1:
            raise ValueError("a cap is an amount, a share or tiers, one of them")
        return self


class CodedName(_Value):
    """One entry of a list that people choose from."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: Text


# Who may be said to do a step: whoever works for an area, and not who was asked into a case or works by itself.
WORKERS = (Role.COMMUNITY_WORKER, Role.OFFICER, Role.DIRECTOR, Role.FINANCE, Role.MANAGER)


def _workers(roles: tuple[Role, ...]) -> tuple[Role, ...]:
    faults: list[tuple[Where, Text]] = []
    for place, role in enumerate(roles):
        if role not in WORKERS:
            listed = ", ".join(WORKERS)
            words = Text(
                f"{ROLE_NAMES[role].zh}（{role}）不能办理这一环节，办理人只能是 {listed}",
                f"The step cannot be done by {role}: name some of {listed}",
            )
            faults.append(((place,), words))
        elif role in roles[:place]:
            faults.append(((place,), Text(f"{role} 写了两次，请删去一处", f"{role} is named twice: delete one")))
    if faults:
        raise Misstated(*faults)
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


def leaves(section: type[Section], prefix: str = "") -> Iterator[tuple[str, type[Cited[Any]]]]:
    """Every path that the section can say, with its leaf's type: `filing.decision.due`, Cited[Due]."""
    for name, field in section.model_fields.items():
        path = f"{prefix}.{name}" if prefix else name
        kind = field.annotation
        assert isinstance(kind, type)
        if issubclass(kind, Section):
            yield from leaves(kind, path)
        else:
            assert issubclass(kind, Cited)
            yield path, kind

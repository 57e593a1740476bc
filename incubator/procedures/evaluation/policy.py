"""What a policy pack says about evaluation: who is due, the sheet and its bands, vetoes, validity, the registrar's grades."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter

from incubator.engine.deadlines import Unit
from incubator.policies.values import (
    Bands,
    Cited,
    CodedName,
    Count,
    Documents,
    Due,
    Ladder,
    ScoringSheet,
    Section,
    Validity,
)
from incubator.procedures.shared.policy import Assigned, InternalReview, PublicNotice, Service, Submission, Timed
from incubator.text import Text

Seats = Annotated[int, Field(ge=1, le=15)]


class Veto(CodedName):
    """Something for which the band stays at `cap` or below, whatever the score.

    The records show it by the result of the last yearly review or by a restriction in force; one with neither is for the
    officer to find.
    """

    cap: str = Field(pattern=r"^[a-z0-9][a-z0-9_]*$")  # the code of a band
    reviews: tuple[str, ...] = ()  # results of the last yearly review
    restrictions: tuple[str, ...] = ()  # kinds of restriction


class Grade(BaseModel):
    """One of the registrar's grades."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Field(pattern=r"^[0-9A-Z]{1,10}$")
    name: Text


class GradeStart(StrEnum):
    """From when a grade holds."""

    ANNOUNCEMENT = "announcement"
    NEXT_JANUARY = "next_january"  # 1 January of the year after the announcement


class GradeValidity(BaseModel):
    """How long a grade holds that was announced on `announced_from` or later: so many years from its start."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    announced_from: date
    starts: GradeStart
    years: int = Field(ge=1, le=20)

    def of(self, announced_on: date) -> tuple[date, date]:
        """The first and the last day on which a grade of that announcement holds."""
        first = date(announced_on.year + 1, 1, 1) if self.starts is GradeStart.NEXT_JANUARY else announced_on
        return first, Validity(length=self.years, unit=Unit.YEARS).until(first)


def _in_order(validities: tuple[GradeValidity, ...]) -> tuple[GradeValidity, ...]:
    if any(later.announced_from <= earlier.announced_from for earlier, later in pairwise(validities)):
        raise ValueError("validities of grades come in the order of the announcements that they are for")
    return validities


GradeValidities = Annotated[tuple[GradeValidity, ...], Field(min_length=1), AfterValidator(_in_order)]
_GRADE_VALIDITIES: TypeAdapter[tuple[GradeValidity, ...]] = TypeAdapter(GradeValidities)


def grade_validity(stored: Any, announced_on: date) -> tuple[date, date] | None:
    """The first and last day of a grade by the stored validities; None where they do not reach so far back."""
    fitting = [each for each in _GRADE_VALIDITIES.validate_python(stored) if each.announced_from <= announced_on]
    return fitting[-1].of(announced_on) if fitting else None


def stars_until(stored: Any, signed_on: date) -> date:
    """The last day of stars by the stored validity, counted from the signature."""
    return Validity.model_validate(stored).until(signed_on)


class Opening(Section):
    """Whom an evaluation is due for."""

    months_filed: Cited[Count]  # filed at least so long and never rated
    days_before_end: Cited[Count]  # or rated, with so many days left at most


class SelfReport(Submission):
    """The organization's own report."""

    due: Cited[Due]
    ladder: Cited[Ladder]
    close_after: Cited[Due]  # after this the officer may close the matter without a report


class Screening(Section):
    """What the automated screening holds the records against."""

    activities: Cited[Count]  # at least, in the year before


class Visit(Timed):
    """The visit."""

    documents: Cited[Documents]


class Review(Timed):
    """The panel."""

    size: Cited[Seats]
    quorum: Cited[Seats]
    sheet: Cited[ScoringSheet]
    paper: Cited[Documents]  # the scan of a sheet that a member filled in and signed


class RegistrarGrade(Section):
    """The registrar's grades, which the street records."""

    grades: Cited[tuple[Grade, ...]]
    validity: Cited[GradeValidities]
    documents: Cited[Documents]
    record: Timed
    confirmation: Timed
    result_correction: Timed
    ladder: Cited[Ladder]


class Evaluation(Section):
    """The section `evaluation` of a pack. The first band is a failure: it lies below the lowest star."""

    opening: Opening
    self_report: SelfReport
    screening: Screening
    eligibility: Assigned
    correction: Timed
    visit: Visit
    review: Review
    bands: Cited[Bands]
    vetoes: Cited[tuple[Veto, ...]]
    conclusion: Timed
    public_notice: PublicNotice
    objection: Timed
    decision: Assigned
    validity: Cited[Validity]
    service: Service
    failure: Submission
    refusal: Submission
    internal_review: InternalReview
    result_correction: Timed
    ladder: Cited[Ladder]
    registrar: RegistrarGrade

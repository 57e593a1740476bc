"""Facts about the rating of an organization: the street's stars, or the registrar's grade, in force on the day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, or_, select

from incubator.clock import today
from incubator.facts.bulk import among
from incubator.facts.registry import Asking, AsOf, CaseRef, Fact, provides
from incubator.facts.together import Question
from incubator.models.base import NO_DATE, table
from incubator.models.evaluations import Rating, RatingKind

# Built once: on the hot path of advance, putting a statement together costs more than executing it.
_ROWS = table(Rating)
_IN_FORCE = (
    select(_ROWS.c.organization_id, _ROWS.c.kind, _ROWS.c.band, _ROWS.c.title_zh, _ROWS.c.title_en, _ROWS.c.valid_until)
    .where(
        among(_ROWS.c.organization_id, "organizations"),
        _ROWS.c.recorded_at <= bindparam("moment"),
        _ROWS.c.valid_from <= bindparam("day"),
        _ROWS.c.valid_until >= bindparam("day"),
        # One whose early end is not known yet at the moment asked about still held then.
        or_(_ROWS.c.ended_on > bindparam("day"), _ROWS.c.ended_at > bindparam("moment")),
    )
    .order_by(_ROWS.c.valid_from, _ROWS.c.id)
)
_STANDING = select(_ROWS.c.case_id).where(
    among(_ROWS.c.case_id, "cases"),
    _ROWS.c.recorded_at <= bindparam("moment"),
    or_(_ROWS.c.ended_on == NO_DATE, _ROWS.c.ended_at > bindparam("moment")),
)


@provides(
    Fact("organization.star", dict, guard="organization"),
    Fact("organization.rating", dict, guard="organization"),
)
def ratings(cases: Sequence[CaseRef], as_of: AsOf) -> Asking:
    """The stars in force, and the rating in force: the registrar's grade where there is one, else the stars; or None.

    Each is `{"kind", "band", "title_zh", "title_en", "valid_until"}`.
    """
    asked = {
        "organizations": {case.organization_id for case in cases},
        "moment": as_of.moment,
        "day": today(as_of.moment),
    }
    found: dict[tuple[int, str], dict[str, Any]] = {}
    for row in (yield Question(_IN_FORCE, asked)):
        said = dict(row._mapping)
        found[said.pop("organization_id"), row.kind] = said
    answers = []
    for case in cases:
        star = found.get((case.organization_id, RatingKind.STAR.value))
        grade = found.get((case.organization_id, RatingKind.REGISTRAR_GRADE.value))
        answers.append({"organization.star": star, "organization.rating": grade or star})
    return answers


@provides(Fact("case.rating_stands", bool, guard="organization"))
def rating_stands(cases: Sequence[CaseRef], as_of: AsOf) -> Asking:
    """Whether the rating that the case gave has given way to no other and was neither lowered nor revoked."""
    asked = {"cases": {case.id for case in cases if case.id}, "moment": as_of.moment}
    rows = yield Question(_STANDING, asked)
    standing = {row.case_id for row in rows}
    return [{"case.rating_stands": case.id in standing} for case in cases]

"""Facts about the yearly reviews of an organization: how the last one ended, and whether a report is overdue."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from incubator.clock import today
from incubator.facts.bulk import among
from incubator.facts.registry import Asking, AsOf, CaseRef, Fact, provides
from incubator.facts.together import Question
from incubator.models.base import table
from incubator.models.cases import Case

# Built once: on the hot path of advance, putting a statement together costs more than executing it.
_FILES = table(Case)
_REVIEWS = select(_FILES.c.organization_id, _FILES.c.period, _FILES.c.outcome, _FILES.c.due_on).where(
    among(_FILES.c.organization_id, "organizations"), _FILES.c.procedure == "yearly_review"
)
_ENDED = _REVIEWS.where(_FILES.c.open.is_(False), _FILES.c.ended_at <= bindparam("moment")).order_by(_FILES.c.period)
_UNREPORTED = _REVIEWS.where(
    _FILES.c.open.is_(True), _FILES.c.step == "report", _FILES.c.due_on < bindparam("day")
).order_by(_FILES.c.period)


@provides(Fact("organization.last_review", dict, guard="organization"))
def last_review(cases: Sequence[CaseRef], as_of: AsOf) -> Asking:
    """The yearly review of the latest period that has ended, `{"period", "outcome"}`; None where there is none."""
    asked = {"organizations": {case.organization_id for case in cases}, "moment": as_of.moment}
    rows = yield Question(_ENDED, asked)
    last = {row.organization_id: {"period": row.period, "outcome": row.outcome} for row in rows}
    return [{"organization.last_review": last.get(case.organization_id)} for case in cases]


@provides(Fact("organization.report_overdue", str))
def report_overdue(cases: Sequence[CaseRef], as_of: AsOf) -> Asking:
    """The period of a running yearly review whose report should have come by now; empty where there is none."""
    asked = {"organizations": {case.organization_id for case in cases}, "day": today(as_of.moment)}
    rows = yield Question(_UNREPORTED, asked)
    overdue = {row.organization_id: row.period for row in rows}
    return [{"organization.report_overdue": overdue.get(case.organization_id, "")} for case in cases]

"""Facts about a case and its neighbours: the period it is of, the other cases of its organization."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, or_, select

from incubator.facts.bulk import among
from incubator.facts.registry import Asking, AsOf, CaseRef, Fact, Facts, provides
from incubator.facts.together import Question
from incubator.models.base import table
from incubator.models.cases import Case

# Built once: on the hot path of advance, putting a statement together costs more than executing it.
_FILES = table(Case)
_NEIGHBOURS = (
    select(_FILES.c.id, _FILES.c.organization_id, _FILES.c.procedure, _FILES.c.number, _FILES.c.period)
    .where(among(_FILES.c.organization_id, "organizations"))
    .order_by(_FILES.c.id)
)
_OPENED_BY_THEN = _FILES.c.opened_at <= bindparam("moment")
_OPEN = _NEIGHBOURS.where(_FILES.c.open.is_(True))
# A case that ended and was taken up again counts as running from its opening: position is kept for the present.
_OPEN_THEN = _NEIGHBOURS.where(
    _OPENED_BY_THEN, or_(_FILES.c.ended_at.is_(None), _FILES.c.ended_at > bindparam("moment"))
)
_OF_PERIODS = _NEIGHBOURS.where(among(_FILES.c.period, "periods"))
_OF_PERIODS_THEN = _OF_PERIODS.where(_OPENED_BY_THEN)


@provides(Fact("case.period", str))
def period(cases: Sequence[CaseRef], as_of: AsOf) -> Asking:
    """The period of a periodic case, such as 2027; empty for any other."""
    yield []  # the case itself tells it
    return [{"case.period": case.period} for case in cases]


@provides(Fact("case.others_open", dict, guard="organization"))
def others_open(cases: Sequence[CaseRef], as_of: AsOf) -> Asking:
    """Procedure -> numbers of the organization's other cases that run."""
    asked: dict[str, Any] = {"organizations": {case.organization_id for case in cases}}
    if as_of.is_past:
        asked["moment"] = as_of.moment
    rows = yield Question(_OPEN_THEN if as_of.is_past else _OPEN, asked)
    return _by_procedure("case.others_open", cases, rows)


@provides(Fact("case.same_period", dict, guard="organization"))
def same_period(cases: Sequence[CaseRef], as_of: AsOf) -> Asking:
    """Procedure -> numbers of the organization's other cases of the same period, running or ended."""
    periodic = [case for case in cases if case.period]
    asked: dict[str, Any] = {
        "organizations": {case.organization_id for case in periodic},
        "periods": {case.period for case in periodic},
    }
    if as_of.is_past:
        asked["moment"] = as_of.moment
    rows = (yield Question(_OF_PERIODS_THEN if as_of.is_past else _OF_PERIODS, asked)) if periodic else []
    return _by_procedure("case.same_period", cases, rows, of_period=True)


def _by_procedure(name: str, cases: Sequence[CaseRef], rows: Sequence[Any], *, of_period: bool = False) -> Facts:
    of_organization: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        of_organization[row.organization_id].append(row)
    answers = []
    for case in cases:
        found: dict[str, list[str]] = defaultdict(list)
        for row in of_organization[case.organization_id]:
            if row.id != case.id and (not of_period or row.period == case.period):
                found[row.procedure].append(row.number)
        answers.append({name: dict(found)})
    return answers

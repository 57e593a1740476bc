"""Facts about a case and its neighbours: the period it is of, the other cases of its organization."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, or_, select

from incubator.facts.bulk import among
from incubator.facts.registry import AsOf, CaseRef, Fact, provides
from incubator.models.base import table
from incubator.models.cases import Case

Facts = Sequence[Mapping[str, Any]]


@provides(Fact("case.period", str))
def period(connection: Connection, cases: Sequence[CaseRef], as_of: AsOf) -> Facts:
    """The period of a periodic case, such as 2027; empty for any other."""
    return [{"case.period": case.period} for case in cases]


@provides(Fact("case.others_open", dict, guard="organization"))
def others_open(connection: Connection, cases: Sequence[CaseRef], as_of: AsOf) -> Facts:
    """Procedure -> numbers of the organization's other cases that run."""
    files = table(Case)
    query = select(files.c.id, files.c.organization_id, files.c.procedure, files.c.number).where(
        among(connection, files.c.organization_id, {case.organization_id for case in cases})
    )
    if as_of.is_past:
        # A case that ended and was taken up again counts as running from its opening: position is kept for the present.
        ended_later = or_(files.c.ended_at.is_(None), files.c.ended_at > as_of.moment)
        query = query.where(files.c.opened_at <= as_of.moment, ended_later)
    else:
        query = query.where(files.c.open.is_(True))
    return _by_procedure("case.others_open", cases, connection.execute(query.order_by(files.c.id)).all())


@provides(Fact("case.same_period", dict, guard="organization"))
def same_period(connection: Connection, cases: Sequence[CaseRef], as_of: AsOf) -> Facts:
    """Procedure -> numbers of the organization's other cases of the same period, running or ended."""
    files = table(Case)
    periods = {case.period for case in cases if case.period}
    query = select(files.c.id, files.c.organization_id, files.c.procedure, files.c.number, files.c.period).where(
        among(connection, files.c.organization_id, {case.organization_id for case in cases if case.period}),
        files.c.period.in_(periods),
    )
    if as_of.is_past:
        query = query.where(files.c.opened_at <= as_of.moment)
    rows = connection.execute(query.order_by(files.c.id)).all() if periods else []
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

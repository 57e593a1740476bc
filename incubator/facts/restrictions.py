"""Facts about what holds an organization back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from typing import Any

from sqlalchemy import Row, bindparam, or_, select

from incubator.clock import today
from incubator.facts.bulk import among
from incubator.facts.registry import Asking, AsOf, CaseRef, Fact, provides
from incubator.facts.together import Question
from incubator.models.activities import Restriction
from incubator.models.base import table

# Built once: on the hot path of advance, putting a statement together costs more than executing it.
_ROWS = table(Restriction)
_IN_FORCE = (
    select(_ROWS.c.organization_id, _ROWS.c.kind, _ROWS.c.since, _ROWS.c.until, _ROWS.c.document_number)
    .where(
        among(_ROWS.c.organization_id, "organizations"),
        _ROWS.c.recorded_at <= bindparam("moment"),
        _ROWS.c.since <= bindparam("day"),
        _ROWS.c.until >= bindparam("day"),
        # One whose end is not known yet at the moment asked about still held then.
        or_(_ROWS.c.lifted_on > bindparam("day"), _ROWS.c.lifted_at > bindparam("moment")),
    )
    .order_by(_ROWS.c.since, _ROWS.c.id)
)


@provides(Fact("organization.restrictions", tuple, guard="organization"))
def restrictions(cases: Sequence[CaseRef], as_of: AsOf) -> Asking:
    """The restrictions in force on the day, oldest first: `kind`, `since`, `until`, `document_number`."""
    rows = yield in_force({case.organization_id for case in cases}, as_of)
    found = by_organization(rows)
    return [{"organization.restrictions": tuple(found[case.organization_id])} for case in cases]


def in_force(organizations: Set[int], as_of: AsOf) -> Question:
    """Asks for the restrictions of these organizations that are in force on the day, oldest first."""
    asked = {"organizations": organizations, "moment": as_of.moment, "day": today(as_of.moment)}
    return Question(_IN_FORCE, asked)


def by_organization(rows: Sequence[Row[Any]]) -> Mapping[int, list[dict[str, Any]]]:
    """What `in_force` brought, of each organization; of any other none."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row.organization_id].append(
            {"kind": row.kind, "since": row.since, "until": row.until, "document_number": row.document_number}
        )
    return found

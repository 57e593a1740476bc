"""Facts about what holds an organization back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select

from incubator.clock import today
from incubator.facts.bulk import among
from incubator.facts.registry import AsOf, CaseRef, Fact, provides
from incubator.models.activities import Restriction
from incubator.models.base import table

Facts = Sequence[Mapping[str, Any]]

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
def restrictions(connection: Connection, cases: Sequence[CaseRef], as_of: AsOf) -> Facts:
    """The restrictions in force on the day, oldest first: `kind`, `since`, `until`, `document_number`."""
    found = in_force(connection, {case.organization_id for case in cases}, as_of)
    return [{"organization.restrictions": tuple(found[case.organization_id])} for case in cases]


def in_force(connection: Connection, organizations: Set[int], as_of: AsOf) -> Mapping[int, list[dict[str, Any]]]:
    """The restrictions of each of these organizations that are in force on the day, oldest first; of any other none."""
    asked = {"organizations": organizations, "moment": as_of.moment, "day": today(as_of.moment)}
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in connection.execute(_IN_FORCE, asked):
        found[row.organization_id].append(
            {"kind": row.kind, "since": row.since, "until": row.until, "document_number": row.document_number}
        )
    return found

"""Facts about service centres: which of them an organization runs."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import bindparam, func, select

from incubator.facts.bulk import among
from incubator.facts.registry import Asking, AsOf, CaseRef, Fact, provides
from incubator.facts.together import Question
from incubator.models.base import table
from incubator.models.events import Event
from incubator.models.premises import ServiceCentre

_CENTRES, _EVENTS = table(ServiceCentre), table(Event)
_RUN = (
    select(_CENTRES.c.operator_id, _CENTRES.c.name)
    .where(among(_CENTRES.c.operator_id, "organizations"))
    .order_by(_CENTRES.c.name)
)
_LAST = (
    select(
        _EVENTS.c.subject_id,
        _EVENTS.c.type,
        _EVENTS.c.body,
        func.row_number().over(partition_by=_EVENTS.c.subject_id, order_by=_EVENTS.c.seq.desc()).label("age"),
    )
    .where(
        _EVENTS.c.stream == "premises",
        _EVENTS.c.type.in_(("premises.handed_over", "premises.taken_back")),
        _EVENTS.c.recorded_at <= bindparam("moment"),
        among(_EVENTS.c.street_id, "streets"),
    )
    .subquery()
)
# Who ran a centre at a past moment is what its last event by then says.
_RUN_THEN = (
    select(_CENTRES.c.name, _LAST.c.type, _LAST.c.body)
    .join_from(_LAST, _CENTRES, _CENTRES.c.id == _LAST.c.subject_id)
    .where(_LAST.c.age == 1)
    .order_by(_CENTRES.c.name)
)


@provides(Fact("organization.service_centres", tuple, guard="organization"))
def service_centres(cases: Sequence[CaseRef], as_of: AsOf) -> Asking:
    """The names of the service centres that the organization runs."""
    run: dict[int, list[str]] = defaultdict(list)
    if as_of.is_past:
        asked = {"moment": as_of.moment, "streets": {case.street_id for case in cases}}
        for told in (yield Question(_RUN_THEN, asked)):
            if told.type == "premises.handed_over":
                run[json.loads(told.body)["change"]["operator"]].append(told.name)
    else:
        for row in (yield Question(_RUN, {"organizations": {case.organization_id for case in cases}})):
            run[row.operator_id].append(row.name)
    return [{"organization.service_centres": tuple(run[case.organization_id])} for case in cases]

"""What hubs owe to those they carry, and what of it the records show as done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import Connection, select

from incubator.engine.policy import Policy
from incubator.facts.bulk import among
from incubator.models.activities import Activity, ActivityKind
from incubator.models.base import table
from incubator.models.hubs import Affiliation, AffiliationStatus
from incubator.procedures.affiliation.duties import Owed, owed
from incubator.procedures.affiliation.policy import Duty

_ACTIVITIES, _AGREEMENTS = table(Activity), table(Affiliation)
_DONE = select(
    _ACTIVITIES.c.organization_id, _ACTIVITIES.c.other_organization_id, _ACTIVITIES.c.duty, _ACTIVITIES.c.held_on
).where(
    among(_ACTIVITIES.c.organization_id, "hubs"),
    _ACTIVITIES.c.kind == ActivityKind.DUTY.value,
    _ACTIVITIES.c.voided_at.is_(None),
)

# hub -> (duty's code, for whom; 0 for all) -> days on which it was done
Done = Mapping[int, Mapping[tuple[str, int], list[date]]]


def duties_of(policy: Policy) -> tuple[Duty, ...]:
    """The duties that a policy lays on hubs."""
    return tuple(Duty.model_validate(each) for each in policy.get("affiliation.duties"))


def duties_done(connection: Connection, hubs: Iterable[int]) -> Done:
    """What these hubs did of their duties, voided records left out; one statement."""
    found: dict[int, dict[tuple[str, int], list[date]]] = defaultdict(lambda: defaultdict(list))
    for row in connection.execute(_DONE, {"hubs": set(hubs)}):
        found[row.organization_id][row.duty, row.other_organization_id].append(row.held_on)
    return found


def owed_by(
    duties: Iterable[Duty], done: Mapping[tuple[str, int], list[date]], member_id: int, since: date, until: date,
    day: date,
) -> tuple[Owed, ...]:  # fmt: skip
    """What a hub owes one member under an agreement, or with 0 what it owes once for all, by due date.

    What was done for all at once, a training for every member, counts for each.
    """
    found = [
        each
        for duty in duties
        if duty.per_member == bool(member_id)
        for each in owed(
            duty,
            since,
            until,
            (*done.get((duty.code, member_id), ()), *(done.get((duty.code, 0), ()) if member_id else ())),
            day,
        )
    ]
    return tuple(sorted(found, key=lambda each: (each.due_on, each.code)))


def owed_to_member(connection: Connection, organization_id: int, policy: Policy, day: date) -> tuple[Owed, ...]:
    """What an organization's hub owes it under the valid agreement; empty without one."""
    agreement = connection.execute(
        select(_AGREEMENTS.c.hub_id, _AGREEMENTS.c.since, _AGREEMENTS.c.until).where(
            _AGREEMENTS.c.organization_id == organization_id, _AGREEMENTS.c.status == AffiliationStatus.VALID.value
        )
    ).one_or_none()
    if agreement is None:
        return ()
    done = duties_done(connection, [agreement.hub_id]).get(agreement.hub_id, {})
    return owed_by(duties_of(policy), done, organization_id, agreement.since, agreement.until, day)

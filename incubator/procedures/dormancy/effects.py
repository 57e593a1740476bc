"""What a dormancy case does to the organization: marked while it runs, freed where it lives, struck off where it does not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from incubator.engine.effects import EffectContext, effect
from incubator.models.activities import ActivityKind, RestrictionKind
from incubator.models.organizations import Standing
from incubator.procedures.filing.ending import end_filing
from incubator.services.activities import record_activity
from incubator.services.restrictions import in_force_of_case, lift, restrict


@effect("dormancy.mark")
def mark(context: EffectContext) -> Mapping[str, Any]:
    """From the service of the notice the organization is held to be dormant while its case runs."""
    restrict(
        context.connection,
        organization_id=context.case.organization_id,
        kind=RestrictionKind.DORMANT,
        since=context.effective_on,
        case_id=context.case.id,
        document_number=context.case.number,
        reason=str(context.case.data["confirmation"]["checked"]),
        actor=context.actor,
        now=context.now,
    )
    return {"restricted": RestrictionKind.DORMANT.value}


@effect("dormancy.record_report")
def record_report(context: EffectContext) -> Mapping[str, Any]:
    """The activity that the organization reports goes on record, where it counts as a sign of life."""
    said = context.data
    activity = record_activity(
        context.connection,
        organization_id=context.case.organization_id,
        kind=ActivityKind.ACTIVITY,
        held_on=date.fromisoformat(said["held_on"]),
        title=said["title"],
        note=said.get("note", ""),
        participants=said["participants"],
        actor=context.actor,
        now=context.now,
    )
    return {"activity": activity}


@effect("dormancy.free")
def free(context: EffectContext) -> Mapping[str, Any]:
    """The organization is not held to be dormant any more."""
    return _lift(context, "处置结束，保留备案")


@effect("dormancy.strike_off")
def strike_off(context: EffectContext) -> Mapping[str, Any]:
    """The filing of a dormant group ends, by the service of the decision."""
    ended = end_filing(context, "dormant", status="cancelled", standing=Standing.EXITED)
    return {**ended, **_lift(context, "备案已注销")}


def _lift(context: EffectContext, reason: str) -> Mapping[str, Any]:
    found = in_force_of_case(context.connection, context.case.id, RestrictionKind.DORMANT)
    for restriction in found:
        lift(
            context.connection,
            restriction_id=restriction,
            on=context.effective_on,
            reason=reason,
            actor=context.actor,
            now=context.now,
        )
    return {"lifted": len(found)}

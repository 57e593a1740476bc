"""What the registrar's answer does here: its list restricts the organization, with the number of its document."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from incubator.engine.effects import EffectContext, effect
from incubator.models.activities import RestrictionKind
from incubator.models.base import NO_DATE
from incubator.procedures.shared.effects import change_of
from incubator.services.restrictions import in_force_of_case, lift, restrict

_LISTS = (RestrictionKind.ABNORMAL_LIST, RestrictionKind.SERIOUS_BREACH_LIST)


@effect("referral.note_answer")
def note_answer(context: EffectContext) -> Mapping[str, Any]:
    """The registrar's answer stands in the organization's stream."""
    return change_of(
        context,
        "organization.registrar_answered",
        {},
        also={"case": context.case.public_id, "document_number": context.data["document_number"]},
    )


@effect("referral.put_on_list")
def put_on_list(context: EffectContext) -> Mapping[str, Any]:
    """The organization is restricted as the registrar's document says; the street only records it."""
    said = context.data
    until = said.get("until")
    restrict(
        context.connection,
        organization_id=context.case.organization_id,
        kind=RestrictionKind(said["list"]),
        since=date.fromisoformat(said["since"]),
        until=date.fromisoformat(until) if until else NO_DATE,
        case_id=context.case.id,
        document_number=said["document_number"],
        reason=said["note"],
        actor=context.actor,
        now=context.now,
    )
    return {"restricted": said["list"]}


@effect("referral.take_off_list")
def take_off_list(context: EffectContext) -> Mapping[str, Any]:
    """The registrar's removal from its list."""
    said = context.data
    return {
        "lifted": _lift(context, date.fromisoformat(said["removed_on"]), f"登记机关移出：{said['document_number']}")
    }


@effect("referral.undo")
def undo(context: EffectContext) -> Mapping[str, Any]:
    """An answer that was recorded wrongly and is taken up again restricts nobody any more."""
    return {"lifted": _lift(context, context.effective_on, f"登记有误，重新登记：{context.comment}")}


def _lift(context: EffectContext, on: date, reason: str) -> int:
    found = [key for kind in _LISTS for key in in_force_of_case(context.connection, context.case.id, kind)]
    for restriction in found:
        lift(context.connection, restriction_id=restriction, on=on, reason=reason, actor=context.actor, now=context.now)
    return len(found)

"""What a rectification does to the organization: ordered, done, or failed with its consequences, each once served."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from incubator.engine import library
from incubator.engine.effects import EffectContext, effect
from incubator.facts import registry
from incubator.models.activities import RestrictionKind
from incubator.policies.values import Validity
from incubator.procedures.shared.consequences import open_following
from incubator.procedures.shared.effects import change_of
from incubator.services import ratings
from incubator.services.restrictions import in_force_of_case, lift, restrict


@effect("rectification.order")
def order(context: EffectContext) -> Mapping[str, Any]:
    """The served notice stands in the organization's stream."""
    said = context.case.data["draft"]
    return change_of(
        context,
        "organization.rectification_ordered",
        {},
        also={"case": context.case.public_id, "cause": said["cause"]},
    )


@effect("rectification.succeed")
def succeed(context: EffectContext) -> Mapping[str, Any]:
    """What was wrong is mended; a supervision that this very case had brought ends."""
    lifted = _lift_supervision(context)
    change_of(context, "organization.rectified", {}, also={"case": context.case.public_id})
    return {"lifted": lifted}


@effect("rectification.fail")
def fail(context: EffectContext) -> Mapping[str, Any]:
    """What the director decided: closer supervision for its term, and with it a proposal to cancel or a lower star."""
    consequence = str(context.case.data["determination"]["consequence"])
    done: dict[str, Any] = {"consequence": consequence}
    supervised = consequence != "none"
    if supervised and not in_force_of_case(context.connection, context.case.id, RestrictionKind.CLOSER_SUPERVISION):
        term = Validity.model_validate(context.policy.get("supervision.term"))
        done["until"] = term.until(context.effective_on).isoformat()
        restrict(
            context.connection,
            organization_id=context.case.organization_id,
            kind=RestrictionKind.CLOSER_SUPERVISION,
            since=context.effective_on,
            until=term.until(context.effective_on),
            case_id=context.case.id,
            document_number=context.case.number,
            reason=str(context.case.data["determination"]["reason"]),
            actor=context.actor,
            now=context.now,
        )
    if consequence == "lower_star":
        done |= _lower_star(context)
    if consequence == "cancellation":
        done["filing_exit"] = open_following(context, "filing_exit")
    change_of(context, "organization.not_rectified", {}, also={"case": context.case.public_id, **done})
    return done


def _lower_star(context: EffectContext) -> dict[str, Any]:
    """One star less; the lowest is revoked. A star that ran out meanwhile is lost anyway."""
    case = context.case
    star = registry.load(context.connection, [case], {"organization.star"}, registry.AsOf(context.now))[0][
        "organization.star"
    ]
    if star is None:
        return {}
    deed: dict[str, Any] = {
        "organization_id": case.organization_id, "actor": context.actor, "now": context.now,
        "effective_on": context.effective_on, "reason": f"整改不到位（{case.number}）",
    }  # fmt: skip
    bands = library.policy_in_force(context.connection, case.street_id, context.effective_on).get(ratings.BANDS)
    codes = [band["code"] for band in bands]
    lower = codes[codes.index(star["band"]) - 1] if star["band"] in codes[2:] else ""
    if lower:
        ratings.lower(context.connection, to_band=lower, case_id=case.id, **deed)
        return {"star": lower}
    ratings.revoke(context.connection, **deed)
    return {"star": "revoked"}


def _lift_supervision(context: EffectContext) -> int:
    found = in_force_of_case(context.connection, context.case.id, RestrictionKind.CLOSER_SUPERVISION)
    for restriction in found:
        lift(
            context.connection,
            restriction_id=restriction,
            on=context.effective_on,
            reason="整改到位",
            actor=context.actor,
            now=context.now,
        )
    return len(found)

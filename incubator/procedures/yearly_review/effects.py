"""What a yearly review records on the organization: its result once served, and confirmed corrections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from incubator.engine.effects import EffectContext, effect
from incubator.procedures.shared.consequences import call_to_account
from incubator.procedures.shared.effects import change_of
from incubator.procedures.yearly_review.forms import RESULTS


@effect("yearly_review.record")
def record(context: EffectContext) -> Mapping[str, Any]:
    """The served result stands in the organization's stream; its particulars do not change."""
    result = context.decision.removeprefix("serve_")
    return _note(context, "organization.reviewed", {"result": result, "period": context.case.period})


@effect("yearly_review.call_to_account")
def call_to_account_for_failure(context: EffectContext) -> Mapping[str, Any]:
    """Whoever fails is rectified, or referred to the registrar."""
    return call_to_account(context)


@effect("yearly_review.correct_result")
def correct_result(context: EffectContext) -> Mapping[str, Any]:
    """A confirmed correction, old and new; the report as it was handed in stays in the case."""
    end = context.case.came_from
    assert end in dict(RESULTS)
    data = context.case.data
    before = {**data.get("report", {}), **data.get("correction", {}), **data.get("conclusion", {})}
    corrected = data[end]["corrected"]
    changed = {name: [before.get(name), value] for name, value in corrected.items()}
    return _note(context, "organization.review_corrected", {"period": context.case.period, "corrected": changed})


def _note(context: EffectContext, event: str, particulars: Mapping[str, Any]) -> Mapping[str, Any]:
    change_of(context, event, {}, also={"case": context.case.public_id, **particulars})
    return particulars

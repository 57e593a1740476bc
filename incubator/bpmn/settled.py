"""A definition as a policy lets it run: steps that are switched off are gone, and what led there leads on."""

from __future__ import annotations

from typing import Any, TypeVar

from incubator.engine.decide import standing_step
from incubator.engine.definition import BACK, STAY, Decision, Definition, Step
from incubator.engine.policy import Policy

Declared = TypeVar("Declared", Definition, Step)


def settled(definition: Definition, policy: Policy) -> Definition:
    """The definition without optional steps: each is either there under the policy or passed over."""
    running = definition.under(policy)

    def leading_on(decision: Decision) -> Decision:
        if decision.to in (BACK, STAY):
            return decision
        return decision.model_copy(update={"to": standing_step(definition, decision.to, policy).key})

    steps = tuple(
        _changed(step, enabled=None, skip_to="", decisions=tuple(leading_on(each) for each in step.decisions))
        for step in running.steps
        if standing_step(definition, step.key, policy).key == step.key
    )
    return _changed(running, steps=steps, start=standing_step(definition, definition.start, policy).key)


def _changed(declared: Declared, **values: Any) -> Declared:
    """The declaration with other values, made anew: what one once worked out is kept with it and must not come along."""
    kept = {name: getattr(declared, name) for name in type(declared).model_fields}
    return type(declared)(**{**kept, **values})

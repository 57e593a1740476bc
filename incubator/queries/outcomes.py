"""What a case's result is called."""

from __future__ import annotations

from incubator.engine.definition import Definition, StepKind
from incubator.text import Text


def outcome_title(definition: Definition, outcome: str) -> Text:
    """The title of the end with this outcome, or else of the decision that says it; empty while there is none."""
    if not outcome:
        return Text("", "")
    ends = [step.title for step in definition.steps if step.kind is StepKind.END and step.outcome == outcome]
    said = [each.title for step in definition.steps for each in step.decisions if each.outcome == outcome]
    return (ends + said + [Text(outcome, outcome)])[0]

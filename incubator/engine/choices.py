"""What may be done with a case now, by this person: the buttons, each allowed or with its blockers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection

from incubator.engine import forms, library
from incubator.engine.case import CaseView
from incubator.engine.decide import complete_form, facts_needed, preview
from incubator.engine.definition import Decision, Step
from incubator.engine.roles import Actor
from incubator.engine.rules import Blocker
from incubator.facts import registry


@dataclass(frozen=True, slots=True)
class Choice:
    """One decision of the current step: whether it may be attempted, what is to be filled in, and why not.

    `form` holds the lists that the case's policy offers.
    """

    decision: Decision
    form: dict[str, Any] | None
    blockers: tuple[Blocker, ...]

    @property
    def allowed(self) -> bool:
        """Whether the decision may be attempted now."""
        return not self.blockers


def choices(
    connection: Connection,
    cases: Sequence[CaseView],
    actor: Actor,
    now: datetime,
    *,
    known: Mapping[str, Any] = MappingProxyType({}),
) -> list[tuple[Choice, ...]]:
    """The choices of each case, in the cases' order; facts are loaded for all of them at once.

    `known` are facts that whoever asks of a single case has read already.
    """
    steps = [library.definition_of(connection, case).step(case.step) for case in cases]
    names: set[str] = set()
    for case, step in zip(cases, steps, strict=True):
        names |= facts_needed(library.definition_of(connection, case), step)
    facts = registry.load(connection, cases, names - known.keys(), registry.AsOf(now))
    return [
        tuple(_choice(connection, case, step, decision, actor, {**loaded, **known}, now) for decision in step.decisions)
        for case, step, loaded in zip(cases, steps, facts, strict=True)
    ]


def _choice(
    connection: Connection,
    case: CaseView,
    step: Step,
    decision: Decision,
    actor: Actor,
    facts: dict[str, Any],
    now: datetime,
) -> Choice:
    policy = library.policy(connection, case.policy_hash)
    blockers = preview(
        library.definition_of(connection, case),
        case,
        decision,
        actor,
        facts,
        policy,
        library.calendar(connection, case.calendar_hash),
        now,
    )
    return Choice(decision, forms.offered(complete_form(step, decision), policy, facts), blockers)

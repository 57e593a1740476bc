"""The time limits that a case had at a past moment, told again from its events and the versions that they name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from incubator.engine.calendars import WorkCalendar
from incubator.engine.deadline_words import explain
from incubator.engine.deadlines import Proof
from incubator.engine.definition import BACK, STAY, ClockMove, Decision, Definition
from incubator.engine.limits import prove_limit
from incubator.engine.policy import Policy
from incubator.policies.words import stored_path_words
from incubator.text import Text


@dataclass(frozen=True, slots=True)
class LimitThen:
    """A time limit as it stood then: what it is called, the policy value that it came from, its proof, and the calendar that it was counted by."""

    title: Text
    path: str
    proof: Proof
    calendar: WorkCalendar

    @property
    def sentences(self) -> tuple[Text, ...]:
        """The arithmetic as an office states it."""
        return tuple(explain(self.proof))

    def kept(self, effective_on: date) -> bool | None:
        """Whether what took effect on that day came in time; None while the clock stood still."""
        return None if self.proof.due_on is None else effective_on <= self.proof.due_on


@dataclass
class _Clock:
    """What a step's limit is counted from, as far as the events have told."""

    entered_on: date
    milestones: Mapping[str, str]
    pauses: list[tuple[date, date | None]] = field(default_factory=list)
    extensions: list[int] = field(default_factory=list)


class PastLimits:
    """A case followed from event to event: which step it stands in, and what its limits are counted from."""

    def __init__(self, definition: Definition, *, period: str, opened_on: date, milestones: Mapping[str, str]) -> None:
        """`milestones` are those that the case was opened with."""
        self.definition, self.period, self.opened_on = definition, period, opened_on
        self.milestones: dict[str, str] = dict(milestones)
        self.step, self.entered_on = "", opened_on
        self._clocks: dict[str, _Clock] = {}

    def follow(self, happened: Iterable[tuple[str, date, Mapping[str, Any]]]) -> PastLimits:
        """Events in their order: type, effective day, change."""
        for kind, effective_on, change in happened:
            if kind == "case.opened":
                self._enter(str(change["to"]), effective_on)
            elif "policy" in change and "calendar" in change:  # put under other versions: counted by what is known now
                for clock in self._clocks.values():
                    clock.milestones = dict(self.milestones)
            elif (decision := decision_of(self.definition, change)) is not None:
                self._decided(decision, effective_on, change)
        return self

    def limit(self, policy: Policy, calendar: WorkCalendar) -> LimitThen | None:
        """The limit of the step that the case stands in; None without one."""
        step = self.definition.by_key.get(self.step)
        ref, clock = (step.due or step.lasts) if step else None, self._clocks.get(self.step)
        if step is None or ref is None or clock is None or not policy.has(ref.policy):
            return None
        proof = self._proof(ref.policy, clock, policy, calendar)
        return None if proof is None else LimitThen(step.title, ref.policy, proof, calendar)

    def window(self, path: str, policy: Policy, calendar: WorkCalendar) -> LimitThen | None:
        """The window that a decision had to keep to; over the limit that runs in the step it moves with that limit."""
        running = self.limit(policy, calendar)
        if running is not None and running.path == path:
            return running
        proof = self._proof(path, _Clock(self.entered_on, self.milestones), policy, calendar)
        return None if proof is None else LimitThen(stored_path_words(path), path, proof, calendar)

    def _proof(self, path: str, clock: _Clock, policy: Policy, calendar: WorkCalendar) -> Proof | None:
        return prove_limit(
            policy.due(path), calendar, milestones=clock.milestones, entered_on=clock.entered_on, period=self.period,
            opened_on=self.opened_on, pauses=tuple(clock.pauses), extensions=tuple(clock.extensions),
        )  # fmt: skip

    def _decided(self, decision: Decision, effective_on: date, change: Mapping[str, Any]) -> None:
        self.milestones |= {mark: effective_on.isoformat() for mark in decision.marks}
        if decision.to == STAY:
            clock = self._clocks.get(self.step)
            if decision.clock is ClockMove.EXTENDS and clock is not None:
                clock.extensions.append(int(change["data"]["length"]))
            return
        to = str(change["to"])
        left = self._clocks.get(self.step)
        if decision.clock is ClockMove.PAUSES:
            if left is not None:
                left.pauses.append((effective_on, None))
        else:  # what is not gone back to is over
            kept = self._clocks.get(to) if decision.to == BACK else None
            self._clocks = {to: kept} if kept is not None else {}
        paused = self._clocks.get(to) if decision.to == BACK else None
        if paused is None or not paused.pauses or paused.pauses[-1][1] is not None:
            self._enter(to, effective_on)
            return
        paused.pauses[-1] = (paused.pauses[-1][0], effective_on)
        paused.milestones = dict(self.milestones)
        self.step, self.entered_on = to, effective_on

    def _enter(self, step: str, effective_on: date) -> None:
        self.step, self.entered_on = step, effective_on
        self._clocks[step] = _Clock(effective_on, dict(self.milestones))


def decision_of(definition: Definition | None, change: Mapping[str, Any]) -> Decision | None:
    """The decision that an event of a case records; None where it records something else."""
    step = definition.by_key.get(str(change.get("step"))) if definition else None
    return step.by_name.get(str(change.get("decision"))) if step else None


def opening_milestones(
    definition: Definition, milestones: Mapping[str, str], changes: Iterable[Mapping[str, Any]]
) -> dict[str, str]:
    """The milestones that no decision set: what the case was opened with."""
    decisions = (decision_of(definition, change) for change in changes)
    marked = {mark for decision in decisions if decision is not None for mark in decision.marks}
    return {name: day for name, day in milestones.items() if name not in marked}

"""How far a changed policy reaches into the cases of one definition: what cannot change is never loaded or asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from incubator.engine.conditions import own_form_rules
from incubator.engine.decide import standing_step
from incubator.engine.definition import BACK, STAY, ClockMove, Decision, Definition, PanelAct, Step, StepKind
from incubator.engine.outcomes import OUTCOMES, Outcome
from incubator.engine.policy import Policy
from incubator.engine.roles import Role
from incubator.engine.rules import RULES
from incubator.rehearsal.terms import changed_paths

ACTS_OF_A_SEAT = frozenset({PanelAct.DECLARE, PanelAct.GIVE, PanelAct.STRIKE})  # what they meet depends on who asks
SIGNED = "signed"  # the milestone of whatever is signed and served: an approval, or the refusal beside it


@dataclass(frozen=True, slots=True)
class Asked:
    """A decision as far as the change bears on it: the rules, documents, window, limit and panel that read a changed value.

    `step` and `decision` are the definition's own with everything else taken away, so that the engine judges just that.
    """

    step: Step
    decision: Decision
    paths: Mapping[str, str]  # what a blocker's code begins with -> the changed path

    def path_of(self, code: str) -> str:
        """The changed path that a blocker comes from."""
        return self.paths.get(code) or self.paths[code.partition(":")[0].partition("_")[0]]

    @property
    def needs(self) -> frozenset[str]:
        """Every fact and form entry that it is judged by."""
        names = {need for rule in self.decision.rules for need in RULES[rule].needs}
        if self.step.documents or self.decision.documents:
            names.add("case.documents")
        if self.decision.panel is PanelAct.SEAT:
            names.update(("staff.people", "staff.holders"))
        return frozenset(names)


@dataclass(frozen=True, slots=True)
class Taken:
    """A decision that may have been taken: the changed rules that it was judged by, or that it refuses what those allow."""

    step: Step
    decision: Decision
    rules: tuple[str, ...]
    refuses: bool


class Reach:
    """What the step from one policy to another can alter in the cases of a definition."""

    def __init__(self, original: Definition, old: Policy, new: Policy) -> None:
        self.original, self.old, self.new = original, old, new
        self.changed = changed_paths(old, new)
        # Not by the library, which keeps what it is asked for: a draft is rehearsed and forgotten.
        self.before, self.after = original.under(old), original.under(new)
        self._again: dict[tuple[str, str], frozenset[str]] = {}
        self._ahead: dict[tuple[str, str], tuple[tuple[Step, ...], tuple[Step, ...]]] = {}

    def _is_changed(self, path: str | None) -> bool:
        return path is not None and path in self.changed

    @cached_property
    def lost(self) -> frozenset[str]:
        """The rules that this version of the software has no more; only ended cases can name any."""
        return self.original.rule_names() - RULES.keys()

    def changed_rules(self, decision: Decision) -> tuple[str, ...]:
        """The rules of a decision that read a changed value."""
        return tuple(name for name in decision.rules if name in RULES and self.changed.intersection(RULES[name].reads))

    def rule_path(self, name: str) -> str:
        """The changed path that a rule reads."""
        return next(path for path in RULES[name].reads if path in self.changed)

    @cached_property
    def steps(self) -> dict[str, tuple[Asked, ...]]:
        """The decisions of each step that the change bears on before anything is filled in."""
        found = {}
        for step in self.original.steps:
            asked = tuple(each for decision in step.decisions if (each := self._asked(step, decision)) is not None)
            if asked:
                found[step.key] = asked
        return found

    def _asked(self, step: Step, decision: Decision) -> Asked | None:
        paths: dict[str, str] = {}
        known = decision.model_copy(update={"rules": tuple(name for name in decision.rules if name in RULES)})
        formed = own_form_rules(step, known)
        rules = tuple(name for name in self.changed_rules(decision) if name not in formed)
        paths |= {name: self.rule_path(name) for name in rules}
        of_step = step.documents if step.documents and decision.needs_complete_step else None
        of_step = of_step if of_step and self._is_changed(of_step.policy) else None
        of_decision = decision.documents if decision.documents and self._is_changed(decision.documents.policy) else None
        for ref in (of_decision, of_step):
            if ref is not None:
                paths["document"] = ref.policy
        window = decision.window if decision.window and self._is_changed(decision.window.length.policy) else None
        if window is not None:
            paths["window"] = window.length.policy
        limit = step.due or step.lasts
        clock = ClockMove.RUNS
        if decision.clock is ClockMove.EXTENDS and limit is not None and self._is_changed(limit.policy):
            clock, paths["extended"], paths["no"] = ClockMove.EXTENDS, limit.policy, limit.policy
        panel = None
        if (
            step.panel is not None
            and decision.panel not in ACTS_OF_A_SEAT
            and (decision.panel or decision.needs_complete_step)
        ):
            moved = next(
                (ref.policy for ref in (step.panel.size, step.panel.quorum) if self._is_changed(ref.policy)), None
            )
            if moved is not None:
                panel, paths["panel"], paths["nobody"] = step.panel, moved, moved
        if not paths:
            return None
        narrowed = decision.model_copy(
            update={"rules": rules, "documents": of_decision, "window": window, "clock": clock}
        )
        return Asked(step.model_copy(update={"documents": of_step, "panel": panel}), narrowed, paths)

    def places(self, step: str, came_from: str) -> tuple[str, ...]:
        """Where a case is judged: its step, and the one that it goes back to from there."""
        goes_back = came_from and any(each.to == BACK for each in self.original.step(step).decisions)
        return (step, came_from) if goes_back else (step,)

    @cached_property
    def limits(self) -> frozenset[str]:
        """The changed time limits that a step of the definition runs under."""
        refs = (ref for step in self.original.steps for ref in (step.due, step.lasts) if ref is not None)
        return frozenset(ref.policy for ref in refs if ref.policy in self.changed)

    @cached_property
    def who(self) -> dict[str, tuple[tuple[Role, ...], tuple[Role, ...], str]]:
        """The steps that become somebody else's: whose they are, whose they would be, and the path that says so."""
        return {
            step.key: (self.before.step(step.key).by, self.after.step(step.key).by, step.who.policy)
            for step in self.original.steps
            if step.who is not None
            and self._is_changed(step.who.policy)
            and self.before.step(step.key).by != self.after.step(step.key).by
        }

    @cached_property
    def switches(self) -> frozenset[str]:
        """The changed switches of optional steps."""
        refs = (step.enabled for step in self.original.steps if step.enabled is not None)
        return frozenset(ref.policy for ref in refs if ref.policy in self.changed)

    def routes(self, step: str, came_from: str) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
        """The optional steps ahead of a step that would run under the new policy and do not now, and those left out."""
        known = self._ahead.get((step, came_from))
        if known is None:
            now, then = (self._reached(policy, step, came_from) for policy in (self.old, self.new))
            added, dropped = (
                tuple(each for each in self.original.steps if each.key in keys and each.enabled is not None)
                for keys in (then - now, now - then)
            )
            known = self._ahead[step, came_from] = (added, dropped)
        return known

    def _reached(self, policy: Policy, start: str, came_from: str) -> set[str]:
        seen: set[str] = set()
        waiting = [(start, came_from)]
        while waiting:
            key, back = waiting.pop()
            for decision in self.original.step(key).decisions:
                to = back if decision.to == BACK else decision.to
                if not to or to == STAY:
                    continue
                target = standing_step(self.original, to, policy)
                if target.key not in seen and target.key != start:
                    seen.add(target.key)
                    if target.kind is not StepKind.END:
                        waiting.append((target.key, ""))
        return seen

    @cached_property
    def taken(self) -> dict[str, tuple[Taken, ...]]:
        """By the name of a decision: where it may have been taken, as far as the change bears on what it was."""
        found: dict[str, list[Taken]] = {}
        for step in self.original.steps:
            allowing = self.allowing(step)
            for decision in step.decisions:
                rules = self.changed_rules(decision)
                refuses = bool(allowing) and SIGNED in decision.marks and not decision.rules
                if rules or refuses:
                    found.setdefault(decision.name, []).append(Taken(step, decision, rules, refuses))
        return {name: tuple(where) for name, where in found.items()}

    @cached_property
    def rules(self) -> frozenset[str]:
        """Every changed rule that some decision is judged by."""
        return frozenset(name for where in self.taken.values() for each in where for name in each.rules)

    def taken_at(self, step: str, decision: str) -> Taken | None:
        """The decision of that step; None where the change does not bear on it."""
        return next((each for each in self.taken.get(decision, ()) if each.step.key == step), None)

    def allowing(self, step: Step) -> tuple[Decision, ...]:
        """The decisions of a step that a changed rule or document stands against, with what can be asked without a form."""
        found = []
        for decision in step.decisions:
            if decision.rules and (self.changed_rules(decision) or self.document_path(step, decision)):
                known = decision.model_copy(update={"rules": tuple(name for name in decision.rules if name in RULES)})
                formed = own_form_rules(step, known)
                asked = tuple(name for name in known.rules if name not in formed)
                found.append(known.model_copy(update={"rules": asked}))
        return tuple(found)

    def document_path(self, step: Step, decision: Decision) -> str:
        """The changed list of documents that a decision asks for; empty where none of its lists changed."""
        refs = (step.documents if decision.needs_complete_step else None, decision.documents)
        return next((ref.policy for ref in refs if ref is not None and ref.policy in self.changed), "")

    def asked_again(self, step: str, came_from: str) -> frozenset[str]:
        """The changed rules that a case will still be judged by where it stands: what they say is told there."""
        known = self._again.get((step, came_from))
        if known is None:
            steps = (self.original.step(key) for key in self.places(step, came_from))
            known = self._again[step, came_from] = frozenset(
                name for each in steps for decision in each.decisions for name in self.changed_rules(decision)
            )
        return known

    @cached_property
    def outcomes(self) -> tuple[Outcome, ...]:
        """The values of a case that are made of something changed."""
        return tuple(each for each in self._outcomes if self._says(each))

    @cached_property
    def unsaid_outcomes(self) -> tuple[Outcome, ...]:
        """Those among them that one of the two policies leaves open."""
        return tuple(each for each in self._outcomes if not self._says(each))

    @cached_property
    def _outcomes(self) -> tuple[Outcome, ...]:
        return tuple(
            each
            for each in OUTCOMES.values()
            if self.original.key in each.procedures and self.changed.intersection(each.reads)
        )

    def _says(self, outcome: Outcome) -> bool:
        return all(self.old.has(path) and self.new.has(path) for path in outcome.reads)

    @cached_property
    def read(self) -> frozenset[str]:
        """The changed paths that anything rehearsed reads."""
        found = {path for asked in self.steps.values() for each in asked for path in each.paths.values()}
        found |= {
            path for where in self.taken.values() for each in where for rule in each.rules for path in RULES[rule].reads
        }
        found |= self.limits | self.switches | {path for _, _, path in self.who.values()}
        found |= {path for each in self.outcomes for path in each.reads}
        return frozenset(found & self.changed)

"""Decide: may this be done, by this person, now? Pure; buttons, JSON, bulk actions and flows all ask here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from incubator.clock import today
from incubator.engine import forms
from incubator.engine.calendars import WorkCalendar
from incubator.engine.case import CaseView
from incubator.engine.conditions import (
    RuleResult,
    checklist_blockers,
    clock_blockers,
    document_blockers,
    judge,
    own_form_rules,
    panel_blockers,
    window_blockers,
)
from incubator.engine.deadline_words import in_words
from incubator.engine.definition import BACK, STAY, Decision, Definition, PanelAct, Step
from incubator.engine.eligibility import who_blockers
from incubator.engine.policy import Policy
from incubator.engine.roles import Actor, Role
from incubator.engine.rules import RULES, Blocker, Facts
from incubator.text import Text

BACKDATING = "general.backdating_days"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody wants to do with a case. `effective_on` None is the day itself."""

    action: str
    data: Mapping[str, Any] = field(default_factory=dict)
    effective_on: date | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Transition:
    """Yes, and this is what becomes of the case."""

    decision: Decision
    step: Step
    target: Step
    effective_on: date
    data: Mapping[str, Any]
    comment: str
    rules: tuple[RuleResult, ...]
    facts: Facts
    moves: bool  # leaves its step
    as_substitute_for: Role | None = None
    persons: frozenset[int] = frozenset()  # whose the target step is, where a role alone does not tell


@dataclass(frozen=True, slots=True)
class Refusal:
    """No, and this is every reason. `faults` are fields of the form; `blockers` everything else."""

    blockers: tuple[Blocker, ...]
    faults: Mapping[str, tuple[Text, ...]] = field(default_factory=dict)


def facts_needed(definition: Definition, step: Step, actions: tuple[str, ...] | None = None) -> frozenset[str]:
    """The names of the facts that these decisions of a step (or all) are judged by."""
    names: set[str] = set()
    for decision in step.decisions:
        if actions is not None and decision.name not in actions:
            continue
        for name in decision.rules:
            names.update(need for need in RULES[name].needs if not need.startswith("data."))
        if decision.documents or (decision.needs_complete_step and step.documents):
            names.add("case.documents")
        if decision.distinct_from:
            names.update(("staff.holders", "staff.substitutes"))
        if decision.panel in (PanelAct.SEAT, PanelAct.GIVE_ON_PAPER, PanelAct.STRIKE):
            names.update(("staff.people", "staff.holders"))
        names.update(forms.option_facts(complete_form(step, decision)))
    return frozenset(names | definition.persons_facts)


def decide(
    definition: Definition,
    case: CaseView,
    attempt: Attempt,
    actor: Actor,
    facts: Facts,
    policy: Policy,
    calendar: WorkCalendar,
    now: datetime,
) -> Transition | Refusal:
    """What becomes of the case by this attempt, or every reason why nothing does.

    The action must be one of the step's (`UnknownAction` is the caller's to raise). `facts` holds what `facts_needed`
    names. The calendar and the policy are those that the case is under.
    """
    step = definition.step(case.step)
    decision = step.by_name[attempt.action]
    effective_on = attempt.effective_on or today(now)
    who, substitute = who_blockers(definition, step, decision, case, actor, facts, now)
    faults = {
        **forms.faults(forms.offered(complete_form(step, decision), policy, facts), attempt.data),
        **_date_faults(case, attempt, effective_on, policy, now),
    }
    if decision.needs_comment and not attempt.comment.strip():
        faults["comment"] = (Text("请填写理由", "Give the reason"),)
    judged = {**facts, **_data_facts(case, step, decision, attempt.data)}
    # What does not fit the form is no fact: of it the fault is told, and rules that need it are not asked.
    unfit = frozenset(f"data.{step.key}.{field.partition('.')[0]}" for field in faults)
    rules, unmet = judge(decision, judged, policy, unfit)
    blockers = [
        *who,
        *window_blockers(step, decision, case, effective_on, policy, calendar),
        *document_blockers(step, decision, facts, policy),
        *checklist_blockers(step, decision, case, attempt.data),
        *unmet,
        *clock_blockers(step, decision, case, attempt.data, policy),
        *panel_blockers(step, decision, case, actor, {} if faults else attempt.data, facts, policy),
    ]
    if blockers or faults:
        return Refusal(tuple(blockers), faults)
    target = target_of(definition, case, decision, policy)
    used = {name: judged[name] for rule in decision.rules for name in RULES[rule].needs if name in judged}
    return Transition(
        decision,
        step,
        target,
        effective_on,
        attempt.data,
        attempt.comment,
        rules,
        used,
        decision.to != STAY,
        substitute,
        facts.get(target.persons, frozenset()),
    )


def preview(
    definition: Definition, case: CaseView, decision: Decision, actor: Actor, facts: Facts, policy: Policy,
    calendar: WorkCalendar, now: datetime,
) -> tuple[Blocker, ...]:  # fmt: skip
    """Why a decision would be refused before anything is filled in; empty when it may be attempted.

    The same judgement as `decide`, except that an empty form is no reason: it is what the person is about to fill in.
    Rules that read the form of this very step are judged when it is sent.
    """
    answer = decide(definition, case, Attempt(decision.name, comment="-"), actor, facts, policy, calendar, now)
    if isinstance(answer, Transition):
        return ()
    formed = own_form_rules(definition.step(case.step), decision)
    held = {blocker.code for blocker in answer.blockers if blocker.kind == "checklist"}
    return tuple(blocker for blocker in answer.blockers if blocker.code not in formed and blocker.code not in held)


def target_of(definition: Definition, case: CaseView, decision: Decision, policy: Policy) -> Step:
    """The step that a decision leads to, passing optional steps that policy leaves out."""
    key = {BACK: case.came_from, STAY: case.step}.get(decision.to, decision.to)
    return standing_step(definition, key, policy)


def standing_step(definition: Definition, key: str, policy: Policy) -> Step:
    """The step entered where `key` is meant under this policy."""
    step = definition.step(key)
    while step.enabled is not None and not policy.switch(step.enabled.policy):
        step = definition.step(step.skip_to)
    return step


def complete_form(step: Step, decision: Decision) -> forms.Schema | None:
    """Everything that may be filled in with a decision: the step's form where it must be complete, and its own."""
    ticks = None
    if step.checklist and decision.needs_complete_step:
        options = [(key, words) for key, words in step.checklist]
        ticks = forms.form(forms.ticks("checklist", Text("核对事项", "Checklist"), options))
    return forms.merged(step.form if decision.needs_complete_step else None, decision.form, ticks)


def _date_faults(
    case: CaseView, attempt: Attempt, effective_on: date, policy: Policy, now: datetime
) -> dict[str, tuple[Text, ...]]:
    this_day = today(now)
    if effective_on > this_day:
        words = Text(
            "日期不能晚于今天，请按实际发生日期填写", "The date lies in the future: enter the day it really happened"
        )
        return {"effective_on": (words,)}
    if effective_on < case.step_entered_on:
        words = Text(
            "日期不能早于上一环节的办理日期{day}", "The date lies before that of the previous step, {day}"
        ).fill(day=in_words(case.step_entered_on))
        return {"effective_on": (words,)}
    if effective_on == this_day:
        return {}
    furthest = policy.whole(BACKDATING) if policy.has(BACKDATING) else 0
    if effective_on < this_day - timedelta(days=furthest):
        words = Text(f"最多可补记 {furthest} 天以内的日期", f"A date may lie at most {furthest} days back")
        return {"effective_on": (words,)}
    if not attempt.comment.strip():
        words = Text("补记以前的日期须说明理由", "An earlier date needs a reason")
        return {"comment": (words,)}
    return {}


def said_by_then(
    step: Step, decision: Decision, before: Mapping[str, Any], submitted: Mapping[str, Any]
) -> dict[str, Any]:
    """What a step's forms say once this is submitted over what they said before.

    A field that the form asks and the answer leaves empty is empty now, unless it keeps what stands (`x-keeps`).
    """
    asked = (complete_form(step, decision) or {}).get("properties", {})
    emptied = {name for name, field in asked.items() if name not in submitted and not field.get("x-keeps")}
    return {**{name: value for name, value in before.items() if name not in emptied}, **submitted}


def _data_facts(case: CaseView, step: Step, decision: Decision, submitted: Mapping[str, Any]) -> dict[str, Any]:
    """What the forms of the case say, under `data.step.field`, once this is submitted."""
    by_then = {**case.data, step.key: said_by_then(step, decision, case.data.get(step.key, {}), submitted)}
    return {f"data.{key}.{name}": value for key, answers in by_then.items() for name, value in answers.items()}

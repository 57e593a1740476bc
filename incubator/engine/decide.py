"""Decide: may this be done, by this person, now? Pure; buttons, JSON, bulk actions and flows all ask here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from incubator.clock import today
from incubator.engine import forms, panel
from incubator.engine.calendars import WorkCalendar
from incubator.engine.case import CaseView
from incubator.engine.deadline_words import in_words
from incubator.engine.definition import BACK, STAY, ClockMove, Decision, Definition, PanelAct, Step, StepKind
from incubator.engine.eligibility import roles_for, who_blockers
from incubator.engine.limits import prove_limit
from incubator.engine.policy import Policy
from incubator.engine.roles import ROLE_NAMES, Actor, Role, names_of
from incubator.engine.rules import RULES, Blocker, Facts
from incubator.text import Text

BACKDATING = "general.backdating_days"
APPLICANT_SIDE = names_of((Role.COMMUNITY_WORKER, Role.OFFICER))


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody wants to do with a case. `effective_on` None is the day itself."""

    action: str
    data: Mapping[str, Any] = field(default_factory=dict)
    effective_on: date | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class RuleResult:
    """A rule that was asked and what it said."""

    name: str
    met: bool
    cite: Text | None = None


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
        if decision.panel is PanelAct.SEAT:
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
    rules, unmet = _judge(decision, judged, policy, unfit)
    blockers = [
        *who,
        *_window_blockers(step, decision, case, effective_on, policy, calendar),
        *_document_blockers(step, decision, facts, policy),
        *_checklist_blockers(step, decision, case, attempt.data),
        *unmet,
        *_clock_blockers(step, decision, case, attempt, policy),
        *_panel_blockers(step, decision, case, actor, {} if faults else attempt.data, facts, policy),
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
    own = f"data.{case.step}."
    formed = {name for name in decision.rules if any(need.startswith(own) for need in RULES[name].needs)}
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


class _WithBlanks(dict[str, Any]):
    """Facts in which an unanswered field of a form is None."""

    def __missing__(self, key: str) -> Any:
        if key.startswith("data."):
            return None
        raise KeyError(key)


def _judge(
    decision: Decision, facts: Facts, policy: Policy, unfit: frozenset[str]
) -> tuple[tuple[RuleResult, ...], list[Blocker]]:
    results, unmet = [], []
    asked = _WithBlanks(facts)
    for name in decision.rules:
        rule = RULES[name]
        if unfit.intersection(rule.needs):
            continue
        blocker = rule.blocker(asked, policy)
        cite = policy.cite(rule.reads[0]) if rule.reads else None
        results.append(RuleResult(name, blocker is None, cite))
        if blocker is not None:
            unmet.append(blocker)
    return tuple(results), unmet


def _window_blockers(
    step: Step, decision: Decision, case: CaseView, effective_on: date, policy: Policy, calendar: WorkCalendar
) -> list[Blocker]:
    if decision.window is None:
        return []
    path = decision.window.length.policy
    running = case.limit if case.limit is not None and case.limit.policy_path == path else None
    proof = prove_limit(
        policy.due(path), calendar, milestones=case.milestones, entered_on=case.step_entered_on, period=case.period,
        opened_on=case.opened_on,
    )  # fmt: skip
    cite = policy.cite(path)
    if proof is None or proof.due_on is None:
        message = Text("期限尚未起算", "The time limit has not begun to run")
        return [
            Blocker(
                "window_not_begun",
                "window",
                message,
                APPLICANT_SIDE,
                Text("请先完成前面的环节", "Complete what comes before"),
                cite,
            )
        ]
    # A window over the limit that runs here moves with its pauses and extensions.
    last = running.due_on if running is not None else proof.due_on
    last_words = in_words(last)
    if decision.window.when == "within" and effective_on > last:
        message = Text("期限已于{day}届满", "The time for this ended on {day}").fill(day=last_words)
        following = Text(
            "可依法另行申请复议或诉讼，本系统只作登记", "An external remedy remains; it is only recorded here"
        )
        return [Blocker("window_over", "window", message, ROLE_NAMES[Role.DIRECTOR], following, cite)]
    if decision.window.when == "after" and effective_on <= last:
        message = Text("期限至{day}，届满后方可办理", "This may be done only after {day}").fill(day=last_words)
        return [
            Blocker(
                "window_running",
                "window",
                message,
                names_of(roles_for(step, decision)),
                Text("请待期限届满", "Wait until then"),
                cite,
            )
        ]
    return []


def _document_blockers(step: Step, decision: Decision, facts: Facts, policy: Policy) -> list[Blocker]:
    paths = [
        ref.policy for ref in (step.documents if decision.needs_complete_step else None, decision.documents) if ref
    ]
    present = facts.get("case.documents", frozenset())
    return [
        Blocker(
            f"document_missing:{need.kind}",
            "document",
            Text(f"缺少材料：{need.title.zh}", f"A document is missing: {need.title.en}"),
            names_of(step.by or decision.by),  # an end is nobody's
            Text("请上传该材料", "Upload it"),
            policy.cite(path),
        )
        for path in paths
        for need in policy.documents(path)
        if need.required and need.kind not in present
    ]


def _checklist_blockers(step: Step, decision: Decision, case: CaseView, data: Mapping[str, Any]) -> list[Blocker]:
    if not decision.needs_complete_step:
        return []
    ticked = set(data.get("checklist", []) if isinstance(data.get("checklist", []), list) else [])
    return [
        Blocker(
            f"not_checked:{key}",
            "checklist",
            Text(f"未核对：{words.zh}", f"Not checked: {words.en}"),
            names_of(step.by),
            Text("请核对后勾选", "Check it and tick the box"),
        )
        for key, words in step.checklist
        if key not in ticked
    ]


def _clock_blockers(step: Step, decision: Decision, case: CaseView, attempt: Attempt, policy: Policy) -> list[Blocker]:
    if decision.clock is not ClockMove.EXTENDS:
        return []
    limit = case.limit
    if limit is None or limit.state != "running" or limit.step != step.key:
        message = Text("本环节没有正在计算的期限", "No time limit is running here")
        return [
            Blocker(
                "no_limit_runs",
                "state",
                message,
                names_of(roles_for(step, decision)),
                Text("无需延期", "There is nothing to extend"),
            )
        ]
    allowed = policy.due(limit.policy_path).extension
    cite = policy.cite(limit.policy_path)
    if allowed is None or len(limit.extensions) >= allowed.times:
        times = allowed.times if allowed else 0
        message = Text(f"该期限最多延长 {times} 次，已用完", f"This limit may be extended {times} times, and has been")
        following = Text("请在期限内作出决定", "Decide within the limit")
        return [Blocker("extended_enough", "state", message, names_of(roles_for(step, decision)), following, cite)]
    asked = attempt.data.get("length")
    if isinstance(asked, int) and asked > allowed.length:
        message = Text(
            f"每次最多延长 {allowed.length}，申请了 {asked}",
            f"At most {allowed.length} at a time; {asked} was asked for",
        )
        following = Text("请缩短延长的时间", "Ask for less")
        return [Blocker("extended_too_far", "state", message, names_of(roles_for(step, decision)), following, cite)]
    return []


def _panel_blockers(
    step: Step, decision: Decision, case: CaseView, actor: Actor, data: Mapping[str, Any], facts: Facts, policy: Policy
) -> list[Blocker]:
    if step.kind is not StepKind.PANEL or step.panel is None:
        return []
    if decision.panel is None:
        return panel.incomplete(step.panel, case.seats, policy) if decision.needs_complete_step else []
    return panel.act_blockers(step.panel, decision.panel, case.seats, case.recused, actor, data, facts, policy)

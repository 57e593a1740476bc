"""What stands against a decision whoever makes it: its rules, documents, windows, checklist, the clock and the panel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from incubator.engine import panel
from incubator.engine.calendars import WorkCalendar
from incubator.engine.case import CaseView
from incubator.engine.deadline_words import in_words
from incubator.engine.definition import ClockMove, Decision, Step, StepKind
from incubator.engine.eligibility import roles_for
from incubator.engine.limits import prove_limit
from incubator.engine.policy import Policy
from incubator.engine.roles import ROLE_NAMES, Actor, Role, names_of
from incubator.engine.rules import RULES, Blocker, Facts
from incubator.text import Text

APPLICANT_SIDE = names_of((Role.COMMUNITY_WORKER, Role.OFFICER))


@dataclass(frozen=True, slots=True)
class RuleResult:
    """A rule that was asked and what it said."""

    name: str
    met: bool
    cite: Text | None = None


def own_form_rules(step: Step, decision: Decision) -> frozenset[str]:
    """The decision's rules that read the form of its own step: they are judged when it is sent, never before."""
    own = f"data.{step.key}."
    return frozenset(name for name in decision.rules if any(need.startswith(own) for need in RULES[name].needs))


class WithBlanks(dict[str, Any]):
    """Facts in which an unanswered field of a form is None."""

    def __missing__(self, key: str) -> Any:
        if key.startswith("data."):
            return None
        raise KeyError(key)


def judge(
    decision: Decision, facts: Facts, policy: Policy, unfit: frozenset[str]
) -> tuple[tuple[RuleResult, ...], list[Blocker]]:
    """What each of the decision's rules says, and the blockers of those not met; a rule that needs an `unfit` name is not asked."""
    results, unmet = [], []
    asked = WithBlanks(facts)
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


def window_blockers(
    step: Step, decision: Decision, case: CaseView, effective_on: date, policy: Policy, calendar: WorkCalendar
) -> list[Blocker]:
    """Why the time for the decision has not come or is over; empty while it may be made."""
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


def document_blockers(step: Step, decision: Decision, facts: Facts, policy: Policy) -> list[Blocker]:
    """The documents that the step or the decision asks for and that do not lie in the case."""
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


def checklist_blockers(step: Step, decision: Decision, case: CaseView, data: Mapping[str, Any]) -> list[Blocker]:
    """What of the step's checklist is not ticked."""
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


def clock_blockers(
    step: Step, decision: Decision, case: CaseView, data: Mapping[str, Any], policy: Policy
) -> list[Blocker]:
    """Why the running limit cannot be extended so; empty when it can, or where that is not asked."""
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
        if allowed is None:
            message = Text("该期限不得延长", "This limit may not be extended")
        else:
            message = Text(
                f"该期限最多延长 {allowed.times} 次，已用完",
                f"This limit may be extended {allowed.times} times, and has been",
            )
        following = Text("请在期限内作出决定", "Decide within the limit")
        return [Blocker("extended_enough", "state", message, names_of(roles_for(step, decision)), following, cite)]
    asked = data.get("length")
    if isinstance(asked, int) and asked > allowed.length:
        message = Text(
            f"每次最多延长 {allowed.length}，申请了 {asked}",
            f"At most {allowed.length} at a time; {asked} was asked for",
        )
        following = Text("请缩短延长的时间", "Ask for less")
        return [Blocker("extended_too_far", "state", message, names_of(roles_for(step, decision)), following, cite)]
    return []


def panel_blockers(
    step: Step, decision: Decision, case: CaseView, actor: Actor, data: Mapping[str, Any], facts: Facts, policy: Policy
) -> list[Blocker]:
    """Why the panel does not allow this: it is not complete, or its seats cannot change so."""
    if step.kind is not StepKind.PANEL or step.panel is None:
        return []
    if decision.panel is None:
        return panel.incomplete(step.panel, case.seats, policy) if decision.needs_complete_step else []
    return panel.act_blockers(step.panel, decision.panel, case.seats, case.recused, actor, data, facts, policy)

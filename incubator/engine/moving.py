"""What a transition writes: the case's new position and everything that hangs on it. Pure but for its result's use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from incubator.engine import panel
from incubator.engine.calendars import WorkCalendar
from incubator.engine.case import CaseView, RunningLimit
from incubator.engine.deadlines import Proof
from incubator.engine.decide import Transition, said_by_then
from incubator.engine.definition import BACK, ClockMove, PanelAct, Step, StepKind
from incubator.engine.forms import personal_fields
from incubator.engine.limits import limit_of_step, prove_limit
from incubator.engine.policy import Policy
from incubator.engine.roles import Actor, Role
from incubator.engine.soundness import goes_back
from incubator.models.base import NO_DATE, NOBODY

REMIND = "remind"


@dataclass
class Writes:
    """Rows to write for one transition, ready for the database."""

    case: dict[str, Any]
    closes_items: bool = False
    new_due_on: date | None = None
    new_items: list[dict[str, Any]] = field(default_factory=list)
    new_deadlines: list[dict[str, Any]] = field(default_factory=list)
    changed_deadlines: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    new_timers: list[dict[str, Any]] = field(default_factory=list)
    moved_timers: list[tuple[str, date]] = field(default_factory=list)
    new_seats: list[dict[str, Any]] = field(default_factory=list)
    changed_seats: list[dict[str, Any]] = field(default_factory=list)
    done_seats: list[int] = field(default_factory=list)
    reopened_seats: list[int] = field(default_factory=list)
    outbox: list[dict[str, Any]] = field(default_factory=list)


def writes_of(
    case: CaseView,
    transition: Transition,
    actor: Actor,
    policy: Policy,
    calendar: WorkCalendar,
    people: Mapping[str, int],
    now: datetime,
    had: int = NOBODY,
) -> Writes:
    """Everything that becomes of the case by this transition. `people` maps public ids to persons, for panels.

    `had` is who had the step that the case comes back to, and has it again.
    """
    decision = transition.decision
    milestones = {**case.milestones, **{mark: transition.effective_on.isoformat() for mark in decision.marks}}
    values = {
        "version": case.version + 1,
        "step": case.step,
        "open": case.open,
        "outcome": case.outcome,
        "due_on": case.due_on,
        "data": _data(case, transition, policy),
        "milestones": milestones,
        "acts": acts_with(case, transition, actor),
    }
    writes = Writes(values)
    told = {
        "decision": decision.name,
        "step": case.step,
        "version": case.version + 1,
        "visit": case.visit + int(transition.moves),
    }
    about = people.get(str(transition.data.get(panel.MEMBER))) if decision.panel is not None else None
    if about is not None:
        told["person_id"] = about
    writes.outbox += [_outbox(case, name, told, now) for name in decision.notices]
    after = replace(case, milestones=milestones)
    if transition.moves:
        _leave(writes, after, transition)
        _enter(writes, after, transition, policy, calendar, now, had)
    else:
        _stay(writes, after, transition, actor, policy, calendar, people, now)
    return writes


def acts_with(case: CaseView, transition: Transition, actor: Actor) -> dict[str, list[int]]:
    """Who made which decision in the case, this one too."""
    return {**case.acts, f"{transition.step.key}.{transition.decision.name}": [actor.person_id]}


def _data(case: CaseView, transition: Transition, policy: Policy) -> dict[str, Any]:
    step = transition.step
    hidden = personal_fields(step.form) | personal_fields(transition.decision.form)
    said = {name: value for name, value in transition.data.items() if name not in hidden}
    if transition.decision.panel is not None:
        return dict(case.data)  # reviews stay on their seats, blind until the panel concludes
    if step.panel is not None and transition.moves and transition.decision.needs_complete_step:
        said["panel"] = panel.result(step.panel, case.seats, policy).as_json()
    before = case.data.get(step.key, {})
    by_then = said_by_then(step, transition.decision, before, said)
    return {**case.data, step.key: by_then} if by_then or before else dict(case.data)


def _leave(writes: Writes, case: CaseView, transition: Transition) -> None:
    writes.closes_items = True
    going_back_to = transition.target.key if transition.decision.to == BACK else None
    for limit in case.limits:
        if (
            limit.state == "paused"
            and limit.step != going_back_to
            and transition.decision.clock is not ClockMove.PAUSES
        ):
            writes.changed_deadlines.append((limit.id, {"state": "ended"}))
        elif limit.state == "running" and transition.decision.clock is ClockMove.PAUSES:
            pauses = [*_stored(limit.pauses), [transition.effective_on.isoformat(), ""]]
            writes.changed_deadlines.append((limit.id, {"state": "paused", "pauses": pauses}))
        elif limit.state == "running":
            state = "met" if transition.effective_on <= limit.due_on else "missed"
            writes.changed_deadlines.append((limit.id, {"state": state}))


def _enter(
    writes: Writes, case: CaseView, transition: Transition, policy: Policy, calendar: WorkCalendar, now: datetime,
    had: int,
) -> None:  # fmt: skip
    target, effective_on, visit = transition.target, transition.effective_on, case.visit + 1
    returns = transition.decision.to == BACK
    writes.case.update(
        step=target.key,
        step_entered_at=now,
        step_entered_on=effective_on,
        visit=visit,
        came_from=case.step if goes_back(target) and not returns else "",
        due_on=NO_DATE,
    )
    _set_outcome(writes, case, transition, target, now)
    here = replace(case, step=target.key, step_entered_on=effective_on, visit=visit)
    proof = _resume(writes, here, transition, policy, calendar) if returns else None
    if proof is None:
        proof = _start(writes, here, target, policy, calendar)
    if proof is not None and proof.due_on is not None:
        writes.case["due_on"] = proof.due_on
    furnish(writes, here, target, policy, writes.case["due_on"], now, transition.persons, had)


def furnish(
    writes: Writes, case: CaseView, step: Step, policy: Policy, due_on: date, now: datetime,
    persons: frozenset[int] = frozenset(), had: int = NOBODY,
) -> None:  # fmt: skip
    """What a step needs as it is entered: who it awaits, what runs by itself, what fires on a day.

    `persons` are those whose step it is besides the role: each finds it in the own name. `had` has it of the role.
    """
    match step.kind:
        case StepKind.HUMAN | StepKind.PANEL:
            for role in step.by[:1]:
                writes.new_items.append(item(case, step, role, due_on, now, person_id=had))
            for person in sorted(persons):
                writes.new_items.append(item(case, step, step.by[-1], due_on, now, person_id=person))
        case StepKind.AUTOMATED:
            writes.outbox.append(_outbox(case, step.task, {"visit": case.visit, "step": step.key}, now))
        case StepKind.TIMER:
            writes.new_timers.append(timer(case, step.elapsed, "", due_on + timedelta(days=1)))
        case StepKind.END:
            pass
    if step.ladder is not None and due_on != NO_DATE:
        for rung in policy.ladder(step.ladder.policy):
            writes.new_timers.append(timer(case, REMIND, rung.level, due_on + timedelta(days=rung.after_days)))


def _set_outcome(writes: Writes, case: CaseView, transition: Transition, target: Step, now: datetime) -> None:
    if target.kind is StepKind.END:
        kept = case.outcome if not case.open and transition.decision.to == BACK else target.outcome
        writes.case.update(open=False, outcome=transition.decision.outcome or kept, ended_at=now)
    elif not target.after_end:
        writes.case.update(open=True, outcome="", ended_at=None)


def _start(writes: Writes, case: CaseView, step: Step, policy: Policy, calendar: WorkCalendar) -> Proof | None:
    ref = step.due or step.lasts
    if ref is None:
        return None
    proof = prove_limit(
        policy.due(ref.policy),
        calendar,
        milestones=case.milestones,
        entered_on=case.step_entered_on,
        period=case.period,
        opened_on=case.opened_on,
    )
    if proof is None:
        return None
    writes.new_deadlines.append(deadline(case, step, ref.policy, proof))
    return proof


def _resume(
    writes: Writes, case: CaseView, transition: Transition, policy: Policy, calendar: WorkCalendar
) -> Proof | None:
    limit = case.paused_limit(case.step)
    if limit is None:
        return None
    sent = limit.pauses[-1][0]
    running = replace(limit, pauses=(*limit.pauses[:-1], (sent, transition.effective_on)))
    proof = limit_of_step(policy.due(limit.policy_path), calendar, case, running)
    if proof is None or proof.due_on is None:
        return None
    writes.changed_deadlines.append(
        (limit.id, {"state": "running", "pauses": _stored(running.pauses), **proven(proof)})
    )
    return proof


def _stay(
    writes: Writes,
    case: CaseView,
    transition: Transition,
    actor: Actor,
    policy: Policy,
    calendar: WorkCalendar,
    people: Mapping[str, int],
    now: datetime,
) -> None:
    decision = transition.decision
    if decision.clock is ClockMove.EXTENDS:
        assert case.limit is not None
        extended = replace(case.limit, extensions=(*case.limit.extensions, int(transition.data["length"])))
        proof = limit_of_step(policy.due(extended.policy_path), calendar, case, extended)
        assert proof is not None
        assert proof.due_on is not None
        _move_due(writes, transition.step, extended, proof, policy)
    if decision.panel is not None:
        _seat(writes, case, transition, actor, people, now)


def _move_due(writes: Writes, step: Step, limit: RunningLimit, proof: Proof, policy: Policy) -> None:
    assert proof.due_on is not None
    writes.changed_deadlines.append((limit.id, {"extensions": list(limit.extensions), **proven(proof)}))
    writes.case["due_on"] = writes.new_due_on = proof.due_on
    if step.kind is StepKind.TIMER:
        writes.moved_timers.append(("", proof.due_on + timedelta(days=1)))
    if step.ladder is not None:
        for rung in policy.ladder(step.ladder.policy):
            writes.moved_timers.append((rung.level, proof.due_on + timedelta(days=rung.after_days)))


def _seat(
    writes: Writes, case: CaseView, transition: Transition, actor: Actor, people: Mapping[str, int], now: datetime
) -> None:
    act = transition.decision.panel
    assert act is not None
    for seat in panel.seat_changes(act.value, actor.person_id, transition.data, case.seats, people):
        row = {
            "person_id": seat.person_id,
            "alternate": seat.alternate,
            "state": seat.state,
            "review": dict(seat.review),
        }
        if act.value == "seat":
            writes.new_seats.append({**row, "street_id": case.street_id, "case_id": case.id, "visit": case.visit})
        else:
            writes.changed_seats.append(row)
        if act is PanelAct.STRIKE:
            writes.reopened_seats.append(seat.person_id)
        elif seat.state == "seated":
            writes.new_items.append(
                item(case, transition.step, Role.EXPERT, case.due_on, now, kind="seat", person_id=seat.person_id)
            )
        elif seat.state in ("given", "conflicted"):
            writes.done_seats.append(seat.person_id)


def item(
    case: CaseView, step: Step, role: Role, due_on: date, now: datetime, *, kind: str = "step", person_id: int = NOBODY
) -> dict[str, Any]:
    """A work item's row."""
    return {
        "street_id": case.street_id,
        "community_id": case.community_id,
        "case_id": case.id,
        "visit": case.visit,
        "step": step.key,
        "kind": kind,
        "role": role.value,
        "person_id": person_id,
        "due_on": due_on,
        "created_at": now,
    }


def timer(case: CaseView, action: str, level: str, fires_on: date) -> dict[str, Any]:
    """A timer's row."""
    return {
        "street_id": case.street_id,
        "case_id": case.id,
        "visit": case.visit,
        "action": action,
        "level": level,
        "fires_on": fires_on,
    }


def deadline(case: CaseView, step: Step, path: str, proof: Proof) -> dict[str, Any]:
    """A deadline's row."""
    return {
        "street_id": case.street_id,
        "case_id": case.id,
        "step": step.key,
        "visit": case.visit,
        "policy_path": path,
        "calendar_hash": case.calendar_hash,
        **proven(proof),
    }


def proven(proof: Proof) -> dict[str, Any]:
    """What a deadline's row says of its proof."""
    return {"due_on": proof.due_on or NO_DATE, "provisional": proof.provisional, "proof": proof.as_json()}


def _outbox(case: CaseView, task: str, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
    return {
        "street_id": case.street_id,
        "case_id": case.id,
        "task": task,
        "payload": payload,
        "created_at": now,
        "available_at": now,
    }


def _stored(pauses: tuple[tuple[date, date | None], ...]) -> list[list[str]]:
    return [[sent.isoformat(), back.isoformat() if back else ""] for sent, back in pauses]

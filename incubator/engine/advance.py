"""Advance: the one way to move a case. One transaction: lock, decide, and write everything that follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Connection

from incubator.canonical import canonical, sha256
from incubator.engine import idempotency, library, streams
from incubator.engine.assignee import had_before, in_stead
from incubator.engine.case import CaseView
from incubator.engine.decide import Attempt, Refusal, Transition, decide, facts_needed
from incubator.engine.definition import Definition
from incubator.engine.effects import EFFECTS, EffectContext
from incubator.engine.forms import personal_fields
from incubator.engine.loading import case_view, guarded_rows
from incubator.engine.moving import Writes, acts_with, writes_of
from incubator.engine.refusals import (
    ActionNotAllowed,
    CaseHasMoved,
    UnknownAction,
    case_not_found,
)
from incubator.engine.roles import Actor
from incubator.engine.writing import Addition, Change, write
from incubator.errors import Invalid, Refused
from incubator.facts import registry
from incubator.models.automation import Outbox
from incubator.models.base import table
from incubator.models.cases import Case, Deadline, PanelSeat, Timer, WorkItem
from incubator.models.events import Event, PersonalValue
from incubator.text import Text


@dataclass(frozen=True)
class Request:
    """What an actor asks of a case, by its public id. `expected_version` None is automation's, which holds no old view."""

    case_id: str
    action: str
    actor: Actor
    expected_version: int | None
    effective_on: date | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    comment: str = ""
    idempotency_key: str = ""

    @cached_property
    def hash(self) -> str:
        """What makes two requests the same."""
        asked = [self.case_id, self.action, self.expected_version, self.effective_on, dict(self.data), self.comment]
        return sha256(canonical(asked))


@dataclass(frozen=True, slots=True)
class Advanced:
    """Where the case stands now."""

    case_id: str
    version: int
    step: str
    open: bool
    outcome: str
    due_on: str

    def as_json(self) -> dict[str, Any]:
        """JSON-ready: the stored answer of a keyed request."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


def advance(connection: Connection, request: Request, *, now: datetime) -> Advanced:
    """Move a case, or raise why not and change nothing.

    Raises NotFound, UnknownAction, CaseHasMoved, ActionNotAllowed (with every blocker), Invalid (with every field) and
    IdempotencyKeyReused. The caller commits; an answer counts only after that.
    """
    case = case_view(connection, request.case_id, lock=True)
    if case is None or not _may_see(request.actor, case):
        raise case_not_found()
    definition = library.definition_of(connection, case)
    # Whoever expects the version that the case has cannot have moved it before: nothing was answered yet.
    if request.expected_version != case.version:
        answered = _answered(connection, request)
        if answered is not None:
            return answered
        if request.expected_version is not None:
            raise CaseHasMoved.since(connection, case, definition, request.expected_version)
    try:
        transition = _decided(connection, case, definition, request, now)
    except Refused:
        _answered(connection, request)  # that the key belongs to another request is the first thing to say
        raise
    answer = _write(connection, case, definition, request, transition, now)
    if request.idempotency_key:
        idempotency.remember(connection, request.actor, request.idempotency_key, request.hash, answer.as_json(), now)
    return answer


def _answered(connection: Connection, request: Request) -> Advanced | None:
    """What the same keyed request was answered before. Raises IdempotencyKeyReused for another under its key."""
    if not request.idempotency_key:
        return None
    before = idempotency.answered(connection, request.actor, request.idempotency_key, request.hash)
    return None if before is None else Advanced(**before)


def _may_see(actor: Actor, case: CaseView) -> bool:
    if actor.roles_at(case.street_id, case.community_id):
        return True
    # A substitute may hold no role there at all; decide says whether this is the moment.
    return actor.street_id == case.street_id and not actor.grants


def _decided(
    connection: Connection, case: CaseView, definition: Definition, request: Request, now: datetime
) -> Transition:
    """The transition, decided on facts that cannot change until the transaction ends."""
    step = definition.step(case.step)
    if request.action not in step.by_name:
        raise UnknownAction.of(step, request.action)
    names = facts_needed(definition, step, (request.action,))
    guarded_rows(connection, registry.guards(names), case)
    facts = registry.load(connection, [case], names, registry.AsOf(now))[0]
    answer = decide(
        definition,
        case,
        Attempt(request.action, request.data, request.effective_on, request.comment),
        request.actor,
        facts,
        library.policy(connection, case.policy_hash),
        library.calendar(connection, case.calendar_hash),
        now,
    )
    if isinstance(answer, Refusal):
        if answer.blockers:
            raise ActionNotAllowed.because(answer.blockers, answer.faults)
        raise Invalid(
            Text(
                "填写内容有误，未作任何更改，请按提示改正后重新提交",
                "The input does not fit and nothing was changed: correct what is marked",
            ),
            fields=answer.faults,
        )
    return answer


def _write(
    connection: Connection,
    case: CaseView,
    definition: Definition,
    request: Request,
    transition: Transition,
    now: datetime,
) -> Advanced:
    policy = library.policy(connection, case.policy_hash)
    calendar = library.calendar(connection, case.calendar_hash)
    people = transition.facts.get("staff.people", {}) if transition.decision.panel else {}
    if transition.decision.panel is not None and not people:
        people = registry.load(connection, [case], {"staff.people"}, registry.AsOf(now))[0]["staff.people"]
    actor = in_stead(connection, case, transition.step, transition.decision, request.actor)
    request = replace(request, actor=actor)
    had = had_before(connection, case, transition, acts_with(case, transition, request.actor), now)
    writes = writes_of(case, transition, request.actor, policy, calendar, people, now, had)
    changes = _effects(connection, case, request, transition, now)
    personal = _personal(transition)
    entry = streams.Entry(
        "case",
        case.id,
        case.street_id,
        f"case.{transition.decision.name}",
        actor,
        {
            "step": transition.step.key,
            "decision": transition.decision.name,
            "to": transition.target.key,
            "version": case.version + 1,
            "outcome": writes.case["outcome"],
            "data": {name: value for name, value in transition.data.items() if name not in personal},
            "as_substitute_for": transition.as_substitute_for,
            "effects": changes,
        },
        subject=case.public_id,
        effective_on=transition.effective_on,
        comment=transition.comment,
        personal={f"{transition.step.key}.{name}": str(value) for name, value in personal.items()},
        definition_hash=case.definition_hash,
        policy_hash=case.policy_hash,
        calendar_hash=case.calendar_hash,
        facts=transition.facts,
        rules=[{"rule": r.name, "met": r.met, "cite": r.cite.as_pair() if r.cite else None} for r in transition.rules],
    )
    chained = streams.chain(entry, case.head_seq, case.head_hash, now)
    if not write(connection, _all_of(case, writes, chained, now)):
        raise CaseHasMoved.since(connection, case, definition, case.version)
    due_on = writes.case["due_on"]
    return Advanced(
        case.public_id,
        case.version + 1,
        writes.case["step"],
        writes.case["open"],
        writes.case["outcome"],
        due_on.isoformat(),
    )


def _personal(transition: Transition) -> dict[str, Any]:
    names = personal_fields(transition.step.form) | personal_fields(transition.decision.form)
    return {name: value for name, value in transition.data.items() if name in names}


def _effects(
    connection: Connection, case: CaseView, request: Request, transition: Transition, now: datetime
) -> dict[str, Mapping[str, Any]]:
    context = EffectContext(
        connection,
        case,
        transition.decision.name,
        request.actor,
        transition.data,
        transition.comment,
        transition.effective_on,
        now,
        library.policy(connection, case.policy_hash),
        library.calendar(connection, case.calendar_hash),
    )
    return {name: EFFECTS[name](context) for name in transition.decision.effects}


def _all_of(case: CaseView, writes: Writes, chained: streams.Chained, now: datetime) -> list[Change | Addition]:
    """Everything that is written, the case first."""
    cases, items, timers, deadlines, seats = (table(model) for model in (Case, WorkItem, Timer, Deadline, PanelSeat))
    of_case = {"case_id": case.id}
    open_items, open_timers = {**of_case, "done_at": None}, {**of_case, "fired_at": None, "cancelled": False}
    of_visit = {**of_case, "visit": case.visit}
    all_of: list[Change | Addition] = [
        Change(cases, {"id": case.id, "version": case.version}, {**writes.case, **chained.head})
    ]
    if writes.closes_items:
        all_of.append(Change(items, open_items, {"done_at": now}))
        all_of.append(Change(timers, open_timers, {"cancelled": True, "fired_at": now}))
    # The seat alone: the member may have claimed the step besides.
    all_of += [
        Change(items, {**open_items, "kind": "seat", "person_id": person}, {"done_at": now})
        for person in writes.done_seats
    ]
    all_of += [
        Change(items, {**of_visit, "kind": "seat", "person_id": person}, {"done_at": None})
        for person in writes.reopened_seats
    ]
    all_of += [Change(deadlines, {"id": deadline}, values) for deadline, values in writes.changed_deadlines]
    if writes.new_due_on is not None:
        all_of.append(Change(items, open_items, {"due_on": writes.new_due_on}))
    all_of += [
        Change(timers, {**of_visit, "level": level, "fired_at": None}, {"fires_on": fires_on})
        for level, fires_on in writes.moved_timers
    ]
    all_of += [Change(seats, {**of_visit, "person_id": seat["person_id"]}, seat) for seat in writes.changed_seats]
    for model, rows in (
        (Deadline, writes.new_deadlines),
        (WorkItem, writes.new_items),
        (Timer, writes.new_timers),
        (PanelSeat, writes.new_seats),
        (Outbox, writes.outbox),
        (Event, [chained.row]),
        (PersonalValue, chained.personal),
    ):
        if rows:
            all_of.append(Addition(table(model), rows))
    return all_of

"""Why it was decided so: a past event of a case with the rules, values, articles, facts and calendar it was made under.

Everything is read from the record and from the pinned copies that it names, never from what is in force now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from incubator.engine import forms, library
from incubator.engine.decide import complete_form
from incubator.engine.definition import Decision, Definition, Step
from incubator.engine.policy import Policy
from incubator.engine.refusals import case_not_found
from incubator.engine.roles import ROLE_NAMES, Actor, Role
from incubator.errors import NotFound
from incubator.models.base import table
from incubator.models.cases import Case
from incubator.models.events import CalendarVersion, DefinitionVersion, PolicyInForce, PolicyVersion
from incubator.models.organizations import Document, Organization
from incubator.policies.difference import Difference, differences
from incubator.queries.case_file import Recorded, events_of, names_of_picked
from incubator.queries.fact_words import public_ids
from incubator.queries.limits_then import LimitThen, PastLimits, decision_of, opening_milestones
from incubator.queries.outcomes import outcome_title
from incubator.queries.panels import as_shown, oversees
from incubator.queries.rules_asked import RuleAsked, ValueRead, rules_asked, values_read
from incubator.queries.said import Names, points_in_all, said
from incubator.queries.visibility import stepped_aside, visible_to
from incubator.services.personal import masked_values
from incubator.text import Text

OPENED = "case.opened"


@dataclass(frozen=True, slots=True)
class Pinned:
    """A version that the record names by its hash: what it is called, since when it is on record, from which day it governs."""

    title: Text
    hash: str
    recorded_at: datetime
    effective_from: date | None = None
    terms: str = ""  # the announcement whose terms were laid over a policy
    announced: tuple[int, ...] = ()  # the years whose notice a calendar holds


@dataclass(frozen=True, slots=True)
class DocumentThen:
    """A document that the step asked for, and whether it lay in the case."""

    kind: str
    title: Text
    required: bool
    there: bool


@dataclass(frozen=True, slots=True)
class Repinned:
    """That the case was put under another policy or calendar: what differs, and which dates moved."""

    policy_before: Pinned | None  # None where the policy stayed
    calendar_before: Pinned | None
    differences: tuple[Difference, ...]
    due_before: date | None
    due_after: date | None
    why: Text | None  # what a change of the calendar says of itself


@dataclass(frozen=True, slots=True)
class Explanation:
    """A past event of a case and what it rests on. `decision` is None where the event is no decision."""

    case_id: str
    number: str
    organization: str
    procedure: Text
    event: Recorded
    seq: int
    step: Text | None
    decision: Text | None
    to: Text | None
    outcome: Text | None
    said: tuple[tuple[Text, Any], ...]
    withheld: bool  # the reader is blind to what was said here
    stood_in_for: Text | None  # the role for which a substitute decided
    definition: Pinned
    policy: Pinned
    calendar: Pinned
    rules: tuple[RuleAsked, ...]
    facts_recorded: bool
    grounds: tuple[ValueRead, ...]  # what the policy says of the step itself: whose it is, documents, limits, panel
    limit: LimitThen | None
    window: LimitThen | None
    documents: tuple[DocumentThen, ...]
    checklist: tuple[tuple[Text, bool], ...]
    repinned: Repinned | None

    @property
    def is_decision(self) -> bool:
        """Whether rules were asked for it: a decision of a step, or the opening of the case."""
        return self.decision is not None or self.event.type == OPENED


def is_explained(event: Recorded, definition: Definition) -> bool:
    """Whether an event of a case rests on rules or versions: decisions, the opening, and what put it under others."""
    change = event.body.get("change") or {}
    return event.type == OPENED or "policy" in change or decision_of(definition, change) is not None


def explain_event(connection: Connection, actor: Actor, case_id: str, seq: int) -> Explanation:
    """The event of that number in a case, by its public id, as the actor may see it.

    NotFound where there is none in the actor's area; NotAllowed for a panel member who stands aside. What the reader is
    blind to in a panel is left out, personal values are masked.
    """
    case = _case(connection, actor, case_id)
    recorded = events_of(connection, "case", [case.id])
    definition = library.definition(connection, case.definition_hash)
    shown = as_shown(recorded, {case.id: definition}, actor, sees=oversees(actor, case.street_id, case.community_id))
    place = next((place for place, event in enumerate(recorded) if event.body["seq"] == seq), None)
    if place is None:
        raise NotFound(
            Text(
                f"本案没有第 {seq} 条记录，请从办理经过中选择",
                f"The case has no record {seq}: choose one of its events",
            )
        )
    return _Reading(connection, case, recorded, place, shown[place]).explained()


def explain_decisions(connection: Connection, actor: Actor, case_id: str) -> tuple[Explanation, ...]:
    """The opening of a case and every decision made in it, the first one first, as the actor may see them.

    NotFound and NotAllowed as for one event.
    """
    case = _case(connection, actor, case_id)
    recorded = events_of(connection, "case", [case.id])
    definition = library.definition(connection, case.definition_hash)
    shown = as_shown(recorded, {case.id: definition}, actor, sees=oversees(actor, case.street_id, case.community_id))
    made = [
        place
        for place, event in enumerate(recorded)
        if event.type == OPENED or decision_of(definition, event.body.get("change") or {}) is not None
    ]
    return tuple(_Reading(connection, case, recorded, place, shown[place]).explained() for place in reversed(made))


def _case(connection: Connection, actor: Actor, case_id: str) -> Row[Any]:
    cases, organizations = table(Case), table(Organization)
    row = connection.execute(
        select(cases, organizations.c.name.label("organization_name"))
        .join_from(cases, organizations, organizations.c.id == cases.c.organization_id)
        .where(cases.c.public_id == case_id, visible_to(actor, cases))
    ).one_or_none()
    if row is None:
        stepped_aside(connection, actor, case_id)
        raise case_not_found()
    return row


class _Reading:
    """One event, with what came before it and the versions that it names."""

    def __init__(
        self, connection: Connection, case: Row[Any], recorded: Sequence[Recorded], place: int, shown: Recorded
    ) -> None:
        self.connection, self.case, self.event = connection, case, shown
        self.withheld = shown.body != recorded[place].body
        self.body: Mapping[str, Any] = shown.body
        self.change: Mapping[str, Any] = self.body.get("change") or {}
        # An upload names no version: it came under those of the event before it.
        self.named = {
            name: next(event.body[name] for event in recorded[place:] if event.body[name])
            for name in ("definition", "policy", "calendar")
        }
        self.policy = library.policy(connection, self.named["policy"])
        self.calendar = library.calendar(connection, self.named["calendar"])
        original = library.definition(connection, self.named["definition"])
        self.definition: Definition = library.running(original, self.policy)
        # The events are given newest first; an opening's limit is the one that begins with it.
        before = recorded[place + 1 :] if shown.type != OPENED else recorded[place:]
        self.limits = PastLimits(
            self.definition,
            period=case.period,
            opened_on=case.opened_on,
            milestones=opening_milestones(self.definition, case.milestones, [each.body["change"] for each in recorded]),
        ).follow((each.type, each.effective_on, each.body["change"]) for each in reversed(before))
        self.step: Step | None = self.definition.by_key.get(str(self.change.get("step")))
        self.decision: Decision | None = decision_of(self.definition, self.change)

    def explained(self) -> Explanation:
        change, decision, step = self.change, self.decision, self.step
        target = self.definition.by_key.get(str(change.get("to")))
        outcome = outcome_title(self.definition, str(change.get("outcome") or ""))
        facts: Mapping[str, Any] = {} if self.withheld else self.body.get("facts") or {}
        names = names_of_picked(self.connection, self.case.street_id, set(public_ids([facts, change.get("data")])))
        substitute = change.get("as_substitute_for")
        return Explanation(
            case_id=self.case.public_id,
            number=self.case.number,
            organization=self.case.organization_name,
            procedure=self.definition.title,
            event=self.event,
            seq=self.body["seq"],
            step=step.title if step else None,
            decision=decision.title if decision else None,
            to=target.title if target is not None and target is not step else None,
            outcome=outcome if outcome.zh else None,
            said=self._said(names),
            withheld=self.withheld,
            stood_in_for=ROLE_NAMES[Role(substitute)] if substitute else None,
            definition=_definition(self.connection, self.definition),
            policy=_policy(self.connection, self.policy, self.case),
            calendar=_calendar(self.connection, self.named["calendar"]),
            rules=rules_asked(self._answers(), facts, self.definition, self.policy, names),
            facts_recorded=decision is not None and not self.withheld,
            grounds=values_read(self._paths(), self.policy),
            limit=self.limits.limit(self.policy, self.calendar) if decision or self.event.type == OPENED else None,
            window=self._window(),
            documents=self._documents(),
            checklist=self._checklist(),
            repinned=self._repinned(),
        )

    def _answers(self) -> Sequence[Mapping[str, Any]]:
        """The rules asked and their answers; that a case was opened says that its opening rules were met."""
        if self.event.type == OPENED:
            return [{"rule": name, "met": True} for name in self.definition.opening_rules]
        return list(self.body.get("rules") or ())

    def _said(self, names: Names) -> tuple[tuple[Text, Any], ...]:
        if self.decision is None or self.step is None or self.withheld:
            return ()
        asked = forms.offered(complete_form(self.step, self.decision), self.policy, {}) or {}
        answers, told = self.change.get("data") or {}, []
        hidden = self._personal()
        for name, declared in asked.get("properties", {}).items():
            title = Text.from_pair(declared["x-title"])
            if name in hidden:
                told.append((title, hidden[name]))
            elif name != "checklist" and answers.get(name) not in (None, "", []):
                value = answers[name]
                told.append((title, points_in_all(value) if "x-sheet" in declared else said(declared, value, names)))
        return tuple(told)

    def _personal(self) -> dict[str, Any]:
        """Field -> masked value of the personal values that were given with the event."""
        given = [field.partition(".")[2] for field in self.body.get("personal") or {}]
        if not given:
            return {}
        kept = masked_values(self.connection, "case", [self.case.id], recorded_at=self.event.recorded_at)[self.case.id]
        erased = Text("（已删除）", "(erased)")
        return {name: kept.get(f"{self.change['step']}.{name}", erased) for name in given}

    def _paths(self) -> list[str]:
        if self.step is None or self.decision is None:
            return []
        step, decision = self.step, self.decision
        whole = decision.needs_complete_step
        refs = [step.who if not decision.by else None, step.documents if whole else None, decision.documents]
        refs += [decision.window.length if decision.window else None, step.due or step.lasts]
        if step.panel is not None:
            refs += [step.panel.size, step.panel.quorum, step.panel.sheet]
        return [ref.policy for ref in refs if ref is not None]

    def _window(self) -> LimitThen | None:
        if self.decision is None or self.decision.window is None:
            return None
        return self.limits.window(self.decision.window.length.policy, self.policy, self.calendar)

    def _documents(self) -> tuple[DocumentThen, ...]:
        if self.step is None or self.decision is None:
            return ()
        refs = (self.step.documents if self.decision.needs_complete_step else None, self.decision.documents)
        paths = [ref.policy for ref in refs if ref is not None and self.policy.has(ref.policy)]
        if not paths:
            return ()
        rows, at = table(Document), self.event.recorded_at
        kinds = set(
            self.connection.scalars(
                select(rows.c.kind).where(
                    rows.c.case_id == self.case.id, rows.c.recorded_at <= at,
                    rows.c.replaced_at.is_(None) | (rows.c.replaced_at > at),
                )
            )
        )  # fmt: skip
        needs = {need.kind: need for path in paths for need in self.policy.documents(path)}
        return tuple(DocumentThen(kind, need.title, need.required, kind in kinds) for kind, need in needs.items())

    def _checklist(self) -> tuple[tuple[Text, bool], ...]:
        if self.step is None or self.decision is None or not self.decision.needs_complete_step:
            return ()
        ticked = (self.change.get("data") or {}).get("checklist") or []
        return tuple((words, key in ticked) for key, words in self.step.checklist)

    def _repinned(self) -> Repinned | None:
        if not ("policy" in self.change and "calendar" in self.change):
            return None
        policy, calendar = self.change["policy"], self.change["calendar"]
        due = self.change.get("due_on") or {}
        old = library.policy(self.connection, policy["before"]) if policy["before"] != policy["after"] else None
        moved = calendar["before"] != calendar["after"]
        return Repinned(
            _policy(self.connection, old, self.case) if old else None,
            _calendar(self.connection, calendar["before"]) if moved else None,
            tuple(differences(old.content, self.policy.content)) if old else (),
            _day(due.get("before")),
            _day(due.get("after")),
            Text.from_pair(self.change["why"]) if isinstance(self.change.get("why"), Mapping) else None,
        )


def _definition(connection: Connection, definition: Definition) -> Pinned:
    stored = table(DefinitionVersion)
    at = connection.scalar(select(stored.c.recorded_at).where(stored.c.hash == definition.hash))
    assert at is not None
    return Pinned(definition.title, definition.hash, at)


def _policy(connection: Connection, policy: Policy, case: Row[Any]) -> Pinned:
    stored, given = table(PolicyVersion), table(PolicyInForce)
    at = connection.scalar(select(stored.c.recorded_at).where(stored.c.hash == policy.hash))
    assert at is not None
    since = connection.scalar(
        select(given.c.effective_from)
        .where(given.c.street_id == case.street_id, given.c.policy_hash == policy.hash)
        .order_by(given.c.effective_from)
        .limit(1)
    )
    jurisdiction = Text.from_pair(policy.content["jurisdiction"])
    call = policy.content["sources"].get("call")
    terms = f"{call['title']['zh']} {call['number']}".strip() if call else ""
    title = Text(f"{jurisdiction.zh}（{policy.name}）", f"{jurisdiction.en} ({policy.name})")
    announced_on = call["date"] if call else policy.content.get("effective_from")
    return Pinned(title, policy.hash, at, since or _day(announced_on), terms)


def _calendar(connection: Connection, digest: str) -> Pinned:
    stored = table(CalendarVersion)
    at = connection.scalar(select(stored.c.recorded_at).where(stored.c.hash == digest))
    assert at is not None
    calendar = library.calendar(connection, digest)
    title = Text("国务院办公厅公布的放假安排", "the holiday notices of the General Office of the State Council")
    if calendar.closing_days:
        title = Text(f"{title.zh}和本街道停止办公日", f"{title.en}, and the street's own closing days")
    return Pinned(title, digest, at, announced=tuple(sorted(calendar.announced)))


def _day(stored: Any) -> date | None:
    return date.fromisoformat(stored) if stored else None

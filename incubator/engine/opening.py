"""Opening cases: one by a person, or many at once by automation. Besides advance, the only writer of a case's position."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, String, cast, func, insert, literal, select
from sqlalchemy.sql.schema import ScalarElementColumnDefault
from sqlmodel import SQLModel

from incubator.canonical import canonical, public_id
from incubator.clock import today
from incubator.engine import library, numbers, streams
from incubator.engine.advance import Advanced
from incubator.engine.case import CaseView
from incubator.engine.decide import standing_step
from incubator.engine.definition import Definition, Step
from incubator.engine.limits import prove_limit
from incubator.engine.loading import case_columns, case_views
from incubator.engine.moving import Writes, deadline, furnish, item
from incubator.engine.policy import Policy
from incubator.engine.refusals import ActionNotAllowed
from incubator.engine.roles import Actor, automation, names_of
from incubator.engine.rules import RULES, Blocker
from incubator.engine.terms import TERMS
from incubator.errors import NotFound
from incubator.facts import registry
from incubator.facts.registry import CaseRef
from incubator.models.automation import Outbox
from incubator.models.base import NO_DATE, table
from incubator.models.cases import Case, Deadline, Timer, WorkItem
from incubator.models.events import Event
from incubator.models.organizations import Organization
from incubator.text import Text

# Stands for a case's own values in the event that open_cases writes for all; nothing else spells like these.
_PUBLIC_ID, _NUMBER, _ORGANIZATION = "\x00public_id\x00", "\x00number\x00", "\x00organization\x00"
_ESCAPED = {mark: canonical(mark).strip('"') for mark in (_PUBLIC_ID, _NUMBER, _ORGANIZATION)}


@dataclass(frozen=True, slots=True)
class NotYetOpen:
    """An organization for which a case may be opened, as facts are asked about it."""

    organization_id: int
    street_id: int
    community_id: int
    period: str = ""
    id: int = 0
    data: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    milestones: Mapping[str, str] = field(default_factory=dict)
    due_on: date = NO_DATE


def opening_facts(definition: Definition) -> frozenset[str]:
    """The facts that the opening rules need."""
    return frozenset(need for name in definition.opening_rules for need in RULES[name].needs)


def decide_opening(
    definition: Definition, subject: NotYetOpen, actor: Actor, facts: dict[str, Any], policy: Policy
) -> tuple[Blocker, ...]:
    """Why this actor cannot open a case for this organization; empty when it can. Pure."""
    blockers = []
    if not actor.roles_at(subject.street_id, subject.community_id).intersection(definition.opens_by):
        who = names_of(definition.opens_by)
        message = Text(f"“{definition.title.zh}”须由{who.zh}发起", f"{definition.title.en} is opened by the {who.en}")
        blockers.append(
            Blocker("role_lacking", "who", message, who, Text(f"请转交{who.zh}", f"Hand it to the {who.en}"))
        )
    asked = (RULES[name].blocker(facts, policy) for name in definition.opening_rules)
    return (*blockers, *(blocker for blocker in asked if blocker is not None))


def open_case(
    connection: Connection,
    *,
    procedure: str,
    organization_id: int,
    actor: Actor,
    now: datetime,
    effective_on: date | None = None,
    period: str = "",
    policy: Policy | None = None,
    milestones: Mapping[str, str] | None = None,
) -> Advanced:
    """Open one case, or raise NotFound or ActionNotAllowed with every reason.

    `policy` is given by a case that opens another one under its own rules; else it is the policy in force on the day,
    or that of the period's terms where the procedure has any. `milestones` are days, ISO, that the case's limits run
    from and that are known as it opens, such as a project's end.
    """
    definition = library.current_definition(procedure)
    assert set(milestones or {}) <= set(definition.opens_with), "the definition says what its cases open with"
    organizations = table(Organization)
    row = connection.execute(
        select(organizations.c.street_id, organizations.c.community_id)
        .where(organizations.c.id == organization_id)
        .with_for_update()
    ).one_or_none()
    if row is None or not actor.roles_at(row.street_id, row.community_id):
        raise NotFound(
            Text("没有这个组织，或不在您的管辖范围内", "There is no such organization, or it lies outside your area")
        )
    day = effective_on or today(now)
    given = policy or policy_of_terms(connection, definition, row.street_id, period)
    policy = (
        library.completed(connection, given, row.street_id, now)
        if given
        else library.policy_in_force(connection, row.street_id, day)
    )
    subject = NotYetOpen(organization_id, row.street_id, row.community_id, period)
    facts = registry.load(connection, [subject], opening_facts(definition), registry.AsOf(now))[0]
    blockers = decide_opening(definition, subject, actor, facts, policy)
    if blockers:
        raise ActionNotAllowed.because(blockers, {})
    year = day.year
    number = numbers.spelled(
        definition.number_series, year, numbers.take(connection, row.street_id, definition.number_series, year)
    )
    fresh = _Opening(connection, definition, policy, row.street_id, period, day, now, actor, milestones or {})
    return fresh.write_one(public_id(), number, organization_id, row.community_id)


def policy_of_terms(connection: Connection, definition: Definition, street_id: int, period: str) -> Policy | None:
    """The policy that the terms of a period lay down; None where the procedure or the period has none."""
    return TERMS[definition.terms].policy(connection, street_id, period) if definition.terms and period else None


def open_cases(
    connection: Connection,
    *,
    procedure: str,
    street_id: int,
    period: str,
    organizations: Select[Any],
    now: datetime,
    effective_on: date | None = None,
) -> int:
    """Open a case of this period for each of the selected organizations that has none, and say how many.

    Set-based: a fixed number of statements whatever the number of organizations. `organizations` selects one column,
    their ids, and must say in SQL what the definition's opening rules say; tests hold the two against each other.
    """
    definition = library.current_definition(procedure)
    day = effective_on or today(now)
    policy = library.policy_in_force(connection, street_id, day)
    fresh = _Opening(connection, definition, policy, street_id, period, day, now, automation(street_id))
    return fresh.write_all(organizations)


class _Opening:
    """What all cases opened together have in common."""

    def __init__(
        self,
        connection: Connection,
        definition: Definition,
        policy: Policy,
        street_id: int,
        period: str,
        day: date,
        now: datetime,
        actor: Actor,
        milestones: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.connection, self.policy, self.actor = connection, policy, actor
        self.definition = library.running(definition, policy)
        self.street_id, self.period, self.day, self.now = street_id, period, day, now
        self.milestones = dict(milestones)
        self.calendar_hash, self.calendar = library.calendar_in_force(connection, street_id)
        self.step: Step = standing_step(self.definition, definition.start, policy)
        limit = self.step.due or self.step.lasts
        self.limit_path = limit.policy if limit else ""
        self.proof = None
        if self.limit_path:
            self.proof = prove_limit(
                policy.due(self.limit_path), self.calendar, milestones=self.milestones, entered_on=day, period=period,
                opened_on=day,
            )  # fmt: skip
        self.due_on = (self.proof.due_on or NO_DATE) if self.proof else NO_DATE

    def case_values(self) -> dict[str, Any]:
        """The columns that are the same in every case."""
        return {
            "street_id": self.street_id,
            "procedure": self.definition.key,
            "period": self.period,
            "step": self.step.key,
            "step_entered_at": self.now,
            "step_entered_on": self.day,
            "visit": 1,
            "came_from": "",
            "version": 1,
            "open": True,
            "outcome": "",
            "due_on": self.due_on,
            "definition_hash": self.definition.hash,
            "policy_hash": self.policy.hash,
            "calendar_hash": self.calendar_hash,
            "data": {},
            "milestones": self.milestones,
            "acts": {},
            "opened_at": self.now,
            "opened_on": self.day,
            "head_seq": 1,
        }

    def entry(self, case_public_id: str, number: str, organization: int | str) -> streams.Entry:
        """The event `case.opened`."""
        change = {
            "step": self.step.key,
            "to": self.step.key,
            "number": number,
            "organization": organization,
            "procedure": self.definition.key,
            "period": self.period,
            "version": 1,
        }
        return streams.Entry(
            "case", 0, self.street_id, "case.opened", self.actor, change, subject=case_public_id, effective_on=self.day,
            definition_hash=self.definition.hash, policy_hash=self.policy.hash, calendar_hash=self.calendar_hash,
        )  # fmt: skip

    def persons(self, cases: Sequence[CaseRef]) -> list[frozenset[int]]:
        """Whose the first step is in each of these cases, where a role alone does not tell."""
        fact = self.step.persons
        if not fact:
            return [frozenset() for _ in cases]
        return [known[fact] for known in registry.load(self.connection, cases, {fact}, registry.AsOf(self.now))]

    def dependents(
        self, case: CaseView, persons: frozenset[int] = frozenset()
    ) -> list[tuple[type[SQLModel], list[dict[str, Any]]]]:
        """The rows that the first step needs."""
        writes = Writes({})
        if self.proof is not None:
            writes.new_deadlines.append(deadline(case, self.step, self.limit_path, self.proof))
        furnish(writes, case, self.step, self.policy, self.due_on, self.now, persons)
        return [
            (Deadline, writes.new_deadlines),
            (WorkItem, writes.new_items),
            (Timer, writes.new_timers),
            (Outbox, writes.outbox),
        ]

    def view(self, case_id: int, case_public_id: str, number: str, organization_id: int, community_id: int) -> CaseView:
        values = {**self.case_values(), "head_hash": ""}
        values.pop("opened_at")
        return CaseView(
            id=case_id, public_id=case_public_id, number=number, organization_id=organization_id,
            community_id=community_id, **values,
        )  # fmt: skip

    def write_one(self, case_public_id: str, number: str, organization_id: int, community_id: int) -> Advanced:
        chained = streams.chain(self.entry(case_public_id, number, organization_id), 0, "", self.now)
        cases = table(Case)
        case_id = self.connection.execute(
            insert(cases)
            .values(
                **{**self.case_values(), **chained.head},
                public_id=case_public_id,
                number=number,
                organization_id=organization_id,
                community_id=community_id,
            )
            .returning(cases.c.id)
        ).scalar_one()
        case = self.view(case_id, case_public_id, number, organization_id, community_id)
        for model, rows in self.dependents(case, self.persons([case])[0]):
            if rows:
                self.connection.execute(insert(table(model)), rows)
        chained.row["subject_id"] = case_id
        streams.write(self.connection, chained)
        return Advanced(case_public_id, 1, self.step.key, True, "", self.due_on.isoformat())

    def write_all(self, selected: Select[Any]) -> int:
        cases = table(Case)
        year = self.day.year
        last = numbers.lock_series(self.connection, self.street_id, self.definition.number_series, year)
        newest = self.connection.execute(select(func.coalesce(func.max(cases.c.id), 0))).scalar_one()
        opened = self._insert_cases(selected, last, year)
        if not opened:
            return 0
        numbers.set_last(self.connection, self.street_id, self.definition.number_series, year, last + opened)
        # The series is locked, so whatever is newer than `newest` here was opened by this very statement.
        fresh = (
            cases.c.street_id == self.street_id,
            cases.c.procedure == self.definition.key,
            cases.c.period == self.period,
            cases.c.id > newest,
        )
        for model, rows in self.dependents(self.view(0, "", "", 0, 0)):
            for row in rows:
                self._insert_for_each(model, row, fresh)
        if self.step.persons:
            self._insert_for_persons(fresh)
        self._insert_events(fresh)
        return opened

    def _insert_cases(self, selected: Select[Any], last: int, year: int) -> int:
        cases, organizations = table(Case), table(Organization)
        ids = selected.subquery()
        chosen = (
            select(
                organizations.c.id.label("organization_id"),
                organizations.c.community_id,
                self._random_id().label("public_id"),
                (literal(last) + func.row_number().over(order_by=organizations.c.id)).label("place"),
            )
            .join_from(organizations, ids, ids.c[0] == organizations.c.id)
            .where(
                organizations.c.street_id == self.street_id,
                ~select(cases.c.id)
                .where(
                    cases.c.street_id == self.street_id,
                    cases.c.organization_id == organizations.c.id,
                    cases.c.procedure == self.definition.key,
                    cases.c.period == self.period,
                    cases.c.period != "",
                )
                .exists(),
            )
            # Materialized: the random id must be drawn once, not once for each place it is used in.
            .cte("chosen")
            .prefix_with("MATERIALIZED")
        )
        number = numbers.spelled_in_sql(self.definition.number_series, year, chosen.c.place)
        columns: dict[str, Any] = {
            name: literal(value, cases.c[name].type) for name, value in self.case_values().items()
        }
        columns |= {
            "public_id": chosen.c.public_id,
            "organization_id": chosen.c.organization_id,
            "community_id": chosen.c.community_id,
            "number": number,
            "head_hash": self._sha256(self._body(chosen.c.public_id, number, chosen.c.organization_id)),
        }
        query = select(*(value.label(name) for name, value in columns.items())).select_from(chosen)
        inserted = self.connection.execute(
            insert(cases).from_select(list(columns), query, include_defaults=False),
            execution_options={"preserve_rowcount": True},
        )
        if self.connection.dialect.name == "sqlite":  # its driver does not count a statement that begins with WITH
            return int(self.connection.exec_driver_sql("SELECT changes()").scalar_one())
        return inserted.rowcount

    def _insert_for_each(
        self, model: type[SQLModel], row: dict[str, Any], fresh: tuple[ColumnElement[bool], ...]
    ) -> None:
        cases, rows = table(Case), table(model)
        defaults = {
            column.name: default.arg
            for column in rows.columns
            if isinstance(default := column.default, ScalarElementColumnDefault) and column.name not in row
        }
        values: dict[str, Any] = {
            name: literal(value, rows.c[name].type) for name, value in {**defaults, **row}.items()
        }
        values["case_id"] = cases.c.id
        if "community_id" in values:
            values["community_id"] = cases.c.community_id
        for name in ("pauses", "extensions", "payload", "result"):
            if name in rows.c and name not in values:
                empty: Any = [] if name in ("pauses", "extensions") else {}
                values[name] = literal(empty, rows.c[name].type)
        query = select(*(value.label(name) for name, value in values.items())).where(*fresh)
        self.connection.execute(insert(rows).from_select(list(values), query, include_defaults=False))

    def _insert_for_persons(self, fresh: tuple[ColumnElement[bool], ...]) -> None:
        rows = self.connection.execute(select(*case_columns()).where(*fresh)).all()
        cases = case_views(self.connection, rows)
        items = [
            item(case, self.step, self.step.by[-1], self.due_on, self.now, person_id=person)
            for case, persons in zip(cases, self.persons(cases), strict=True)
            for person in sorted(persons)
        ]
        if items:
            self.connection.execute(insert(table(WorkItem)), items)

    def _insert_events(self, fresh: tuple[ColumnElement[bool], ...]) -> None:
        cases, events = table(Case), table(Event)
        template = streams.chain(self.entry("", "", 0), 0, "", self.now).row
        values: dict[str, Any] = {name: literal(value, events.c[name].type) for name, value in template.items()}
        values |= {
            "subject_id": cases.c.id,
            "body": self._body(cases.c.public_id, cases.c.number, cases.c.organization_id),
            "hash": cases.c.head_hash,
        }
        query = select(*(value.label(name) for name, value in values.items())).where(*fresh)
        self.connection.execute(insert(events).from_select(list(values), query, include_defaults=False))

    def _body(self, case_public_id: Any, number: Any, organization_id: Any) -> ColumnElement[str]:
        """The event's body in SQL: the canonical text of one case, with each case's own values in their places."""
        entry = self.entry(_PUBLIC_ID, _NUMBER, _ORGANIZATION)
        text = canonical(streams.body_of(entry, 1, self.now, {}))
        own = {
            _ESCAPED[_PUBLIC_ID]: case_public_id,
            _ESCAPED[_NUMBER]: number,
            f'"{_ESCAPED[_ORGANIZATION]}"': cast(organization_id, String),
        }
        body: ColumnElement[str] | None = None
        while text:
            place, mark = min(((text.index(mark), mark) for mark in own if mark in text), default=(len(text), ""))
            parts = [literal(text[:place]), own[mark]] if mark else [literal(text)]
            for part in parts:
                body = part if body is None else body + part
            text = text[place + len(mark) :]
        assert body is not None
        return body

    def _random_id(self) -> ColumnElement[str]:
        if self.connection.dialect.name == "sqlite":
            return func.lower(func.hex(func.randomblob(16)))
        return func.replace(cast(func.gen_random_uuid(), String), "-", "")

    def _sha256(self, text: ColumnElement[str]) -> ColumnElement[str]:
        if self.connection.dialect.name == "sqlite":
            return func.sha256_hex(text)
        return func.encode(func.sha256(func.convert_to(text, "UTF8")), "hex")

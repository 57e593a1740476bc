"""Everything that a person has in hand, and of each thing whether it can go to a colleague, and why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from incubator.engine import library
from incubator.engine.definition import Definition, Step
from incubator.engine.roles import ROLE_NAMES, Actor, Role
from incubator.models.base import NO_DATE, table
from incubator.models.cases import Case, PanelSeat, WorkItem
from incubator.models.desk import Absence
from incubator.models.organizations import Organization
from incubator.models.streets import Person, Substitute
from incubator.queries.absences import Colleague
from incubator.queries.handovers import HandoverItem
from incubator.queries.holding import STEP
from incubator.queries.people import PersonName
from incubator.queries.visibility import ONLY_OWN_CASES, visible_to
from incubator.text import Text

_CASES, _ITEMS, _SEATS, _ORGANIZATIONS = table(Case), table(WorkItem), table(PanelSeat), table(Organization)
_SUBSTITUTES, _ABSENCES, _PEOPLE = table(Substitute), table(Absence), table(Person)
_SEAT = Text(
    "评审由专家本人进行，不能移交；专家确不能参加的，请经办人安排候补专家",
    "A review is the expert's own; where the expert cannot give it, the officer lets an alternate move up",
)
_NAMED = Text(
    "由被指定的枢纽组织代表本人办理，不能移交；须换人的，请中心主任另行指定代表",
    "It is for the hub's own representative; the centre director names another one where needed",
)
_SUBSTITUTE = Text(
    "代理人须由中心主任或系统管理员另行指定", "The centre director or the administrator names another one"
)
_DEPUTY = Text("请离岗人或中心主任另行登记代办人", "Whoever is away, or the director, names another deputy")


@dataclass(frozen=True, slots=True)
class Held:
    """A thing in hand and, where it is a case's step, the keys of its item, case and step."""

    item: HandoverItem
    item_id: int = 0
    case_key: int = 0
    role: str = ""
    step: str = ""


def in_hand(
    connection: Connection, actor: Actor, giver: PersonName, taker: Colleague | None, day: date
) -> tuple[Held, ...]:
    """What the giver has in hand on a day that the actor may see, what goes to the taker first; four statements.

    Without a taker nothing is judged, and nothing goes.
    """
    found = [*_items(connection, actor, giver, taker), *_alternates(connection, actor, giver)]
    found.sort(key=lambda held: (not held.item.goes, held.item.due_on, held.item.number))
    return (
        *found,
        *_substitutions(connection, actor, giver, day),
        *_deputyships(connection, actor, giver, day),
    )


_COLUMNS = [
    _CASES.c.id.label("case_key"), _CASES.c.public_id, _CASES.c.number, _CASES.c.definition_hash, _CASES.c.acts,
    _CASES.c.street_id, _CASES.c.community_id, _ORGANIZATIONS.c.name.label("organization"),
]  # fmt: skip


def _items(connection: Connection, actor: Actor, giver: PersonName, taker: Colleague | None) -> list[Held]:
    rows: Any = connection.execute(
        select(
            _ITEMS.c.id, _ITEMS.c.kind, _ITEMS.c.role, _ITEMS.c.step, _ITEMS.c.due_on, *_COLUMNS
        )
        .join_from(_ITEMS, _CASES, _CASES.c.id == _ITEMS.c.case_id)
        .join(_ORGANIZATIONS, _ORGANIZATIONS.c.id == _CASES.c.organization_id)
        .where(_ITEMS.c.person_id == giver.id, _ITEMS.c.done_at.is_(None), visible_to(actor, _CASES))
    )  # fmt: skip
    held = []
    for row in rows:
        definition = library.definition(connection, row.definition_hash)
        step = definition.step(row.step)
        kind = row.kind if row.kind != STEP else "named" if row.role in ONLY_OWN_CASES else STEP
        why = _why_not(row, kind, taker)
        note = why if why or taker is None else _four_eyes(definition, step, row.acts, taker.person)
        item = HandoverItem(
            kind, row.public_id, row.number, row.organization, definition.title, step.title, row.due_on,
            why is None and taker is not None, note,
        )  # fmt: skip
        held.append(Held(item, row.id, row.case_key, row.role, row.step))
    return held


def _why_not(row: Row[Any], kind: str, taker: Colleague | None) -> Text | None:
    if kind == "seat":
        return _SEAT
    if kind == "named":
        return _NAMED
    if taker is None:
        return None
    role = Role(row.role)
    if any(grant.role is role and grant.covers(row.street_id, row.community_id) for grant in taker.grants):
        return None
    name, words = taker.person.name, ROLE_NAMES[role]
    return Text(
        f"{name}不是该社区的{words.zh}，不能办理本环节",
        f"{name} is no {words.en} of that community and cannot do this step",
    )


def _four_eyes(definition: Definition, step: Step, acts: Mapping[str, list[int]], taker: PersonName) -> Text | None:
    """That the taker took part before in what keeps one from deciding here: it goes, and somebody else decides."""
    earlier = dict.fromkeys(
        act.partition(".")[0]
        for decision in step.decisions
        for act in decision.distinct_from
        if taker.id in acts.get(act, ())
    )
    if not earlier:
        return None
    titles = [definition.step(each).title for each in earlier]
    zh, en = "、".join(each.zh for each in titles), ", ".join(each.en for each in titles)
    return Text(
        f"{taker.name}办理过本案的“{zh}”，本环节的决定须由他人作出",
        f"{taker.name} took part before ({en}): somebody else must decide here",
    )


def _alternates(connection: Connection, actor: Actor, giver: PersonName) -> list[Held]:
    """Places on panels that sit now and await nothing of the giver yet."""
    rows: Any = connection.execute(
        select(_CASES.c.step, _CASES.c.due_on, *_COLUMNS)
        .join_from(_SEATS, _CASES, _CASES.c.id == _SEATS.c.case_id)
        .join(_ORGANIZATIONS, _ORGANIZATIONS.c.id == _CASES.c.organization_id)
        .where(
            _SEATS.c.person_id == giver.id,
            _SEATS.c.state == "alternate",
            _SEATS.c.visit == _CASES.c.visit,
            visible_to(actor, _CASES),
        )
    )
    held = []
    for row in rows:
        definition = library.definition(connection, row.definition_hash)
        item = HandoverItem(
            "seat", row.public_id, row.number, row.organization, definition.title, definition.step(row.step).title,
            row.due_on, False, _SEAT,
        )  # fmt: skip
        held.append(Held(item))
    return held


def _substitutions(connection: Connection, actor: Actor, giver: PersonName, day: date) -> list[Held]:
    roles = connection.scalars(
        select(_SUBSTITUTES.c.role)
        .where(_SUBSTITUTES.c.person_id == giver.id, _SUBSTITUTES.c.until >= day, visible_to(actor, _SUBSTITUTES))
        .order_by(_SUBSTITUTES.c.role)
    )
    return [
        _beside(
            "substitute", Text("{role}的代理人", "Substitute for the {role}").fill(role=ROLE_NAMES[Role(role)]),
            NO_DATE, _SUBSTITUTE,
        )
        for role in roles
    ]  # fmt: skip


def _deputyships(connection: Connection, actor: Actor, giver: PersonName, day: date) -> list[Held]:
    rows = connection.execute(
        select(_ABSENCES.c.until, _PEOPLE.c.name)
        .join(_PEOPLE, _PEOPLE.c.id == _ABSENCES.c.person_id)
        .where(
            _ABSENCES.c.deputy_id == giver.id,
            _ABSENCES.c.until >= day,
            _ABSENCES.c.until >= _ABSENCES.c.since,
            visible_to(actor, _ABSENCES),
        )
        .order_by(_ABSENCES.c.since)
    )
    return [
        _beside("absence", Text(f"{row.name}离岗期间的代办", f"Deputy while {row.name} is away"), row.until, _DEPUTY)
        for row in rows
    ]


def _beside(kind: str, what: Text, until: date, why: Text) -> Held:
    return Held(HandoverItem(kind, "", "", "", what, None, until, False, why))

"""Whom to chase for what: the organization, the community worker or the colleague that a case waits for, and who was last chased."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, func, select, tuple_

from incubator.canonical import sha256
from incubator.engine import library
from incubator.engine.conditions import document_blockers
from incubator.engine.definition import Definition, Step, StepKind
from incubator.engine.policy import Policy
from incubator.engine.roles import ROLE_NAMES, WHOLE_STREET, Actor, Role
from incubator.errors import Invalid
from incubator.models.base import NOBODY, table
from incubator.models.cases import Case, WorkItem
from incubator.models.events import Event
from incubator.models.organizations import Document, Organization
from incubator.models.streets import Community, Person, RoleGrant
from incubator.queries.status import SOON
from incubator.queries.visibility import ONLY_OWN_CASES, Permission, may, visible_to
from incubator.services.personal import masked_values
from incubator.text import Text

MOST = 200  # cases chased at once
CHASED = "case.chased"
PHONE = "leader_phone"
_ESCALATION = "escalation"
_CASES, _ITEMS, _EVENTS, _DOCUMENTS = table(Case), table(WorkItem), table(Event), table(Document)
_ORGANIZATIONS, _COMMUNITIES = table(Organization), table(Community)
_PEOPLE, _GRANTS, _HOLDERS = table(Person), table(RoleGrant), table(Person).alias("holder")
# What whoever returned a case wrote down for the organization: a list of points, or what the screening found.
_POINTS = ("points", "findings")


class Kind(StrEnum):
    """Who is chased."""

    LEADER = "leader"  # of the organization, which has to bring something
    WORKER = "community_worker"
    COLLEAGUE = "colleague"  # whose step it is


@dataclass(frozen=True, slots=True)
class Chased:
    """When somebody was last chased in a case: by whom, who it was, by what means and with what result."""

    at: datetime
    by: str
    whom: str
    means: str
    result: str
    promised_by: date | None
    note: str


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that waits; ids are public ones. `wanted` is what is still missing, or with `to_mend` what is to be corrected."""

    case_id: str
    number: str
    procedure: Text
    step: Text
    organization_id: str
    organization: str
    leader: str
    community: str
    due_on: date  # NO_DATE without a limit
    wanted: tuple[Text, ...]
    to_mend: bool
    by_organization: bool  # it waits for the organization's papers, whoever of the staff hands them in
    last: Chased | None = None


@dataclass(frozen=True, slots=True)
class Colleague:
    """A person by public id and name."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody to be told of all these matters at once, the most pressing first."""

    key: str  # the same for the same recipient, fit for an address
    kind: Kind
    people: tuple[Colleague, ...]  # the staff chased together; empty for a leader
    name: str  # of the leader, or the names of the people; may be empty where no leader is known
    role: Text
    organization_id: str  # of the leader
    phone: str  # masked; empty where none is known, and for colleagues
    matters: tuple[Matter, ...]


@dataclass(frozen=True, slots=True)
class Chasing:
    """Whom to chase, and the chosen cases in which there is nobody to chase."""

    recipients: tuple[Recipient, ...]
    nobody: tuple[Matter, ...]


def chasing(
    connection: Connection, actor: Actor, *, day: date, cases: Collection[str] = (), community: str = ""
) -> Chasing:
    """Whom the actor may chase: for these cases (public ids), or for all of the area that are overdue or due soon.

    Six statements at most, however many cases there are. Invalid for more than MOST cases.
    """
    if len(cases) > MOST:
        words = Text(f"一次最多催办 {MOST} 件，请分批选择", f"At most {MOST} cases are chased at once: choose fewer")
        raise Invalid(words, fields={"case": [words]})
    rows = connection.execute(_waiting(actor, day, cases, community)).all()
    rows = [
        row
        for row in rows
        if may(actor, Permission.RECORD_ACTIVITY, street_id=row.street_id, community_id=row.community_id)
    ]
    definitions = {row.definition_hash: library.definition(connection, row.definition_hash) for row in rows}
    policies = {row.policy_hash: library.policy(connection, row.policy_hash) for row in rows}
    keys = {row.case_key for row in rows}
    lying, points, last = _papers(connection, keys), _points(connection, keys), _last(connection, keys)
    holders = _holders(connection, rows, day)
    found: dict[tuple[str, ...], list[Matter]] = {}
    people: dict[tuple[str, ...], tuple[Kind, Text, tuple[Colleague, ...]]] = {}
    organizations: dict[str, int] = {}
    nobody: list[Matter] = []
    for row in rows:
        definition = definitions[row.definition_hash]
        step = definition.step(row.step)
        matter = _matter(
            row, definition, step, policies[row.policy_hash], lying.get(row.case_key, frozenset()),
            points.get(row.case_key, ()), last.get(row.case_key),
        )  # fmt: skip
        reached = False
        if matter.by_organization:
            organizations[matter.organization_id] = row.organization_key
            found.setdefault(("organization", matter.organization_id), []).append(matter)
            reached = True
        staff = _staff(row, holders)
        # What waits for the actor, too, is nobody else's to be chased for.
        if staff and actor.public_id not in {each.id for each in staff}:
            key = tuple(each.id for each in staff)
            role = Role(row.role)
            kind = Kind.WORKER if role is Role.COMMUNITY_WORKER else Kind.COLLEAGUE
            people.setdefault(key, (kind, ROLE_NAMES[role], staff))
            found.setdefault(key, []).append(matter)
            reached = True
        if not reached:
            nobody.append(matter)
    phones = masked_values(connection, "organization", list(organizations.values())) if organizations else {}
    recipients = []
    for key, matters in found.items():
        ordered = tuple(sorted(_each_once(matters), key=lambda each: (each.due_on, each.number)))
        if key in people:
            kind, role_name, staff = people[key]
            names = "、".join(each.name for each in staff)
            recipients.append(Recipient(_key(key), kind, staff, names, role_name, "", "", ordered))
        else:
            phone = phones.get(organizations[key[1]], {}).get(PHONE, "")
            leader = Text("负责人", "leader")
            recipients.append(Recipient(_key(key), Kind.LEADER, (), ordered[0].leader, leader, key[1], phone, ordered))
    order = list(Kind)
    recipients.sort(key=lambda each: (order.index(each.kind), each.matters[0].due_on, each.name))
    return Chasing(tuple(recipients), tuple(_each_once(nobody)))


def _waiting(actor: Actor, day: date, cases: Collection[str], community: str) -> Any:
    """The open items of the area's cases; a chosen case without one comes along, for it to be said that nobody is to be chased."""
    items = (_ITEMS.c.case_id == _CASES.c.id) & _ITEMS.c.done_at.is_(None) & (_ITEMS.c.kind != _ESCALATION)
    names = ("number", "definition_hash", "policy_hash", "community_id", "street_id")
    rows = (
        select(
            _CASES.c.id.label("case_key"),
            _CASES.c.public_id.label("case_id"),
            *(_CASES.c[name] for name in names),
            func.coalesce(_ITEMS.c.step, _CASES.c.step).label("step"),
            func.coalesce(_ITEMS.c.due_on, _CASES.c.due_on).label("due_on"),
            func.coalesce(_ITEMS.c.role, "").label("role"),
            func.coalesce(_ITEMS.c.person_id, NOBODY).label("person_key"),
            _HOLDERS.c.public_id.label("person_id"),
            _HOLDERS.c.name.label("person_name"),
            _ORGANIZATIONS.c.id.label("organization_key"),
            _ORGANIZATIONS.c.public_id.label("organization_id"),
            _ORGANIZATIONS.c.name.label("organization_name"),
            _ORGANIZATIONS.c.leader,
            _COMMUNITIES.c.name.label("community_name"),
        )
        .join_from(_CASES, _ITEMS, items, isouter=bool(cases))
        .join(_ORGANIZATIONS, _ORGANIZATIONS.c.id == _CASES.c.organization_id)
        .join(_COMMUNITIES, _COMMUNITIES.c.id == _CASES.c.community_id)
        .join(_HOLDERS, _HOLDERS.c.id == _ITEMS.c.person_id, isouter=True)
        .where(visible_to(actor, _CASES))
        .order_by(func.coalesce(_ITEMS.c.due_on, _CASES.c.due_on), _CASES.c.id)
    )
    if cases:
        return rows.where(_CASES.c.public_id.in_(cases))
    rows = rows.where(_ITEMS.c.due_on <= day + timedelta(days=SOON), visible_to(actor, _ITEMS)).limit(MOST)
    return rows.where(_COMMUNITIES.c.public_id == community) if community else rows


def _matter(
    row: Row[Any], definition: Definition, step: Step, policy: Policy, lying: frozenset[str], points: Sequence[str],
    last: Chased | None,
) -> Matter:  # fmt: skip
    # A step that policy gives to somebody is the staff's own, such as the residents' committee's opinion.
    by_organization = step.kind is StepKind.HUMAN and Role.COMMUNITY_WORKER in step.by and step.who is None
    missing: tuple[Text, ...] = ()
    if by_organization and not points:
        primary = next((each for each in step.decisions if each.style == "primary"), None)
        if primary is not None:
            asked = document_blockers(step, primary, {"case.documents": lying}, policy)
            titles = {need.kind: need.title for path in _papers_asked(step, primary) for need in policy.documents(path)}
            missing = tuple(titles[blocker.code.partition(":")[2]] for blocker in asked)
    wanted = tuple(Text(each, each) for each in points) if by_organization else ()
    return Matter(
        row.case_id, row.number, definition.title, step.title, row.organization_id, row.organization_name, row.leader,
        row.community_name, row.due_on, wanted or missing, bool(wanted), by_organization, last,
    )  # fmt: skip


def _papers_asked(step: Step, decision: Any) -> list[str]:
    return [ref.policy for ref in (step.documents, decision.documents) if ref]


def _papers(connection: Connection, cases: Collection[int]) -> dict[int, frozenset[str]]:
    """The kinds of document that lie in each case."""
    lying: dict[int, set[str]] = {}
    rows = select(_DOCUMENTS.c.case_id, _DOCUMENTS.c.kind).where(
        _DOCUMENTS.c.case_id.in_(cases), _DOCUMENTS.c.replaced_at.is_(None)
    )
    for row in connection.execute(rows) if cases else ():
        lying.setdefault(row.case_id, set()).add(row.kind)
    return {case: frozenset(kinds) for case, kinds in lying.items()}


def _points(connection: Connection, cases: Collection[int]) -> dict[int, tuple[str, ...]]:
    """What is to be corrected in each case that was returned: the points that brought it to its step."""
    brought = (
        select(_EVENTS.c.subject_id, _EVENTS.c.body)
        .join_from(_EVENTS, _CASES, _CASES.c.id == _EVENTS.c.subject_id)
        .where(_EVENTS.c.stream == "case", _EVENTS.c.subject_id.in_(cases), _CASES.c.came_from != "")
        .where(_EVENTS.c.recorded_at == _CASES.c.step_entered_at)
        .order_by(_EVENTS.c.seq)
    )
    found: dict[int, tuple[str, ...]] = {}
    for row in connection.execute(brought) if cases else ():
        data = json.loads(row.body)["change"].get("data") or {}
        said = next((str(data[name]) for name in _POINTS if data.get(name)), "")
        if said:
            found[row.subject_id] = tuple(line.strip() for line in said.splitlines() if line.strip())
    return found


def _last(connection: Connection, cases: Collection[int]) -> dict[int, Chased]:
    """When each case was last chased."""
    if not cases:
        return {}
    kept = (_EVENTS.c.stream == "case", _EVENTS.c.type == CHASED)
    newest = (
        select(_EVENTS.c.subject_id, func.max(_EVENTS.c.seq))
        .where(*kept, _EVENTS.c.subject_id.in_(cases))
        .group_by(_EVENTS.c.subject_id)
        .correlate(None)
    )
    rows = connection.execute(
        select(_EVENTS.c.subject_id, _EVENTS.c.recorded_at, _EVENTS.c.body, _PEOPLE.c.name)
        .join_from(_EVENTS, _PEOPLE, _PEOPLE.c.id == _EVENTS.c.actor_id, isouter=True)
        .where(*kept, tuple_(_EVENTS.c.subject_id, _EVENTS.c.seq).in_(newest))
    )
    return {row.subject_id: _chased(row) for row in rows}


def _chased(row: Any) -> Chased:
    body = json.loads(row.body)
    change = body["change"]
    promised = change.get("promised_by")
    return Chased(
        row.recorded_at, row.name or "", change["whom"], change["means"], change["result"],
        date.fromisoformat(promised) if promised else None, body["comment"],
    )  # fmt: skip


Holders = Mapping[tuple[int, str], list[tuple[int, Colleague]]]


def _holders(connection: Connection, rows: Sequence[Row[Any]], day: date) -> Holders:
    """Who holds each role that somebody is waited for in, by street and role: each with the community it is held over."""
    asked = {(row.street_id, row.role) for row in rows if row.role and row.person_key == NOBODY}
    if not asked:
        return {}
    found: dict[tuple[int, str], list[tuple[int, Colleague]]] = {}
    for row in connection.execute(
        select(_GRANTS.c.street_id, _GRANTS.c.role, _GRANTS.c.community_id, _PEOPLE.c.public_id, _PEOPLE.c.name)
        .join_from(_GRANTS, _PEOPLE, _PEOPLE.c.id == _GRANTS.c.person_id)
        .where(
            tuple_(_GRANTS.c.street_id, _GRANTS.c.role).in_(sorted(asked)),
            _GRANTS.c.since <= day,
            _GRANTS.c.until >= day,
        )
        .order_by(_PEOPLE.c.id)
    ):
        held = (row.community_id, Colleague(row.public_id, row.name))
        found.setdefault((row.street_id, row.role), []).append(held)
    return found


def _staff(row: Row[Any], holders: Holders) -> tuple[Colleague, ...]:
    """Who of the staff a line waits for: whoever has it, else all who hold its role there."""
    if row.person_key != NOBODY:
        return (Colleague(row.person_id, row.person_name),)
    if not row.role or Role(row.role) in ONLY_OWN_CASES:
        return ()
    there = (WHOLE_STREET, row.community_id)
    found = holders.get((row.street_id, row.role), [])
    return tuple(dict.fromkeys(colleague for community, colleague in found if community in there))


def _each_once(matters: Iterable[Matter]) -> list[Matter]:
    """A case that waits for somebody twice is told once, with the nearer date."""
    first: dict[str, Matter] = {}
    for matter in matters:
        known = first.get(matter.case_id)
        first[matter.case_id] = matter if known is None else replace(known, due_on=min(known.due_on, matter.due_on))
    return list(first.values())


def _key(parts: tuple[str, ...]) -> str:
    return sha256("/".join(parts))[:16]

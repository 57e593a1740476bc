"""What a case waits for and who can be chased for it: the open steps, what was asked of organizations, the last time somebody was chased."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, exists, func, literal, select, tuple_

from incubator.engine import library
from incubator.engine.conditions import document_blockers
from incubator.engine.definition import Definition, Step, StepKind
from incubator.engine.policy import Policy
from incubator.engine.roles import Actor, Role
from incubator.models.asking import AskedState, InformationRequest, Submission, SubmissionState
from incubator.models.base import NOBODY, table
from incubator.models.cases import Case, WorkItem
from incubator.models.events import Event
from incubator.models.organizations import Document, Organization
from incubator.models.streets import Community, Person
from incubator.queries.status import SOON
from incubator.queries.visibility import Permission, may, visible_to
from incubator.services.asking import INFORMATION, correction_points
from incubator.text import Text

MOST = 200  # cases chased at once
CHASED = "case.chased"
_ESCALATION = "escalation"
_ASKED = Text("补充材料", "what was asked for")
_CASES, _ITEMS, _EVENTS, _DOCUMENTS = table(Case), table(WorkItem), table(Event), table(Document)
_ORGANIZATIONS, _COMMUNITIES = table(Organization), table(Community)
_REQUESTS, _SUBMISSIONS = table(InformationRequest), table(Submission)
_PEOPLE, _HOLDERS = table(Person), table(Person).alias("holder")


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
    asked: bool = False  # beside the steps, by a request to the organization


@dataclass(frozen=True, slots=True)
class Waiting:
    """A matter with the row that it was read from, which says whose step it is; a request waits for the organization alone."""

    row: Row[Any]
    matter: Matter


def waiting(connection: Connection, actor: Actor, day: date, cases: Collection[str], community: str) -> list[Waiting]:
    """What waits in these cases, or in the area and is overdue or due soon, as far as the actor may chase.

    Of a chosen case that waits for nobody its step comes along. Four statements.
    """
    rows = [row for row in connection.execute(_steps(actor, day, cases, community)) if _may_chase(actor, row)]
    asked = [row for row in connection.execute(_requests(actor, day, cases, community)) if _may_chase(actor, row)]
    keys = {row.case_key for row in (*rows, *asked)}
    lying, last = _papers(connection, keys), _last(connection, keys)
    found = []
    for row in rows:
        definition = library.definition(connection, row.definition_hash)
        policy = library.policy(connection, row.policy_hash)
        papers = lying.get(row.case_key, frozenset())
        found.append(Waiting(row, _of_step(row, definition, policy, papers, last.get(row.case_key))))
    for row in asked:
        definition = library.definition(connection, row.definition_hash)
        points = tuple(Text(point["words"], point["words"]) for point in row.points)
        matter = _matter(row, definition, _ASKED, points, last.get(row.case_key))
        found.append(Waiting(row, replace(matter, asked=True)))
    return found


def _may_chase(actor: Actor, row: Row[Any]) -> bool:
    return may(actor, Permission.RECORD_ACTIVITY, street_id=row.street_id, community_id=row.community_id)


_COLUMNS: list[Any] = [
    _CASES.c.id.label("case_key"),
    _CASES.c.public_id.label("case_id"),
    *(_CASES.c[name] for name in ("number", "definition_hash", "policy_hash", "community_id", "street_id")),
    _ORGANIZATIONS.c.id.label("organization_key"),
    _ORGANIZATIONS.c.public_id.label("organization_id"),
    _ORGANIZATIONS.c.name.label("organization_name"),
    _ORGANIZATIONS.c.leader,
    _COMMUNITIES.c.name.label("community_name"),
]


def _steps(actor: Actor, day: date, cases: Collection[str], community: str) -> Select[Any]:
    """The open items of cases; a chosen case without one comes along."""
    items = (_ITEMS.c.case_id == _CASES.c.id) & _ITEMS.c.done_at.is_(None) & (_ITEMS.c.kind != _ESCALATION)
    rows = (
        select(
            *_COLUMNS,
            func.coalesce(_ITEMS.c.step, _CASES.c.step).label("step"),
            func.coalesce(_ITEMS.c.due_on, _CASES.c.due_on).label("due_on"),
            func.coalesce(_ITEMS.c.role, "").label("role"),
            func.coalesce(_ITEMS.c.person_id, NOBODY).label("person_key"),
            _HOLDERS.c.public_id.label("person_id"),
            _HOLDERS.c.name.label("person_name"),
            _CASES.c.came_from,
            _CASES.c.data,
        )
        .join_from(_CASES, _ITEMS, items, isouter=bool(cases))
        .join(_HOLDERS, _HOLDERS.c.id == _ITEMS.c.person_id, isouter=True)
        .where(visible_to(actor, _CASES))
        .order_by(func.coalesce(_ITEMS.c.due_on, _CASES.c.due_on), _CASES.c.id)
    )
    if not cases:
        rows = rows.where(visible_to(actor, _ITEMS))
    return _narrowed(rows, _ITEMS.c.due_on, day, cases, community)


def _requests(actor: Actor, day: date, cases: Collection[str], community: str) -> Select[Any]:
    """What was asked of organizations beside their steps and nobody has answered yet."""
    answered = exists().where(
        _SUBMISSIONS.c.request_id == _REQUESTS.c.id, _SUBMISSIONS.c.state == SubmissionState.SENT.value
    )
    rows = (
        select(
            *_COLUMNS,
            _REQUESTS.c.due_on,
            _REQUESTS.c.points,
            literal("").label("role"),
            literal(NOBODY).label("person_key"),
        )
        .join_from(_REQUESTS, _CASES, _CASES.c.id == _REQUESTS.c.case_id)
        .where(visible_to(actor, _REQUESTS), _REQUESTS.c.state == AskedState.OPEN.value)
        .where(_REQUESTS.c.kind == INFORMATION, ~answered)
        .order_by(_REQUESTS.c.due_on, _REQUESTS.c.id)
    )
    return _narrowed(rows, _REQUESTS.c.due_on, day, cases, community)


def _narrowed(
    rows: Select[Any], due_on: ColumnElement[date], day: date, cases: Collection[str], community: str
) -> Select[Any]:
    rows = rows.join(_ORGANIZATIONS, _ORGANIZATIONS.c.id == _CASES.c.organization_id)
    rows = rows.join(_COMMUNITIES, _COMMUNITIES.c.id == _CASES.c.community_id)
    if cases:
        return rows.where(_CASES.c.public_id.in_(cases))
    rows = rows.where(due_on <= day + timedelta(days=SOON)).limit(MOST)
    return rows.where(_COMMUNITIES.c.public_id == community) if community else rows


def _of_step(row: Any, definition: Definition, policy: Policy, lying: frozenset[str], last: Chased | None) -> Matter:
    """A step as a matter. One that policy gives to somebody is the staff's own, such as the residents' committee's opinion."""
    step = definition.step(row.step)
    by_organization = step.kind is StepKind.HUMAN and Role.COMMUNITY_WORKER in step.by and step.who is None
    if not by_organization:
        return _matter(row, definition, step.title, (), last, by_organization=False)
    points = tuple(Text(each, each) for each in correction_points(definition, row))
    wanted = points or _missing(step, policy, lying)
    return _matter(row, definition, step.title, wanted, last, to_mend=bool(points))


def _matter(
    row: Row[Any], definition: Definition, step: Text, wanted: tuple[Text, ...], last: Chased | None, *,
    to_mend: bool = False, by_organization: bool = True,
) -> Matter:  # fmt: skip
    return Matter(
        row.case_id, row.number, definition.title, step, row.organization_id, row.organization_name, row.leader,
        row.community_name, row.due_on, wanted, to_mend, by_organization, last,
    )  # fmt: skip


def _missing(step: Step, policy: Policy, lying: frozenset[str]) -> tuple[Text, ...]:
    """The documents that going on from the step asks for and that do not lie in the case."""
    onward = next((each for each in step.decisions if each.style == "primary"), None)
    if onward is None:
        return ()
    asked = [ref.policy for ref in (step.documents, onward.documents) if ref]
    titles: Mapping[str, Text] = {need.kind: need.title for path in asked for need in policy.documents(path)}
    blockers = document_blockers(step, onward, {"case.documents": lying}, policy)
    return tuple(titles[blocker.code.partition(":")[2]] for blocker in blockers)


def _papers(connection: Connection, cases: Collection[int]) -> dict[int, frozenset[str]]:
    """The kinds of document that lie in each case."""
    lying: dict[int, set[str]] = {}
    rows = select(_DOCUMENTS.c.case_id, _DOCUMENTS.c.kind).where(
        _DOCUMENTS.c.case_id.in_(cases), _DOCUMENTS.c.replaced_at.is_(None)
    )
    for row in connection.execute(rows) if cases else ():
        lying.setdefault(row.case_id, set()).add(row.kind)
    return {case: frozenset(kinds) for case, kinds in lying.items()}


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

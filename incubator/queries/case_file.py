"""A case read whole, as the person at the desk sees it: where it stands, what may be done, its papers, limits and past."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Connection, Row, bindparam, false, or_, select, union_all

from incubator.clock import today
from incubator.engine import forms, library
from incubator.engine.calendars import WorkCalendar
from incubator.engine.case import CaseView
from incubator.engine.choices import Choice, choices
from incubator.engine.definition import Definition, Step
from incubator.engine.loading import case_columns, case_views
from incubator.engine.policy import Policy
from incubator.engine.refusals import case_not_found
from incubator.engine.roles import Actor, Role
from incubator.facts.bulk import among
from incubator.facts.together import Question, together
from incubator.models.base import table
from incubator.models.cases import Case, Deadline
from incubator.models.events import Event
from incubator.models.organizations import Document, Organization
from incubator.models.streets import Community, Person
from incubator.queries.asking import ASKED_OF
from incubator.queries.holding import HOLDING, Holding, holding
from incubator.queries.panels import SEATS_OF, Round, as_shown, oversees, rounds_of, sheets_shown
from incubator.queries.people import COLLEAGUES, Colleague
from incubator.queries.visibility import stepped_aside, visible_to
from incubator.services.personal import SEALED, masked

_DEADLINES, _DOCUMENTS, _EVENTS, _PEOPLE = table(Deadline), table(Document), table(Event), table(Person)
_DEADLINES_OF = select(_DEADLINES).where(_DEADLINES.c.case_id == bindparam("case")).order_by(_DEADLINES.c.id.desc())
_DOCUMENTS_OF = (
    select(_DOCUMENTS, _PEOPLE.c.name.label("made_by_name"))
    .join_from(_DOCUMENTS, _PEOPLE, _PEOPLE.c.id == _DOCUMENTS.c.made_by, isouter=True)
    .where(_DOCUMENTS.c.case_id == bindparam("case"), _DOCUMENTS.c.replaced_at.is_(None))
    .order_by(_DOCUMENTS.c.id)
)
_EVENTS_TOLD = (
    select(
        *(_EVENTS.c[name] for name in ("stream", "subject_id", "type", "recorded_at", "effective_on", "body")),
        _PEOPLE.c.name,
    )
    .join_from(_EVENTS, _PEOPLE, _PEOPLE.c.id == _EVENTS.c.actor_id, isouter=True)
    .order_by(_EVENTS.c.id.desc())
)
_EVENTS_OF = _EVENTS_TOLD.where(_EVENTS.c.stream == bindparam("stream"), among(_EVENTS.c.subject_id, "subjects"))


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event of a stream with the name of who did it; empty for automation."""

    stream: str
    subject_id: int
    type: str
    recorded_at: datetime
    effective_on: date
    actor: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Everything a case's page shows."""

    case: CaseView
    organization: Row[Any]  # public_id, name, community, and what is known of it
    definition: Definition
    policy: Policy
    calendar: WorkCalendar
    calendars: Mapping[str, WorkCalendar]  # by hash: the one that each of its limits was counted by
    choices: tuple[Choice, ...]
    deadlines: Sequence[Row[Any]]
    documents: Sequence[Row[Any]]
    events: Sequence[Recorded]
    personal: Mapping[str, str]  # 'step.field' -> masked value, as it was said in this case
    known_personal: Mapping[str, str]  # field -> masked value of the organization, where a form may leave it as it is
    names: Mapping[str, str]  # public id -> name of the organizations and persons picked in forms
    panels: tuple[Round, ...]  # the latest first
    holding: Holding | None  # whose the present step is, where colleagues share it
    colleagues: tuple[Colleague, ...]  # who holds which role here, by name
    open_requests: int  # what was asked of the organization and not answered
    submissions_waiting: int  # what it sent and nobody has looked at

    @property
    def step(self) -> Step:
        """Where it stands."""
        return self.definition.step(self.case.step)


def read_case(
    connection: Connection, actor: Actor, public_id: str, now: datetime, *, mentioned: Collection[str] = ()
) -> CaseFile:
    """The case of that public id as the actor may see it; `mentioned` are further public ids whose names are wanted.

    However much lies in it: a statement for the case, one for what hangs on it, one or two for what its rules ask, one
    for the names of what was picked. NotFound where there is none in the actor's area; NotAllowed for a panel member who
    stands aside.
    """
    cases, organizations, communities = table(Case), table(Organization), table(Community)
    row = connection.execute(
        select(
            *case_columns(),
            organizations.c.public_id.label("organization_public_id"),
            *(organizations.c[name].label(f"organization_{name}") for name in ORGANIZATION_COLUMNS),
            communities.c.name.label("community_name"),
        )
        .join_from(cases, organizations, organizations.c.id == cases.c.organization_id)
        .join(communities, communities.c.id == cases.c.community_id)
        .where(cases.c.public_id == public_id, visible_to(actor, cases))
    ).one_or_none()
    if row is None:
        stepped_aside(connection, actor, public_id)
        raise case_not_found()
    own = {"case": row.id}
    on = {"day": today(now)}
    deadlines, documents, seats, events_told, sealed, sealed_before, held, staff, asked = together(
        connection,
        [
            Question(_DEADLINES_OF, own),
            Question(_DOCUMENTS_OF, own),
            Question(SEATS_OF, own),
            Question(_EVENTS_OF, {"stream": "case", "subjects": [row.id]}),
            Question(SEALED, {"stream": "case", "subjects": [row.id]}),
            Question(SEALED, {"stream": "organization", "subjects": [row.organization_id]}),
            Question(HOLDING, {**own, **on}),
            Question(COLLEAGUES, {"street": row.street_id, "community": row.community_id, **on}),
            Question(ASKED_OF, own),
        ],
    )
    case = case_views(connection, cast(list[Row[Any]], [row]), deadlines=deadlines, places=seats)[0]
    lying = {"case.documents": frozenset(document.kind for document in documents)}
    offered = choices(connection, [case], actor, now, known=lying)[0]
    definition = library.definition_of(connection, case)
    policy = library.policy(connection, case.policy_hash)
    sees = oversees(actor, case.street_id, case.community_id)
    events = as_shown([_recorded(told) for told in events_told], {case.id: definition}, actor, sees=sees)
    picked = {*mentioned, *_picked(definition, case), *picked_in(events, {case.id: definition})}
    return CaseFile(
        case,
        cast(Row[Any], row),
        definition,
        policy,
        library.calendar(connection, case.calendar_hash),
        {row.calendar_hash: library.calendar(connection, row.calendar_hash) for row in deadlines},
        offered,
        deadlines,
        sheets_shown(documents, seats, actor, sees=sees),
        events,
        masked(sealed, [case.id])[case.id],
        masked(sealed_before, [case.organization_id])[case.organization_id] if _may_keep(offered) else {},
        names_of_picked(connection, case.street_id, picked),
        rounds_of(seats, actor, case, definition, policy, events),
        holding(held[0]) if held else None,
        tuple(Colleague(each.person_id, each.name, Role(each.role)) for each in staff),
        asked[0].open_requests,
        asked[0].submissions_waiting,
    )


def case_by_number(connection: Connection, actor: Actor, number: str) -> str:
    """The public id of the case of that number in the actor's area; NotFound where there is none."""
    cases = table(Case)
    of_number = select(cases.c.public_id).where(cases.c.number == number, visible_to(actor, cases))
    found = connection.scalars(of_number.order_by(cases.c.id.desc())).first()
    if found is None:
        raise case_not_found()
    return str(found)


ORGANIZATION_COLUMNS = (
    "name",
    "category",
    "leader",
    "members",
    "founded_on",
    "premises",
    "activity_frequency",
)


def names_of_picked(connection: Connection, street_id: int, picked: Collection[str]) -> dict[str, str]:
    """The names of organizations and persons of a street by public id; one statement, none where nothing is asked."""
    if not picked:
        return {}
    parts = [
        select(rows.c.public_id, rows.c.name).where(rows.c.street_id == street_id, rows.c.public_id.in_(picked))
        for rows in (table(Organization), table(Person))
    ]
    return {row.public_id: row.name for row in connection.execute(union_all(*parts))}


def picked_in(events: Sequence[Recorded], definitions: Mapping[int, Definition]) -> set[str]:
    """The public ids that actions picked, as these events tell; `definitions` by the case's key."""
    found: set[str] = set()
    for event in events:
        change = event.body.get("change") or {}
        definition = definitions.get(event.subject_id) if event.stream == "case" else None
        step = definition.by_key.get(str(change.get("step"))) if definition else None
        decision = step.by_name.get(str(change.get("decision"))) if step else None
        if decision is not None:
            found |= forms.chosen(decision.form, change.get("data") or {})
    return found


def _picked(definition: Definition, case: CaseView) -> set[str]:
    return {
        picked
        for step in definition.steps
        for schema in (step.form, *(decision.form for decision in step.decisions))
        for picked in forms.chosen(schema, case.data.get(step.key, {}))
    }


def events_of(connection: Connection, stream: str, subjects: Sequence[int]) -> list[Recorded]:
    """The events of these subjects, newest first. Whether the caller may see them is the caller's question."""
    return events_of_streams(connection, {stream: subjects})


def events_of_streams(connection: Connection, subjects: Mapping[str, Sequence[int]]) -> list[Recorded]:
    """The events of the subjects of several streams together, newest first; who may see them is the caller's question."""
    of_streams = ((_EVENTS.c.stream == stream) & _EVENTS.c.subject_id.in_(ids) for stream, ids in subjects.items())
    return [_recorded(row) for row in connection.execute(_EVENTS_TOLD.where(or_(false(), *of_streams)))]


def _recorded(row: Any) -> Recorded:
    return Recorded(
        row.stream, row.subject_id, row.type, row.recorded_at, row.effective_on, row.name or "", json.loads(row.body)
    )


def _may_keep(offered: Sequence[Choice]) -> bool:
    """Whether a form may leave a personal value as it is known of the organization."""
    fields = [field for choice in offered for field in (choice.form or {}).get("properties", {}).values()]
    return any(field.get("x-personal") and field.get("x-keeps") for field in fields)

"""Who moved a case last: what a person handed on and now waits for, and what others moved since a day."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, exists, false, func, or_, select, tuple_

from incubator.clock import start_of
from incubator.engine import library
from incubator.engine.roles import Actor
from incubator.errors import Invalid
from incubator.models.base import NOBODY, table
from incubator.models.cases import Case, WorkItem
from incubator.models.events import Event
from incubator.models.streets import Person
from incubator.queries.limits_then import decision_of
from incubator.queries.visibility import visible_to
from incubator.text import Text

_CASES, _ITEMS, _EVENTS, _PEOPLE = table(Case), table(WorkItem), table(Event), table(Person)

# Recorded in a case's stream, and yet nobody's turn has ended with it.
_NO_ACTS = (
    "case.document_added", "case.document_taken_back", "case.paper_made", "case.migrated", "case.deadline_moved",
    "case.assigned", "case.claimed", "case.released", "case.chased", "case.handed_over",
    "case.information_requested", "case.request_withdrawn", "case.request_answered", "case.link_made", "case.link_revoked",
    "case.submission_accepted", "case.submission_declined",
)  # fmt: skip
_ACTS = (_EVENTS.c.stream == "case", _EVENTS.c.actor_id != NOBODY, _EVENTS.c.type.not_in(_NO_ACTS))
# Read backwards along the index of the stream; NULL where only automation ever acted.
_last_actor = (
    select(_EVENTS.c.actor_id)
    .where(*_ACTS, _EVENTS.c.subject_id == _CASES.c.id)
    .order_by(_EVENTS.c.seq.desc())
    .limit(1)
    .correlate(_CASES)
    .scalar_subquery()
)


@dataclass(frozen=True, slots=True)
class Move:
    """The last that a person did in a case: the step and the decision, both None for its opening."""

    case_id: str  # a public id
    who: str
    at: datetime
    type: str
    step: Text | None
    decision: Text | None


def handed_on(actor: Actor, awaiting: Sequence[ColumnElement[bool]]) -> list[ColumnElement[bool]]:
    """The conditions of a case in which the actor was the last to act, and which now awaits somebody else alone.

    `awaiting` are the ways in which a work item awaits the actor.
    """
    anybodys = _ITEMS.alias()
    mine = select(_ITEMS.c.case_id).where(_ITEMS.c.done_at.is_(None), or_(false(), *awaiting)).correlate(None)
    return [
        _last_actor == actor.person_id,
        exists().where(anybodys.c.case_id == _CASES.c.id, anybodys.c.done_at.is_(None)).correlate(_CASES),
        _CASES.c.id.not_in(mine),
    ]


def moved_by_others(actor: Actor, since: date) -> list[ColumnElement[bool]]:
    """The conditions of a case that came to its step on that day or later, somebody else having been the last to act.

    Invalid for a day of a year that is none.
    """
    if not 1900 <= since.year <= 9000:
        words = Text("日期有误，年份应为四位数字", "This is no date: a year has four digits")
        raise Invalid(words, fields={"moved_since": [words]})
    return [_CASES.c.step_entered_at >= start_of(since), _last_actor != actor.person_id]


def last_moves(connection: Connection, actor: Actor, cases: Collection[str]) -> dict[str, Move]:
    """The last that a person did in each of these cases, by the case's public id; one statement, none for no case."""
    if not cases:
        return {}
    theirs = select(_CASES.c.id).where(_CASES.c.public_id.in_(cases), visible_to(actor, _CASES)).correlate(None)
    last = (
        select(_EVENTS.c.subject_id, func.max(_EVENTS.c.seq))
        .where(*_ACTS, _EVENTS.c.subject_id.in_(theirs))
        .group_by(_EVENTS.c.subject_id)
        .correlate(None)
    )
    rows = connection.execute(
        select(
            _CASES.c.public_id, _CASES.c.definition_hash, _EVENTS.c.type, _EVENTS.c.recorded_at, _EVENTS.c.body,
            _PEOPLE.c.name,
        )
        .join_from(_EVENTS, _CASES, _CASES.c.id == _EVENTS.c.subject_id)
        .join(_PEOPLE, _PEOPLE.c.id == _EVENTS.c.actor_id)
        .where(_EVENTS.c.stream == "case", tuple_(_EVENTS.c.subject_id, _EVENTS.c.seq).in_(last))
    )  # fmt: skip
    moves = {}
    for row in rows:
        change = json.loads(row.body)["change"]
        definition = library.definition(connection, row.definition_hash)
        step, decision = definition.by_key.get(str(change.get("step"))), decision_of(definition, change)
        told = (step.title, decision.title) if step and decision else (None, None)
        moves[row.public_id] = Move(row.public_id, row.name, row.recorded_at, row.type, *told)
    return moves

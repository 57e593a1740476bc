"""From rows to the case as the engine sees it, for one case or many."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, and_, bindparam, or_, select
from sqlmodel import SQLModel

from incubator.engine import library
from incubator.engine.case import CaseView, RunningLimit, Seat
from incubator.facts.bulk import among
from incubator.models.base import table
from incubator.models.cases import Case, Deadline, PanelSeat
from incubator.models.funding import Call, Project
from incubator.models.organizations import Organization
from incubator.models.streets import Street

_CASE_COLUMNS = [
    "id",
    "public_id",
    "street_id",
    "community_id",
    "organization_id",
    "procedure",
    "number",
    "period",
    "step",
    "visit",
    "version",
    "open",
    "outcome",
    "came_from",
    "step_entered_on",
    "step_entered_at",
    "due_on",
    "definition_hash",
    "policy_hash",
    "calendar_hash",
    "data",
    "milestones",
    "acts",
    "opened_on",
    "head_seq",
    "head_hash",
]


@dataclass(frozen=True, slots=True)
class Guard:
    """What a fact's guard locks: the row whose change would alter the answer. `row` finds it from the case."""

    model: type[SQLModel]
    row: Callable[[Table], ColumnElement[bool]]


GUARDS: dict[str, Guard] = {
    # Who is carried by whom: decided one after another in a street, or two hubs might come to carry each other.
    "affiliations": Guard(Street, lambda rows: rows.c.id == bindparam("street_id")),
    "organization": Guard(Organization, lambda rows: rows.c.id == bindparam("organization_id")),
    # A case of a call, or of a project, bears its number as its period; a payment's number says its tranche besides.
    "call": Guard(
        Call, lambda rows: and_(rows.c.street_id == bindparam("street_id"), rows.c.number == bindparam("period"))
    ),
    "project": Guard(
        Project, lambda rows: and_(rows.c.street_id == bindparam("street_id"), rows.c.number == bindparam("project"))
    ),
}

# Built once: on the hot path of advance, putting a statement together costs more than executing it.
_CASES, _DEADLINES, _SEATS = table(Case), table(Deadline), table(PanelSeat)
_CASE = select(*(_CASES.c[name] for name in _CASE_COLUMNS)).where(_CASES.c.public_id == bindparam("public_id"))
_LOCKED_CASE = _CASE.with_for_update()
_UNDER_WAY = ("running", "paused")
_LIMIT_COLUMNS = ("case_id", "id", "step", "visit", "state", "due_on", "policy_path", "proof", "pauses", "extensions")
_LIMITS = select(*(_DEADLINES.c[name] for name in _LIMIT_COLUMNS)).where(
    among(_DEADLINES.c.case_id, "cases"), or_(*(_DEADLINES.c.state == state for state in _UNDER_WAY))
)
_PLACES = select(_SEATS).where(among(_SEATS.c.case_id, "cases")).order_by(_SEATS.c.id)
_GUARDED = {
    # Not against who merely refers to the row: every row that is written refers to its street.
    name: select(table(guard.model).c.id).where(guard.row(table(guard.model))).with_for_update(key_share=True)
    for name, guard in GUARDS.items()
}


def case_view(connection: Connection, public_id: str, *, lock: bool = False) -> CaseView | None:
    """The case of that public id, locked until the transaction ends where asked."""
    row = connection.execute(_LOCKED_CASE if lock else _CASE, {"public_id": public_id}).one_or_none()
    return None if row is None else case_views(connection, [row])[0]


def case_views(
    connection: Connection,
    rows: Sequence[Row[Any]],
    *,
    deadlines: Sequence[Row[Any]] | None = None,
    places: Sequence[Row[Any]] | None = None,
) -> list[CaseView]:
    """The cases of these rows (with at least the engine's columns), in one further statement, two where a panel sits.

    `deadlines` and `places` are the rows of all their limits and seats, for whoever has read them already.
    """
    limits: dict[int, list[RunningLimit]] = {}
    seats: dict[int, list[tuple[int, Seat]]] = {}
    if rows:
        if deadlines is None:
            deadlines = connection.execute(_LIMITS, {"cases": [row.id for row in rows]}).all()
        for found in deadlines:
            if found.state in _UNDER_WAY:
                limits.setdefault(found.case_id, []).append(_limit(found))
        panels = {row.id for row in rows if _in_panel(connection, row)}
        if places is None:
            places = connection.execute(_PLACES, {"cases": panels}).all() if panels else ()
        for place in places:
            if place.case_id in panels:
                seat = Seat(place.person_id, place.alternate, place.state, place.review)
                seats.setdefault(place.case_id, []).append((place.visit, seat))
    return [
        CaseView(
            **{name: getattr(row, name) for name in _CASE_COLUMNS},
            limits=tuple(limits.get(row.id, ())),
            seats=tuple(seat for visit, seat in seats.get(row.id, ()) if visit == row.visit),
            recused=frozenset(seat.person_id for _, seat in seats.get(row.id, ()) if seat.state == "conflicted"),
        )
        for row in rows
    ]


def case_columns() -> list[Any]:
    """The columns that `case_views` needs, for a query of one's own."""
    return [_CASES.c[name] for name in _CASE_COLUMNS]


def guarded_rows(connection: Connection, guards: Iterable[str], case: CaseView) -> None:
    """Lock what the decision's facts are read from, so that they hold until the transaction ends."""
    if connection.dialect.name == "sqlite":
        return  # whoever writes there has the whole database
    found = {
        "organization_id": case.organization_id,
        "street_id": case.street_id,
        "period": case.period,
        "project": case.period.partition("/")[0],
    }
    for guard in sorted(guards):  # in one order everywhere, so that two cases cannot wait for each other
        connection.execute(_GUARDED[guard], found)


def _in_panel(connection: Connection, row: Row[Any]) -> bool:
    """Whether the case's step is one with seats."""
    return library.definition(connection, row.definition_hash).step(row.step).panel is not None


def _limit(row: Row[Any]) -> RunningLimit:
    pauses = tuple((date.fromisoformat(sent), date.fromisoformat(back) if back else None) for sent, back in row.pauses)
    return RunningLimit(
        row.id,
        row.step,
        row.visit,
        row.state,
        row.due_on,
        row.policy_path,
        _started_on(row.proof),
        pauses,
        tuple(row.extensions),
    )


def _started_on(proof: dict[str, Any]) -> date | None:
    return date.fromisoformat(proof["start"]) if proof.get("start") else None

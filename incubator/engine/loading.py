"""From rows to the case as the engine sees it, for one case or many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlmodel import SQLModel

from incubator.engine.case import CaseView, RunningLimit, Seat
from incubator.models.base import table
from incubator.models.cases import Case, Deadline, PanelSeat
from incubator.models.organizations import Organization

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

# What a fact's guard locks: the row whose change would alter the answer.
GUARDS: dict[str, type[SQLModel]] = {"organization": Organization}


def case_view(connection: Connection, public_id: str, *, lock: bool = False) -> CaseView | None:
    """The case of that public id, locked until the transaction ends where asked."""
    cases = table(Case)
    query = select(*(cases.c[name] for name in _CASE_COLUMNS)).where(cases.c.public_id == public_id)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else case_views(connection, [row])[0]


def case_views(connection: Connection, rows: Sequence[Row[Any]]) -> list[CaseView]:
    """The cases of these rows (with at least the engine's columns), in two further statements."""
    ids = [row.id for row in rows]
    limits: dict[int, list[RunningLimit]] = {}
    seats: dict[int, list[tuple[int, Seat]]] = {}
    if ids:
        deadlines, places = table(Deadline), table(PanelSeat)
        for found in connection.execute(
            select(deadlines).where(deadlines.c.case_id.in_(ids), deadlines.c.state.in_(("running", "paused")))
        ):
            limits.setdefault(found.case_id, []).append(_limit(found))
        for place in connection.execute(select(places).where(places.c.case_id.in_(ids)).order_by(places.c.id)):
            seat = Seat(place.person_id, place.alternate, place.state, place.review)
            seats.setdefault(place.case_id, []).append((place.visit, seat))
    return [
        CaseView(
            **{name: getattr(row, name) for name in _CASE_COLUMNS},
            limits=tuple(limits.get(row.id, ())),
            seats=tuple(seat for visit, seat in seats.get(row.id, ()) if visit == row.visit),
        )
        for row in rows
    ]


def case_columns() -> list[Any]:
    """The columns that `case_views` needs, for a query of one's own."""
    return [table(Case).c[name] for name in _CASE_COLUMNS]


def guarded_rows(connection: Connection, guards: Iterable[str], case: CaseView) -> None:
    """Lock what the decision's facts are read from, so that they hold until the transaction ends."""
    for guard in sorted(guards):
        rows = table(GUARDS[guard])
        connection.execute(select(rows.c.id).where(rows.c.id == case.organization_id).with_for_update())


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

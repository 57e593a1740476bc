"""Rows written together: nothing is lost or altered on the way, on either database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from incubator.clock import SHANGHAI, FixedClock
from incubator.database import Database
from incubator.engine.writing import Addition, Change, write
from incubator.models.base import NO_DATE, table
from incubator.models.cases import Case, Deadline, WorkItem
from tests.factories import StreetWorld, make_case, make_organization, make_street

CASES, ITEMS, DEADLINES = (table(model) for model in (Case, WorkItem, Deadline))
NOON = datetime(2026, 9, 18, 12, 0, 0, 123456, tzinfo=SHANGHAI)


@dataclass
class Desk:
    """A case and what is written about it."""

    database: Database
    street: StreetWorld
    case_id: int

    def write(self, *writes: Change | Addition) -> bool:
        return self.database.write(lambda connection: write(connection, writes))

    def counted_on(self, version: int = 1) -> Change:
        return Change(CASES, {"id": self.case_id, "version": version}, {"version": version + 1})

    def item(self, person_id: int, created_at: datetime = NOON) -> dict[str, Any]:
        return {
            "street_id": self.street.street_id, "community_id": self.street.east, "case_id": self.case_id, "visit": 1,
            "step": "review", "kind": "seat", "role": "expert", "person_id": person_id, "created_at": created_at,
        }  # fmt: skip

    def rows(self, of: Any, *columns: str) -> list[tuple[Any, ...]]:
        with self.database.read() as connection:
            found = connection.execute(select(*(of.c[name] for name in columns)).order_by(of.c.id))
            return [tuple(row) for row in found]


@pytest.fixture
def desk(database: Database, clock: FixedClock) -> Desk:
    street, now = make_street(database), clock.now()
    organization = make_organization(database, street, street.east, now, "常青合唱团")
    return Desk(database, street, make_case(database, street, street.east, organization, now))


def test_every_kind_of_value_is_kept_as_it_was_given_and_what_is_left_out_by_default(desk: Desk) -> None:
    deadline = {
        "street_id": desk.street.street_id, "case_id": desk.case_id, "step": "decision", "visit": 1,
        "due_on": date(2026, 10, 9), "policy_path": "filing.decision.due", "pauses": [["2026-09-23", ""]],
        "calendar_hash": "0", "provisional": True,
        "proof": {"why": "“十一”放假\n \\ ' \" %(x)s :y ?", "none": None, "fen": 9_007_199_254_740_993},
    }  # fmt: skip
    assert desk.write(desk.counted_on(), Addition(DEADLINES, [deadline]), Addition(ITEMS, [desk.item(7)]))
    assert desk.rows(DEADLINES, *deadline) == [tuple(deadline.values())]
    assert desk.rows(DEADLINES, "state", "extensions") == [("running", [])]
    assert desk.rows(ITEMS, "created_at", "due_on", "done_at") == [(NOON.astimezone(UTC), NO_DATE, None)]


def test_rows_that_two_changes_meet_are_changed_by_both(desk: Desk) -> None:
    still_open = {"case_id": desk.case_id, "done_at": None}
    assert desk.write(desk.counted_on(), Addition(ITEMS, [desk.item(7), desk.item(8)]))
    desk.write(
        desk.counted_on(2),
        Change(ITEMS, {**still_open, "person_id": 7}, {"due_on": date(2026, 10, 19)}),
        Change(ITEMS, still_open, {"role": "director"}),
    )
    assert desk.rows(ITEMS, "person_id", "due_on", "role") == [
        (7, date(2026, 10, 19), "director"),
        (8, NO_DATE, "director"),
    ]


def test_a_row_that_somebody_else_has_changed_is_told(desk: Desk) -> None:
    assert not desk.write(desk.counted_on(version=5), Addition(ITEMS, [desk.item(7)]))
    assert desk.rows(CASES, "version") == [(1,)]


def test_a_moment_without_a_time_zone_is_stored_nowhere(desk: Desk) -> None:
    with pytest.raises((ValueError, StatementError), match="without a time zone"):
        desk.write(desk.counted_on(), Addition(ITEMS, [desk.item(7, NOON.replace(tzinfo=None))]))
    assert desk.rows(ITEMS, "id") == []

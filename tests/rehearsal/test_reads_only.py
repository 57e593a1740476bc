"""A rehearsal writes nothing and sends nothing, and what it found can be kept and read again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import insert, inspect, select
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from incubator.canonical import canonical
from incubator.clock import FixedClock
from incubator.database import Database
from incubator.models.base import table
from incubator.models.streets import Street
from incubator.rehearsal import Kind, Rehearsal, snapshot
from tests.procedures.funding import grants
from tests.procedures.world import OPINION, Centre, build
from tests.rehearsal.rehearsing import changed, rehearsed, value
from tests.rehearsal.test_as_lived import altered, looser, stricter

DRAFT = (
    ("filing.conditions.members", 30),
    ("filing.acceptance.due", {**value("filing.acceptance.due"), "length": 1}),
    ("filing.acceptance.by", ["director"]),
    ("filing.public_notice.enabled", True),
    ("filing.certificate.validity", {"length": 1, "unit": "years"}),
    ("funding.tranches", [{"gate": "signed", "share": 10_000}]),
)


@pytest.fixture
def busy(database: Database, clock: FixedClock) -> Centre:
    """A centre with a bit of everything."""
    centre = build(database, clock)
    centre.with_group("晨风合唱团").filed(name="桂花社区晨风合唱团", members=15)
    waits = centre.submitted()
    centre.upload(waits, "committee_opinion")
    centre.act(waits, "give_opinion", "worker", OPINION)
    partner = grants.registered(centre)
    (group,) = grants.with_filed_groups(centre)
    grants.awarded(group, grants.published(centre), co_applicant=partner)
    return centre


def every_row(database: Database) -> dict[str, list[Any]]:
    """The whole database, table by table, row by row."""
    with database.read() as connection:
        there = inspect(connection).get_table_names()
        assert set(SQLModel.metadata.tables) <= set(there)
        return {
            name: sorted(map(repr, connection.exec_driver_sql(f"SELECT * FROM {name}").fetchall())) for name in there
        }


def test_the_whole_database_is_the_same_before_and_after(busy: Centre) -> None:
    before = every_row(busy.database)
    kinds: set[Kind] = set()
    draft = changed(*DRAFT)
    for policy in (draft, altered(draft, stricter), altered(draft, looser)):
        kinds |= {group.kind for group in rehearsed(busy, policy).groups}
    assert kinds >= {Kind.BLOCKED, Kind.DUE, Kind.WHO, Kind.ROUTE, Kind.FLIP, Kind.AMOUNT, Kind.RESULT}
    assert every_row(busy.database) == before


def test_a_snapshot_refuses_to_write_on_postgresql_and_nobody_after_it_is_hindered(busy: Centre) -> None:
    row = {"public_id": "x", "code": "110000002", "name": "另一街道"}
    if not busy.database.is_sqlite:
        with pytest.raises(DBAPIError, match="read-only"), snapshot(busy.database) as connection:
            connection.execute(insert(table(Street)), row)
    assert rehearsed(busy, changed(*DRAFT)).groups
    busy.database.write(lambda connection: connection.execute(insert(table(Street)), row))
    with busy.database.read() as connection:
        assert connection.execute(select(table(Street).c.code).order_by(table(Street).c.code)).scalars().all() == [
            "110000002",
            "510105001",
        ]


def test_a_rehearsal_reads_back_as_it_was_and_is_the_same_each_time(busy: Centre) -> None:
    result = rehearsed(busy, changed(*DRAFT))
    kept = canonical(result.as_json())
    again = Rehearsal.from_json(json.loads(kept))
    assert again == result
    assert canonical(again.as_json()) == kept
    assert canonical(rehearsed(busy, changed(*DRAFT)).as_json()) == kept
    assert len({group.key for group in result.groups}) == len(result.groups)
    assert result.street_name == "草堂街道"

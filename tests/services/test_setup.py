"""A street is set up once; setting it up again changes nothing that it has."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Connection, func, select

from incubator.clock import FixedClock
from incubator.database import Database
from incubator.engine import library
from incubator.errors import Invalid
from incubator.models.base import table
from incubator.models.events import CalendarInForce, PolicyInForce
from incubator.services.setup import set_up_street
from incubator.services.streets import communities_of


def test_a_new_street_has_communities_a_policy_and_a_calendar(database: Database, clock: FixedClock) -> None:
    def set_up(connection: Connection, *communities: str) -> int:
        return set_up_street(connection, code="000001", name="示例街道", communities=communities, now=clock.now())

    street_id = database.write(lambda connection: set_up(connection, "东社区", "西社区"))
    with database.read() as connection:
        assert list(communities_of(connection, street_id)) == ["东社区", "西社区"]
        policy = library.policy_in_force(connection, street_id, date(2026, 9, 18))
        assert policy.name == "national"
        assert library.policy_in_force(connection, street_id, date(2020, 1, 1)).hash == policy.hash
        _, calendar = library.calendar_in_force(connection, street_id)
        assert 2026 in calendar.announced

    assert database.write(lambda connection: set_up(connection, "北社区")) == street_id
    with database.read() as connection:
        assert list(communities_of(connection, street_id)) == ["东社区", "西社区", "北社区"]
        for model in (PolicyInForce, CalendarInForce):
            assert connection.scalar(select(func.count()).select_from(table(model))) == 1


def test_a_street_without_a_name_is_refused(database: Database, clock: FixedClock) -> None:
    with pytest.raises(Invalid):
        database.write(lambda connection: set_up_street(connection, code="000001", name=" ", now=clock.now()))


def test_a_street_begins_with_the_shipped_pack_that_is_named_and_no_other_name_is_taken(
    database: Database, clock: FixedClock
) -> None:
    def set_up(connection: Connection, pack: str) -> int:
        return set_up_street(connection, code="000002", name="另一街道", pack=pack, now=clock.now())

    with pytest.raises(Invalid, match="sichuan_2023"):
        database.write(lambda connection: set_up(connection, "unheard_of"))
    street_id = database.write(lambda connection: set_up(connection, "sichuan_2023"))
    with database.read() as connection:
        named = {day: library.policy_in_force(connection, street_id, date(day, 6, 1)).name for day in (2022, 2026)}
    assert named == {2022: "national", 2026: "sichuan_2023"}

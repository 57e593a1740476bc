"""Organizations, numbers and documents: each written in one place, with what was known before kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from incubator.clock import FixedClock
from incubator.database import Database
from incubator.engine import streams
from incubator.errors import Invalid, NotFound
from incubator.models.base import table
from incubator.models.events import Event
from incubator.models.organizations import Document, OrganizationRevision
from incubator.models.streets import IssuedNumber
from incubator.services.documents import content_path, read_content, store_content
from incubator.services.numbers import next_number, void_number
from incubator.services.organizations import (
    NameTaken,
    OrganizationHasChanged,
    Written,
    change_organization,
    create_organization,
    initials,
    organization_by_public_id,
)
from tests.procedures.world import Centre, build


@pytest.fixture
def centre(database: Database, clock: FixedClock) -> Centre:
    return build(database, clock)


def create(centre: Centre, **values: Any) -> Written:
    return centre.database.write(
        lambda connection: create_organization(
            connection, street_id=centre.street_id, community_id=centre.community_id, values=values,
            actor=centre.people["officer"], now=centre.clock.now(),
        )
    )  # fmt: skip


def change(centre: Centre, expected_version: int | None = None, **changes: Any) -> Written:
    return centre.database.write(
        lambda connection: change_organization(
            connection, centre.organization_id, event="organization.corrected", changes=changes,
            actor=centre.people["officer"], now=centre.clock.now(), expected_version=expected_version,
        )
    )  # fmt: skip


def test_a_change_keeps_what_was_known_and_says_old_and_new(centre: Centre) -> None:
    assert change(centre, members=25, leader="王桂兰").version == 2
    with centre.database.read() as connection:
        states = list(
            connection.execute(
                select(table(OrganizationRevision).c.state).order_by(table(OrganizationRevision).c.version)
            ).scalars()
        )
        body = connection.execute(
            select(table(Event).c.body).where(table(Event).c.type == "organization.corrected")
        ).scalar_one()
        assert streams.verify(connection, "organization", centre.organization_id) == []
    assert [state["members"] for state in states] == [20, 25]
    assert '"changed":{"members":[20,25]}' in body


def test_a_change_that_changes_nothing_writes_nothing(centre: Centre) -> None:
    before = centre.events("organization")
    assert change(centre, members=20).version == 1
    assert centre.events("organization") == before


def test_a_stale_version_is_a_conflict(centre: Centre) -> None:
    change(centre, members=25)
    with pytest.raises(OrganizationHasChanged):
        change(centre, expected_version=1, members=26)


def test_a_name_is_unique_in_its_community_however_it_is_written(centre: Centre) -> None:
    with pytest.raises(NameTaken) as refused:
        create(centre, name="桂花社区常青合唱团")
    assert refused.value.extra["organization_id"]
    other = create(centre, name="阳光舞蹈队")
    with pytest.raises(NameTaken):
        change(centre, name="阳光 舞蹈队")
    with centre.database.read() as connection:
        row = organization_by_public_id(connection, other.public_id)
    assert (row.name, row.initials, row.version) == ("阳光舞蹈队", "ygwdd", 1)


@pytest.mark.parametrize(
    "values", [{"name": " "}, {"name": "甲队", "members": -1}, {"name": "甲" * 101}, {"name": "甲", "id": 3}]
)
def test_values_that_do_not_fit_are_refused_and_nothing_is_written(centre: Centre, values: dict[str, Any]) -> None:
    before = centre.events("organization")
    with pytest.raises(Invalid) as refused:
        create(centre, **values)
    assert refused.value.fields
    assert centre.events("organization") == before


def test_an_organization_that_does_not_exist_is_said_so(centre: Centre) -> None:
    with centre.database.read() as connection, pytest.raises(NotFound):
        organization_by_public_id(connection, "0" * 32)


def test_initials_are_letters_and_digits_only() -> None:
    assert initials("88号楼（东）书画社 ABC") == "88hlds" + "hsabc"


def test_numbers_never_repeat_however_many_ask_at_once(centre: Centre) -> None:
    def ask(place: int) -> str:
        return centre.database.write(
            lambda connection: next_number(connection, centre.street_id, "BAZ", 2026, centre.clock.now(), place)
        )

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(ask, range(24)))
    assert sorted(numbers) == [f"BAZ-2026-{place:04d}" for place in range(1, 25)]


def test_a_transaction_that_fails_issues_no_number(centre: Centre) -> None:
    def fail(connection: Any) -> None:
        next_number(connection, centre.street_id, "BAZ", 2026, centre.clock.now(), 1)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        centre.database.write(fail)
    with centre.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(table(IssuedNumber))).scalar_one() == 0


def test_a_void_says_why_once(centre: Centre) -> None:
    number = centre.database.write(
        lambda connection: next_number(connection, centre.street_id, "BAZ", 2026, centre.clock.now(), 1)
    )
    centre.database.write(
        lambda connection: void_number(connection, centre.street_id, number, "打印作废", centre.clock.now())
    )
    with pytest.raises(NotFound):
        centre.database.write(
            lambda connection: void_number(connection, centre.street_id, number, "再次作废", centre.clock.now())
        )


def test_the_same_content_is_kept_once_and_reads_back(tmp_path: Path) -> None:
    first, second = store_content(tmp_path, b"scan"), store_content(tmp_path, b"scan")
    assert first == second
    assert read_content(tmp_path, first) == b"scan"
    assert [path.name for path in content_path(tmp_path, first).parent.iterdir()] == [first]
    with pytest.raises(NotFound):
        read_content(tmp_path, "f" * 64)


def test_a_document_of_the_same_kind_replaces_the_earlier_one_which_stays_readable(centre: Centre) -> None:
    case_id = centre.open("filing")
    centre.upload(case_id, "roster")
    centre.upload(case_id, "roster")
    with centre.database.read() as connection:
        replaced = [row is not None for row in connection.execute(select(table(Document).c.replaced_at)).scalars()]
    assert replaced == [True, False]

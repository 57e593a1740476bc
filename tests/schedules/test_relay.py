"""The relay: rows of one task share a flow, in order; what was not begun is given back."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from flows.catalogue import AnyFlow
from flows.starting import PrefectUnreachable
from incubator.clock import FixedClock
from incubator.database import Database
from incubator.models.automation import Outbox
from incubator.models.base import table
from incubator.services.automation import outbox
from incubator.services.automation.outbox import Leased
from incubator.services.bootstrap import Service
from incubator.services.streets import create_street
from incubator.settings import Settings
from schedules import relay

OUTBOX = table(Outbox)
TASKS = ("filing.screen", "notice.served", "filing.screen", "yearly_review.check")


class Prefect:
    """Takes flows, `most` of them, and remembers them; while one runs, time passes."""

    def __init__(self, clock: FixedClock, most: int = 100, then: type[BaseException] = PrefectUnreachable) -> None:
        self.clock, self.most, self.then = clock, most, then
        self.taken: list[tuple[str, list[tuple[int, int]], str]] = []

    async def start(self, flow: AnyFlow, parameters: dict[str, Any], key: str) -> None:
        """A flow is taken, or there is no Prefect any more."""
        if len(self.taken) == self.most:
            raise self.then("no answer")
        self.taken.append((flow.name, parameters["rows"], key))
        self.clock.move_by(outbox.LEASE / 2)


@pytest.fixture
def service(database: Database, clock: FixedClock, tmp_path: Path) -> Service:
    """The service with four rows of three tasks waiting."""
    service = Service(Settings(data_dir=tmp_path), database, clock)
    now = clock.now()

    def write(connection: Any) -> None:
        street_id = create_street(connection, code="510104001", name="督院街街道")
        for task in TASKS:
            row = {"street_id": street_id, "task": task, "created_at": now, "available_at": now}
            connection.execute(insert(OUTBOX), row)

    database.write(write)
    return service


def leased_until(service: Service) -> list[Any]:
    with service.database.read() as connection:
        return list(connection.scalars(select(OUTBOX.c.lease_until).order_by(OUTBOX.c.id)))


def test_no_more_rows_share_a_flow_than_a_death_may_repeat() -> None:
    rows = [Leased(number, 1, task) for number, task in enumerate(("a", "b", "a", "a", "a"))]
    shared = [(task, [row.outbox_id for row in together]) for task, together in relay.batches(rows, size=3)]
    assert shared == [("a", [0, 2, 3]), ("a", [4]), ("b", [1])]


def test_rows_of_one_task_share_a_flow_and_each_attempt_has_its_own_key(service: Service, clock: FixedClock) -> None:
    prefect = Prefect(clock)
    assert asyncio.run(relay.relay_once(service, prefect.start, owner="one")) == 4
    assert prefect.taken == [
        ("filing", [(1, 1), (3, 1)], "outbox:1:1,outbox:3:1"),
        ("notices", [(2, 1)], "outbox:2:1"),
        ("yearly-review", [(4, 1)], "outbox:4:1"),
    ]
    clock.move_by(outbox.LEASE)  # nobody did the work
    assert asyncio.run(relay.relay_once(service, prefect.start, owner="two")) == 4
    assert [key for _, _, key in prefect.taken[3:]] == ["outbox:1:2,outbox:3:2", "outbox:2:2", "outbox:4:2"]


def test_rows_that_wait_for_a_flow_before_them_are_held_meanwhile(service: Service, clock: FixedClock) -> None:
    began = clock.now()
    asyncio.run(relay.relay_once(service, Prefect(clock).start, owner="one"))
    assert leased_until(service) == [
        began + outbox.LEASE,
        began + outbox.LEASE * 1.5,
        began + outbox.LEASE,
        began + outbox.LEASE * 2,
    ]


@pytest.mark.parametrize("then", [PrefectUnreachable, asyncio.CancelledError])
def test_what_was_not_begun_is_given_back_and_caught_up_once_prefect_is_there(
    service: Service, clock: FixedClock, then: type[BaseException]
) -> None:
    prefect = Prefect(clock, most=1, then=then)
    with pytest.raises(then):
        asyncio.run(relay.relay_once(service, prefect.start, owner="one"))
    with service.database.read() as connection:
        assert outbox.waiting(connection, clock.now()).rows == 4
    prefect.most = 100
    assert asyncio.run(relay.relay_once(service, prefect.start, owner="one")) == 2
    assert [[row for row, _ in rows] for _, rows, _ in prefect.taken] == [[1, 3], [2], [4]]

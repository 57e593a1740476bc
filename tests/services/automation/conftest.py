"""A service on each kind of database, and rows of work for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select

from incubator.clock import FixedClock
from incubator.database import Database
from incubator.engine.tasks import TASKS, Work, task
from incubator.models.automation import Outbox
from incubator.models.base import table
from incubator.services.bootstrap import Service
from incubator.services.streets import create_street
from incubator.settings import Settings

OUTBOX = table(Outbox)


@pytest.fixture
def street_id(database: Database) -> int:
    """A street."""
    return database.write(lambda connection: create_street(connection, code="510104001", name="督院街街道"))


@pytest.fixture
def service(database: Database, clock: FixedClock, tmp_path: Path) -> Service:
    """The service, its time standing still, without any procedure."""
    return Service(Settings(data_dir=tmp_path), database, clock)


class Books:
    """What the tests' task writes down: each effect is a community named after its row."""

    def __init__(self, service: Service, street_id: int) -> None:
        self.service, self.street_id = service, street_id

    def ask(self, name: str = "test.write", **payload: Any) -> int:
        """Write an outbox row as a transition would, and return its key."""
        now = self.service.clock.now()
        row = {
            "street_id": self.street_id,
            "task": name,
            "payload": payload,
            "created_at": now,
            "available_at": now,
        }
        return int(self.service.database.write(lambda c: c.scalars(insert(OUTBOX).returning(OUTBOX.c.id), row).one()))

    def row(self, outbox_id: int) -> Any:
        """The row as it stands."""
        with self.service.database.read() as connection:
            return connection.execute(select(OUTBOX).where(OUTBOX.c.id == outbox_id)).one()

    def effects(self) -> list[str]:
        """The effects that were committed."""
        from incubator.services.streets import communities_of

        with self.service.database.read() as connection:
            return list(communities_of(connection, self.street_id))


@pytest.fixture
def books(service: Service, street_id: int) -> Books:
    """The outbox as the tests use it."""
    return Books(service, street_id)


@pytest.fixture(autouse=True)
def tasks() -> Iterator[None]:
    """The tests' task: writes its effect, or fails as its payload says."""
    from incubator.errors import Conflict, NotAllowed
    from incubator.services.streets import create_community
    from incubator.text import Text

    @task("test.write")
    def write(work: Work) -> Any:
        if work.payload.get("fails_before"):
            raise RuntimeError("the paper is out")

        def settle(connection: Connection) -> Mapping[str, Any]:
            create_community(connection, street_id=work.street_id, name=f"effect {work.outbox_id}")
            match work.payload.get("then"):
                case "conflict":
                    raise Conflict(Text("案件已被他人办理", "The case has moved"))
                case "refused":
                    raise NotAllowed(Text("没有权限", "Not allowed"))
                case "fails":
                    raise RuntimeError("the power went")
            return {"attempt": work.attempt}

        return settle

    yield
    del TASKS["test.write"]

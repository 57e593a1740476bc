"""A worker that dies in the middle of its work: another one takes it up when the lease is over, and it is done once."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from incubator.clock import FixedClock
from incubator.database import Database
from incubator.models.automation import Outbox
from incubator.models.base import table
from incubator.models.organizations import Document
from incubator.models.streets import IssuedNumber
from incubator.services.automation import outbox
from incubator.services.documents import read_content
from tests.dying import Doers, doers
from tests.engine import deeds
from tests.engine.whole import assert_whole
from tests.procedures.world import Centre, build

OUTBOX = table(Outbox)


@pytest.fixture(scope="module")
def workers() -> Iterator[Doers]:
    """Workers that die when they are told to."""
    with doers() as running:
        yield running


@pytest.fixture
def centre(database: Database, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Centre:
    """The centre with the real procedures."""
    monkeypatch.setenv("INCUBATOR_DATA_DIR", str(tmp_path))
    return build(database, clock)


def test_a_certificate_is_issued_once_whenever_its_worker_dies(
    centre: Centre, database_url: str, workers: Doers, tmp_path: Path
) -> None:
    case_id = centre.accepted()
    centre.act(case_id, "approve", "director")
    (asked,) = [row.id for row in rows(centre) if row.task == "filing.certificate"]
    for moment in count(1):
        now = centre.clock.now()
        taken = outbox.lease(centre.database, owner=f"worker {moment}", now=now)
        attempt = next((row.attempt for row in taken if row.outbox_id == asked), None)
        if attempt is None:
            break
        assert attempt == moment
        ending = workers.do(
            database_url, deeds.PERFORM, dying_at=moment, now=now.isoformat(), data_dir=str(tmp_path),
            outbox_id=asked, attempt=attempt,
        )  # fmt: skip
        assert ending.killed  # the last of them once everything was committed, and before it could say so
        done = {row.id: row for row in rows(centre)}[asked].settled_at is not None
        assert (centre.case(case_id).step, len(centre.filings())) == (("service", 1) if done else ("certificate", 0))
        assert not [row for row in outbox.lease(centre.database, owner="early", now=now) if row.outbox_id == asked]
        centre.clock.move_by(outbox.LEASE * outbox.LONGEST_LEASE_FACTOR)
    assert moment > 15
    ((number, status, *_),) = centre.filings()
    assert (number, status) == ("BAZ-2026-0001", "issued")
    assert [row.number for row in rows(centre, IssuedNumber)] == [number]
    (paper,) = [row for row in rows(centre, Document) if row.kind == "filing_certificate"]
    assert read_content(tmp_path, paper.sha256)
    with centre.database.read() as connection:
        assert_whole(connection, case_id)


def rows(centre: Centre, model: Any = Outbox) -> list[Any]:
    with centre.database.read() as connection:
        return list(connection.execute(select(table(model)).order_by(table(model).c.id)))

"""Advances by the engine within a process, with nothing of the web around it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from multiprocessing.synchronize import Barrier

from incubator.database import Database
from incubator.engine.advance import Request, advance
from incubator.engine.roles import Actor
from incubator.sealing import configure_sealer
from tests.benchmarks.district import ACTION, ANSWERS, SECRET, District, Waiting
from tests.benchmarks.measuring import dealt, together

WARM = 10  # advances before the measured ones, so that nothing is measured that a service does once


def rate(district: District, cases: Sequence[Waiting], processes: int) -> float:
    """Advance each case in a transaction of its own, in so many processes at once; cases a second, without the warm-up."""
    measured = len(cases) - WARM * processes
    return measured / together(_advance_all, dealt(cases, processes), district.url, district.officer)


def move(database: Database, officer: Actor, case: Waiting) -> None:
    """One advance, keyed, committed."""
    request = Request(case.public_id, ACTION, officer, case.version, None, ANSWERS, "", case.key)
    database.write(lambda connection: advance(connection, request, now=datetime.now(UTC)))


def _advance_all(cases: Sequence[Waiting], start: Barrier, finish: Barrier, url: str, officer: Actor) -> None:
    import incubator.procedures.catalogue  # noqa: F401 - registers the rules that the stored definitions name

    configure_sealer(SECRET)
    database = Database(url)
    for case in cases[:WARM]:
        move(database, officer, case)
    start.wait()
    for case in cases[WARM:]:
        move(database, officer, case)
    finish.wait()
    database.close()

"""A process that dies between any two statements leaves all of what it did or nothing; asked again, it is done once."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import select

from incubator.engine import streams
from incubator.models.automation import Outbox, ReviewRun
from incubator.models.base import table
from incubator.models.cases import Case, IdempotentAnswer
from incubator.queries.clock_openings import CLOCK_OPENINGS
from tests.dying import Doers
from tests.engine import deeds
from tests.engine.deeds import Asked, told
from tests.engine.whole import assert_whole, everything
from tests.procedures.world import APPLICATION, APPLICATION_PAPERS, SERVED, Centre

KEY = "a key of the web"


def handing_in(centre: Centre) -> Asked:
    """An ordinary step: papers, a form with a personal value, automated work that follows."""
    case_id = centre.open("filing")
    centre.upload(case_id, *APPLICATION_PAPERS)
    return {"case_id": case_id, "action": "submit", "data": APPLICATION, **told(centre, "worker")}


def serving(centre: Centre) -> Asked:
    """A step with a limit, a ladder and effects: certificate and organization change together with the case."""
    case_id = centre.accepted()
    centre.act(case_id, "approve", "director")
    centre.automate()
    centre.upload(case_id, "sealed_certificate")
    return {"case_id": case_id, "action": "serve", "data": SERVED, **told(centre, "officer")}


FOLLOWS = {handing_in: ["filing.screen"], serving: ["notice.served"]}


@pytest.mark.parametrize("prepare", FOLLOWS, ids=lambda prepare: prepare.__name__)
def test_a_move_is_made_whole_or_not_at_all_whenever_the_process_dies(
    centre: Centre, database_url: str, processes: Doers, prepare: Callable[[Centre], Asked]
) -> None:
    asked = prepare(centre)
    case_id, version, tasks = asked["case_id"], centre.case(asked["case_id"]).version, outbox(centre)
    survivor = killed_at_every_moment(
        centre, processes, database_url, deeds.MOVE, **asked, expected_version=version, key=KEY
    )
    case = centre.case(case_id)
    assert case.version == version + 1
    assert (survivor["version"], survivor["step"]) == (case.version, case.step)
    assert outbox(centre) == tasks + FOLLOWS[prepare]
    with centre.database.read() as connection:
        assert_whole(connection, case_id)
        assert streams.verify(connection, "organization", centre.organization_id) == []
    assert centre.organization().standing == ("filed" if prepare is serving else "informal")


def test_an_opening_is_made_whole_or_not_at_all_whenever_the_process_dies(
    centre: Centre, database_url: str, processes: Doers
) -> None:
    asked = {"organization": centre.organization().public_id, "procedure": "filing", **told(centre, "worker")}
    survivor = killed_at_every_moment(centre, processes, database_url, deeds.OPEN, **asked, key=KEY)
    ((case_id, number),) = cases(centre)
    assert (survivor["case_id"], number) == (case_id, "BA-2026-0001")
    with centre.database.read() as connection:
        assert_whole(connection, case_id)


def test_a_sweep_opens_each_review_once_whenever_its_process_dies(
    centre: Centre, database_url: str, processes: Doers
) -> None:
    # Each procedure is swept in a transaction of its own: a death leaves those before it whole and the others untouched.
    centre.filed_groups(3)
    asked = {"now": centre.on("2027-01-04").clock.now().isoformat(), "run_key": "2027-01-04T08:00:00+08:00"}
    endings, receipts, opened_by_then = [], [], []
    for ending in processes.deaths(database_url, deeds.SWEEP, **asked):
        endings.append(ending)
        with centre.database.read() as connection:
            receipts.append(
                connection.scalars(select(table(ReviewRun).c.procedure).order_by(table(ReviewRun).c.id)).all()
            )
        opened_by_then.append(len(reviews(centre)))
    assert not endings[-1].killed
    assert not endings[-1].error
    assert set(opened_by_then) == {0, 3}
    for earlier, later in pairwise(receipts):
        assert later[: len(earlier)] == earlier
    assert len(receipts[-1]) == len(set(receipts[-1])) == len(CLOCK_OPENINGS)
    opened = reviews(centre)
    assert [number for _, number in opened] == ["NJ-2027-0001", "NJ-2027-0002", "NJ-2027-0003"]
    with centre.database.read() as connection:
        runs = table(ReviewRun)
        counts = select(runs.c.due, runs.c.opened).where(runs.c.procedure == "yearly_review")
        assert connection.execute(counts).all() == [(3, 3)]
        for case_id, _ in opened:
            assert_whole(connection, case_id)


def reviews(centre: Centre) -> list[tuple[str, str]]:
    """The yearly reviews that are there: public id and number."""
    return [(case_id, number) for case_id, number in cases(centre) if number.startswith("NJ")]


def killed_at_every_moment(centre: Centre, processes: Doers, url: str, deed: str, **asked: Any) -> Any:
    """Let one process after the other die of the deed, each a moment later; the answer of the one that survives.

    After each death the database is exactly as before, until one had committed; from then on it is as that one left it,
    though the deed was asked for again.
    """
    before = everything(centre.database)
    endings, left = [], []
    for ending in processes.deaths(url, deed, **asked):
        endings.append(ending)
        left.append(everything(centre.database))
    after = left[-1]
    assert not endings[-1].error
    assert after != before
    # All moments but the last one lie before the commit has returned: there the answer is on its way.
    assert [state == before for state in left] == [True] * (len(left) - 2) + [False] * 2
    assert left[-2] == after
    assert len(left) > 10
    with centre.database.read() as connection:
        answers = table(IdempotentAnswer)
        answer = connection.scalars(select(answers.c.answer).where(answers.c.idempotency_key == KEY)).one()
    assert answer == endings[-1].answer
    return endings[-1].answer


def outbox(centre: Centre) -> list[str]:
    with centre.database.read() as connection:
        return list(connection.scalars(select(table(Outbox).c.task).order_by(table(Outbox).c.id)))


def cases(centre: Centre) -> list[tuple[str, str]]:
    with centre.database.read() as connection:
        rows = connection.execute(select(table(Case).c.public_id, table(Case).c.number).order_by(table(Case).c.number))
        return [(row.public_id, row.number) for row in rows]

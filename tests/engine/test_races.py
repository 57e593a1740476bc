"""Several at once, each with a database of its own: one wins and the others hear of it, nothing is done twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from incubator.models.automation import ReviewRun
from incubator.models.base import table
from incubator.models.cases import Case, IdempotentAnswer
from incubator.services.automation.outbox import lease
from tests.dying import Doers, Ending, in_threads
from tests.engine import deeds
from tests.engine.deeds import Asked, told
from tests.engine.whole import assert_whole
from tests.procedures.world import Centre

Race = Callable[..., list[Ending]]
KEY = "a key of the web"
# A case waits for its director; whichever of the two acts leads it here.
TO = {"approve": "certificate", "refuse": "refusal_service"}


@pytest.fixture(params=["threads", "processes"])
def race(request: pytest.FixtureRequest, processes: Doers) -> Race:
    """Does several deeds at the same moment: each in a thread with a database of its own, or each in a process."""
    return in_threads if request.param == "threads" else processes.race


def deciding(centre: Centre, case_id: str, by: str, action: str, key: str = KEY) -> tuple[str, Asked]:
    """What a director does with a case that waits for the decision."""
    data = {"reason": "材料不实", "basis": "条件第一项"} if action == "refuse" else {}
    asked = {"case_id": case_id, "expected_version": centre.case(case_id).version, "action": action, "data": data}
    return deeds.MOVE, {**asked, "key": key, **told(centre, by)}


def test_of_two_who_decide_at_once_one_wins_and_the_other_is_told_by_whom_and_where_to(
    centre: Centre, database_url: str, race: Race
) -> None:
    for place, name in enumerate(("春风", "夏雨", "秋月")):
        case_id = centre.with_group(f"{name}合唱团").accepted(name=f"桂花社区{name}合唱团")
        acts = {"director": "approve", "other_director": "refuse"}
        endings = race(
            database_url, *(deciding(centre, case_id, by, action, f"{by} {place}") for by, action in acts.items())
        )
        ended = dict(zip(acts, endings, strict=True))
        (winner,) = (by for by in acts if not ended[by].error)
        (loser,) = acts.keys() - {winner}
        assert ended[winner].answer["step"] == TO[acts[winner]]
        assert ended[loser].error == "CaseHasMoved"
        told_of = ended[loser].answer
        assert (told_of["moved_by"], told_of["decision"], told_of["step"]) == (
            winner,
            acts[winner],
            TO[acts[winner]],
        )
        with centre.database.read() as connection:
            assert_whole(connection, case_id)


def test_the_same_request_at_once_is_acted_on_once_and_answered_alike(
    centre: Centre, database_url: str, race: Race
) -> None:
    case_id = centre.accepted()
    asked = deciding(centre, case_id, "director", "approve")
    first, *others = race(database_url, asked, asked, asked)
    assert first == Ending(killed=False, answer=answer_kept(centre))
    assert others == [first, first]
    with centre.database.read() as connection:
        assert_whole(connection, case_id)


def test_the_same_opening_at_once_is_one_case_and_answered_alike(centre: Centre, database_url: str, race: Race) -> None:
    asked = {"organization": centre.organization().public_id, "procedure": "filing", "key": KEY}
    first, *others = race(database_url, *[(deeds.OPEN, {**asked, **told(centre, "worker")})] * 3)
    assert first == Ending(killed=False, answer=answer_kept(centre))
    assert others == [first, first]
    assert count(centre, Case) == 1


def test_one_key_for_two_requests_at_once_serves_one_of_them(centre: Centre, database_url: str, race: Race) -> None:
    one, other = centre.accepted(), centre.with_group("夏雨合唱团").accepted(name="桂花社区夏雨合唱团")
    of_two_cases = race(database_url, *(deciding(centre, case_id, "director", "approve") for case_id in (one, other)))
    assert sorted(ending.error for ending in of_two_cases) == ["", "IdempotencyKeyReused"]
    assert sorted(centre.case(case_id).step for case_id in (one, other)) == ["certificate", "decision"]
    groups = [centre.with_group(f"{name}剧团").organization().public_id for name in ("东", "西")]
    of_two_groups = race(
        database_url,
        *(
            (deeds.OPEN, {"organization": group, "procedure": "filing", "key": "another", **told(centre, "worker")})
            for group in groups
        ),
    )
    assert sorted(ending.error for ending in of_two_groups) == ["", "IdempotencyKeyReused"]
    assert count(centre, Case) == 3
    assert [ending.answer for ending in of_two_cases if not ending.error] == [answer_kept(centre)]
    assert [ending.answer for ending in of_two_groups if not ending.error] == [answer_kept(centre, "another")]


def test_two_certificates_at_once_bear_two_numbers(
    centre: Centre, database_url: str, race: Race, tmp_path: Path
) -> None:
    centre.filed()  # the year's series has begun
    groups = [centre.with_group(f"{name}合唱团") for name in ("春风", "夏雨")]
    for case_id in [group.accepted(name=f"桂花社区{group.organization().name}") for group in groups]:
        centre.act(case_id, "approve", "director")
    now = centre.clock.now()
    leased = [row for row in lease(centre.database, owner="tests", now=now) if row.task == "filing.certificate"]
    asked = {"now": now.isoformat(), "data_dir": str(tmp_path)}
    endings = race(
        database_url,
        *((deeds.PERFORM, {**asked, "outbox_id": row.outbox_id, "attempt": row.attempt}) for row in leased),
    )
    assert endings == [Ending(killed=False, answer="settled")] * 2
    assert [number for number, *_ in centre.filings()] == [f"BAZ-2026-000{place}" for place in (1, 2, 3)]


@pytest.mark.parametrize("run_keys", [("clock", "clock"), ("clock", "by hand")], ids=["one period", "two runs"])
def test_two_sweeps_at_once_open_each_review_once(
    centre: Centre, database_url: str, race: Race, run_keys: tuple[str, str]
) -> None:
    groups = centre.filed_groups(20)
    now = centre.on("2027-01-04").clock.now().isoformat()
    endings = race(database_url, *((deeds.SWEEP, {"now": now, "run_key": run_key}) for run_key in run_keys))
    assert [ending.error for ending in endings] == ["", ""]
    with centre.database.read() as connection:
        cases, runs = table(Case), table(ReviewRun)
        reviews = cases.c.procedure == "yearly_review"
        numbers = connection.scalars(select(cases.c.number).where(reviews).order_by(cases.c.number)).all()
        assert connection.scalar(select(func.count(cases.c.organization_id.distinct()))) == len(groups)
        receipts = connection.execute(
            select(runs.c.opened, runs.c.already_open)
            .where(runs.c.procedure == "yearly_review")
            .order_by(runs.c.opened)
        ).all()
    assert numbers == [f"NJ-2027-{place:04d}" for place in range(1, 21)]
    assert [tuple(receipt) for receipt in receipts] == ([(20, 0)] if len(set(run_keys)) == 1 else [(0, 20), (20, 0)])


def answer_kept(centre: Centre, key: str = KEY) -> Any:
    """What the one request under this key was answered."""
    answers = table(IdempotentAnswer)
    with centre.database.read() as connection:
        return connection.scalars(select(answers.c.answer).where(answers.c.idempotency_key == key)).one()


def count(centre: Centre, model: Any) -> int:
    with centre.database.read() as connection:
        return int(connection.scalar(select(func.count()).select_from(table(model))) or 0)

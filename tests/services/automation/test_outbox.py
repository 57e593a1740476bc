"""The outbox: leased by one, settled with its effect, tried again, never done twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import select

from incubator.clock import FixedClock
from incubator.database import Database
from incubator.models.automation import Notice
from incubator.models.base import table
from incubator.services.automation import outbox
from incubator.services.automation.performing import Outcome, perform, perform_batch
from incubator.services.bootstrap import Service
from tests.services.automation.conftest import Books


def lease(service: Service, owner: str = "one") -> list[outbox.Leased]:
    return outbox.lease(service.database, owner=owner, now=service.clock.now())


def test_a_row_is_performed_and_settled_with_its_result(service: Service, books: Books) -> None:
    asked = books.ask()
    (leased,) = lease(service)
    assert perform(service, leased.outbox_id, leased.attempt) == (Outcome.SETTLED, "")
    row = books.row(asked)
    assert row.settled_at == service.clock.now()
    assert row.result == {"attempt": 1}
    assert books.effects() == [f"effect {asked}"]
    assert lease(service) == []


def test_a_leased_row_is_nobody_elses_until_the_lease_is_over(
    service: Service, books: Books, clock: FixedClock
) -> None:
    asked = books.ask()
    assert [row.outbox_id for row in lease(service)] == [asked]
    assert lease(service, "two") == []
    clock.move_by(outbox.LEASE)
    (again,) = lease(service, "two")
    assert (again.outbox_id, again.attempt) == (asked, 2)


def test_an_attempt_whose_lease_was_taken_over_has_no_effect(service: Service, books: Books, clock: FixedClock) -> None:
    asked = books.ask()
    lease(service)
    clock.move_by(outbox.LEASE)
    lease(service, "two")
    assert perform(service, asked, 1) == (Outcome.SUPERSEDED, "")
    assert books.effects() == []
    assert perform(service, asked, 2) == (Outcome.SETTLED, "")
    assert books.effects() == [f"effect {asked}"]


def test_an_attempt_that_runs_twice_has_one_effect(service: Service, books: Books) -> None:
    rows = [books.ask() for _ in range(3)]
    leased = [(row.outbox_id, row.attempt) for row in lease(service)]
    with ThreadPoolExecutor(4) as pool:
        batches = list(pool.map(lambda _: perform_batch(service, leased), range(4)))
    assert sum(batch.outcomes.get("settled", 0) for batch in batches) == 3
    assert not any(batch.failed for batch in batches)
    assert sorted(books.effects()) == sorted(f"effect {row}" for row in rows)


def test_relays_that_lease_at_once_share_the_rows_without_overlap(service: Service, books: Books) -> None:
    rows = {books.ask() for _ in range(20)}
    now = service.clock.now()
    others = [Database(service.database.engine.url.render_as_string(hide_password=False)) for _ in range(3)]
    try:
        with ThreadPoolExecutor(3) as pool:
            taken = list(pool.map(lambda each: outbox.lease(each, owner="x", now=now, limit=20), others))
    finally:
        for other in others:
            other.close()
    everything = [row.outbox_id for leased in taken for row in leased]
    everything += [row.outbox_id for row in lease(service)]  # whoever skipped a locked row leaves it for later
    assert len(everything) == len(set(everything))
    assert set(everything) == rows


def test_an_error_leaves_no_effect_and_the_row_is_tried_again_later_and_later(
    service: Service, books: Books, clock: FixedClock
) -> None:
    asked = books.ask(then="fails")
    (leased,) = lease(service)
    outcome, error = perform(service, asked, leased.attempt)
    assert outcome is Outcome.FAILED
    assert error == "RuntimeError: the power went"
    assert books.effects() == []
    row = books.row(asked)
    assert row.settled_at is None
    assert row.last_error == error
    assert lease(service) == []
    clock.move_by(outbox.FIRST_BACKOFF)
    assert [row.attempt for row in lease(service)] == [2]
    rests = [outbox.backoff(attempt) for attempt in range(1, 60)]
    assert rests == sorted(rests)
    assert rests[-1] == outbox.LONGEST_BACKOFF


def test_one_failing_row_does_not_stop_the_others(service: Service, books: Books) -> None:
    first, bad, last = books.ask(), books.ask(fails_before=True), books.ask()
    batch = perform_batch(service, [(row.outbox_id, row.attempt) for row in lease(service)])
    assert batch.errors == {bad: "RuntimeError: the paper is out"}
    assert batch.outcomes == {"settled": 2, "failed": 1}
    assert books.effects() == [f"effect {first}", f"effect {last}"]


def test_a_refusal_settles_the_row_and_an_officer_is_told(service: Service, books: Books, database: Database) -> None:
    asked = books.ask(then="refused")
    lease(service)
    assert perform(service, asked, 1) == (Outcome.REFUSED, "")
    row = books.row(asked)
    assert row.settled_at is not None
    assert row.result["refused"] == "not_allowed"
    assert row.result["detail"]["zh"] == "没有权限"
    assert books.effects() == []
    notices = table(Notice)
    with database.read() as connection:
        (told,) = connection.execute(select(notices)).all()
    assert (told.role, told.cause) == ("officer", f"outbox:{asked}:refused")
    assert "没有权限" in told.body_zh
    assert "Not allowed" in told.body_en


def test_a_conflict_is_tried_again_and_settled_with_the_refusal_where_it_stays(
    service: Service, books: Books, clock: FixedClock
) -> None:
    asked = books.ask(then="conflict")
    outcomes = []
    for _ in range(4):
        (leased,) = lease(service)
        outcomes.append(perform(service, asked, leased.attempt)[0])
        clock.move_by(timedelta(hours=1))
    assert outcomes == [Outcome.FAILED, Outcome.FAILED, Outcome.FAILED, Outcome.REFUSED]
    assert lease(service) == []


def test_the_administrator_is_told_once_of_a_row_that_keeps_failing(
    service: Service, books: Books, clock: FixedClock, database: Database
) -> None:
    asked = books.ask("test.unknown")
    for _ in range(8):
        (leased,) = lease(service)
        assert perform(service, asked, leased.attempt)[0] is Outcome.FAILED
        clock.move_by(timedelta(hours=1))
    assert "no task 'test.unknown'" in books.row(asked).last_error
    notices = table(Notice)
    with database.read() as connection:
        assert connection.execute(select(notices.c.role)).scalars().all() == ["administrator"]


def test_rows_given_back_are_due_at_once_and_a_lease_can_be_held(
    service: Service, books: Books, clock: FixedClock
) -> None:
    asked, held = books.ask(), books.ask()
    leased = [(row.outbox_id, row.attempt) for row in lease(service)]
    outbox.release(service.database, leased[:1])
    clock.move_by(outbox.LEASE / 2)
    outbox.renew(service.database, leased, now=clock.now())
    outbox.release(service.database, [(asked, 1)])
    clock.move_by(outbox.LEASE / 2)
    assert [(row.outbox_id, row.attempt) for row in lease(service, "two")] == [(asked, 2)]
    outbox.renew(service.database, leased, now=clock.now() + timedelta(hours=2))
    assert books.row(asked).lease_until == clock.now() + outbox.LEASE * 2  # the second attempt's, untouched
    assert books.row(held).settled_at is None


def test_rows_that_prefect_did_not_take_are_due_at_once_and_the_attempt_is_not_counted(
    service: Service, books: Books
) -> None:
    asked, failed = books.ask(), books.ask(fails_before=True)
    for _ in range(20):
        leased = [(row.outbox_id, row.attempt) for row in lease(service)]
        assert leased == [(asked, 1), (failed, 1)]
        outbox.put_back(service.database, leased)
    leased = [(row.outbox_id, row.attempt) for row in lease(service)]
    perform(service, failed, 1)
    outbox.put_back(service.database, leased)
    assert [(row.outbox_id, row.attempt) for row in lease(service)] == [(asked, 1)]
    assert books.row(failed).attempt == 1  # it was begun, and failed: that counts


def test_what_waits_is_counted_with_the_moment_since_when(service: Service, books: Books, clock: FixedClock) -> None:
    since = clock.now()
    first = books.ask()
    clock.move_by(timedelta(minutes=3))
    books.ask()
    lease(service)
    with service.database.read() as connection:
        assert outbox.waiting(connection, clock.now()) == outbox.Waiting(2, since)
    perform(service, first, 1)
    with service.database.read() as connection:
        assert outbox.waiting(connection, clock.now()).rows == 1

"""Signing in: one refusal for all causes, the lock, idle and absolute ends, and what a request costs."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from incubator.clock import FixedClock
from incubator.database import Database
from incubator.engine.roles import Actor, Role
from incubator.engine.streams import verify
from incubator.models.base import table
from incubator.models.events import Event
from incubator.models.streets import SignInSession
from incubator.services import passwords
from incubator.services.accounts import set_disabled, unlock
from incubator.services.sign_in import NewSession, SignedIn, SignInRefused, authenticate, sign_in, sign_out, touch
from tests.factories import PASSWORD, StreetWorld, make_street, make_user


@pytest.fixture
def street(database: Database) -> StreetWorld:
    return make_street(database)


@pytest.fixture
def officer(database: Database, street: StreetWorld, clock: FixedClock) -> Actor:
    return make_user(database, street, Role.OFFICER, clock.now())


def enter(database: Database, now: datetime, password: str = PASSWORD, username: str = "officer") -> NewSession:
    return sign_in(database, username=username, password=password, now=now)


def fail(database: Database, now: datetime, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(SignInRefused):
            enter(database, now, "Wrong-password-1")


def who(database: Database, token: str, now: datetime) -> SignedIn | None:
    with database.read() as connection:
        return authenticate(connection, token, now)


def kinds(database: Database, account_id: int) -> list[str]:
    events = table(Event)
    with database.read() as connection:
        assert verify(connection, "access", account_id) == []
        own = events.c.stream == "access", events.c.subject_id == account_id
        return list(connection.scalars(select(events.c.type).where(*own).order_by(events.c.seq)))


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def test_a_session_tells_who_asks_in_one_statement(database: Database, officer: Actor, clock: FixedClock) -> None:
    session = enter(database, clock.now(), username=" OFFICER ")
    with statements(database) as seen:
        signed_in = who(database, session.token, clock.now())
    assert len([statement for statement in seen if statement != "BEGIN"]) == 1
    assert signed_in is not None
    assert signed_in.actor == officer
    assert (signed_in.csrf_token, signed_in.language) == (session.csrf_token, "zh")
    assert (signed_in.account.username, signed_in.scopes) == ("officer", None)


def test_the_database_keeps_no_secret_of_a_session(database: Database, officer: Actor, clock: FixedClock) -> None:
    session = enter(database, clock.now())
    with database.read() as connection:
        row = connection.execute(select(table(SignInSession))).one()
    assert session.token not in [str(value) for value in row]
    assert len(session.token) >= 43  # 256 bits


def test_unknown_wrong_locked_and_closed_are_refused_alike(
    database: Database, street: StreetWorld, officer: Actor, clock: FixedClock
) -> None:
    closed = make_user(database, street, Role.FINANCE, clock.now())
    administrator = make_user(database, street, Role.ADMINISTRATOR, clock.now())
    database.write(
        lambda c: set_disabled(c, account_id=closed.account_id, disabled=True, actor=administrator, now=clock.now())
    )
    fail(database, clock.now(), 5)
    said = set()
    for username, password in (
        ("nobody", PASSWORD),
        ("manager", PASSWORD),
        ("administrator", "Wrong-password-1"),
        ("officer", PASSWORD),
        ("finance", PASSWORD),
    ):
        with pytest.raises(SignInRefused) as refusal:
            enter(database, clock.now(), password, username)
        said.add((refusal.value.detail, refusal.value.status, refusal.value.code, str(refusal.value.extra)))
    assert len(said) == 1


def test_an_unknown_username_costs_a_hash_as_a_known_one_does(
    database: Database, officer: Actor, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, worked = passwords._HASHER.verify, []

    def counted(password: str, hashed: str) -> bool:
        worked.append(hashed.split("$")[3])
        return real(password, hashed)

    monkeypatch.setattr(passwords._HASHER, "verify", counted)
    for username in ("officer", "nobody"):
        with pytest.raises(SignInRefused):
            enter(database, clock.now(), "Wrong-password-1", username)
    assert len(worked) == 2
    assert len(set(worked)) == 1  # the same memory, passes and lanes


def test_five_failures_lock_for_thirty_minutes(database: Database, officer: Actor, clock: FixedClock) -> None:
    fail(database, clock.now(), 5)
    with pytest.raises(SignInRefused):
        enter(database, clock.now() + timedelta(minutes=29, seconds=59))
    assert kinds(database, officer.account_id) == ["account.added", *["access.sign_in_failed"] * 5, "access.locked"]
    assert enter(database, clock.now() + timedelta(minutes=30)).token
    assert kinds(database, officer.account_id)[-1] == "access.signed_in"


def test_a_lock_that_has_run_out_starts_the_count_anew(database: Database, officer: Actor, clock: FixedClock) -> None:
    fail(database, clock.now(), 5)
    clock.move_by(timedelta(minutes=31))
    fail(database, clock.now(), 4)
    assert enter(database, clock.now()).token


def test_a_success_forgets_the_failures_before_it(database: Database, officer: Actor, clock: FixedClock) -> None:
    for _ in range(2):
        fail(database, clock.now(), 4)
        assert enter(database, clock.now()).token


def test_guesses_made_at_once_are_counted_one_by_one(database: Database, officer: Actor, clock: FixedClock) -> None:
    def guess(_: int) -> bool:
        try:
            enter(database, clock.now(), "Wrong-password-1")
        except SignInRefused:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert not any(pool.map(guess, range(8)))
    assert kinds(database, officer.account_id).count("access.sign_in_failed") == 5
    with pytest.raises(SignInRefused):
        enter(database, clock.now())


def test_an_administrator_lifts_a_lock(
    database: Database, street: StreetWorld, officer: Actor, clock: FixedClock
) -> None:
    administrator = make_user(database, street, Role.ADMINISTRATOR, clock.now())
    fail(database, clock.now(), 5)
    database.write(lambda c: unlock(c, account_id=officer.account_id, actor=administrator, now=clock.now()))
    assert enter(database, clock.now()).token


def test_an_idle_session_ends_and_one_in_use_goes_on(database: Database, officer: Actor, clock: FixedClock) -> None:
    start = clock.now()
    idle, used = enter(database, start), enter(database, start)
    for minute in (20, 40, 60):
        now = start + timedelta(minutes=minute)
        signed_in = who(database, used.token, now)
        assert signed_in is not None
        assert signed_in.is_seen_again(now)
        database.write(lambda c, s=signed_in, at=now: touch(c, s, at))
    assert who(database, idle.token, start + timedelta(minutes=29)) is not None
    assert who(database, idle.token, start + timedelta(minutes=30)) is None


def test_being_seen_is_written_once_a_minute(database: Database, officer: Actor, clock: FixedClock) -> None:
    session = enter(database, clock.now())
    signed_in = who(database, session.token, clock.now())
    assert signed_in is not None
    assert not signed_in.is_seen_again(clock.now() + timedelta(seconds=59))
    assert signed_in.is_seen_again(clock.now() + timedelta(seconds=60))


def test_no_session_outlives_twelve_hours(database: Database, officer: Actor, clock: FixedClock) -> None:
    start = clock.now()
    session = enter(database, start)
    for minute in range(20, 12 * 60, 20):
        now = start + timedelta(minutes=minute)
        signed_in = who(database, session.token, now)
        assert signed_in is not None
        database.write(lambda c, s=signed_in, at=now: touch(c, s, at))
    assert who(database, session.token, start + timedelta(hours=12)) is None


def test_signing_out_ends_the_session_and_is_recorded_once(
    database: Database, officer: Actor, clock: FixedClock
) -> None:
    session, other = enter(database, clock.now()), enter(database, clock.now())
    for _ in range(2):
        database.write(lambda c: sign_out(c, session.token, clock.now()))
    assert who(database, session.token, clock.now()) is None
    assert who(database, other.token, clock.now()) is not None
    assert kinds(database, officer.account_id).count("access.signed_out") == 1


def test_a_role_that_ends_is_gone_from_the_next_request(
    database: Database, street: StreetWorld, clock: FixedClock
) -> None:
    make_user(database, street, Role.FINANCE, clock.now(), until=clock.now().date())
    evening = clock.now() + timedelta(hours=14, minutes=50)  # ten to midnight in Shanghai
    session = enter(database, evening, username="finance")
    before = who(database, session.token, evening)
    after = who(database, session.token, evening + timedelta(minutes=11))
    assert before is not None
    assert after is not None
    assert (len(before.actor.grants), after.actor.grants) == (1, ())

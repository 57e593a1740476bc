"""API tokens: shown once, kept as a hash, limited to scopes, expiring, revocable."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from incubator.clock import FixedClock
from incubator.database import Database
from incubator.engine.roles import Actor, Role
from incubator.engine.streams import verify
from incubator.errors import Invalid, NotAllowed, NotFound
from incubator.models.base import table
from incubator.models.events import Event
from incubator.models.streets import ApiToken
from incubator.scopes import Scope
from incubator.services.accounts import set_disabled
from incubator.services.sign_in import SignedIn
from incubator.services.tokens import NewToken, authenticate_token, create_token, revoke_token, tokens_of
from tests.factories import StreetWorld, make_street, make_user


@pytest.fixture
def street(database: Database) -> StreetWorld:
    return make_street(database)


@pytest.fixture
def officer(database: Database, street: StreetWorld, clock: FixedClock) -> Actor:
    return make_user(database, street, Role.OFFICER, clock.now())


@pytest.fixture
def administrator(database: Database, street: StreetWorld, clock: FixedClock) -> Actor:
    return make_user(database, street, Role.ADMINISTRATOR, clock.now())


def make(database: Database, actor: Actor, clock: FixedClock, *scopes: str) -> NewToken:
    return database.write(lambda c: create_token(c, actor=actor, name="报表", scopes=scopes, now=clock.now()))


def who(database: Database, token: str, clock: FixedClock) -> SignedIn | None:
    with database.read() as connection:
        return authenticate_token(connection, token, clock.now())


def test_a_token_acts_for_its_account_within_its_scopes(database: Database, officer: Actor, clock: FixedClock) -> None:
    signed_in = who(database, make(database, officer, clock, "cases:write").token, clock)
    assert signed_in is not None
    assert signed_in.actor == officer
    assert {scope: signed_in.reaches(scope) for scope in Scope} == {
        Scope.READ: True,
        Scope.CASES_WRITE: True,
        Scope.IMPORT: False,
        Scope.ADMIN: False,
    }


def test_the_token_itself_is_not_kept(database: Database, officer: Actor, clock: FixedClock) -> None:
    made = make(database, officer, clock, "read")
    with database.read() as connection:
        row = connection.execute(select(table(ApiToken))).one()
        bodies = connection.scalars(select(table(Event).c.body)).all()
        listed = tokens_of(connection, officer.account_id)
    assert made.token not in [str(value) for value in row]
    assert not any(made.token in body for body in bodies)
    assert [(token.public_id, token.name, token.scopes) for token in listed] == [
        (made.public_id, "报表", (Scope.READ,))
    ]


def test_a_token_expires(database: Database, officer: Actor, clock: FixedClock) -> None:
    made = make(database, officer, clock, "read")
    clock.move_to(made.expires_at - timedelta(seconds=1))
    assert who(database, made.token, clock) is not None
    clock.move_to(made.expires_at)
    assert who(database, made.token, clock) is None


def test_a_revoked_token_is_dead_at_once_and_revoking_again_changes_nothing(
    database: Database, officer: Actor, clock: FixedClock
) -> None:
    made, kept = make(database, officer, clock, "read"), make(database, officer, clock, "read")
    for _ in range(2):
        database.write(lambda c: revoke_token(c, token_public_id=made.public_id, actor=officer, now=clock.now()))
    assert who(database, made.token, clock) is None
    assert who(database, kept.token, clock) is not None
    events = table(Event)
    with database.read() as connection:
        own = events.c.stream == "access", events.c.subject_id == officer.account_id
        kinds = connection.scalars(select(events.c.type).where(*own).order_by(events.c.seq)).all()
        assert kinds == ["account.added", "access.token_made", "access.token_made", "access.token_revoked"]
        assert verify(connection, "access", officer.account_id) == []


def test_a_token_is_revoked_by_its_owner_or_an_administrator_of_the_street(
    database: Database, street: StreetWorld, officer: Actor, administrator: Actor, clock: FixedClock
) -> None:
    other = make_street(database, code="110000002")
    stranger = make_user(database, other, Role.ADMINISTRATOR, clock.now(), username="other.admin")
    manager = make_user(database, street, Role.MANAGER, clock.now())
    made = make(database, officer, clock, "read")
    for actor in (stranger, manager):
        with pytest.raises(NotFound):
            database.write(lambda c, a=actor: revoke_token(c, token_public_id=made.public_id, actor=a, now=clock.now()))
    database.write(lambda c: revoke_token(c, token_public_id=made.public_id, actor=administrator, now=clock.now()))
    assert who(database, made.token, clock) is None


def test_a_closed_account_silences_its_tokens(
    database: Database, officer: Actor, administrator: Actor, clock: FixedClock
) -> None:
    made = make(database, officer, clock, "read")
    database.write(
        lambda c: set_disabled(c, account_id=officer.account_id, disabled=True, actor=administrator, now=clock.now())
    )
    assert who(database, made.token, clock) is None


def test_the_admin_scope_is_for_administrators(
    database: Database, officer: Actor, administrator: Actor, clock: FixedClock
) -> None:
    with pytest.raises(NotAllowed):
        make(database, officer, clock, "read", "admin")
    assert make(database, administrator, clock, "admin").token


def test_a_token_that_cannot_be_made_says_what_to_mend(database: Database, officer: Actor, clock: FixedClock) -> None:
    for scopes, name, life, field in (
        ((), "报表", 1, "scopes"),
        (("everything",), "报表", 1, "scopes"),
        (("read",), " ", 1, "name"),
        (("read",), "报表", 0, "expires_at"),
        (("read",), "报表", 400, "expires_at"),
    ):
        with pytest.raises(Invalid) as refusal:
            database.write(
                lambda c, s=scopes, n=name, d=life: create_token(
                    c, actor=officer, name=n, scopes=s, now=clock.now(), expires_at=clock.now() + timedelta(days=d)
                )
            )
        assert list(refusal.value.fields) == [field]
    with pytest.raises(NotAllowed):
        make(database, replace(officer, account_id=0), clock, "read")

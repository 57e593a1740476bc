"""Accounts: who makes them, what a username and a password must be, closing and opening."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from incubator.clock import FixedClock
from incubator.database import Database
from incubator.engine.roles import Role
from incubator.engine.streams import verify
from incubator.errors import Conflict, Invalid, NotAllowed, NotFound
from incubator.models.base import table
from incubator.models.events import Event
from incubator.models.streets import Account, Person
from incubator.services.accounts import add_user, console, create_account, set_disabled, set_language, set_password
from incubator.services.passwords import check_password_rules, fits
from incubator.services.people import RoleInArea
from incubator.services.sign_in import SignInRefused, authenticate, sign_in
from tests.factories import PASSWORD, StreetWorld, make_street, make_user, usual_hash


@pytest.fixture
def street(database: Database) -> StreetWorld:
    return make_street(database)


@pytest.mark.parametrize("password", ["Ab1-Ab1-A", "abcdefghij1", "ABCDEFGHIJ-", "Zhang.San-2026", "Aa1" + "x" * 200])
def test_a_password_that_breaks_a_rule_is_refused_in_both_languages(password: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check_password_rules(password, "zhang.san")
    assert all(problem.zh and problem.en for problem in refusal.value.fields["password"])


@pytest.mark.parametrize("password", ["abcdefgh1-", "Abcdefghi1", "和谐社区Abc12345", "ABCDEF-123"])
def test_ten_characters_of_three_classes_are_enough(password: str) -> None:
    check_password_rules(password, "zhang.san")


def test_a_password_typed_in_full_width_is_the_same_password() -> None:
    assert fits("Ｒiverside-2026", usual_hash())
    assert not fits(PASSWORD.lower(), usual_hash())
    assert not fits(PASSWORD, None)


def test_one_person_may_have_two_accounts(database: Database, street: StreetWorld, clock: FixedClock) -> None:
    officer = make_user(database, street, Role.OFFICER, clock.now())
    administrator = make_user(database, street, Role.ADMINISTRATOR, clock.now())
    second = database.write(
        lambda c: create_account(
            c,
            person_id=officer.person_id,
            username=" Second.Desk ",
            password=PASSWORD,
            actor=administrator,
            now=clock.now(),
        )
    )
    assert second.person_id == officer.person_id
    persons = set()
    for username in ("officer", "second.desk"):
        session = sign_in(database, username=username, password=PASSWORD, now=clock.now())
        with database.read() as connection:
            signed_in = authenticate(connection, session.token, clock.now())
        assert signed_in is not None
        persons.add((signed_in.actor.person_id, signed_in.actor.grants))
    assert persons == {(officer.person_id, officer.grants)}


def test_users_are_added_by_administrators_alone(database: Database, street: StreetWorld, clock: FixedClock) -> None:
    officer = make_user(database, street, Role.OFFICER, clock.now())
    with pytest.raises(NotAllowed):
        database.write(
            lambda c: add_user(
                c,
                street_id=street.street_id,
                username="someone",
                password=PASSWORD,
                name="某人",
                roles=[RoleInArea(Role.OFFICER)],
                actor=officer,
                now=clock.now(),
            )
        )


@pytest.mark.parametrize(
    ("username", "password", "name", "error"),
    [
        ("officer", PASSWORD, "某人", Conflict),
        ("OFFICER", PASSWORD, "某人", Conflict),
        ("张三", PASSWORD, "某人", Invalid),
        ("x", PASSWORD, "某人", Invalid),
        ("someone", "short", "某人", Invalid),
        ("someone", PASSWORD, "  ", Invalid),
    ],
)
def test_a_user_who_cannot_be_added_leaves_nothing_behind(
    database: Database,
    street: StreetWorld,
    clock: FixedClock,
    username: str,
    password: str,
    name: str,
    error: type[Exception],
) -> None:
    make_user(database, street, Role.OFFICER, clock.now())
    with pytest.raises(error):
        database.write(
            lambda c: add_user(
                c,
                street_id=street.street_id,
                username=username,
                password=password,
                name=name,
                roles=[RoleInArea(Role.OFFICER)],
                actor=console(street.street_id),
                now=clock.now(),
            )
        )
    with database.read() as connection:
        counts = [len(connection.scalars(select(table(model).c.id)).all()) for model in (Person, Account)]
    assert counts == [1, 1]


def test_a_closed_account_cannot_sign_in_until_it_is_opened(
    database: Database, street: StreetWorld, clock: FixedClock
) -> None:
    officer = make_user(database, street, Role.OFFICER, clock.now())
    administrator = make_user(database, street, Role.ADMINISTRATOR, clock.now())
    session = sign_in(database, username="officer", password=PASSWORD, now=clock.now())

    def close(disabled: bool) -> None:
        database.write(
            lambda c: set_disabled(
                c, account_id=officer.account_id, disabled=disabled, actor=administrator, now=clock.now()
            )
        )

    close(True)
    with database.read() as connection:
        assert authenticate(connection, session.token, clock.now()) is None
    with pytest.raises(SignInRefused):
        sign_in(database, username="officer", password=PASSWORD, now=clock.now())
    close(False)
    assert sign_in(database, username="officer", password=PASSWORD, now=clock.now()).token


def test_a_new_password_ends_sessions_and_lifts_the_lock(
    database: Database, street: StreetWorld, clock: FixedClock
) -> None:
    officer = make_user(database, street, Role.OFFICER, clock.now())
    manager = make_user(database, street, Role.MANAGER, clock.now())
    session = sign_in(database, username="officer", password=PASSWORD, now=clock.now())
    for _ in range(5):
        with pytest.raises(SignInRefused):
            sign_in(database, username="officer", password="wrong", now=clock.now())
    new = {"account_id": officer.account_id, "password": "Lakeside-2027"}
    with pytest.raises(NotAllowed):
        database.write(lambda c: set_password(c, **new, actor=manager, now=clock.now()))
    database.write(lambda c: set_password(c, **new, actor=officer, now=clock.now()))
    with database.read() as connection:
        assert authenticate(connection, session.token, clock.now()) is None
    assert sign_in(database, username="officer", password="Lakeside-2027", now=clock.now()).token
    with pytest.raises(SignInRefused):
        sign_in(database, username="officer", password=PASSWORD, now=clock.now())


def test_the_owner_alone_chooses_the_language(database: Database, street: StreetWorld, clock: FixedClock) -> None:
    officer = make_user(database, street, Role.OFFICER, clock.now())
    manager = make_user(database, street, Role.MANAGER, clock.now())
    choice = {"account_id": officer.account_id, "now": clock.now()}
    with pytest.raises(NotFound):
        database.write(lambda c: set_language(c, **choice, language="en", actor=manager))
    with pytest.raises(Invalid):
        database.write(lambda c: set_language(c, **choice, language="fr", actor=officer))
    database.write(lambda c: set_language(c, **choice, language="en", actor=officer))
    session = sign_in(database, username="officer", password=PASSWORD, now=clock.now())
    with database.read() as connection:
        signed_in = authenticate(connection, session.token, clock.now())
        assert signed_in is not None
        assert signed_in.language == "en"
        events = table(Event)
        own = events.c.stream == "access", events.c.subject_id == officer.account_id
        kinds = connection.scalars(select(events.c.type).where(*own).order_by(events.c.seq)).all()
        assert kinds == ["account.added", "account.language_chosen", "access.signed_in"]
        assert verify(connection, "access", officer.account_id) == []

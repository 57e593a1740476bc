"""Personal values: sealed at rest, masked by default, revealed for a recorded reason, found, erased."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from incubator.clock import FixedClock
from incubator.database import Database
from incubator.engine.roles import Actor, Role, automation
from incubator.engine.streams import verify
from incubator.errors import Invalid, NotAllowed, NotFound
from incubator.models.base import table
from incubator.models.events import Event, PersonalValue
from incubator.sealing import SealedWithAnotherKey, Sealer, configure_sealer, current_sealer
from incubator.services.personal import (
    Subject,
    erase,
    mask,
    mask_identity,
    mask_phone,
    masked_values,
    places_of,
    reveal,
    store_personal,
)
from tests.factories import StreetWorld, make_organization, make_street, make_user

PHONE, IDENTITY = "13800001234", "110101190001011234"


@pytest.fixture
def street(database: Database) -> StreetWorld:
    return make_street(database)


@pytest.fixture
def officer(database: Database, street: StreetWorld, clock: FixedClock) -> Actor:
    return make_user(database, street, Role.OFFICER, clock.now())


@pytest.fixture
def group(database: Database, street: StreetWorld, officer: Actor, clock: FixedClock) -> Subject:
    """An organization of the eastern community whose leader's telephone and identity number are stored."""
    subject = Subject("organization", make_organization(database, street, street.east, clock.now(), "合唱队"))
    store(database, clock, subject, officer, phone=PHONE, identity_number=IDENTITY)
    return subject


def store(database: Database, clock: FixedClock, subject: Subject, actor: Actor, **values: str) -> None:
    database.write(lambda c: store_personal(c, subject=subject, values=values, actor=actor, now=clock.now()))


def show(
    database: Database,
    clock: FixedClock,
    subject: Subject,
    actor: Actor,
    field: str = "phone",
    reason: str = "电话通知补正",
) -> str:
    return database.write(
        lambda c: reveal(c, subject=subject, field=field, reason=reason, actor=actor, now=clock.now())
    )


@given(st.text())
def test_what_is_sealed_opens_again_and_never_looks_the_same_twice(value: str) -> None:
    sealer = Sealer("a secret")
    assert sealer.open(sealer.seal(value)) == value
    assert sealer.seal(value) != sealer.seal(value)


def test_another_secret_opens_nothing_and_finds_nothing() -> None:
    one, other = Sealer("one secret"), Sealer("another secret")
    with pytest.raises(SealedWithAnotherKey) as refusal:
        other.open(one.seal(PHONE))
    assert "INCUBATOR_SECRET_KEY" in refusal.value.detail.zh
    assert one.search_hash(PHONE) != other.search_hash(PHONE)
    assert Sealer(" one secret\n").open(one.seal(PHONE)) == PHONE  # a key file may end with a newline


def test_an_altered_seal_is_noticed() -> None:
    sealed = Sealer("a secret").seal(PHONE)
    with pytest.raises(SealedWithAnotherKey):
        Sealer("a secret").open(sealed[:40] + ("A" if sealed[40] != "A" else "B") + sealed[41:])


@pytest.mark.parametrize("typed", ["138 0000 1234", "138-0000-1234", "１３８００００１２３４", "+86 138 0000 1234"])
def test_a_number_is_the_same_however_it_is_typed(typed: str) -> None:
    sealer = Sealer("a secret")
    assert sealer.search_hash(typed) == sealer.search_hash(PHONE)
    assert sealer.search_hash("11010119000101123x") == sealer.search_hash("11010119000101123X")
    assert sealer.search_hash("13800001235") != sealer.search_hash(PHONE)


def test_a_commitment_binds_to_value_and_salt() -> None:
    salt = Sealer.salt()
    assert Sealer.commitment(salt, PHONE) == Sealer.commitment(salt, PHONE)
    assert len({Sealer.commitment(salt, PHONE), Sealer.commitment(salt, IDENTITY), Sealer.commitment("", PHONE)}) == 3


def test_a_process_without_a_sealer_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("incubator.sealing._configured", None)
    with pytest.raises(RuntimeError, match="configure_sealer"):
        current_sealer()
    with pytest.raises(ValueError, match="INCUBATOR_SECRET_KEY"):
        configure_sealer("  ")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (PHONE, "138****1234"),
        ("138-0000-1234", "138****1234"),
        (IDENTITY, "110101********1234"),
        ("11010119000101123x", "110101********123X"),
        ("110101900101123", "110101*****1123"),
        ("62345678", "******78"),
        ("1234", "****"),
        ("", ""),
    ],
)
def test_values_are_masked_by_their_shape(value: str, shown: str) -> None:
    assert mask(value) == shown


def test_the_two_masks_are_those_of_the_rules() -> None:
    assert (mask_phone(PHONE), mask_identity(IDENTITY)) == ("138****1234", "110101********1234")


def test_the_value_is_nowhere_in_the_record_and_the_event_commits_to_it(
    database: Database, group: Subject, clock: FixedClock
) -> None:
    with database.read() as connection:
        bodies = connection.scalars(select(table(Event).c.body)).all()
        rows = connection.execute(select(table(PersonalValue))).all()
        event = table(Event)
        body = json.loads(connection.scalars(select(event.c.body).where(event.c.stream == "organization")).one())
        assert verify(connection, "organization", group.id) == []
        assert masked_values(connection, "organization", [group.id, 999]) == {
            group.id: {"phone": "138****1234", "identity_number": "110101********1234"},
            999: {},
        }
    assert not any(PHONE in text or IDENTITY in text for text in [*bodies, *(str(row) for row in rows)])
    assert {row.field: Sealer.commitment(row.salt, current_sealer().open(row.sealed)) for row in rows} == body[
        "personal"
    ]


def test_a_reveal_needs_a_reason_and_is_recorded(
    database: Database, officer: Actor, group: Subject, clock: FixedClock
) -> None:
    with pytest.raises(Invalid) as refusal:
        show(database, clock, group, officer, reason=" ")
    assert "reason" in refusal.value.fields
    assert show(database, clock, group, officer) == PHONE
    events = table(Event)
    with database.read() as connection:
        own = events.c.stream == "access", events.c.type == "access.personal_value_revealed"
        row = connection.execute(select(events).where(*own)).one()
        assert verify(connection, "access", officer.account_id) == []
    body = json.loads(row.body)
    assert (row.subject_id, row.actor_id, body["comment"]) == (officer.account_id, officer.person_id, "电话通知补正")
    assert body["change"] == {"stream": "organization", "subject": group.id, "field": "phone"}
    assert PHONE not in row.body


def test_who_may_not_see_a_value_gets_none_and_leaves_no_trace(
    database: Database, street: StreetWorld, group: Subject, clock: FixedClock
) -> None:
    now = clock.now()
    manager = make_user(database, street, Role.MANAGER, now)
    west = make_user(database, street, Role.COMMUNITY_WORKER, now, username="west", community_id=street.west)
    expert = make_user(database, street, Role.EXPERT, now)
    for actor, error in ((manager, NotAllowed), (west, NotFound), (expert, NotFound)):
        with pytest.raises(error):
            show(database, clock, group, actor)
    with pytest.raises((NotAllowed, NotFound)):
        show(database, clock, group, automation(street.street_id))
    with database.read() as connection:
        revealed = select(table(Event)).where(table(Event).c.type == "access.personal_value_revealed")
        assert connection.execute(revealed).all() == []
    east = make_user(database, street, Role.COMMUNITY_WORKER, now, username="east", community_id=street.east)
    assert show(database, clock, group, east) == PHONE


def test_the_latest_value_of_a_field_counts(
    database: Database, officer: Actor, group: Subject, clock: FixedClock
) -> None:
    clock.move_by(timedelta(days=1))
    store(database, clock, group, officer, phone="13900005678", identity_number="  ")
    assert show(database, clock, group, officer) == "13900005678"
    assert show(database, clock, group, officer, field="identity_number") == IDENTITY
    with pytest.raises(NotFound):
        show(database, clock, group, officer, field="address")


def test_nobody_stores_values_outside_the_own_area(
    database: Database, street: StreetWorld, group: Subject, clock: FixedClock
) -> None:
    west = make_user(database, street, Role.COMMUNITY_WORKER, clock.now(), community_id=street.west)
    with pytest.raises(NotFound):
        store(database, clock, group, west, phone="13900005678")


def test_the_same_number_is_found_within_the_street_alone(
    database: Database, street: StreetWorld, officer: Actor, group: Subject, clock: FixedClock
) -> None:
    twin = Subject("organization", make_organization(database, street, street.west, clock.now(), "舞蹈队"))
    store(database, clock, twin, officer, phone="138 0000 1234")
    other = make_street(database, code="110000002")
    with database.read() as connection:
        found = places_of(connection, street_id=street.street_id, value=PHONE)
        assert [(place.subject, place.field) for place in found] == [(group, "phone"), (twin, "phone")]
        assert places_of(connection, street_id=other.street_id, value=PHONE) == []


def test_an_erased_value_is_gone_and_the_chain_still_holds(
    database: Database, street: StreetWorld, officer: Actor, group: Subject, clock: FixedClock
) -> None:
    director = make_user(database, street, Role.DIRECTOR, clock.now())

    def wipe(actor: Actor, reason: str = "本人申请", fields: list[str] | None = None) -> int:
        return database.write(
            lambda c: erase(c, subject=group, reason=reason, actor=actor, now=clock.now(), fields=fields)
        )

    with pytest.raises(NotAllowed):
        wipe(officer)
    with pytest.raises(Invalid):
        wipe(director, " ")
    assert wipe(director, fields=["phone"]) == 1
    with pytest.raises(NotFound):
        show(database, clock, group, officer)
    assert show(database, clock, group, officer, field="identity_number") == IDENTITY
    assert (wipe(director), wipe(director)) == (1, 0)
    with database.read() as connection:
        rows = connection.execute(select(table(PersonalValue))).all()
        assert {(row.sealed, row.salt, row.search_hash) for row in rows} == {("", "", "")}
        assert all(row.erased_at == clock.now() for row in rows)
        assert places_of(connection, street_id=street.street_id, value=PHONE) == []
        assert masked_values(connection, "organization", [group.id]) == {group.id: {}}
        assert verify(connection, "organization", group.id) == []

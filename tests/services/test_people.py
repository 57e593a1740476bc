"""Streets, people, roles in areas, substitutes, and what each role sees."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import FromClause, select
from sqlmodel import SQLModel

from incubator.clock import FixedClock, today
from incubator.database import Database
from incubator.engine.roles import Actor, Grant, Role
from incubator.engine.streams import verify
from incubator.errors import Conflict, Invalid, NotAllowed, NotFound
from incubator.models.base import table
from incubator.models.cases import Case, PanelSeat, WorkItem
from incubator.models.events import Event
from incubator.models.organizations import Document, Filing, Organization, SurveyImport
from incubator.models.streets import Account, Community, Street
from incubator.queries.people import holders_of, names_of_people, users
from incubator.queries.substitutes import substitutes
from incubator.queries.visibility import Permission, may, require, visible_to
from incubator.services.accounts import console
from incubator.services.bootstrap import load_procedures
from incubator.services.people import RoleInArea, actor_of, create_person, grant_role, withdraw_role
from incubator.services.streets import communities_of, create_community, create_street, ensure_street
from incubator.services.substitutes import name_substitute, withdraw_substitute
from tests.factories import StreetWorld, make_case, make_organization, make_seat, make_street, make_user, make_work_item


@pytest.fixture
def street(database: Database) -> StreetWorld:
    return make_street(database)


def seen(database: Database, actor: Actor, model: type[SQLModel] | FromClause) -> set[int]:
    rows = model if isinstance(model, FromClause) else table(model)
    with database.read() as connection:
        return set(connection.scalars(select(rows.c.id).where(visible_to(actor, rows))))


def test_a_street_is_made_once_and_gains_the_communities_it_lacks(database: Database) -> None:
    first = database.write(lambda c: ensure_street(c, code="1", name="甲街道", communities=["东社区"]))
    again = database.write(lambda c: ensure_street(c, code=" 1", name="乙街道", communities=["东社区", " 西社区 "]))
    with database.read() as connection:
        assert (again, list(communities_of(connection, first))) == (first, ["东社区", "西社区"])
        assert connection.scalars(select(table(Street).c.name)).all() == ["甲街道"]


def test_a_code_or_a_community_name_in_use_is_refused(database: Database, street: StreetWorld) -> None:
    with pytest.raises(Conflict):
        database.write(lambda c: create_street(c, code="110000001", name="另一街道"))
    with pytest.raises(Conflict):
        database.write(lambda c: create_community(c, street_id=street.street_id, name="东社区"))
    with pytest.raises(Invalid) as refusal:
        database.write(lambda c: create_street(c, code="2", name=" "))
    assert "name" in refusal.value.fields


def test_a_role_holds_from_its_first_to_its_last_day(
    database: Database, street: StreetWorld, clock: FixedClock
) -> None:
    first, last = date(2026, 9, 21), date(2026, 9, 30)
    officer = make_user(database, street, Role.OFFICER, clock.now(), since=first, until=last)
    held = []
    for day in (18, 21, 30, 31):
        clock.move_to(clock.now().replace(day=1) + timedelta(days=day - 1))
        with database.read() as connection:
            held.append(bool(actor_of(connection, officer.person_id, clock.now()).grants))
    assert held == [False, True, True, False]


@pytest.mark.parametrize(
    ("role", "in_community"), [(Role.COMMUNITY_WORKER, False), (Role.OFFICER, True), (Role.AUTOMATION, False)]
)
def test_a_role_is_refused_over_an_area_that_does_not_suit_it(
    database: Database, street: StreetWorld, clock: FixedClock, role: Role, in_community: bool
) -> None:
    with pytest.raises(Invalid) as refusal:
        make_user(database, street, role, clock.now(), community_id=street.east if in_community else 0)
    assert "roles" in refusal.value.fields


def test_a_community_of_another_street_is_no_area_here(
    database: Database, street: StreetWorld, clock: FixedClock
) -> None:
    other = make_street(database, code="110000002")
    with pytest.raises(Invalid):
        make_user(database, street, Role.COMMUNITY_WORKER, clock.now(), community_id=other.east)
    with database.read() as connection:
        assert connection.scalars(select(table(Account).c.id)).all() == []


def test_only_an_administrator_gives_roles_and_never_to_oneself(
    database: Database, street: StreetWorld, clock: FixedClock
) -> None:
    administrator = make_user(database, street, Role.ADMINISTRATOR, clock.now())
    officer = make_user(database, street, Role.OFFICER, clock.now())
    director = RoleInArea(Role.DIRECTOR)
    for person, actor in ((officer, officer), (administrator, officer), (administrator, administrator)):
        with pytest.raises(NotAllowed):
            database.write(
                lambda c, p=person, a=actor: grant_role(
                    c, person_id=p.person_id, given=director, actor=a, now=clock.now()
                )
            )
    database.write(
        lambda c: grant_role(c, person_id=officer.person_id, given=director, actor=administrator, now=clock.now())
    )
    with database.read() as connection:
        roles = {grant.role for grant in actor_of(connection, officer.person_id, clock.now()).grants}
    assert roles == {Role.OFFICER, Role.DIRECTOR}


def test_an_administrator_of_one_street_is_none_in_another(
    database: Database, street: StreetWorld, clock: FixedClock
) -> None:
    other = make_street(database, code="110000002")
    administrator = make_user(database, street, Role.ADMINISTRATOR, clock.now())
    with pytest.raises(NotAllowed):
        database.write(
            lambda c: create_person(c, street_id=other.street_id, name="某人", actor=administrator, now=clock.now())
        )


def test_a_withdrawn_role_ends_at_once_and_both_are_on_the_record(
    database: Database, street: StreetWorld, clock: FixedClock
) -> None:
    officer = make_user(database, street, Role.OFFICER, clock.now())

    def end() -> None:
        database.write(
            lambda c: withdraw_role(
                c, person_id=officer.person_id, role=Role.OFFICER, actor=console(street.street_id), now=clock.now()
            )
        )

    end()
    events = table(Event)
    with database.read() as connection:
        assert actor_of(connection, officer.person_id, clock.now()).grants == ()
        kinds = connection.scalars(select(events.c.type).where(events.c.stream == "person").order_by(events.c.id)).all()
        assert kinds == ["person.added", "person.role_granted", "person.role_withdrawn"]
        assert verify(connection, "person", officer.person_id) == []
    with pytest.raises(NotFound):
        end()


def test_holders_of_a_role_are_those_of_the_area_on_the_day(
    database: Database, street: StreetWorld, clock: FixedClock
) -> None:
    east = make_user(
        database, street, Role.COMMUNITY_WORKER, clock.now(), username="worker.east", community_id=street.east
    )
    make_user(database, street, Role.COMMUNITY_WORKER, clock.now(), username="worker.west", community_id=street.west)
    day = today(clock.now())
    with database.read() as connection:
        found = holders_of(
            connection, street_id=street.street_id, role=Role.COMMUNITY_WORKER, day=day, community_id=street.east
        )
        assert [holder.id for holder in found] == [east.person_id]
        assert names_of_people(connection, [east.person_id, 0]) == {east.person_id: east.name}


def test_the_list_of_users_shows_accounts_to_whoever_sees_the_whole_street(
    database: Database, street: StreetWorld, clock: FixedClock
) -> None:
    administrator = make_user(database, street, Role.ADMINISTRATOR, clock.now())
    worker = make_user(database, street, Role.COMMUNITY_WORKER, clock.now(), community_id=street.east)
    make_user(database, make_street(database, code="110000002"), Role.OFFICER, clock.now())
    day = today(clock.now())
    with database.read() as connection:
        whole = {line.person.id: line for line in users(connection, administrator, day)}
        part = {line.person.id: line for line in users(connection, worker, day)}
    assert set(whole) == set(part) == {administrator.person_id, worker.person_id}
    assert [account.username for account in whole[worker.person_id].accounts] == ["community_worker"]
    assert whole[worker.person_id].grants == list(worker.grants)
    assert [line.accounts for line in part.values()] == [[], []]


def test_a_substitute_is_named_by_somebody_else_and_until_a_day(
    database: Database, street: StreetWorld, clock: FixedClock
) -> None:
    load_procedures(database, clock.now())
    director = make_user(database, street, Role.DIRECTOR, clock.now())
    officer = make_user(database, street, Role.OFFICER, clock.now())
    until = date(2026, 9, 30)

    def name(actor: Actor, person: Actor, day: date = until, role: Role = Role.DIRECTOR) -> None:
        database.write(
            lambda c: name_substitute(
                c,
                street_id=street.street_id,
                role=role,
                person_id=person.person_id,
                until=day,
                actor=actor,
                now=clock.now(),
            )
        )

    for actor, person in ((director, director), (officer, director), (console(street.street_id), officer)):
        with pytest.raises(NotAllowed):
            name(actor, person)
    with pytest.raises(Invalid):
        name(director, officer, date(2026, 9, 17))
    for role in (Role.EXPERT, Role.AUTOMATION):  # four eyes ask nothing of them
        with pytest.raises(Invalid):
            name(director, officer, role=role)
    name(director, officer, date(2026, 9, 20))
    name(director, officer)

    def standing_in(day: date) -> list[int]:
        with database.read() as connection:
            return [each.person.id for each in substitutes(connection, director, day)]

    assert (standing_in(until), standing_in(date(2026, 10, 1))) == ([officer.person_id], [])
    end = {"street_id": street.street_id, "role": Role.DIRECTOR, "person_id": officer.person_id, "actor": director}
    database.write(lambda c: withdraw_substitute(c, **end, now=clock.now()))
    assert standing_in(today(clock.now())) == []
    with pytest.raises(NotFound):
        database.write(lambda c: withdraw_substitute(c, **end, now=clock.now()))


def test_each_role_sees_its_area_and_experts_only_the_cases_they_sit_on(
    database: Database, street: StreetWorld, clock: FixedClock
) -> None:
    now = clock.now()
    other = make_street(database, code="110000002")
    groups = {
        place: make_organization(database, where, community, now, f"{place}合唱队")
        for place, where, community in (
            ("east", street, street.east),
            ("west", street, street.west),
            ("far", other, other.east),
        )
    }
    cases = {
        place: make_case(database, where, community, groups[place], now)
        for place, where, community in (
            ("east", street, street.east),
            ("west", street, street.west),
            ("far", other, other.east),
        )
    }
    officer = make_user(database, street, Role.OFFICER, now)
    worker = make_user(database, street, Role.COMMUNITY_WORKER, now, community_id=street.east)
    expert = make_user(database, street, Role.EXPERT, now)
    hub = make_user(database, street, Role.HUB_REPRESENTATIVE, now)
    make_seat(database, street, cases["west"], expert.person_id)
    make_seat(database, street, cases["east"], expert.person_id, state="conflicted")
    make_seat(database, street, cases["east"], officer.person_id)
    make_work_item(database, street, street.west, cases["west"], hub.person_id, now)
    both, east, west = {"east", "west"}, {"east"}, {"west"}
    for actor, places in ((officer, both), (worker, east), (expert, west), (hub, west)):
        assert seen(database, actor, Case) == {cases[place] for place in places}
        assert seen(database, actor, table(Case).alias("c")) == {cases[place] for place in places}
        assert seen(database, actor, Organization) == {groups[place] for place in places}
    assert seen(database, worker, Community) == {street.east}
    assert len(seen(database, worker, PanelSeat)) == 2
    assert len(seen(database, expert, PanelSeat)) == 1
    assert (len(seen(database, officer, WorkItem)), len(seen(database, hub, WorkItem))) == (1, 1)
    assert seen(database, expert, WorkItem) == seen(database, worker, WorkItem) == set()
    assert (
        seen(database, worker, SurveyImport) == seen(database, expert, Filing) == seen(database, hub, Document) == set()
    )
    assert seen(database, worker, Account) == set()
    nobody = replace(officer, grants=())
    assert seen(database, nobody, Case) == seen(database, nobody, Street) == set()


def test_several_roles_see_what_each_of_them_sees(database: Database, street: StreetWorld, clock: FixedClock) -> None:
    now = clock.now()
    east, west = (
        make_case(database, street, place, make_organization(database, street, place, now, f"{place}"), now)
        for place in (street.east, street.west)
    )
    worker = make_user(database, street, Role.COMMUNITY_WORKER, now, community_id=street.east)
    both = replace(worker, grants=(*worker.grants, Grant(Role.EXPERT, street.street_id)))
    assert seen(database, both, Case) == {east}
    make_seat(database, street, west, worker.person_id)
    assert (seen(database, both, Case), seen(database, worker, Case)) == ({east, west}, {east})


def test_events_are_seen_with_the_case_or_organization_they_tell_of(
    database: Database, street: StreetWorld, clock: FixedClock
) -> None:
    from incubator.engine.streams import Entry, append

    now = clock.now()
    worker = make_user(database, street, Role.COMMUNITY_WORKER, now, community_id=street.east)
    for place in (street.east, street.west):
        group = make_organization(database, street, place, now, f"{place}")
        case = make_case(database, street, place, group, now)
        for stream, subject in (("organization", group), ("case", case)):
            entry = Entry(stream, subject, street.street_id, f"{stream}.noted", console(street.street_id), {})
            database.write(lambda c, e=entry: append(c, e, now=now))
    events = table(Event)
    with database.read() as connection:
        rows = connection.execute(select(events.c.stream, events.c.subject_id).where(visible_to(worker, events))).all()
        own = connection.scalars(select(table(Case).c.id).where(table(Case).c.community_id == street.east)).one()
    assert sorted(stream for stream, _ in rows) == ["case", "organization"]
    assert ("case", own) in [tuple(row) for row in rows]


def test_what_a_role_may_do_is_bounded_by_its_area() -> None:
    worker = Actor(1, "x", 1, (Grant(Role.COMMUNITY_WORKER, 1, 5),))
    sees = Permission.SEE_PERSONAL_VALUES
    assert may(worker, sees)
    assert may(worker, sees, street_id=1, community_id=5)
    assert not may(worker, sees, street_id=1, community_id=6)
    assert not may(worker, sees, street_id=1)
    assert not may(worker, sees, street_id=2, community_id=5)
    expert = Actor(2, "y", 1, (Grant(Role.EXPERT, 1),))
    assert not any(may(expert, permission) for permission in Permission)
    with pytest.raises(NotAllowed) as refusal:
        require(expert, Permission.MANAGE_USERS)
    assert ("系统管理员" in refusal.value.detail.zh, "administrator" in refusal.value.detail.en) == (True, True)

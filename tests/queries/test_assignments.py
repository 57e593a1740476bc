"""Whose a step is: claimed, released, assigned; of two who claim at once one has it, and the case goes on meanwhile."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update

from incubator.database import Database
from incubator.engine.roles import Actor
from incubator.errors import Invalid, NotAllowed, NotFound
from incubator.models.automation import Notice, Outbox
from incubator.models.base import table
from incubator.models.events import Event
from incubator.models.streets import Person, RoleGrant
from incubator.queries.worklist import Filters, View, worklist
from incubator.services.assignments import NothingToClaim, SomebodyHasIt, assign, claim, release
from incubator.services.automation.notices import ASSIGNED
from tests.dying import in_threads
from tests.engine.deeds import Asked, told
from tests.engine.whole import assert_whole
from tests.procedures.world import OPINION, Centre

DAY = date(2026, 9, 18)


def somebody(centre: Centre, who: str) -> Actor:
    """A person of the centre as signing in would tell, with the public id."""
    people = table(Person)
    with centre.database.read() as connection:
        public_id = connection.scalars(
            select(people.c.public_id).where(people.c.id == centre.people[who].person_id)
        ).one()
    return replace(centre.people[who], public_id=public_id)


def do(centre: Centre, act: Callable[..., Any], case: str, by: str, **asked: Any) -> Any:
    actor = somebody(centre, by)
    return centre.database.write(
        lambda connection: act(connection, case=case, actor=actor, now=centre.clock.now(), **asked)
    )


def at_acceptance(centre: Centre) -> str:
    case = centre.submitted()
    centre.upload(case, "committee_opinion")
    centre.act(case, "give_opinion", "worker", OPINION)
    return case


def listed(centre: Centre, who: str, view: View, **filters: Any) -> list[tuple[str, str]]:
    with centre.database.read() as connection:
        page = worklist(connection, somebody(centre, who), Filters(view=view, **filters), day=DAY)
    return [(line.case_id, line.assignee_name) for line in page.items]


def test_what_one_claimed_is_seen_by_the_team_and_awaits_the_others_no_more(centre: Centre) -> None:
    case = at_acceptance(centre)
    version = centre.case(case).version
    with centre.database.read() as connection:
        name = connection.scalars(
            select(table(Person).c.name).where(table(Person).c.id == centre.people["officer"].person_id)
        ).one()
    assert do(centre, claim, case, "officer") == do(centre, claim, case, "officer")
    assert listed(centre, "officer", View.MINE) == [(case, name)]
    assert listed(centre, "other_officer", View.MINE) == listed(centre, "officer", View.UNASSIGNED) == []
    assert listed(centre, "other_officer", View.TEAM) == listed(centre, "director", View.ALL) == [(case, name)]
    officer = somebody(centre, "officer").public_id
    assert listed(centre, "other_officer", View.TEAM, assignee=officer) == [(case, name)]
    assert listed(centre, "director", View.ALL, assignee=somebody(centre, "worker").public_id) == []
    for refused, who in ((SomebodyHasIt, "other_officer"), (NotAllowed, "worker")):
        with pytest.raises(refused) as refusal:
            do(centre, claim, case, who)
    with pytest.raises(NotAllowed):
        do(centre, release, case, "worker")
    assert do(centre, release, case, "other_officer").person_id == 0  # an officer leads the work
    assert listed(centre, "other_officer", View.UNASSIGNED) == listed(centre, "officer", View.MINE) == [(case, "")]
    assert centre.case(case).version == version
    assert centre.events("case")[-2:] == ["case.claimed", "case.released"]
    with centre.database.read() as connection:
        body = json.loads(connection.scalars(select(table(Event).c.body).order_by(table(Event).c.id.desc())).first())
        assert_whole(connection, case)
    assert body["change"]["holder"]["before"] == {"person": officer, "name": name}
    assert refusal.value.detail.zh


def test_an_assigned_colleague_is_told_and_must_hold_the_role(centre: Centre) -> None:
    case = at_acceptance(centre)
    other, worker = somebody(centre, "other_officer"), somebody(centre, "worker")
    with pytest.raises(NotAllowed):
        do(centre, assign, case, "worker", person=other.public_id)
    with pytest.raises(Invalid):
        do(centre, assign, case, "director", person=worker.public_id)
    with pytest.raises(NotFound):
        do(centre, claim, "ab", "officer")
    assert do(centre, assign, case, "director", person=other.public_id, seen="").person_id == other.person_id
    with pytest.raises(SomebodyHasIt):
        do(centre, assign, case, "officer", person=somebody(centre, "officer").public_id, seen="")

    outbox = table(Outbox)
    with centre.database.read() as connection:
        row = connection.execute(select(outbox).where(outbox.c.task == ASSIGNED).order_by(outbox.c.id.desc())).first()
    assert row is not None
    centre.perform(row)
    with centre.database.read() as connection:
        assert other.person_id in connection.scalars(select(table(Notice).c.person_id)).all()
    centre.act(case, "accept", "officer", {"checklist": ["documents_read", "facts_match"]})  # claiming bars nobody
    assert listed(centre, "director", View.UNASSIGNED) == [(case, "")]  # the next step belongs to its role
    centre.act(case, "approve", "director")
    with pytest.raises(NothingToClaim):
        do(centre, claim, case, "director")


def test_what_somebody_has_who_left_is_not_lost(centre: Centre) -> None:
    case = at_acceptance(centre)
    do(centre, claim, case, "officer")
    grants = table(RoleGrant)
    centre.database.write(
        lambda connection: connection.execute(
            update(grants)
            .where(grants.c.person_id == centre.people["officer"].person_id)
            .values(until=date(2026, 9, 17))
        )
    )
    assert [found for found, _ in listed(centre, "other_officer", View.UNASSIGNED)] == [case]
    assert [found for found, _ in listed(centre, "other_officer", View.MINE)] == [case]
    assert do(centre, claim, case, "other_officer").person_id == centre.people["other_officer"].person_id


def claim_it(database: Database, *, actor: Asked, now: str, case: str) -> str:
    """One claim, as the web does it."""
    from datetime import datetime

    from tests.engine.deeds import _actor

    return database.write(
        lambda connection: claim(connection, case=case, actor=_actor(**actor), now=datetime.fromisoformat(now))
    ).name


def test_of_two_who_claim_at_once_one_has_it_and_the_other_is_told(centre: Centre, database_url: str) -> None:
    case = at_acceptance(centre)
    endings = in_threads(
        database_url,
        *((f"{__name__}:claim_it", {"case": case, **told(centre, who)}) for who in ("officer", "other_officer")),
    )
    assert sorted(ending.error for ending in endings) == ["", "SomebodyHasIt"]
    with centre.database.read() as connection:
        assert_whole(connection, case)

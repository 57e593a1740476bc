"""Drafts: kept sealed for one person, read by nobody else, forgotten in time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from incubator.clock import FixedClock
from incubator.database import Database
from incubator.engine.roles import Actor, Role, automation
from incubator.errors import Conflict, Invalid, NotAllowed, NotFound
from incubator.models.base import table
from incubator.models.cases import Case
from incubator.models.desk import Draft
from incubator.queries.drafts import KEPT_FOR, Drafted, drafts_of
from incubator.services.drafts import LARGEST, discard_drafts, keep_draft
from tests.factories import make_case, make_organization, make_street, make_user

WORDS = "王桂兰的电话是13800001234"


def test_a_draft_is_its_owner_s_alone_sealed_replaced_and_forgotten(database: Database, clock: FixedClock) -> None:
    street = make_street(database)
    officer = make_user(database, street, Role.OFFICER, clock.now())
    other = make_user(database, street, Role.OFFICER, clock.now(), username="other")
    west = make_user(database, street, Role.COMMUNITY_WORKER, clock.now(), username="west", community_id=street.west)
    group = make_organization(database, street, street.east, clock.now(), "合唱队")
    key = make_case(database, street, street.east, group, clock.now())
    cases, drafts = table(Case), table(Draft)
    with database.read() as connection:
        public_id = str(connection.scalar(select(cases.c.public_id).where(cases.c.id == key)))

    def keep(actor: Actor, words: str, action: str = "submit") -> None:
        database.write(
            lambda c: keep_draft(
                c, case_id=public_id, action=action, step="application", visit=1, values={"purpose": words},
                actor=actor, now=clock.now(),
            )
        )  # fmt: skip

    def read(actor: Actor) -> tuple[Drafted, ...]:
        with database.read() as connection:
            return drafts_of(connection, actor, key, clock.now())

    keep(officer, "先写一半")
    clock.move_by(timedelta(minutes=1))
    keep(officer, WORDS)
    keep(other, "别人的")
    assert read(officer) == (Drafted("submit", "application", 1, clock.now(), {"purpose": WORDS}),)
    with database.read() as connection:
        assert not any("13800001234" in str(row) or "王桂兰" in str(row) for row in connection.execute(select(drafts)))
    for actor, refusal in ((west, NotFound), (automation(street.street_id), NotAllowed)):
        with pytest.raises(refusal):
            keep(actor, "x")
    with pytest.raises(Invalid):
        keep(officer, "长" * LARGEST)
    keep(officer, "撤回", "withdraw")
    one = database.write(lambda c: discard_drafts(c, case_id=public_id, actor=officer, action="withdraw"))
    rest = database.write(lambda c: discard_drafts(c, case_id=public_id, actor=officer))
    assert (one, rest) == (1, 1)
    assert (read(officer), len(read(other))) == ((), 1)
    clock.move_by(KEPT_FOR)
    assert read(other) == ()
    keep(officer, WORDS)
    with database.read() as connection:
        assert connection.scalars(select(drafts.c.person_id)).all() == [officer.person_id]
    database.write(lambda c: c.execute(update(cases).where(cases.c.id == key).values(open=False)))
    with pytest.raises(Conflict):
        keep(officer, WORDS)

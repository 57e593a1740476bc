"""Who has a step that a case comes back to: whoever had it, but not somebody whom four eyes keep from deciding there."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from incubator.engine.roles import Absent, Actor, Role
from incubator.models.base import table
from incubator.models.cases import WorkItem
from incubator.models.events import Event
from tests.engine.whole import assert_whole
from tests.engine.world import World, to_decision


def give(world: World, actor: Actor) -> None:
    """Let the open step be this person's, as a claim does."""
    items = table(WorkItem)
    world.database.write(
        lambda connection: connection.execute(
            update(items).where(items.c.done_at.is_(None)).values(person_id=actor.person_id)
        )
    )


def holders(world: World) -> list[int]:
    return [item.person_id for item in world.rows(WorkItem, table(WorkItem).c.done_at.is_(None))]


@pytest.mark.parametrize("accepted_by", ["holder", "another"])
def test_a_step_comes_back_to_whoever_had_it_unless_that_one_may_not_decide(world: World, accepted_by: str) -> None:
    holder, another = world.person("holder", Role.OFFICER), world.person("another", Role.OFFICER)
    case = to_decision(world, world.people[accepted_by])
    assert holders(world) == [0]  # a first visit belongs to the role
    give(world, holder)
    world.do(case, "return", another)
    assert holders(world) == [0]
    world.do(case, "resubmit", another)
    assert holders(world) == [0 if accepted_by == "holder" else holder.person_id]
    with world.database.read() as connection:
        assert_whole(connection, case)


def test_a_deputy_acts_on_behalf_of_whoever_has_the_step_and_of_nobody_else(world: World) -> None:
    absent, acceptor = world.person("absent", Role.OFFICER), world.person("acceptor", Role.OFFICER)
    deputy = world.person("deputy", Role.OFFICER)
    looks_after = Actor(
        deputy.person_id, deputy.name, deputy.street_id, deputy.grants,
        deputy_for=(Absent(absent.person_id, absent.public_id, absent.name),),
    )  # fmt: skip
    case = to_decision(world, acceptor)
    world.do(case, "return", looks_after)  # nobody has it: the deputy's own act
    world.do(case, "resubmit", acceptor)
    give(world, absent)
    world.do(case, "return", looks_after)
    told: list[Any] = [row.body for row in world.rows(Event, table(Event).c.type == "case.return")]
    assert ['"on_behalf_of":"absent"' in body for body in told] == [False, True]

"""Steps of certain persons: who speaks for a hub finds the item in the own name and may act, others of the role may not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select

from incubator.engine.definition import Decision, Definition, Step, StepKind
from incubator.engine.refusals import ActionNotAllowed
from incubator.engine.roles import Role
from incubator.facts.registry import Asking, AsOf, CaseRef, Fact, provides
from incubator.facts.together import Question
from incubator.models.base import NOBODY, table
from incubator.models.cases import WorkItem
from incubator.models.streets import Person
from tests.engine.world import OFFICERS, World, build, words


@provides(Fact("tests.speakers", frozenset))
def speakers(cases: Sequence[CaseRef], as_of: AsOf) -> Asking:
    """Those of the street whose name says that they speak for the hub in question."""
    people = table(Person)
    rows = yield Question(select(people.c.id, people.c.street_id).where(people.c.name.like("本枢纽代表%")))
    return [{"tests.speakers": frozenset(r.id for r in rows if r.street_id == case.street_id)} for case in cases]


CONSENT = Definition(
    key="consent",
    title=words("consent"),
    stage="affiliation",
    start="request",
    opens_by=OFFICERS,
    number_series="CO",
    steps=(
        Step(
            key="request", kind=StepKind.HUMAN, title=words("request"), by=OFFICERS,
            decisions=(Decision(name="ask", title=words("ask"), to="consent"),),
        ),
        Step(
            key="consent", kind=StepKind.HUMAN, title=words("consent"), by=(Role.OFFICER, Role.HUB_REPRESENTATIVE),
            persons="tests.speakers",
            decisions=(Decision(name="agree", title=words("agree"), to="agreed"),),
        ),
        Step(key="agreed", kind=StepKind.END, title=words("agreed"), outcome="agreed"),
    ),
)  # fmt: skip


@pytest.fixture
def hubs(database: Any, clock: Any) -> World:
    """The street with the procedure, two who speak for the hub asked and one who speaks for another."""
    world = build(database, clock, definitions=[CONSENT])
    world.person("经办", Role.OFFICER)
    for name in ("本枢纽代表甲", "本枢纽代表乙", "他枢纽代表"):
        world.person(name, Role.HUB_REPRESENTATIVE)
    return world


def asked(world: World) -> str:
    case_id = world.open("consent", world.people["经办"])
    world.do(case_id, "ask", world.people["经办"])
    return case_id


def test_a_step_of_certain_persons_awaits_the_role_and_each_of_them_in_the_own_name(hubs: World) -> None:
    case_id = asked(hubs)
    items = table(WorkItem)
    waiting = hubs.rows(WorkItem, items.c.case_id == hubs.case(case_id).id, items.c.done_at.is_(None))
    own = {hubs.people[name].person_id for name in ("本枢纽代表甲", "本枢纽代表乙")}
    assert {(item.role, item.person_id) for item in waiting} == {
        ("officer", NOBODY), *(("hub_representative", person) for person in own),
    }  # fmt: skip
    hubs.do(case_id, "agree", hubs.people["本枢纽代表乙"])
    assert hubs.case(case_id).outcome == "agreed"
    assert hubs.rows(WorkItem, items.c.done_at.is_(None)) == []  # with one answer it awaits nobody any more


def test_who_speaks_for_another_hub_is_refused_in_plain_words_and_the_officer_may_act(hubs: World) -> None:
    case_id = asked(hubs)
    with pytest.raises(ActionNotAllowed) as refused:
        hubs.do(case_id, "agree", hubs.people["他枢纽代表"])
    (blocker,) = refused.value.blockers
    assert (blocker.code, blocker.kind) == ("not_asked", "who")
    assert blocker.message.zh == "本案未交由您所代表的组织办理"
    hubs.do(case_id, "agree", hubs.people["经办"])
    assert hubs.case(case_id).outcome == "agreed"

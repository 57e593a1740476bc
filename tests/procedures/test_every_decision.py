"""Every decision of every step, asked for by every role: allowed, or refused with reasons that say what to do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from incubator.clock import FixedClock, today
from incubator.database import Database
from incubator.engine.advance import Advanced, Request, advance
from incubator.engine.case import CaseView
from incubator.engine.choices import Choice, choices
from incubator.engine.definition import Definition, Step
from incubator.engine.eligibility import persons_barred
from incubator.engine.refusals import ActionNotAllowed, CaseHasMoved, UnknownAction
from incubator.engine.roles import Actor, Role
from incubator.errors import Invalid, Refused
from incubator.models.base import table
from incubator.models.events import Event
from incubator.procedures.catalogue import DEFINITIONS
from incubator.text import Text
from tests.procedures.tours import COMMENT, TOURS, WHO, Tour, setting_out
from tests.procedures.world import Centre, add_person

DEFINED = {definition.key: definition for definition in DEFINITIONS}
LETTERS = {
    Role.COMMUNITY_WORKER: "W", Role.OFFICER: "O", Role.DIRECTOR: "D", Role.EXPERT: "E", Role.FINANCE: "F",
    Role.HUB_REPRESENTATIVE: "H", Role.MANAGER: "M", Role.ADMINISTRATOR: "S", Role.AUTOMATION: "A",
}  # fmt: skip


@pytest.fixture(autouse=True)
def papers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Certificates go to a folder of the test's own."""
    monkeypatch.setenv("INCUBATOR_DATA_DIR", str(tmp_path))


@pytest.mark.parametrize("procedure", TOURS)
def test_every_action_is_open_to_its_roles_and_refused_to_all_others_with_reasons(
    procedure: str, database: Database, clock: FixedClock
) -> None:
    tour, visit = setting_out(procedure, database, clock)
    centre = tour.centre
    somebody = one_of_each_role(centre)
    may: dict[tuple[str, str], str] = {}
    allowed, four_eyes = set(), set()
    for case in places(centre, visit):
        seen = {role: buttons(centre, case, actor) for role, actor in somebody.items()}
        for decision in DEFINED[procedure].step(case.step).decisions:
            letters = ""
            for role, actor in somebody.items():
                button, outcome = seen[role][decision.name], ask(tour, case, decision.name, actor)
                agree(button, outcome)
                match codes(outcome, "who"):
                    case []:
                        letters += LETTERS[role]
                        emptied = ask(tour, case, decision.name, actor, data={}, comment="")
                        agree(button, emptied, filled_in=False)
                    case ["no_seat"] | ["not_asked"]:  # a person of this role may, once asked in by name
                        letters += LETTERS[role].lower()
                    case lacking:
                        assert lacking == ["role_lacking"]
                if button.allowed:
                    allowed.add((case.step, decision.name))
            assert may.setdefault((case.step, decision.name), letters) == letters
            if asked_in_by_name(DEFINED[procedure].step(case.step)):
                seats = (buttons(centre, case, actor)[decision.name] for actor in centre.people.values())
                allowed |= {(case.step, decision.name) for button in seats if button.allowed}
            for person in persons_barred(case, decision):
                outcome = ask(tour, case, decision.name, by_key(centre, person))
                assert codes(outcome, "who") == ["four_eyes"]
                four_eyes.add((case.step, decision.name))
    everything = [(step, decision) for step in DEFINED[procedure].steps for decision in step.decisions]
    assert written(DEFINED[procedure], may) == WHO[procedure].strip()
    assert allowed == {(step.key, decision.name) for step, decision in everything}
    assert four_eyes == {(step.key, decision.name) for step, decision in everything if decision.distinct_from}


# On one kind of database: the engine's own tests refuse the same on both.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("procedure", TOURS)
def test_whatever_the_step_an_unknown_action_a_stale_view_and_a_day_that_cannot_be_are_refused(
    procedure: str, database: Database, clock: FixedClock
) -> None:
    tour, visit = setting_out(procedure, database, clock)
    centre = tour.centre
    somebody = one_of_each_role(centre)
    definition = DEFINED[procedure]
    actions = {decision.name for step in definition.steps for decision in step.decisions} | {"fly"}
    for case in places(centre, visit):
        step, officer = definition.step(case.step), somebody[Role.OFFICER]
        for action in actions - step.by_name.keys():
            unknown = ask(tour, case, action, officer)
            assert isinstance(unknown, UnknownAction)
            assert unknown.extra["actions"] == list(step.by_name)
        stale = ask(tour, case, next(iter(step.by_name), "fly"), officer, expected_version=case.version - 1)
        assert isinstance(stale, CaseHasMoved)
        assert (stale.extra["moved_by"], stale.extra["step"]) == (last_mover(centre, case), case.step)
        assert stale.extra["moved_by"] in stale.detail.zh
        assert step.title.zh in stale.detail.zh
        day = today(centre.clock.now())
        for decision in step.decisions:
            role = next(iter(decision.by or step.by))
            future, past, before = (
                ask(
                    tour,
                    case,
                    decision.name,
                    somebody[role],
                    effective_on=day + timedelta(days=days),
                    comment=comment,
                )
                for days, comment in ((1, COMMENT), (-1, ""), (-1000, COMMENT))
            )
            assert "effective_on" in faults(future)
            assert "comment" in faults(past)
            assert "effective_on" in faults(before)


def asked_in_by_name(step: Step) -> bool:
    return step.panel is not None or bool(step.persons)


def one_of_each_role(centre: Centre) -> dict[Role, Actor]:
    """For every role somebody who holds it alone and takes no part in any case."""
    people = centre.database.write(
        lambda connection: {
            role: add_person(connection, centre.street_id, f"旁观的{role}", role)
            for role in Role
            if role is not Role.AUTOMATION
        }
    )
    return {**people, Role.AUTOMATION: centre.people["automation"]}


def places(centre: Centre, visit: Iterator[str]) -> Iterator[CaseView]:
    """The case wherever the tour rests; at the end of the tour every step was seen."""
    seen = set()
    for case_id in visit:
        case = centre.case(case_id)
        seen.add(case.step)
        yield case
    assert seen == DEFINED[case.procedure].by_key.keys()


def buttons(centre: Centre, case: CaseView, actor: Actor) -> dict[str, Choice]:
    """What the case's page shows to this person."""
    with centre.database.read() as connection:
        (shown,) = choices(connection, [case], actor, centre.clock.now())
    return {choice.decision.name: choice for choice in shown}


def ask(tour: Tour, case: CaseView, action: str, actor: Actor, **asked: Any) -> Advanced | Refused:
    """What advance says, in a transaction that is rolled back; the form is filled in fittingly unless `data` is given."""
    usual = {
        "data": tour.answer(case.procedure, case.step, action),
        "comment": COMMENT,
        "expected_version": case.version,
    }
    request = Request(case.public_id, action, actor, **{**usual, **asked})
    with tour.centre.database.read() as connection:
        try:
            return advance(connection, request, now=tour.centre.clock.now())
        except Refused as refused:
            return refused


def agree(button: Choice, outcome: Advanced | Refused, *, filled_in: bool = True) -> None:
    """The button and the deed say the same, and a refusal says everything that it must."""
    if isinstance(outcome, Advanced):
        assert button.allowed
        return
    assert isinstance(outcome, ActionNotAllowed | Invalid)
    blockers = outcome.blockers if isinstance(outcome, ActionNotAllowed) else ()
    assert blockers or outcome.fields
    assert set(button.blockers) <= set(blockers)
    assert not (filled_in and button.allowed)
    for blocker in blockers:
        assert all(complete(text) for text in (blocker.message, blocker.who, blocker.next))
    assert all(complete(text) for texts in outcome.fields.values() for text in texts)
    assert complete(outcome.detail)
    only_the_person = bool(blockers) and all(blocker.kind == "who" for blocker in blockers)
    assert outcome.status == (403 if only_the_person else 409 if blockers else 422)


def complete(text: Text) -> bool:
    return bool(text.zh.strip() and text.en.strip())


def codes(outcome: Advanced | Refused, kind: str) -> list[str]:
    blockers = outcome.blockers if isinstance(outcome, ActionNotAllowed) else ()
    return [blocker.code for blocker in blockers if blocker.kind == kind]


def faults(outcome: Advanced | Refused) -> dict[str, Any]:
    return dict(outcome.fields) if isinstance(outcome, ActionNotAllowed | Invalid) else {}


def by_key(centre: Centre, person_id: int) -> Actor:
    return next(actor for actor in centre.people.values() if actor.person_id == person_id)


def last_mover(centre: Centre, case: CaseView) -> str:
    events = table(Event)
    with centre.database.read() as connection:
        actor = connection.scalars(
            select(events.c.actor_id)
            .where(events.c.stream == "case", events.c.subject_id == case.id)
            .order_by(events.c.seq.desc())
        ).first()
    return by_key(centre, actor).name if actor else "系统"


def written(definition: Definition, may: dict[tuple[str, str], str]) -> str:
    """The table of who may do what, a line a step, as it stands above."""
    lines = [
        f"{step.key}: " + (", ".join(f"{name} {may[step.key, name]}" for name in step.by_name) or "nothing more")
        for step in definition.steps
    ]
    return "\n".join(lines)

"""A running case under another policy: limits, ladder, notice period, whose step it is, and what stands still."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

import pytest

from incubator.clock import FixedClock
from incubator.database import Database
from incubator.engine import library, streams
from incubator.engine.definition import Definition, Step, policy
from incubator.engine.loading import case_view
from incubator.engine.opening import open_case
from incubator.engine.policy import Policy
from incubator.engine.refusals import CaseHasMoved
from incubator.engine.repinning import CannotRepin, Repinning, carry_out, repinning
from incubator.engine.roles import Role
from incubator.models.base import NO_DATE, table
from incubator.models.cases import Case, Deadline, Timer, WorkItem
from tests.engine.world import ASSENT, World, build, known, pack, paths, to_decision

TWENTY = {"length": 20, "unit": "working_days", "starts_on": "accepted", "extension": {"times": 1, "length": 5}}


def under(world: World, case_id: str, content: dict[str, Any]) -> Repinning:
    """The case put under a policy of this content."""

    def work(connection: Any) -> Repinning:
        stored = library.store_policy(connection, content, world.now)
        case = case_view(connection, case_id, lock=True)
        assert case is not None
        planned = repinning(connection, case, world.now, policy=stored)
        carry_out(
            connection, planned, event="case.migrated", actor=world.people["director"], now=world.now, comment="tests"
        )
        return planned

    return world.database.write(work)


@pytest.fixture
def world(database: Database, clock: FixedClock) -> World:
    made = build(database, clock)
    made.person("director", Role.DIRECTOR)
    return made


def ladder(world: World) -> dict[str, tuple[date, bool]]:
    """The rungs of the current step: the day, and whether they wait."""
    return {row.level: (row.fires_on, row.fired_at is None) for row in world.rows(Timer, Timer.action == "remind")}  # type: ignore[arg-type]


def test_the_limit_of_a_running_step_is_counted_anew_with_all_that_hangs_on_it(world: World) -> None:
    officer = world.person("officer", Role.OFFICER)
    case_id = to_decision(world, officer)
    before = world.case(case_id)
    (proof,) = [row.proof for row in world.rows(Deadline)]
    rungs = [{"level": "reminder", "after_days": 3}, {"level": "second_reminder", "after_days": 6}]
    done = under(world, case_id, pack(assent__due=TWENTY, assent__ladder=rungs))

    case = world.case(case_id)
    assert (before.due_on, case.due_on) == (date(2026, 10, 9), date(2026, 10, 22))
    assert case.version == before.version + 1
    assert case.policy_hash == done.policy.hash != before.policy_hash
    (limit,) = world.rows(Deadline)
    assert (limit.state, limit.due_on, limit.proof["due_on"]) == ("running", case.due_on, "2026-10-22")
    assert {row.due_on for row in world.rows(WorkItem) if row.done_at is None} == {case.due_on}
    # The rung that the new ladder has not is taken off, and the one it adds stands.
    assert ladder(world) == {
        "reminder": (date(2026, 10, 25), True),
        "second_reminder": (date(2026, 10, 28), True),
        "escalation": (date(2026, 10, 19), False),
    }
    (moved,) = done.as_json()["limits"]
    assert (moved["due_before"], moved["due_after"], moved["proof_before"]) == ("2026-10-09", "2026-10-22", proof)
    with world.database.read() as connection:
        assert streams.verify(connection, "case", case.id) == []
    # Whoever still has the old page open is told; the case goes on under its new version.
    with pytest.raises(CaseHasMoved):
        world.do(case_id, "approve", world.people["director"], expected_version=before.version)
    under(world, case_id, pack())
    assert ladder(world)["escalation"] == (date(2026, 10, 19), True)
    world.do(case_id, "approve", world.people["director"])


def test_a_limit_that_does_not_run_under_the_new_policy_ends_and_begins_again_under_one_where_it_does(
    world: World,
) -> None:
    officer = world.person("officer", Role.OFFICER)
    case_id = to_decision(world, officer)
    under(world, case_id, pack(assent__due={**TWENTY, "starts_on": "served"}))
    assert world.case(case_id).due_on == NO_DATE
    assert [row.state for row in world.rows(Deadline)] == ["ended"]
    assert {row.due_on for row in world.rows(WorkItem) if row.done_at is None} == {NO_DATE}
    assert not any(waits for _, waits in ladder(world).values())

    under(world, case_id, pack(assent__due={**TWENTY, "unit": "calendar_days"}))
    assert world.case(case_id).due_on == date(2026, 10, 8)
    assert [row.state for row in world.rows(Deadline)] == ["running"]
    assert all(waits for _, waits in ladder(world).values())


def test_a_limit_that_stands_still_is_counted_under_the_new_policy_when_the_case_comes_back(world: World) -> None:
    officer = world.person("officer", Role.OFFICER)
    case_id = to_decision(world, officer)
    world.clock.move_to(world.now.replace(day=22))
    world.do(case_id, "return", officer)
    done = under(world, case_id, pack(assent__due=TWENTY, assent__correction_due={"length": 5, "unit": "working_days"}))
    states = {row.step: (row.state, row.due_on) for row in world.rows(Deadline)}
    assert states["decision"] == ("paused", date(2026, 10, 22))
    assert states["correction"] == ("running", date(2026, 9, 30))
    assert (done.due_on, world.case(case_id).due_on) == (date(2026, 9, 30), date(2026, 9, 30))
    world.clock.move_to(world.now.replace(day=24))
    world.do(case_id, "resubmit", officer)
    # 22, 23 and 24 September are not counted.
    assert world.case(case_id).due_on == date(2026, 10, 27)


def test_a_notice_period_that_runs_ends_when_the_new_policy_says(world: World) -> None:
    officer = world.person("officer", Role.OFFICER)
    case_id = to_decision(world, officer)
    world.do(case_id, "approve", world.people["director"])
    under(world, case_id, pack(assent__notice_lasts={"length": 3, "unit": "working_days"}))
    (elapses,) = world.rows(Timer, Timer.action == "elapse")  # type: ignore[arg-type]
    assert elapses.fires_on == date(2026, 9, 23)


def test_what_cannot_run_under_the_other_policy_says_why_and_stays_as_it_is(world: World) -> None:
    officer = world.person("officer", Role.OFFICER)
    case_id = to_decision(world, officer)
    silent = pack()
    del silent["values"]["assent"]["members"]
    with pytest.raises(CannotRepin) as refused:
        under(world, case_id, silent)
    assert refused.value.extra == {"paths": ["assent.members"]}
    world.do(case_id, "extend", world.people["director"], data={"length": 3}, comment="more")
    with pytest.raises(CannotRepin, match="unit"):
        under(world, case_id, pack(assent__due={**TWENTY, "unit": "calendar_days"}))
    under(world, case_id, pack(assent__due=TWENTY))
    assert world.case(case_id).due_on == date(2026, 10, 27)
    assert world.rows(Case)[0].policy_hash == Policy(pack(assent__due=TWENTY)).hash


def test_a_step_that_the_new_policy_gives_to_somebody_else_awaits_them(database: Database, clock: FixedClock) -> None:
    def given(step: Step) -> Step:
        return step.model_copy(update={"who": policy("assent.by")}) if step.key == "acceptance" else step

    content = pack()
    content["values"]["assent"]["by"] = {**content["values"]["assent"]["members"], "value": ["officer"]}
    handed = pack()
    handed["values"]["assent"]["by"] = {**content["values"]["assent"]["by"], "value": ["director"]}
    definition: Definition = ASSENT.model_copy(update={"steps": tuple(map(given, ASSENT.steps))})
    for name in ("by_key", "content", "hash"):
        definition.__dict__.pop(name, None)
    names = known(policy_paths=paths() | {"assent.by"})
    made = build(database, clock, content, definitions=())
    database.write(lambda connection: library.load_definitions(connection, [definition], names, clock.now()))
    officer, director = made.person("officer", Role.OFFICER), made.person("director", Role.DIRECTOR)
    case_id = made.open("assent", officer)
    made.document(case_id)
    made.do(case_id, "submit", officer, data={"members": 12})
    made.do(case_id, "pass")
    done = under(made, case_id, handed)
    assert done.as_json()["role"] == {"before": "officer", "after": "director"}
    assert [row.role for row in made.rows(WorkItem) if row.done_at is None] == ["director"]
    made.do(case_id, "accept", director, data={"checklist": ["seen"]})


def test_a_case_moved_again_and_again_stands_as_one_that_was_opened_under_the_last_version(world: World) -> None:
    chance = Random(4)
    officer = world.person("officer", Role.OFFICER)
    first, *others = world.organizations(7)

    def version() -> dict[str, Any]:
        rungs = chance.sample(["reminder", "second_reminder", "escalation"], chance.randint(0, 3))
        return pack(
            assent__correction_due={
                "length": chance.randint(1, 40),
                "unit": chance.choice(["working_days", "calendar_days", "months"]),
                "starts_on": chance.choice(["entered", "entered", "served"]),
            },
            assent__ladder=[{"level": level, "after_days": chance.randint(1, 20)} for level in rungs],
        )

    def standing(case_id: str) -> list[Any]:
        """What the case awaits and when, by what waits and runs."""
        case = world.case(case_id)
        limits = [
            (each.due_on, each.proof)
            for each in world.rows(Deadline, table(Deadline).c.case_id == case.id)
            if each.state == "running"
        ]
        items = [(each.role, each.due_on) for each in world.rows(WorkItem, table(WorkItem).c.case_id == case.id)]
        rungs = {
            (each.level, each.fires_on)
            for each in world.rows(Timer, table(Timer).c.case_id == case.id)
            if each.fired_at is None
        }
        return [case.due_on, case.policy_hash, limits, items, rungs]

    moved = world.open("review", officer, first)
    for organization in others:
        content = version()
        under(world, moved, content)

        def fresh(connection: Any, content: dict[str, Any] = content, organization: int = organization) -> str:
            policy = library.store_policy(connection, content, world.now)
            return open_case(
                connection,
                procedure="review",
                organization_id=organization,
                actor=officer,
                now=world.now,
                policy=policy,
            ).case_id

        assert standing(moved) == standing(world.database.write(fresh))

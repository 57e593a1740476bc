"""What a rehearsal tells of a live case is what deciding it under both policies would say, wherever a case can stand."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from incubator.clock import FixedClock
from incubator.database import Database
from incubator.engine import library
from incubator.engine.case import CaseView
from incubator.engine.deadline_words import in_words
from incubator.engine.decide import facts_needed, preview
from incubator.engine.definition import Definition, PanelAct
from incubator.engine.policy import Policy
from incubator.engine.repinning import CannotRepin, repinning
from incubator.facts import registry
from incubator.rehearsal import Kind, Rehearsal, rehearse, snapshot
from incubator.rehearsal.dates import NONE
from incubator.rehearsal.terms import changed_paths, leaves, under_the_same_call
from tests.procedures.tours import TOURS, setting_out
from tests.procedures.world import Centre

NOT_OF_THE_POLICY = {"who", "checklist"}
SEAT = (PanelAct.DECLARE, PanelAct.GIVE)  # what they meet depends on who asks
PHOTOS = {"kind": "photographs", "title": {"zh": "活动照片", "en": "photographs"}, "required": True}


def stricter(value: Any) -> Any:
    """Another value that asks for more, or for the contrary where there is no more."""
    match value:
        case bool():
            return not value
        case int():
            return value * 2 + 1
        case {"length": int(length), "unit": _, "starts_on": _}:
            return {**value, "length": max(1, length // 2)}
        case {"month": int(), "day": int()} if value["month"]:
            return {**value, "day": 15}
        case {"fen": int(fen)}:
            return {**value, "fen": fen // 3}
        case [{"kind": _, "required": _}, *_] | []:
            return [*value, PHOTOS]
        case [str(), *_]:
            return ["manager"] if set(value) & {"officer", "director", "community_worker"} else value
        case _:
            return value


def looser(value: Any) -> Any:
    """Another value that asks for less, in another unit."""
    match value:
        case bool():
            return not value
        case int():
            return value // 2
        case {"length": int(length), "unit": _, "starts_on": _}:
            return {**value, "length": length * 2 + 5, "unit": "calendar_days", "starts_on": "entered"}
        case [{"kind": _, "required": _}, *_]:
            return []
        case [str(), *_]:
            return [*value, "finance"] if set(value) & {"officer", "director", "community_worker"} else []
        case _:
            return value


def altered(policy: Policy, change: Any) -> Policy:
    """A policy with every value put through a change, but for what has to fit together."""
    content = deepcopy(dict(policy.content))
    for path, leaf in leaves(content["values"]):
        if not path.startswith("path."):
            assert isinstance(leaf, dict)
            leaf["value"] = change(leaf["value"])
    return Policy(content)


@pytest.fixture(autouse=True)
def papers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Certificates go to a folder of the test's own."""
    monkeypatch.setenv("INCUBATOR_DATA_DIR", str(tmp_path))


# On one kind of database: what is compared is judged outside of it, and the other tests read on both.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("procedure", TOURS)
def test_wherever_a_case_stands_it_is_told_what_deciding_it_under_both_policies_says(
    procedure: str, database: Database, clock: FixedClock
) -> None:
    tour, visit = setting_out(procedure, database, clock)
    with database.read() as connection:
        in_force = library.policy_in_force(connection, tour.centre.street_id, clock.now().date())
    drafts = [altered(in_force, change) for change in (stricter, looser)]
    told = 0
    for case_id in visit:
        case = tour.centre.case(case_id)
        for draft in drafts:
            with snapshot(database) as connection:
                result = rehearse(
                    connection, street_id=tour.centre.street_id, policy=draft, now=clock.now()
                )  # fmt: skip
                blocked, freed = asked_one_by_one(connection, tour.centre, case, draft)
                assert subjects(result, Kind.BLOCKED, case) == blocked, case.step
                assert subjects(result, Kind.FREED, case) == freed, case.step
                agrees_on_dates(connection, tour.centre, case, draft, result)
            told += len(blocked) + len(freed)
    assert told


def subjects(result: Rehearsal, kind: Kind, case: CaseView) -> set[str]:
    return {
        group.subject
        for group in result.of_kind(kind)
        if group.step == case.step and any(line.public_id == case.public_id for line in group.cases)
    }


def asked_one_by_one(connection: Any, centre: Centre, case: CaseView, draft: Policy) -> tuple[set[str], set[str]]:
    """The codes that come up, and those that go, in some decision of the case's step: as its buttons would show them."""
    old = library.policy(connection, case.policy_hash)
    new = under_the_same_call(old, draft)
    original = library.definition(connection, case.definition_hash)
    blocked: set[str] = set()
    freed: set[str] = set()
    for decision in original.step(case.step).decisions:
        now, then = (codes(connection, centre, case, decision.name, original, policy) for policy in (old, new))
        blocked |= then - now
        freed |= now - then
    return blocked, freed


def codes(
    connection: Any, centre: Centre, case: CaseView, action: str, original: Definition, policy: Policy
) -> set[str]:
    definition = original.under(policy)
    decision = definition.step(case.step).by_name[action]
    (facts,) = registry.load(
        connection, [case], facts_needed(definition, definition.step(case.step), (action,)), registry.AsOf(centre.clock.now())
    )  # fmt: skip
    blockers = preview(
        definition, case, decision, centre.people["automation"], facts, policy,
        library.calendar(connection, case.calendar_hash), centre.clock.now(),
    )  # fmt: skip
    ignored = NOT_OF_THE_POLICY | ({"panel"} if decision.panel in SEAT else set())
    return {blocker.code for blocker in blockers if blocker.kind not in ignored}


def agrees_on_dates(connection: Any, centre: Centre, case: CaseView, draft: Policy, result: Rehearsal) -> None:
    """The due dates are those that putting the case under the policy would give it."""
    old = library.policy(connection, case.policy_hash)
    new = under_the_same_call(old, draft)
    moved = changed_paths(old, new)
    told = {
        (group.step, line.before.zh, line.after.zh)
        for group in result.of_kind(Kind.DUE)
        for line in group.cases
        if line.public_id == case.public_id
    }
    if not (case.open or case.came_from):
        assert not told
        return
    try:
        lived = repinning(connection, case, centre.clock.now(), policy=new)
    except CannotRepin:
        assert any(case.number in left.cases for left in result.not_rehearsed)
        return
    words: Mapping[Any, str] = {None: NONE.zh}
    assert told == {
        (limit.step, *(words.get(day) or in_words(day).zh for day in (limit.due_before, limit.due_after)))
        for limit in lived.limits
        if limit.due_before != limit.due_after and limit.policy_path in moved
    }  # fmt: skip

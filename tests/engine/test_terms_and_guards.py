"""Cases of a period come under its own pinned policy, and what a decision was judged by stays locked until it is made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select

from incubator.canonical import public_id
from incubator.clock import FixedClock
from incubator.database import Database
from incubator.engine import library
from incubator.engine.definition import Decision, Definition, Step, StepKind
from incubator.engine.effects import EffectContext, effect
from incubator.engine.opening import open_case
from incubator.engine.roles import Role
from incubator.engine.rules import Facts, PolicyValues, Unmet, rule
from incubator.engine.terms import TERMS, Terms
from incubator.facts.registry import Asking, AsOf, CaseRef, Fact, provides
from incubator.models.base import table
from incubator.models.funding import Call, Project
from tests.engine.world import OFFICERS, World, build, known, pack, words

# What the effect below finds, and the second database that it looks from.
_LOCKED: list[tuple[str, str]] = []
_OTHER: list[Database] = []


@provides(Fact("tests.call_money", int, guard="call"), Fact("tests.project_money", int, guard="project"))
def money(cases: Sequence[CaseRef], as_of: AsOf) -> Asking:
    yield []
    return [{"tests.call_money": 1, "tests.project_money": 1} for _ in cases]


@rule("call_has_money@1", needs=("tests.call_money",), reads=())
def call_has_money(facts: Facts, policy: PolicyValues) -> Unmet | None:
    return None


@rule("project_has_money@1", needs=("tests.project_money",), reads=())
def project_has_money(facts: Facts, policy: PolicyValues) -> Unmet | None:
    return None


def _locked(database: Database) -> list[tuple[str, str]]:
    """The calls and projects that another transaction could not have now."""
    found = []
    with database.engine.connect() as connection:
        for model in (Call, Project):
            rows = table(model)
            all_of = set(connection.scalars(select(rows.c.number)))
            free = set(connection.scalars(select(rows.c.number).with_for_update(skip_locked=True)))
            found += [(model.__name__, number) for number in sorted(all_of - free)]
    return found


@effect("tests.look_at_locks")
def look_at_locks(context: EffectContext) -> dict[str, Any]:
    """While the action's transaction is under way, what does another one find locked?"""
    _LOCKED[:] = _locked(_OTHER[0])
    return {}


def _procedure(**changes: Any) -> Definition:
    return Definition(
        key="spending", title=words("spending"), stage="funding", start="request", opens_by=OFFICERS, number_series="SP",
        steps=(
            Step(
                key="request", kind=StepKind.HUMAN, title=words("request"), by=OFFICERS,
                decisions=(
                    Decision(name="award", title=words("award"), to="done", rules=("call_has_money@1",), effects=("tests.look_at_locks",)),
                    Decision(name="pay", title=words("pay"), to="done", rules=("project_has_money@1",), effects=("tests.look_at_locks",)),
                ),
            ),
            Step(key="done", kind=StepKind.END, title=words("done"), outcome="done"),
        ),
        **changes,
    )  # fmt: skip


@pytest.fixture
def two_databases(postgresql_url: str) -> Iterator[tuple[Database, Database]]:
    """The same PostgreSQL database twice, each with connections of its own."""
    pair = Database(postgresql_url), Database(postgresql_url)
    yield pair
    for each in pair:
        each.close()


def _lay(world: World, connection: Connection) -> None:
    place = {"street_id": world.street_id, "recorded_at": world.now}
    day = {"opens_on": date(2026, 9, 1), "closes_on": date(2026, 9, 30)}
    for number in ("C-1", "C-2"):
        call = {"title": number, "fund_source": "x", "budget_fen": 1, "head_seq": 0, "head_hash": "", **day, **place}
        connection.execute(insert(table(Call)).values(public_id=public_id(), number=number, **call))
        project = {
            "community_id": world.community_id, "organization_id": world.organization_id, "payee_id": world.organization_id,
            "title": number, **place,
        }  # fmt: skip
        connection.execute(insert(table(Project)).values(public_id=public_id(), number=f"P-{number}", **project))


def _opened(world: World, period: str) -> str:
    return world.database.write(
        lambda connection: open_case(
            connection, procedure="spending", organization_id=world.organization_id, actor=world.people["甲"],
            now=world.now, period=period,
        )
    ).case_id  # fmt: skip


@pytest.mark.parametrize(
    ("period", "action", "locked"),
    [
        ("C-1", "award", [("Call", "C-1")]),
        ("P-C-2", "pay", [("Project", "P-C-2")]),
        ("P-C-2/1", "pay", [("Project", "P-C-2")]),  # a payment's period is its project's number and the tranche
    ],
)
def test_what_a_decision_is_judged_by_is_locked_until_it_is_made(
    two_databases: tuple[Database, Database], clock: FixedClock, period: str, action: str, locked: list[tuple[str, str]]
) -> None:
    ours, other = two_databases
    _OTHER[:] = [other]
    world = build(ours, clock, definitions=[_procedure()])
    world.person("甲", Role.OFFICER)
    world.database.write(lambda connection: _lay(world, connection))
    case_id = _opened(world, period)
    world.do(case_id, action, world.people["甲"])
    assert locked == _LOCKED
    assert _locked(other) == []  # and free again after it


def test_a_case_of_a_period_comes_under_its_terms_and_any_other_under_the_policy_in_force(
    database: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    pinned = build(database, clock, definitions=[])
    strict = pack(assent__members=30)

    def of_call(connection: Connection, street_id: int, period: str) -> Any:
        return library.store_policy(connection, strict, clock.now()) if period == "C-1" else None

    monkeypatch.setitem(TERMS, "tests.call", Terms(of_call, lambda connection, street_id, day: ()))
    definition = _procedure(terms="tests.call")
    pinned.database.write(
        lambda connection: library.load_definitions(connection, [definition], known(terms=TERMS), clock.now())
    )
    pinned.person("甲", Role.OFFICER)
    under_terms, other, without = (pinned.case(_opened(pinned, period)) for period in ("C-1", "C-2", ""))
    with database.read() as connection:
        assert library.policy(connection, under_terms.policy_hash).whole("assent.members") == 30
        in_force = library.policy_in_force(connection, pinned.street_id, date(2026, 9, 18))
    assert other.policy_hash == without.policy_hash == in_force.hash != under_terms.policy_hash

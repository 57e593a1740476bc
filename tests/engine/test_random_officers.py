"""Random officers against the engine: whatever they try, in any order, the invariants hold."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import create_engine, text

from incubator.clock import FixedClock, today
from incubator.database import Database
from incubator.engine import library
from incubator.engine.choices import choices
from incubator.engine.definition import BACK, STAY
from incubator.engine.reminders import remind
from incubator.engine.roles import Actor, Role, automation
from incubator.errors import Refused
from incubator.models.automation import Outbox
from incubator.models.base import table
from incubator.models.cases import Case, Deadline, Timer, WorkItem
from incubator.models.events import Event
from incubator.services import journal
from incubator.text import Text
from tests.engine.whole import assert_whole
from tests.engine.world import World, build

ACTIONS = sorted(
    [
        "submit",
        "withdraw",
        "pass",
        "accept",
        "return",
        "resubmit",
        "give_up",
        "approve",
        "refuse",
        "extend",
        "elapse",
        "object",
        "dismiss",
        "uphold",
        "serve",
        "ask_review",
        "reopen",
        "stands",
        "overturn",
        "fly",
    ]
)
PEOPLE = {
    "甲": (Role.OFFICER,),
    "乙": (Role.OFFICER,),
    "主任": (Role.DIRECTOR,),
    "社": (Role.COMMUNITY_WORKER,),
    "外": (),
}


class RandomOfficers(RuleBasedStateMachine):
    """People, automation and the clock do what they like; `make` gives a fresh database."""

    make: Any

    @initialize()
    def open_the_centre(self) -> None:
        self.database: Database = type(self).make()
        clock = FixedClock(datetime(2026, 9, 1, 1, tzinfo=UTC))
        self.world: World = build(self.database, clock)
        for name, roles in PEOPLE.items():
            self.world.person(name, *roles)
        self.cases: list[str] = []
        for code, guarded in (("budget", True), ("project", True), ("treasury", False)):
            self.database.write(
                lambda connection, code=code, guarded=guarded: journal.open_account(
                    connection, street_id=self.world.street_id, code=code, title=Text(code, code), guarded=guarded
                )
            )
        self.posted: list[int] = []

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.close()

    def somebody(self, name: str) -> Actor:
        return automation(self.world.street_id) if name == "系统" else self.world.people[name]

    @rule(name=st.sampled_from([*PEOPLE, "系统"]))
    def open(self, name: str) -> None:
        if len(self.cases) >= 3:
            return
        try:
            case_id = self.world.open("assent", self.somebody(name))
        except Refused:
            return
        self.world.document(case_id)
        self.cases.append(case_id)

    @rule(
        pick=st.integers(0, 2), action=st.sampled_from(ACTIONS), name=st.sampled_from([*PEOPLE, "系统"]),
        members=st.integers(8, 12), stale=st.integers(0, 4), back=st.integers(-1, 3), comment=st.sampled_from(["", "理由"]),
    )  # fmt: skip
    def attempt(self, pick: int, action: str, name: str, members: int, stale: int, back: int, comment: str) -> None:
        if pick >= len(self.cases):
            return
        case = self.world.case(self.cases[pick])
        data: dict[str, Any] = {}
        if action == "submit":
            data = {"members": members}
        elif action == "accept":
            data = {"checklist": ["seen"]}
        elif action == "extend":
            data = {"length": members - 6}
        request: dict[str, Any] = {"data": data, "comment": comment}
        if back:
            request["effective_on"] = today(self.world.now) - timedelta(days=back)
        if not stale:
            request["expected_version"] = case.version - 1
        before = self.snapshot(case.id)
        try:
            self.world.do(self.cases[pick], action, self.somebody(name), **request)
        except Refused:
            assert self.snapshot(case.id) == before
            return
        self.check_edge(case, self.world.case(self.cases[pick]), action)

    @rule(pick=st.integers(0, 2))
    def do_what_is_offered(self, pick: int) -> None:
        """The first thing that is offered to anybody and needs no form: keeps histories long."""
        if pick >= len(self.cases):
            return
        case = self.world.case(self.cases[pick])
        with self.database.read() as connection:
            for name in [*PEOPLE, "系统"]:
                for choice in choices(connection, [case], self.somebody(name), self.world.now)[0]:
                    if choice.allowed and choice.form is None and choice.decision.name not in ("withdraw", "give_up"):
                        self.take(case, choice.decision.name, name)
                        return

    def take(self, case: Any, action: str, name: str) -> None:
        self.world.do(case.public_id, action, self.somebody(name), comment="理由")
        self.check_edge(case, self.world.case(case.public_id), action)

    @rule(days=st.integers(0, 12))
    def time_passes(self, days: int) -> None:
        self.world.clock.move_by(timedelta(days=days, hours=1))

    @rule()
    def reminders_fall_due(self) -> None:
        due = self.world.rows(
            Timer,
            table(Timer).c.action == "remind",
            table(Timer).c.fired_at.is_(None),
            table(Timer).c.fires_on <= today(self.world.now),
        )
        for rung in due:
            assert self.database.write(lambda connection, rung=rung: remind(connection, rung.id, self.world.now))

    @rule(
        fen=st.integers(-50, 200),
        source=st.sampled_from(["treasury", "budget", "project"]),
        goal=st.sampled_from(["budget", "project"]),
    )
    def money_moves(self, fen: int, source: str, goal: str) -> None:
        movement = journal.Movement(
            self.world.street_id,
            uuid4().hex,
            "random",
            {source: -fen, goal: fen},
            today(self.world.now),
            self.world.people["甲"],
        )
        try:
            self.posted.append(
                self.database.write(lambda connection: journal.post(connection, movement, now=self.world.now))
            )
        except Refused:
            return

    @rule(pick=st.integers(0, 5))
    def money_is_taken_back(self, pick: int) -> None:
        if pick >= len(self.posted):
            return
        try:
            self.database.write(
                lambda connection: journal.reverse(
                    connection, self.posted[pick], cause=uuid4().hex, memo="误记", actor=self.world.people["甲"],
                    effective_on=today(self.world.now), now=self.world.now,
                )
            )  # fmt: skip
        except Refused:
            return

    def snapshot(self, case_id: int) -> tuple[Any, ...]:
        return (
            self.world.rows(Case, table(Case).c.id == case_id),
            len(self.world.rows(Event)),
            self.world.rows(WorkItem),
            self.world.rows(Timer),
            self.world.rows(Deadline),
            len(self.world.rows(Outbox)),
        )

    def check_edge(self, before: Any, after: Any, action: str) -> None:
        """The step the case came to is where the decision leads under its policy."""
        with self.database.read() as connection:
            definition = library.definition(connection, before.definition_hash)
        target = definition.step(before.step).by_name[action].to
        expected = {BACK: before.came_from, STAY: before.step}.get(target, target)
        assert after.step == expected
        assert after.version == before.version + 1
        assert after.visit == before.visit + (0 if target == STAY else 1)

    @invariant()
    def each_case_stands_in_one_place_and_all_that_hangs_on_it_says_so(self) -> None:
        if not hasattr(self, "cases"):
            return
        with self.database.read() as connection:
            for case_id in self.cases:
                assert_whole(connection, case_id)

    @invariant()
    def the_money_balances_and_nothing_guarded_is_overdrawn(self) -> None:
        if not hasattr(self, "posted"):
            return
        with self.database.read() as connection:
            balances = {
                code: journal.balance(connection, self.world.street_id, code)
                for code in ("budget", "project", "treasury")
            }
            lines = connection.execute(text("SELECT coalesce(sum(fen), 0) FROM journal_line")).scalar_one()
        assert lines == 0
        assert sum(balances.values()) == 0
        assert balances["budget"] >= 0
        assert balances["project"] >= 0


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_random_officers_never_break_the_engine(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    databases: list[str] = []

    def on_sqlite() -> Database:
        template = request.getfixturevalue("sqlite_template")
        return Database(f"sqlite:///{shutil.copy(template, tmp_path / f'{uuid4().hex}.db')}")

    def on_postgresql() -> Database:
        server, template = request.getfixturevalue("postgresql_server"), request.getfixturevalue("postgresql_template")
        admin = create_engine(server.get_uri(driver="psycopg"), isolation_level="AUTOCOMMIT")
        name = f"random_{uuid4().hex}"
        with admin.connect() as connection:
            for old in databases:
                connection.execute(text(f"DROP DATABASE {old} WITH (FORCE)"))
            databases[:] = [name]
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        admin.dispose()
        return Database(server.get_uri(database=name, driver="psycopg"))

    machine = type(
        "Machine", (RandomOfficers,), {"make": staticmethod(on_sqlite if kind == "sqlite" else on_postgresql)}
    )
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )

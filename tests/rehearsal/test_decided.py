"""Decided cases under a changed policy: approvals that would be refused, refusals that could be allowed, facts as recorded."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection

from incubator.canonical import canonical
from incubator.clock import FixedClock
from incubator.database import Database
from incubator.engine.streams import Entry, append
from incubator.rehearsal import Kind
from incubator.rehearsal.recorded import restored
from tests.procedures.world import APPLICATION, APPLICATION_PAPERS, SERVED, Centre, build
from tests.rehearsal.rehearsing import changed, only, rehearsed, told, value

MEMBERS, EXCLUDED = "filing.conditions.members", "filing.conditions.excluded"
REFUSAL = {"reason": "人数不足", "basis": "条件第一项"}


@pytest.fixture
def centre(database: Database, clock: FixedClock) -> Centre:
    return build(database, clock)


def test_an_approval_flips_on_the_facts_of_its_day_and_at_the_last_decision_that_asked(centre: Centre) -> None:
    filed = centre.case(centre.filed(members=15))
    centre.with_group("晨风合唱团").filed(name="桂花社区晨风合唱团", members=40)
    result = rehearsed(centre, changed((MEMBERS, 20)))
    flipped = only(result, Kind.FLIP)
    # Screening and acceptance asked the same before it: it is told once, where it was decided.
    assert (flipped.step, flipped.subject, [line.number for line in flipped.cases]) == (
        "decision", "has_enough_members@1", [filed.number],
    )  # fmt: skip
    assert [(line.before.zh, line.after.zh) for line in flipped.cases] == [("批准", "成员应不少于 20 人，现为 15 人")]
    assert (result.live, result.decided) == (0, 2)
    assert result.not_rehearsed == ()
    assert rehearsed(centre, changed((MEMBERS, 5))).groups == ()


def test_facts_beside_the_form_are_those_recorded_and_not_those_of_today(centre: Centre) -> None:
    centre.filed()

    def rename(connection: Connection) -> None:
        connection.exec_driver_sql("UPDATE organization SET remark = '业主委员会'")

    centre.database.write(rename)
    more = [
        *value(EXCLUDED),
        {**value(EXCLUDED)[0], "code": "choir", "name": {"zh": "合唱团", "en": "choirs"}, "patterns": ["*合唱团"]},
    ]
    flipped = only(rehearsed(centre, changed((EXCLUDED, more))), Kind.FLIP)
    assert flipped.subject == "is_no_excluded_body@1"
    assert "合唱团" in flipped.cases[0].after.zh
    owners = [{**value(EXCLUDED)[0], "patterns": ["*广场舞队"]}]
    assert rehearsed(centre, changed((EXCLUDED, owners))).groups == ()


def test_a_refusal_could_be_allowed_where_nothing_else_stands_against_it(centre: Centre) -> None:
    def refused(name: str, members: int, *papers: str) -> str:
        own = centre.with_group(name)
        case_id = own.open("filing")
        own.upload(case_id, *APPLICATION_PAPERS)
        own.act(case_id, "submit", "worker", {**APPLICATION, "name": f"桂花社区{name}", "members": members})
        own.act(case_id, "refer", "automation", {"findings": "请核实"})
        own.upload(case_id, *papers)
        own.act(case_id, "refuse_acceptance", "officer", REFUSAL)
        own.upload(case_id, "sealed_refusal")
        own.act(case_id, "serve", "officer", SERVED)
        return case_id

    few = refused("晨风合唱团", 8)
    refused("晚霞舞蹈", 8)  # its name stands against it as well
    refused("夕阳合唱团", 3)  # too few all the same
    refused("朝阳合唱团", 30)  # refused for something that no rule says
    result = rehearsed(centre, changed((MEMBERS, 5)))
    allowed = only(result, Kind.ALLOWED)
    assert [line.public_id for line in allowed.cases] == [few]
    assert [(line.before.zh, line.after.zh) for line in allowed.cases] == [
        ("不予受理：成员应不少于 10 人，现为 8 人", "受理")
    ]
    assert (allowed.step, allowed.subject, allowed.path) == ("acceptance", "has_enough_members@1", MEMBERS)
    assert result.of_kind(Kind.FLIP) == ()


def test_of_several_decisions_the_last_counts(centre: Centre) -> None:
    # Approved, then refused when it was decided anew: what was approved before does not flip any more.
    case_id = centre.filed(members=15)
    centre.act(case_id, "reopen", "other_director", comment="群众举报")
    live = rehearsed(centre, changed((MEMBERS, 20)))
    assert {(group.kind, group.step) for group in live.groups} == {(Kind.BLOCKED, "redecision")}
    centre.act(case_id, "refuse", "other_director", REFUSAL)
    assert told(rehearsed(centre, changed((MEMBERS, 20)))) == {}


def test_a_rule_whose_fact_was_not_recorded_is_counted_and_not_dropped(centre: Centre) -> None:
    case = centre.case(centre.filed())

    def older_version(connection: Connection) -> None:
        change = {"step": "decision", "decision": "approve"}
        entry = Entry(
            "case", case.id, case.street_id, "case.approve", centre.people["director"], change, case.public_id
        )
        append(connection, entry, now=centre.clock.now())

    centre.database.write(older_version)
    result = rehearsed(centre, changed((EXCLUDED, [{**value(EXCLUDED)[0], "patterns": ["*舞队"]}])))
    (left,) = result.not_rehearsed
    assert (left.procedure, left.subject, left.cases) == ("filing", "is_no_excluded_body@1", (case.number,))
    assert "没有记录" in left.reason.zh


def test_facts_come_back_from_an_event_as_their_providers_brought_them() -> None:
    facts: dict[str, Any] = {
        "case.today": date(2026, 9, 18),
        "organization.filed_on": None,
        "case.documents": frozenset({"charter", "roster"}),
        "organization.restrictions": ({"kind": "project_ban", "since": date(2026, 1, 1), "until": date(9999, 12, 31)},),
        "organization.last_review": {"period": "2026", "outcome": "passed"},
        "organization.recognition": {"since": date(2026, 1, 1), "until": date(2028, 12, 31)},
        "organization.name": "2026-01-01",
        "data.application.starts_on": "2026-12-01",
        "data.application.lines": [{"title": "物料", "fen": 100}],
    }
    assert restored(json.loads(canonical(facts))) == facts

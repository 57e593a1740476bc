"""Any past event of a case explains itself: from its record and the pinned versions, whatever came into force since."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from incubator.clock import FixedClock
from incubator.database import Database
from incubator.engine import library
from incubator.engine.calendars import announced_calendar
from incubator.engine.deadlines import Proof
from incubator.engine.loading import case_view
from incubator.engine.policy import Policy
from incubator.engine.repinning import carry_out, repinning
from incubator.engine.roles import Actor, Grant, Role
from incubator.engine.rules import RULES
from incubator.errors import NotFound
from incubator.facts.registry import FACTS
from incubator.models.base import table
from incubator.models.cases import Deadline
from incubator.models.events import Event
from incubator.policies.packs import shipped
from incubator.procedures.rule_words import rule_words
from incubator.queries.explanation import Explanation, explain_event
from incubator.queries.fact_words import FACT_NAMES
from incubator.queries.limits_then import PastLimits, opening_milestones
from incubator.text import Text
from tests.procedures.evaluation.evaluating import scores_of, seat_panel, visited
from tests.procedures.tours import TOURS, setting_out
from tests.procedures.world import Centre, add_person

WHY = {"zh": "公布放假安排", "en": "the holiday notice came out"}
MACHINE = re.compile(r"[{}_<>]|\bNone\b|\bTrue\b|\bFalse\b|[0-9a-f]{32}")
CHINESE = re.compile(r"[\u3400-\u9fff]")


def explained(centre: Centre, case_id: str, seq: int, actor: Actor | None = None) -> Explanation:
    with centre.database.read() as connection:
        return explain_event(connection, actor or centre.people["officer"], case_id, seq)


def last_seq(centre: Centre, case_id: str) -> int:
    return centre.case(case_id).head_seq


def texts(told: Explanation) -> Iterator[Text]:
    """Every sentence that the software itself says, not what people typed."""
    yield from filter(None, (told.procedure, told.step, told.decision, told.to, told.outcome, told.stood_in_for))
    yield from (told.definition.title, told.policy.title, told.calendar.title)
    for rule in told.rules:
        yield rule.sentence
        yield from filter(None, (rule.cite,))
        for value in rule.values:
            yield from (value.title, value.words, value.cite)
        for fact in rule.facts:
            yield from (fact.title, fact.words)
    for value in told.grounds:
        yield from (value.title, value.words, value.cite)
    for limit in filter(None, (told.limit, told.window)):
        yield from (limit.title, *limit.sentences)
    yield from (document.title for document in told.documents)


def test_every_rule_and_every_fact_that_a_rule_may_need_has_words() -> None:
    # Those of other tests may be registered, too.
    ours = {name: rule for name, rule in RULES.items() if rule.judge.__module__.startswith("incubator.")}
    wordless = [name for name in ours if rule_words(name).zh == name or CHINESE.search(rule_words(name).en)]
    assert wordless == []
    needed = {need for rule in ours.values() for need in rule.needs if not need.startswith("data.")}
    assert needed - FACT_NAMES.keys() == set()
    assert FACT_NAMES.keys() <= FACTS.keys()


# On one kind of database: what is read is the same record.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("procedure", TOURS)
def test_every_event_of_every_procedure_explains_itself_and_counts_its_limit_as_it_was_counted(
    procedure: str, database: Database, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INCUBATOR_DATA_DIR", str(tmp_path))
    tour, visit = setting_out(procedure, database, clock)
    cases = set()
    for case_id in visit:
        cases.add(case_id)
        counted, stored = recounted(tour.centre, case_id)
        assert counted == stored
    for told in once_each(tour.centre, cases):
        assert bool(told.policy.terms) == (
            procedure in ("funding", "project", "payment")
        )  # a call's own terms lie over the policy
        assert told.is_decision == (told.event.type == "case.opened" or told.decision is not None)
        assert len(told.rules) == len(told.event.body["rules"]) or told.event.type == "case.opened"
        for rule in told.rules:
            assert {fact.name for fact in rule.facts} == set(RULES[rule.name].needs) & told.event.body["facts"].keys()
        for text in texts(told):
            assert text.zh
            assert text.en
            assert not MACHINE.search(text.zh + text.en), text


def once_each(centre: Centre, cases: set[str]) -> Iterator[Explanation]:
    """An event of each kind in each step."""
    events, known = table(Event), set()
    for case_id in cases:
        with centre.database.read() as connection:
            bodies = connection.scalars(
                select(events.c.body).where(events.c.stream == "case", events.c.subject_id == centre.case(case_id).id)
            ).all()
        for body in map(json.loads, bodies):
            kind = (body["type"], body["change"].get("step"))
            if kind not in known:
                known.add(kind)
                yield explained(centre, case_id, body["seq"])


def recounted(centre: Centre, case_id: str) -> tuple[Proof | None, Proof | None]:
    """The limit that runs now as the events tell it, and as the engine stored it."""
    case, events, deadlines = centre.case(case_id), table(Event), table(Deadline)
    with centre.database.read() as connection:
        rows = connection.execute(
            select(events.c.type, events.c.effective_on, events.c.body)
            .where(events.c.stream == "case", events.c.subject_id == case.id).order_by(events.c.seq)
        ).all()  # fmt: skip
        policy = library.policy(connection, case.policy_hash)
        definition = library.definition_of(connection, case)
        calendar = library.calendar(connection, case.calendar_hash)
        stored = connection.scalar(
            select(deadlines.c.proof).where(
                deadlines.c.case_id == case.id, deadlines.c.step == case.step, deadlines.c.state == "running"
            )
        )
    changes = [json.loads(row.body)["change"] for row in rows]
    limits = PastLimits(
        definition, period=case.period, opened_on=case.opened_on,
        milestones=opening_milestones(definition, case.milestones, changes),
    ).follow((row.type, row.effective_on, change) for row, change in zip(rows, changes, strict=True))  # fmt: skip
    found = limits.limit(policy, calendar)
    return found.proof if found else None, Proof.from_json(stored) if stored else None


def seq_of(centre: Centre, case_id: str, kind: str) -> int:
    """The number of the case's last event of that type."""
    events = table(Event)
    with centre.database.read() as connection:
        return connection.scalars(
            select(events.c.seq).where(
                events.c.stream == "case", events.c.subject_id == centre.case(case_id).id, events.c.type == kind
            )
        ).all()[-1]  # fmt: skip


def sentences(told: Explanation) -> list[str]:
    return [text.zh for text in texts(told)]


def stricter(centre: Centre, since: date) -> Policy:
    """From a day on more members, shorter limits."""
    content = deepcopy(shipped())
    filing = content["values"]["filing"]
    filing["conditions"]["members"]["value"] = 20
    filing["decision"]["due"]["value"] |= {"length": 3, "unit": "calendar_days"}

    def put(connection: Any) -> Policy:
        policy = library.store_policy(connection, content, centre.clock.now())
        library.put_policy_in_force(connection, centre.street_id, policy, since, centre.clock.now())
        return policy

    return centre.database.write(put)


def test_an_acceptance_tells_each_rule_with_the_recorded_facts_the_values_and_where_they_come_from(
    centre: Centre,
) -> None:
    case_id = centre.accepted()
    told = explained(centre, case_id, seq_of(centre, case_id, "case.accept"))
    assert (told.step, told.to) == (Text("受理", "Acceptance"), Text("审批", "Decision"))
    assert told.event.actor == "officer"
    rules = {rule.name.partition("@")[0]: rule for rule in told.rules}
    members = rules["has_enough_members"]
    assert (members.sentence.zh, members.met) == ("成员人数达到政策规定", True)
    (value,) = members.values
    assert (value.title.zh, value.words.zh) == ("备案 · 条件 · 成员人数下限", "10 人")
    assert value.cite == Text(
        "本街道惯例：成员一般不少于十人", "this street's own practice: a group commonly has ten members or more"
    )
    assert [(fact.title.zh, fact.words.zh) for fact in members.facts] == [("申请 · 成员人数", "22")]
    (charter,) = rules["has_a_charter"].facts
    assert charter.words.zh == "备案申请表、章程或活动规则、居民委员会意见（盖章）、活动场所证明、成员花名册"
    assert [words.zh for words, ticked in told.checklist if ticked] == [
        "材料已逐件核对",
        "申请内容与材料、走访情况一致",
    ]
    assert {value.path for value in told.grounds} >= {"filing.acceptance.by", "filing.acceptance.due"}
    assert told.limit is not None
    assert (told.limit.proof.due_on, told.limit.kept(told.event.effective_on)) == (date(2026, 9, 24), True)
    assert told.limit.sentences[-2].zh == "期限届满日为2026年9月24日。"


def test_an_explanation_stays_what_it_was_whatever_comes_into_force_afterwards(centre: Centre) -> None:
    case_id = centre.accepted()
    seq = seq_of(centre, case_id, "case.accept")
    before = explained(centre, case_id, seq)
    policy = stricter(centre.on("2026-10-09"), date(2026, 10, 9))
    # Even the case itself is put under the new version, and its calendar replaced.
    calendar = announced_calendar().with_closing_days([date(2026, 10, 12)])

    def move(connection: Any) -> None:
        digest = library.store_calendar(connection, calendar, centre.clock.now())
        case = case_view(connection, case_id, lock=True)
        assert case is not None
        now = centre.clock.now()
        planned = repinning(connection, case, now, policy=policy, calendar_hash=digest)
        carry_out(
            connection,
            planned,
            event="case.migrated",
            actor=centre.people["director"],
            now=now,
            comment="统一改用",
            told={"why": WHY},
        )

    centre.database.write(move)
    assert explained(centre, case_id, seq) == before
    # The move explains itself: what differs between the versions, and which date moved.
    moved = explained(centre, case_id, seq_of(centre, case_id, "case.migrated"))
    assert not moved.is_decision
    assert moved.repinned is not None
    assert moved.repinned.policy_before == before.policy
    assert moved.policy.hash == policy.hash
    assert moved.policy.effective_from == date(2026, 10, 9)
    assert {each.path for each in moved.repinned.differences} == {"filing.conditions.members", "filing.decision.due"}
    assert moved.repinned.calendar_before == before.calendar
    assert moved.repinned.why == Text.from_pair(WHY)
    assert (moved.repinned.due_before, moved.repinned.due_after) == (date(2026, 10, 9), date(2026, 9, 21))
    centre.act(case_id, "approve", "director")
    approved = explained(centre, case_id, seq_of(centre, case_id, "case.approve"))
    assert approved.policy.hash == policy.hash
    assert approved.limit is not None
    assert (approved.limit.proof.due_on, approved.limit.kept(approved.event.effective_on)) == (date(2026, 9, 21), False)


def test_a_limit_is_told_as_it_stood_then_with_the_corrections_and_extensions_of_then_alone(centre: Centre) -> None:
    case_id = centre.accepted()
    centre.on("2026-09-21").act(case_id, "extend", "director", {"length": 5}, comment="需走访核实")
    centre.on("2026-09-22").act(case_id, "return_for_correction", "director", {"points": "请补充章程"})
    centre.on("2026-09-29").act(case_id, "resubmit", "worker", {"note": "已补充"})
    centre.on("2026-10-10").act(case_id, "approve", "director")
    told = {kind: explained(centre, case_id, seq_of(centre, case_id, f"case.{kind}")).limit for kind in
            ("extend", "return_for_correction", "resubmit", "approve")}  # fmt: skip
    shown = {
        kind: (limit.title.zh, limit.proof.extensions, len(limit.proof.pauses)) for kind, limit in told.items() if limit
    }
    assert shown == {
        "extend": ("审批", (), 0),
        "return_for_correction": ("审批", (5,), 0),
        "resubmit": ("补正", (), 0),
        "approve": ("审批", (5,), 1),
    }


def test_automation_and_openings_explain_themselves_too(centre: Centre) -> None:
    case_id = centre.submitted()
    opened = explained(centre, case_id, 1)
    assert opened.is_decision
    assert not opened.facts_recorded  # an opening keeps no facts, which it says
    assert "没有其他在办的备案案件" in [rule.sentence.zh for rule in opened.rules]
    assert all(rule.met and not rule.facts for rule in opened.rules)
    screened = explained(centre, case_id, seq_of(centre, case_id, "case.pass"))
    assert (screened.event.actor, screened.decision) == ("", Text("初审通过", "Pass"))
    uploaded = explained(centre, case_id, seq_of(centre, case_id, "case.submit"))
    assert [document.there for document in uploaded.documents] == [True] * 4


def test_what_a_panel_member_wrote_is_withheld_from_who_is_blind_to_it(centre: Centre) -> None:
    case_id = visited(centre)
    centre.act(case_id, "seat", "officer", seat_panel(centre, 5, 0))
    centre.act(case_id, "declare", "expert_1", {"conflict": False})
    centre.act(case_id, "give", "expert_1", {"scores": scores_of(873)}, comment="台账规范")
    seq = seq_of(centre, case_id, "case.give")
    own = explained(centre, case_id, seq, centre.people["expert_1"])
    assert not own.withheld
    assert Text("873 分", "873 points") in [value for _, value in own.said]
    for name in ("officer", "director", "expert_2"):
        told = explained(centre, case_id, seq, centre.people[name])
        assert told.withheld
        assert (told.said, told.event.body["comment"]) == ((), "")
        assert "873" not in "".join(sentences(told))


def test_a_case_of_another_area_and_a_record_that_is_not_there_are_not_found(centre: Centre) -> None:
    case_id = centre.submitted()
    stranger = centre.database.write(
        lambda connection: add_person(connection, centre.street_id, "邻社区工作者", Role.COMMUNITY_WORKER)
    )
    elsewhere = replace(stranger, grants=(Grant(Role.COMMUNITY_WORKER, centre.street_id, centre.community_id + 1),))
    with pytest.raises(NotFound):
        explained(centre, case_id, 1, elsewhere)
    with pytest.raises(NotFound):
        explained(centre, case_id, last_seq(centre, case_id) + 1)


def test_a_rule_that_the_software_has_no_more_is_still_told_with_what_it_cited(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = centre.accepted()
    monkeypatch.delitem(RULES, "has_enough_members@1")
    told = explained(centre, case_id, seq_of(centre, case_id, "case.accept"))
    gone = next(rule for rule in told.rules if rule.name == "has_enough_members@1")
    assert (gone.known, gone.met, gone.values, gone.facts) == (False, True, (), ())
    assert gone.cite == Text(
        "本街道惯例：成员一般不少于十人", "this street's own practice: a group commonly has ten members or more"
    )

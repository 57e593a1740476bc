"""Any past event of a case explains itself: from its record and the pinned versions, whatever came into force since."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from incubator.clock import FixedClock
from incubator.database import Database
from incubator.engine import library
from incubator.engine.deadlines import Proof
from incubator.engine.roles import Actor
from incubator.engine.rules import RULES
from incubator.facts.registry import FACTS
from incubator.models.base import table
from incubator.models.cases import Case, Deadline
from incubator.models.events import Event
from incubator.procedures.rule_words import rule_words
from incubator.queries.explanation import Explanation, explain_event
from incubator.queries.fact_words import FACT_NAMES
from incubator.queries.limits_then import PastLimits, opening_milestones
from incubator.text import Text
from tests.procedures.tours import TOURS, setting_out
from tests.procedures.world import Centre

MACHINE = re.compile(r"[{}_<>]|\bNone\b|\bTrue\b|\bFalse\b|[0-9a-f]{32}")
WORD = re.compile(r"[A-Za-z]{3,}")
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
    wordless = [name for name in RULES if rule_words(name).zh == name or CHINESE.search(rule_words(name).en)]
    assert wordless == []
    needed = {need for rule in RULES.values() for need in rule.needs if not need.startswith("data.")}
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
    for case_id in cases:
        for seq in range(1, last_seq(tour.centre, case_id) + 1):
            told = explained(tour.centre, case_id, seq)
            assert told.is_decision == (told.event.type == "case.opened" or told.decision is not None)
            assert len(told.rules) == len(told.event.body["rules"]) or told.event.type == "case.opened"
            for rule in told.rules:
                assert {fact.name for fact in rule.facts} == set(RULES[rule.name].needs) & told.event.body[
                    "facts"
                ].keys()
            for text in texts(told):
                assert text.zh
                assert text.en
                assert not MACHINE.search(text.zh + text.en), text


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

"""Decided cases: what was decided with rules is judged again on the facts recorded then; what was refused, on those of today.

The last decision of a case counts that asked a rule: an approval stands over the acceptance before it, and a refusal over
both. What the step where a case stands asks again is told there, not here.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select

from incubator.engine.case import CaseView
from incubator.engine.conditions import WithBlanks, document_blockers, judge
from incubator.engine.definition import Decision, Step
from incubator.engine.policy import Policy
from incubator.engine.rules import RULES, Blocker
from incubator.facts import registry
from incubator.facts.bulk import among
from incubator.models.base import table
from incubator.models.events import Event
from incubator.rehearsal.findings import Findings
from incubator.rehearsal.live import facts_of
from incubator.rehearsal.reach import Reach, Taken
from incubator.rehearsal.recorded import restored
from incubator.rehearsal.result import Kind
from incubator.text import Text

_EVENTS = table(Event)
_LAST = (
    select(_EVENTS.c.subject_id, _EVENTS.c.type, func.max(_EVENTS.c.id).label("id"))
    .where(_EVENTS.c.stream == "case", among(_EVENTS.c.subject_id, "cases"), among(_EVENTS.c.type, "types"))
    .group_by(_EVENTS.c.subject_id, _EVENTS.c.type)
)
_BODIES = select(_EVENTS.c.id, _EVENTS.c.body).where(among(_EVENTS.c.id, "events"))
_PREFIX = "case."

_NOT_RECORDED = Text(
    "作出决定时没有记录该规则要用的事实", "a fact that the rule asks was not recorded with the decision"
)
_NOT_THE_SAME = Text(
    "按记录的事实和当时的政策重新判断，结果与当时的决定不一致",
    "judged again on the recorded facts under its own version, the answer is not the one that was given",
)


@dataclass(frozen=True, slots=True)
class _Refused:
    """A refusal, and a decision beside it that would have allowed what was refused."""

    case: CaseView
    step: Step
    refusal: Decision
    allowing: Decision


def look_at_decided(
    connection: Connection, reach: Reach, cases: Sequence[CaseView], findings: Findings, as_of: registry.AsOf, day: date
) -> None:
    """Note which decisions of these cases would be refused, and which refusals could be allowed."""
    asked = {"cases": {case.id for case in cases}, "types": {_PREFIX + name for name in reach.taken}}
    events: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for row in connection.execute(_LAST, asked):
        events[row.subject_id].append((row.id, row.type.removeprefix(_PREFIX)))
    chosen = {case.id: _chosen(reach, case, sorted(events.get(case.id, ()), reverse=True)) for case in cases}
    wanted = {event for some in chosen.values() for event in some}
    bodies = {row.id: row.body for row in connection.execute(_BODIES, {"events": wanted})} if wanted else {}
    refused: list[_Refused] = []
    for case in cases:
        refused += _judge_again(reach, case, [json.loads(bodies[event]) for event in chosen[case.id]], findings)
    _look_at_refused(connection, reach, refused, findings, as_of, day)


def _chosen(reach: Reach, case: CaseView, events: Sequence[tuple[int, str]]) -> list[int]:
    """The events that have to be read, latest first: those that asked a rule last, and the last one where it may refuse."""
    left = set(reach.rules - reach.asked_again(case.step, case.came_from))
    chosen: list[int] = []
    for place, (event, name) in enumerate(events):
        where = reach.taken[name]
        if place == 0 and any(each.refuses for each in where):
            chosen.append(event)
            if all(each.refuses for each in where):
                return chosen
        elif any(left.intersection(each.rules) for each in where):
            chosen.append(event)
        left -= set(where[0].rules).intersection(*(each.rules for each in where))
    return chosen


def _judge_again(
    reach: Reach, case: CaseView, bodies: Sequence[Mapping[str, Any]], findings: Findings
) -> list[_Refused]:
    left = set(reach.rules - reach.asked_again(case.step, case.came_from))
    for place, body in enumerate(bodies):
        change = body["change"]
        taken = reach.taken_at(change["step"], change["decision"])
        if taken is None:
            continue
        if taken.refuses:
            if place == 0 and not _is_judged_anew(reach, case):
                return [
                    _Refused(case, taken.step, taken.decision, each) for each in reach.allowing(taken.step)
                ]  # fmt: skip
            continue
        rules = [name for name in taken.rules if name in left]
        if rules:
            _ask_again(reach, case, taken, rules, body, findings)
        left -= set(rules)
    return []


def _is_judged_anew(reach: Reach, case: CaseView) -> bool:
    """Whether the case stands at a step again that the change bears on."""
    return case.open and any(key in reach.steps for key in reach.places(case.step, case.came_from))


def _ask_again(
    reach: Reach, case: CaseView, taken: Taken, rules: Sequence[str], body: Mapping[str, Any], findings: Findings
) -> None:
    facts = WithBlanks(restored(body["facts"]))
    for name in rules:
        try:
            blocker = RULES[name].blocker(facts, reach.new)
            same = blocker is None or RULES[name].blocker(facts, reach.old) is None
        except (KeyError, TypeError, ValueError, AttributeError):  # not there, or in a shape of an older version
            findings.leave_out(reach.original.key, name, _NOT_RECORDED, [(case.id, case.number)])
            continue
        if blocker is None:
            continue
        if not same:
            findings.leave_out(reach.original.key, name, _NOT_THE_SAME, [(case.id, case.number)])
            continue
        findings.add(
            Kind.FLIP, reach.original, case, taken.step, name, reach.rule_path(name), taken.decision.title,
            blocker.message, cite=blocker.cite, decision=taken.decision,
        )  # fmt: skip


def _look_at_refused(
    connection: Connection,
    reach: Reach,
    refused: Sequence[_Refused],
    findings: Findings,
    as_of: registry.AsOf,
    day: date,
) -> None:
    names = {need for each in refused for rule in each.allowing.rules for need in RULES[rule].needs}
    if any(each.step.documents or each.allowing.documents for each in refused):
        names.add("case.documents")
    known = facts_of(connection, [each.case for each in refused], names, as_of, day)
    for each, facts in zip(refused, known, strict=True):
        now = _against(each, facts, reach.old)
        if not now or _against(each, facts, reach.new):
            continue
        for code, blocker in now.items():
            path = reach.rule_path(code) if code in RULES else reach.document_path(each.step, each.allowing)
            before = Text(
                f"{each.refusal.title.zh}：{blocker.message.zh}", f"{each.refusal.title.en}: {blocker.message.en}"
            )
            findings.add(
                Kind.ALLOWED, reach.original, each.case, each.step, code, path, before, each.allowing.title,
                cite=reach.new.cite(path), decision=each.allowing,
                words=blocker.message if blocker.kind == "document" else None,
            )  # fmt: skip


def _against(refused: _Refused, facts: Mapping[str, Any], policy: Policy) -> dict[str, Blocker]:
    _, unmet = judge(refused.allowing, facts, policy, frozenset())
    found = [*document_blockers(refused.step, refused.allowing, facts, policy), *unmet]
    return {blocker.code: blocker for blocker in found}

"""Live cases: what stands against their decisions under one policy and the other, whose their step is, which steps lie ahead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection

from incubator.engine import library
from incubator.engine.calendars import WorkCalendar
from incubator.engine.case import CaseView
from incubator.engine.conditions import clock_blockers, document_blockers, judge, panel_blockers, window_blockers
from incubator.engine.policy import Policy
from incubator.engine.roles import automation, names_of
from incubator.engine.rules import Blocker
from incubator.facts import registry
from incubator.rehearsal.findings import Findings
from incubator.rehearsal.reach import Asked, Reach
from incubator.rehearsal.result import Kind
from incubator.text import Text

MAY = Text("可以办理", "may be done")
_UNSAID = Text(
    "所依据的政策缺少该规则要用的内容，无法判断",
    "one of the policies does not say what the rule asks, so it cannot be judged",
)
_NOTHING: frozenset[str] = frozenset()


def look_at_live(
    connection: Connection, reach: Reach, cases: Sequence[CaseView], findings: Findings, as_of: registry.AsOf, day: date
) -> None:
    """Note what becomes of each case where it stands, judged on the day; a case that is out for correction also there
    where it goes back to.
    """
    placed = [
        (case if key == case.step else replace(case, step=key), reach.steps[key])
        for case in cases
        for key in reach.places(case.step, case.came_from)
        if key in reach.steps
    ]
    names = {need for asks in {id(asks): asks for _, asks in placed}.values() for each in asks for need in each.needs}
    known = facts_of(connection, [case for case, _ in placed], names, as_of, day)
    for (case, asks), facts in zip(placed, known, strict=True):
        calendar = library.calendar(connection, case.calendar_hash)
        for asked in asks:
            _compare(reach, case, asked, facts, calendar, findings, day)
    for case in cases:
        _whose(reach, case, findings)
        _ahead(reach, case, findings)


def facts_of(
    connection: Connection, cases: Sequence[CaseView], names: set[str], as_of: registry.AsOf, day: date
) -> list[dict[str, Any]]:
    """The facts of these names for each case, what its forms say among them; today is the day that is judged on."""
    if not names:
        return [{} for _ in cases]
    said = [(name, *name.split(".", 2)[1:]) for name in names if name.startswith("data.")]
    loaded = registry.load(connection, cases, {name for name in names if not name.startswith("data.")}, as_of)
    for case, facts in zip(cases, loaded, strict=True):
        if registry.TODAY in facts:
            facts[registry.TODAY] = day
        for name, step, field in said:
            facts[name] = case.data.get(step, {}).get(field)
    return loaded


def against(
    asked: Asked, case: CaseView, facts: Mapping[str, Any], policy: Policy, calendar: WorkCalendar, day: date
) -> dict[str, Blocker]:
    """What stands against a decision under a policy, by code, whoever makes it and before its form is filled in."""
    step, decision = asked.step, asked.decision
    _, unmet = judge(decision, facts, policy, _NOTHING)
    found = [
        *window_blockers(step, decision, case, day, policy, calendar),
        *document_blockers(step, decision, facts, policy),
        *unmet,
        *clock_blockers(step, decision, case, {}, policy),
        *panel_blockers(step, decision, case, automation(case.street_id), {}, facts, policy),
    ]
    return {blocker.code: blocker for blocker in found}


def _compare(
    reach: Reach, case: CaseView, asked: Asked, facts: Mapping[str, Any], calendar: WorkCalendar, findings: Findings,
    day: date,
) -> None:  # fmt: skip
    try:
        now = against(asked, case, facts, reach.old, calendar, day)
        then = against(asked, case, facts, reach.new, calendar, day)
    except KeyError as unsaid:
        findings.leave_out(reach.original.key, str(unsaid.args[0]), _UNSAID, [(case.id, case.number)])
        return
    step, decision = reach.original.step(case.step), asked.decision
    for code in then.keys() - now.keys():
        path = asked.path_of(code)
        findings.add(
            Kind.BLOCKED, reach.original, case, step, code, path, MAY, then[code].message, decision=decision,
            words=_words(then[code]), cite=then[code].cite,
        )  # fmt: skip
    for code in now.keys() - then.keys():
        path = asked.path_of(code)
        cite = reach.new.cite(path) if reach.new.has(path) else None
        findings.add(
            Kind.FREED, reach.original, case, step, code, path, now[code].message, MAY, decision=decision,
            words=_words(now[code]), cite=cite,
        )  # fmt: skip


def _words(blocker: Blocker) -> Text | None:
    """What the group is called: a document by its name, anything else by the value that it comes from."""
    return blocker.message if blocker.kind == "document" else None


def _whose(reach: Reach, case: CaseView, findings: Findings) -> None:
    moved = reach.who.get(case.step)
    if moved is None:
        return
    before, after, path = moved
    findings.add(
        Kind.WHO, reach.original, case, reach.original.step(case.step), path, path, names_of(before), names_of(after),
        cite=reach.new.cite(path),
    )  # fmt: skip


def _ahead(reach: Reach, case: CaseView, findings: Findings) -> None:
    if not reach.switches or not (case.open or case.came_from):
        return
    for place, steps in enumerate(reach.routes(case.step, case.came_from)):
        words = _RUNS, _LEFT_OUT
        before, after = (words[1], words[0]) if place == 0 else words
        for step in steps:
            assert step.enabled is not None
            path = step.enabled.policy
            findings.add(
                Kind.ROUTE, reach.original, case, step, path, path, before, after, cite=reach.new.cite(path)
            )  # fmt: skip


_RUNS, _LEFT_OUT = Text("办理该环节", "the step runs"), Text("跳过该环节", "the step is left out")

"""Due dates: every limit that runs or stands still, counted anew under the new policy from what it has been through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection

from incubator.engine import library
from incubator.engine.case import CaseView, RunningLimit
from incubator.engine.deadline_words import in_words
from incubator.engine.deadlines import Proof
from incubator.engine.limits import limit_of_step, prove_limit
from incubator.engine.policy import Due
from incubator.models.base import NO_DATE
from incubator.rehearsal.findings import Findings
from incubator.rehearsal.reach import Reach
from incubator.rehearsal.result import Kind
from incubator.text import Text

NONE = Text("不计期限", "no limit runs")
_OTHER_UNIT = Text(
    "期限已按原规定的单位延长，新规定的单位不同，不能换算",
    "the limit was extended in a unit that the new version does not count in",
)
_UNSAID = Text("新政策没有规定这一期限", "the new version does not say this limit")


class Recount:
    """Counts limits anew; the many that began alike are counted once."""

    def __init__(self, connection: Connection, reach: Reach, findings: Findings, day: date) -> None:
        self.connection, self.reach, self.findings, self.day = connection, reach, findings, day
        self._known: dict[Any, date | None] = {}

    def look_at(self, cases: Sequence[CaseView]) -> None:
        """Note which limits of these cases would end on another day.

        A limit that stands still while a correction is out is counted as if none were: its end follows on the return.
        """
        for case in cases:
            for limit in case.limits:
                if limit.policy_path in self.reach.limits:
                    self._recount(case, limit)
            if case.limit is None and (case.open or case.came_from):
                self._begun(case)

    def _recount(self, case: CaseView, limit: RunningLimit) -> None:
        path, new = limit.policy_path, self.reach.new
        if not new.has(path):
            self.findings.leave_out(self.reach.original.key, path, _UNSAID, [(case.id, case.number)])
            return
        due = new.due(path)
        if limit.extensions and due.unit != self.reach.old.due(path).unit:
            self.findings.leave_out(self.reach.original.key, path, _OTHER_UNIT, [(case.id, case.number)])
            return
        counted = replace(limit, pauses=tuple(pause for pause in limit.pauses if pause[1] is not None))
        start = limit.started_on or case.step_entered_on
        key = (*_alike(case, due, path, start), counted.pauses, counted.extensions)
        if key not in self._known:
            calendar = library.calendar(self.connection, case.calendar_hash)
            self._known[key] = _day_of(limit_of_step(due, calendar, case, counted))
        after = self._known[key]
        if after is None and limit.state == "paused":
            return  # whether it runs at all is seen anew on the return
        self._note(case, limit.step, path, None if limit.due_on == NO_DATE else limit.due_on, after)

    def _begun(self, case: CaseView) -> None:
        """A limit that begins to run where none does now: what it is counted from has been reached already."""
        step = self.reach.after.step(case.step)
        ref = step.due or step.lasts
        if ref is None or ref.policy not in self.reach.limits or not self.reach.new.has(ref.policy):
            return
        due = self.reach.new.due(ref.policy)
        key = (*_alike(case, due, ref.policy, case.step_entered_on), (), ())
        if key not in self._known:
            proof = prove_limit(
                due, library.calendar(self.connection, case.calendar_hash), milestones=case.milestones,
                entered_on=case.step_entered_on, period=case.period, opened_on=case.opened_on,
            )  # fmt: skip
            self._known[key] = _day_of(proof)
        self._note(case, case.step, ref.policy, None, self._known[key])

    def _note(self, case: CaseView, step: str, path: str, before: date | None, after: date | None) -> None:
        if before == after:
            return
        overdue = after is not None and after < self.day and (before is None or before >= self.day)
        delta = (after - before).days if before and after else None
        self.findings.add(
            Kind.DUE, self.reach.original, case, self.reach.original.step(step), path, path, _words(before),
            _words(after), delta=delta, cite=self.reach.new.cite(path), unit="days", overdue=overdue,
        )  # fmt: skip


def _alike(case: CaseView, due: Due, path: str, start: date) -> tuple[Any, ...]:
    """What limits have in common that end on the same day."""
    of_year = (case.period, case.opened_on.year) if due.is_day_of_year else ()
    return (case.calendar_hash, path, start, case.milestones.get(due.starts_on), of_year)


def _day_of(proof: Proof | None) -> date | None:
    return proof.due_on if proof else None


def _words(day: date | None) -> Text:
    return NONE if day is None else in_words(day)

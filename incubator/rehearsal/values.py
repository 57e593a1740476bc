"""Amounts, last days and bands: what either policy makes of a case beside its rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection

from incubator.engine.case import CaseView
from incubator.engine.outcomes import Outcome, OutcomeKind, Part
from incubator.facts import registry
from incubator.rehearsal.findings import Findings
from incubator.rehearsal.live import facts_of
from incubator.rehearsal.reach import Reach
from incubator.rehearsal.result import Kind
from incubator.text import Text

NONE = Text("无", "none")
_UNITS = {OutcomeKind.AMOUNT: "fen", OutcomeKind.DAY: "days", OutcomeKind.BAND: ""}


def look_at_values(
    connection: Connection, reach: Reach, cases: Sequence[CaseView], findings: Findings, as_of: registry.AsOf, day: date
) -> None:
    """Note which values of these cases would be others."""
    names = {need for each in reach.outcomes for need in each.needs}
    for case, facts in zip(cases, facts_of(connection, cases, names, as_of, day), strict=True):
        for outcome in reach.outcomes:
            now, then = (
                {part.key: part for part in outcome.parts(case, facts, policy)} for policy in (reach.old, reach.new)
            )
            for key in sorted(now.keys() | then.keys()):
                _compare(reach, case, outcome, key, now.get(key), then.get(key), findings)


def _compare(
    reach: Reach,
    case: CaseView,
    outcome: Outcome,
    key: str,
    before: Part | None,
    after: Part | None,
    findings: Findings,
) -> None:
    if (before.value if before else None) == (after.value if after else None):
        return
    part = after or before
    assert part is not None
    path = next(path for path in outcome.reads if path in reach.changed)
    words = outcome.title
    if part.title is not None:
        words = Text(f"{outcome.title.zh}（{part.title.zh}）", f"{outcome.title.en} ({part.title.en})")
    findings.add(
        Kind.AMOUNT if outcome.kind is OutcomeKind.AMOUNT else Kind.RESULT, reach.original, case, None,
        f"{outcome.name}:{key}" if key else outcome.name, path, before.shown if before else NONE,
        after.shown if after else NONE, delta=_delta(outcome.kind, before, after), words=words,
        cite=reach.new.cite(path), unit=_UNITS[outcome.kind],
    )  # fmt: skip


def _delta(kind: OutcomeKind, before: Part | None, after: Part | None) -> int | None:
    """By how much it would change: fen, where a part that is not there is nothing, or days."""
    old, new = before.value if before else None, after.value if after else None
    if kind is OutcomeKind.AMOUNT:
        assert not isinstance(old, str | date)
        assert not isinstance(new, str | date)
        return (new or 0) - (old or 0)
    return (new - old).days if isinstance(old, date) and isinstance(new, date) else None

"""Findings as they come, case by case, gathered into groups."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from incubator.engine.case import CaseView
from incubator.engine.definition import Decision, Definition, Step
from incubator.policies.words import path_words
from incubator.rehearsal.result import CaseLine, Group, Kind, NotRehearsed
from incubator.text import Text

NOWHERE = Text("", "")
_ORDER = {kind: place for place, kind in enumerate(Kind)}


@dataclass
class _Gathered:
    procedure_title: Text
    step_title: Text
    path: str
    words: Text
    cite: Text | None
    unit: str
    decisions: dict[str, Text] = field(default_factory=dict)
    overdue: int = 0
    lines: dict[int, CaseLine] = field(default_factory=dict)


class Findings:
    """What was found so far. A case is in a group once, however many decisions of its step are concerned."""

    def __init__(self) -> None:
        self._groups: dict[tuple[Kind, str, str, str], _Gathered] = {}
        self._not: dict[tuple[str, str, Text], dict[int, str]] = {}
        self._names: dict[int, str] = {}

    def note_names(self, names: Iterable[tuple[int, str]]) -> None:
        """Remember what the organizations of these cases are called, in place of those before."""
        self._names = dict(names)

    def add(
        self, kind: Kind, definition: Definition, case: CaseView, step: Step | None, subject: str, path: str,
        before: Text, after: Text, *, delta: int | None = None, words: Text | None = None, cite: Text | None = None,
        decision: Decision | None = None, unit: str = "", overdue: bool = False,
    ) -> None:  # fmt: skip
        """Note that a case would be treated in another way."""
        key = (kind, definition.key, step.key if step else "", subject)
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = _Gathered(
                definition.title, step.title if step else NOWHERE, path, words or said_of(path), cite, unit
            )
        if decision is not None:
            group.decisions.setdefault(decision.name, decision.title)
        if case.id in group.lines:
            return
        group.overdue += int(overdue)
        name = self._names[case.organization_id]
        group.lines[case.id] = CaseLine(case.public_id, case.number, name, before, after, delta)

    def leave_out(self, procedure: str, subject: str, reason: Text, cases: Iterable[tuple[int, str]]) -> None:
        """Note what cannot be worked out for these cases, given by key and number."""
        self._not.setdefault((procedure, subject, reason), {}).update(cases)

    def groups(self) -> tuple[Group, ...]:
        """Every group in the order in which it is told, the cases of each by number."""
        return tuple(
            Group(
                kind=kind,
                procedure=procedure,
                procedure_title=group.procedure_title,
                step=step,
                step_title=group.step_title,
                subject=subject,
                path=group.path,
                words=group.words,
                cite=group.cite,
                decisions=tuple(group.decisions.values()),
                unit=group.unit,
                overdue=group.overdue,
                cases=tuple(sorted(group.lines.values(), key=lambda line: line.number)),
            )
            for (kind, procedure, step, subject), group in sorted(
                self._groups.items(), key=lambda item: (_ORDER[item[0][0]], *item[0][1:])
            )
        )

    def not_rehearsed(self) -> tuple[NotRehearsed, ...]:
        """What could not be worked out."""
        return tuple(
            NotRehearsed(procedure, subject, reason, tuple(sorted(cases.values())))
            for (procedure, subject, reason), cases in sorted(self._not.items(), key=lambda item: item[0][:2])
        )


def said_of(path: str) -> Text:
    """What a path is called; the path itself where an older version of the software had it and this one has no words."""
    try:
        return path_words(path)
    except LookupError:
        return Text(path, path)

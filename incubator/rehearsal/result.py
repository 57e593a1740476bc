"""What a rehearsal found: groups of cases that a changed policy would treat in another way, each leading to all of its cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from statistics import median_low
from typing import Any

from incubator.policies.words import stored_path_words
from incubator.procedures.rule_words import rule_words
from incubator.text import Text


class Kind(StrEnum):
    """What would become another thing, in the order in which it is told."""

    BLOCKED = "blocked"  # a decision that may be made now would be refused
    FREED = "freed"  # what stands against a decision now would not any more
    DUE = "due"  # a time limit would end on another day
    WHO = "who"  # the step would be somebody else's
    ROUTE = "route"  # an optional step ahead would run, or be left out
    FLIP = "flip"  # what was decided would have been refused
    ALLOWED = "allowed"  # what was refused could be allowed
    AMOUNT = "amount"  # an amount would be another, in fen
    RESULT = "result"  # a last day or a band would be another


KIND_NAMES: dict[Kind, Text] = {
    Kind.BLOCKED: Text("将被阻止", "Would be blocked"),
    Kind.FREED: Text("将不再受阻", "Would be free"),
    Kind.DUE: Text("期限变动", "Time limits that move"),
    Kind.WHO: Text("办理人变动", "Steps that become somebody else's"),
    Kind.ROUTE: Text("环节增减", "Steps added or left out"),
    Kind.FLIP: Text("已作决定不再符合", "Decisions that would be refused"),
    Kind.ALLOWED: Text("原不予办理可以办理", "Refusals that could be allowed"),
    Kind.AMOUNT: Text("金额变动", "Amounts that change"),
    Kind.RESULT: Text("结果变动", "Results that change"),
}


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case of a group: what is so now, what would be so. `delta` is in the group's unit, None where there is none."""

    public_id: str
    number: str
    organization: str
    before: Text
    after: Text
    delta: int | None = None

    def as_json(self) -> list[Any]:
        """JSON-ready; a list, since there are many."""
        sides = (self.before.zh, self.before.en, self.after.zh, self.after.en)
        return [self.public_id, self.number, self.organization, *sides, self.delta]

    @classmethod
    def from_json(cls, stored: Sequence[Any]) -> CaseLine:
        """The line that was stored."""
        public_id, number, organization, before_zh, before_en, after_zh, after_en, delta = stored
        return cls(public_id, number, organization, Text(before_zh, before_en), Text(after_zh, after_en), delta)


@dataclass(frozen=True, slots=True)
class Group:
    """Cases to which the same would happen for the same reason.

    `subject` is the rule, document, outcome or path that it comes from; `path` the changed value. `step` is empty where
    the whole case is meant. `overdue` counts the limits that would be over at once. `unit` is `days`, `fen` or empty.
    """

    kind: Kind
    procedure: str
    procedure_title: Text
    step: str
    step_title: Text
    subject: str
    path: str
    words: Text
    cite: Text | None
    decisions: tuple[Text, ...]
    unit: str
    overdue: int
    cases: tuple[CaseLine, ...]

    @property
    def key(self) -> str:
        """What tells the group from the others of its rehearsal."""
        return ":".join((self.kind.value, self.procedure, self.step, self.subject))

    @property
    def count(self) -> int:
        """How many cases it has."""
        return len(self.cases)

    @property
    def spread(self) -> tuple[int, int, int] | None:
        """Least, median and most of what changes, in the unit; None where nothing is counted."""
        deltas = [case.delta for case in self.cases if case.delta is not None]
        return (min(deltas), median_low(deltas), max(deltas)) if deltas else None

    def as_json(self) -> dict[str, Any]:
        """JSON-ready, both languages; count and spread are there for readers of the file."""
        return {
            "kind": self.kind.value,
            "procedure": self.procedure,
            "procedure_title": self.procedure_title.as_pair(),
            "step": self.step,
            "step_title": self.step_title.as_pair(),
            "subject": self.subject,
            "path": self.path,
            "words": self.words.as_pair(),
            "cite": self.cite.as_pair() if self.cite else None,
            "decisions": [title.as_pair() for title in self.decisions],
            "unit": self.unit,
            "overdue": self.overdue,
            "count": self.count,
            "spread": list(self.spread) if self.spread else None,
            "cases": [case.as_json() for case in self.cases],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Group:
        """The group that was stored."""
        plain = {name: stored[name] for name in ("procedure", "step", "subject", "path", "unit", "overdue")}
        return cls(
            kind=Kind(stored["kind"]),
            procedure_title=Text.from_pair(stored["procedure_title"]),
            step_title=Text.from_pair(stored["step_title"]),
            words=Text.from_pair(stored["words"]),
            cite=Text.from_pair(stored["cite"]) if stored["cite"] else None,
            decisions=tuple(map(Text.from_pair, stored["decisions"])),
            cases=tuple(map(CaseLine.from_json, stored["cases"])),
            **plain,
        )


@dataclass(frozen=True, slots=True)
class NotRehearsed:
    """What could not be worked out, and for how many cases: never dropped in silence."""

    procedure: str
    subject: str
    reason: Text
    cases: tuple[str, ...]  # numbers

    @property
    def words(self) -> Text:
        """What could not be worked out: a rule's sentence, or what the value is called."""
        return rule_words(self.subject) if "@" in self.subject else stored_path_words(self.subject)

    def as_json(self) -> dict[str, Any]:
        """JSON-ready, both languages."""
        return {
            "procedure": self.procedure,
            "subject": self.subject,
            "reason": self.reason.as_pair(),
            "cases": list(self.cases),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> NotRehearsed:
        """What was stored."""
        reason = Text.from_pair(stored["reason"])
        return cls(stored["procedure"], stored["subject"], reason, tuple(stored["cases"]))


@dataclass(frozen=True, slots=True)
class OldPolicy:
    """A version that cases run under now: how many, and at which paths the new one says something else.

    `call` names the announcement of a call whose own terms stay, laid over either version.
    """

    hash: str
    name: str
    live: int
    decided: int
    changed: tuple[str, ...]
    call: str = ""

    def as_json(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "hash": self.hash,
            "name": self.name,
            "live": self.live,
            "decided": self.decided,
            "changed": list(self.changed),
            "call": self.call,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> OldPolicy:
        """What was stored."""
        return cls(**{**stored, "changed": tuple(stored["changed"])})


@dataclass(frozen=True)
class Rehearsal:
    """What a policy would do to a street's caseload as it was at a moment.

    `as_of` is the day that rules, windows and overdue limits were judged on. `inert` are changed paths that nothing
    rehearsed reads: they bear on cases to come, reminders, forms and papers.
    """

    rehearsed_at: datetime
    as_of: date
    street: str  # public id
    street_name: str
    policy_hash: str
    policy_name: str
    old: tuple[OldPolicy, ...]
    inert: tuple[str, ...]
    groups: tuple[Group, ...]
    not_rehearsed: tuple[NotRehearsed, ...]

    @property
    def live(self) -> int:
        """How many live cases were considered."""
        return sum(each.live for each in self.old)

    @property
    def decided(self) -> int:
        """How many ended cases were considered."""
        return sum(each.decided for each in self.old)

    @cached_property
    def changed(self) -> tuple[str, ...]:
        """Every path at which the new policy says something else than a version that cases run under."""
        return tuple(sorted({path for each in self.old for path in each.changed}))

    @cached_property
    def touched(self) -> int:
        """How many cases are in any group."""
        return len({case.public_id for group in self.groups for case in group.cases})

    def of_kind(self, kind: Kind) -> tuple[Group, ...]:
        """The groups of one kind."""
        return tuple(group for group in self.groups if group.kind is kind)

    def as_json(self) -> dict[str, Any]:
        """JSON-ready, both languages."""
        return {
            "rehearsed_at": self.rehearsed_at.isoformat(),
            "as_of": self.as_of.isoformat(),
            "street": self.street,
            "street_name": self.street_name,
            "policy": {"hash": self.policy_hash, "name": self.policy_name},
            "old": [each.as_json() for each in self.old],
            "inert": list(self.inert),
            "groups": [group.as_json() for group in self.groups],
            "not_rehearsed": [each.as_json() for each in self.not_rehearsed],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Rehearsal:
        """The rehearsal that was stored."""
        return cls(
            rehearsed_at=datetime.fromisoformat(stored["rehearsed_at"]),
            as_of=date.fromisoformat(stored["as_of"]),
            street=stored["street"],
            street_name=stored["street_name"],
            policy_hash=stored["policy"]["hash"],
            policy_name=stored["policy"]["name"],
            old=tuple(map(OldPolicy.from_json, stored["old"])),
            inert=tuple(stored["inert"]),
            groups=tuple(map(Group.from_json, stored["groups"])),
            not_rehearsed=tuple(map(NotRehearsed.from_json, stored["not_rehearsed"])),
        )

"""Rules: pure conditions named as sentences, that answer with reasons. A rule knows facts and policy, and no database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from incubator.engine.roles import Role, names_of
from incubator.text import Text

Facts = Mapping[str, Any]


class PolicyValues(Protocol):
    """What a rule may ask of the policy that a case is under."""

    def get(self, path: str) -> Any:
        """The value at a path."""
        ...

    def cite(self, path: str) -> Text:
        """Where that value comes from."""
        ...


@dataclass(frozen=True, slots=True)
class Blocker:
    """Why something cannot be done: in plain words, who can cure it, the next thing to do, the source."""

    code: str
    kind: str  # who, rule, document, checklist, window, panel, state
    message: Text
    who: Text
    next: Text
    cite: Text | None = None

    def as_json(self) -> dict[str, Any]:
        """JSON-ready, both languages."""
        return {
            "code": self.code,
            "kind": self.kind,
            "message": self.message.as_pair(),
            "who": self.who.as_pair(),
            "next": self.next.as_pair(),
            "cite": self.cite.as_pair() if self.cite else None,
        }


@dataclass(frozen=True, slots=True)
class Unmet:
    """A rule's answer when it is not met; None means it is."""

    message: Text
    next: Text
    cured_by: tuple[Role, ...]
    cite: Text | None = None


Judge = Callable[[Facts, PolicyValues], Unmet | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition with its versioned name, the facts and the policy values that it reads."""

    name: str
    needs: tuple[str, ...]
    reads: tuple[str, ...]
    judge: Judge

    def blocker(self, facts: Facts, policy: PolicyValues) -> Blocker | None:
        """Why the rule is not met, or None."""
        unmet = self.judge(facts, policy)
        if unmet is None:
            return None
        return Blocker(self.name, "rule", unmet.message, names_of(unmet.cured_by), unmet.next, unmet.cite)


RULES: dict[str, Rule] = {}


def _is_the_same(one: Callable[..., Any], other: Callable[..., Any]) -> bool:
    """Whether both are the same function of the same module, which may have been imported anew."""
    return (one.__module__, one.__qualname__) == (other.__module__, other.__qualname__)


def rule(name: str, *, needs: tuple[str, ...], reads: tuple[str, ...] = ()) -> Callable[[Judge], Judge]:
    """Register a pure condition under `sentence@version`; a rule whose meaning changes gets a new number."""

    def register(judge: Judge) -> Judge:
        if "@" not in name:
            raise ValueError(f"rule {name!r} has no version: write {name}@1")
        known = RULES.get(name)
        if known is not None and not _is_the_same(known.judge, judge):
            raise ValueError(f"two rules are called {name!r}")
        RULES[name] = Rule(name, needs, reads, judge)
        return judge

    return register

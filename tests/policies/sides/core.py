"""How both sides of a condition are written down: derived from a pack's own values, for each rule that reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from incubator.engine.policy import Policy

TODAY, DAY = date(2026, 9, 18), timedelta(days=1)

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Sides:
    """Facts that just meet a rule, facts that just miss it, and the value whose source the refusal names.

    `on` holds what a pack would have to say for the rule to bite, where this pack asks for nothing: then nothing is refused
    under the pack, and the same facts are under one that says it.
    """

    met: Facts
    missed: Facts
    cites: str
    on: Mapping[str, Any] = field(default_factory=dict)


Derive = Callable[[Policy], Iterable[Sides]]

SIDES: dict[str, Derive] = {}


def sides(*names: str) -> Callable[[Derive], Derive]:
    """Register what a rule's sides are."""

    def register(derive: Derive) -> Derive:
        for name in names:
            assert name not in SIDES, name
            SIDES[name] = derive
        return derive

    return register


def said(**entries: Any) -> dict[str, Any]:
    """What an application says, never corrected."""
    return {f"data.{step}.{name}": value if step == "application" else None for name, value in entries.items()
            for step in ("application", "correction")}  # fmt: skip


def switch(policy: Policy, path: str, met: Facts, missed: Facts, *, asks: Any = True) -> Iterable[Sides]:
    """The sides of a yes or no, which asks for something where it is `asks`."""
    yield Sides(met, missed, path, {} if policy.get(path) == asks else {path: asks})


def least(policy: Policy, path: str, facts: Callable[[int], Facts]) -> Iterable[Sides]:
    """The sides of a number that is needed at least."""
    value = policy.whole(path)
    yield Sides(facts(value), facts(value - 1), path)


def with_value(policy: Policy, changes: Mapping[str, Any]) -> Policy:
    """The pack with these values, each under its citation."""
    content = deepcopy(dict(policy.content))
    for path, value in changes.items():
        node = content["values"]
        for part in path.split("."):
            node = node[part]
        node["value"] = value
    return Policy(content)

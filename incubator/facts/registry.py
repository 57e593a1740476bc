"""The register of facts: each is named and typed, its provider answers for many cases in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy import Connection

from incubator.clock import today


class CaseRef(Protocol):
    """What a provider knows of the case it is asked about; `id` is 0 for a case that is not open yet."""

    @property
    def id(self) -> int: ...
    @property
    def street_id(self) -> int: ...
    @property
    def community_id(self) -> int: ...
    @property
    def organization_id(self) -> int: ...
    @property
    def period(self) -> str: ...
    @property
    def data(self) -> Mapping[str, Mapping[str, Any]]: ...
    @property
    def milestones(self) -> Mapping[str, str]: ...
    @property
    def due_on(self) -> date: ...


@dataclass(frozen=True, slots=True)
class AsOf:
    """The moment that facts are asked for: the present, or a past one at which later records are not seen."""

    moment: datetime
    is_past: bool = False


# Takes the connection, the cases, the moment and what the providers it comes after brought; answers in the cases' order,
# one mapping of fact names to values for each.
Provider = Callable[..., Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that rules may ask. `guard` names the row that advance locks while it decides by this fact."""

    name: str
    type: type
    guard: str = ""


# The day itself: rules take it as a fact, never from a clock.
TODAY = "case.today"

FACTS: dict[str, Fact] = {TODAY: Fact(TODAY, date)}
_PROVIDERS: dict[str, Provider] = {}
_AFTER: dict[Provider, tuple[Provider, ...]] = {}


def provides(*facts: Fact, after: tuple[Provider, ...] = ()) -> Callable[[Provider], Provider]:
    """Register the function that brings these facts, for each case in order, in a fixed number of statements.

    What the providers of `after` bring is handed to it, so that nothing is asked twice.
    """

    def register(provider: Provider) -> Provider:
        _AFTER[provider] = after
        for fact in facts:
            FACTS[fact.name] = fact
            _PROVIDERS[fact.name] = provider
        return provider

    return register


def load(connection: Connection, cases: Sequence[CaseRef], names: Iterable[str], as_of: AsOf) -> list[dict[str, Any]]:
    """The named facts of each case, in the cases' order; one call of each provider, whatever the number of cases."""
    wanted = set(names)
    answers: list[dict[str, Any]] = [{} for _ in cases]
    if TODAY in wanted:
        wanted.discard(TODAY)
        for answer in answers:
            answer[TODAY] = today(as_of.moment)
    brought: dict[Provider, Sequence[Mapping[str, Any]]] = {}

    def bring(provider: Provider) -> Sequence[Mapping[str, Any]]:
        if provider not in brought:
            brought[provider] = provider(connection, cases, as_of, *map(bring, _AFTER[provider]))
        return brought[provider]

    for provider in {_PROVIDERS[name]: None for name in sorted(wanted)}:
        for answer, known in zip(answers, bring(provider), strict=True):
            answer.update((name, value) for name, value in known.items() if name in wanted)
    return answers


def guards(names: Iterable[str]) -> frozenset[str]:
    """The rows that must be locked while one decides by these facts."""
    return frozenset(FACTS[name].guard for name in names if FACTS[name].guard)

"""The register of facts: each is named and typed, its provider answers for many cases in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection


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


Provider = Callable[[Connection, Sequence[CaseRef], datetime | None], Mapping[int, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that rules may ask. `guard` names the row that advance locks while it decides by this fact."""

    name: str
    type: type
    guard: str = ""


FACTS: dict[str, Fact] = {}
_PROVIDERS: dict[str, Provider] = {}


def provides(*facts: Fact) -> Callable[[Provider], Provider]:
    """Register the function that brings these facts: keyed by organization id, then by fact name.

    `as_of` is a past moment, or None for the present: what was recorded later is not seen.
    """

    def register(provider: Provider) -> Provider:
        for fact in facts:
            FACTS[fact.name] = fact
            _PROVIDERS[fact.name] = provider
        return provider

    return register


def load(
    connection: Connection, cases: Sequence[CaseRef], names: Iterable[str], as_of: datetime | None = None
) -> list[dict[str, Any]]:
    """The named facts of each case, in the cases' order; one call of each provider, whatever the number of cases."""
    wanted = set(names)
    answers: list[dict[str, Any]] = [{} for _ in cases]
    for provider in {id(_PROVIDERS[name]): _PROVIDERS[name] for name in sorted(wanted)}.values():
        brought = provider(connection, cases, as_of)
        for case, answer in zip(cases, answers, strict=True):
            for name, value in brought[case.organization_id].items():
                if name in wanted:
                    answer[name] = value
    return answers


def guards(names: Iterable[str]) -> frozenset[str]:
    """The rows that must be locked while one decides by these facts."""
    return frozenset(FACTS[name].guard for name in names if FACTS[name].guard)

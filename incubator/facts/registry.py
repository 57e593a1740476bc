"""The register of facts: each is named and typed, its provider answers for many cases in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy import Connection

from incubator.clock import today as day_of


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


TODAY = "case.today"

FACTS: dict[str, Fact] = {TODAY: Fact(TODAY, date)}
_PROVIDERS: dict[str, Provider] = {}
_BY_PLACE: set[str] = set()


def provides(*facts: Fact, by_case: bool = False) -> Callable[[Provider], Provider]:
    """Register the function that brings these facts: keyed by organization id, then by fact name.

    With `by_case` it is keyed by the case's place in the sequence instead: what differs between two cases of one
    organization (documents, form entries) must be. `as_of` is a past moment, or None for the present: what was
    recorded later is not seen.
    """

    def register(provider: Provider) -> Provider:
        for fact in facts:
            FACTS[fact.name] = fact
            _PROVIDERS[fact.name] = provider
            if by_case:
                _BY_PLACE.add(fact.name)
            else:
                _BY_PLACE.discard(fact.name)
        return provider

    return register


def load(
    connection: Connection,
    cases: Sequence[CaseRef],
    names: Iterable[str],
    as_of: datetime | None = None,
    *,
    today: date | None = None,
) -> list[dict[str, Any]]:
    """The named facts of each case, in the cases' order; one call of each provider, whatever the number of cases.

    `today` answers the fact `case.today`; a load of the past knows it from `as_of`. A ValueError tells a caller who
    asks for that fact and gives neither.
    """
    wanted = set(names)
    answers: list[dict[str, Any]] = [{} for _ in cases]
    if TODAY in wanted:
        wanted.discard(TODAY)
        day = today or (day_of(as_of) if as_of else None)
        if day is None:
            raise ValueError(f"{TODAY} was asked for and no day was given")
        for answer in answers:
            answer[TODAY] = day
    providers: dict[int, tuple[Provider, bool]] = {
        id(_PROVIDERS[name]): (_PROVIDERS[name], name in _BY_PLACE) for name in sorted(wanted)
    }
    for provider, by_place in providers.values():
        brought = provider(connection, cases, as_of)
        for place, (case, answer) in enumerate(zip(cases, answers, strict=True)):
            for name, value in brought[place if by_place else case.organization_id].items():
                if name in wanted:
                    answer[name] = value
    return answers


def guards(names: Iterable[str]) -> frozenset[str]:
    """The rows that must be locked while one decides by these facts."""
    return frozenset(FACTS[name].guard for name in names if FACTS[name].guard)

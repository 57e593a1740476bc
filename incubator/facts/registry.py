"""The register of facts: each is named and typed, its provider answers for many cases by a fixed number of questions."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy import Connection

from incubator.clock import today
from incubator.facts.together import Question, together


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


Facts = Sequence[Mapping[str, Any]]
# A provider takes the cases, the moment and what the providers it comes after brought. It yields a question and is sent
# the question's rows, or several at once and is sent the rows of each; it returns, in the cases' order, one mapping of
# fact names to values for each case. What all of them ask at the same time goes to the database in one statement.
Asking = Generator[Question | list[Question], Any, Facts]
Provider = Callable[..., Asking]


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
    """Register the function that brings these facts, for each case in order, by a fixed number of questions.

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
    """The named facts of each case, in the cases' order; one call of each provider, whatever the number of cases.

    As many statements as the longest chain of providers that come after one another: one, seldom two.
    """
    wanted = set(names)
    answers: list[dict[str, Any]] = [{} for _ in cases]
    if TODAY in wanted:
        wanted.discard(TODAY)
        for answer in answers:
            answer[TODAY] = today(as_of.moment)
    providers = {_PROVIDERS[name]: None for name in sorted(wanted)}
    brought = _brought(connection, cases, providers, as_of)
    for provider in providers:
        for answer, known in zip(answers, brought[provider], strict=True):
            answer.update((name, value) for name, value in known.items() if name in wanted)
    return answers


def _brought(
    connection: Connection, cases: Sequence[CaseRef], providers: Iterable[Provider], as_of: AsOf
) -> dict[Provider, Facts]:
    """What these providers bring, and those that they come after: all are heard, then asked for, then heard again."""
    brought: dict[Provider, Facts] = {}
    waiting = _with_those_before(providers)
    asking: dict[Provider, Asking] = {}
    questions: dict[Provider, Question | list[Question]] = {}

    def hear(provider: Provider, rows: Any) -> None:
        """Let a provider go on with the rows that it asked for, until it asks again or is done."""
        try:
            questions[provider] = asking[provider].send(rows)
        except StopIteration as done:
            brought[provider] = done.value

    while len(brought) < len(waiting):
        for provider in waiting:
            if provider not in asking and all(before in brought for before in _AFTER[provider]):
                asking[provider] = provider(cases, as_of, *(brought[before] for before in _AFTER[provider]))
                hear(provider, None)
        asked, questions = questions, {}
        each = [question if isinstance(question, list) else [question] for question in asked.values()]
        answers = iter(together(connection, [question for several in each for question in several]))
        for (provider, question), several in zip(asked.items(), each, strict=True):
            rows = [next(answers) for _ in several]
            hear(provider, rows if isinstance(question, list) else rows[0])
    return brought


def _with_those_before(providers: Iterable[Provider]) -> list[Provider]:
    """These providers and all that they come after, each once and behind those that it comes after."""
    found: dict[Provider, None] = {}
    for provider in providers:
        for each in (*_with_those_before(_AFTER[provider]), provider):
            found.setdefault(each)
    return list(found)


def guards(names: Iterable[str]) -> frozenset[str]:
    """The rows that must be locked while one decides by these facts."""
    return frozenset(FACTS[name].guard for name in names if FACTS[name].guard)

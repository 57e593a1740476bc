"""Outcomes: what a policy makes of a case beside its rules, such as an amount, a last day or a band; pure, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from incubator.engine.case import CaseView
from incubator.engine.policy import Policy
from incubator.text import Text


class OutcomeKind(StrEnum):
    """What kind of value it is: how two of them are compared."""

    AMOUNT = "amount"  # integer fen
    DAY = "day"
    BAND = "band"  # a code of the policy's list


@dataclass(frozen=True, slots=True)
class Part:
    """One value. `key` tells the parts of a case apart, such as the places of tranches; `shown` is the value in words."""

    value: int | date | str
    shown: Text
    key: str = ""
    title: Text | None = None


# From a case, its facts as `needs` names them, and a policy; nothing where the case has no such value.
Compute = Callable[[CaseView, Mapping[str, Any], Policy], Sequence[Part]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A value that a case of these procedures has under a policy, and the facts and policy paths that it is made of."""

    name: str
    title: Text
    kind: OutcomeKind
    procedures: tuple[str, ...]
    needs: tuple[str, ...]
    reads: tuple[str, ...]
    parts: Compute


OUTCOMES: dict[str, Outcome] = {}


def outcome(
    name: str, title: Text, kind: OutcomeKind, *, procedures: tuple[str, ...], reads: tuple[str, ...],
    needs: tuple[str, ...] = (),
) -> Callable[[Compute], Compute]:  # fmt: skip
    """Register what a policy makes of the cases of these procedures."""

    def register(parts: Compute) -> Compute:
        known = OUTCOMES.get(name)
        if known is not None and known.parts.__qualname__ != parts.__qualname__:
            raise ValueError(f"two outcomes are called {name!r}")
        OUTCOMES[name] = Outcome(name, title, kind, procedures, needs, reads, parts)
        return parts

    return register

"""Terms: what holds for the cases of a period beside the policy in force, such as a call's cap; stages register them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from incubator.engine.policy import Policy
from incubator.text import Text


@dataclass(frozen=True, slots=True)
class OpenPeriod:
    """A period for which cases may be opened on a day: what `open_case` takes, and what people call it."""

    period: str
    title: Text


@dataclass(frozen=True, slots=True)
class Terms:
    """How a kind of terms is found.

    `policy` gives the pinned policy of a street's period, None where there is no such period; `periods` the street's
    periods that are open on a day.
    """

    policy: Callable[[Connection, int, str], Policy | None]
    periods: Callable[[Connection, int, date], Sequence[OpenPeriod]]


TERMS: dict[str, Terms] = {}

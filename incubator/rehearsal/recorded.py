"""Facts as an event recorded them, given back the types that rules expect."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from incubator.facts.registry import FACTS

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def restored(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts that an event's body holds: days, sets and tuples as their providers brought them.

    What forms say is plain data and stays. Inside a fact, a text that is a whole ISO day was a day.
    """
    return {
        name: _typed(FACTS[name].type, value) if name in FACTS and value is not None else value
        for name, value in facts.items()
    }


def _typed(kind: type, value: Any) -> Any:
    if kind is date:
        return date.fromisoformat(value)
    if kind is frozenset:
        return frozenset(map(_within, value))
    if kind is tuple:
        return tuple(map(_within, value))
    return _within(value) if kind is dict else value


def _within(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _within(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_within(each) for each in value]
    if isinstance(value, str) and _DAY.fullmatch(value):
        return date.fromisoformat(value)
    return value

"""Effects: what a decision changes beyond the case itself, named by the definition, run inside advance's transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from incubator.engine.calendars import WorkCalendar
from incubator.engine.case import CaseView
from incubator.engine.policy import Policy
from incubator.engine.roles import Actor


@dataclass(frozen=True, slots=True)
class EffectContext:
    """What an effect may use. `data` is what the person filled in with this decision, personal values included."""

    connection: Connection
    case: CaseView
    decision: str
    actor: Actor
    data: Mapping[str, Any]
    comment: str
    effective_on: date
    now: datetime
    policy: Policy
    calendar: WorkCalendar


# What an effect says it changed is written into the case's event, so it must be JSON-ready and free of personal values.
Effect = Callable[[EffectContext], Mapping[str, Any]]

EFFECTS: dict[str, Effect] = {}


def effect(name: str) -> Callable[[Effect], Effect]:
    """Register what a decision changes beyond the case, under the name that definitions use."""

    def register(run: Effect) -> Effect:
        if name in EFFECTS and EFFECTS[name].__qualname__ != run.__qualname__:
            raise ValueError(f"two effects are called {name!r}")
        EFFECTS[name] = run
        return run

    return register

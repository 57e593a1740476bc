"""A case as the pure part of the engine sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Seat:
    """A reviewer's place in the panel of the current step."""

    person_id: int
    alternate: bool
    state: str  # alternate -> seated -> declared -> given; seated or declared -> conflicted
    review: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunningLimit:
    """The time limit of the current step, or the one that stands still while the case is out for correction."""

    id: int
    step: str
    visit: int
    state: str
    due_on: date
    policy_path: str
    started_on: date | None  # the day it runs from: coming back from a correction does not begin it anew
    pauses: tuple[tuple[date, date | None], ...]
    extensions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CaseView:
    """Where a case stands and what it has been through; nothing of the database."""

    id: int
    public_id: str
    street_id: int
    community_id: int
    organization_id: int
    procedure: str
    number: str
    period: str
    step: str
    visit: int
    version: int
    open: bool
    outcome: str
    came_from: str
    step_entered_on: date
    step_entered_at: datetime
    due_on: date
    definition_hash: str
    policy_hash: str
    calendar_hash: str
    data: Mapping[str, Mapping[str, Any]]
    milestones: Mapping[str, str]
    acts: Mapping[str, list[int]]
    opened_on: date
    head_seq: int
    head_hash: str
    limits: tuple[RunningLimit, ...] = ()
    seats: tuple[Seat, ...] = ()
    recused: frozenset[int] = frozenset()  # who declared a conflict of interest in any panel of this case

    @property
    def limit(self) -> RunningLimit | None:
        """The limit that runs in the current step."""
        return next((limit for limit in self.limits if limit.state == "running" and limit.step == self.step), None)

    def paused_limit(self, step: str) -> RunningLimit | None:
        """The limit of a step that stands still until the case comes back there."""
        return next((limit for limit in self.limits if limit.state == "paused" and limit.step == step), None)

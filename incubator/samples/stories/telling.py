"""How stories are told: who opens a case, hands papers in, acts and serves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from incubator.samples.agenda import Move, Moves
from incubator.samples.groups import Group
from incubator.samples.stage import Stage

Data = Mapping[str, Any] | Callable[[Stage, Group], Mapping[str, Any]]
Period = str | Callable[[Stage, Group], str]

CHECKED = {"checklist": ["documents_read", "facts_match"]}


def begin(procedure: str, who: str = "worker", *, period: Period = "") -> Move:
    """A case is opened by the person who is the group's `who` (worker, officer, director ...), or has that username."""
    return lambda stage, group: stage.open(group, procedure, _person(group, who), period=_said(period, stage, group))


def by(
    who: str, procedure: str, action: str, data: Data | None = None, *, papers: Sequence[str] = (), handed_by: str = "",
    comment: str = "", period: Period = "",
) -> Move:  # fmt: skip
    """An action, after the papers of these kinds are handed in by the same person or by `handed_by`."""

    def move(stage: Stage, group: Group) -> None:
        place = _said(period, stage, group)
        if papers:
            stage.hand_in(group, procedure, _person(group, handed_by or who), papers, period=place)
        said = data(stage, group) if callable(data) else data
        stage.act(group, procedure, _person(group, who), action, said, comment=comment, period=place)

    return move


def serve(procedure: str, kind: str, action: str = "serve", *, period: Period = "") -> Move:
    """The sealed paper is served by the officer."""
    return by("officer", procedure, action, served, papers=(kind,), period=period)


def served(stage: Stage, group: Group) -> dict[str, Any]:
    """That a paper was handed over."""
    return {"means": "in_person", "recipient": group.leader}


def then(gap: int, moves: Moves) -> Moves:
    """Moves that follow others: the first of them so many working days after."""
    (_, first), *rest = moves
    return ((gap, first), *rest)


def _person(group: Group, who: str) -> str:
    return str(getattr(group, who, who))


def _said(period: Period, stage: Stage, group: Group) -> str:
    return period(stage, group) if callable(period) else period

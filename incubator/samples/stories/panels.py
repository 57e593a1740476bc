"""Panels of experts in the stories: seated in turn, each declares and scores, an alternate joins where one stands aside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from incubator.engine import library
from incubator.engine.case import CaseView
from incubator.samples.agenda import Move, Moves
from incubator.samples.groups import Group
from incubator.samples.people import EXPERTS
from incubator.samples.stage import Stage
from incubator.samples.stories.telling import by

SIZE = 5


def seat(procedure: str, turn: int = 0) -> Move:
    """Five experts and two alternates, another one first each time."""

    def drawn(stage: Stage, group: Group) -> dict[str, Any]:
        people = [stage.people[name].public_id for name in _drawn(turn)]
        return {"members": people[:SIZE], "alternates": people[SIZE:]}

    return by("officer", procedure, "seat", drawn)


def declare(procedure: str, place: int, turn: int = 0) -> Move:
    """The expert in that place of the panel has no conflict of interest."""
    return by(_drawn(turn)[place], procedure, "declare", {"conflict": False})


def stand_aside(procedure: str, place: int, turn: int = 0, **more: Any) -> Move:
    """The expert in that place declares a conflict of interest."""
    return by(_drawn(turn)[place], procedure, "declare", {"conflict": True, **more})


def give(procedure: str, sheet: str, place: int, percent: int, turn: int = 0) -> Move:
    """The expert in that place declares that there is no conflict, and gives so many percent of the points."""
    expert = _drawn(turn)[place]

    def move(stage: Stage, group: Group) -> None:
        stage.act(group, procedure, expert, "declare", {"conflict": False})
        stage.act(
            group, procedure, expert, "give", {"scores": _points(stage, stage.case(group, procedure), sheet, percent)}
        )

    return move


def reviewed(procedure: str, sheet: str, percents: Sequence[int], turn: int = 0) -> Moves:
    """A whole review: seated, scored by the five within two days, added up."""
    return (
        (2, seat(procedure, turn)),
        *((place % 3 == 0, give(procedure, sheet, place, percent, turn)) for place, percent in enumerate(percents)),
        (1, by("officer", procedure, "conclude")),
    )


def _drawn(turn: int) -> list[str]:
    return [EXPERTS[(place + turn) % len(EXPERTS)] for place in range(len(EXPERTS))]


def _points(stage: Stage, case: CaseView, sheet: str, percent: int) -> dict[str, int]:
    with stage.service.database.read() as connection:
        criteria = library.policy(connection, case.policy_hash).get(sheet)["criteria"]
    return {each["code"]: (each["most"] * percent + 50) // 100 for each in criteria}

"""The cap of one project: an amount, a share of the call's budget, or tiers of either by the score or by the budget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

SCORE, BUDGET = "score", "budget"
Stored = Mapping[str, Any]  # a cap or a step as the policy stores it


def most_fen(cap: Stored, budget_fen: int, score: str = "") -> int:
    """The most that one project of a call with this budget may get, in fen; a share is rounded down.

    Where the cap goes by the score and there is none yet, the highest step holds.
    """
    tiers = cap.get("tiers")
    return _fen(cap if tiers is None else _step(tiers, budget_fen, score), budget_fen)


def _step(tiers: Stored, budget_fen: int, score: str) -> Stored:
    steps: Sequence[Stored] = tiers["steps"]
    if tiers["by"] == SCORE and not score:
        return steps[-1]
    reached = Decimal(score) if tiers["by"] == SCORE else budget_fen
    return [step for step in steps if step["least"] <= reached][-1]


def _fen(step: Stored, budget_fen: int) -> int:
    return int(step["fen"] if step["fen"] is not None else budget_fen * step["share"] // 10_000)


def settled(cap: Stored, budget_fen: int) -> dict[str, Any]:
    """The cap as it stands for a call of this budget: an amount, or the amounts by the score."""
    tiers = cap.get("tiers")
    if tiers is None or tiers["by"] == BUDGET:
        return {"fen": most_fen(cap, budget_fen)}
    steps = [{"least": step["least"], "fen": _fen(step, budget_fen)} for step in tiers["steps"]]
    return {"tiers": {"by": SCORE, "steps": steps}}

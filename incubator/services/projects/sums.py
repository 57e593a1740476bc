"""The sums of a project, pure: its tranches by the plan, and what a settlement pays, releases and claims back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WHOLE = 10_000  # shares are in hundredths of a percent


def tranche_sums(awarded_fen: int, shares: Sequence[int]) -> tuple[int, ...]:
    """The award by shares in hundredths of a percent: each part rounded down, the last takes the rest."""
    first = [awarded_fen * share // WHOLE for share in shares[:-1]]
    return (*first, awarded_fen - sum(first))


def planned(awarded_fen: int, plan: Sequence[Mapping[str, Any]]) -> tuple[int, ...]:
    """The tranches of an award by the plan of a policy, in fen."""
    return tranche_sums(awarded_fen, [part["share"] for part in plan])


def in_percent(share: int) -> str:
    """A share as people read it: 5000 is `50`, 3333 is `33.33`."""
    whole, rest = divmod(share, 100)
    return f"{whole}.{rest:02d}".rstrip("0") if rest else str(whole)


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a settlement comes to, all in fen: `due` in total, of which `final` is still to be paid.

    `refund` is claimed back from what was paid; `released` is what of the committed money is not needed. Always
    paid + final - refund == due and final + released == committed, and one of final and refund is nothing.
    """

    due_fen: int
    final_fen: int
    released_fen: int
    refund_fen: int


def settlement(
    *, paid_fen: int, payable_fen: int, committed_fen: int, accepted_fen: int, actual_cost: bool
) -> Settlement:
    """What is settled on what was paid, what the tranches that wait would still pay, and what is committed.

    At actual cost the accepted cost is due, up to what was paid and is payable; without it all of that is. What was
    stopped or clawed back is committed or gone, and payable no more.
    """
    at_most = paid_fen + payable_fen
    due = min(accepted_fen, at_most) if actual_cost else at_most
    final, refund = max(due - paid_fen, 0), max(paid_fen - due, 0)
    return Settlement(due, final, committed_fen - final, refund)


def shared_out(fen: int, planned: Sequence[int]) -> tuple[int, ...]:
    """An amount over the tranches that are left, first ones first, none above its plan."""
    parts = []
    for most in planned:
        parts.append(min(fen, most))
        fen -= parts[-1]
    return tuple(parts)

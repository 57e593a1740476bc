"""The sums of a project, whatever the amounts: tranches make the award, settlements balance."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incubator.services.projects.sums import in_percent, settlement, shared_out, tranche_sums

FEN = st.integers(0, 10**12)


@st.composite
def plans(draw: st.DrawFn) -> list[int]:
    """Shares in hundredths of a percent that make the whole."""
    cuts = sorted(draw(st.sets(st.integers(1, 9_999), max_size=11)))
    return [after - before for before, after in zip([0, *cuts], [*cuts, 10_000], strict=True)]


@pytest.mark.parametrize(
    ("awarded", "shares", "sums"),
    [
        (2_999_999, [5000, 3000, 2000], (1_499_999, 899_999, 600_001)),
        (1, [5000, 3000, 2000], (0, 0, 1)),
        (100, [3333, 3333, 3334], (33, 33, 34)),
        (5, [10_000], (5,)),
    ],
)
def test_the_last_tranche_takes_the_rounding(awarded: int, shares: list[int], sums: tuple[int, ...]) -> None:
    assert tranche_sums(awarded, shares) == sums


@given(FEN, plans())
def test_tranches_make_the_award_and_none_is_off_by_more_than_the_rounding(awarded: int, shares: list[int]) -> None:
    sums = tranche_sums(awarded, shares)
    assert sum(sums) == awarded
    assert all(fen >= 0 for fen in sums)
    assert all(0 <= awarded * share - fen * 10_000 < 10_000 for fen, share in zip(sums[:-1], shares[:-1], strict=True))


@given(paid=FEN, payable=FEN, stopped=FEN, accepted=FEN, actual_cost=st.booleans())
def test_a_settlement_always_balances(paid: int, payable: int, stopped: int, accepted: int, actual_cost: bool) -> None:
    committed = payable + stopped
    sums = settlement(
        paid_fen=paid, payable_fen=payable, committed_fen=committed, accepted_fen=accepted, actual_cost=actual_cost
    )
    assert paid + sums.final_fen - sums.refund_fen == sums.due_fen
    assert paid + sums.final_fen + sums.released_fen == paid + committed
    assert min(sums.final_fen, sums.refund_fen) == 0
    assert min(sums.final_fen, sums.released_fen - stopped, sums.refund_fen) >= 0
    if actual_cost:
        assert sums.due_fen == min(accepted, paid + payable)


@given(FEN, st.lists(FEN, max_size=5))
def test_what_is_still_paid_fills_the_first_tranches_first(fen: int, planned: list[int]) -> None:
    parts = shared_out(min(fen, sum(planned)), planned)
    assert sum(parts) == min(fen, sum(planned))
    assert all(0 <= part <= most for part, most in zip(parts, planned, strict=True))
    short = [part < most for part, most in zip(parts, planned, strict=True)]
    assert not any(before and part for before, part in zip(short, parts[1:], strict=False))


@pytest.mark.parametrize(("share", "words"), [(5000, "50"), (3333, "33.33"), (3330, "33.3"), (1, "0.01")])
def test_shares_are_written_as_people_read_them(share: int, words: str) -> None:
    assert in_percent(share) == words

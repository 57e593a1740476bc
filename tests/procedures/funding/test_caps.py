"""The cap of one project: an amount, a share, or tiers of either by the score or the budget, half-open and touching."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from incubator.policies.values import Cap
from incubator.policies.words import value_words
from incubator.procedures.funding.caps import most_fen, settled

BY_SCORE = {"by": "score", "steps": [{"least": 0, "share": 1_000}, {"least": 60, "fen": 2_000_000}, {"least": 80, "fen": 3_000_000}]}  # fmt: skip
BY_BUDGET = {"by": "budget", "steps": [{"least": 0, "share": 2_000}, {"least": 10_000_000, "fen": 2_500_000}]}


def cap(**said: Any) -> dict[str, Any]:
    return TypeAdapter(Cap).validate_python(said).model_dump(mode="json")


@pytest.mark.parametrize(
    ("score", "most"),
    [("0.00", 1_000_000), ("59.99", 1_000_000), ("60.00", 2_000_000), ("79.99", 2_000_000), ("80.00", 3_000_000),
     ("100.00", 3_000_000), ("", 3_000_000)],
)  # fmt: skip
def test_by_score_the_step_that_is_reached_holds_and_the_highest_while_there_is_no_score(score: str, most: int) -> None:
    assert most_fen(cap(tiers=BY_SCORE), 10_000_000, score) == most


@pytest.mark.parametrize(
    ("budget", "most"),
    [(1, 0), (9_999_999, 1_999_999), (10_000_000, 2_500_000), (99_000_000, 2_500_000)],
)
def test_by_budget_the_calls_budget_says_which_step_holds(budget: int, most: int) -> None:
    for score in ("", "10.00"):
        assert most_fen(cap(tiers=BY_BUDGET), budget, score) == most


def test_an_amount_and_a_share_are_as_they_were_and_so_is_a_cap_of_an_older_pack() -> None:
    assert most_fen(cap(fen=3_000_000), 1) == 3_000_000
    assert most_fen(cap(share=3_333), 10_001) == 3_333
    assert most_fen({"fen": None, "share": 3_333}, 10_001) == 3_333


@pytest.mark.parametrize(
    "said",
    [
        {}, {"fen": 1, "share": 1}, {"fen": 1, "tiers": BY_SCORE}, {"tiers": {"by": "score", "steps": []}},
        {"tiers": {"by": "score", "steps": [{"least": 1, "fen": 1}]}}, {"tiers": {"by": "members", "steps": BY_SCORE["steps"]}},
        {"tiers": {"by": "score", "steps": [{"least": 0, "fen": 1}, {"least": 0, "fen": 2}]}},
        {"tiers": {"by": "score", "steps": [{"least": 0}]}}, {"tiers": {"by": "score", "steps": [{"least": 0, "fen": 1, "share": 1}]}},
    ],
)  # fmt: skip
def test_what_is_no_cap_is_refused(said: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        cap(**said)


def test_for_a_call_the_budget_is_settled_and_only_the_score_is_open() -> None:
    assert value_words("funding.cap", settled(cap(tiers=BY_BUDGET), 10_000_000)).zh == "25,000.00 元"
    told = value_words("funding.cap", settled(cap(tiers=BY_SCORE), 10_000_000))
    for words in ("60 分", "80 分", "10,000.00 元", "20,000.00 元", "30,000.00 元"):
        assert words in told.zh

"""Bands that touch settle every score once; what caps a band, and how long a registrar's grade holds."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incubator.policies.packs import shipped
from incubator.procedures.evaluation.bands import band_due, band_of, vetoes_shown
from incubator.procedures.evaluation.policy import grade_validity

POLICY = shipped()["values"]["evaluation"]
BANDS: list[dict[str, Any]] = POLICY["bands"]["value"]
VETOES = POLICY["vetoes"]["value"]
VALIDITIES = POLICY["registrar"]["validity"]["value"]
CENT = Decimal("0.01")
touching = st.lists(st.integers(1, 1000), unique=True, max_size=8).map(
    lambda leasts: [
        {"code": f"band_{place}", "title": {"zh": "", "en": ""}, "least": least}
        for place, least in enumerate([0, *sorted(leasts)])
    ]
)
a_score = st.integers(0, 100_000).map(lambda cents: Decimal(cents) / 100)


def holding(bands: list[dict[str, Any]], score: Decimal) -> list[str]:
    """Every band between whose ends the score lies, read off one by one."""
    ends = [band["least"] for band in bands[1:]] + [Decimal("Infinity")]
    return [band["code"] for band, end in zip(bands, ends, strict=True) if band["least"] <= score < end]


@given(bands=touching, score=a_score)
def test_bands_that_touch_settle_every_score_exactly_once(bands: list[dict[str, Any]], score: Decimal) -> None:
    assert holding(bands, score) == [band_of(bands, score)["code"]]


def test_the_shipped_bands_settle_every_score_from_nothing_to_a_thousand_exactly_once() -> None:
    for cents in range(100_001):
        score = Decimal(cents) / 100
        assert holding(BANDS, score) == [band_of(BANDS, score)["code"]]


@pytest.mark.parametrize(("lower", "upper"), list(pairwise(BANDS)))
def test_a_border_belongs_to_the_band_above_and_a_hundredth_less_to_the_one_below(
    lower: dict[str, Any], upper: dict[str, Any]
) -> None:
    border = Decimal(upper["least"])
    assert band_of(BANDS, border) == upper
    assert band_of(BANDS, border - CENT) == lower


def test_the_sheet_has_a_thousand_points_in_four_dimensions() -> None:
    criteria = POLICY["review"]["sheet"]["value"]["criteria"]
    assert sum(each["most"] for each in criteria) == 1000
    assert len({each["dimension"]["zh"] for each in criteria}) == 4


@given(score=a_score, vetoes=st.lists(st.sampled_from(VETOES), max_size=3))
def test_a_band_is_that_of_the_score_unless_a_veto_caps_it_and_never_higher(
    score: Decimal, vetoes: list[dict[str, Any]]
) -> None:
    codes = [band["code"] for band in BANDS]
    due = codes.index(band_due(BANDS, str(score), vetoes)["code"])
    caps = [codes.index(veto["cap"]) for veto in vetoes]
    assert due == min([codes.index(band_of(BANDS, score)["code"]), *caps])


def test_vetoes_are_read_off_the_records() -> None:
    def shown(outcome: str | None, *kinds: str) -> list[str]:
        review = {"period": "2027", "outcome": outcome} if outcome else None
        return [veto["code"] for veto in vetoes_shown(VETOES, review, [{"kind": kind} for kind in kinds])]

    assert shown(None) == shown("passed") == shown("passed", "dormant") == []
    assert shown("failed") == ["failed_review"]
    assert shown("basically_passed", "closer_supervision", "project_ban") == ["supervised", "banned"]


@pytest.mark.parametrize(
    ("announced_on", "valid"),
    [
        (date(2026, 2, 28), (date(2026, 2, 28), date(2031, 2, 27))),
        (date(2026, 3, 1), (date(2027, 1, 1), date(2031, 12, 31))),
        (date(2026, 12, 31), (date(2027, 1, 1), date(2031, 12, 31))),
        (date(2027, 1, 1), (date(2028, 1, 1), date(2032, 12, 31))),
        (date(1989, 12, 31), None),
    ],
)
def test_a_grade_holds_as_the_statute_of_its_announcement_says(
    announced_on: date, valid: tuple[date, date] | None
) -> None:
    assert grade_validity(VALIDITIES, announced_on) == valid

"""Which band a score lies in, and which band an organization gets: that of the score, capped by its vetoes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from incubator.policies import matching
from incubator.text import Text

Entry = Mapping[str, Any]  # a band or a veto as the policy stores it


def band_of(bands: Sequence[Entry], score: Decimal | str) -> Entry:
    """The one band that a score from 0 on lies in: the last whose `least` it reaches."""
    reached = [band for band in bands if Decimal(band["least"]) <= Decimal(score)]
    return reached[-1]


def band_called(bands: Sequence[Entry], word: str) -> Entry | None:
    """The band of that code or title; None where there is none."""
    code = matching.category(
        ((str(band["code"]), (band["code"], band["title"]["zh"], band["title"]["en"])) for band in bands), word
    )
    return next((band for band in bands if band["code"] == code), None)


def is_failure(bands: Sequence[Entry], code: str) -> bool:
    """Whether the band is the first, below the lowest star."""
    return bool(bands[0]["code"] == code)


def title_of(band: Entry) -> Text:
    """What a band is called."""
    return Text.from_pair(band["title"])


def vetoes_shown(vetoes: Iterable[Entry], last_review: Entry | None, restrictions: Iterable[Entry]) -> list[Entry]:
    """The vetoes that the records show, by the last yearly review's result or by a restriction in force."""
    result = last_review["outcome"] if last_review else None
    kinds = {each["kind"] for each in restrictions}
    return [veto for veto in vetoes if result in veto["reviews"] or kinds.intersection(veto["restrictions"])]


def veto_called(vetoes: Iterable[Entry], word: str) -> Entry | None:
    """The veto of that code or name; None where there is none."""
    listed = list(vetoes)
    code = matching.category(
        ((str(veto["code"]), (veto["code"], veto["name"]["zh"], veto["name"]["en"])) for veto in listed), word
    )
    return next((veto for veto in listed if veto["code"] == code), None)


def band_due(bands: Sequence[Entry], score: str, vetoes: Iterable[Entry]) -> Entry:
    """The band that an organization gets: that of its score, and no higher than any of the vetoes allows."""
    codes = [str(band["code"]) for band in bands]
    places = [codes.index(band_of(bands, score)["code"])]
    places += [codes.index(veto["cap"]) for veto in vetoes if veto["cap"] in codes]
    return bands[min(places)]


def band_and_vetoes(
    bands: Sequence[Entry], listed: Sequence[Entry], score: str, last_review: Entry | None,
    restrictions: Iterable[Entry], cited: str,
) -> tuple[Entry, list[Entry]]:  # fmt: skip
    """The band that is due for a score, and the vetoes that were counted: those that the records show, and the one cited."""
    vetoes = vetoes_shown(listed, last_review, restrictions)
    named = veto_called(listed, cited)
    if named is not None and named not in vetoes:
        vetoes.append(named)
    return band_due(bands, score, vetoes), vetoes

"""Both sides of who is evaluated, of every band and veto, and of the registrar's grades."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from incubator.clock import months_before
from incubator.engine.policy import Policy
from tests.policies.sides.core import DAY, TODAY, Sides, sides

BANDS, VETOES, OPENING = "evaluation.bands", "evaluation.vetoes", "evaluation.opening"


def concluded(score: str, band: str, **more: Any) -> dict[str, Any]:
    facts = {
        "data.conclusion.band": band, "data.conclusion.veto": None, "data.conclusion.reasons": "理由",
        "data.review.panel": {"score": score}, "organization.last_review": None, "organization.restrictions": [],
    }  # fmt: skip
    return {**facts, **more}


def shown(veto: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """How a veto may show: in the records, or cited by the officer."""
    for outcome in veto["reviews"]:
        yield {"organization.last_review": {"outcome": outcome, "period": "2026"}}
    for kind in veto["restrictions"]:
        yield {"organization.restrictions": [{"kind": kind}]}
    yield {"data.conclusion.veto": veto["code"]}


@sides("star_rating_is_due@2")
def due(policy: Policy) -> Iterable[Sides]:
    path = f"{OPENING}.days_before_end"
    ends = TODAY + timedelta(days=policy.whole(path))

    def facts(star: date | None, filed_on: date) -> dict[str, Any]:
        rated = {"valid_until": star, "title_zh": "三星级", "title_en": "three stars"} if star else None
        return {
            "organization.standing": "filed", "organization.star": rated, "organization.filed_on": filed_on,
            "case.today": TODAY,
        }  # fmt: skip

    yield Sides(facts(ends, TODAY), facts(ends + DAY, TODAY), path)
    path = f"{OPENING}.months_filed"
    filed_on = months_before(TODAY, policy.whole(path))
    yield Sides(facts(None, filed_on), facts(None, filed_on + DAY), path)


@sides("cites_a_known_veto@1")
def veto(policy: Policy) -> Iterable[Sides]:
    for each in policy.get(VETOES):
        yield Sides({"data.conclusion.veto": each["name"]["zh"]}, {"data.conclusion.veto": "未列情形"}, VETOES)


@sides("proposes_the_band_that_is_due@1")
def band(policy: Policy) -> Iterable[Sides]:
    listed = policy.get(BANDS)
    for below, above in pairwise(listed):
        border = above["least"]
        reached, short = f"{border}.00", f"{border - 1}.99"
        yield Sides(concluded(reached, above["code"]), concluded(short, above["code"]), BANDS)
        yield Sides(concluded(short, below["code"]), concluded(reached, below["code"]), BANDS)
    best = f"{listed[-1]['least']}.00"
    codes = [each["code"] for each in listed]
    for each in policy.get(VETOES):
        higher = codes[codes.index(each["cap"]) + 1]
        for records in shown(each):
            yield Sides(concluded(best, each["cap"], **records), concluded(best, higher, **records), BANDS)


@sides("gives_reasons_for_a_lower_band@1")
def reasons(policy: Policy) -> Iterable[Sides]:
    best = f"{policy.get(BANDS)[-1]['least']}.00"
    for each in policy.get(VETOES):
        for records in shown(each):
            silent = {**records, "data.conclusion.reasons": " "}
            yield Sides(concluded(best, each["cap"], **records), concluded(best, each["cap"], **silent), VETOES)


@sides("reached_a_star@1")
def star(policy: Policy) -> Iterable[Sides]:
    failure, first, *_ = policy.get(BANDS)
    yield Sides({"data.conclusion.band": first["code"]}, {"data.conclusion.band": failure["code"]}, BANDS)


@sides("stayed_below_the_stars@1")
def below_stars(policy: Policy) -> Iterable[Sides]:
    failure, first, *_ = policy.get(BANDS)
    yield Sides({"data.conclusion.band": failure["code"]}, {"data.conclusion.band": first["code"]}, BANDS)


@sides("corrects_the_rating_within_its_bands@1")
def corrected(policy: Policy) -> Iterable[Sides]:
    listed = policy.get(BANDS)

    def facts(score: str, code: str) -> dict[str, Any]:
        return {
            "data.rated.corrected": {"score": score, "band": code}, "data.review.panel": {"score": "0.00"},
            "data.conclusion.band": listed[1]["code"],
        }  # fmt: skip

    for each in listed[1:]:
        reached, short = f"{each['least']}.00", f"{each['least'] - 1}.99"
        yield Sides(facts(reached, each["code"]), facts(short, each["code"]), BANDS)
    most = sum(each["most"] for each in policy.get("evaluation.review.sheet")["criteria"])
    yield Sides(facts(f"{most}.00", listed[-1]["code"]), facts(f"{most}.01", listed[-1]["code"]), BANDS)


@sides("grade_is_as_the_registrar_gives_it@1")
def grade(policy: Policy) -> Iterable[Sides]:
    grades, validity = "evaluation.registrar.grades", "evaluation.registrar.validity"
    first = policy.get(validity)[0]["announced_from"]

    def facts(code: str, announced_on: str) -> dict[str, Any]:
        return {
            "data.record.grade": code, "data.record.document_number": "1", "data.record.issued_by": "民政局",
            "data.record.announced_on": announced_on, "data.recorded.corrected": None, "case.today": TODAY,
        }  # fmt: skip

    for each in policy.get(grades):
        yield Sides(facts(each["code"], first), facts(f"{each['code']}X", first), grades)
    before = (date.fromisoformat(first) - DAY).isoformat()
    yield Sides(facts(policy.get(grades)[0]["code"], first), facts(policy.get(grades)[0]["code"], before), validity)

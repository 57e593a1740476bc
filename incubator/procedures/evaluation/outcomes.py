"""What a policy makes of an evaluation beside its rules: the band of the score, and until when stars and grades hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from incubator.engine.case import CaseView
from incubator.engine.deadline_words import in_words
from incubator.engine.outcomes import OutcomeKind, Part, outcome
from incubator.engine.policy import Policy
from incubator.procedures.evaluation import bands as ladder
from incubator.procedures.evaluation.policy import grade_validity, stars_until
from incubator.procedures.evaluation.rules import BANDS, GRADE_VALIDITY, VETOES
from incubator.text import Text

VALIDITY = "evaluation.validity"


@outcome(
    "evaluation.band",
    Text("评估等次", "Band"),
    OutcomeKind.BAND,
    procedures=("evaluation",),
    needs=("organization.last_review", "organization.restrictions"),
    reads=(BANDS, VETOES),
)
def band(case: CaseView, facts: Mapping[str, Any], policy: Policy) -> Sequence[Part]:
    """The band of the panel's score, no higher than the vetoes allow that the records show or the conclusion cites."""
    score = case.data.get("review", {}).get("panel", {}).get("score")
    if not score:
        return ()
    due, _ = ladder.band_and_vetoes(
        policy.get(BANDS), policy.get(VETOES), score, facts["organization.last_review"],
        facts["organization.restrictions"], case.data.get("conclusion", {}).get("veto") or "",
    )  # fmt: skip
    return (Part(str(due["code"]), ladder.title_of(due)),)


@outcome(
    "evaluation.rating_until",
    Text("星级有效期截止日", "Last day of the stars"),
    OutcomeKind.DAY,
    procedures=("evaluation",),
    reads=(VALIDITY,),
)
def rating_until(case: CaseView, facts: Mapping[str, Any], policy: Policy) -> Sequence[Part]:
    """Counted from the signature of a rating that was given."""
    if case.outcome != "rated":
        return ()
    until = stars_until(policy.get(VALIDITY), date.fromisoformat(case.milestones["signed"]))
    return (Part(until, in_words(until)),)


@outcome(
    "evaluation.grade_until",
    Text("登记机关等级有效期截止日", "Last day of the registrar's grade"),
    OutcomeKind.DAY,
    procedures=("registrar_grade",),
    reads=(GRADE_VALIDITY,),
)
def grade_until(case: CaseView, facts: Mapping[str, Any], policy: Policy) -> Sequence[Part]:
    """By the announcement that was recorded, as corrected."""
    announced = {**case.data.get("record", {}), **case.data.get("recorded", {}).get("corrected", {})}.get(
        "announced_on"
    )
    holds = grade_validity(policy.get(GRADE_VALIDITY), date.fromisoformat(announced)) if announced else None
    return (Part(holds[1], in_words(holds[1])),) if holds else ()

"""What an evaluation does to the organization once served: its stars, a failure and what follows; grades put on record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import insert

from incubator.engine.effects import EffectContext, effect
from incubator.models.activities import ActivityKind
from incubator.models.automation import Outbox
from incubator.models.base import table
from incubator.models.evaluations import RatingKind
from incubator.procedures.evaluation import bands as ladder
from incubator.procedures.evaluation.numbering import CERTIFICATES, CORRECTED, next_paper
from incubator.procedures.evaluation.policy import grade_validity, stars_until
from incubator.procedures.evaluation.rules import BANDS, GRADE_VALIDITY, GRADES, grade_code
from incubator.procedures.shared.consequences import call_to_account
from incubator.procedures.shared.effects import change_of
from incubator.services.activities import record_activity
from incubator.services.numbers import void_number
from incubator.services.ratings import NewRating, correct, give, given_by, revoke
from incubator.text import Text

VISIT_TITLE = "星级评估走访"
FAILED = "评估未达到最低星级"
REFUSED = "重新审批后不予评定"


@effect("evaluation.note_visit")
def note_visit(context: EffectContext) -> Mapping[str, Any]:
    """The visit stands in the record of the organization's life too."""
    visited_on = date.fromisoformat(context.data["visited_on"])
    activity = record_activity(
        context.connection,
        organization_id=context.case.organization_id,
        kind=ActivityKind.VISIT,
        held_on=visited_on,
        title=VISIT_TITLE,
        note=str(context.data["findings"]),
        actor=context.actor,
        now=context.now,
    )
    return {"activity": activity}


@effect("evaluation.rate")
def rate(context: EffectContext) -> Mapping[str, Any]:
    """The served certificate gives the stars; they hold from the day of the signature, the former ones no longer."""
    data = context.case.data
    listed = context.policy.get(BANDS)
    band = ladder.band_called(listed, str(data["conclusion"]["band"]))
    assert band is not None
    signed_on = date.fromisoformat(context.case.milestones["signed"])
    rating = NewRating(
        kind=RatingKind.STAR,
        band=str(band["code"]),
        title=ladder.title_of(band),
        announced_on=signed_on,
        valid_from=signed_on,
        valid_until=stars_until(context.policy.get("evaluation.validity"), signed_on),
        score=str(data["review"]["panel"]["score"]),
        document_number=str(data["certificate"]["number"]),
        case_id=context.case.id,
    )
    given = give(
        context.connection, organization_id=context.case.organization_id, rating=rating, actor=context.actor,
        now=context.now, effective_on=context.effective_on,
    )  # fmt: skip
    return {"rating": given.public_id, "band": rating.band, "valid_until": rating.valid_until.isoformat()}


@effect("evaluation.fail")
def fail(context: EffectContext) -> Mapping[str, Any]:
    """The served result ends whatever stars there were, and what was found is to be rectified."""
    ended = revoke(
        context.connection, organization_id=context.case.organization_id, reason=FAILED, actor=context.actor,
        now=context.now, effective_on=context.effective_on,
    )  # fmt: skip
    followed = call_to_account(context)
    score = str(context.case.data["review"]["panel"]["score"])
    change_of(
        context, "organization.evaluation_failed", {}, also={"case": context.case.public_id, "score": score, **followed}
    )
    return {"ended": list(ended), **followed}


@effect("evaluation.undo")
def undo(context: EffectContext) -> Mapping[str, Any]:
    """A refusal served after a review or a reopening ends the stars that this very case had given."""
    ended = revoke(
        context.connection, organization_id=context.case.organization_id, reason=REFUSED, actor=context.actor,
        now=context.now, effective_on=context.effective_on, of_case=context.case.id,
    )  # fmt: skip
    for number in ended:
        void_number(context.connection, context.case.street_id, number, REFUSED, context.now)
    return {"ended": list(ended)} if ended else {}


@effect("evaluation.correct_result")
def correct_result(context: EffectContext) -> Mapping[str, Any]:
    """The confirmed correction is written, old beside new, and the certificate is issued anew under another number."""
    corrected = context.case.data["rated"]["corrected"]
    changes: dict[str, Any] = {"score": corrected["score"]} if "score" in corrected else {}
    if "band" in corrected:
        band = ladder.band_called(context.policy.get(BANDS), str(corrected["band"]))
        assert band is not None
        title = ladder.title_of(band)
        changes |= {"band": band["code"], "title_zh": title.zh, "title_en": title.en}
    former = str(given_by(context.connection, context.case.id).document_number)
    number = next_paper(
        context.connection, context.case, CERTIFICATES, context.effective_on.year, CORRECTED, context.now
    )
    given = _corrected(context, {**changes, "document_number": number})
    _have_printed(context, former)
    return {"rating": given, "number": number, "replaces": former}


def _have_printed(context: EffectContext, former: str) -> None:
    """Automation is asked for the certificate that says what was corrected."""
    row = {
        "street_id": context.case.street_id,
        "case_id": context.case.id,
        "task": "evaluation.corrected_certificate",
        "payload": {"corrected_on": context.effective_on.isoformat(), "replaces": former},
        "created_at": context.now,
        "available_at": context.now,
    }
    context.connection.execute(insert(table(Outbox)), row)


@effect("evaluation.record_grade")
def record_grade(context: EffectContext) -> Mapping[str, Any]:
    """The registrar's grade, confirmed by a second person, goes on record; it holds as the policy says."""
    said = context.case.data["record"]
    rating = NewRating(
        kind=RatingKind.REGISTRAR_GRADE,
        document_number=str(said["document_number"]),
        case_id=context.case.id,
        paper=str(said["issued_by"]),
        **_graded(context, str(said["grade"]), date.fromisoformat(said["announced_on"])),
    )
    given = give(
        context.connection, organization_id=context.case.organization_id, rating=rating, actor=context.actor,
        now=context.now, effective_on=rating.announced_on,
    )  # fmt: skip
    return {"rating": given.public_id, "band": rating.band, "valid_until": rating.valid_until.isoformat()}


@effect("evaluation.correct_grade")
def correct_grade(context: EffectContext) -> Mapping[str, Any]:
    """What was entered wrongly of the grade is put right; the wrong entry stays on record beside the right one."""
    said = {**context.case.data["record"], **context.case.data["recorded"]["corrected"]}
    graded = _graded(context, str(said["grade"]), date.fromisoformat(said["announced_on"]))
    title = graded.pop("title")
    changes = {
        **graded, "title_zh": title.zh, "title_en": title.en, "document_number": said["document_number"],
        "paper": said["issued_by"],
    }  # fmt: skip
    return {"rating": _corrected(context, changes)}


def _graded(context: EffectContext, word: str, announced_on: date) -> dict[str, Any]:
    code = grade_code(context.policy, word)
    entry = next(each for each in context.policy.get(GRADES) if each["code"] == code)
    validity = grade_validity(context.policy.get(GRADE_VALIDITY), announced_on)
    assert validity is not None
    return {
        "band": str(entry["code"]),
        "title": Text.from_pair(entry["name"]),
        "announced_on": announced_on,
        "valid_from": validity[0],
        "valid_until": validity[1],
    }


def _corrected(context: EffectContext, changes: Mapping[str, Any]) -> str:
    return correct(
        context.connection, case_id=context.case.id, changes=changes, actor=context.actor, now=context.now,
        effective_on=context.effective_on, comment=context.comment,
    ).public_id  # fmt: skip

"""The tour of funding: from the application to the agreement."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from tests.procedures.funding.grants import (
    AGREEMENT,
    APPLICATION,
    AWARD,
    EXPERTS,
    PAPERS,
    people,
    points,
    published,
    registered,
    with_filed_groups,
)
from tests.procedures.tours.panels import entered_and_struck
from tests.procedures.tours.tour import LATE, Tour, Visit
from tests.procedures.world import Centre

ANSWERS: dict[str, dict[str, Any]] = {
    "funding.submit": APPLICATION,
    "screening.return_for_correction": {"findings": "缺少联合申报协议"},
    "refer": {"findings": "疑似重复申报"},
    "seat": {},
    "declare": {"conflict": False},
    "give": points(88),
    "funding.approve": AWARD,
    "sign": AGREEMENT,
}

# Who may do what, found by asking; the letters are those of `LETTERS`.
WHO = {
    "funding": """
application: submit WO, withdraw WO
screening: pass A, return_for_correction A, refer A
acceptance: accept O, return_for_correction O, refuse_acceptance O, withdraw WO
correction: resubmit WO, withdraw WO, deem_withdrawn O
review: seat O, declare e, give e, give_on_paper O, object_to_paper e, strike_paper OD, promote O, conclude O, reseat O, withdraw WO
decision: approve D, refuse D, review_anew D, extend D, withdraw WO
public_notice: elapse A, object WO, withdraw WO
objection: dismiss O, uphold O
agreement: sign O, lapse O, withdraw WO
refusal_service: serve O
agreed: nothing more
refused: request_internal_review WO, reopen D
withdrawn: apply WO, resume WO
lapsed: nothing more
internal_review: uphold D, overturn D
""",
}


def _open_call(tour: Tour) -> tuple[str, Centre]:
    """A call that is open for as long as the tour lasts, and another group that will apply."""
    tour.centre, other = with_filed_groups(tour.centre, 2)
    call, partner = published(tour.centre, closes_on=date(2027, 12, 31)), registered(tour.centre)
    tour.answers = {
        **tour.answers,
        "funding.submit": {**APPLICATION, "co_applicant": partner},
        "seat": {"members": people(tour.centre, *EXPERTS), "alternates": people(tour.centre, "expert_6")},
    }
    return call, other


def _reviewed(tour: Tour, case_id: str) -> Iterator[str]:
    """A panel that is seated, loses a member to a conflict, and concludes."""
    yield tour.go(case_id, "seat", "officer")
    tour.go(case_id, "declare", "expert_1", conflict=True)
    yield tour.go(case_id, "declare", "expert_2")
    tour.go(case_id, "promote", "officer")
    yield from entered_and_struck(tour, case_id, "expert_2", "expert_6", tour.answers["give"])
    tour.go(case_id, "declare", "expert_2")
    tour.go(case_id, "give", "expert_2")
    for name in (*EXPERTS[2:], "expert_6"):
        tour.go(case_id, "declare", name)
        tour.go(case_id, "give", name)
    yield case_id
    yield tour.go(case_id, "conclude", "officer")


def funding(tour: Tour) -> Iterator[str]:
    """One application that is taken up again, returned, refused, reviewed twice and agreed; and one whose award lapses."""
    call, other = _open_call(tour)
    yield (case_id := tour.open("funding", period=call))
    yield tour.go(case_id, "withdraw", "worker")
    tour.go(case_id, "apply", "worker")
    yield tour.upload(case_id, *PAPERS)
    yield tour.go(case_id, "submit", "worker")
    yield tour.automate(case_id)
    yield tour.go(case_id, "withdraw", "worker")
    tour.go(case_id, "resume", "worker")
    tour.automate(case_id)
    yield tour.go(case_id, "return_for_correction", "officer")
    tour.sleep(LATE)
    yield case_id
    tour.go(case_id, "resubmit", "worker")
    yield tour.go(case_id, "refuse_acceptance", "officer")
    yield tour.upload(case_id, "sealed_refusal")
    yield tour.go(case_id, "serve", "officer")
    yield tour.go(case_id, "request_internal_review", "worker")
    yield tour.go(case_id, "overturn", "director")
    yield tour.go(case_id, "review_anew", "director")
    yield from _reviewed(tour, case_id)
    yield tour.upload(case_id, "minutes")
    yield tour.go(case_id, "approve", "director")
    yield tour.go(case_id, "object", "worker")
    yield from _agreement(tour, tour.go(case_id, "dismiss", "officer"))
    yield tour.go(case_id, "sign", "officer")
    tour.centre = other
    case_id = tour.upload(tour.open("funding", period=call), *PAPERS)
    tour.automate(tour.go(case_id, "submit", "worker", title="社区助残理发"))
    yield tour.go(case_id, "accept", "officer")
    yield from _reviewed(tour, case_id)
    tour.upload(case_id, "minutes")
    tour.go(case_id, "approve", "director")
    yield from _agreement(tour, case_id)
    yield tour.go(case_id, "lapse", "officer")


def _agreement(tour: Tour, case_id: str) -> Iterator[str]:
    """The notice is over; the agreement lies there, and lies too long."""
    tour.sleep(LATE)
    yield tour.go(case_id, "elapse", "automation")
    tour.sleep(LATE)
    yield tour.upload(case_id, "signed_agreement")


TOURS: dict[str, Visit] = {"funding": funding}

"""Tours of evaluation and of the recording of the registrar's grade."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.procedures.evaluation.evaluating import (
    GRADE,
    REPORT_PAPERS,
    SELF_REPORT,
    VISIT,
    registered,
    scores_of,
    seat_panel,
)
from tests.procedures.tours.panels import entered_and_struck
from tests.procedures.tours.tour import LATE, Tour, Visit
from tests.procedures.world import SERVED

ANSWERS: dict[str, dict[str, Any]] = {
    "evaluation.submit": SELF_REPORT,
    "finish": {"findings": "成员 22 人"},
    "refer": {"findings": "备案证已到期"},
    "refuse_evaluation": {"reason": "备案证已到期", "basis": "条件第一项"},
    "close_unreported": {"reason": "三次催办未果", "basis": "条件第二项"},
    "record_visit": VISIT,
    "declare": {"conflict": False},
    "give": {"scores": scores_of(850)},
    "conclusion.conclude": {"band": "star_4"},
    "issue_certificate": {"number": "XJZ-2027-0001"},
    "issue_result": {"number": "PGT-2027-0001"},
    "failure_service.serve": SERVED,
    "overturn_refusal": {"reason": "经核实情况属实"},
    "evaluation.propose_result_correction": {"corrected": {"band": "star_3"}},
    "registrar_grade.submit": GRADE,
    "confirmation.confirm": {"checklist": ["paper_read"]},
    "registrar_grade.propose_result_correction": {"corrected": {"document_number": "民评〔2026〕8号"}},
}  # fmt: skip

# Who may do what, found by asking; the letters are those of `LETTERS`.
WHO = {
    "evaluation": """
self_report: submit WO, withdraw WO, close_unreported O
screening: finish A, refer A
eligibility: go_on O, ask_for_report O, refuse_evaluation O
visit: record_visit O, return_for_correction O
correction: resubmit WO, withdraw WO, deem_withdrawn O
review: seat O, declare e, give e, give_on_paper O, object_to_paper e, strike_paper OD, promote O, conclude O, seat_anew O
conclusion: conclude O, review_again O
public_notice: elapse A, object WO
objection: dismiss O, uphold O
decision: approve D, refuse D, send_back D, extend D
certificate: issue_certificate A, issue_result A
service: serve O
failure_service: serve O
refusal_service: serve O
rated: request_internal_review WO, propose_result_correction O, reopen D
failed_evaluation: request_internal_review WO, reopen D
not_rated: request_internal_review WO, reopen D
withdrawn: nothing more
internal_review: uphold D, overturn D, overturn_refusal D
result_correction: confirm D, reject D
""",
    "registrar_grade": """
record: submit O, drop O
confirmation: confirm OD, send_back OD
recorded: propose_result_correction O
dropped: nothing more
result_correction: confirm D, reject D
""",
}


def evaluation(tour: Tour) -> Iterator[str]:
    """An evaluation that is withdrawn; one that is closed, reviewed, visited, scored, objected to, rated, failed, refused."""
    centre = tour.centre
    tour.answers["seat"] = seat_panel(centre)
    centre.filed()
    centre.on("2028-01-04")
    yield tour.go(tour.open("evaluation", "worker", "2028"), "withdraw", "worker")
    centre.on("2029-01-04")
    yield (case_id := tour.open("evaluation", "officer", "2029"))
    tour.sleep(3 * LATE)
    yield case_id
    yield tour.go(case_id, "close_unreported", "officer")
    yield tour.upload(case_id, "sealed_refusal")
    yield tour.go(case_id, "serve", "officer")
    yield tour.go(case_id, "request_internal_review", "worker")
    yield tour.go(case_id, "overturn_refusal", "other_director")
    tour.go(case_id, "ask_for_report", "officer")
    yield tour.upload(case_id, *REPORT_PAPERS)
    yield tour.go(case_id, "submit", "worker")
    yield tour.automate(case_id)
    yield tour.upload(case_id, "visit_record")
    yield tour.go(case_id, "return_for_correction", "officer")
    tour.sleep(LATE)
    yield case_id
    tour.go(case_id, "resubmit", "worker")
    yield tour.go(case_id, "record_visit", "officer")
    yield from _reviewed(tour, case_id)
    yield tour.go(case_id, "conclude", "officer")
    yield tour.go(case_id, "object", "worker")
    tour.go(case_id, "dismiss", "officer")
    yield tour.go(case_id, "elapse", "automation")
    yield tour.go(case_id, "approve", "director")
    tour.automate(case_id)
    yield tour.upload(case_id, "sealed_star_certificate")
    yield tour.go(case_id, "serve", "officer")
    yield tour.go(case_id, "propose_result_correction", "officer")
    tour.go(case_id, "reject", "director")
    yield tour.go(case_id, "request_internal_review", "worker")
    tour.go(case_id, "overturn", "other_director")
    tour.go(case_id, "conclude", "officer", band="below_stars", veto="false_papers", reasons="材料不实")
    tour.go(case_id, "elapse", "automation")
    yield tour.go(case_id, "approve", "director")
    tour.automate(case_id)
    yield tour.upload(case_id, "sealed_result")
    yield tour.go(case_id, "serve", "officer")
    tour.go(case_id, "reopen", "other_director")
    tour.go(case_id, "conclude", "officer")
    tour.go(case_id, "elapse", "automation")
    tour.go(case_id, "refuse", "director")
    tour.go(case_id, "serve", "officer")
    yield tour.go(case_id, "reopen", "other_director")


def _reviewed(tour: Tour, case_id: str) -> Iterator[str]:
    """The panel: seated, one conflict, an alternate, scores."""
    yield tour.go(case_id, "seat", "officer")
    tour.go(case_id, "declare", "expert_1", conflict=True)
    yield case_id
    tour.go(case_id, "promote", "officer")
    yield from entered_and_struck(tour, case_id, "expert_2", "expert_6", tour.answers["give"])
    for place in range(2, 7):
        tour.go(case_id, "declare", f"expert_{place}")
        yield case_id
        tour.go(case_id, "give", f"expert_{place}")
    yield case_id
    yield tour.go(case_id, "conclude", "officer")


def registrar_grade(tour: Tour) -> Iterator[str]:
    """A grade that is dropped; one that is entered, sent back, confirmed and corrected."""
    registered(tour.centre)
    yield tour.go(tour.open("registrar_grade", "officer"), "drop", "officer")
    yield (case_id := tour.open("registrar_grade", "officer"))
    yield tour.upload(case_id, "grade_paper")
    yield tour.go(case_id, "submit", "officer")
    tour.go(case_id, "send_back", "other_officer")
    tour.go(case_id, "submit", "officer")
    yield tour.go(case_id, "confirm", "other_officer")
    yield tour.go(case_id, "propose_result_correction", "officer")
    yield tour.go(case_id, "reject", "director")


TOURS: dict[str, Visit] = {"evaluation": evaluation, "registrar_grade": registrar_grade}

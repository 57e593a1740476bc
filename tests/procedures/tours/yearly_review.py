"""The tour of the yearly review."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.procedures.tours.tour import LATE, Tour, Visit
from tests.procedures.world import SERVED

ANSWERS: dict[str, dict[str, Any]] = {
    "yearly_review.submit": {
        "activities": 20, "participants": 600, "members": 22, "income_fen": 500_000, "spending_fen": 480_000,
        "work": "排练与演出",
    },
    "yearly_review.propose_result_correction": {"corrected": {"members": 23}},
    "finish": {"late": False},
    "conclude": {"result": "passed"},
    "conclude_without_report": {"no_report_reason": "三次催报未果"},
    "serve_passed": SERVED,
    "serve_basically_passed": SERVED,
    "serve_failed": SERVED,
}  # fmt: skip

# Who may do what, found by asking; the letters are those of `LETTERS`.
WHO = {
    "yearly_review": """
report: submit WO, conclude_without_report O
checks: finish A
conclusion: conclude O, return_for_correction O
correction: resubmit WO, conclude_uncorrected O
confirmation: confirm D, send_back D
service: serve_passed O, serve_basically_passed O, serve_failed O
passed: request_internal_review WO, propose_result_correction O, reopen D
basically_passed: request_internal_review WO, propose_result_correction O, reopen D
failed: request_internal_review WO, propose_result_correction O, reopen D
internal_review: uphold D, overturn D
result_correction: confirm D, reject D
""",
}


def yearly_review(tour: Tour) -> Iterator[str]:
    """A review that is reported, corrected, sent back, and in turn passed, basically passed and failed."""
    tour.centre.filed()
    tour.centre.on("2027-01-04")
    yield (case_id := tour.open("yearly_review", "officer", "2027"))
    tour.centre.on("2027-05-10")
    yield tour.upload(case_id, "yearly_report")
    yield tour.go(case_id, "submit", "worker")
    yield tour.automate(case_id)
    yield tour.go(case_id, "return_for_correction", "officer")
    tour.sleep(LATE)
    yield case_id
    tour.go(case_id, "resubmit", "worker")
    yield tour.go(case_id, "conclude", "officer")
    tour.go(case_id, "send_back", "director")
    tour.go(case_id, "conclude", "officer")
    yield tour.go(case_id, "confirm", "director")
    yield tour.upload(case_id, "sealed_conclusion")
    yield tour.go(case_id, "serve_passed", "officer")
    yield tour.go(case_id, "propose_result_correction", "officer")
    tour.go(case_id, "reject", "director")
    yield tour.go(case_id, "request_internal_review", "worker")
    tour.go(case_id, "overturn", "other_director")
    for result in ("basically_passed", "failed"):
        tour.go(case_id, "conclude", "officer", result=result, reasons="活动偏少")
        yield tour.go(case_id, "confirm", "director")
        yield tour.go(case_id, f"serve_{result}", "officer")
        tour.go(case_id, "reopen", "other_director")


TOURS: dict[str, Visit] = {"yearly_review": yearly_review}

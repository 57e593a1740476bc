"""Tours of a project that is carried out and settled, of one that is terminated, and of their payments."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from incubator.services.projects import PaidBefore
from tests.procedures.funding.grants import published
from tests.procedures.project.running import ACCOUNT, LINES, REPORT, Running, awarded, body, started
from tests.procedures.tours.tour import REASON, Tour, Visit

GROUNDS = {"grounds": "活动未按计划开展"}
ANSWERS: dict[str, dict[str, Any]] = {
    "project.report": REPORT,
    "pass": {"opinion": "合格"},
    "rectify": {"points": "补充签到表"},
    "propose_acceptance": {"opinion": "完成目标"},
    "propose_failure": GROUNDS,
    "propose_termination": GROUNDS,
    "conclude_without_report": GROUNDS,
    "note_earlier_midterm": {"paper": "中期评估表〔2025〕3号"},
    "propose_line_change": {
        "lines": [{"line": 1, "planned_fen": 1_499_999}, {"line": 2, "planned_fen": 1_500_000}], "reason": "补贴增加",
    },
    "failure_decision.confirm": {"reasons": "情况属实", "clawback_fen": 1_000},
    "termination_decision.confirm": {"reasons": "情况属实", "clawback_fen": 1_000, "breach": False},
    "overturn_after_midterm": REASON,
    "write_off": {"reason": "组织已无财产", "meeting_on": "2026-09-18", "minutes_number": "会纪〔2026〕11号"},
    "record_refund": {"refund_fen": 1, "paper": "回单1"},
    "payment.submit": ACCOUNT,
    "approve_collectively": {"meeting_on": "2026-09-18", "minutes_number": "会纪〔2026〕10号"},
    "enter_voucher": {"voucher_number": "记-1"},
    "record_return": {"reason": "账号有误"},
}  # fmt: skip

# Who may do what, found by asking; the letters are those of `LETTERS`.
WHO = {
    "project": """
carrying_out: report WO, conclude_without_report O, note_earlier_midterm O, propose_line_change WO, extend D, propose_termination O
midterm_review: pass O, rectify O, propose_failure O, propose_termination O
midterm_correction: resubmit WO, go_on_uncorrected O
failure_decision: confirm D, reject D
failure_service: serve O
failure_window: elapse A, request_internal_review WO
failure_review: uphold D, overturn D
carrying_on: report WO, conclude_without_report O, propose_line_change WO, extend D, propose_termination O, record_refund F
final_acceptance: propose_acceptance O, rectify O, propose_termination O
final_correction: resubmit WO, go_on_uncorrected O
settlement: approve D, send_back D
winding_up: close O, record_refund F, write_off D
line_change: approve_line_change OD, reject OD
termination_decision: confirm D, reject D
termination_service: serve O
termination_window: elapse A, request_internal_review WO
termination_review: uphold D, overturn D, overturn_after_midterm D
terminating: close O, record_refund F, write_off D
settled: nothing more
terminated: nothing more
""",
    "payment": """
request: submit O, stop O
approval: approve D, approve_collectively D, send_back D, stop O
voucher: enter_voucher F, send_back F, stop O
bank: confirm_paid F, record_return F
paid: nothing more
stopped: nothing more
""",
}


def _running(tour: Tour, **more: Any) -> Running:
    """Another project of the same body, from a call of its own."""
    call = published(tour.centre, opens_on=date(2026, 9, 18), closes_on=date(2030, 12, 31))
    fen = more.pop("fen", 2_999_999)
    lines = LINES if fen == 2_999_999 else [{**LINES[0], "planned_fen": fen}]
    project = started(tour.centre, call, awarded(tour.centre, call, fen), lines, **more)
    tour.sleep()
    return project


def _served(tour: Tour, case_id: str) -> Iterator[str]:
    """The decision lies there to be served, is served, and a review is asked for."""
    yield tour.upload(case_id, "sealed_project_decision")
    yield tour.go(case_id, "serve", "officer")
    yield tour.go(case_id, "request_internal_review", "worker")


def project(tour: Tour) -> Iterator[str]:
    """One project corrected, failed at mid-term, carried on and settled; and one terminated."""
    tour.centre = body(tour.centre)
    first = _running(tour)
    first.paid(1)
    case_id = first.case_id
    yield case_id
    yield tour.upload(case_id, "midterm_report")
    yield tour.go(case_id, "propose_line_change", "worker")
    tour.go(case_id, "approve_line_change", "officer")
    yield tour.go(case_id, "report", "worker")
    yield tour.go(case_id, "rectify", "officer")
    tour.go(case_id, "resubmit", "worker")
    for decided in ("overturn", "uphold"):
        yield tour.go(case_id, "propose_failure", "officer")
        tour.go(case_id, "confirm", "director")
        yield from _served(tour, case_id)
        tour.go(case_id, decided, "other_director")
    yield case_id
    yield tour.upload(case_id, "final_report", "final_accounts")
    yield tour.go(case_id, "report", "worker")
    yield tour.go(case_id, "rectify", "officer")
    tour.go(case_id, "resubmit", "worker")
    tour.go(case_id, "propose_acceptance", "officer")
    yield tour.upload(case_id, "acceptance_paper")
    yield tour.go(case_id, "approve", "director")
    yield tour.go(case_id, "record_refund", "finance", refund_fen=1_499_999)
    yield tour.go(case_id, "close", "officer")
    yield from _terminated(tour)


def _terminated(tour: Tour) -> Iterator[str]:
    """A project that an opening stock brings, overdue, terminated once in vain and once for good."""
    today = tour.centre.clock.now().date()
    paper = {
        1: PaidBefore(1_499_999, today, "拨款单1"),
        2: PaidBefore(899_999, today, "拨款单2"),
    }
    case_id = _running(tour, paid=paper, ends_on=today + timedelta(days=300)).case_id
    tour.sleep(timedelta(days=100))
    yield case_id
    yield tour.go(case_id, "conclude_without_report", "officer")
    tour.go(case_id, "reject", "director")
    yield tour.go(case_id, "propose_termination", "officer")
    tour.go(case_id, "confirm", "director")
    yield from _served(tour, case_id)
    tour.go(case_id, "overturn", "other_director")
    tour.go(case_id, "note_earlier_midterm", "officer")
    tour.sleep(timedelta(days=300))
    yield case_id
    yield tour.go(case_id, "conclude_without_report", "officer")
    tour.go(case_id, "confirm", "director")
    yield from _served(tour, case_id)
    yield tour.go(case_id, "uphold", "other_director")
    yield tour.go(case_id, "record_refund", "finance", refund_fen=1_000)
    yield tour.go(case_id, "close", "officer")


def payment(tour: Tour) -> Iterator[str]:
    """One payment returned and paid, one that a meeting decides; two that end with their projects."""
    tour.centre = body(tour.centre)
    case_id = _running(tour).payment(1)
    yield case_id
    yield tour.upload(case_id, "payment_request")
    yield tour.go(case_id, "submit", "officer")
    tour.go(case_id, "send_back", "director")
    tour.go(case_id, "submit", "officer")
    yield tour.go(case_id, "approve", "director")
    yield tour.go(case_id, "enter_voucher", "finance")
    tour.go(case_id, "record_return", "finance")
    tour.go(case_id, "submit", "officer")
    tour.go(case_id, "approve", "director")
    tour.go(case_id, "enter_voucher", "finance")
    yield tour.go(case_id, "confirm_paid", "finance")
    large, small = _running(tour, fen=5_000_000), _running(tour)
    case_id = tour.upload(large.payment(1), "payment_request", "minutes")
    yield tour.go(case_id, "submit", "officer")
    tour.go(case_id, "approve_collectively", "director")
    other = tour.upload(small.payment(1), "payment_request")
    tour.go(other, "submit", "officer")
    for ended in (large, small):
        tour.go(ended.case_id, "propose_termination", "officer")
        tour.go(ended.case_id, "confirm", "director", clawback_fen=0)
        tour.upload(ended.case_id, "sealed_project_decision")
        tour.go(ended.case_id, "serve", "officer")
        tour.go(ended.case_id, "elapse", "automation")
    yield case_id
    yield tour.go(case_id, "send_back", "finance")
    yield other
    yield tour.go(other, "stop", "officer")


TOURS: dict[str, Visit] = {"project": project, "payment": payment}

"""Tours: real cases of each procedure, taken through every one of its steps, resting wherever there is something to see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from incubator.clock import FixedClock
from incubator.database import Database
from tests.procedures.world import APPLICATION, APPLICATION_PAPERS, CHECKED, OPINION, SERVED, Centre, build

COMMENT = "按规定办理"
REASON = {"reason": "经核实情况属实"}
LATE = timedelta(days=30)  # longer than any correction may lie

# What fits each decision's form, for every step alike unless a step or a procedure is named before it.
ANSWERS: dict[str, dict[str, Any]] = {
    "filing.submit": APPLICATION,
    "filing_renewal.submit": {
        "members": 30, "leader": "王桂兰", "leader_phone": "13800001234", "premises": "新活动室", "activity": "每周排练",
        "consent": True,
    },
    "filing_change.submit": {"leader": "李明", "reason": "换届"},
    "filing_exit.submit": {
        "kind": "voluntary", "reason": "成员会议决定解散", "settlement": "无结余",
        "checklist": ["funds_settled", "premises_returned", "certificate_returned", "members_told"],
    },
    "yearly_review.submit": {
        "activities": 20, "participants": 600, "members": 22, "income_fen": 500_000, "spending_fen": 480_000,
        "work": "排练与演出",
    },
    "withdraw": {"reason": "另行安排", "asked_by": "王桂兰"},
    "screening.return_for_correction": {"findings": "缺少章程"},
    "refer": {"findings": "疑似业主委员会"},
    "return_for_correction": {"points": "补交花名册"},
    "resubmit": {"note": "已补交"},
    "give_opinion": OPINION,
    "record_new_opinion": OPINION,
    "accept": CHECKED,
    "refuse_acceptance": {"reason": "材料不实", "basis": "条件第一项"},
    "refuse": {"reason": "材料不实", "basis": "条件第一项"},
    "extend": {"length": 3},
    "object": {"objector": "李某", "grounds": "场地未经同意"},
    "dismiss": REASON,
    "issue": {"number": "BAZ-2026-0001", "valid_from": "2026-09-18", "valid_until": "2029-09-17"},
    "serve": SERVED,
    "request_internal_review": {"grounds": "每月都有活动"},
    "uphold": REASON,
    "overturn": REASON,
    "filing.propose_result_correction": {"corrected": {"leader": "王贵兰"}},
    "yearly_review.propose_result_correction": {"corrected": {"members": 23}},
    "finish": {"late": False},
    "conclude": {"result": "passed"},
    "conclude_without_report": {"no_report_reason": "三次催报未果"},
    "serve_passed": SERVED,
    "serve_basically_passed": SERVED,
    "serve_failed": SERVED,
}  # fmt: skip


def answer(procedure: str, step: str, action: str) -> dict[str, Any]:
    """A form that fits this decision."""
    for name in (f"{procedure}.{action}", f"{step}.{action}", action):
        if name in ANSWERS:
            return ANSWERS[name]
    return {}


class Tour:
    """A centre on tour: whoever acts fills in what fits, and every act is followed by a night."""

    def __init__(self, centre: Centre) -> None:
        self.centre = centre

    def open(self, procedure: str, by: str = "worker", period: str = "") -> str:
        case_id = self.centre.open(procedure, by, period)
        self.sleep()
        return case_id

    def go(self, case_id: str, action: str, by: str, **more: Any) -> str:
        case = self.centre.case(case_id)
        data = {**answer(case.procedure, case.step, action), **more}
        self.centre.act(case_id, action, by, data, comment=COMMENT)
        self.sleep()
        return case_id

    def automate(self, case_id: str) -> str:
        self.centre.automate()
        self.sleep()
        return case_id

    def upload(self, case_id: str, *kinds: str) -> str:
        self.centre.upload(case_id, *kinds)
        return case_id

    def sleep(self, night: timedelta = timedelta(days=1)) -> None:
        self.centre.clock.move_by(night)


def filing(tour: Tour) -> Iterator[str]:
    """Filing with a public notice: corrected, objected to twice, filed, reviewed, overturned and refused."""
    yield (case_id := tour.open("filing"))
    yield tour.upload(case_id, *APPLICATION_PAPERS)
    yield tour.go(case_id, "submit", "worker")
    yield tour.automate(case_id)
    yield tour.upload(case_id, "committee_opinion")
    yield tour.go(case_id, "give_opinion", "worker")
    yield tour.go(case_id, "return_for_correction", "officer")
    tour.sleep(LATE)
    yield case_id
    tour.go(case_id, "resubmit", "worker")
    yield tour.go(case_id, "accept", "officer")
    yield tour.go(case_id, "approve", "director")
    yield tour.go(case_id, "object", "worker")
    tour.go(case_id, "dismiss", "officer")
    tour.go(case_id, "object", "officer")
    yield tour.go(case_id, "uphold", "officer")
    tour.go(case_id, "approve", "director")
    yield tour.go(case_id, "elapse", "automation")
    yield tour.automate(case_id)
    yield tour.upload(case_id, "sealed_certificate")
    yield tour.go(case_id, "serve", "officer")
    yield tour.go(case_id, "propose_result_correction", "officer")
    tour.go(case_id, "reject", "director")
    yield tour.go(case_id, "request_internal_review", "worker")
    tour.go(case_id, "overturn", "other_director")
    yield tour.go(case_id, "refuse", "director")
    yield tour.upload(case_id, "sealed_refusal")
    yield tour.go(case_id, "serve", "officer")
    yield tour.go(tour.open("filing"), "withdraw", "officer")


def _aftercare(procedure: str, day: str, papers: tuple[str, ...], scan: str) -> Callable[[Tour], Iterator[str]]:
    def visit(tour: Tour) -> Iterator[str]:
        tour.centre.filed()
        tour.centre.on(day)
        yield tour.go(tour.open(procedure), "withdraw", "worker")
        yield (case_id := tour.open(procedure))
        yield tour.upload(case_id, *papers)
        yield tour.go(case_id, "submit", "worker")
        yield tour.go(case_id, "return_for_correction", "officer")
        tour.sleep(LATE)
        yield case_id
        tour.go(case_id, "resubmit", "worker")
        yield tour.go(case_id, "accept", "officer")
        yield tour.go(case_id, "refuse", "director")
        yield tour.upload(case_id, "sealed_refusal")
        yield tour.go(case_id, "serve", "officer")
        yield tour.go(case_id, "request_internal_review", "worker")
        yield tour.go(case_id, "overturn", "other_director")
        tour.go(case_id, "approve", "director")
        if tour.centre.case(case_id).step == "certificate":
            yield case_id
            tour.automate(case_id)
        yield case_id
        yield tour.upload(case_id, scan)
        yield tour.go(case_id, "serve", "officer")

    return visit


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


TOURS: dict[str, Callable[[Tour], Iterator[str]]] = {
    "filing": filing,
    "filing_renewal": _aftercare(
        "filing_renewal", "2029-06-19", ("renewal_application", "roster"), "sealed_certificate"
    ),
    "filing_change": _aftercare("filing_change", "2026-11-02", ("change_application",), "sealed_certificate"),
    "filing_exit": _aftercare(
        "filing_exit", "2026-11-02", ("exit_statement", "settlement_statement"), "sealed_exit_notice"
    ),
    "yearly_review": yearly_review,
}


def setting_out(procedure: str, database: Database, clock: FixedClock) -> tuple[Centre, Iterator[str]]:
    """A fresh centre and the tour of a procedure; filings there are put up for notice, so that no step is left out."""

    def with_notice(values: dict[str, Any]) -> None:
        values["filing"]["public_notice"]["enabled"]["value"] = procedure == "filing"

    centre = build(database, clock, change_policy=with_notice)
    return centre, TOURS[procedure](Tour(centre))

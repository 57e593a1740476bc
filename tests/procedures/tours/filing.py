"""Tours of filing, renewal, change and exit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.procedures.tours.tour import LATE, Tour, Visit
from tests.procedures.world import APPLICATION, APPLICATION_PAPERS, OPINION

ANSWERS: dict[str, dict[str, Any]] = {
    "filing.submit": APPLICATION,
    "filing_renewal.submit": {
        "members": 30, "leader": "王桂兰", "leader_phone": "13800001234", "premises": "新活动室", "activity": "每周排练",
        "consent": True,
    },
    "filing_change.submit": {"leader": "李明", "reason": "换届"},
    "filing_reissue.submit": {
        "cause": "lost", "circumstances": "搬迁时遗失", "declared_by": "王桂兰", "declared": True,
    },
    "filing_exit.submit": {
        "kind": "voluntary", "reason": "成员会议决定解散", "settlement": "无结余",
        "checklist": ["funds_settled", "premises_returned", "certificate_returned", "members_told"],
    },
    "screening.return_for_correction": {"findings": "缺少章程"},
    "refer": {"findings": "疑似业主委员会"},
    "give_opinion": OPINION,
    "record_new_opinion": OPINION,
    "issue": {"number": "BAZ-2026-0001", "valid_from": "2026-09-18", "valid_until": "2029-09-17"},
    "filing.propose_result_correction": {"corrected": {"leader": "王贵兰"}},
}  # fmt: skip

# Who may do what, found by asking; the letters are those of `LETTERS`.
WHO = {
    "filing": """
application: submit WO, withdraw WO
screening: pass A, return_for_correction A, refer A
committee_opinion: give_opinion WO, withdraw WO
acceptance: accept O, return_for_correction O, record_new_opinion WO, refuse_acceptance O, withdraw WO
decision: approve D, refuse D, return_for_correction D, extend D, withdraw WO
redecision: approve D, refuse D, extend D
public_notice: elapse A, object WO
objection: dismiss O, uphold O
correction: resubmit WO, withdraw WO, deem_withdrawn O
certificate: issue A
service: serve O
refusal_service: serve O
filed: request_internal_review WO, propose_result_correction O, reopen D
refused: request_internal_review WO, reopen D
withdrawn: nothing more
internal_review: uphold D, overturn D
result_correction: confirm D, reject D
""",
    "filing_renewal": """
application: submit WO, withdraw WO
acceptance: accept O, return_for_correction O, refuse_acceptance O, withdraw WO
decision: approve D, refuse D, return_for_correction D, extend D, withdraw WO
redecision: approve D, refuse D, extend D
correction: resubmit WO, withdraw WO, deem_withdrawn O
certificate: issue A
service: serve O
refusal_service: serve O
renewed: nothing more
refused: request_internal_review WO, reopen D
withdrawn: nothing more
internal_review: uphold D, overturn D
""",
    "filing_change": """
application: submit WO, withdraw WO
acceptance: accept O, return_for_correction O, refuse_acceptance O, withdraw WO
decision: approve D, refuse D, return_for_correction D, extend D, withdraw WO
redecision: approve D, refuse D, extend D
correction: resubmit WO, withdraw WO, deem_withdrawn O
certificate: issue A
service: serve O
refusal_service: serve O
changed: nothing more
refused: request_internal_review WO, reopen D
withdrawn: nothing more
internal_review: uphold D, overturn D
""",
    "filing_reissue": """
application: submit WO, withdraw WO
decision: approve D, decline D
certificate: issue A
service: serve O
reissued: nothing more
declined: nothing more
withdrawn: nothing more
""",
    "filing_exit": """
application: submit WO, withdraw WO
acceptance: accept O, return_for_correction O, refuse_acceptance O, withdraw WO
decision: approve D, refuse D, return_for_correction D, extend D, withdraw WO
redecision: approve D, refuse D, extend D
correction: resubmit WO, withdraw WO, deem_withdrawn O
service: serve O
refusal_service: serve O
exited: request_internal_review WO, reopen D
refused: request_internal_review WO, reopen D
withdrawn: nothing more
internal_review: uphold D, overturn D
""",
}


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


def _aftercare(procedure: str, day: str, papers: tuple[str, ...], scan: str) -> Visit:
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


def reissue(tour: Tour) -> Iterator[str]:
    """A certificate lost: asked for and withdrawn, declined, and reissued."""
    tour.centre.filed()
    tour.centre.on("2026-11-02")
    yield (withdrawn := tour.open("filing_reissue"))
    yield tour.go(withdrawn, "withdraw", "worker")
    declined = tour.upload(tour.open("filing_reissue"), "loss_declaration")
    yield declined
    yield tour.go(declined, "submit", "officer")
    yield tour.go(declined, "decline", "director")
    case_id = tour.upload(tour.open("filing_reissue"), "loss_declaration")
    tour.go(case_id, "submit", "worker")
    yield tour.go(case_id, "approve", "director")
    yield tour.automate(case_id)
    yield tour.upload(case_id, "sealed_certificate")
    yield tour.go(case_id, "serve", "officer")


TOURS: dict[str, Visit] = {
    "filing": filing,
    "filing_renewal": _aftercare(
        "filing_renewal", "2029-06-19", ("renewal_application", "roster"), "sealed_certificate"
    ),
    "filing_change": _aftercare("filing_change", "2026-11-02", ("change_application",), "sealed_certificate"),
    "filing_reissue": reissue,
    "filing_exit": _aftercare(
        "filing_exit", "2026-11-02", ("exit_statement", "settlement_statement"), "sealed_exit_notice"
    ),
}

"""Tours of affiliation, its renewal and end, of the recognition of hubs and its end, of a hub's report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.procedures.affiliation import street
from tests.procedures.tours.tour import LATE, REASON, Tour, Visit

ANSWERS: dict[str, dict[str, Any]] = {
    "affiliation.submit": street.WISHES,
    "affiliation_renewal.submit": {"past_term": "联系密切", **street.WISHES},
    "affiliation_end.submit": street.ENDING,
    "hub_recognition.submit": street.RECOGNITION,
    "hub_ending.submit": street.HUB_ENDING,
    "hub_report.submit": street.REPORT,
    "check.accept": {},
    "consent": {"statement": "同意"},
    "decline": REASON,
    "record_decline": REASON,
    "record_consent": {"signatory": "赵敏", "signed_on": "2026-09-18"},
    "sign": street.TERM,
    "list": {"open_duties": "协助办理备案手续"},
    "record_missing": {"reason": "三次催报未果"},
}

# Who may do what, found by asking; the letters are those of `LETTERS`.
_CARRIED = """
application: submit WO, withdraw WO
acceptance: accept O, return_for_correction O, refuse_acceptance O, withdraw WO
consent: consent h, decline h, record_consent O, record_decline O, withdraw WO
decision: approve D, refuse D, extend D, withdraw WO
redecision: approve D, refuse D, extend D
agreement: sign O, lapse O, withdraw WO
correction: resubmit WO, withdraw WO, deem_withdrawn O
refusal_service: serve O
{good}: nothing more
declined: nothing more
lapsed: nothing more
refused: request_internal_review WO, reopen D
withdrawn: nothing more
internal_review: uphold D, overturn D
"""
_ENDED = """
application: submit WO, withdraw WO
{listing}acceptance: accept O, return_for_correction O, refuse_acceptance O, withdraw WO
decision: approve D, refuse D, return_for_correction D, extend D, withdraw WO
redecision: approve D, refuse D, extend D
correction: resubmit WO, withdraw WO, deem_withdrawn O
service: serve O
refusal_service: serve O
ended: request_internal_review WO, reopen D
refused: request_internal_review WO, reopen D
withdrawn: nothing more
internal_review: uphold D, overturn D
"""
WHO = {
    "affiliation": _CARRIED.format(good="affiliated"),
    "affiliation_renewal": _CARRIED.format(good="renewed"),
    "affiliation_end": _ENDED.format(listing="listing: list A\n"),
    "hub_ending": _ENDED.format(listing=""),
    "hub_recognition": """
application: submit WO, withdraw WO
acceptance: accept O, return_for_correction O, refuse_acceptance O, withdraw WO
decision: approve D, refuse D, return_for_correction D, extend D, withdraw WO
redecision: approve D, refuse D, extend D
public_notice: elapse A, object WO
objection: dismiss O, uphold O
correction: resubmit WO, withdraw WO, deem_withdrawn O
service: serve O
refusal_service: serve O
recognised: reopen D
refused: request_internal_review WO, reopen D
withdrawn: nothing more
internal_review: uphold D, overturn D
""",
    "hub_report": """
report: submit Oh, record_missing O
check: accept O, return_for_correction O
correction: resubmit Oh, go_on_uncorrected O
reported: nothing more
not_reported: report_late O
""",
}


def affiliation(tour: Tour) -> Iterator[str]:
    """Declined, lapsed, withdrawn; corrected, refused, reviewed, overturned and at last affiliated."""
    hub = street.hub(tour.centre)
    street.standing(tour.centre)
    picked = {"hub": street.public_id_of(hub)}
    tour.answers["affiliation.submit"] = {**street.WISHES, **picked}
    yield from _carried(tour, "affiliation", "affiliation_application")


def affiliation_renewal(tour: Tour) -> Iterator[str]:
    """The same for a renewal, opened within its window."""
    hub = street.hub(tour.centre)
    street.carry(street.standing(tour.centre), hub)
    tour.centre.on("2028-07-24")
    tour.answers["sign"] = {**street.TERM, "since": "2028-09-18", "until": "2030-09-17"}
    yield from _carried(tour, "affiliation_renewal", "renewal_application")


def _carried(tour: Tour, procedure: str, paper: str) -> Iterator[str]:
    yield tour.go(tour.open(procedure), "withdraw", "worker")
    for action, by in (("decline", "representative"), ("lapse", "officer"), ("", "")):
        yield (case_id := tour.open(procedure))
        yield tour.upload(case_id, paper, "hub_consent", "affiliation_agreement", "sealed_refusal")
        yield tour.go(case_id, "submit", "worker")
        if not action:
            break
        yield tour.go(case_id, "accept", "officer")
        if action == "decline":
            yield tour.go(case_id, "decline", by)
            continue
        yield tour.go(case_id, "record_consent", "officer")
        yield tour.go(case_id, "approve", "director")
        yield tour.go(case_id, "lapse", by)
    yield tour.go(case_id, "return_for_correction", "officer")
    tour.sleep(LATE)
    yield case_id
    tour.go(case_id, "resubmit", "worker")
    tour.go(case_id, "accept", "officer")
    yield tour.go(case_id, "consent", "representative")
    yield tour.go(case_id, "refuse", "director")
    yield tour.go(case_id, "serve", "officer")
    yield tour.go(case_id, "request_internal_review", "worker")
    yield tour.go(case_id, "overturn", "other_director")
    yield tour.go(case_id, "approve", "director")
    yield tour.go(case_id, "sign", "officer")


def affiliation_end(tour: Tour) -> Iterator[str]:
    """An affiliation that ends, and an end that does not stand."""
    street.carry(street.standing(tour.centre), street.hub(tour.centre))
    yield from _ended(tour, "affiliation_end", "ending_statement", "sealed_ending_notice")


def hub_ending(tour: Tour) -> Iterator[str]:
    """A recognition that ends, and an end that does not stand."""
    member = street.group(tour.centre, "合唱队")
    hub = street.hub(tour.centre)
    tour.centre.organization_id = hub.organization_id
    street.carry(member, hub)
    yield from _ended(tour, "hub_ending", "hub_ending_statement", "sealed_hub_ending")


def _ended(tour: Tour, procedure: str, paper: str, scan: str) -> Iterator[str]:
    yield tour.go(tour.open(procedure), "withdraw", "worker")
    yield (case_id := tour.open(procedure))
    yield tour.upload(case_id, paper, scan, "sealed_refusal")
    yield tour.go(case_id, "submit", "worker")
    if tour.centre.case(case_id).step == "listing":
        yield tour.automate(case_id)
    yield tour.go(case_id, "return_for_correction", "officer")
    tour.sleep(LATE)
    yield case_id
    tour.go(case_id, "resubmit", "worker")
    yield tour.go(case_id, "accept", "officer")
    yield tour.go(case_id, "approve", "director")
    yield tour.go(case_id, "serve", "officer")
    yield tour.go(case_id, "request_internal_review", "worker")
    yield tour.go(case_id, "overturn", "other_director")
    yield tour.go(case_id, "refuse", "director")
    yield tour.go(case_id, "serve", "officer")


def hub_recognition(tour: Tour) -> Iterator[str]:
    """A recognition with a public notice: corrected, objected to twice, recognised, reopened, refused and reviewed."""
    street.active(street.standing(tour.centre))
    yield tour.go(tour.open("hub_recognition"), "withdraw", "worker")
    yield (case_id := tour.open("hub_recognition"))
    yield tour.upload(case_id, "hub_application", "satisfaction_survey", "sealed_recognition", "sealed_refusal")
    yield tour.go(case_id, "submit", "worker")
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
    yield tour.go(case_id, "serve", "officer")
    yield tour.go(case_id, "reopen", "other_director")
    yield tour.go(case_id, "refuse", "director")
    yield tour.go(case_id, "serve", "officer")
    yield tour.go(case_id, "request_internal_review", "worker")


def hub_report(tour: Tour) -> Iterator[str]:
    """A report that is missed, made after all, corrected and accepted."""
    tour.centre.organization_id = street.hub(tour.centre).organization_id
    tour.centre.on("2026-10-08")
    yield (case_id := tour.open("hub_report", "officer", "2026Q3"))
    tour.sleep(LATE + LATE)
    yield case_id
    yield tour.go(case_id, "record_missing", "officer")
    yield tour.go(case_id, "report_late", "officer")
    yield tour.upload(case_id, "hub_report")
    yield tour.go(case_id, "submit", "representative")
    yield tour.go(case_id, "return_for_correction", "officer")
    tour.sleep(LATE)
    yield case_id
    tour.go(case_id, "resubmit", "representative")
    yield tour.go(case_id, "accept", "officer")


TOURS: dict[str, Visit] = {
    "affiliation": affiliation,
    "affiliation_renewal": affiliation_renewal,
    "affiliation_end": affiliation_end,
    "hub_recognition": hub_recognition,
    "hub_ending": hub_ending,
    "hub_report": hub_report,
}

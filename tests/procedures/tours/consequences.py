"""Tours of what follows from failure, silence and growth: rectification, dormancy, referral, upgrade."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from incubator.services.organizations import change_organization
from tests.procedures.tours.tour import LATE, Tour, Visit

REGISTRAR = {"document_number": "民社登〔2026〕15号", "decided_on": "2026-09-18"}
LISTING = {**REGISTRAR, "list": "abnormal_list", "since": "2026-09-18", "note": "未按规定报送年度报告"}
ANSWERS: dict[str, dict[str, Any]] = {
    "rectification.submit": {
        "cause": "inspection", "problems": "账目未公开\n场地有安全隐患", "measures": "公开账目\n消除隐患",
    },
    "rectification.report": {"report": "账目已上墙公开，隐患已消除"},
    "record_no_report": {"reason": "电话催办两次，未报送"},
    "find_cured": {"checked_on": "2026-09-18", "found": "逐项核查属实", "checklist": ["every_point_checked"]},
    "verification.find_uncured": {
        "checked_on": "2026-09-18", "found": "隐患仍在", "checklist": ["every_point_checked"],
    },
    "determine": {"consequence": "supervision", "reason": "期满未整改"},
    "dormancy.finish": {"signs": "一年以上没有活动记录"},
    "dormancy.confirm": {"checked": "两次上门无人，居民反映早已停止活动"},
    "clear": {"reason": "每周都有活动，未及时登记"},
    "dormancy.report": {"held_on": "2027-10-04", "title": "重阳慰问演出", "participants": 18},
    "dormancy.find_cured": {},
    "dormancy.find_uncured": {"chased": "期满再次上门，仍无活动"},
    "referral.submit": {"cause": "yearly_review", "facts": "连续两年年检不合格"},
    "record_unasked": {"reason": "登记机关年检中自行列入"},
    "send": {"letter_number": "草街函〔2026〕8号", "recipient": "区民政局"},
    "record_no_action": {**REGISTRAR, "note": "经核查不予处理"},
    "record_other": {**REGISTRAR, "note": "责令限期改正"},
    "record_listing": LISTING,
    "record_removal": {"document_number": "民社登〔2026〕31号", "decided_on": "2026-09-18", "removed_on": "2026-09-18"},
    "upgrade.submit": {
        "kind": "association", "name": "桂花社区常青合唱协会", "persons": 52, "units": 0, "funds_fen": 3_000_000,
        "premises": "桂花社区活动室", "reason": "规模扩大，承接服务",
    },
    "upgrade.finish": {"findings": "会员符合"},
    "support": {"opinion": "同意推荐"},
    "hand_over": {"recipient": "区民政局", "receipt_number": "S2026-77"},
    "record_registered": {
        "number": "51510105MJQ0000001", "registered_name": "桂花社区常青合唱协会", "registered_on": "2026-09-18",
    },
    "record_refused": {"document_number": "民社登〔2026〕40号", "reason": "活动资金证明不足"},
}  # fmt: skip

# Who may do what, found by asking; the letters are those of `LETTERS`.
WHO = {
    "rectification": """
draft: submit O
signature: sign D, send_back D, drop D
service: serve O
cure: report WO, extend D, record_no_report O
verification: find_cured O, find_uncured O
confirmation: confirm D, send_back D
determination: determine D, send_back D
result_service: serve O
failure_service: serve O
rectified: reopen D
not_rectified: request_internal_review WO, reopen D
dropped: nothing more
internal_review: uphold D, overturn D
""",
    "dormancy": """
signs: finish A
confirmation: confirm O, clear O
notice: serve O
cure: report WO, find_cured O, find_uncured O
decision: approve D, refuse D, extend D
redecision: approve D, refuse D, extend D
service: serve O
refusal_service: serve O
struck_off: request_internal_review WO, reopen D
refused: reopen D
cured: nothing more
not_dormant: nothing more
internal_review: uphold D, overturn D
""",
    "referral": """
draft: submit O, record_unasked O
signature: sign D, send_back D, drop D
sending: send O
answer: record_no_action O, record_listing O, record_other O
no_action: record_again D
listed: record_removal O, record_again D
other: record_again D
removed: nothing more
dropped: nothing more
""",
    "upgrade": """
application: submit WO, withdraw WO
conditions: finish A
support: support O, return_for_correction O, withdraw WO
correction: resubmit WO, withdraw WO, deem_withdrawn O
handover: hand_over O, withdraw WO
answer: record_registered O, record_refused O, withdraw WO
confirmation: confirm D, send_back D
registered: nothing more
refused: nothing more
withdrawn: nothing more
""",
}


def rectification(tour: Tour) -> Iterator[str]:
    """Ordered, extended, reported, confirmed; reopened and found wanting after all; another one dropped."""
    tour.centre.filed()
    yield (case_id := tour.open("rectification", "officer"))
    yield tour.go(case_id, "submit", "officer")
    tour.go(case_id, "send_back", "director")
    tour.go(case_id, "submit", "officer")
    yield tour.go(case_id, "sign", "director")
    yield tour.upload(case_id, "sealed_rectification_notice")
    yield tour.go(case_id, "serve", "officer")
    yield tour.upload(case_id, "rectification_report")
    tour.go(case_id, "extend", "director")
    tour.sleep(LATE + timedelta(days=7))
    yield case_id
    yield tour.go(case_id, "report", "worker")
    yield tour.go(case_id, "find_cured", "officer")
    tour.go(case_id, "send_back", "director")
    tour.go(case_id, "find_cured", "officer")
    yield tour.go(case_id, "confirm", "director")
    yield tour.upload(case_id, "sealed_rectification_result")
    yield tour.go(case_id, "serve", "officer")
    tour.go(case_id, "reopen", "other_director")
    yield tour.go(case_id, "find_uncured", "officer")
    tour.go(case_id, "send_back", "director")
    tour.go(case_id, "find_uncured", "officer")
    yield tour.go(case_id, "determine", "director")
    yield tour.go(case_id, "serve", "officer")
    yield tour.go(case_id, "request_internal_review", "worker")
    tour.go(case_id, "uphold", "other_director")
    case_id = tour.open("rectification", "officer")
    tour.go(case_id, "submit", "officer")
    yield tour.go(case_id, "drop", "director")


def dormancy(tour: Tour) -> Iterator[str]:
    """Struck off, reviewed and restored; looked at again and cured; looked at once more and found alive."""
    tour.centre.filed()
    tour.centre.on("2027-10-01")
    yield (case_id := tour.open("dormancy", "officer", "2027-10"))
    yield tour.automate(case_id)
    yield tour.go(case_id, "confirm", "officer")
    yield tour.upload(case_id, "sealed_dormancy_notice")
    yield tour.go(case_id, "serve", "officer")
    tour.upload(case_id, "activity_proof")
    tour.sleep(timedelta(days=66))
    yield case_id
    yield tour.go(case_id, "find_uncured", "officer")
    yield tour.go(case_id, "approve", "director")
    yield tour.upload(case_id, "sealed_exit_notice")
    yield tour.go(case_id, "serve", "officer")
    yield tour.go(case_id, "request_internal_review", "worker")
    yield tour.go(case_id, "overturn", "other_director")
    yield tour.go(case_id, "refuse", "director")
    yield tour.upload(case_id, "sealed_refusal")
    yield tour.go(case_id, "serve", "officer")
    tour.centre.on("2028-06-01")
    case_id = tour.open("dormancy", "officer", "2028-06")
    tour.automate(case_id)
    tour.go(case_id, "confirm", "officer")
    tour.upload(case_id, "sealed_dormancy_notice", "activity_proof")
    tour.go(case_id, "serve", "officer")
    yield tour.go(case_id, "report", "worker", held_on="2028-06-05")
    yield tour.go(case_id, "find_cured", "officer")
    tour.centre.on("2029-08-01")
    case_id = tour.open("dormancy", "officer", "2029-08")
    tour.automate(case_id)
    yield tour.go(case_id, "clear", "officer")


def referral(tour: Tour) -> Iterator[str]:
    """Sent back, sent, answered in turn with no action, something else and a listing that is removed; another dropped."""
    register(tour)
    yield (case_id := tour.open("referral", "officer"))
    yield tour.upload(case_id, "evidence")
    yield tour.go(case_id, "submit", "officer")
    tour.go(case_id, "send_back", "director")
    tour.go(case_id, "submit", "officer")
    yield tour.go(case_id, "sign", "director")
    yield tour.upload(case_id, "sealed_referral")
    yield tour.go(case_id, "send", "officer")
    yield tour.upload(case_id, "registrar_answer")
    for answer in ("record_no_action", "record_other"):
        yield tour.go(case_id, answer, "officer")
        tour.go(case_id, "record_again", "director")
    yield tour.go(case_id, "record_listing", "officer")
    yield tour.upload(case_id, "registrar_removal")
    yield tour.go(case_id, "record_removal", "officer")
    case_id = tour.upload(tour.open("referral", "officer"), "evidence")
    tour.go(case_id, "submit", "officer")
    yield tour.go(case_id, "drop", "director")


def upgrade(tour: Tour) -> Iterator[str]:
    """Withdrawn; corrected, handed over, recorded wrongly and refused; registered in the end."""
    tour.centre.filed()
    yield tour.go(tour.open("upgrade"), "withdraw", "worker")
    yield (case_id := tour.open("upgrade"))
    yield tour.upload(case_id, "registration_application", "charter", "roster")
    yield tour.go(case_id, "submit", "worker")
    yield tour.automate(case_id)
    yield tour.go(case_id, "return_for_correction", "officer")
    tour.sleep(LATE)
    yield case_id
    tour.go(case_id, "resubmit", "worker")
    tour.automate(case_id)
    yield tour.go(case_id, "support", "officer")
    yield tour.upload(case_id, "sealed_opinion")
    yield tour.go(case_id, "hand_over", "officer")
    yield tour.upload(case_id, "registration_certificate", "registrar_refusal")
    yield tour.go(case_id, "record_registered", "officer")
    tour.go(case_id, "send_back", "director")
    yield tour.go(case_id, "record_refused", "officer")
    case_id = tour.upload(tour.open("upgrade"), "registration_application", "charter", "roster")
    tour.go(case_id, "submit", "worker")
    tour.automate(case_id)
    tour.go(case_id, "support", "officer")
    tour.go(tour.upload(case_id, "sealed_opinion"), "hand_over", "officer")
    tour.go(tour.upload(case_id, "registration_certificate"), "record_registered", "officer")
    yield tour.go(case_id, "confirm", "director")


def register(tour: Tour) -> None:
    """The group is a registered body, as an opening stock brings one."""
    tour.centre.database.write(
        lambda connection: change_organization(
            connection, tour.centre.organization_id, event="organization.corrected", changes={"standing": "registered"},
            actor=tour.centre.people["officer"], now=tour.centre.clock.now(),
        )
    )  # fmt: skip


TOURS: dict[str, Visit] = {
    "rectification": rectification, "dormancy": dormancy, "referral": referral, "upgrade": upgrade,
}  # fmt: skip

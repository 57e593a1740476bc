"""Stories of what follows: rectification, dormancy, referral to the registrar, upgrade to registration."""

from __future__ import annotations

from typing import Any

from incubator.samples.agenda import Moves
from incubator.samples.groups import Group
from incubator.samples.stage import Stage
from incubator.samples.stories.telling import begin, by, serve

RECTIFICATION, DORMANCY, REFERRAL, UPGRADE = "rectification", "dormancy", "referral", "upgrade"


def ordered(cause: str, problems: str, measures: str) -> Moves:
    """The notice of a rectification that has been opened: drafted, signed, served."""
    draft = {"cause": cause, "problems": problems, "measures": measures}
    return (
        (2, by("officer", RECTIFICATION, "submit", draft)),
        (2, by("director", RECTIFICATION, "sign")),
        (2, serve(RECTIFICATION, "sealed_rectification_notice")),
    )


def _verification(found: str) -> Any:
    def said(stage: Stage, group: Group) -> dict[str, Any]:
        return {"checked_on": stage.day.isoformat(), "found": found, "checklist": ["every_point_checked"]}

    return said


REPORTED = by("worker", RECTIFICATION, "report", {"report": "已补齐活动记录，新增成员四名，制定了季度活动计划。"},
              papers=("rectification_report",))  # fmt: skip
RECTIFIED: Moves = (
    (12, REPORTED),
    (4, by("officer", RECTIFICATION, "find_cured", _verification("逐项核查，均已整改"))),
    (2, by("director", RECTIFICATION, "confirm")),
    (2, serve(RECTIFICATION, "sealed_rectification_result")),
)
NOT_RECTIFIED: Moves = (
    (12, REPORTED),
    (4, by("officer", RECTIFICATION, "find_uncured", _verification("活动记录系事后补写，新增成员不属实"))),
    (
        3,
        by(
            "director",
            RECTIFICATION,
            "determine",
            {"consequence": "supervision", "reason": "整改流于形式，列入重点监管"},
        ),
    ),
    (2, serve(RECTIFICATION, "sealed_rectification_result")),
)
CANCELLED: Moves = (
    *NOT_RECTIFIED[:2],
    (
        3,
        by("director", RECTIFICATION, "determine", {"consequence": "cancellation", "reason": "弄虚作假，提请撤销备案"}),
    ),
    (2, serve(RECTIFICATION, "sealed_rectification_result")),
)
COMPLAINED_OF: Moves = ((0, begin(RECTIFICATION, "officer")),)

NOTICED: Moves = (
    (3, by("officer", DORMANCY, "confirm", {"checked": "两次电话无人接听，上门走访未见活动，邻居称已停止活动"})),
    (2, serve(DORMANCY, "sealed_dormancy_notice")),
)
CURED: Moves = (
    *NOTICED,
    (15, by("worker", DORMANCY, "report", lambda stage, group: {
        "held_on": stage.day.isoformat(), "title": "恢复排练并商定新的活动安排", "participants": group.members,
    }, papers=("activity_proof",))),
    (2, by("officer", DORMANCY, "find_cured")),
)  # fmt: skip
STRUCK_OFF: Moves = (
    *NOTICED,
    (46, by("officer", DORMANCY, "find_uncured", {"chased": "六十日内无活动、无联系"})),
    (4, by("director", DORMANCY, "approve")),
    (2, serve(DORMANCY, "sealed_exit_notice")),
)

REFERRED: Moves = (
    (0, begin(REFERRAL, "officer")),
    (1, by("officer", REFERRAL, "submit", {
        "cause": "illegality", "facts": "向服务对象收取未公示的费用，有收据两张", "suggestion": "建议依法查处",
    }, papers=("evidence",))),
    (2, by("director", REFERRAL, "sign")),
    (1, by("officer", REFERRAL, "send", lambda stage, group: {
        "letter_number": f"示例街函〔{stage.day.year}〕{stage.day.month}号", "recipient": "示例区民政局",
    }, papers=("sealed_referral",))),
)  # fmt: skip


def _listing(stage: Stage, group: Group) -> dict[str, Any]:
    day = stage.day.isoformat()
    return {
        "document_number": f"示例民〔{stage.day.year}〕12号", "decided_on": day, "list": "abnormal_list", "since": day,
        "note": "未按规定公示收费，列入活动异常名录",
    }  # fmt: skip


LISTED: Moves = (*REFERRED, (25, by("officer", REFERRAL, "record_listing", _listing, papers=("registrar_answer",))))


def upgrade_asked(name: str) -> Moves:
    """A filed group applies to the registrar under the name that it is to bear."""
    said = {
        "kind": "association", "name": name, "persons": 56, "units": 2, "funds_fen": 3_200_000,
        "premises": "示例街道社会组织服务中心二楼", "reason": "成员已逾五十人，拟承接政府购买服务",
    }  # fmt: skip
    return (
        (0, begin(UPGRADE)),
        (1, by("worker", UPGRADE, "submit", said, papers=("registration_application", "charter", "roster"))),
    )


def handed_over(name: str) -> Moves:
    """The street supports it and has handed the papers to the registrar."""

    def said(stage: Stage, group: Group) -> dict[str, Any]:
        return {"recipient": "示例区民政局", "receipt_number": f"收字{stage.day:%Y%m%d}"}

    return (
        *upgrade_asked(name),
        (4, by("officer", UPGRADE, "support", {"opinion": "该组织运行规范，同意推荐登记"})),
        (2, by("officer", UPGRADE, "hand_over", said, papers=("sealed_opinion",))),
    )


def registered(name: str, number: str) -> Moves:
    """The registrar has registered it, and the record was checked."""

    def said(stage: Stage, group: Group) -> dict[str, Any]:
        return {"number": number, "registered_name": name, "registered_on": stage.day.isoformat()}

    return (
        *handed_over(name),
        (30, by("officer", UPGRADE, "record_registered", said, papers=("registration_certificate",))),
        (2, by("director", UPGRADE, "confirm")),
    )

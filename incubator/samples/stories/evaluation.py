"""Stories of the evaluation for stars, and of the registrar's grades."""

from __future__ import annotations

from typing import Any

from incubator.engine import library
from incubator.procedures.evaluation.bands import band_of
from incubator.samples.agenda import Moves
from incubator.samples.groups import Group
from incubator.samples.stage import Stage
from incubator.samples.stories.panels import give, reviewed, seat
from incubator.samples.stories.telling import begin, by, serve

EVALUATION, GRADE = "evaluation", "registrar_grade"
SHEET = "evaluation.review.sheet"
_SEEN = ["premises_seen", "files_seen", "members_heard", "report_compared"]


def _own_report(percent: int) -> Any:
    def said(stage: Stage, group: Group) -> dict[str, Any]:
        with stage.service.database.read() as connection:
            policy = library.policy(connection, stage.case(group, EVALUATION).policy_hash)
        criteria = policy.get(SHEET)["criteria"]
        return {
            "basic_conditions": f"负责人{group.leader}，成员 {group.members} 人，活动场所为{group.premises}。",
            "internal_governance": "重大事项由成员会议商定，每季度公布收支，档案由专人保管。",
            "performance": f"{group.activity}开展活动，重阳节、社区邻里节各组织一次集中服务。",
            "public_opinion": "居民满意，社区多次邀请参加活动。",
            "scores": {each["code"]: each["most"] * percent // 100 for each in criteria},
        }

    return said


def _visit(stage: Stage, group: Group) -> dict[str, Any]:
    return {
        "visited_on": stage.day.isoformat(), "met": group.leader, "findings": "场所整洁，台账和活动记录与自评相符。",
        "checklist": _SEEN,
    }  # fmt: skip


def _band(stage: Stage, group: Group) -> dict[str, Any]:
    case = stage.case(group, EVALUATION)
    with stage.service.database.read() as connection:
        bands = library.policy(connection, case.policy_hash).get("evaluation.bands")
    return {"band": band_of(bands, case.data["review"]["panel"]["score"])["code"]}


def reported(percent: int = 90) -> Moves:
    """The own report is typed in; the screening holds it against the records."""
    papers = ("self_report", "activity_records")
    return ((0, by("worker", EVALUATION, "submit", _own_report(percent), papers=papers)),)


def visited(percent: int = 90) -> Moves:
    """An officer went there."""
    return (*reported(percent), (5, by("officer", EVALUATION, "record_visit", _visit, papers=("visit_record",))))


def being_scored(percent: int, turn: int = 0) -> Moves:
    """Three of the five have scored."""
    return (
        *visited(),
        (2, seat(EVALUATION, turn)),
        *((1, give(EVALUATION, SHEET, place, percent + place, turn)) for place in range(3)),
    )


def put_up(percent: int, turn: int = 0) -> Moves:
    """The panel is through, and the result is put up for notice."""
    spread = tuple(percent + each for each in (-3, 2, 0, 4, -1))
    return (
        *visited(),
        *reviewed(EVALUATION, SHEET, spread, turn),
        (2, by("officer", EVALUATION, "conclude", _band)),
    )


def rated(percent: int, turn: int = 0) -> Moves:
    """Stars are given, once the notice is over."""
    return (
        *put_up(percent, turn),
        (9, by("director", EVALUATION, "approve")),
        (3, serve(EVALUATION, "sealed_star_certificate")),
    )


def failed(turn: int = 0) -> Moves:
    """Below the lowest star: the result is served, and a rectification follows by itself."""
    return (
        *put_up(42, turn),
        (9, by("director", EVALUATION, "approve")),
        (3, serve(EVALUATION, "sealed_result")),
    )


UNREPORTED: Moves = (
    (0, by("officer", EVALUATION, "close_unreported", {"reason": "三次催办未报送自评材料", "basis": "星级评估办法"})),
    (3, serve(EVALUATION, "sealed_refusal")),
)


def graded(grade: str, document: str) -> Moves:
    """An officer records the registrar's grade; a colleague holds it against the paper."""

    def said(stage: Stage, group: Group) -> dict[str, Any]:
        return {
            "grade": grade, "document_number": document.format(year=stage.day.year), "issued_by": "示例区民政局",
            "announced_on": stage.day.isoformat(),
        }  # fmt: skip

    return (*_grade(said), (2, by("other_officer", GRADE, "confirm", {"checklist": ["paper_read"]})))


def grade_entered(grade: str, document: str) -> Moves:
    """The colleague has not looked at it yet."""
    return graded(grade, document)[:-1]


def _grade(said: Any) -> Moves:
    return (
        (0, begin(GRADE, "officer")),
        (0, by("officer", GRADE, "submit", said, papers=("grade_paper",))),
    )

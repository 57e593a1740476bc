"""Stories of the yearly review: reported, concluded, late, failed."""

from __future__ import annotations

from typing import Any

from incubator.samples.agenda import Move, Moves, Story, waiting
from incubator.samples.groups import Group
from incubator.samples.stage import Stage
from incubator.samples.stories.telling import by, serve

REVIEW = "yearly_review"


def report(**changes: Any) -> Move:
    """The organization's report on the past year is handed in; the checks follow at once."""

    def said(stage: Stage, group: Group) -> dict[str, Any]:
        return {
            "activities": 12,
            "participants": 12 * group.members,
            "members": group.members,
            "income_fen": 600_000,
            "spending_fen": 520_000,
            "work": f"{group.activity}开展活动，重阳节、社区邻里节各演出或服务一次。",
            **changes,
        }

    return by("worker", REVIEW, "submit", said, papers=("yearly_report",))


def conclude(result: str, reasons: str = "") -> Move:
    """The officer proposes the conclusion."""
    return by("officer", REVIEW, "conclude", {"result": result, **({"reasons": reasons} if reasons else {})})


def concluded(result: str, reasons: str = "", **changes: Any) -> Moves:
    """A review from the report to the service of its conclusion."""
    return (
        (0, report(**changes)),
        (5, conclude(result, reasons)),
        (3, by("director", REVIEW, "confirm")),
        (2, serve(REVIEW, "sealed_conclusion", f"serve_{result}")),
    )


PASSED = concluded("passed")
BASICALLY = concluded("basically_passed", "全年活动少于四次，已要求改进", activities=3)
FAILED = concluded("failed", "全年仅开展活动一次，成员不足十人", activities=1, members=6)
NEVER_REPORTED: Moves = (
    (0, by("officer", REVIEW, "conclude_without_report", {"no_report_reason": "三次电话催报、一次上门催报，均未报送"})),
    (3, by("director", REVIEW, "confirm")),
    (2, serve(REVIEW, "sealed_conclusion", "serve_failed")),
)
_RETURN = by("officer", REVIEW, "return_for_correction", {"points": "收支数据与账本不一致，请核对"})

# This year's reviews, each lying where it lies for so many working days; None has not reported.
THIS_YEAR: tuple[Story | None, ...] = (
    None,
    None,
    Story(moves=((0, report()),), ends=waiting(3)),
    Story(moves=((0, report(spending_fen=700_000)),), ends=waiting(19)),  # the conclusion is overdue
    Story(moves=((0, report()), (3, _RETURN)), ends=waiting(3)),
    Story(moves=((0, report()), (3, _RETURN)), ends=waiting(14)),  # the correction is overdue
    Story(moves=((0, report()), (5, conclude("passed"))), ends=waiting(2)),
    Story(moves=((0, report(activities=3)), (5, conclude("basically_passed", "全年活动少于四次"))), ends=waiting(4)),
    Story(moves=((0, report()), (5, conclude("passed")), (2, by("director", REVIEW, "confirm"))), ends=waiting(2)),
    Story(moves=BASICALLY, ends=waiting(12)),
    Story(moves=FAILED, ends=waiting(8)),
    Story(moves=(*FAILED, (2, by("worker", REVIEW, "request_internal_review", {"grounds": "有三次活动漏报，附活动记录"}))),
          ends=waiting(4)),
    Story(moves=(*PASSED, (3, by("officer", REVIEW, "propose_result_correction", {"corrected": {"activities": 14}},
                                 comment="报告中活动次数录入有误"))), ends=waiting(2)),
)  # fmt: skip

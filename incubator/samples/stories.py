"""What befalls the sample's groups: stories told in moves, each so many working days after the one before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from incubator.samples.stage import Group, Stage

Move = Callable[[Stage, Group], None]
Moves = tuple[tuple[int, Move], ...]

FILING, REVIEW, CHANGE, EXIT = "filing", "yearly_review", "filing_change", "filing_exit"
PURPOSES = {
    "daily_services": "为居民提供便利的日常服务",
    "community_affairs": "协助居民商量和办好社区的事",
    "culture_and_sports": "丰富居民的文化体育生活",
    "public_benefit": "帮助有困难的居民，弘扬志愿精神",
}
APPLICATION_PAPERS = ("application", "roster", "charter", "premises_proof")
CHECKED = {"checklist": ["documents_read", "facts_match"]}


@dataclass(frozen=True, slots=True)
class Story:
    """Moves, and how many working days before today the last of them took place, or earlier: by a day of the year."""

    moves: Moves
    waiting: int
    by: tuple[int, int] = (12, 31)


def application(group: Group, **changes: Any) -> dict[str, Any]:
    """What the worker types in from the group's paper application."""
    return {
        "name": group.name,
        "category": group.category,
        "leader": group.leader,
        "leader_phone": group.phone,
        "members": group.members,
        "founders": 5,
        "premises": group.premises,
        "activity": f"{group.activity}开展活动",
        "purpose": PURPOSES[group.category],
        "consent": True,
        **changes,
    }


def served(group: Group) -> dict[str, Any]:
    """That a paper was handed over."""
    return {"means": "in_person", "recipient": group.leader}


def by(who: str, procedure: str, action: str, data: dict[str, Any] | None = None, comment: str = "") -> Move:
    """An action of the person who is the group's `who` (worker, officer, director, other_director)."""
    return lambda stage, group: stage.act(group, procedure, getattr(group, who), action, data, comment=comment)


def open_filing(stage: Stage, group: Group) -> None:
    """The application is begun."""
    stage.open(group, FILING, group.worker)


def submit(**changes: Any) -> Move:
    """The application is handed in with its papers; the screening follows at once."""

    def move(stage: Stage, group: Group) -> None:
        stage.hand_in(group, FILING, group.worker, *APPLICATION_PAPERS)
        stage.act(group, FILING, group.worker, "submit", application(group, **changes))

    return move


def give_opinion(stage: Stage, group: Group) -> None:
    """The residents' committee agrees."""
    stage.hand_in(group, FILING, group.worker, "committee_opinion")
    said = {"stance": "agree", "opinion": "情况属实，同意备案", "held_on": stage.day.isoformat()}
    stage.act(group, FILING, group.worker, "give_opinion", said)


def serve(procedure: str, kind: str, action: str = "serve") -> Move:
    """The sealed paper is served."""

    def move(stage: Stage, group: Group) -> None:
        stage.hand_in(group, procedure, group.officer, kind)
        stage.act(group, procedure, group.officer, action, served(group))

    return move


ACCEPT = by("officer", FILING, "accept", CHECKED)
APPROVE = by("director", FILING, "approve")
REFUSE = by("director", FILING, "refuse", {
    "reason": "现有成员多数不在本社区居住，活动也不在本社区开展", "basis": "本街道备案条件",
})  # fmt: skip
RETURN = by("officer", FILING, "return_for_correction", {"points": "花名册缺少联系人\n章程请补充议事规则"})

OPENED: Moves = ((0, open_filing),)
SUBMITTED: Moves = (*OPENED, (1, submit()))
HEARD: Moves = (*SUBMITTED, (3, give_opinion))
ACCEPTED: Moves = (*HEARD, (2, ACCEPT))
APPROVED: Moves = (*ACCEPTED, (5, APPROVE))
FILED: Moves = (*APPROVED, (2, serve(FILING, "sealed_certificate")))
REFUSED: Moves = (*ACCEPTED, (6, REFUSE), (2, serve(FILING, "sealed_refusal")))
ASKED_AGAIN: Moves = (*REFUSED, (2, by("worker", FILING, "request_internal_review", {
    "grounds": "成员名单已更新，多数为本社区居民，请予复核",
})))  # fmt: skip

FILINGS = (
    Story(OPENED, 1),
    Story(OPENED, 4),
    Story(SUBMITTED, 2),
    Story(SUBMITTED, 14),  # the opinion is overdue, and the director has been told
    Story((*OPENED, (1, submit(founders=2))), 3),  # returned by the screening
    Story((*OPENED, (1, submit(name="老友会")), (2, by("worker", FILING, "withdraw", {
        "reason": "拟与另一支队伍合并后再申请", "asked_by": "负责人",
    }))), 6),
    Story(HEARD, 1),
    Story(HEARD, 3),
    Story(HEARD, 9),  # acceptance is overdue
    Story((*HEARD, (2, RETURN)), 5),
    Story((*HEARD, (2, RETURN), (6, by("worker", FILING, "resubmit", {"note": "花名册和章程均已补充"}))), 2),
    Story((*HEARD, (2, RETURN), (17, by("officer", FILING, "deem_withdrawn", comment="经两次电话催办仍未补正"))), 12),
    Story(ACCEPTED, 2),
    Story(ACCEPTED, 13),  # the decision is overdue
    Story((*ACCEPTED, (8, by("director", FILING, "extend", {"length": 5}, "需走访核实成员情况"))), 3),
    Story((*ACCEPTED, (4, by("director", FILING, "return_for_correction", {"points": "活动场所证明不清晰，请重新提供"}))), 4),
    Story(APPROVED, 2),
    Story((*ACCEPTED, (6, REFUSE)), 2),
    Story(REFUSED, 15),
    Story(ASKED_AGAIN, 3),
    Story((*ASKED_AGAIN, (4, by("other_director", FILING, "overturn", {"reason": "经核实，名单更新后符合条件"}))), 2),
    Story(FILED, 20),
    Story(FILED, 45),
    Story((*FILED, (5, by("officer", FILING, "propose_result_correction", {
        "corrected": {"premises": "社区党群服务中心二楼活动室"},
    }, "证书上的活动场所有误"))), 2),
)  # fmt: skip


def report(**changes: Any) -> Move:
    """The group's report on the past year is handed in; the checks follow at once."""

    def move(stage: Stage, group: Group) -> None:
        said = {
            "activities": 24,
            "participants": 24 * group.members,
            "members": group.members,
            "income_fen": 600_000,
            "spending_fen": 520_000,
            "work": f"{group.activity}开展活动，重阳节、社区邻里节各演出或服务一次。",
        }
        stage.hand_in(group, REVIEW, group.worker, "yearly_report")
        stage.act(group, REVIEW, group.worker, "submit", {**said, **changes})

    return move


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
FAILED = concluded("failed", "全年仅开展活动一次，成员不足十人", activities=1, members=6)
RETURN_REPORT = by("officer", REVIEW, "return_for_correction", {"points": "收支数据与账本不一致，请核对"})
# The reviews of groups that were filed last year. Whoever has no moves has not reported.
REVIEWS = (
    Story((), 0),
    Story((), 0),
    Story((), 0),
    Story(((0, report()),), 3),
    Story(((0, report(spending_fen=700_000)),), 19),  # the conclusion is overdue
    Story(((0, report()), (3, RETURN_REPORT)), 3),
    Story(((0, report()), (3, RETURN_REPORT)), 14),  # the correction is overdue
    Story(((0, report()), (5, conclude("passed"))), 2),
    Story(((0, report(activities=3)), (5, conclude("basically_passed", "全年活动少于四次"))), 4),
    Story(((0, report()), (5, conclude("passed")), (2, by("director", REVIEW, "confirm"))), 2),
    Story(PASSED, 2, by=(3, 20)),
    Story(PASSED, 2, by=(4, 10)),
    Story(concluded("basically_passed", "全年活动少于四次，已要求改进", activities=3), 2, by=(4, 3)),
    Story(FAILED, 8, by=(4, 24)),
    Story((*FAILED, (2, by("worker", REVIEW, "request_internal_review", {"grounds": "有三次活动漏报，附活动记录"}))), 4),
    Story((*PASSED, (3, by("officer", REVIEW, "propose_result_correction", {"corrected": {"activities": 26}},
                           "报告中活动次数录入有误"))), 2),
)  # fmt: skip


def open_change(stage: Stage, group: Group) -> None:
    """A change of leader is applied for."""
    stage.open(group, CHANGE, group.worker)
    stage.hand_in(group, CHANGE, group.worker, "change_application")
    said = {"leader": "示例新负责人", "leader_phone": "13900000099", "reason": "原负责人迁居外地，经成员推选更换"}
    stage.act(group, CHANGE, group.worker, "submit", said)


def open_exit(stage: Stage, group: Group) -> None:
    """The group dissolves itself and hands in what that needs."""
    stage.open(group, EXIT, group.worker)
    stage.hand_in(group, EXIT, group.worker, "exit_statement", "settlement_statement")
    settled = ["funds_settled", "premises_returned", "certificate_returned", "members_told"]
    said = {
        "kind": "voluntary",
        "reason": "成员年事已高，经成员大会决定解散",
        "settlement": "无结余经费，活动器材已移交社区",
        "checklist": settled,
    }
    stage.act(group, EXIT, group.worker, "submit", said)


# What becomes of groups whose review is over, by their place in REVIEWS.
AFTERCARE = {
    10: Story(((0, open_change), (2, by("officer", CHANGE, "accept", CHECKED))), 3),
    12: Story(((0, open_exit),), 2),
}

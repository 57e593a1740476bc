"""Stories of filing, change, reissue, exit and renewal."""

from __future__ import annotations

from typing import Any

from incubator.samples.agenda import Move, Moves, Story, waiting
from incubator.samples.groups import Group
from incubator.samples.stage import Stage
from incubator.samples.stories.telling import CHECKED, begin, by, serve

FILING, CHANGE, EXIT, RENEWAL = "filing", "filing_change", "filing_exit", "filing_renewal"
REISSUE = "filing_reissue"
PURPOSES = {
    "daily_services": "为居民提供便利的日常服务",
    "community_affairs": "协助居民商量和办好社区的事",
    "culture_and_sports": "丰富居民的文化体育生活",
    "public_benefit": "帮助有困难的居民，弘扬志愿精神",
}
PAPERS = ("application", "roster", "charter", "premises_proof")


def submit(**changes: Any) -> Move:
    """The paper application is typed in and handed in with its papers; the screening follows at once."""

    def application(stage: Stage, group: Group) -> dict[str, Any]:
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

    return by("worker", FILING, "submit", application, papers=PAPERS)


def _opinion(stage: Stage, group: Group) -> dict[str, Any]:
    return {"stance": "agree", "opinion": "情况属实，同意备案", "held_on": stage.day.isoformat()}


ACCEPT = by("officer", FILING, "accept", CHECKED)
RETURN = by("officer", FILING, "return_for_correction", {"points": "花名册缺少联系人\n章程请补充议事规则"})
_NOT_OF_THE_COMMUNITY = {"reason": "现有成员多数不在本社区居住，活动也不在本社区开展", "basis": "本街道备案条件"}
REFUSE = by("director", FILING, "refuse", _NOT_OF_THE_COMMUNITY)

OPENED: Moves = ((0, begin(FILING)),)
SUBMITTED: Moves = (*OPENED, (1, submit()))
HEARD: Moves = (*SUBMITTED, (3, by("worker", FILING, "give_opinion", _opinion, papers=("committee_opinion",))))
ACCEPTED: Moves = (*HEARD, (2, ACCEPT))
APPROVED: Moves = (*ACCEPTED, (5, by("director", FILING, "approve")))
FILED: Moves = (*APPROVED, (2, serve(FILING, "sealed_certificate")))
REFUSED: Moves = (*ACCEPTED, (6, REFUSE), (2, serve(FILING, "sealed_refusal")))
ASKED_AGAIN: Moves = (*REFUSED, (2, by("worker", FILING, "request_internal_review", {
    "grounds": "成员名单已更新，多数为本社区居民，请予复核",
})))  # fmt: skip
# Both directors have refused it in turn; nobody is left to look at it again but the substitute named beforehand.
NOBODY_LEFT: Moves = (
    *ASKED_AGAIN,
    (4, by("other_director", FILING, "overturn", {"reason": "名单确有更新，请重新审批"})),
    (3, by("other_director", FILING, "refuse", {"reason": "更新后的名单中仍有半数以上不在本社区居住", "basis": "本街道备案条件"})),
    (2, serve(FILING, "sealed_refusal")),
    (2, by("worker", FILING, "request_internal_review", {"grounds": "已补充居住证明，请再予复核"})),
)  # fmt: skip

# Groups that are on their way into the records, each lying where it lies for so many working days.
UNDER_WAY = (
    Story(moves=OPENED, ends=waiting(1)),
    Story(moves=OPENED, ends=waiting(4)),
    Story(moves=SUBMITTED, ends=waiting(2)),
    Story(moves=SUBMITTED, ends=waiting(14)),  # the opinion is overdue, and the director has been told
    Story(moves=(*OPENED, (1, submit(founders=2))), ends=waiting(3)),  # returned by the screening
    Story(moves=(*OPENED, (1, submit(name="老友会")), (2, by("worker", FILING, "withdraw", {
        "reason": "拟与另一支队伍合并后再申请", "asked_by": "负责人",
    }))), ends=waiting(6)),
    Story(moves=HEARD, ends=waiting(1)),
    Story(moves=HEARD, ends=waiting(3)),
    Story(moves=HEARD, ends=waiting(9)),  # acceptance is overdue
    Story(moves=(*HEARD, (2, RETURN)), ends=waiting(5)),
    Story(moves=(*HEARD, (2, RETURN), (6, by("worker", FILING, "resubmit", {"note": "花名册和章程均已补充"}))), ends=waiting(2)),
    Story(moves=(*HEARD, (2, RETURN), (17, by("officer", FILING, "deem_withdrawn", comment="经两次电话催办仍未补正"))),
          ends=waiting(12)),
    Story(moves=ACCEPTED, ends=waiting(2)),
    Story(moves=ACCEPTED, ends=waiting(13)),  # the decision is overdue
    Story(moves=(*ACCEPTED, (8, by("director", FILING, "extend", {"length": 5}, comment="需走访核实成员情况"))), ends=waiting(3)),
    Story(moves=(*ACCEPTED, (4, by("director", FILING, "return_for_correction", {"points": "活动场所证明不清晰，请重新提供"}))),
          ends=waiting(4)),
    Story(moves=APPROVED, ends=waiting(2)),
    Story(moves=(*ACCEPTED, (6, REFUSE)), ends=waiting(2)),
    Story(moves=REFUSED, ends=waiting(15)),
    Story(moves=ASKED_AGAIN, ends=waiting(3)),
    Story(moves=(*ASKED_AGAIN, (4, by("other_director", FILING, "overturn", {"reason": "经核实，名单更新后符合条件"}))), ends=waiting(2)),
    Story(moves=NOBODY_LEFT, ends=waiting(4)),
    Story(moves=FILED, ends=waiting(20)),
    Story(moves=FILED, ends=waiting(45)),
    Story(moves=(*FILED, (5, by("officer", FILING, "propose_result_correction", {
        "corrected": {"premises": "社区党群服务中心二楼活动室"},
    }, comment="证书上的活动场所有误"))), ends=waiting(2)),
)  # fmt: skip

CHANGE_ASKED: Moves = (
    (0, begin(CHANGE)),
    (0, by("worker", CHANGE, "submit", {
        "leader": "示例新负责人", "leader_phone": "13900000099", "reason": "原负责人迁居外地，经成员推选更换",
    }, papers=("change_application",))),
    (2, by("officer", CHANGE, "accept", CHECKED)),
)  # fmt: skip
CHANGED: Moves = (
    *CHANGE_ASKED, (3, by("director", CHANGE, "approve")), (2, serve(CHANGE, "sealed_certificate")),
)  # fmt: skip

REISSUE_ASKED: Moves = (
    (0, begin(REISSUE)),
    (0, by("worker", REISSUE, "submit", {
        "cause": "lost", "circumstances": "活动室搬迁时遗失，多次查找未果", "declared_by": "负责人", "declared": True,
    }, papers=("loss_declaration",))),
)  # fmt: skip

_SETTLED = ["funds_settled", "premises_returned", "certificate_returned", "members_told"]
EXIT_ASKED: Moves = (
    (0, begin(EXIT)),
    (0, by("worker", EXIT, "submit", {
        "kind": "voluntary", "reason": "成员年事已高，经成员大会决定解散",
        "settlement": "无结余经费，活动器材已移交社区", "checklist": _SETTLED,
    }, papers=("exit_statement", "settlement_statement"))),
)  # fmt: skip
EXITED: Moves = (
    *EXIT_ASKED,
    (3, by("officer", EXIT, "accept", CHECKED)),
    (4, by("director", EXIT, "approve")),
    (2, serve(EXIT, "sealed_exit_notice")),
)


def _renewal(stage: Stage, group: Group) -> dict[str, Any]:
    return {
        "members": group.members, "leader": group.leader, "leader_phone": group.phone, "premises": group.premises,
        "activity": f"{group.activity}开展活动", "consent": True,
    }  # fmt: skip


RENEWAL_ASKED: Moves = (
    (0, by("worker", RENEWAL, "submit", _renewal, papers=("renewal_application", "roster"))),
)  # fmt: skip
RENEWED: Moves = (
    *RENEWAL_ASKED,
    (3, by("officer", RENEWAL, "accept", CHECKED)),
    (4, by("director", RENEWAL, "approve")),
    (2, serve(RENEWAL, "sealed_certificate")),
)

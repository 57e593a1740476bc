"""One group, once with every unhappy turn, over HTTP on both databases: each is refused, told, mended or served."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from incubator.clock import FixedClock
from incubator.database import Database
from tests.api.reading import community
from tests.journey import stages
from tests.journey.office import People, RoomOffice, every_chain_holds, room
from tests.procedures.project.running import ACCOUNT
from tests.procedures.world import APPLICATION, APPLICATION_PAPERS, CHECKED, OPINION, SERVED

NAME = "桂花社区常青合唱团"
LOWER = [
    {"title": "活动物料", "kind": "materials", "fen": 1_000_000},
    {"title": "志愿者补贴", "kind": "volunteers", "fen": 1_000_000},
]


@pytest.fixture
def office(
    database: Database, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[RoomOffice]:
    monkeypatch.setenv("INCUBATOR_DATA_DIR", str(tmp_path))
    with room(database, clock, tmp_path) as office:
        office.move_to("2026-09-18 10:00")
        yield office


def test_a_group_meets_every_unhappy_turn_and_leaves_by_revocation(office: RoomOffice) -> None:
    people, organization = People(office), office.centre.organization
    filed_after_a_correction(office, people, organization)
    hub = stages.hub(office, people, community(office.centre, "桂花社区"), on="2026-09-21")
    agreement = awarded_after_an_objection(office, people, organization, hub)
    project = stages.signed(
        office, people, agreement, on="2026-10-26", starts_on="2026-10-26", ends_on="2027-06-30", lines=LOWER
    )
    paid_after_a_return(office, people, project["id"])
    failed_at_midterm_and_clawed_back(office, people, project["id"], project["case"]["id"])
    rectified_after_a_failed_review(office, people, organization)
    dormant_and_cured(office, people, organization)
    revoked(office, people, organization)
    every_chain_holds(office.database)


def filed_after_a_correction(office: RoomOffice, people: People, organization: str) -> None:
    """Too few members: the screening returns it with the point, and it goes on once it is mended."""
    case = people.worker.open(organization, "filing")
    people.worker.hand_in(case, *APPLICATION_PAPERS)
    people.worker.act(case, "submit", {**APPLICATION, "members": 6})
    assert "成员" in people.worker.until_at(case, "correction")["data"]["screening"]["findings"]
    office.move_to("2026-09-21 09:00")
    people.worker.act(case, "resubmit", {"members": 22, "note": "已补充花名册"})
    people.worker.until_at(case, "committee_opinion")
    people.worker.hand_in(case, "committee_opinion")
    people.worker.act(case, "give_opinion", {**OPINION, "held_on": "2026-09-21"})
    people.officer.act(case, "accept", CHECKED)
    people.director.act(case, "approve")
    people.officer.until_at(case, "service")
    people.officer.hand_in(case, "sealed_certificate")
    people.officer.act(case, "serve", SERVED)


def awarded_after_an_objection(office: RoomOffice, people: People, organization: str, hub: str) -> str:
    """A conflict of interest in the panel; an objection upheld takes the award back and reopens the review."""
    call = stages.call(office, people, opens_on="2026-09-21", closes_on="2026-10-31")
    case = stages.applied(office, people, organization, call, hub)
    assert stages.reviewed(office, people, case) == "88.33"
    stages.awarded(office, people, case, 2_999_999, met_on="2026-09-21")
    assert stages.free_money(people, call) == 10_000_000 - 2_999_999
    people.worker.act(case, "object", {"objector": "李某", "grounds": "同类活动已由社区食堂开展"})
    assert people.officer.act(case, "uphold", {"reason": "经核实，部分内容重复"})["step"] == "review"
    assert stages.free_money(people, call) == 10_000_000
    assert stages.reviewed_again(office, people, case, 80) == "80.00"
    stages.awarded(office, people, case, 2_000_000, met_on="2026-09-21")
    office.move_to("2026-10-26 09:00")
    people.officer.until_at(case, "agreement")
    return case


def paid_after_a_return(office: RoomOffice, people: People, project: str) -> None:
    """The bank returns the payment; the same request is mended, approved again and paid."""
    payment = stages.payment_of(people, project, 1)
    people.officer.hand_in(payment, "payment_request")
    assert people.officer.may_not(payment, "submit", {**ACCOUNT, "account_name": "王桂兰"}) == [
        "account_is_the_payees_own@1"
    ]
    stages.requested(office, people, payment)
    assert people.finance.act(payment, "record_return", {"reason": "账号有误"})["step"] == "request"
    assert people.officer.get(f"projects/{project}")["money"]["in_payment"] == 0
    stages.requested(office, people, payment)
    assert people.finance.act(payment, "confirm_paid")["outcome"] == "paid"


def failed_at_midterm_and_clawed_back(office: RoomOffice, people: People, project: str, case: str) -> None:
    """The mid-term is failed by two people, served, and takes effect when nobody asks for a review: the money comes back."""
    office.move_to("2026-12-15 09:00")
    stages.midterm(office, people, case, "propose_failure", {"grounds": "未按计划开展活动"})
    decided = {"reasons": "中期目标未完成", "clawback_fen": 400_000}
    assert people.officer.may_not(case, "confirm", decided) == ["four_eyes"]
    people.director.act(case, "confirm", decided)
    people.officer.hand_in(case, "sealed_project_decision")
    people.officer.act(case, "serve", SERVED)
    office.move_to("2026-12-28 09:00")
    assert people.officer.until_at(case, "carrying_on")["open"]
    money = people.finance.get(f"projects/{project}")["money"]
    assert (money["due_back"], money["paid"]) == (400_000, 600_000)
    people.finance.act(case, "record_refund", {"refund_fen": 400_000, "paper": "回单1号"})
    people.officer.act(case, "propose_termination", {"grounds": "组织提出不再实施"})
    people.director.act(case, "confirm", {"reasons": "继续实施已无意义", "clawback_fen": 0, "breach": False})
    people.officer.act(case, "serve", SERVED)
    office.move_to("2027-01-11 09:00")
    people.officer.until_at(case, "terminating")
    assert people.officer.act(case, "close")["outcome"] == "terminated"
    money = people.finance.get(f"projects/{project}")["money"]
    assert (money["committed"], money["in_payment"], money["due_back"]) == (0, 0, 0)


def rectified_after_a_failed_review(office: RoomOffice, people: People, organization: str) -> None:
    """The failed yearly review opens a rectification by itself, which the group answers in time."""
    (review,) = people.officer.cases_of(organization, "yearly_review")
    stages.yearly_review(office, people, review["id"], "failed", activities=1, members=6)
    (rectification,) = people.officer.cases_of(organization, "rectification")
    case = rectification["id"]
    draft = {"cause": "yearly_review", "problems": "活动偏少", "measures": "每月开展活动"}
    people.officer.act(case, "submit", draft)
    people.director.act(case, "sign")
    people.officer.hand_in(case, "sealed_rectification_notice")
    people.officer.act(case, "serve", SERVED)
    people.worker.hand_in(case, "rectification_report")
    people.worker.act(case, "report", {"report": "已恢复每月活动"})
    found = {"checked_on": "2027-01-11", "found": "属实", "checklist": ["every_point_checked"]}
    people.officer.act(case, "find_cured", found)
    people.director.act(case, "confirm")
    people.officer.hand_in(case, "sealed_rectification_result")
    assert people.officer.act(case, "serve", SERVED)["outcome"] == "rectified"


def dormant_and_cured(office: RoomOffice, people: People, organization: str) -> None:
    """A year without a sign of life: the clock opens it, a notice is served, and an activity in time cures it."""
    office.move_to("2028-02-01 08:30")
    (dormancy,) = people.officer.cases_of(organization, "dormancy")
    case = dormancy["id"]
    people.officer.until_at(case, "confirmation")
    people.officer.act(case, "confirm", {"checked": "两次上门无人"})
    people.officer.hand_in(case, "sealed_dormancy_notice")
    people.officer.act(case, "serve", SERVED)
    assert people.officer.may_not(case, "find_cured") == ["showed_life_in_time@1"]
    office.move_to("2028-03-01 09:00")
    activity = {"kind": "activity", "held_on": "2028-02-28", "title": "元宵演出", "participants": 30}
    people.worker.post(f"organizations/{organization}/activities", activity)
    assert people.officer.act(case, "find_cured")["outcome"] == "cured"


def revoked(office: RoomOffice, people: People, organization: str) -> None:
    """The filing is revoked by two people once nothing else is open, and the group has exited."""
    open_cases = [each for each in people.officer.get(f"organizations/{organization}")["cases"] if each["open"]]
    for each in open_cases:  # the reviews of 2028 that the clock opened meanwhile
        if each["procedure"] == "evaluation":
            people.worker.act(each["id"], "withdraw", {"reason": "不参加", "asked_by": "王桂兰"})
        else:
            stages.yearly_review(office, people, each["id"])
    case = people.officer.open(organization, "filing_exit")
    people.officer.hand_in(case, "exit_statement", "settlement_statement")
    said = {
        "kind": "revoked", "reason": "以组织名义营利", "settlement": "已清算",
        "checklist": ["funds_settled", "premises_returned", "certificate_returned", "members_told"],
    }  # fmt: skip
    people.officer.act(case, "submit", said)
    people.officer.act(case, "accept", CHECKED)
    people.director.act(case, "approve")
    people.officer.hand_in(case, "sealed_exit_notice")
    assert people.officer.act(case, "serve", SERVED)["outcome"] == "exited"
    assert people.manager.get(f"organizations/{organization}")["standing"] == "exited"

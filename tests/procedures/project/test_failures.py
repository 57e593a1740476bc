"""Projects that go wrong: a failed mid-term, a late report, a termination with clawback and ban, and their reviews."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from incubator.engine.refusals import ActionNotAllowed
from incubator.errors import Invalid
from incubator.models.activities import Restriction
from incubator.models.base import table
from tests.procedures.project.running import REPORT, Running, running
from tests.procedures.world import Centre

GROUNDS = {"grounds": "活动未按计划开展"}
TERMINATED: dict[str, Any] = {"reasons": "挪用资金", "clawback_fen": 1_000_000, "breach": True}


def restrictions(centre: Centre) -> list[tuple[str, date, date]]:
    rows = table(Restriction)
    with centre.database.read() as connection:
        return [(row.kind, row.since, row.until) for row in connection.execute(select(rows))]


def failing(project: Running, clawback_fen: int = 0) -> None:
    """The mid-term review is failed, decided so, and served."""
    project.centre.upload(project.case_id, "midterm_report")
    project.act("report", "worker", REPORT)
    project.act("propose_failure", "officer", GROUNDS)
    project.act("confirm", "director", {"reasons": "情况属实", "clawback_fen": clawback_fen})


def test_a_failed_mid_term_stops_the_next_tranche_and_claws_back_once_no_review_was_asked_for(centre: Centre) -> None:
    project = running(centre)
    project.paid(1)
    failing(project, clawback_fen=499_999)
    project.served(window_over=False)
    assert project.money() == {"committed": 1_500_000, "paid": 1_499_999, "free": 7_000_001}
    project.centre.on("2026-09-30")
    assert project.act("elapse", "automation") == "carrying_on"
    assert [status for _, _, status in project.tranches()] == ["paid", "stopped", "waiting"]
    assert project.money() == {"committed": 1_500_000, "paid": 1_000_000, "due_back": 499_999, "free": 7_000_001}
    # No more is settled than what is left of the paid and what still waits: neither the stopped nor the clawed back.
    project.accepted_cost(1_500_000, 1_499_999)
    project.final_accepted()
    project.settled()
    assert project.tranches()[2] == (3, 600_001, "open")
    assert project.money() == {"committed": 600_001, "paid": 1_000_000, "due_back": 499_999, "free": 7_900_000}
    project.paid(3)
    project.act("record_refund", "finance", {"refund_fen": 499_999, "paper": "回单1"})
    assert project.act("close", "officer") == "settled"


def test_a_failed_mid_term_that_the_review_overturns_is_judged_anew_and_nothing_has_moved(centre: Centre) -> None:
    project = running(centre)
    project.paid(1)
    before = project.money()
    failing(project, clawback_fen=100)
    project.served(window_over=False)
    project.act("request_internal_review", "worker", {"grounds": "已补办活动"})
    with pytest.raises(ActionNotAllowed) as refused:
        project.act("uphold", "director", {"reason": "维持"})
    assert [blocker.code for blocker in refused.value.blockers] == ["four_eyes"]
    assert project.act("overturn", "other_director", {"reason": "情况属实"}) == "midterm_review"
    assert project.money() == before
    assert project.act("pass", "officer", {"opinion": "合格"}) == "carrying_on"
    assert project.tranches()[1] == (2, 899_999, "open")


def test_a_late_report_cannot_pass_unless_a_review_lets_it_count_as_in_time(centre: Centre) -> None:
    project = running(centre)
    with pytest.raises(ActionNotAllowed) as refused:
        project.act("conclude_without_report", "officer", GROUNDS)
    assert [blocker.code for blocker in refused.value.blockers] == ["report_is_overdue@1"]
    project.centre.on("2026-12-30")
    project.centre.upload(project.case_id, "midterm_report")
    project.act("report", "worker", REPORT)
    with pytest.raises(ActionNotAllowed) as late:
        project.act("pass", "officer", {"opinion": "合格"})
    (blocker,) = late.value.blockers
    assert (blocker.code, blocker.cite and blocker.cite.zh) == (
        "midterm_report_came_in_time@1", "本街道惯例：参照海曙区2020年的规定，报告逾期或未报送的按不合格处理",
    )  # fmt: skip
    project.act("propose_failure", "officer", GROUNDS)
    project.act("confirm", "director", {"reasons": "逾期", "clawback_fen": 0})
    project.served(window_over=False)
    project.act("request_internal_review", "worker", {"grounds": "邮寄在途"})
    project.act("overturn", "other_director", {"reason": "邮戳在期内", "deemed_in_time": True})
    assert project.act("pass", "officer", {"opinion": "合格"}) == "carrying_on"


def test_a_missing_report_is_failed_without_one(centre: Centre) -> None:
    project = running(centre)
    project.centre.on("2026-12-30")
    assert project.act("conclude_without_report", "officer", GROUNDS) == "failure_decision"
    assert project.act("reject", "director", comment="再催一次") == "carrying_out"


def test_a_termination_stops_and_releases_what_is_left_claws_back_and_bars_for_three_years(centre: Centre) -> None:
    project = running(centre)
    project.paid(1)
    project.midterm_passed()
    waiting = project.requested(2)
    project.act("propose_termination", "officer", GROUNDS)
    with pytest.raises(Invalid) as refused:
        project.act("confirm", "director", {**TERMINATED, "clawback_fen": 1_500_000})
    assert set(refused.value.fields) == {"clawback_fen"}
    project.act("confirm", "director", TERMINATED)
    project.served(window_over=False)
    project.centre.on("2026-09-30")
    assert project.act("elapse", "automation") == "terminating"
    assert [status for _, _, status in project.tranches()] == ["paid", "stopped", "stopped"]
    assert project.money() == {"paid": 499_999, "due_back": 1_000_000, "free": 7_000_001 + 1_500_000}
    assert restrictions(centre) == [("project_ban", date(2026, 9, 30), date(2029, 9, 29))]
    with pytest.raises(ActionNotAllowed) as called_to_account:
        project.centre.open("referral", "officer")  # it is a registered body
    assert [each.code for each in called_to_account.value.blockers] == ["has_no_other_open_referral@1"]
    with pytest.raises(ActionNotAllowed) as blocked:
        project.act("close", "officer")
    assert {blocker.code for blocker in blocked.value.blockers} == {"no_payment_is_open@1", "nothing_is_due_back@1"}
    with pytest.raises(ActionNotAllowed) as stopped:
        centre.act(waiting, "approve", "director")
    assert "tranche_is_payable@1" in {blocker.code for blocker in stopped.value.blockers}
    assert centre.act(waiting, "stop", "officer", comment="项目终止").step == "stopped"
    project.act("record_refund", "finance", {"refund_fen": 400_000, "paper": "回单1"})
    meeting = {"reason": "组织已无财产", "meeting_on": "2026-09-30", "minutes_number": "会纪〔2026〕11号"}
    project.act("write_off", "director", meeting)
    assert project.money() == {"paid": 1_099_999, "free": 7_000_001 + 1_900_000}
    assert project.act("close", "officer") == "terminated"
    assert project.row().status == "terminated"


def test_a_payment_that_the_bank_has_when_a_project_is_terminated_goes_on_to_its_result(centre: Centre) -> None:
    project = running(centre)
    sent = project.sent(1)
    project.act("propose_termination", "officer", GROUNDS)
    project.act("confirm", "director", {"reasons": "无法继续", "clawback_fen": 0, "breach": False})
    project.served(window_over=False)
    project.centre.on("2026-09-30")
    project.act("elapse", "automation")
    assert project.money() == {"in_payment": 1_499_999, "free": 7_000_001 + 1_500_000}
    centre.act(sent, "record_return", "finance", {"reason": "账号有误"})
    assert project.tranches()[0] == (1, 1_499_999, "stopped")
    centre.act(sent, "stop", "officer", comment="项目终止")
    assert project.act("close", "officer") == "terminated"
    assert project.money() == {"free": 10_000_000}
    assert restrictions(centre) == []


def test_an_overturned_termination_goes_on_where_the_project_stood(centre: Centre) -> None:
    project = running(centre)
    project.act("propose_termination", "officer", GROUNDS)
    project.act("confirm", "director", {**TERMINATED, "clawback_fen": 0})
    project.served(window_over=False)
    project.act("request_internal_review", "worker", {"grounds": "资金已归还"})
    with pytest.raises(ActionNotAllowed) as ahead:
        project.act("overturn_after_midterm", "other_director", {"reason": "属实"})
    assert [blocker.code for blocker in ahead.value.blockers] == ["midterm_is_behind@1"]
    assert project.act("overturn", "other_director", {"reason": "属实"}) == "carrying_out"
    project.midterm_passed()
    project.act("propose_termination", "officer", GROUNDS)
    project.act("confirm", "director", {**TERMINATED, "clawback_fen": 0})
    project.served(window_over=False)
    project.act("request_internal_review", "worker", {"grounds": "资金已归还"})
    with pytest.raises(ActionNotAllowed) as behind:
        project.act("overturn", "other_director", {"reason": "属实"})
    assert [blocker.code for blocker in behind.value.blockers] == ["midterm_lies_ahead@1"]
    assert project.act("overturn_after_midterm", "other_director", {"reason": "属实"}) == "carrying_on"
    assert restrictions(centre) == []

"""The yearly review, from its opening to what stands in the organization's record."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from incubator.engine.opening import open_cases
from incubator.engine.refusals import ActionNotAllowed
from incubator.errors import Invalid
from incubator.models.base import table
from incubator.models.cases import Case, Timer
from incubator.queries.clock_openings import already_open
from incubator.queries.due_reviews import PROCEDURE, due_reviews, skipped
from tests.procedures.world import SERVED, Centre
from tests.services.test_activities import impose, record

REPORT = {
    "activities": 20, "participants": 600, "members": 22, "income_fen": 500_000, "spending_fen": 480_000,
    "work": "排练与演出",
}  # fmt: skip


def codes(refused: pytest.ExceptionInfo[ActionNotAllowed]) -> list[str]:
    return [blocker.code for blocker in refused.value.blockers]


def opened(centre: Centre, day: str = "2027-01-04", period: str = "2027") -> str:
    """The review that the clock opens for the one filed group."""
    centre.filed()
    centre.on(day)
    now = centre.clock.now()
    count = centre.database.write(
        lambda connection: open_cases(
            connection, procedure="yearly_review", street_id=centre.street_id, period=period,
            organizations=due_reviews(connection, centre.street_id, period, now.date()), now=now,
        )
    )  # fmt: skip
    assert count == 1
    with centre.database.read() as connection:
        return str(
            connection.execute(select(table(Case).c.public_id).where(table(Case).c.period == period)).scalar_one()
        )


def reported(centre: Centre, day: str = "2027-03-01", active_on: tuple[str, ...] = (), **changes: Any) -> str:
    case_id = opened(centre)
    for each in active_on:
        record(centre, "activity", each, "排练")
    centre.on(day).upload(case_id, "yearly_report")
    centre.act(case_id, "submit", "worker", {**REPORT, **changes})
    centre.automate()
    return case_id


def served(centre: Centre, case_id: str, result: str, **reasons: str) -> str:
    centre.act(case_id, "conclude", "officer", {"result": result, **reasons})
    centre.act(case_id, "confirm", "director")
    centre.upload(case_id, "sealed_conclusion")
    return centre.act(case_id, f"serve_{result}", "officer", SERVED).outcome


def test_the_report_is_due_on_the_policys_day_and_the_ladder_stands_ready(centre: Centre) -> None:
    case = centre.case(opened(centre))
    assert (case.step, case.due_on.isoformat()) == ("report", "2027-03-31")
    with centre.database.read() as connection:
        timers = table(Timer)
        rungs = connection.execute(
            select(timers.c.level, timers.c.fires_on).where(timers.c.case_id == case.id).order_by(timers.c.fires_on)
        ).all()
    assert [(rung.level, rung.fires_on.isoformat()) for rung in rungs] == [
        ("reminder", "2027-03-16"),
        ("second_reminder", "2027-04-01"),
        ("escalation", "2027-04-15"),
    ]


@pytest.mark.parametrize("result", ["passed", "basically_passed", "failed"])
def test_a_review_ends_with_what_was_signed_and_with_nothing_else(centre: Centre, result: str) -> None:
    case_id = reported(centre)
    centre.act(case_id, "conclude", "officer", {"result": result, "reasons": "见核查记录"})
    centre.act(case_id, "confirm", "director")
    centre.upload(case_id, "sealed_conclusion")
    for other in {"passed", "basically_passed", "failed"} - {result}:
        with pytest.raises(ActionNotAllowed) as refused:
            centre.act(case_id, f"serve_{other}", "officer", SERVED)
        assert codes(refused) == [f"was_concluded_{other}@1"]
    advanced = centre.act(case_id, f"serve_{result}", "officer", SERVED)
    assert (advanced.step, advanced.open, advanced.outcome) == (result, False, result)
    assert centre.events("organization")[-1] == "organization.reviewed"


def test_the_checks_tell_what_the_officer_should_look_at(centre: Centre) -> None:
    case_id = reported(centre, "2027-04-02", activities=2, spending_fen=600_005)
    checks = centre.case(case_id).data["checks"]
    assert checks["late"] is True
    lines = checks["findings"].splitlines()
    assert len(lines) == 3
    assert "逾期" in lines[0]
    assert "少于 4 次" in lines[1]
    assert "1000.05 元" in lines[2]


def test_a_report_in_time_and_in_order_shows_nothing(centre: Centre) -> None:
    assert centre.case(reported(centre, "2027-03-31")).data["checks"] == {"late": False}


def test_the_centres_own_records_are_held_against_the_report(centre: Centre) -> None:
    impose(centre, "2026-09-18", "2027-07-02")
    days = ("2025-12-31", "2026-01-01", "2026-06-30", "2026-12-31", "2027-01-01")
    first, second = centre.case(reported(centre, active_on=days)).data["checks"]["findings"].splitlines()
    assert "报告称全年活动 20 次，台账只登记了 3 次" in first
    assert "自2026年9月18日至2027年7月2日重点监管" in second


def test_as_many_activities_on_record_as_policy_asks_show_nothing(centre: Centre) -> None:
    days = ("2026-01-01", "2026-03-01", "2026-06-30", "2026-12-31")
    assert centre.case(reported(centre, active_on=days)).data["checks"] == {"late": False}


def test_whoever_does_not_pass_is_told_why(centre: Centre) -> None:
    case_id = reported(centre)
    with pytest.raises(ActionNotAllowed) as refused:
        centre.act(case_id, "conclude", "officer", {"result": "failed"})
    assert codes(refused) == ["gives_reasons_unless_passed@1"]
    assert centre.act(case_id, "conclude", "officer", {"result": "passed"}).step == "confirmation"


def test_a_report_that_never_came_fails_after_the_day_that_policy_names(centre: Centre) -> None:
    case_id = opened(centre)
    reason = {"no_report_reason": "三次催报未果"}
    with pytest.raises(ActionNotAllowed) as refused:
        centre.on("2027-04-29").act(case_id, "conclude_without_report", "officer", reason)
    assert codes(refused) == ["window_running"]
    centre.on("2027-05-10").act(case_id, "conclude_without_report", "officer", reason)
    centre.act(case_id, "confirm", "director")
    centre.upload(case_id, "sealed_conclusion")
    assert centre.act(case_id, "serve_failed", "officer", SERVED).outcome == "failed"


def test_a_report_is_returned_corrected_and_concluded(centre: Centre) -> None:
    case_id = reported(centre)
    centre.act(case_id, "return_for_correction", "officer", {"points": "人数有误"})
    centre.act(case_id, "resubmit", "worker", {"members": 25, "note": "已更正"})
    assert centre.case(case_id).step == "conclusion"
    assert served(centre, case_id, "passed") == "passed"


def test_an_overturned_conclusion_is_drawn_anew_and_the_new_result_stands(centre: Centre) -> None:
    case_id = reported(centre)
    assert served(centre, case_id, "failed", reasons="活动不足") == "failed"
    centre.act(case_id, "request_internal_review", "worker", {"grounds": "活动记录漏报"})
    centre.act(case_id, "overturn", "other_director", {"reason": "记录属实"})
    assert served(centre, case_id, "passed") == "passed"


def test_a_figure_is_corrected_by_two_people_while_the_result_stands(centre: Centre) -> None:
    case_id = reported(centre)
    served(centre, case_id, "passed")
    with pytest.raises(Invalid):
        centre.act(case_id, "propose_result_correction", "officer", {"corrected": {"result": "failed"}}, comment="误")
    centre.act(case_id, "propose_result_correction", "officer", {"corrected": {"members": 23}}, comment="笔误")
    advanced = centre.act(case_id, "confirm", "director")
    assert (advanced.step, advanced.outcome, advanced.open) == ("passed", "passed", False)
    assert centre.events("organization")[-1] == "organization.review_corrected"


def test_a_review_is_opened_once_a_year_for_groups_filed_before_it(centre: Centre) -> None:
    centre.filed()
    with pytest.raises(ActionNotAllowed) as refused:
        centre.open("yearly_review", "officer", period="2026")
    assert codes(refused) == ["was_filed_before_the_period@2"]
    centre.on("2027-01-04").open("yearly_review", "officer", period="2027")
    with pytest.raises(ActionNotAllowed) as refused:
        centre.open("yearly_review", "officer", period="2027")
    assert codes(refused) == ["has_no_review_of_the_period@1"]
    with centre.database.read() as connection:
        assert already_open(connection, PROCEDURE, centre.street_id, "2027") == 1
        assert (
            connection.execute(due_reviews(connection, centre.street_id, "2027", centre.clock.now().date())).all() == []
        )
        assert skipped(connection, centre.street_id, "2026", centre.clock.now().date()) == {"filed_in_the_period": 1}


def test_a_period_that_is_no_year_is_refused(centre: Centre) -> None:
    centre.filed()
    with pytest.raises(ActionNotAllowed) as refused:
        centre.open("yearly_review", "officer")
    assert codes(refused) == ["was_filed_before_the_period@2"]
    with centre.database.read() as connection, pytest.raises(ValueError, match="is a year"):
        due_reviews(connection, centre.street_id, "２０２７", centre.clock.now().date())

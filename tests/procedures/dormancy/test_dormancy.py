"""Dormancy: cured in time, cured too late, struck off, reviewed and restored; opened by the clock."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from incubator.engine.refusals import ActionNotAllowed
from incubator.services.automation.reviews import open_due_reviews
from incubator.services.bootstrap import Service
from incubator.settings import Settings
from tests.procedures.rectification.test_rectification import known, refusals
from tests.procedures.tours.consequences import ANSWERS
from tests.procedures.world import SERVED, Centre, over
from tests.services.test_activities import record

UNCURED = ANSWERS["dormancy.find_uncured"]


def noticed(centre: Centre) -> str:
    """A group filed a year ago of which nothing is on record, given notice on 4 October 2027; its 60 days end on 3 December."""
    centre.filed()
    case_id = centre.on("2027-10-04").open("dormancy", "officer", "2027-10")
    centre.automate()
    centre.act(case_id, "confirm", "officer", ANSWERS["dormancy.confirm"])
    centre.upload(case_id, "sealed_dormancy_notice", "activity_proof", "sealed_exit_notice", "sealed_refusal")
    centre.act(case_id, "serve", "officer", SERVED)
    return case_id


def kinds(centre: Centre) -> list[str]:
    return [each["kind"] for each in known(centre, "organization.restrictions")]


def test_a_year_of_silence_is_a_sign_from_the_day_after_it(centre: Centre) -> None:
    centre.filed()
    with pytest.raises(ActionNotAllowed) as refused:
        centre.on("2027-09-18").open("dormancy", "officer", "2027-09")
    assert refusals(refused) == ["shows_signs_of_dormancy@1"]
    case_id = centre.on("2027-09-19").open("dormancy", "officer", "2027-09")
    centre.automate()
    assert "2026年9月18日以来超过 12 个月没有活动记录" in centre.case(case_id).data["signs"]["signs"]


def test_failed_contacts_thirty_days_apart_are_a_sign_and_being_met_takes_it_away(centre: Centre) -> None:
    centre.filed()
    centre.on("2026-12-10")
    record(centre, "activity", "2026-11-01", "排练")
    record(centre, "contact", "2026-11-10", reached=False)
    record(centre, "contact", "2026-12-09", reached=False)
    with pytest.raises(ActionNotAllowed) as refused:
        centre.open("dormancy", "officer", "2026-12")
    assert refusals(refused) == ["shows_signs_of_dormancy@1"]
    record(centre, "visit", "2026-12-10", reached=False)
    case_id = centre.open("dormancy", "officer", "2026-12")
    centre.automate()
    assert "联系 3 次未果，首末相隔 30 日" in centre.case(case_id).data["signs"]["signs"]
    record(centre, "contact", "2026-12-10")
    with pytest.raises(ActionNotAllowed) as refused:
        centre.act(case_id, "confirm", "officer", ANSWERS["dormancy.confirm"])
    assert refusals(refused) == ["shows_signs_of_dormancy@1"]
    assert centre.act(case_id, "clear", "officer", ANSWERS["clear"]).outcome == "not_dormant"
    assert kinds(centre) == []


@pytest.mark.parametrize("kind", ["contact", "activity"])
def test_a_sign_of_life_on_the_last_day_cures(centre: Centre, kind: str) -> None:
    case_id = noticed(centre)
    assert kinds(centre) == ["dormant"]
    with pytest.raises(ActionNotAllowed) as refused:
        centre.act(case_id, "find_cured", "officer")
    assert refusals(refused) == ["showed_life_in_time@1"]
    centre.on("2027-12-10")
    record(centre, kind, "2027-12-03", "冬至慰问")
    with pytest.raises(ActionNotAllowed) as refused:
        centre.act(case_id, "find_uncured", "officer", UNCURED)
    assert refusals(refused) == ["showed_no_life_in_time@1"]
    assert centre.act(case_id, "find_cured", "officer").outcome == "cured"
    assert kinds(centre) == []
    with pytest.raises(ActionNotAllowed) as refused:
        centre.on("2028-03-09").open("dormancy", "officer", "2028-03")
    assert "had_no_dormancy_lately@1" in refusals(refused)


def test_what_the_organization_reports_goes_on_record_and_cures(centre: Centre) -> None:
    case_id = noticed(centre)
    centre.on("2027-11-01").act(case_id, "report", "worker", {**ANSWERS["dormancy.report"], "held_on": "2027-10-20"})
    assert known(centre, "organization.last_activity_on") == date(2027, 10, 20)
    assert centre.act(case_id, "find_cured", "officer").outcome == "cured"


def test_life_shown_too_late_or_before_the_notice_cures_nothing_and_the_filing_ends(centre: Centre) -> None:
    case_id = noticed(centre)
    with pytest.raises(ActionNotAllowed) as refused:
        centre.on("2027-12-03").act(case_id, "find_uncured", "officer", UNCURED)
    assert refusals(refused) == ["window_running"]
    centre.on("2027-12-06")
    record(centre, "activity", "2027-12-04", "补办活动")
    record(centre, "activity", "2027-10-03", "国庆演出")
    with pytest.raises(ActionNotAllowed) as refused:
        centre.act(case_id, "find_cured", "officer")
    assert refusals(refused) == ["showed_life_in_time@1"]
    centre.act(case_id, "find_uncured", "officer", UNCURED)
    with pytest.raises(ActionNotAllowed) as refused:
        centre.act(case_id, "approve", "officer")
    assert "four_eyes" in refusals(refused)
    centre.act(case_id, "approve", "director")
    assert centre.act(case_id, "serve", "officer", SERVED).outcome == "struck_off"
    assert centre.organization().standing == "exited"
    assert [filing[1] for filing in centre.filings()] == ["cancelled"]
    assert kinds(centre) == []


def test_a_case_that_runs_is_settled_before_the_filing_ends(centre: Centre) -> None:
    case_id = noticed(centre)
    other = centre.open("filing_change")
    centre.on("2027-12-06").act(case_id, "find_uncured", "officer", UNCURED)
    with pytest.raises(ActionNotAllowed) as refused:
        centre.act(case_id, "approve", "director")
    assert refusals(refused) == ["nothing_else_is_open@1"]
    centre.act(other, "withdraw", "worker", {"reason": "不再变更", "asked_by": "王桂兰"})
    assert centre.act(case_id, "approve", "director").step == "service"


def test_striking_off_that_does_not_stand_brings_the_filing_back(centre: Centre) -> None:
    case_id = noticed(centre)
    number = centre.organization().filing_number
    centre.on("2027-12-06").act(case_id, "find_uncured", "officer", UNCURED)
    centre.act(case_id, "approve", "director")
    centre.act(case_id, "serve", "officer", SERVED)
    centre.act(case_id, "request_internal_review", "worker", {"grounds": "每周都有活动"})
    centre.act(case_id, "overturn", "other_director", {"reason": "走访属实"})
    centre.act(case_id, "refuse", "other_director", {"reason": "仍在活动", "basis": "复核意见"})
    assert centre.act(case_id, "serve", "officer", SERVED).outcome == "refused"
    organization = centre.organization()
    assert (organization.standing, organization.filing_number) == ("filed", number)
    assert kinds(centre) == []
    assert "organization.filing_restored" in centre.events("organization")


def test_where_policy_lets_it_a_group_that_was_never_filed_is_struck_off_and_brought_back(centre: Centre) -> None:
    with centre.meanwhile(over("dormancy", "informal", "filed"), date(2026, 9, 1)):
        case_id = centre.on("2027-10-04").open("dormancy", "officer", "2027-10")
    centre.automate()
    centre.act(case_id, "confirm", "officer", ANSWERS["dormancy.confirm"])
    centre.upload(case_id, "sealed_dormancy_notice", "activity_proof", "sealed_exit_notice", "sealed_refusal")
    centre.act(case_id, "serve", "officer", SERVED)
    centre.on("2027-12-06").act(case_id, "find_uncured", "officer", UNCURED)
    centre.act(case_id, "approve", "director")
    assert centre.act(case_id, "serve", "officer", SERVED).outcome == "struck_off"
    assert centre.organization().standing == "exited"
    centre.act(case_id, "request_internal_review", "worker", {"grounds": "每周都有活动"})
    centre.act(case_id, "overturn", "other_director", {"reason": "走访属实"})
    centre.act(case_id, "refuse", "other_director", {"reason": "仍在活动", "basis": "复核意见"})
    assert centre.act(case_id, "serve", "officer", SERVED).outcome == "refused"
    assert (centre.organization().standing, centre.filings(), kinds(centre)) == ("informal", [], [])


def test_the_clock_opens_each_month_what_looks_dormant_and_its_signs_are_written_down(
    centre: Centre, tmp_path: Path
) -> None:
    centre.filed()
    service = Service(Settings(data_dir=tmp_path), centre.database, centre.clock)
    opened = []
    for day in ("2027-09-18", "2027-09-19", "2027-09-20", "2027-10-01"):
        centre.on(day)
        receipts = open_due_reviews(service, as_of=date.fromisoformat(day), run_key=day)
        (receipt,) = (each for each in receipts if each.procedure == "dormancy")
        opened.append((receipt.opened, receipt.already_open, dict(receipt.skipped)))
    assert opened == [
        (0, 0, {"shows_life": 1}),
        (1, 0, {}),
        (0, 1, {}),
        (0, 0, {"dormancy_running": 1}),
    ]
    centre.automate()
    with pytest.raises(ActionNotAllowed) as refused:
        centre.open("dormancy", "officer", "2027-10")
    assert refusals(refused) == ["has_no_other_open_dormancy@1"]


@pytest.mark.parametrize("period", ["", "2027", "2027-13", "2027-1"])
def test_a_dormancy_case_says_its_month(centre: Centre, period: str) -> None:
    centre.filed()
    with pytest.raises(ActionNotAllowed) as refused:
        centre.on("2027-10-04").open("dormancy", "officer", period)
    assert refusals(refused) == ["has_no_dormancy_of_the_month@1"]

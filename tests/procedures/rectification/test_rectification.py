"""Rectification: mended in time or not, extended, reviewed, with what follows from a failure."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from incubator.engine.opening import NotYetOpen
from incubator.engine.refusals import ActionNotAllowed
from incubator.facts.registry import AsOf, load
from incubator.models.base import NO_DATE
from incubator.models.evaluations import RatingKind
from incubator.services.ratings import NewRating, give
from incubator.text import Text
from tests.procedures.tours.consequences import ANSWERS, register
from tests.procedures.tours.tour import Tour
from tests.procedures.world import SERVED, Centre, over

VERIFIED = {"found": "逐项核查", "checked_on": "2026-10-20", "checklist": ["every_point_checked"]}


def known(centre: Centre, fact: str) -> Any:
    subject = NotYetOpen(centre.organization_id, centre.street_id, centre.community_id)
    with centre.database.read() as connection:
        return load(connection, [subject], [fact], AsOf(centre.clock.now()))[0][fact]


def ordered(centre: Centre, day: str = "2026-09-21") -> str:
    """A rectification whose notice was served on a Monday; its 30 days end on 21 October."""
    centre.filed()
    case_id = centre.on(day).open("rectification", "officer")
    centre.act(case_id, "submit", "officer", ANSWERS["rectification.submit"])
    centre.act(case_id, "sign", "director")
    centre.upload(case_id, "sealed_rectification_notice", "rectification_report", "sealed_rectification_result")
    centre.act(case_id, "serve", "officer", SERVED)
    return case_id


def failed(centre: Centre, case_id: str, consequence: str) -> None:
    centre.act(case_id, "report", "worker", ANSWERS["rectification.report"])
    centre.act(case_id, "find_uncured", "other_officer", VERIFIED)
    centre.act(case_id, "determine", "director", {"consequence": consequence, "reason": "隐患仍在"})
    centre.act(case_id, "serve", "officer", SERVED)


def refusals(refused: pytest.ExceptionInfo[ActionNotAllowed]) -> list[str]:
    return [blocker.code for blocker in refused.value.blockers]


def test_what_is_mended_ends_well_and_leaves_its_mark(centre: Centre) -> None:
    case_id = ordered(centre)
    assert centre.case(case_id).due_on == date(2026, 10, 21)
    centre.on("2026-10-20").act(case_id, "report", "worker", ANSWERS["rectification.report"])
    centre.act(case_id, "find_cured", "officer", VERIFIED)
    centre.act(case_id, "confirm", "director")
    assert centre.act(case_id, "serve", "officer", SERVED).outcome == "rectified"
    assert known(centre, "organization.restrictions") == ()
    assert centre.events("organization")[-2:] == ["organization.rectification_ordered", "organization.rectified"]


def test_an_extension_moves_the_day_after_which_it_counts_as_not_reported_and_is_capped(centre: Centre) -> None:
    case_id = ordered(centre)
    with pytest.raises(ActionNotAllowed) as refused:
        centre.act(case_id, "extend", "director", {"length": 16}, comment="材料较多")
    assert refusals(refused) == ["extended_too_far"]
    centre.act(case_id, "extend", "director", {"length": 15}, comment="材料较多")
    assert centre.case(case_id).due_on == date(2026, 11, 5)
    with pytest.raises(ActionNotAllowed) as refused:
        centre.act(case_id, "extend", "director", {"length": 1}, comment="再延一次")
    assert refusals(refused) == ["extended_enough"]
    for day in ("2026-10-22", "2026-11-05"):
        with pytest.raises(ActionNotAllowed) as refused:
            centre.on(day).act(case_id, "record_no_report", "officer", {"reason": "催办两次"})
        assert refusals(refused) == ["window_running"]
        assert "2026年11月5日" in refused.value.detail.zh
    assert centre.on("2026-11-06").act(case_id, "record_no_report", "officer", {"reason": "催办两次"}).step == (
        "determination"
    )


def test_a_failure_brings_closer_supervision_for_its_term_which_a_review_may_undo(centre: Centre) -> None:
    case_id = ordered(centre)
    failed(centre.on("2026-10-20"), case_id, "supervision")
    (held,) = known(centre, "organization.restrictions")
    assert (held["kind"], held["since"], held["until"]) == (
        "closer_supervision",
        date(2026, 10, 20),
        date(2027, 4, 19),
    )
    centre.act(case_id, "request_internal_review", "worker", {"grounds": "隐患已消除"})
    with pytest.raises(ActionNotAllowed) as refused:
        centre.act(case_id, "overturn", "director", {"reason": "属实"})
    assert refusals(refused) == ["four_eyes"]
    centre.act(case_id, "overturn", "other_director", {"reason": "复查属实"})
    centre.act(case_id, "find_cured", "officer", VERIFIED)
    centre.act(case_id, "confirm", "director")
    assert centre.act(case_id, "serve", "officer", SERVED).outcome == "rectified"
    assert known(centre, "organization.restrictions") == ()


def test_whoever_found_the_failure_does_not_decide_what_follows(centre: Centre) -> None:
    case_id = ordered(centre)
    centre.act(case_id, "report", "worker", ANSWERS["rectification.report"])
    centre.people["both"] = centre.people["officer"]
    centre.act(case_id, "find_uncured", "officer", VERIFIED)
    with pytest.raises(ActionNotAllowed) as refused:
        centre.act(case_id, "determine", "officer", {"consequence": "supervision", "reason": "隐患仍在"})
    assert refusals(refused) == ["four_eyes"]


def test_the_proposal_to_cancel_opens_an_exit_that_revokes_and_may_be_reviewed(centre: Centre) -> None:
    case_id = ordered(centre)
    failed(centre.on("2026-10-20"), case_id, "cancellation")
    with pytest.raises(ActionNotAllowed) as refused:
        centre.open("filing_exit")
    assert refusals(refused) == ["has_no_other_open_exit@1"]
    assert centre.case(case_id).outcome == "not_rectified"


def rated(centre: Centre, band: str) -> None:
    star = NewRating(
        RatingKind.STAR, band, Text("星级", "stars"), date(2026, 9, 18), date(2026, 9, 18), NO_DATE, score="750.00"
    )
    centre.database.write(
        lambda connection: give(
            connection, organization_id=centre.organization_id, rating=star, actor=centre.people["director"],
            now=centre.clock.now(),
        )
    )  # fmt: skip


@pytest.mark.parametrize(("before", "after"), [("star_3", "star_2"), ("star_1", None)])
def test_a_failure_may_cost_a_star_and_the_lowest_is_revoked(centre: Centre, before: str, after: str | None) -> None:
    case_id = ordered(centre)
    with pytest.raises(ActionNotAllowed) as refused:
        failed(centre, case_id, "lower_star")
    assert refusals(refused) == ["has_a_star_to_lower@1"]
    rated(centre, before)
    centre.act(case_id, "determine", "director", {"consequence": "lower_star", "reason": "隐患仍在"})
    centre.act(case_id, "serve", "officer", SERVED)
    star = known(centre, "organization.star")
    assert (star and star["band"]) == after


def test_only_filed_groups_are_rectified_and_one_at_a_time(centre: Centre) -> None:
    with pytest.raises(ActionNotAllowed) as refused:
        centre.open("rectification", "officer")
    assert refusals(refused) == ["is_within_the_streets_power@2"]
    case_id = ordered(centre)
    with pytest.raises(ActionNotAllowed) as refused:
        centre.open("rectification", "officer")
    assert refusals(refused) == ["has_no_other_open_rectification@1"]
    failed(centre, case_id, "supervision")
    assert centre.open("rectification", "officer")


def test_a_failed_review_opens_a_rectification_of_a_filed_group_and_a_referral_of_a_registered_body(
    centre: Centre,
) -> None:
    centre.filed()
    for place, procedure in enumerate(("rectification", "referral")):
        year = 2027 + place
        centre.on(f"{year}-05-10")
        case_id = centre.open("yearly_review", "officer", str(year))
        centre.act(case_id, "conclude_without_report", "officer", {"no_report_reason": "三次催报未果"})
        centre.act(case_id, "confirm", "director")
        centre.upload(case_id, "sealed_conclusion")
        if procedure == "referral":
            register(Tour(centre, {}))
        centre.act(case_id, "serve_failed", "officer", SERVED)
        with pytest.raises(ActionNotAllowed) as refused:
            centre.open(procedure, "officer")
        assert f"has_no_other_open_{procedure}@1" in refusals(refused)


def test_without_the_power_to_supervise_a_failure_is_told_and_nothing_follows(centre: Centre) -> None:
    with centre.meanwhile(over("closer_supervision"), date(2026, 9, 1)):
        case_id = ordered(centre)
    with pytest.raises(ActionNotAllowed) as refused:
        failed(centre, case_id, "supervision")
    assert refusals(refused) == ["may_be_put_under_supervision@1"]
    centre.act(case_id, "determine", "director", {"consequence": "none", "reason": "隐患仍在"})
    assert centre.act(case_id, "serve", "officer", SERVED).outcome == "not_rectified"
    assert known(centre, "organization.restrictions") == ()


def test_a_filing_is_cancelled_only_where_there_is_one(centre: Centre) -> None:
    case_id = ordered(centre)
    register(Tour(centre, {}))  # registered while it was rectified
    with pytest.raises(ActionNotAllowed) as refused:
        failed(centre, case_id, "cancellation")
    assert refusals(refused) == ["may_be_put_under_supervision@1", "has_a_filing_to_cancel@1"]


def test_what_follows_from_a_failed_review_goes_by_the_powers_in_force(centre: Centre) -> None:
    centre.filed()
    centre.on("2027-05-10")
    with centre.meanwhile(over("rectification"), date(2026, 9, 1)):  # the street orders nobody's rectification
        case_id = centre.open("yearly_review", "officer", "2027")
        centre.act(case_id, "conclude_without_report", "officer", {"no_report_reason": "三次催报未果"})
        centre.act(case_id, "confirm", "director")
        centre.upload(case_id, "sealed_conclusion")
        assert centre.act(case_id, "serve_failed", "officer", SERVED).outcome == "failed"
    assert centre.open("rectification", "officer")  # none had been opened

"""An evaluation from its opening to the stars on record, and every turn for the worse."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update

from incubator.clock import today
from incubator.engine.refusals import ActionNotAllowed, UnknownAction
from incubator.errors import Invalid
from incubator.models.activities import Activity, RestrictionKind
from incubator.models.base import table
from incubator.models.cases import Case
from incubator.models.evaluations import Rating
from incubator.models.organizations import Document
from incubator.models.streets import IssuedNumber
from incubator.services.ratings import NotRated, lower
from incubator.services.restrictions import restrict
from tests.procedures.evaluation.evaluating import (
    REPORT_PAPERS,
    SELF_REPORT,
    VISIT,
    decided,
    opened,
    panel,
    rated,
    ratings,
    scored,
    scores_of,
    seat_panel,
    served,
    visited,
)
from tests.procedures.world import Centre

SURE = {"comment": "按规定办理"}


def codes(refused: pytest.ExceptionInfo[ActionNotAllowed]) -> list[str]:
    return [blocker.code for blocker in refused.value.blockers]


def refuses(centre: Centre, case_id: str, action: str, by: str, data: dict[str, Any], **more: str) -> list[str]:
    with pytest.raises(ActionNotAllowed) as refused:
        centre.act(case_id, action, by, data, **more)
    return codes(refused)


def the_only(centre: Centre, procedure: str) -> Any:
    files = table(Case)
    with centre.database.read() as connection:
        return connection.execute(select(files).where(files.c.procedure == procedure)).one()


def numbers(centre: Centre) -> list[tuple[str, str]]:
    issued = table(IssuedNumber)
    with centre.database.read() as connection:
        rows = connection.execute(select(issued).where(issued.c.series.in_(("XJZ", "PGT"))).order_by(issued.c.id))
        return [(row.number, row.void_reason) for row in rows]


def test_an_evaluation_ends_with_stars_on_record_for_three_years(centre: Centre) -> None:
    case_id = visited(centre)
    assert panel(centre, case_id, 920, 880, 850, 600, 970) == "883.33"
    decided(centre, case_id, "四星级")
    assert served(centre, case_id) == "rated"
    (rating,) = ratings(centre)
    assert (rating.kind, rating.band, rating.title_zh, rating.score, rating.status) == (
        "star", "star_4", "四星级", "883.33", "valid",
    )  # fmt: skip
    assert (rating.valid_from.isoformat(), rating.valid_until.isoformat()) == ("2028-01-10", "2031-01-09")
    assert rating.document_number == "XJZ-2028-0001"
    assert centre.events("organization")[-1] == "organization.rated"
    with centre.database.read() as connection:
        documents = table(Document)
        paper = connection.execute(select(documents).where(documents.c.kind == "star_certificate")).one()
    assert paper.filename == "星级证书-XJZ-2028-0001.docx"


def test_the_screening_says_what_the_records_say_and_decides_nothing(centre: Centre) -> None:
    case_id = opened(centre)
    centre.upload(case_id, *REPORT_PAPERS)
    centre.act(case_id, "submit", "worker", SELF_REPORT)
    centre.automate()
    case = centre.case(case_id)
    lines = case.data["screening"]["findings"].splitlines()
    assert case.step == "visit"
    assert lines[0].startswith("成员 22 人，不少于规定的 10 人（组织台账")
    assert lines[1].startswith("近十二个月活动 0 次，少于规定的 4 次（活动记录")
    assert lines[2:] == [
        "没有活动记录（活动记录）。", "没有办结的年检（年检案件）。", "没有有效的限制措施（限制记录）。",
        "没有有效的星级（评级记录）。",
    ]  # fmt: skip


def test_whoever_is_filed_no_more_is_referred_to_the_officer_who_may_not_go_on(centre: Centre) -> None:
    case_id = opened(centre)
    centre.upload(case_id, *REPORT_PAPERS)
    centre.on("2029-09-18")  # the filing ended the day before
    centre.act(case_id, "submit", "worker", SELF_REPORT)
    centre.automate()
    case = centre.case(case_id)
    assert case.step == "eligibility"
    assert "备案证已于" in case.data["screening"]["findings"].splitlines()[0]
    assert refuses(centre, case_id, "go_on", "officer", {}, **SURE) == ["may_get_stars@1"]
    centre.act(case_id, "refuse_evaluation", "officer", {"reason": "备案已到期", "basis": "评估条件"})
    assert served(centre, case_id) == "not_rated"
    assert ratings(centre) == []


def test_the_visit_is_recorded_as_a_visit_of_its_day_which_cannot_lie_ahead(centre: Centre) -> None:
    case_id = opened(centre)
    centre.upload(case_id, *REPORT_PAPERS)
    centre.act(case_id, "submit", "worker", SELF_REPORT)
    centre.automate()
    assert refuses(centre, case_id, "record_visit", "officer", VISIT) == [
        "document_missing:visit_record", "was_visited_by_today@1",
    ]  # fmt: skip
    centre.upload(case_id, "visit_record")
    assert refuses(centre, case_id, "record_visit", "officer", VISIT) == ["was_visited_by_today@1"]
    centre.act(case_id, "record_visit", "officer", {**VISIT, "visited_on": "2028-01-04"})
    visits = table(Activity)
    with centre.database.read() as connection:
        visit = connection.execute(select(visits)).one()
    assert (visit.kind, visit.held_on.isoformat(), visit.note) == ("visit", "2028-01-04", VISIT["findings"])


def test_a_panel_with_a_conflict_waits_for_the_alternate(centre: Centre) -> None:
    case_id = visited(centre)
    centre.act(case_id, "seat", "officer", seat_panel(centre))
    centre.act(case_id, "declare", "expert_1", {"conflict": True})
    for place in range(2, 6):
        centre.act(case_id, "declare", f"expert_{place}", {"conflict": False})
        centre.act(case_id, "give", f"expert_{place}", {"scores": scores_of(800)})
    assert refuses(centre, case_id, "conclude", "officer", {}) == ["panel_seat_vacant"]
    centre.act(case_id, "promote", "officer")
    assert refuses(centre, case_id, "conclude", "officer", {}) == ["panel_waits"]
    centre.act(case_id, "declare", "expert_6", {"conflict": False})
    centre.act(case_id, "give", "expert_6", {"scores": scores_of(600)})
    centre.act(case_id, "conclude", "officer")
    assert centre.case(case_id).data["review"]["panel"] == {"given": 5, "dropped": ["600", "800"], "score": "800.00"}


def test_a_panel_that_can_reach_no_quorum_any_more_gives_way_to_another(centre: Centre) -> None:
    case_id = visited(centre)
    centre.act(case_id, "seat", "officer", seat_panel(centre, alternates=0))
    for place in range(1, 6):
        centre.act(case_id, "declare", f"expert_{place}", {"conflict": place < 3})
        if place >= 3:
            centre.act(case_id, "give", f"expert_{place}", {"scores": scores_of(800)})
    assert refuses(centre, case_id, "conclude", "officer", {}) == ["panel_below_quorum"]
    centre.act(case_id, "seat_anew", "officer", comment="两名专家回避，无候补")
    assert centre.case(case_id).seats == ()
    assert panel(centre, case_id, 700, 700, 700, 700, 700, first=3) == "700.00"


def test_points_above_what_a_criterion_allows_are_refused(centre: Centre) -> None:
    case_id = visited(centre)
    centre.act(case_id, "seat", "officer", seat_panel(centre))
    centre.act(case_id, "declare", "expert_1", {"conflict": False})
    with pytest.raises(Invalid) as invalid:
        centre.act(case_id, "give", "expert_1", {"scores": {**scores_of(800), "activities": 201}})
    assert list(invalid.value.fields) == ["scores.activities"]


@pytest.mark.parametrize(("total", "band"), [(699, "star_2"), (700, "star_3"), (799, "star_3"), (800, "star_4")])
def test_no_other_band_than_the_scores_can_be_proposed(centre: Centre, total: int, band: str) -> None:
    case_id = scored(centre, total)
    for other in {"below_stars", "star_2", "star_3", "star_4", "star_5", "六星级"} - {band}:
        assert refuses(centre, case_id, "conclude", "officer", {"band": other}) == ["proposes_the_band_that_is_due@1"]
    assert centre.act(case_id, "conclude", "officer", {"band": band}).step == "public_notice"


def test_what_the_policy_lists_lowers_the_band_with_reasons_and_nothing_else_does(centre: Centre) -> None:
    case_id = scored(centre, 850)
    lowered = {"band": "below_stars", "veto": "评估材料弄虚作假", "reasons": "活动记录系补造"}
    assert refuses(centre, case_id, "conclude", "officer", {**lowered, "veto": "态度不好"}) == [
        "cites_a_known_veto@1", "proposes_the_band_that_is_due@1",
    ]  # fmt: skip
    assert refuses(centre, case_id, "conclude", "officer", {**lowered, "reasons": " "}) == [
        "gives_reasons_for_a_lower_band@1"
    ]
    assert centre.act(case_id, "conclude", "officer", lowered).step == "public_notice"


def test_a_veto_that_the_records_show_caps_the_band_though_nobody_cites_it(centre: Centre) -> None:
    case_id = scored(centre, 850)
    centre.database.write(
        lambda connection: restrict(
            connection, organization_id=centre.organization_id, kind=RestrictionKind.CLOSER_SUPERVISION,
            since=centre.case(case_id).opened_on, reason="整改不到位", actor=centre.people["officer"],
            now=centre.clock.now(),
        )
    )  # fmt: skip
    assert refuses(centre, case_id, "conclude", "officer", {"band": "star_4"}) == [
        "proposes_the_band_that_is_due@1", "gives_reasons_for_a_lower_band@1",
    ]  # fmt: skip
    centre.act(case_id, "conclude", "officer", {"band": "star_2", "reasons": "处于重点监管期"})


def test_anyone_may_object_while_the_notice_lasts_and_an_objection_upheld_may_change_the_band(centre: Centre) -> None:
    case_id = scored(centre, 850)
    centre.act(case_id, "conclude", "officer", {"band": "star_4"})
    objection = {"objector": "李某", "grounds": "活动记录与事实不符"}
    centre.act(case_id, "object", "worker", objection)
    centre.act(case_id, "dismiss", "officer", {"reason": "经查属实"})
    assert centre.case(case_id).step == "public_notice"
    centre.act(case_id, "object", "worker", objection)
    centre.act(case_id, "uphold", "officer", {"reason": "部分活动未开展"})
    centre.act(case_id, "review_again", "officer", comment="重新评分")
    assert panel(centre, case_id, 750, 750, 750, 750, 750) == "750.00"
    assert refuses(centre, case_id, "conclude", "officer", {"band": "star_4"}) == ["proposes_the_band_that_is_due@1"]
    decided(centre, case_id, "star_3")
    assert served(centre, case_id) == "rated"
    assert ratings(centre)[0].band == "star_3"


def test_after_the_notice_nobody_can_object_any_more(centre: Centre) -> None:
    case_id = scored(centre, 850)
    centre.act(case_id, "conclude", "officer", {"band": "star_4"})
    centre.act(case_id, "elapse", "automation")
    assert centre.case(case_id).step == "decision"
    with pytest.raises(UnknownAction):
        centre.act(case_id, "object", "worker", {"objector": "李某", "grounds": "记录不实"})


def test_a_veto_cited_once_does_not_stay_in_a_conclusion_drawn_anew(centre: Centre) -> None:
    case_id = scored(centre, 850)
    centre.act(
        case_id, "conclude", "officer", {"band": "below_stars", "veto": "false_papers", "reasons": "活动记录系补造"}
    )
    centre.act(case_id, "object", "worker", {"objector": "王桂兰", "grounds": "记录属实，有照片为证"})
    centre.act(case_id, "uphold", "officer", {"reason": "照片属实"})
    centre.act(case_id, "conclude", "officer", {"band": "star_4"})
    assert centre.case(case_id).data["conclusion"] == {"band": "star_4"}


def test_whoever_concluded_cannot_decide_and_the_band_is_judged_again(centre: Centre) -> None:
    case_id = scored(centre, 850)
    centre.act(case_id, "conclude", "officer", {"band": "star_4"})
    centre.act(case_id, "elapse", "automation")
    both = centre.people["officer"].grants + centre.people["director"].grants
    centre.people["both"] = replace(centre.people["officer"], grants=both)
    assert refuses(centre, case_id, "approve", "both", {}) == ["four_eyes"]
    centre.database.write(
        lambda connection: restrict(
            connection, organization_id=centre.organization_id, kind=RestrictionKind.PROJECT_BAN,
            since=centre.case(case_id).opened_on, reason="违约", actor=centre.people["officer"], now=centre.clock.now(),
        )
    )  # fmt: skip
    assert "proposes_the_band_that_is_due@1" in refuses(centre, case_id, "approve", "director", {})
    centre.act(case_id, "send_back", "director", comment="新增限制措施")
    assert centre.case(case_id).step == "conclusion"


def test_below_the_lowest_star_a_rectification_follows_and_former_stars_end(centre: Centre) -> None:
    rated(centre)
    centre.on("2029-01-04")
    files = table(Case)
    with pytest.raises(ActionNotAllowed) as refused:
        centre.open("evaluation", "officer", "2029")
    assert codes(refused) == ["star_rating_is_due@2"]
    _ending_soon(centre, "2029-02-01")
    case_id = centre.open("evaluation", "officer", "2029")
    scored(centre, 499, case_id)
    decided(centre, case_id, "below_stars")
    assert centre.case(case_id).step == "failure_service"
    assert served(centre, case_id) == "failed_evaluation"
    (former,) = ratings(centre)
    assert former.status == "revoked"
    rectification = the_only(centre, "rectification")
    assert (rectification.open, rectification.organization_id) == (True, centre.organization_id)
    assert centre.events("organization")[-2:] == ["organization.rating_revoked", "organization.evaluation_failed"]
    with centre.database.read() as connection:
        assert connection.scalar(select(files.c.outcome).where(files.c.public_id == case_id)) == "failed_evaluation"


def _ending_soon(centre: Centre, day: str) -> None:
    rows = table(Rating)
    centre.database.write(
        lambda connection: connection.execute(update(rows).values(valid_until=date.fromisoformat(day)))
    )


def test_an_internal_review_overturns_a_result_and_the_new_one_takes_its_place(centre: Centre) -> None:
    case_id = rated(centre)
    centre.act(case_id, "request_internal_review", "worker", {"grounds": "得分汇总有误"})
    reason = {"reason": "两项材料漏评"}
    assert refuses(centre, case_id, "overturn", "director", reason) == ["four_eyes"]
    assert refuses(centre, case_id, "overturn_refusal", "other_director", reason) == ["was_not_scored@1"]
    centre.act(case_id, "overturn", "other_director", reason)
    centre.act(case_id, "review_again", "officer", comment="漏评材料重新评分")
    panel(centre, case_id, 910, 910, 910, 910, 910)
    decided(centre, case_id, "star_5")
    assert served(centre, case_id) == "rated"
    assert [(row.band, row.status) for row in ratings(centre)] == [("star_4", "replaced"), ("star_5", "valid")]
    assert numbers(centre) == [
        ("XJZ-2028-0001", "重新评定，以XJZ-2028-0002重新制发"), ("XJZ-2028-0002", ""),
    ]  # fmt: skip


def test_the_window_for_an_internal_review_runs_from_service(centre: Centre) -> None:
    case_id = rated(centre)
    centre.on("2028-03-01")
    assert refuses(centre, case_id, "request_internal_review", "worker", {"grounds": "得分汇总有误"}) == ["window_over"]


def test_a_refusal_after_a_reopening_ends_the_stars_and_voids_their_certificate(centre: Centre) -> None:
    case_id = rated(centre)
    centre.act(case_id, "reopen", "other_director", comment="查实材料造假")
    centre.act(case_id, "conclude", "officer", {"band": "star_4"})
    centre.act(case_id, "elapse", "automation")
    centre.act(case_id, "refuse", "director", {"reason": "材料造假", "basis": "评估办法"})
    assert served(centre, case_id) == "not_rated"
    assert [row.status for row in ratings(centre)] == ["revoked"]
    assert numbers(centre) == [("XJZ-2028-0001", "重新审批后不予评定")]


def test_a_matter_closed_without_a_report_goes_on_once_that_is_overturned(centre: Centre) -> None:
    case_id = opened(centre)
    refusal = {"reason": "三次催办未果", "basis": "评估办法"}
    assert refuses(centre, case_id, "close_unreported", "officer", refusal) == ["window_running"]
    centre.on("2028-03-07").act(case_id, "close_unreported", "officer", refusal)
    assert served(centre, case_id) == "not_rated"
    centre.act(case_id, "request_internal_review", "worker", {"grounds": "负责人住院"})
    assert refuses(centre, case_id, "overturn", "director", {"reason": "属实"}) == ["was_scored@1"]
    centre.act(case_id, "overturn_refusal", "director", {"reason": "属实"})
    assert refuses(centre, case_id, "go_on", "officer", {}, **SURE) == ["has_reported_on_itself@1"]
    centre.act(case_id, "ask_for_report", "officer", comment="请补报")
    assert centre.case(case_id).step == "self_report"


def test_a_wrong_result_is_corrected_by_two_people_and_both_ratings_and_papers_stay(centre: Centre) -> None:
    case_id = rated(centre)
    for wrong in (
        {"band": "star_5"},
        {"score": "650.00"},
        {"band": "below_stars"},
        {"band": "star_5", "score": "899.99"},
    ):
        assert refuses(
            centre, case_id, "propose_result_correction", "officer", {"corrected": wrong}, comment="录入有误"
        ) == ["corrects_the_rating_within_its_bands@1"]
    right = {"band": "star_3", "score": "750.00"}
    centre.act(case_id, "propose_result_correction", "officer", {"corrected": right}, comment="汇总笔误")
    advanced = centre.act(case_id, "confirm", "director")
    assert (advanced.step, advanced.outcome, advanced.open) == ("rated", "rated", False)
    centre.automate()
    rows = ratings(centre)
    assert [(row.band, row.score, row.status) for row in rows] == [
        ("star_4", "850.00", "replaced"), ("star_3", "750.00", "valid"),
    ]  # fmt: skip
    assert rows[-1].document_number == "XJZ-2028-0002"
    assert numbers(centre)[0][1] == "内容更正，以XJZ-2028-0002重新制发"
    with centre.database.read() as connection:
        documents = table(Document)
        papers = connection.scalars(
            select(documents.c.filename)
            .where(documents.c.kind == "star_certificate", documents.c.replaced_at.is_(None))
            .order_by(documents.c.id)
        ).all()
    assert papers == ["星级证书-XJZ-2028-0001.docx", "星级证书（更正）-XJZ-2028-0002.docx"]


def test_there_is_one_evaluation_a_year_and_one_at_a_time(centre: Centre) -> None:
    opened(centre)
    with pytest.raises(ActionNotAllowed) as refused:
        centre.open("evaluation", "worker", "2028")
    assert codes(refused) == ["has_no_evaluation_of_the_period@1", "has_no_other_open_evaluation@1"]
    with pytest.raises(ActionNotAllowed) as refused:
        centre.open("evaluation", "worker", "")
    assert codes(refused) == ["has_no_evaluation_of_the_period@1", "has_no_other_open_evaluation@1"]


def test_a_group_filed_less_than_a_year_ago_waits(centre: Centre) -> None:
    centre.filed()
    with pytest.raises(ActionNotAllowed) as refused:
        centre.on("2027-09-17").open("evaluation", "worker", "2027")
    assert codes(refused) == ["star_rating_is_due@2"]
    assert centre.on("2027-09-18").open("evaluation", "worker", "2027")


def test_stars_that_another_case_lowered_since_are_not_corrected_here(centre: Centre) -> None:
    case_id = rated(centre)
    centre.act(case_id, "propose_result_correction", "officer", {"corrected": {"band": "star_3"}}, comment="笔误")
    centre.database.write(
        lambda connection: lower(
            connection, organization_id=centre.organization_id, to_band="star_1", reason="整改不到位", case_id=0,
            actor=centre.people["director"], now=centre.clock.now(), effective_on=today(centre.clock.now()),
        )
    )  # fmt: skip
    with pytest.raises(NotRated):
        centre.act(case_id, "confirm", "director")
    centre.act(case_id, "reject", "director", comment="已降级")
    assert refuses(
        centre, case_id, "propose_result_correction", "officer", {"corrected": {"band": "star_3"}}, comment="笔误"
    ) == ["rating_of_the_case_stands@1"]

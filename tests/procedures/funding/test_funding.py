"""Funding, from the application to the signed agreement, with every unhappy turn."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from incubator.engine.refusals import ActionNotAllowed
from incubator.models.base import table
from incubator.models.cases import Case
from incubator.models.funding import Project, Tranche
from incubator.services import journal
from tests.procedures.funding.grants import (
    AGREEMENT,
    AWARD,
    EXPERTS,
    accepted,
    awarded,
    of,
    published,
    registered,
    reviewed,
    scored,
    seated,
    submitted,
    with_filed_groups,
)
from tests.procedures.world import SERVED, Centre

# The panel's own test and the award's race run on both databases; what follows from the definition alone on one.
ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
REASON = {"reason": "经核实情况属实"}


def codes(refused: pytest.ExceptionInfo[ActionNotAllowed]) -> set[str]:
    return {blocker.code for blocker in refused.value.blockers}


def balance(centre: Centre, code: str) -> int:
    with centre.database.read() as connection:
        return journal.balance(connection, centre.street_id, code)


def projects(centre: Centre) -> list[Any]:
    rows = table(Project)
    with centre.database.read() as connection:
        return list(connection.execute(select(rows).order_by(rows.c.id)))


@pytest.fixture
def group(centre: Centre) -> Centre:
    """The centre, busy with a filed group."""
    (group,) = with_filed_groups(centre)
    return group


def test_a_filed_group_is_funded_through_its_registered_partner(group: Centre) -> None:
    call, partner = published(group), registered(group)
    assert balance(group, f"call:{call}:free") == 10_000_000
    case_id = awarded(group, call, co_applicant=partner)
    assert group.case(case_id).step == "public_notice"
    (project,) = projects(group)
    assert (project.status, project.awarded_fen, project.work_key) == ("awarded", 2_999_999, "长者助餐上门:elder_care")
    assert project.payee_id == of(group, partner).organization_id != project.organization_id
    assert balance(group, f"call:{call}:free") == 7_000_001
    assert balance(group, f"project:{project.number}:committed") == 2_999_999
    group.clock.move_by(timedelta(days=12))
    group.act(case_id, "elapse", "automation")
    group.upload(case_id, "signed_agreement")
    advanced = group.act(case_id, "sign", "officer", AGREEMENT)
    assert (advanced.step, advanced.open, advanced.outcome) == ("agreed", False, "agreed")
    (project,) = projects(group)
    assert (project.status, project.agreement_number) == ("running", "协〔2026〕1号")
    tranches, cases = table(Tranche), table(Case)
    with group.database.read() as connection:
        shares = connection.scalars(select(tranches.c.fen).order_by(tranches.c.place)).all()
        carried_out = connection.execute(select(cases).where(cases.c.procedure == "project")).one()
    assert shares == [1_499_999, 899_999, 600_001]
    assert (carried_out.period, carried_out.id) == (project.number, project.case_id)
    assert carried_out.policy_hash == group.case(case_id).policy_hash


def test_a_panel_with_a_conflict_waits_for_its_alternate_and_drops_the_extremes(group: Centre) -> None:
    case_id = accepted(group, published(group), co_applicant=registered(group))
    seated(group, case_id, EXPERTS, ["expert_6"])
    group.act(case_id, "declare", "expert_5", {"conflict": True, "grounds": "为申报组织顾问"})
    reviewed(group, case_id, {"expert_1": 92, "expert_2": 88, "expert_3": 85, "expert_4": 60})
    with pytest.raises(ActionNotAllowed) as refused:
        group.act(case_id, "conclude", "officer")
    assert {"panel_seat_vacant", "panel_below_quorum"} <= codes(refused)
    group.act(case_id, "promote", "officer")
    with pytest.raises(ActionNotAllowed) as refused:
        group.act(case_id, "conclude", "officer")
    assert codes(refused) == {"panel_waits", "panel_below_quorum"}
    reviewed(group, case_id, {"expert_6": 97})
    group.act(case_id, "conclude", "officer")
    case = group.case(case_id)
    assert case.step == "decision"
    assert case.data["review"]["panel"] == {"given": 5, "dropped": ["60", "97"], "score": "88.33"}


@ONE_DATABASE
def test_a_call_says_its_own_sheet_panel_cap_and_least_score(group: Centre) -> None:
    terms = {
        "funding.cap": {"share": 1_000},
        "funding.review.size": 3,
        "funding.review.quorum": 2,
        "funding.review.least": 8,
        "funding.review.sheet": {
            "criteria": [{"code": "worth", "title": {"zh": "价值", "en": "Worth"}, "most": 10}],
            "drop_extremes": False,
        },
    }
    call, partner = published(group, terms=terms), registered(group)
    case_id = submitted(group, call, co_applicant=partner)
    assert group.case(case_id).step == "correction"
    assert "上限 1,000,000.00 元" not in group.case(case_id).data["screening"]["findings"]
    assert "上限 10,000.00 元" in group.case(case_id).data["screening"]["findings"]
    lines = [{"title": "活动物料", "kind": "物料费", "fen": 1_000_000}]
    group.act(case_id, "resubmit", "worker", {"note": "已压减", "lines": lines, "asked_fen": 1_000_000})
    group.automate()
    group.act(case_id, "accept", "officer", {"checklist": ["documents_read", "facts_match"]})
    seated(group, case_id, EXPERTS[:3])
    for name, worth in (("expert_1", 7), ("expert_2", 8), ("expert_3", 8)):
        group.act(case_id, "declare", name, {"conflict": False})
        group.act(case_id, "give", name, {"scores": {"worth": worth}})
    group.act(case_id, "conclude", "officer")
    group.upload(case_id, "minutes")
    with pytest.raises(ActionNotAllowed) as refused:
        group.act(case_id, "approve", "director", {**AWARD, "awarded_fen": 1_000_001})
    assert codes(refused) == {"panel_reached_the_least_score@1", "award_is_within_bounds@2"}
    cited = {blocker.code: blocker.cite for blocker in refused.value.blockers}
    assert cited["award_is_within_bounds@2"].zh == "《2026年公益创投第一批》（草街办〔2026〕10号）"  # type: ignore[union-attr]


@ONE_DATABASE
def test_an_objection_that_is_upheld_takes_the_award_back_and_reopens_the_review(group: Centre) -> None:
    call = published(group)
    case_id = awarded(group, call, co_applicant=registered(group))
    group.act(case_id, "object", "worker", {"objector": "李某", "grounds": "评审专家与其有亲属关系"})
    group.act(case_id, "uphold", "officer", REASON)
    assert group.case(case_id).step == "review"
    assert group.case(case_id).seats == ()
    assert [project.status for project in projects(group)] == ["lapsed"]
    assert balance(group, f"call:{call}:free") == 10_000_000
    seated(group, case_id, ["expert_2", "expert_3", "expert_4", "expert_6", "expert_7"])
    reviewed(group, case_id, dict.fromkeys(["expert_2", "expert_3", "expert_4", "expert_6", "expert_7"], 70))
    group.act(case_id, "conclude", "officer")
    group.act(case_id, "approve", "director", {**AWARD, "awarded_fen": 2_000_000})
    (project,) = projects(group)
    assert (project.status, project.awarded_fen) == ("awarded", 2_000_000)
    assert balance(group, f"call:{call}:free") == 8_000_000


@ONE_DATABASE
def test_an_objection_that_is_dismissed_lets_the_notice_run_on(group: Centre) -> None:
    case_id = awarded(group, published(group), co_applicant=registered(group))
    group.act(case_id, "object", "worker", {"objector": "李某", "grounds": "不公"})
    group.act(case_id, "dismiss", "officer", REASON)
    assert group.case(case_id).step == "public_notice"
    assert [project.status for project in projects(group)] == ["awarded"]


@ONE_DATABASE
@pytest.mark.parametrize(("end", "by"), [("withdraw", "worker"), ("lapse", "officer")])
def test_an_award_that_is_not_agreed_goes_back_to_the_call(group: Centre, end: str, by: str) -> None:
    call = published(group)
    case_id = awarded(group, call, co_applicant=registered(group))
    group.clock.move_by(timedelta(days=12))
    group.act(case_id, "elapse", "automation")
    if end == "lapse":
        with pytest.raises(ActionNotAllowed) as refused:
            group.act(case_id, end, by, comment="多次通知未签")
        assert codes(refused) == {"window_running"}
        assert [each.who.zh for each in refused.value.blockers] == ["经办人"]  # by the step: the decision names no role
        group.clock.move_by(timedelta(days=20))
    group.act(
        case_id,
        end,
        by,
        {"reason": "人手不足", "asked_by": "王桂兰"} if end == "withdraw" else {},
        comment="多次通知未签",
    )
    assert group.case(case_id).outcome == ("withdrawn" if end == "withdraw" else "lapsed")
    assert [project.status for project in projects(group)] == ["lapsed"]
    assert balance(group, f"call:{call}:free") == 10_000_000


@ONE_DATABASE
def test_an_agreement_spends_exactly_the_award(group: Centre) -> None:
    case_id = awarded(group, published(group), awarded_fen=2_000_000, co_applicant=registered(group))
    group.clock.move_by(timedelta(days=12))
    group.act(case_id, "elapse", "automation")
    group.upload(case_id, "signed_agreement")
    prohibited = [{"title": "购车", "kind": "materials", "fen": 2_000_000}]
    for lines, code in ((AGREEMENT["lines"], "lines_make_the_award@1"), (prohibited, "no_cost_is_prohibited@1")):
        with pytest.raises(ActionNotAllowed) as refused:
            group.act(case_id, "sign", "officer", {**AGREEMENT, "lines": lines})
        assert codes(refused) == {code}


@ONE_DATABASE
def test_who_accepted_does_not_award_and_the_minutes_are_needed(group: Centre) -> None:
    call, partner = published(group), registered(group)
    case_id = scored(group, call, co_applicant=partner)
    with pytest.raises(ActionNotAllowed) as refused:
        group.act(case_id, "approve", "director", AWARD)
    assert codes(refused) == {"document_missing:minutes"}
    group.upload(case_id, "minutes")
    with pytest.raises(ActionNotAllowed) as refused:
        group.act(case_id, "approve", "officer", AWARD)
    assert codes(refused) == {"four_eyes"}


@ONE_DATABASE
def test_a_refusal_is_served_reviewed_and_decided_anew(group: Centre) -> None:
    case_id = submitted(group, published(group), co_applicant=registered(group))
    group.act(case_id, "refuse_acceptance", "officer", {"reason": "材料不实", "basis": "申报条件"})
    group.upload(case_id, "sealed_refusal")
    group.act(case_id, "serve", "officer", SERVED)
    assert group.case(case_id).outcome == "refused"
    group.act(case_id, "request_internal_review", "worker", {"grounds": "材料属实"})
    group.act(case_id, "overturn", "director", REASON)
    assert group.case(case_id).step == "decision"
    group.upload(case_id, "minutes")
    with pytest.raises(ActionNotAllowed) as refused:
        group.act(case_id, "approve", "director", AWARD)
    assert codes(refused) == {"panel_reached_the_least_score@1"}
    group.act(case_id, "review_anew", "director", comment="尚未评审")
    assert group.case(case_id).step == "review"


@ONE_DATABASE
def test_a_withdrawn_application_is_taken_up_again_while_the_call_is_open(group: Centre) -> None:
    call, partner = published(group), registered(group)
    case_id = submitted(group, call, co_applicant=partner)
    group.act(case_id, "withdraw", "worker", {"reason": "误撤", "asked_by": "王桂兰"})
    with pytest.raises(ActionNotAllowed) as refused:
        group.open("funding", period=call)
    assert codes(refused) == {"applies_once_to_the_call@1"}
    with pytest.raises(ActionNotAllowed) as refused:
        group.act(case_id, "apply", "worker")
    assert codes(refused) == {"was_never_handed_in@1"}
    group.act(case_id, "resume", "worker", comment="误撤")
    group.automate()
    assert group.case(case_id).step == "acceptance"
    group.act(case_id, "withdraw", "worker", {"reason": "误撤", "asked_by": "王桂兰"})
    with pytest.raises(ActionNotAllowed) as refused:
        group.on("2026-12-19").act(case_id, "resume", "worker", comment="误撤")
    assert codes(refused) == {"call_is_open@1"}


@ONE_DATABASE
def test_a_panel_that_cannot_complete_gives_way_to_another(group: Centre) -> None:
    case_id = accepted(group, published(group), co_applicant=registered(group))
    seated(group, case_id)
    group.act(case_id, "declare", "expert_1", {"conflict": True})
    reviewed(group, case_id, dict.fromkeys(EXPERTS[1:], 90))
    with pytest.raises(ActionNotAllowed) as refused:
        group.act(case_id, "conclude", "officer")
    assert codes(refused) == {"panel_below_quorum"}
    group.act(case_id, "reseat", "officer", comment="无候补专家")
    assert group.case(case_id).seats == ()
    seated(group, case_id, ["expert_2", "expert_3", "expert_4", "expert_6", "expert_7"])

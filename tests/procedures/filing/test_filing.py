"""Filing, played by different people on both databases."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from docx import Document as Docx
from sqlalchemy import select

from incubator.clock import FixedClock
from incubator.database import Database
from incubator.engine import streams
from incubator.engine.refusals import ActionNotAllowed
from incubator.errors import Invalid
from incubator.models.base import table
from incubator.models.events import Event, PersonalValue
from incubator.models.organizations import Document
from incubator.models.streets import IssuedNumber
from incubator.services.documents import read_content
from tests.procedures.world import APPLICATION, APPLICATION_PAPERS, CHECKED, OPINION, SERVED, Centre, build


def codes(refused: pytest.ExceptionInfo[ActionNotAllowed]) -> list[str]:
    return [blocker.code for blocker in refused.value.blockers]


def test_a_group_is_filed_by_different_people_and_only_service_makes_it_so(centre: Centre, tmp_path: Path) -> None:
    case_id = centre.accepted()
    assert centre.case(case_id).step == "decision"
    centre.act(case_id, "approve", "director")
    assert [done["step"] for done in centre.automate()] == ["service"]
    assert centre.organization().standing == "informal"
    assert [status for _, status, _, _ in centre.filings()] == ["issued"]
    centre.upload(case_id, "sealed_certificate")
    advanced = centre.act(case_id, "serve", "officer", SERVED)
    assert (advanced.step, advanced.open, advanced.outcome) == ("filed", False, "filed")
    organization = centre.organization()
    assert (organization.standing, organization.name, organization.category, organization.members) == (
        "filed",
        "桂花社区常青合唱团",
        "culture_and_sports",
        22,
    )
    ((number, status, first, last),) = centre.filings()
    assert (number, status) == ("BAZ-2026-0001", "valid")
    assert (first.isoformat(), last.isoformat()) == ("2026-09-18", "2029-09-17")
    assert organization.filing_number == number
    assert organization.filing_valid_until == last
    with centre.database.read() as connection:
        assert streams.verify(connection, "organization", organization.id) == []
        assert streams.verify(connection, "case", centre.case(case_id).id) == []


def test_the_certificate_is_a_document_that_says_what_was_approved(centre: Centre, tmp_path: Path) -> None:
    case_id = centre.accepted(purpose="以歌会友 <常青> & 同乐")
    centre.act(case_id, "approve", "director")
    centre.automate()
    documents = table(Document)
    with centre.database.read() as connection:
        row = connection.execute(select(documents).where(documents.c.kind == "filing_certificate")).one()
    paper = Docx(io.BytesIO(read_content(tmp_path, row.sha256)))
    said = "\n".join(
        [*(p.text for p in paper.paragraphs), *(c.text for t in paper.tables for r in t.rows for c in r.cells)]
    )
    for word in (
        "BAZ-2026-0001",
        "桂花社区常青合唱团",
        "文体活动",
        "王桂兰",
        "2029年9月17日",
        "草堂街道",
        "以歌会友 <常青> & 同乐",
    ):
        assert word in said
    assert "{{" not in said


def test_a_telephone_is_sealed_and_stands_in_no_event(centre: Centre) -> None:
    case_id = centre.submitted()
    assert "leader_phone" not in centre.case(case_id).data["application"]
    with centre.database.read() as connection:
        bodies = connection.execute(select(table(Event).c.body)).scalars().all()
        sealed = connection.execute(select(table(PersonalValue).c.stream, table(PersonalValue).c.field)).all()
    assert not any("13800001234" in body for body in bodies)
    assert {tuple(row) for row in sealed} == {("case", "application.leader_phone"), ("organization", "leader_phone")}


def test_the_application_waits_for_its_papers_and_the_leaders_consent(centre: Centre) -> None:
    case_id = centre.open("filing")
    with pytest.raises(ActionNotAllowed) as refused:
        centre.act(case_id, "submit", "worker", {**APPLICATION, "consent": False})
    assert codes(refused) == [*(f"document_missing:{kind}" for kind in APPLICATION_PAPERS), "leader_consents@1"]


def test_the_screening_returns_what_can_be_mended_with_every_finding(centre: Centre) -> None:
    case_id = centre.submitted(members=6, name="常青合唱", category="歌唱")
    case = centre.case(case_id)
    assert case.step == "correction"
    assert len(case.data["screening"]["findings"].splitlines()) == 3
    centre.act(
        case_id,
        "resubmit",
        "worker",
        {"members": 12, "name": "桂花社区常青合唱团", "category": "文体活动", "note": "已更正"},
    )
    assert centre.case(case_id).step == "screening"
    assert [done["action"] for done in centre.automate()] == ["pass"]
    assert centre.case(case_id).step == "committee_opinion"


def test_a_body_that_may_not_be_filed_goes_to_the_officer_who_can_only_refuse(centre: Centre) -> None:
    case_id = centre.submitted(name="桂花社区业主委员会")
    assert centre.case(case_id).step == "acceptance"
    with pytest.raises(ActionNotAllowed) as refused:
        centre.act(case_id, "accept", "officer", CHECKED)
    assert "is_no_excluded_body@1" in codes(refused)
    centre.act(case_id, "refuse_acceptance", "officer", {"reason": "业主委员会不予备案", "basis": "第二条"})
    centre.upload(case_id, "sealed_refusal")
    assert centre.act(case_id, "serve", "officer", SERVED).outcome == "refused"
    assert centre.organization().standing == "informal"


def test_the_committees_objection_blocks_acceptance_until_it_says_otherwise(centre: Centre) -> None:
    case_id = centre.submitted()
    centre.upload(case_id, "committee_opinion")
    centre.act(case_id, "give_opinion", "worker", {**OPINION, "stance": "object"})
    with pytest.raises(ActionNotAllowed) as refused:
        centre.act(case_id, "accept", "officer", CHECKED)
    assert codes(refused) == ["committee_does_not_object@1"]
    centre.act(case_id, "record_new_opinion", "worker", OPINION)
    assert centre.act(case_id, "accept", "officer", CHECKED).step == "decision"


def test_the_officer_who_accepted_cannot_also_decide(centre: Centre) -> None:
    from dataclasses import replace

    from incubator.engine.roles import Grant, Role

    officer = centre.people["officer"]
    centre.people["officer"] = replace(officer, grants=(*officer.grants, Grant(Role.DIRECTOR, centre.street_id)))
    case_id = centre.accepted()
    with pytest.raises(ActionNotAllowed) as refused:
        centre.act(case_id, "approve", "officer")
    assert codes(refused) == ["four_eyes"]


def test_a_correction_stops_the_clock_and_neither_day_counts(centre: Centre) -> None:
    case_id = centre.accepted()
    assert centre.case(case_id).due_on.isoformat() == "2026-10-09"
    centre.on("2026-09-23").act(case_id, "return_for_correction", "director", {"points": "补交花名册"})
    centre.on("2026-10-09").act(case_id, "resubmit", "worker", {"note": "已补交"})
    case = centre.case(case_id)
    assert (case.step, case.due_on.isoformat()) == ("decision", "2026-10-19")


def test_the_limit_may_be_extended_once_and_no_further_than_policy_says(centre: Centre) -> None:
    case_id = centre.accepted()
    with pytest.raises(ActionNotAllowed):
        centre.act(case_id, "extend", "director", {"length": 6}, comment="情况复杂")
    assert centre.act(case_id, "extend", "director", {"length": 5}, comment="情况复杂").due_on == "2026-10-15"
    with pytest.raises(ActionNotAllowed):
        centre.act(case_id, "extend", "director", {"length": 1}, comment="情况复杂")


def test_the_review_window_runs_from_service_also_when_it_is_entered_later(centre: Centre) -> None:
    case_id = centre.accepted()
    centre.act(case_id, "refuse", "director", {"reason": "材料不实", "basis": "条件第一项"})
    centre.upload(case_id, "sealed_refusal")
    centre.on("2026-09-30").act(
        case_id, "serve", "officer", SERVED, effective_on="2026-09-28", comment="送达回证今日交回"
    )
    centre.on("2026-10-12")
    with pytest.raises(ActionNotAllowed) as refused:
        centre.act(case_id, "request_internal_review", "worker", {"grounds": "材料属实"})
    assert codes(refused) == ["window_over"]
    assert "2026年10月10日" in refused.value.detail.zh
    centre.act(
        case_id, "request_internal_review", "worker", {"grounds": "材料属实"}, effective_on="2026-10-10",
        comment="十月十日收到书面申请",
    )  # fmt: skip
    with pytest.raises(ActionNotAllowed) as refused:
        centre.act(case_id, "overturn", "director", {"reason": "重新核实"})
    assert codes(refused) == ["four_eyes"]
    assert not centre.case(case_id).open
    centre.act(case_id, "overturn", "other_director", {"reason": "重新核实，材料属实"})
    assert (centre.case(case_id).step, centre.case(case_id).open) == ("redecision", True)
    centre.act(case_id, "approve", "director")
    centre.automate()
    centre.upload(case_id, "sealed_certificate")
    assert centre.act(case_id, "serve", "officer", SERVED).outcome == "filed"


def test_an_upheld_decision_stands_with_its_outcome(centre: Centre) -> None:
    case_id = centre.filed()
    centre.act(case_id, "request_internal_review", "worker", {"grounds": "类别有误"})
    advanced = centre.act(case_id, "uphold", "other_director", {"reason": "类别无误"})
    assert (advanced.step, advanced.open, advanced.outcome) == ("filed", False, "filed")


def test_an_application_can_be_withdrawn_until_it_is_decided(centre: Centre) -> None:
    case_id = centre.accepted()
    advanced = centre.act(case_id, "withdraw", "worker", {"reason": "另行安排", "asked_by": "王桂兰"})
    assert (advanced.open, advanced.outcome) == (False, "withdrawn")
    assert centre.open("filing")


def test_a_correction_that_never_comes_back_may_be_deemed_withdrawn_after_its_limit(centre: Centre) -> None:
    case_id = centre.submitted(members=3)
    with pytest.raises(ActionNotAllowed) as refused:
        centre.act(case_id, "deem_withdrawn", "officer", comment="逾期未补正")
    assert codes(refused) == ["window_running"]
    advanced = centre.on("2026-11-02").act(case_id, "deem_withdrawn", "officer", comment="逾期未补正")
    assert advanced.outcome == "deemed_withdrawn"


def test_a_group_has_one_filing_at_a_time_and_none_once_filed(centre: Centre) -> None:
    centre.accepted()
    with pytest.raises(ActionNotAllowed) as refused:
        centre.open("filing")
    assert codes(refused) == ["has_no_other_open_filing@1"]


def test_a_filed_group_is_not_filed_again(centre: Centre) -> None:
    centre.filed()
    with pytest.raises(ActionNotAllowed) as refused:
        centre.open("filing")
    assert codes(refused) == ["is_not_filed_already@2"]


def test_a_wrong_result_is_corrected_by_two_people_and_both_readings_are_kept(centre: Centre) -> None:
    case_id = centre.filed()
    with pytest.raises(Invalid) as refused:
        centre.act(case_id, "propose_result_correction", "officer", {"corrected": {"standing": "x"}}, comment="笔误")
    assert list(refused.value.fields) == ["corrected.standing"]
    centre.act(case_id, "propose_result_correction", "officer", {"corrected": {"leader": "王贵兰"}}, comment="笔误")
    advanced = centre.act(case_id, "confirm", "director")
    assert (advanced.step, advanced.outcome, advanced.open) == ("filed", "filed", False)
    assert centre.organization().leader == "王贵兰"
    with centre.database.read() as connection:
        body = connection.execute(
            select(table(Event).c.body).where(table(Event).c.type == "organization.filing_corrected")
        ).scalar_one()
    assert '"leader":["王桂兰","王贵兰"]' in body


def test_a_refusal_after_reopening_ends_the_filing_and_explains_its_number(centre: Centre) -> None:
    case_id = centre.filed()
    with pytest.raises(ActionNotAllowed) as refused:
        centre.act(case_id, "reopen", "director", comment="有人举报")
    assert codes(refused) == ["four_eyes"]
    centre.act(case_id, "reopen", "other_director", comment="材料系伪造")
    centre.act(case_id, "refuse", "director", {"reason": "材料系伪造", "basis": "条件"})
    assert centre.organization().standing == "filed"
    centre.upload(case_id, "sealed_refusal")
    centre.act(case_id, "serve", "officer", SERVED)
    organization = centre.organization()
    assert (organization.standing, organization.filing_number) == ("informal", "")
    assert [status for _, status, _, _ in centre.filings()] == ["revoked"]
    with centre.database.read() as connection:
        void = connection.execute(select(table(IssuedNumber).c.void_reason)).scalar_one()
    assert void


def test_a_dismissed_objection_lets_the_notice_go_on_and_an_upheld_one_brings_a_new_decision(
    database: Database, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INCUBATOR_DATA_DIR", str(tmp_path))

    def with_notice(values: dict[str, dict[str, dict[str, dict[str, object]]]]) -> None:
        values["filing"]["public_notice"]["enabled"]["value"] = True

    centre = build(database, clock, change_policy=with_notice)
    case_id = centre.accepted()
    assert centre.act(case_id, "approve", "director").step == "public_notice"
    assert centre.case(case_id).due_on.isoformat() == "2026-09-29"
    grounds = {"objector": "李某", "grounds": "场地未经同意"}
    centre.on("2026-09-22").act(case_id, "object", "officer", grounds)
    centre.on("2026-09-24").act(case_id, "dismiss", "officer", {"reason": "场地已获同意"})
    assert centre.case(case_id).step == "public_notice"
    centre.act(case_id, "object", "officer", grounds)
    assert centre.act(case_id, "uphold", "officer", {"reason": "属实"}).step == "redecision"

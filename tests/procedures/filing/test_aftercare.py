"""Renewal, change and exit of a filing."""

from __future__ import annotations

import pytest

from incubator.engine.refusals import ActionNotAllowed
from tests.procedures.world import CHECKED, SERVED, Centre

EXIT = {"kind": "voluntary", "reason": "成员会议决定解散", "settlement": "无结余"}
TICKS = {"checklist": ["funds_settled", "premises_returned", "certificate_returned", "members_told"]}


def decided(centre: Centre, case_id: str) -> None:
    centre.act(case_id, "accept", "officer", CHECKED)
    centre.act(case_id, "approve", "director")
    centre.automate()


def test_renewal_opens_within_its_window_and_follows_on_the_old_certificate(centre: Centre) -> None:
    centre.filed()
    with pytest.raises(ActionNotAllowed) as refused:
        centre.open("filing_renewal")
    assert "2029年6月19日" in refused.value.detail.zh
    case_id = centre.on("2029-06-19").open("filing_renewal")
    centre.upload(case_id, "renewal_application", "roster")
    application = {
        "members": 30, "leader": "王桂兰", "leader_phone": "13800001234", "premises": "新活动室", "activity": "每周排练",
        "consent": True,
    }  # fmt: skip
    centre.act(case_id, "submit", "worker", application)
    decided(centre, case_id)
    centre.upload(case_id, "sealed_certificate")
    assert centre.act(case_id, "serve", "officer", SERVED).outcome == "renewed"
    assert [
        (number, status, first.isoformat(), last.isoformat()) for number, status, first, last in centre.filings()
    ] == [
        ("BAZ-2026-0001", "replaced", "2026-09-18", "2029-09-17"),
        ("BAZ-2029-0001", "valid", "2029-09-18", "2032-09-17"),
    ]
    organization = centre.organization()
    assert (organization.members, organization.premises) == (30, "新活动室")
    assert organization.filing_valid_until.isoformat() == "2032-09-17"
    assert organization.filed_on.isoformat() == "2026-09-18"


def test_renewal_is_over_once_the_certificate_has_ended(centre: Centre) -> None:
    centre.filed()
    with pytest.raises(ActionNotAllowed):
        centre.on("2029-09-18").open("filing_renewal")
    assert centre.on("2029-09-17").open("filing_renewal")


def test_a_change_of_name_and_leader_keeps_the_validity(centre: Centre) -> None:
    centre.filed()
    case_id = centre.on("2026-11-02").open("filing_change")
    centre.upload(case_id, "change_application")
    with pytest.raises(ActionNotAllowed):
        centre.act(case_id, "submit", "worker", {"reason": "换届"})
    centre.act(case_id, "submit", "worker", {"name": "桂花社区常青艺术团", "leader": "李明", "reason": "换届"})
    decided(centre, case_id)
    assert centre.organization().name == "桂花社区常青合唱团"
    centre.upload(case_id, "sealed_certificate")
    assert centre.act(case_id, "serve", "officer", SERVED).outcome == "changed"
    organization = centre.organization()
    assert (organization.name, organization.leader, organization.members) == ("桂花社区常青艺术团", "李明", 22)
    assert [(status, last.isoformat()) for _, status, _, last in centre.filings()] == [
        ("replaced", "2029-09-17"),
        ("valid", "2029-09-17"),
    ]


@pytest.mark.parametrize(
    ("kind", "standing", "status"),
    [
        ("voluntary", "exited", "cancelled"),
        ("expired", "exited", "expired"),
        ("revoked", "exited", "revoked"),
    ],
)
def test_an_exit_ends_the_filing_once_everything_is_settled(
    centre: Centre, kind: str, standing: str, status: str
) -> None:
    centre.filed()
    case_id = centre.open("filing_exit")
    centre.upload(case_id, "exit_statement", "settlement_statement")
    with pytest.raises(ActionNotAllowed) as refused:
        centre.act(case_id, "submit", "worker", {**EXIT, "kind": kind})
    assert {blocker.kind for blocker in refused.value.blockers} == {"checklist"}
    centre.act(case_id, "submit", "worker", {**EXIT, **TICKS, "kind": kind})
    centre.act(case_id, "accept", "officer", CHECKED)
    other = centre.open("filing_change")
    with pytest.raises(ActionNotAllowed) as refused:
        centre.act(case_id, "approve", "director")
    assert [blocker.code for blocker in refused.value.blockers] == ["nothing_else_is_open@1"]
    centre.act(other, "withdraw", "worker", {"reason": "不再变更", "asked_by": "王桂兰"})
    centre.act(case_id, "approve", "director")
    centre.upload(case_id, "sealed_exit_notice")
    assert centre.act(case_id, "serve", "officer", SERVED).outcome == "exited"
    assert centre.organization().standing == standing
    assert [filing[1] for filing in centre.filings()] == [status]
    assert centre.organization().filing_number


def test_a_revocation_that_does_not_stand_brings_the_filing_back(centre: Centre) -> None:
    centre.filed()
    number = centre.organization().filing_number
    case_id = centre.open("filing_exit")
    centre.upload(case_id, "exit_statement", "settlement_statement")
    centre.act(case_id, "submit", "worker", {**EXIT, **TICKS, "kind": "revoked"})
    centre.act(case_id, "accept", "officer", CHECKED)
    centre.act(case_id, "approve", "director")
    centre.upload(case_id, "sealed_exit_notice", "sealed_refusal")
    centre.act(case_id, "serve", "officer", SERVED)
    assert centre.organization().standing == "exited"
    centre.act(case_id, "request_internal_review", "worker", {"grounds": "材料并非伪造"})
    with pytest.raises(ActionNotAllowed) as refused:
        centre.act(case_id, "overturn", "director", {"reason": "属实"})
    assert [blocker.code for blocker in refused.value.blockers] == ["four_eyes"]
    assert centre.act(case_id, "overturn", "other_director", {"reason": "属实"}).step == "redecision"
    assert centre.organization().standing == "exited"  # the result stands until another is served
    centre.act(case_id, "refuse", "director", {"reason": "材料属实", "basis": "复核意见"})
    centre.act(case_id, "serve", "officer", SERVED)
    organization = centre.organization()
    assert (organization.standing, organization.filing_number) == ("filed", number)
    assert [(filing[0], filing[1]) for filing in centre.filings()] == [(number, "valid")]
    assert centre.open("filing_change")


def test_a_refused_renewal_may_be_reviewed_by_another_director(centre: Centre) -> None:
    centre.filed()
    case_id = centre.on("2029-07-02").open("filing_renewal")
    centre.upload(case_id, "renewal_application", "roster", "sealed_refusal")
    centre.act(
        case_id, "submit", "worker",
        {"members": 30, "leader": "王桂兰", "leader_phone": "13800001234", "premises": "新活动室", "activity": "排练",
         "consent": True},
    )  # fmt: skip
    centre.act(case_id, "accept", "officer", CHECKED)
    centre.act(case_id, "refuse", "director", {"reason": "长期不活动", "basis": "条件"})
    centre.act(case_id, "serve", "officer", SERVED)
    centre.act(case_id, "request_internal_review", "worker", {"grounds": "每月都有活动"})
    assert centre.act(case_id, "overturn", "other_director", {"reason": "属实"}).step == "redecision"
    assert [filing[1] for filing in centre.filings()] == ["valid"]

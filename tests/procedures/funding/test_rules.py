"""Each condition of funding from both sides, under the national baseline."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from incubator.engine.policy import Policy
from incubator.engine.rules import RULES, Blocker
from incubator.facts.funding import work_key
from incubator.policies.packs import shipped
from incubator.procedures.funding.procedure import FUNDING
from tests.procedures.filing.test_rules import Facts

SHIPPED = Policy(shipped())


def ask(name: str, facts: dict[str, Any], change: Callable[[dict[str, Any]], None] | None = None) -> Blocker | None:
    if change is None:
        return RULES[name].blocker(Facts(facts), SHIPPED)
    content = deepcopy(dict(SHIPPED.content))
    change(content["values"]["funding"])
    return RULES[name].blocker(Facts(facts), Policy(content))


TODAY = {"case.today": date(2026, 9, 18)}
OPEN = {
    "case.period": "PC-2026-0001", "call.status": "published", "call.opens_on": date(2026, 9, 18),
    "call.closes_on": date(2026, 9, 18), "call.budget_fen": 10_000_000, "call.available_fen": 3_000_000,
    "call.fund_source": "lottery", **TODAY,
}  # fmt: skip


def said(**application: Any) -> dict[str, Any]:
    return {f"data.application.{name}": value for name, value in application.items()}


def lines(*given: tuple[str, str, int]) -> list[dict[str, Any]]:
    return [{"title": title, "kind": kind, "fen": fen} for title, kind, fen in given]


MATERIALS = lines(("活动物料", "materials", 100))
BAN = {"name": "甲", "kind": "project_ban", "since": date(2026, 1, 1), "until": date(2028, 12, 31)}
AWARDED = {
    "data.decision.awarded_fen": 3_000_000, "funding.panel_score": "80.00", **said(asked_fen=3_000_000), **OPEN,
}  # fmt: skip
MET = {"data.decision.met_on": "2026-09-18", "data.decision.list_approved": True, **TODAY}

# name, facts under which it holds, facts under which it does not
CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("call_is_open@1", OPEN, {**OPEN, "call.status": ""}),
    ("call_is_open@1", OPEN, {**OPEN, "case.period": "", "call.status": ""}),
    ("call_is_open@1", OPEN, {**OPEN, "call.status": "draft"}),
    ("call_is_open@1", OPEN, {**OPEN, "call.status": "cancelled"}),
    ("call_is_open@1", OPEN, {**OPEN, "call.opens_on": date(2026, 9, 19)}),
    ("call_is_open@1", OPEN, {**OPEN, "call.closes_on": date(2026, 9, 17)}),
    (
        "is_handed_in_on_time@1",
        {**OPEN, "call.closes_on": date(2026, 9, 15)},
        {**OPEN, "call.closes_on": date(2026, 9, 14)},
    ),
    ("is_handed_in_on_time@1", OPEN, {**OPEN, "call.status": "closed"}),
    ("is_filed_or_registered@1", {"organization.standing": "registered"}, {"organization.standing": "informal"}),
    ("is_filed_or_registered@1", {"organization.standing": "filed"}, {"organization.standing": "exited"}),
    (
        "filing_has_not_expired@1",
        {"organization.standing": "filed", "organization.filing_valid_until": date(2026, 9, 18), **TODAY},
        {"organization.standing": "filed", "organization.filing_valid_until": date(2026, 9, 17), **TODAY},
    ),
    (
        "filing_has_not_expired@1",
        {"organization.standing": "registered", "organization.filing_valid_until": None, **TODAY},
        {"organization.standing": "filed", "organization.filing_valid_until": None, **TODAY},
    ),
    (
        "applies_once_to_the_call@1",
        {"case.same_period": {"project": ["XM-1"]}},
        {"case.same_period": {"funding": ["ZZ-1"]}},
    ),
    ("was_handed_in_before@1", said(title="助餐"), {}),
    ("was_never_handed_in@1", {}, said(title="助餐")),
    ("last_review_was_no_failure@1", {"organization.last_review": None}, {"organization.last_review": {"period": "2026", "outcome": "failed"}}),
    (
        "last_review_was_no_failure@1",
        {"organization.last_review": {"period": "2026", "outcome": "basically_passed"}},
        {"organization.last_review": {"period": "2025", "outcome": "failed"}},
    ),
    ("yearly_report_is_not_overdue@1", {"organization.report_overdue": ""}, {"organization.report_overdue": "2026"}),
    ("is_on_no_list@1", {"funding.restrictions": (BAN,)}, {"funding.restrictions": ({**BAN, "kind": "abnormal_list"},)}),
    ("is_on_no_list@1", {"funding.restrictions": ()}, {"funding.restrictions": ({**BAN, "kind": "serious_breach_list"},)}),
    ("no_project_ban_runs@1", {"funding.restrictions": ({**BAN, "kind": "abnormal_list"},)}, {"funding.restrictions": (BAN,)}),
    ("no_project_ban_runs@1", {"funding.restrictions": ()}, {"funding.restrictions": ({**BAN, "until": date.max},)}),
    (
        "work_is_paid_for_once@1",
        {"funding.same_work": ({"number": "XM-1", "title": "助餐", "organization": "甲", "likeness": 79},)},
        {"funding.same_work": ({"number": "XM-1", "title": "助餐", "organization": "甲", "likeness": 80},)},
    ),
    ("is_not_funded_elsewhere@1", said(funded_elsewhere=False), said(funded_elsewhere=True)),
    ("costs_are_of_known_kinds@1", said(lines=MATERIALS), said(lines=lines(("物料", "杂费", 1)))),
    ("costs_are_of_known_kinds@1", said(lines=lines(("物料", "物料费", 1))), {"data.agreement.lines": lines(("物", "杂费", 1))}),
    ("field_is_of_the_call@1", said(field="扶老"), said(field="招商")),
    ("fund_may_pay_for_the_field@1", {**OPEN, **said(field="orphans")}, {**OPEN, **said(field="culture_and_sports")}),
    (
        "fund_may_pay_for_the_field@1",
        {**OPEN, "call.fund_source": "donations", **said(field="culture_and_sports")},
        {**OPEN, **said(field="文体活动")},
    ),
    (
        "ends_after_it_begins@1",
        said(starts_on="2026-10-01", ends_on="2026-10-01"),
        said(starts_on="2026-10-02", ends_on="2026-10-01"),
    ),
    ("asks_for_the_sum_of_its_lines@1", said(lines=MATERIALS, asked_fen=100), said(lines=MATERIALS, asked_fen=101)),
    ("asks_for_the_sum_of_its_lines@1", said(lines=MATERIALS, asked_fen=100), said(lines=lines(("物", "other", 0)), asked_fen=0)),
    ("asks_within_the_cap@1", {**OPEN, **said(asked_fen=3_000_000)}, {**OPEN, **said(asked_fen=3_000_001)}),
    ("asks_within_the_budget@1", {**OPEN, **said(asked_fen=10_000_000)}, {**OPEN, **said(asked_fen=10_000_001)}),
    (
        "applies_jointly_unless_registered@2",
        {"organization.standing": "filed", **said(co_applicant="x")},
        {"organization.standing": "filed"},
    ),
    ("payee_is_a_legal_person@2", {"funding.payee": {"standing": "registered"}}, {"funding.payee": {"standing": "filed"}}),
    ("payee_is_a_legal_person@2", {"funding.payee": {"standing": "registered"}}, {"funding.payee": None}),
    (
        "brings_the_joint_agreement@1",
        {"case.documents": frozenset({"joint_agreement"}), **said(co_applicant="x")},
        {"case.documents": frozenset({"budget"}), **said(co_applicant="x")},
    ),
    ("panel_reached_the_least_score@1", {"funding.panel_score": "60.00"}, {"funding.panel_score": "59.99"}),
    ("panel_reached_the_least_score@1", {"funding.panel_score": "100.00"}, {"funding.panel_score": ""}),
    ("award_is_within_bounds@2", AWARDED, {**AWARDED, **said(asked_fen=2_999_999)}),
    ("award_is_within_bounds@2", AWARDED, {**AWARDED, "data.decision.awarded_fen": 0}),
    ("award_is_within_bounds@2", AWARDED, {**AWARDED, "data.decision.awarded_fen": 3_000_001, **said(asked_fen=4_000_000)}),
    ("call_can_pay_the_award@1", AWARDED, {**AWARDED, "call.available_fen": 2_999_999}),
    ("call_can_pay_the_award@1", AWARDED, {**AWARDED, "call.status": "closed"}),
    ("award_was_decided_collectively@1", MET, {**MET, "data.decision.list_approved": False}),
    ("award_was_decided_collectively@1", MET, {**MET, "data.decision.met_on": "2026-09-19"}),
    (
        "lines_make_the_award@1",
        {"data.agreement.lines": MATERIALS, "data.decision.awarded_fen": 100},
        {"data.agreement.lines": MATERIALS, "data.decision.awarded_fen": 99},
    ),
    (
        "agreement_is_signed_already@1",
        {"data.agreement.agreed_on": "2026-09-18", **TODAY},
        {"data.agreement.agreed_on": "2026-09-19", **TODAY},
    ),
    *(
        ("no_cost_is_prohibited@1", said(lines=lines((fine, kind, 1))), said(lines=lines((prohibited, "other", 1))))
        for fine, kind, prohibited in (
            ("租用活动场地", "venue", "活动室土建改造"), ("保险", "insurance", "补缴滞纳金"), ("车辆租赁", "transport", "购置七座汽车"),
            ("还愿树物料", "materials", "归还借款"), ("印刷", "publicity", "提取管理费"), ("讲师费", "labour", "活动转包"),
            ("防诈骗宣传", "publicity", "对外投资"),
        )
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "met", "unmet"), CASES)
def test_the_condition_holds_on_one_side_and_is_explained_on_the_other(
    name: str, met: dict[str, Any], unmet: dict[str, Any]
) -> None:
    assert ask(name, met) is None
    blocker = ask(name, unmet)
    assert blocker is not None
    for text in (blocker.message, blocker.who, blocker.next):
        assert text.zh
        assert text.en
    if blocker.cite is None:
        assert not RULES[name].reads or "call.status" in unmet


def test_every_rule_of_funding_is_tried() -> None:
    of_the_path = {"stands_on_the_path_to_funding@1"}  # tests/procedures/test_path_rules.py
    assert {name for name, _, _ in CASES} == FUNDING.rule_names() - of_the_path


def test_a_cap_may_be_a_share_of_the_budget() -> None:
    def share(funding: dict[str, Any]) -> None:
        funding["cap"]["value"] = {"fen": None, "share": 3_333}

    facts = {"call.budget_fen": 10_000_001}
    assert ask("asks_within_the_cap@1", {**facts, **said(asked_fen=3_333_000)}, share) is None
    assert ask("asks_within_the_cap@1", {**facts, **said(asked_fen=3_333_001)}, share) is not None


def test_what_policy_does_not_bar_does_not_bar() -> None:
    def lenient(funding: dict[str, Any]) -> None:
        funding["bars"]["reviews"]["value"] = []
        funding["bars"]["late_report"]["value"] = False
        funding["bars"]["lists"]["value"] = []
        funding["bars"]["ban"]["value"] = False
        funding["joint"]["required"]["value"] = False

    for name in (
        "last_review_was_no_failure@1",
        "yearly_report_is_not_overdue@1",
        "is_on_no_list@1",
        "no_project_ban_runs@1",
        "applies_jointly_unless_registered@2",
    ):
        unmet = next(facts for each, _, facts in CASES if each == name)
        assert ask(name, unmet, lenient) is None


def test_lottery_money_says_by_which_rule_it_is_bound() -> None:
    blocker = ask("fund_may_pay_for_the_field@1", {**OPEN, **said(field="environment")})
    assert blocker is not None
    assert blocker.cite is not None
    assert "彩票公益金" in blocker.cite.zh


def test_the_same_work_has_one_key_however_it_is_written() -> None:
    assert work_key(" 长者 助餐（上门）", "elder_care") == work_key("长者助餐·上门", "elder_care")
    assert work_key("长者助餐", "elder_care") != work_key("长者助餐", "hardship")

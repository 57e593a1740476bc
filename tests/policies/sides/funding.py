"""Both sides of an application for funding and of an award: bars, fields, costs, the cap, the panel's score."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from incubator.engine.policy import Policy
from tests.policies.sides.core import DAY, TODAY, Facts, Sides, said, sides, switch

BUDGET = 10_000_000
RESULTS = ("passed", "basically_passed", "failed")
RESTRICTIONS = ("abnormal_list", "serious_breach_list", "closer_supervision", "dormant")


@sides("last_review_was_no_failure@1")
def review(policy: Policy) -> Iterable[Sides]:
    barring = policy.get("funding.bars.reviews")

    def last(outcome: str) -> Facts:
        return {"organization.last_review": {"outcome": outcome, "period": "2026"}}

    for outcome in barring:
        for other in set(RESULTS) - set(barring):
            yield Sides(last(other), last(outcome), "funding.bars.reviews")


@sides("yearly_report_is_not_overdue@1")
def report(policy: Policy) -> Iterable[Sides]:
    met, missed = {"organization.report_overdue": ""}, {"organization.report_overdue": "2026"}
    return switch(policy, "funding.bars.late_report", met, missed)


def held(kind: str) -> Facts:
    return {"funding.restrictions": [{"kind": kind, "name": "甲", "since": TODAY, "until": TODAY}]}


@sides("is_on_no_list@1")
def lists(policy: Policy) -> Iterable[Sides]:
    barring = policy.get("funding.bars.lists")
    for kind in barring:
        for other in {*RESTRICTIONS, "project_ban"} - set(barring):
            yield Sides(held(other), held(kind), "funding.bars.lists")


@sides("no_project_ban_runs@1")
def ban(policy: Policy) -> Iterable[Sides]:
    return switch(policy, "funding.bars.ban", held("abnormal_list"), held("project_ban"))


@sides("work_is_paid_for_once@1")
def same_work(policy: Policy) -> Iterable[Sides]:
    path = "funding.bars.likeness"
    likeness = policy.whole(path)

    def like(percent: int) -> Facts:
        other = {"number": "XM-1", "title": "乙", "organization": "乙队", "likeness": percent}
        return {**said(title="甲"), "funding.same_work": [other]}

    yield Sides(like(likeness - 1), like(likeness), path)


@sides("field_is_of_the_call@1")
def field(policy: Policy) -> Iterable[Sides]:
    for each in policy.get("funding.fields"):
        yield Sides(said(field=each["name"]["zh"]), said(field=f"非{each['name']['zh']}"), "funding.fields")


@sides("fund_may_pay_for_the_field@1")
def fund(policy: Policy) -> Iterable[Sides]:
    fields = [each["code"] for each in policy.get("funding.fields")]
    for each in policy.get("funding.funds"):
        source = {"call.fund_source": each["code"]}
        for other in set(fields) - set(each["fields"]):
            for allowed in each["fields"]:
                yield Sides({**source, **said(field=allowed)}, {**source, **said(field=other)}, "funding.funds")


def lines(title: str, kind: str) -> Facts:
    return {**said(lines=[{"title": title, "kind": kind, "fen": 1}]), "data.agreement.lines": None}


@sides("costs_are_of_known_kinds@1")
def kinds(policy: Policy) -> Iterable[Sides]:
    for each in policy.get("funding.costs.kinds"):
        yield Sides(lines("排练", each["code"]), lines("排练", f"{each['code']}_x"), "funding.costs.kinds")


@sides("no_cost_is_prohibited@1")
def prohibited(policy: Policy) -> Iterable[Sides]:
    for each in policy.get("funding.costs.prohibited"):
        for pattern in (each["name"]["zh"], *each["patterns"]):
            cost = pattern.replace("*", "某")
            yield Sides(lines("用于活动", "other"), lines(f"用于{cost}", "other"), "funding.costs.prohibited")


def the_cap(policy: Policy) -> int:
    cap = policy.get("funding.cap")
    return int(cap["fen"] or BUDGET * cap["share"] // 10_000)


@sides("asks_within_the_cap@1")
def asked(policy: Policy) -> Iterable[Sides]:
    most = the_cap(policy)
    met, missed = ({**said(asked_fen=fen), "call.budget_fen": BUDGET} for fen in (most, most + 1))
    yield Sides(met, missed, "funding.cap")


@sides("award_is_within_bounds@2")
def award(policy: Policy) -> Iterable[Sides]:
    most = the_cap(policy)

    def awarded(fen: int) -> dict[str, Any]:
        return {
            **said(asked_fen=most + 1), "data.decision.awarded_fen": fen, "call.budget_fen": BUDGET,
            "funding.panel_score": "80.00",
        }  # fmt: skip

    yield Sides(awarded(most), awarded(most + 1), "funding.cap")
    yield Sides(awarded(1), awarded(0), "funding.cap")


@sides("panel_reached_the_least_score@1")
def score(policy: Policy) -> Iterable[Sides]:
    path = "funding.review.least"
    border = Decimal(policy.whole(path))
    met, missed = ({"funding.panel_score": f"{points:.2f}"} for points in (border, border - Decimal("0.01")))
    yield Sides(met, missed, path)


@sides("is_handed_in_on_time@1")
def on_time(policy: Policy) -> Iterable[Sides]:
    path = "funding.application.entry_days"
    closed = TODAY - timedelta(days=policy.whole(path))
    met = {"case.period": "2026-1", "call.status": "published", "call.closes_on": closed, "case.today": TODAY}
    yield Sides(met, {**met, "call.closes_on": closed - DAY}, path)

"""What an award must meet, and the agreement that follows on it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from incubator.engine.roles import Role
from incubator.engine.rules import Facts, PolicyValues, Unmet, rule
from incubator.procedures.funding.applied import form_of, said, total
from incubator.procedures.funding.caps import most_fen
from incubator.procedures.funding.rules.call import PUBLISHED
from incubator.text import Text
from incubator.wording import amount

DIRECTOR, OFFICER = (Role.DIRECTOR,), (Role.OFFICER,)
_LESS = Text("请减少资助金额", "Award less")


@rule("panel_reached_the_least_score@1", needs=("funding.panel_score",), reads=("funding.review.least",))
def panel_reached_the_least_score(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The panel's score is at least what the call asks for."""
    score, least = facts["funding.panel_score"], policy.get("funding.review.least")
    if score and Decimal(score) >= least:
        return None
    if not score:
        message = Text("尚无专家评审得分", "There is no score of a panel")
        return Unmet(
            message,
            Text("请先组织专家评审", "Let a panel review it first"),
            DIRECTOR,
            policy.cite("funding.review.least"),
        )
    return Unmet(
        Text(f"专家评审得分 {score} 分，未达到 {least} 分", f"The panel gave {score} points; {least} are needed"),
        Text("请不予立项", "Refuse the award"),
        DIRECTOR,
        policy.cite("funding.review.least"),
    )  # fmt: skip


@rule(
    "award_is_within_bounds@2",
    needs=("data.decision.awarded_fen", *form_of("asked_fen"), "call.budget_fen", "funding.panel_score"),
    reads=("funding.cap",),
)
def award_is_within_bounds(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """More than nothing, no more than was asked for, and no more than one project may get, by its score where policy says so."""
    awarded, asked = facts["data.decision.awarded_fen"] or 0, said(facts, "asked_fen") or 0
    cap = most_fen(policy.get("funding.cap"), facts["call.budget_fen"], facts["funding.panel_score"])
    if 0 < awarded <= min(asked, cap):
        return None
    following, cite = _LESS, policy.cite("funding.cap")
    if not awarded:
        message, following = (
            Text("资助金额不能为零", "Nothing would be awarded"),
            Text("请填写资助金额", "Enter the amount"),
        )
    elif awarded > asked:
        message = Text("资助金额 {awarded} 超过申请金额 {asked}", "{awarded} is more than the {asked} asked for").fill(
            awarded=amount(awarded), asked=amount(asked)
        )
    else:
        message = Text(
            "资助金额 {awarded} 超过每个项目的上限 {cap}", "{awarded} is more than a project may get, {cap}"
        ).fill(awarded=amount(awarded), cap=amount(cap))
    return Unmet(message, following, DIRECTOR, cite)


@rule(
    "call_can_pay_the_award@1",
    needs=("data.decision.awarded_fen", "case.period", "call.status", "call.available_fen"),
)
def call_can_pay_the_award(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The call still makes awards and has the money."""
    awarded, left = facts["data.decision.awarded_fen"] or 0, facts["call.available_fen"]
    if facts["call.status"] != PUBLISHED:
        return Unmet(
            Text(f"批次 {facts['case.period']} 已结束或取消，不能再立项", f"Call {facts['case.period']} makes no more awards"),
            Text("请不予立项", "Refuse the award"),
            DIRECTOR,
        )  # fmt: skip
    if awarded <= left:
        return None
    return Unmet(
        Text(
            "资助金额 {awarded} 超过本批次余额 {left}", "{awarded} is more than the call has left, {left}"
        ).fill(awarded=amount(awarded), left=amount(left)),
        _LESS,
        DIRECTOR,
    )  # fmt: skip


@rule("award_was_decided_collectively@1", needs=("data.decision.list_approved", "data.decision.met_on", "case.today"))
def award_was_decided_collectively(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """A meeting that has taken place approved the list on which the project stands."""
    met_on = facts["data.decision.met_on"]
    held = bool(met_on) and date.fromisoformat(met_on) <= facts["case.today"]
    if held and facts["data.decision.list_approved"]:
        return None
    if not held:
        message = Text("集体研究日期晚于今天", "The meeting has not taken place yet")
    else:
        message = Text("资助名单未经集体研究通过", "The meeting has not approved the list")
    return Unmet(message, Text("请集体研究后再作决定", "Decide after the meeting"), DIRECTOR)


@rule("lines_make_the_award@1", needs=("data.agreement.lines", "data.decision.awarded_fen"))
def lines_make_the_award(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The agreed budget sums to the amount awarded."""
    agreed, awarded = total(facts["data.agreement.lines"] or ()), facts["data.decision.awarded_fen"] or 0
    if agreed == awarded:
        return None
    return Unmet(
        Text(
            "预算明细合计 {agreed}，与资助金额 {awarded} 不一致", "The lines make {agreed}; {awarded} was awarded"
        ).fill(agreed=amount(agreed), awarded=amount(awarded)),
        Text("请按资助金额调整预算明细", "Fit the lines to the award"),
        OFFICER,
    )  # fmt: skip


@rule("agreement_is_signed_already@1", needs=("data.agreement.agreed_on", "case.today"))
def agreement_is_signed_already(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The agreement was signed today or before."""
    agreed_on = facts["data.agreement.agreed_on"]
    if agreed_on and date.fromisoformat(agreed_on) <= facts["case.today"]:
        return None
    return Unmet(
        Text("协议签订日期晚于今天", "The agreement is dated after today"),
        Text("请按实际签订日期填写", "Enter the day on which it was signed"),
        OFFICER,
    )

"""The conditions of dormancy; pure. `incubator/queries/due_dormancy.py` says the opening rules in SQL."""

from __future__ import annotations

import re
from datetime import timedelta

from incubator.clock import months_before
from incubator.engine.deadline_words import in_words
from incubator.engine.roles import Role
from incubator.engine.rules import Facts, PolicyValues, Unmet, rule
from incubator.procedures.shared.conditions import no_other_open
from incubator.procedures.shared.jurisdiction import within_the_streets_power
from incubator.text import Text

_OFFICER = (Role.OFFICER,)
_SIGNS = ("organization.quiet_since", "organization.failed_contacts", "case.today")
QUIET, APART, AGAIN = (
    f"dormancy.signs.{name}" for name in ("quiet_months", "failed_contacts_apart", "not_again_within")
)

within_the_streets_power("dormancy_is_within_the_streets_power@1", "dormancy")
no_other_open("has_no_other_open_dormancy@1", "dormancy", Text("僵尸组织处置", "dormancy"))


def signs(facts: Facts, policy: PolicyValues) -> list[Text]:
    """The signs of dormancy that the facts show under a policy, with their days and sources; empty where none does."""
    found = []
    months, apart = policy.get(QUIET), policy.get(APART)
    quiet_since, failed = facts["organization.quiet_since"], facts["organization.failed_contacts"]
    if quiet_since < months_before(facts["case.today"], months):
        found.append(
            Text(
                f"{{since}}以来超过 {months} 个月没有活动记录（{policy.cite(QUIET).zh}）",
                f"No activity on record since {{since}}, more than {months} months ({policy.cite(QUIET).en})",
            ).fill(since=in_words(quiet_since))
        )
    if failed and (failed[-1] - failed[0]).days >= apart:
        found.append(
            Text(
                f"{{first}}至{{last}}联系 {len(failed)} 次未果，首末相隔 {(failed[-1] - failed[0]).days} 日（{policy.cite(APART).zh}）",
                f"{len(failed)} contacts failed between {{first}} and {{last}}, {(failed[-1] - failed[0]).days} days apart "
                f"({policy.cite(APART).en})",
            ).fill(first=in_words(failed[0]), last=in_words(failed[-1]))
        )
    return found


@rule("shows_signs_of_dormancy@1", needs=_SIGNS, reads=(QUIET, APART))
def shows_signs_of_dormancy(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """No activity for so many months, or failed contacts so many days apart."""
    if signs(facts, policy):
        return None
    months, apart = policy.get(QUIET), policy.get(APART)
    return Unmet(
        Text(
            f"没有僵尸组织的迹象：近 {months} 个月内有活动或入册不满 {months} 个月，且没有相隔 {apart} 日以上的联系未果记录",
            f"No sign of dormancy: active or new on record within {months} months, and no failed contacts {apart} days apart",
        ),
        Text("请如实登记活动、走访和联系情况", "Record activities, visits and contacts as they happen"),
        _OFFICER,
        policy.cite(QUIET),
    )


@rule("had_no_dormancy_lately@1", needs=("organization.dormancy_ended_on", "case.today"), reads=(AGAIN,))
def had_no_dormancy_lately(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """A group that was just looked at is left in peace for a while."""
    ended, days = facts["organization.dormancy_ended_on"], policy.get(AGAIN)
    if ended is None or ended < facts["case.today"] - timedelta(days=days):
        return None
    again = in_words(ended + timedelta(days=days + 1))
    return Unmet(
        Text("上一次僵尸组织处置于{day}结束", "Its last dormancy case ended on {day}").fill(day=in_words(ended)),
        Text("{again}起方可再次发起", "It may be looked at again from {again}").fill(again=again),
        _OFFICER,
        policy.cite(AGAIN),
    )


@rule("has_no_dormancy_of_the_month@1", needs=("case.period", "case.same_period"))
def has_no_dormancy_of_the_month(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """There is one dormancy case a month at most, and it says which."""
    if not re.fullmatch("[1-9][0-9]{3}-(0[1-9]|1[0-2])", facts["case.period"]):
        message = Text("僵尸组织处置须写明月份", "A dormancy case is of a month")
        return Unmet(message, Text("请填写年月，如 2027-03", "Give year and month, such as 2027-03"), _OFFICER)
    others = facts["case.same_period"].get("dormancy", [])
    if not others:
        return None
    return Unmet(
        Text(f"本月已有处置案件：{'、'.join(others)}", f"The month's case exists: {', '.join(others)}"),
        Text("请下月再核查", "Look at it again next month"),
        _OFFICER,
    )


@rule("showed_life_in_time@1", needs=("case.signs_in_time",))
def showed_life_in_time(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """Between the service of the notice and the end of the time it did something, or somebody of it was met."""
    if facts["case.signs_in_time"]:
        return None
    return Unmet(
        Text(
            "送达通知后的期限内没有活动或联系上的记录",
            "Within the time since the notice no activity and no contact is on record",
        ),
        Text("请先登记期限内的活动或联系情况", "Record what happened within the time first"),
        _OFFICER,
    )


@rule("showed_no_life_in_time@1", needs=("case.signs_in_time",))
def showed_no_life_in_time(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """What showed life in time is not dormant."""
    days = facts["case.signs_in_time"]
    if not days:
        return None
    return Unmet(
        Text("{day}已有活动或联系上的记录", "It showed life on {day}").fill(day=in_words(days[0])),
        Text("请认定已恢复活动", "Find that it lives"),
        _OFFICER,
    )

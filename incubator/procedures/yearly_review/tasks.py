"""The automated work of the yearly review: the report compared with what policy and the records say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection

from incubator.engine import library
from incubator.engine.deadline_words import in_words
from incubator.engine.limits import prove_limit
from incubator.engine.policy import Policy
from incubator.engine.rules import Facts
from incubator.engine.tasks import Settlement, Work, task
from incubator.facts import registry
from incubator.models.activities import RestrictionKind
from incubator.models.base import NO_DATE
from incubator.procedures.automated import STALE, move, waiting_case
from incubator.services.restrictions import KIND_NAMES

_KNOWN = ("case.activities_of_the_year", "organization.last_activity_on", "organization.restrictions")


@task("yearly_review.check")
def check(work: Work) -> Settlement:
    """Check the report and hand it to the officer with what was found; nothing is decided here."""

    def settle(connection: Connection) -> Mapping[str, Any]:
        case = waiting_case(connection, work)
        if case is None:
            return STALE
        policy = library.policy(connection, case.policy_hash)
        proof = prove_limit(
            policy.due("yearly_review.report.due"),
            library.calendar(connection, case.calendar_hash),
            milestones=case.milestones,
            entered_on=case.opened_on,
            period=case.period,
            opened_on=case.opened_on,
        )
        due_on = proof.due_on if proof else None
        received = date.fromisoformat(case.milestones["received"])
        late = due_on is not None and received > due_on
        known = registry.load(connection, [case], _KNOWN, registry.AsOf(work.now))[0]
        found = [*findings(case.data["report"], policy), *on_record(case.data["report"], known, policy)]
        if due_on is not None and late:
            found.insert(0, f"报告于{in_words(received).zh}收到，逾期（应于{in_words(due_on).zh}前报送）。")
        data: dict[str, Any] = {"late": late}
        if found:
            data["findings"] = "\n".join(found)
        advanced = move(connection, work, case, "finish", data)
        return {"late": late, "findings": len(found), "step": advanced.step}

    return settle


def findings(report: Mapping[str, Any], policy: Policy) -> list[str]:
    """What the report shows that the officer should look at, a sentence each, with the source."""
    found = []
    for name, words, unit in (("activities", "全年活动", "次"), ("members", "年末成员", "人")):
        path = f"yearly_review.checks.{name}"
        least = policy.whole(path)
        if report[name] < least:
            found.append(f"{words} {report[name]} {unit}，少于 {least} {unit}（{policy.cite(path).zh}）。")
    if report["spending_fen"] > report["income_fen"]:
        over = report["spending_fen"] - report["income_fen"]
        found.append(f"全年支出超过收入 {over // 100}.{over % 100:02d} 元，请核实资金来源。")
    return found


def on_record(report: Mapping[str, Any], known: Facts, policy: Policy) -> list[str]:
    """What the centre's own records show beside the report: fewer activities, and restrictions in force.

    Of whom no activity was ever recorded the records say nothing.
    """
    found = []
    path = "yearly_review.checks.activities"
    recorded, least = known["case.activities_of_the_year"], policy.whole(path)
    if known["organization.last_activity_on"] is not None and recorded < least <= report["activities"]:
        found.append(
            f"报告称全年活动 {report['activities']} 次，台账只登记了 {recorded} 次（{policy.cite(path).zh}）。"
        )
    for held in known["organization.restrictions"]:
        words = KIND_NAMES[RestrictionKind(held["kind"])].zh
        until = "" if held["until"] == NO_DATE else f"至{in_words(held['until']).zh}"
        number = f"（{held['document_number']}）" if held["document_number"] else ""
        found.append(f"该组织自{in_words(held['since']).zh}{until}{words}{number}，请从严审核。")
    return found

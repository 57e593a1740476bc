"""The conditions of the yearly review; pure. `incubator/queries/due_reviews.py` says the opening rules in SQL."""

from __future__ import annotations

import re
from datetime import date

from incubator.engine.roles import Role
from incubator.engine.rules import Facts, PolicyValues, Unmet, rule
from incubator.procedures.shared.jurisdiction import FILED, ISSUES, beyond_the_streets_power
from incubator.procedures.shared.path import lapsed_filing
from incubator.procedures.yearly_review.forms import RESULTS
from incubator.text import Text

OFFICER = (Role.OFFICER,)


@rule(
    "has_a_valid_certificate@2",
    needs=("organization.standing", "organization.filing_valid_until", "case.today"),
    reads=(ISSUES,),
)
def has_a_valid_certificate(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The street reviews organizations of this standing, and a filed one's certificate holds today, its last day included."""
    return beyond_the_streets_power(facts["organization.standing"], policy, "yearly_review") or lapsed_filing(facts)


@rule("was_filed_before_the_period@2", needs=("organization.standing", "organization.filed_on", "case.period"))
def was_filed_before_the_period(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """A filed organization was filed before the year in which the review takes place."""
    filed_on, period = facts["organization.filed_on"], facts["case.period"]
    if not re.fullmatch("[1-9][0-9]{3}", period):
        message = Text("年检须写明年度", "A yearly review is of a year")
        return Unmet(message, Text("请填写四位年度，如 2027", "Give the year with four digits, such as 2027"), OFFICER)
    if facts["organization.standing"] != FILED or (filed_on is not None and filed_on < date(int(period), 1, 1)):
        return None
    return Unmet(
        Text(
            f"该组织 {period} 年以前未备案，当年不作年检",
            f"It was not filed before {period} and is not reviewed that year",
        ),
        Text("请于下一年度办理", "Review it next year"),
        OFFICER,
    )


@rule("has_no_review_of_the_period@1", needs=("case.same_period",))
def has_no_review_of_the_period(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """There is one review a year."""
    others = facts["case.same_period"].get("yearly_review", [])
    if not others:
        return None
    listed = "、".join(others)
    return Unmet(
        Text(f"该年度已有年检案件：{listed}", f"The year's review exists: {', '.join(others)}"),
        Text("请在该案件中办理", "Go on in that case"),
        OFFICER,
    )


@rule("gives_reasons_unless_passed@1", needs=("data.conclusion.result", "data.conclusion.reasons"))
def gives_reasons_unless_passed(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """Whoever does not simply pass is told why."""
    if facts["data.conclusion.result"] in (None, "passed") or (facts["data.conclusion.reasons"] or "").strip():
        return None
    return Unmet(
        Text("结论为基本合格或不合格的，须写明理由", "Reasons are needed unless it passes"),
        Text("请填写理由", "Give the reasons"),
        OFFICER,
    )


def concluded(facts: Facts) -> str | None:
    """The result proposed: the officer's conclusion, or `failed` where it was concluded without a report."""
    result = facts["data.conclusion.result"]
    if result is None and facts["data.report.no_report_reason"]:
        return "failed"
    return None if result is None else str(result)


def _result_is(result: str, words: Text) -> None:
    @rule(f"was_concluded_{result}@1", needs=("data.conclusion.result", "data.report.no_report_reason"))
    def was_concluded(facts: Facts, policy: PolicyValues) -> Unmet | None:
        if concluded(facts) == result:
            return None
        actual = dict(RESULTS).get(concluded(facts) or "", Text("尚未作出", "not drawn yet"))
        return Unmet(
            Text(
                f"本案结论不是“{words.zh}”，而是“{actual.zh}”", f"The conclusion is not {words.en!r} but {actual.en!r}"
            ),
            Text("请按已签发的结论送达", "Serve the conclusion that was signed"),
            OFFICER,
        )


for _result, _words in RESULTS:
    _result_is(_result, _words)


@rule("corrects_known_review_entries@1", needs=tuple(f"data.{end}.corrected" for end, _ in RESULTS))
def corrects_known_review_entries(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """A correction of a result names entries of the report, with values of the right kind; the result itself is reopened."""
    numbers = {"activities", "participants", "members", "income_fen", "spending_fen"}
    texts = {"work", "changes", "problems", "reasons"}
    given = [facts[f"data.{end}.corrected"] or {} for end, _ in RESULTS]
    wrong = sorted(
        name
        for corrected in given
        for name, value in corrected.items()
        if not (
            (name in numbers and isinstance(value, int) and not isinstance(value, bool) and value >= 0)
            or (name in texts and isinstance(value, str))
        )
    )
    if not wrong:
        return None
    listed = ", ".join(wrong)
    return Unmet(
        Text(f"不能更正或取值有误：{listed}", f"These cannot be corrected, or not to this value: {listed}"),
        Text(
            "只能更正报告中的数据和文字；结论有误的，请重新办理",
            "Correct figures and words of the report; reopen a wrong conclusion",
        ),
        OFFICER,
    )

"""When a hub reports: for each quarter in which it was a hub, once. `incubator/queries/hub_openings.py` says it in SQL."""

from __future__ import annotations

from incubator.engine.roles import Role
from incubator.engine.rules import Facts, PolicyValues, Unmet, rule
from incubator.procedures.affiliation.quarters import days_of
from incubator.text import Text

OFFICER = (Role.OFFICER,)


@rule("was_a_hub_in_the_quarter@1", needs=("organization.recognition", "case.period", "case.today"))
def was_a_hub_in_the_quarter(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """The quarter is over, and the organization was recognised by its last day."""
    days, recognition = days_of(facts["case.period"]), facts["organization.recognition"]
    if days is None:
        message = Text("季度报告须写明季度", "A quarterly report is of a quarter")
        return Unmet(message, Text("请填写季度，如 2026Q3", "Give the quarter, such as 2026Q3"), OFFICER)
    if days[1] >= facts["case.today"]:
        message = Text("该季度尚未结束", "The quarter is not over")
        return Unmet(message, Text("请于季度结束后办理", "Report after its end"), OFFICER)
    if recognition is None or recognition["since"] <= days[1]:
        return None  # that it is no hub at all another rule says
    return Unmet(
        Text("该组织在该季度尚未认定为枢纽", "It was not a hub in that quarter"),
        Text("请于下一季度报告", "It reports from the next quarter on"),
        OFFICER,
    )


@rule("has_no_report_of_the_quarter@1", needs=("case.same_period",))
def has_no_report_of_the_quarter(facts: Facts, policy: PolicyValues) -> Unmet | None:
    """There is one report a quarter."""
    others = facts["case.same_period"].get("hub_report", [])
    if not others:
        return None
    zh, en = "、".join(others), ", ".join(others)
    return Unmet(
        Text(f"该季度已有报告案件：{zh}", f"The quarter's report exists: {en}"),
        Text("请在该案件中办理", "Go on in that case"),
        OFFICER,
    )

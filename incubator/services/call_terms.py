"""The terms of a call: the policy values that it says for itself, checked like a pack's and laid over the pack in force."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import date
from typing import Any

from pydantic import TypeAdapter, ValidationError

from incubator.engine.policy import Policy
from incubator.errors import Invalid
from incubator.policies.fault_words import explained
from incubator.policies.fitting import misfits
from incubator.policies.schema import all_leaves
from incubator.procedures.funding.applied import code_of
from incubator.text import Text
from incubator.wording import amount

FIELDS, CAP, SHEET, TRANCHES = "funding.fields", "funding.cap", "funding.review.sheet", "funding.tranches"
SIZE, QUORUM, LEAST = "funding.review.size", "funding.review.quorum", "funding.review.least"
ACTUAL_COST, MIDTERM = "funding.actual_cost", "project.midterm.enabled"
MIDTERM_REPORT, FINAL_REPORT = "project.midterm.report_due", "project.final.report_due"
# A call says of these only how many days; what they run from is the policy's.
DAYS = (MIDTERM_REPORT, FINAL_REPORT)
SOURCE = "call"

# What a call may say, and what people call it.
TERM_TITLES: dict[str, Text] = {
    FIELDS: Text("资助领域", "Fields"),
    CAP: Text("每个项目的上限", "Cap of one project"),
    TRANCHES: Text("拨付计划", "Tranche plan"),
    SHEET: Text("评分表", "Scoring sheet"),
    SIZE: Text("评审专家人数", "Members of a panel"),
    QUORUM: Text("评审意见最低份数", "Reviews that are needed"),
    LEAST: Text("立项最低得分", "Points that an award needs"),
    ACTUAL_COST: Text("按实际成本结算", "Settled at actual cost"),
    MIDTERM: Text("进行中期评估", "A mid-term review is held"),
    MIDTERM_REPORT: Text("中期报告期限（项目开始后天数）", "Mid-term report, days from the beginning"),
    FINAL_REPORT: Text("结项报告期限（项目结束后天数）", "Final report, days from the end"),
}

Leaf = dict[str, Any]


def funds(policy: Policy) -> list[Mapping[str, Any]]:
    """The funds that a policy knows, each with `code`, `name` and the codes of its `fields`."""
    return list(policy.get("funding.funds"))


def checked(terms: Mapping[str, Any], policy: Policy, *, fund_source: str, budget_fen: int) -> dict[str, Leaf]:
    """The leaves that a call lays over a policy, each citing the call; its fields are said always, at most its fund's.

    Fields are given by their codes, days by their number, anything else as a pack would say it. Raises Invalid (fields `fund_source`, and
    `terms.<path>` with what lies below).
    """
    faults: dict[str, list[Text]] = {}
    fund = next((each for each in funds(policy) if each["code"] == fund_source), None)
    if fund is None:
        listed = "、".join(each["name"]["zh"] for each in funds(policy))
        listed_en = ", ".join(each["code"] for each in funds(policy))
        faults["fund_source"] = [Text(f"请选择资金来源：{listed}", f"Choose a fund: {listed_en}")]
    said = dict(terms)
    for path in said.keys() - TERM_TITLES.keys():
        faults[f"terms.{path}"] = [
            Text("批次不能另行规定这一项", "A call cannot say this for itself: leave it to the policy")
        ]
        del said[path]
    for path in DAYS:
        if isinstance(said.get(path), int):
            said[path] = {**policy.get(path), "length": said[path]}
    if isinstance(said.get(CAP), Mapping) and said[CAP].get("tiers") is not None:
        faults[f"terms.{CAP}"] = [
            Text("批次的上限请写金额或占总预算的比例", "A call's cap is an amount or a share of the budget")
        ]
        del said[CAP]
    if fund is not None:
        said[FIELDS] = _fields(said.get(FIELDS), policy, fund, faults)
    leaves = {path: leaf for path, value in said.items() if (leaf := _leaf(path, value, faults)) is not None}
    if not faults:
        _fit_together(leaves, policy, budget_fen, faults)
    if faults:
        raise Invalid(
            Text(
                "批次的规定有误，未作任何更改，请按提示改正", "The terms do not fit and nothing was changed: correct what is marked"
            ),
            fields=faults,
        )  # fmt: skip
    return leaves


def _fields(
    codes: Any, policy: Policy, fund: Mapping[str, Any], faults: dict[str, list[Text]]
) -> list[Mapping[str, Any]]:
    """The entries of the fields that the call supports; without any said, all that its fund may be spent on."""
    known = {each["code"]: each for each in policy.get(FIELDS)}
    allowed = [code for code in fund["fields"] if code in known]
    if codes is None or codes == []:
        return [known[code] for code in allowed]
    if not isinstance(codes, list):
        faults[f"terms.{FIELDS}"] = [Text("应为列表", "A list is expected")]
        return []
    chosen = [code_of(known.values(), str(code)) for code in codes]
    if any(code is None or code not in allowed for code in chosen):
        zh = "、".join(known[code]["name"]["zh"] for code in allowed)
        faults[f"terms.{FIELDS}"] = [
            Text(f"{fund['name']['zh']}只能用于：{zh}", f"{fund['name']['en']} may be spent on: {', '.join(allowed)}")
        ]
        return []
    return [known[code] for code in dict.fromkeys(chosen) if code is not None]


def _leaf(path: str, value: Any, faults: dict[str, list[Text]]) -> Leaf | None:
    if f"terms.{path}" in faults:
        return None
    try:
        leaf = TypeAdapter(all_leaves()[path]).validate_python({"value": value, "cite": {"source": SOURCE}})
    except ValidationError as error:
        for inside, words in explained(error):
            where = ".".join(str(part) for part in inside[1:])
            faults.setdefault(f"terms.{path}.{where}" if where else f"terms.{path}", []).append(words)
        return None
    stored: Leaf = leaf.stored()
    return stored


def _fit_together(leaves: Mapping[str, Leaf], policy: Policy, budget_fen: int, faults: dict[str, list[Text]]) -> None:
    def value(path: str) -> Any:
        return leaves[path]["value"] if path in leaves else policy.get(path)

    for misfit in misfits(value):
        if leaves.keys() & set(misfit.paths) and misfit.paths[0] in TERM_TITLES:
            faults.setdefault(f"terms.{misfit.paths[0]}", []).append(misfit.words)
    cap = leaves.get(CAP, {}).get("value", {}).get("fen")
    if cap is not None and cap > budget_fen:
        words = Text("每个项目的上限超过总预算 {budget}", "A project would get more than the budget, {budget}").fill(
            budget=amount(budget_fen)
        )
        faults[f"terms.{CAP}"] = [words]


def laid_over(
    policy: Policy, leaves: Mapping[str, Leaf], *, title: str, document_number: str, on: date
) -> dict[str, Any]:
    """A pack's content with a call's leaves in it, citing the call's announcement."""
    content: dict[str, Any] = deepcopy(dict(policy.content))
    announced = {"title": {"zh": title, "en": title}, "number": document_number, "date": on.isoformat(), "named": True}
    content["sources"] = {**content["sources"], SOURCE: announced}
    for path, leaf in leaves.items():
        *sections, name = path.split(".")
        node = content["values"]
        for section in sections:
            node = node[section]
        node[name] = leaf
    return content

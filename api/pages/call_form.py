"""The form of a call: what it says, and, each optional, what it says otherwise than the policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from incubator.engine import forms
from incubator.engine.policy import Policy
from incubator.policies.words import value_words
from incubator.procedures.funding.caps import settled
from incubator.services.call_terms import (
    ACTUAL_COST,
    CAP,
    FIELDS,
    FINAL_REPORT,
    LEAST,
    MIDTERM,
    MIDTERM_REPORT,
    QUORUM,
    SHEET,
    SIZE,
    TRANCHES,
    funds,
)
from incubator.services.call_values import LONGEST, MOST_FEN, CallValues
from incubator.text import Text

GATES = (
    ("signed", Text("签订协议", "agreement signed")),
    ("midterm", Text("通过中期评估", "mid-term passed")),
    ("final", Text("通过结项验收", "final accepted")),
)
YES_NO = (("yes", Text("是", "yes")), ("no", Text("否", "no")))
SHARE = r"^[0-9]{1,3}(\.[0-9]{1,2})?$"

# Where the parts of a term are typed in: what is wrong with the term is told there.
_TYPED_IN = {
    FIELDS: "fields",
    CAP: "cap_fen",
    TRANCHES: "tranches",
    SHEET: "criteria",
    SIZE: "size",
    QUORUM: "quorum",
    LEAST: "least",
    ACTUAL_COST: "actual_cost",
    MIDTERM: "midterm",
    MIDTERM_REPORT: "midterm_days",
    FINAL_REPORT: "final_days",
}
_WHOLE = {SIZE: "size", QUORUM: "quorum", LEAST: "least", MIDTERM_REPORT: "midterm_days", FINAL_REPORT: "final_days"}
_SWITCHES = {ACTUAL_COST: "actual_cost", MIDTERM: "midterm"}


def main_schema(policy: Policy) -> forms.Schema:
    """What every call says."""
    sources = [(each["code"], Text.from_pair(each["name"])) for each in funds(policy)]
    return forms.form(
        forms.text("title", Text("批次名称", "Title"), longest=LONGEST["title"]),
        forms.text("document_number", Text("公告文号", "Number of the announcement"), longest=LONGEST["document_number"],
                   required=False, hint=Text("发布前须填写", "Needed to publish")),
        forms.choice("fund_source", Text("资金来源", "Fund"), sources),
        forms.money("budget_fen", Text("总预算", "Budget"), most=MOST_FEN),
        forms.day("opens_on", Text("受理开始日期", "Opens on")),
        forms.day("closes_on", Text("受理截止日期", "Last day to apply")),
    )  # fmt: skip


def terms_schema(policy: Policy) -> forms.Schema:
    """What a call may say for itself; each hint says what holds where nothing is filled in."""
    fields = [{"value": each["code"], **each["name"]} for each in policy.get(FIELDS)]
    listed: forms.Field = (
        "fields",
        {
            "type": "array", "items": {"type": "string", "enum": [each["value"] for each in fields]}, "uniqueItems": True,
            "x-options": fields, "x-required": False, "x-title": Text("资助领域", "Fields").as_pair(),
            "x-help": Text("不选则为该资金允许的全部领域", "Without a choice: all that the fund allows").as_pair(),
        },
    )  # fmt: skip
    gate = forms.choice("gate", Text("拨付条件", "Paid once"), GATES)
    share = forms.text("share", Text("比例（%）", "Share (%)"), longest=6, pattern=SHARE)
    criterion = forms.text("title", Text("评分项目", "Criterion"), longest=60)
    most = forms.whole_number("most", Text("满分", "Points"), least=1, most=1000)
    return forms.form(
        listed,
        forms.money("cap_fen", Text("每个项目的上限", "Cap of one project"), most=MOST_FEN, required=False,
                    hint=_otherwise(value_words(CAP, policy.get(CAP)))),
        forms.text("cap_share", Text("或占总预算的比例（%）", "Or a share of the budget (%)"), longest=6, pattern=SHARE,
                   required=False),
        forms.rows("tranches", Text("拨付计划", "Tranche plan"), (gate, share), least=0, most=12, required=False,
                   hint=_otherwise(plan_words(policy.get(TRANCHES)))),
        forms.choice("actual_cost", Text("按实际成本结算", "Settled at actual cost"), YES_NO, required=False,
                     hint=_otherwise(_yes(policy.get(ACTUAL_COST)))),
        forms.choice("midterm", Text("进行中期评估", "A mid-term review is held"), YES_NO, required=False,
                     hint=_otherwise(_yes(policy.get(MIDTERM)))),
        forms.whole_number("midterm_days", Text("中期报告：项目开始后天数", "Mid-term report: days from the beginning"),
                           least=1, most=3650, required=False, hint=_otherwise(_days(policy, MIDTERM_REPORT))),
        forms.whole_number("final_days", Text("结项报告：项目结束后天数", "Final report: days from the end"),
                           least=1, most=3650, required=False, hint=_otherwise(_days(policy, FINAL_REPORT))),
        forms.whole_number("size", Text("评审专家人数", "Members of a panel"), least=1, most=15, required=False,
                           hint=_otherwise(_number(policy.get(SIZE)))),
        forms.whole_number("quorum", Text("评审意见最低份数", "Reviews that are needed"), least=1, most=15, required=False,
                           hint=_otherwise(_number(policy.get(QUORUM)))),
        forms.whole_number("least", Text("立项最低得分", "Points that an award needs"), most=10_000, required=False,
                           hint=_otherwise(_number(policy.get(LEAST)))),
        forms.rows("criteria", Text("评分表", "Scoring sheet"), (criterion, most), least=0, most=30, required=False,
                   hint=_otherwise(sheet_words(policy.get(SHEET)))),
        forms.choice("drop_extremes", Text("去掉最高分和最低分", "Highest and lowest are dropped"), YES_NO, required=False,
                     hint=_otherwise(_yes(policy.get(SHEET)["drop_extremes"]))),
    )  # fmt: skip


def whole_schema(policy: Policy) -> forms.Schema:
    """Both parts as one form."""
    return forms.merged(main_schema(policy), terms_schema(policy)) or {}


def typed_of(row: Any) -> dict[str, Any]:
    """What the form holds of a call that is there."""
    terms: Mapping[str, Any] = row.terms
    typed: dict[str, Any] = {
        "title": row.title,
        "document_number": row.document_number,
        "fund_source": row.fund_source,
        "budget_fen": row.budget_fen,
        "opens_on": row.opens_on.isoformat(),
        "closes_on": row.closes_on.isoformat(),
        "fields": list(terms.get(FIELDS, ())),
    }
    cap = terms.get(CAP, {})
    typed |= {"cap_fen": cap.get("fen"), "cap_share": percent(cap["share"]) if cap.get("share") else None}
    typed["tranches"] = [
        {"gate": part["gate"], "share": percent(part["share"])} for part in terms.get(TRANCHES, ())
    ]  # fmt: skip
    for path, name in _WHOLE.items():
        value = terms.get(path)
        typed[name] = value.get("length") if isinstance(value, Mapping) else value
    for path, name in _SWITCHES.items():
        typed[name] = {True: "yes", False: "no"}.get(terms.get(path))  # type: ignore[arg-type]
    sheet = terms.get(SHEET)
    if sheet:
        typed["criteria"] = [{"title": each["title"]["zh"], "most": each["most"]} for each in sheet["criteria"]]
        typed["drop_extremes"] = "yes" if sheet.get("drop_extremes") else "no"
    return typed


def values_of(typed: Mapping[str, Any], policy: Policy, before: Mapping[str, Any]) -> CallValues:
    """The call that a form without faults says. `before` are the terms as they stood: a criterion keeps its code."""
    terms: dict[str, Any] = {path: typed[name] for path, name in _WHOLE.items() if typed.get(name) is not None}
    terms |= {path: typed[name] == "yes" for path, name in _SWITCHES.items() if typed.get(name)}
    if typed.get("fields"):
        terms[FIELDS] = list(typed["fields"])
    cap = {
        **({"fen": typed["cap_fen"]} if typed.get("cap_fen") is not None else {}),
        **({"share": hundredths(typed["cap_share"])} if typed.get("cap_share") else {}),
    }
    if cap:
        terms[CAP] = cap
    if typed.get("tranches"):
        terms[TRANCHES] = [
            {"gate": part["gate"], "share": hundredths(part["share"])} for part in typed["tranches"]
        ]  # fmt: skip
    if typed.get("criteria") or typed.get("drop_extremes"):
        terms[SHEET] = _sheet(typed, policy.get(SHEET), before.get(SHEET))
    return CallValues(
        title=str(typed["title"]),
        document_number=str(typed.get("document_number") or ""),
        fund_source=str(typed["fund_source"]),
        budget_fen=int(typed["budget_fen"]),
        opens_on=date.fromisoformat(typed["opens_on"]),
        closes_on=date.fromisoformat(typed["closes_on"]),
        terms=terms,
    )


def _sheet(typed: Mapping[str, Any], of_policy: Mapping[str, Any], before: Mapping[str, Any] | None) -> dict[str, Any]:
    stood = before or of_policy
    known = {each["title"]["zh"]: each for each in stood["criteria"]}
    taken = {each["code"] for each in known.values()}
    criteria = []
    for place, row in enumerate(typed.get("criteria") or (), start=1):
        title = str(row["title"])
        fresh = next(code for code in (f"c{place}", f"c{place}_new") if code not in taken)
        old = known.get(title, {"code": fresh, "title": {"zh": title, "en": title}})
        criteria.append({**old, "most": row["most"]})
    drop = typed.get("drop_extremes")
    return {
        "criteria": criteria or stood["criteria"],
        "drop_extremes": drop == "yes" if drop else bool(of_policy["drop_extremes"]),
        **({"far_percent": of_policy["far_percent"]} if of_policy.get("far_percent") else {}),
    }


def typed_errors(fields: Mapping[str, Sequence[Text]]) -> dict[str, Sequence[Text]]:
    """What the service found wrong, at the fields in which it was typed."""
    found: dict[str, list[Text]] = {}
    for name, words in fields.items():
        where = name
        for path, field in _TYPED_IN.items():
            if name == f"terms.{path}" or name.startswith(f"terms.{path}."):
                below = name.removeprefix(f"terms.{path}").removeprefix(".criteria").strip(".")
                is_cell = field in ("tranches", "criteria") and below.count(".") == 1
                where = f"{field}.{below}" if is_cell else field
        found.setdefault(where, []).extend(words)
    return {name: tuple(dict.fromkeys(words)) for name, words in found.items()}


def hundredths(share: str) -> int:
    """A share in percent as people type it, in hundredths of a percent."""
    return int(Decimal(share) * 100)


def percent(share: int) -> str:
    """Hundredths of a percent as people type them."""
    return f"{Decimal(share) / 100:f}".rstrip("0").rstrip(".") if share % 100 else str(share // 100)


def terms_told(policy: Policy, budget_fen: int) -> list[tuple[Text, Text]]:
    """What holds under a policy for the projects of a call, as people read it."""
    zh = "、".join(each["name"]["zh"] for each in policy.get(FIELDS))
    en = ", ".join(each["name"]["en"] for each in policy.get(FIELDS))
    return [
        (Text("资助领域", "Fields"), Text(zh, en)),
        (Text("每个项目的上限", "Cap of one project"), value_words(CAP, settled(policy.get(CAP), budget_fen))),
        (Text("拨付计划", "Tranche plan"), plan_words(policy.get(TRANCHES))),
        (Text("按实际成本结算", "Settled at actual cost"), _yes(policy.get(ACTUAL_COST))),
        (Text("进行中期评估", "A mid-term review is held"), _yes(policy.get(MIDTERM))),
        (Text("评审小组", "Panel"), Text(
            f"{policy.get(SIZE)} 人，至少 {policy.get(QUORUM)} 份评审意见", f"{policy.get(SIZE)} members, {policy.get(QUORUM)} reviews needed"
        )),
        (Text("评分表", "Scoring sheet"), sheet_words(policy.get(SHEET))),
        (Text("立项最低得分", "Points that an award needs"), _number(policy.get(LEAST))),
    ]  # fmt: skip


def plan_words(plan: Sequence[Mapping[str, Any]]) -> Text:
    """A tranche plan in a line."""
    gates = dict(GATES)
    return Text(
        "；".join(f"{gates[part['gate']].zh} {percent(part['share'])}%" for part in plan),
        "; ".join(f"{gates[part['gate']].en} {percent(part['share'])} %" for part in plan),
    )


def sheet_words(sheet: Mapping[str, Any]) -> Text:
    """A scoring sheet in a line."""
    zh = "、".join(f"{each['title']['zh']} {each['most']}" for each in sheet["criteria"])
    en = ", ".join(f"{each['title']['en']} {each['most']}" for each in sheet["criteria"])
    if sheet["drop_extremes"]:
        return Text(f"{zh}；去掉最高分和最低分", f"{en}; without the highest and the lowest")
    return Text(zh, en)


def _otherwise(words: Text) -> Text:
    return Text(f"不填则按现行政策：{words.zh}", f"Else as the policy has it: {words.en}")


def _yes(value: bool) -> Text:
    return YES_NO[0][1] if value else YES_NO[1][1]


def _number(value: int) -> Text:
    return Text(str(value), str(value))


def _days(policy: Policy, path: str) -> Text:
    return _number(policy.get(path)["length"])

"""Running projects of the opening stock: each with its budget, its tranches, and what was paid before, as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from incubator.engine import library
from incubator.engine.policy import Policy
from incubator.facts.funding import work_key
from incubator.models.organizations import Standing
from incubator.services.opening_stock.account import Reason, StockRow
from incubator.services.opening_stock.entering import Entering, Verdict, in_the_future, proper_number
from incubator.services.opening_stock.layout import Kind
from incubator.services.opening_stock.street import Body, KnownStreet
from incubator.services.projects import PaidBefore, carry_over, start
from incubator.services.projects.sums import WHOLE, in_percent, tranche_sums
from incubator.services.projects.tranches import FINAL, MIDTERM, PLAN, SIGNED
from incubator.text import Text
from incubator.wording import amount

_GATES = (SIGNED, MIDTERM, FINAL)


@dataclass(frozen=True, slots=True)
class Parts:
    """The rows that belong to a project: its budget lines, and its tranches in their order."""

    lines: tuple[StockRow, ...]
    tranches: tuple[StockRow, ...]

    @property
    def rows(self) -> tuple[StockRow, ...]:
        """All of them."""
        return (*self.lines, *self.tranches)

    @property
    def plan(self) -> list[dict[str, Any]]:
        """The tranche plan, as a policy says it."""
        return [{"gate": row.values["gate"], "share": row.values["share"]} for row in self.tranches]


def parts_of(number: str, rows: Sequence[StockRow]) -> Parts:
    """The rows of a project among all rows of a file."""
    own = [row for row in rows if proper_number(str(row.values.get("number") or "")) == number]
    tranches = [row for row in own if row.kind is Kind.TRANCHE]
    return Parts(
        tuple(row for row in own if row.kind is Kind.BUDGET_LINE),
        tuple(sorted(tranches, key=lambda row: row.values.get("place") or 0)),
    )


def judge_project(row: StockRow, parts: Parts, street: KnownStreet) -> Verdict:
    """A project by its number on paper; reasons that hang on its budget or tranches stand on those rows."""
    body, unknown = street.body(row)
    payee, unknown_payee = street.body(row, "payee") if row.values.get("payee") else (body, None)
    number = proper_number(str(row.values.get("number") or ""))
    starts_on = row.values.get("starts_on") or row.values.get("agreed_on")
    said = {
        **row.values, "number": number, "starts_on": starts_on, "community": body.community if body else None,
        "parts": [{name: value for name, value in each.values.items() if name != "number"} for each in parts.rows],
    }  # fmt: skip
    verdict = Verdict(number, said, body)
    if street.settles(row, verdict):
        return verdict
    verdict.reasons += [reason for reason in (unknown, unknown_payee) if reason is not None]
    verdict.reasons += in_the_future(row, "agreed_on", street.day, "协议签订日期晚于今天", "It is agreed after today")
    ends_on = row.values.get("ends_on")
    if starts_on and ends_on and ends_on < starts_on:
        verdict.reasons.append(
            row.refusal("dates_reversed", "ends_on", "结束日期早于开始日期", "It ends before it begins")
        )
    if body is not None and body.standing == Standing.EXITED:
        zh, en = f"“{body.name}”已退出，没有在办项目", f"“{body.name}” has left and runs no project"
        verdict.reasons.append(row.refusal("has_exited", "organization", zh, en))
    if payee is not None and payee.standing != Standing.REGISTERED:
        zh = f"收款单位“{payee.name}”没有登记，不具备法人资格；请填写已登记的共同申请单位，并在“组织”表中登记"
        en = f"The payee “{payee.name}” is no legal person: name the registered co-applicant, and register it on the sheet 组织"
        verdict.reasons.append(row.refusal("payee_is_no_legal_person", "payee", zh, en))
    if row.values.get("awarded") == 0:
        verdict.reasons.append(
            row.refusal("award_is_nothing", "awarded", "立项金额须大于零", "An award is more than nothing")
        )
    for each in parts.tranches:
        verdict.reasons += in_the_future(each, "paid_on", street.day, "拨付日期晚于今天", "It is paid after today")
    verdict.reasons += _part_reasons(row, parts)
    if body is None or payee is None or row.reasons or verdict.reasons:
        return verdict
    planned = tranche_sums(row.values["awarded"], [part["share"] for part in parts.plan])
    for each, fen in zip(parts.tranches, planned, strict=True):
        if each.values.get("paid") not in (None, fen):
            paid = amount(each.values["paid"])
            zh = f"第 {each.values['place']} 期实拨 {paid.zh}，按比例应为 {amount(fen).zh}，按实拨入账"
            verdict.notes.append(
                Text(zh, f"Tranche {each.values['place']} paid {paid.en}, {amount(fen).en} by its share; kept as paid")
            )
    verdict.builds_on = (payee,)
    verdict.write = lambda entering: _enter(entering, row, parts, body, payee)
    return verdict


def _part_reasons(row: StockRow, parts: Parts) -> list[Reason]:
    """What is wrong with a project's budget and tranches; nothing of sums while a cell cannot be read."""
    faulty = next((each for each in parts.rows if each.reasons), None)
    if faulty is not None:
        zh = f"工作表“{faulty.sheet}”第 {faulty.row} 行有误，改正后整个项目才能录入"
        return [
            Reason(
                "part_refused",
                Text(zh, f"Row {faulty.row} on sheet “{faulty.sheet}” is wrong: mend it first"),
                f"A{row.row}",
            )
        ]
    found = [*_line_reasons(row, parts.lines), *_tranche_reasons(row, parts.tranches)]
    total = sum(each.values.get("paid") or 0 for each in parts.tranches)
    awarded = row.values.get("awarded")
    if awarded is not None and total > awarded:
        zh = f"已拨合计 {amount(total).zh}，超过立项金额 {amount(awarded).zh}"
        found.append(
            row.refusal(
                "paid_beyond_award",
                "awarded",
                zh,
                f"{amount(total).en} is paid, more than the award {amount(awarded).en}",
            )
        )
    return found


def _line_reasons(row: StockRow, lines: Sequence[StockRow]) -> list[Reason]:
    if not lines:
        zh, en = "“项目预算”表中没有该项目的科目", "The sheet 项目预算 has no line of it"
        return [row.refusal("budget_missing", "number", zh, en)]
    total, awarded = sum(each.values["planned"] for each in lines), row.values.get("awarded")
    if awarded is not None and total != awarded:
        zh = f"预算合计 {amount(total).zh}，不等于立项金额 {amount(awarded).zh}"
        en = f"The budget makes {amount(total).en}, not the award {amount(awarded).en}"
        return [row.refusal("budget_does_not_fit", "awarded", zh, en)]
    return []


def _tranche_reasons(row: StockRow, tranches: Sequence[StockRow]) -> list[Reason]:
    if not tranches:
        zh, en = "“项目拨款”表中没有该项目的拨款计划", "The sheet 项目拨款 has no tranche of it"
        return [row.refusal("tranches_missing", "number", zh, en)]
    found: list[Reason] = []

    def refuse(code: str, zh: str, en: str) -> None:
        found.append(row.refusal(code, "number", zh, en))

    if [each.values["place"] for each in tranches] != list(range(1, len(tranches) + 1)):
        refuse("places_do_not_follow", "拨款期次应为 1、2、3……，不重不漏", "Tranches are 1, 2, 3 ..., each once")
    share = sum(each.values["share"] for each in tranches)
    if share != WHOLE:
        refuse(
            "shares_do_not_fit",
            f"拨款比例合计 {in_percent(share)}%，应为 100%",
            f"The shares make {in_percent(share)} %, not 100 %",
        )
    places = [_GATES.index(each.values["gate"]) for each in tranches]
    if places != sorted(places):
        refuse(
            "gates_out_of_order",
            "拨付条件应按签约、中期、结项的顺序",
            "The gates come in their order: signed, mid-term, final",
        )
    paid = [each.values.get("paid") is not None for each in tranches]
    for each in tranches:
        given = [each.values.get(name) for name in ("paid", "paid_on", "voucher")]
        if any(value is not None for value in given) and None in given:
            zh = f"第 {each.values['place']} 期：已拨金额、拨付日期、凭证号须同时填写或同时留空"
            refuse(
                "payment_incomplete",
                zh,
                f"Tranche {each.values['place']}: amount, day and voucher stand together or not at all",
            )
    if paid != sorted(paid, reverse=True):
        refuse(
            "paid_out_of_order", "前一期没有拨付，后一期不能已拨付", "A later tranche is paid, an earlier one is not"
        )
    if any(done and each.values["gate"] == FINAL for done, each in zip(paid, tranches, strict=True)):
        zh, en = (
            "结项款已拨付的项目已经结项，不作为在办项目录入",
            "A project whose final tranche is paid is settled and runs no more",
        )
        refuse("is_settled", zh, en)
    return found


def _enter(entering: Entering, row: StockRow, parts: Parts, body: Body, payee: Body) -> str:
    values = row.values
    common = {"actor": entering.actor, "now": entering.now, "effective_on": values["agreed_on"]}
    field = values.get("field") or ""
    project = carry_over(
        entering.connection, organization_id=body.id, payee_id=payee.id, title=values["title"], field=field,
        work_key=work_key(values["title"], field), awarded_fen=values["awarded"], paper=_paper(row), **common,
    )  # fmt: skip
    case = start(
        entering.connection,
        project_id=project.id,
        agreement_number=values["agreement_number"],
        agreed_on=values["agreed_on"],
        starts_on=values.get("starts_on") or values["agreed_on"],
        ends_on=values["ends_on"],
        lines=[
            {
                "line": line, "title": each.values["title"], "kind": each.values.get("kind") or "",
                "planned_fen": each.values["planned"],
            }
            for line, each in enumerate(parts.lines, start=1)
        ],
        policy=_with_plan(entering, parts.plan),
        paid=_paid(parts.tranches),
        **common,
    )  # fmt: skip
    entering.record(
        body, "organization.project_brought_in", row, {"project": project.number, "case": case, "number": values["number"]},
        effective_on=values["agreed_on"],
    )  # fmt: skip
    return f"project:{project.id}"


def _paper(row: StockRow) -> str:
    """The paper, and what of it no column of a project keeps."""
    values = row.values
    further = (("原编号", "number"), ("批次", "call"), ("资金来源", "fund"), ("会议纪要", "minutes_number"))
    said = "，".join(f"{words} {values[name]}" for words, name in further if values.get(name))
    return f"{values['paper']}（{said}）"


def _paid(tranches: Sequence[StockRow]) -> Mapping[int, PaidBefore]:
    return {
        each.values["place"]: PaidBefore(
            each.values["paid"], each.values["paid_on"], f"凭证 {each.values['voucher']}，{each.values['paper']}"
        )
        for each in tranches
        if each.values.get("paid") is not None
    }


def _with_plan(entering: Entering, plan: list[dict[str, Any]]) -> Policy:
    """The policy in force with the tranches that the agreement lays down."""
    content = deepcopy(dict(entering.policy.content))
    node = content["values"]
    *way, last = PLAN.split(".")
    for part in way:
        node = node[part]
    cite = {
        "practice": Text(
            "项目协议约定的拨款比例（期初录入）", "the shares of the project's agreement (opening stock)"
        ).as_pair()
    }
    node[last] = {"value": plan, "cite": cite}
    return library.store_policy(entering.connection, content, entering.now)

"""Running projects of the opening stock: with budget, tranches and what was paid before, each as one."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from incubator.engine import library
from incubator.models.base import table
from incubator.models.cases import Case
from incubator.models.funding import BudgetLine, Project, Tranche
from incubator.models.money import JournalEntry, MoneyAccount
from incubator.services.opening_stock.layout import Kind
from tests.procedures.world import Centre
from tests.services.opening_stock.books import brought_in, codes, fates

Stock = dict[Kind, list[dict[str, Any]]]
PROJECT = {
    "community": "桂花社区", "organization": "常青合唱团", "number": "2026/03", "title": "老年合唱进社区", "call": "2026年第一批",
    "fund": "福彩公益金", "payee": "晚晴服务中心", "awarded": 29999.99, "agreement_number": "资2026-3",
    "agreed_on": date(2026, 3, 2), "ends_on": date(2026, 12, 20), "minutes_number": "党工委纪要〔2026〕4号",
}  # fmt: skip
PAID = {"paid": 14999.99, "paid_on": date(2026, 3, 12), "voucher": "记-0312"}
STOCK: Stock = {
    Kind.ORGANIZATION: [
        {"community": "桂花社区", "organization": "晚晴服务中心", "standing": "已登记", "registration_number": "52510105MJQ0000001"}
    ],
    Kind.PROJECT: [PROJECT],
    Kind.BUDGET_LINE: [
        {"number": "2026/03", "title": "排练场地", "planned": "１万元"},
        {"number": "2026/03", "title": "教师课酬", "planned": "19,999.99"},
    ],
    Kind.TRANCHE: [
        {"number": "2026/03", "place": "第一期", "gate": "签约", "share": 0.5, **PAID},
        {"number": "2026/03", "place": 2, "gate": "中期", "share": "30%"},
        {"number": "2026/03", "place": 3, "gate": "结项", "share": 20},
    ],
}  # fmt: skip


def rows(centre: Centre, model: Any) -> list[Any]:
    found = table(model)
    with centre.database.read() as connection:
        return list(connection.execute(select(found).order_by(found.c.id)).all())


def fund(centre: Centre) -> str:
    """The name of a fund of the policy in force."""
    with centre.database.read() as connection:
        policy = library.policy_in_force(connection, centre.street_id, date(2026, 9, 18))
    return str(policy.get("funding.funds")[0]["name"]["zh"])


def stock(centre: Centre, kind: Kind | None = None, place: int = 0, /, **values: Any) -> Stock:
    """STOCK with the policy's fund, and one row saying something else."""
    made = {each: [dict(row) for row in entries] for each, entries in STOCK.items()}
    made[Kind.PROJECT][0]["fund"] = fund(centre)
    if kind is not None:
        made[kind][place] |= values
    return made


def test_a_running_project_stands_where_its_papers_left_it(centre: Centre) -> None:
    done = brought_in(centre, stock(centre))
    assert fates(done) == ["entered"] * 7
    (project,) = rows(centre, Project)
    assert (project.awarded_fen, project.status, project.call_id, project.application_case_id) == (
        2999999,
        "running",
        0,
        None,
    )
    assert (project.agreement_number, project.ends_on) == ("资2026-3", date(2026, 12, 20))
    assert "原编号 2026/03" in project.paper
    assert "党工委纪要〔2026〕4号" in project.paper
    assert [(row.title, row.planned_fen) for row in rows(centre, BudgetLine)] == [
        ("排练场地", 1000000),
        ("教师课酬", 1999999),
    ]
    assert [(row.gate, row.share, row.fen, row.paid_fen, row.status) for row in rows(centre, Tranche)] == [
        ("signed", "50", 1499999, 1499999, "paid"), ("midterm", "30", 899999, 0, "waiting"),
        ("final", "20", 600001, 0, "waiting"),
    ]  # fmt: skip
    first = rows(centre, Tranche)[0]
    assert (first.paid_on, first.paper.startswith("凭证 记-0312，")) == (date(2026, 3, 12), True)
    balances = {row.code: row.balance for row in rows(centre, MoneyAccount)}
    number = project.number
    assert (balances[f"project:{number}:paid"], balances[f"project:{number}:committed"]) == (1499999, 1500000)
    assert sum(balances.values()) == 0
    (case,) = rows(centre, Case)
    assert (case.procedure, case.period, case.open, case.id) == ("project", number, True, project.case_id)
    assert case.step == "carrying_out"
    assert "organization.project_brought_in" in centre.events("organization")

    entries = len(rows(centre, JournalEntry))
    assert fates(brought_in(centre, stock(centre))) == ["unchanged"] * 7
    assert (len(rows(centre, Project)), len(rows(centre, JournalEntry))) == (1, entries)
    later = brought_in(
        centre, stock(centre, Kind.TRANCHE, 1, paid=8999.99, paid_on=date(2026, 8, 1), voucher="记-0801")
    )
    assert codes(later)[1] == ["changed"], "what is paid since is paid in the service"
    assert fates(later)[2:] == ["refused"] * 5


REFUSALS: tuple[tuple[Kind, int, dict[str, Any], str], ...] = (
    (Kind.PROJECT, 0, {"payee": None}, "payee_is_no_legal_person"),
    (Kind.PROJECT, 0, {"payee": "无此单位"}, "organization_unknown"),
    (Kind.PROJECT, 0, {"fund": "私人账户"}, "unreadable"),
    (Kind.PROJECT, 0, {"awarded": 30000}, "budget_does_not_fit"),
    (Kind.PROJECT, 0, {"awarded": "29,999.999"}, "unreadable"),
    (Kind.PROJECT, 0, {"agreed_on": date(2026, 10, 1)}, "in_the_future"),
    (Kind.PROJECT, 0, {"ends_on": date(2026, 1, 1)}, "dates_reversed"),
    (Kind.PROJECT, 0, {"number": "2026/04"}, "budget_missing tranches_missing"),
    (Kind.BUDGET_LINE, 0, {"planned": 1}, "budget_does_not_fit"),
    (Kind.BUDGET_LINE, 0, {"planned": "若干"}, "part_refused"),
    (Kind.TRANCHE, 0, {"voucher": None}, "payment_incomplete"),
    (Kind.TRANCHE, 0, {"paid": 30000}, "paid_beyond_award"),
    (Kind.TRANCHE, 1, {"share": 0.2}, "shares_do_not_fit"),
    (Kind.TRANCHE, 1, {"share": "0.3"}, "part_refused"),
    (Kind.TRANCHE, 1, {"place": 3}, "places_do_not_follow"),
    (Kind.TRANCHE, 1, {"gate": "结项"}, ""),
    (Kind.TRANCHE, 0, {"gate": "结项"}, "gates_out_of_order is_settled"),
    (Kind.TRANCHE, 2, {"paid": 1, "paid_on": date(2026, 9, 1), "voucher": "记-9"}, "paid_out_of_order is_settled"),
)  # fmt: skip


def test_every_refusal_of_a_project_says_what_to_do(centre: Centre) -> None:
    for kind, place, values, expected in REFUSALS:
        done = brought_in(centre, stock(centre, kind, place, **values), dry_run=True)
        (project,) = [each for each in done.rows if each.row.kind is Kind.PROJECT]
        assert " ".join(reason.code for reason in project.reasons) == expected, (kind, place, values)
        if expected:
            parts = {each.fate.value for each in done.rows if each.row.kind in (Kind.BUDGET_LINE, Kind.TRANCHE)}
            assert parts == {"refused"}, "a project is entered whole or not at all"


def test_what_was_paid_otherwise_than_planned_is_kept_as_paid(centre: Centre) -> None:
    done = brought_in(centre, stock(centre, Kind.TRANCHE, 0, paid=15000))
    assert done.rows[1].notes[0].zh == "第 1 期实拨 15,000.00 元，按比例应为 14,999.99 元，按实拨入账"
    assert rows(centre, Tranche)[0].paid_fen == 1500000


def test_a_mid_term_paid_on_paper_is_noted_in_the_case(centre: Centre) -> None:
    brought_in(centre, stock(centre, Kind.TRANCHE, 1, paid=8999.99, paid_on=date(2026, 8, 1), voucher="记-0801"))
    (case,) = rows(centre, Case)
    centre.act(case.public_id, "note_earlier_midterm", "officer", {"paper": "中期评估表，档案第3盒"})
    assert centre.case(case.public_id).step == "carrying_on"
    assert [row.status for row in rows(centre, Tranche)] == ["paid", "paid", "waiting"]

"""The sheet of a project's money: tranches, budget, and each expense with its voucher."""

from __future__ import annotations

from collections.abc import Iterator

from incubator.clock import today
from incubator.services.case_folder.filing_order import (
    Dated,
)
from incubator.services.case_folder.material import Material
from incubator.services.case_folder.plan import Block, Facts, Grid, Heading, Section, Sheet
from incubator.services.case_folder.sheet_words import (
    NONE,
    day,
    fen,
    same,
)
from incubator.services.projects.tranches import PAYMENT
from incubator.text import Text
from incubator.wording import amount


def money_sheets(material: Material) -> Iterator[Dated]:
    """How a project's money went, before its vouchers; of a payment its own tranche alone. Nothing for any other case."""
    project = material.project
    if project is None:
        return
    line, case = project.project, material.file.case
    when = material.written[-1].recorded_at
    place = case.period.partition("/")[2] if case.procedure == PAYMENT else ""
    tranches = [each for each in project.tranches if place in ("", str(each.place))]
    yuan = Text("金额（元）", "Amount (yuan)")
    blocks: list[Block] = [
        Facts((
            (Text("项目", "Project"), same(f"{line.number} {line.title}")),
            (Text("收款单位", "Payee"), same(line.payee_name)),
            (Text("立项金额", "Award"), amount(line.awarded_fen)),
            (Text("协议", "Agreement"), same(line.agreement_number)),
            (Text("认可支出", "Cost accepted"), amount(project.accepted_fen)),
        )),
        Heading(Text("分期拨付", "Tranches")),
        Grid(
            (Text("款次", "No."), Text("占比", "Share"), yuan, Text("拨付日期", "Paid on"), Text("拨付案件", "Case")),
            tuple(
                (
                    same(str(each.place)), same(f"{each.share}%"), fen(each.paid_fen if each.status == "paid" else each.fen),
                    day(each.paid_on) if each.status == "paid" else Text("未拨付", "not paid"),
                    same(each.case_number or each.paper),
                )
                for each in tranches
            ),
            (12, 16, 34, 32, 50), frozenset((2,)),
        ),
    ]  # fmt: skip
    if not place:
        blocks += [
            Heading(Text("预算执行", "Budget")),
            Grid(
                (Text("科目", "Line"), Text("预算（元）", "Planned (yuan)"), Text("认可支出（元）", "Accepted (yuan)")),
                tuple(
                    (same(f"{each.line}. {each.title}"), fen(each.planned_fen), fen(each.accepted_fen))
                    for each in project.lines
                ),
                (70, 40, 40), frozenset((1, 2)),
            ),
            Heading(Text("支出明细", "Expenses")),
            Grid(
                (Text("日期", "Spent on"), Text("用途", "For"), Text("收款方", "Paid to"), Text("凭证号", "Voucher"),
                 yuan, Text("认可（元）", "Accepted (yuan)"), Text("登记 / 审核", "Recorded / decided")),
                tuple(
                    (
                        day(each.spent_on), same(each.purpose), same(each.payee), same(each.voucher_number),
                        fen(each.fen), fen(each.accepted_fen), same(f"{each.recorder} / {each.decider or '—'}"),
                    )
                    for each in reversed(project.expenses)
                ),
                (21, 34, 28, 24, 24, 24, 28), frozenset((4, 5)),
            ),
        ]  # fmt: skip
    # Before its vouchers.
    yield (
        (-1, when),
        Sheet(
            section=Section.MONEY,
            title=Text("拨付和支出情况", "Payments and expenses"),
            number=line.number,
            responsible=same(material.street),
            dated=today(when),
            remark=NONE,
            content=tuple(blocks),
        ),
    )

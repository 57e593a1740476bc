"""What a project's page shows: its money, lines, tranches and expenses, and what keeps it from going on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from api.pages import due
from api.pages.case_view import blocker_cards
from incubator.engine.case import CaseView
from incubator.engine.choices import Choice
from incubator.engine.deadline_words import in_words
from incubator.engine.roles import Actor
from incubator.models.base import NO_DATE
from incubator.models.funding import ExpenseStatus, ProjectStatus, TrancheStatus
from incubator.queries.projects import (
    ExpenseLine,
    LineOfBudget,
    ProjectFile,
    ProjectLine,
    TrancheLine,
    project_of_period,
    projects_of,
)
from incubator.services.projects.accounts import PLACE_TITLES, Place
from incubator.services.projects.starting import PROJECT
from incubator.services.projects.sums import in_percent
from incubator.services.projects.tranches import PAYMENT
from incubator.text import Text
from incubator.wording import amount

ADDRESS = "/projects"
STATUS_NAMES: dict[str, tuple[Text, str]] = {
    ProjectStatus.AWARDED: (Text("已立项，待签协议", "awarded, agreement to follow"), "info"),
    ProjectStatus.RUNNING: (Text("实施中", "running"), "info"),
    ProjectStatus.SETTLED: (Text("已结项", "settled"), "good"),
    ProjectStatus.TERMINATED: (Text("已终止", "terminated"), "bad"),
    ProjectStatus.LAPSED: (Text("立项失效", "lapsed"), "done"),
}
_GATES = {
    "signed": Text("签订协议", "agreement signed"),
    "midterm": Text("中期评估合格", "mid-term passed"),
    "final": Text("结项验收合格", "finally accepted"),
}
_TRANCHES: dict[str, tuple[Text, str]] = {
    TrancheStatus.WAITING: (Text("未达拨付条件", "behind its gate"), "neutral"),
    TrancheStatus.OPEN: (Text("待申请拨付", "may be asked for"), "warn"),
    TrancheStatus.REQUESTED: (Text("拨付办理中", "asked for"), "info"),
    TrancheStatus.PAID: (Text("已拨付", "paid"), "good"),
    TrancheStatus.STOPPED: (Text("已停拨", "stopped"), "bad"),
    TrancheStatus.RELEASED: (Text("无需拨付", "not needed"), "done"),
}
_EXPENSES: dict[str, tuple[Text, str]] = {
    ExpenseStatus.RECORDED: (Text("待审核", "to be decided"), "warn"),
    ExpenseStatus.ACCEPTED: (Text("已认可", "accepted"), "good"),
    ExpenseStatus.REJECTED: (Text("不认可", "rejected"), "bad"),
}
LIST_COLUMNS = [
    {"key": "title", "title": Text("项目", "Project"), "main": True},
    {"key": "organization", "title": Text("实施组织", "Organization")},
    {"key": "call", "title": Text("批次", "Call")},
    {"key": "awarded", "title": Text("立项金额（元）", "Award (yuan)"), "kind": "money"},
    {"key": "status", "title": Text("状态", "Status")},
    {"key": "step", "title": Text("当前环节", "Step")},
]
LINE_COLUMNS = [
    {"key": "title", "title": Text("预算科目", "Budget line"), "main": True},
    {"key": "planned", "title": Text("预算（元）", "Planned (yuan)"), "kind": "money"},
    {"key": "accepted", "title": Text("认可支出（元）", "Accepted (yuan)"), "kind": "money"},
    {"key": "recorded", "title": Text("待审核（元）", "Undecided (yuan)"), "kind": "money"},
    {"key": "rate", "title": Text("执行率", "Execution rate"), "kind": "number"},
]
TRANCHE_COLUMNS = [
    {"key": "place", "title": Text("款次", "Tranche"), "main": True},
    {"key": "gate", "title": Text("拨付条件", "Gate")},
    {"key": "fen", "title": Text("金额（元）", "Amount (yuan)"), "kind": "money"},
    {"key": "status", "title": Text("状态", "Status")},
    {"key": "payment", "title": Text("拨付案件", "Payment")},
]
EXPENSE_COLUMNS = [
    {"key": "spent_on", "title": Text("日期", "Spent on"), "kind": "day"},
    {"key": "purpose", "title": Text("用途", "For"), "main": True},
    {"key": "line", "title": Text("科目", "Line")},
    {"key": "fen", "title": Text("金额（元）", "Amount (yuan)"), "kind": "money"},
    {"key": "voucher", "title": Text("凭证", "Voucher")},
    {"key": "status", "title": Text("审核", "Decided")},
]


def list_row(line: ProjectLine, this_day: date) -> dict[str, Any]:
    """A project in a list."""
    words, tone = STATUS_NAMES[line.status]
    step: Any = line.step_title if line.case_public_id else None
    if line.case_public_id and line.due_on != NO_DATE:
        step = {"text": line.step_title, "note": due.badge(line.due_on, this_day)[0]}
    return {
        "title": {"text": line.title, "href": f"{ADDRESS}/{line.public_id}", "note": line.number},
        "organization": {"text": line.organization_name, "href": f"/organizations/{line.organization_public_id}"},
        "call": line.call_number,
        "awarded": line.awarded_fen,
        "status": {"text": words, "tone": tone},
        "step": step,
    }


def projects_part(connection: Connection, actor: Actor, organization_id: int, this_day: date) -> dict[str, Any]:
    """What an organization's page shows of its projects."""
    columns = [column for column in LIST_COLUMNS if column["key"] != "organization"]
    return {
        "columns": columns,
        "rows": [list_row(line, this_day) for line in projects_of(connection, actor, organization_id)],
    }


def grant_of(connection: Connection, actor: Actor, case: CaseView) -> dict[str, Any] | None:
    """What the page of a project's case, or of a payment's, tells of the project; None for any other case."""
    if case.procedure not in (PROJECT, PAYMENT):
        return None
    file = project_of_period(connection, actor, case.street_id, case.period)
    if file is None:
        return None
    place = case.period.partition("/")[2]
    tranche = next((each for each in file.tranches if str(each.place) == place), None)
    told: list[tuple[Text, Any]] = [(Text("收款单位", "Payee"), file.project.payee_name)]
    if tranche is not None:
        told.append((Text("拨付条件", "Gate"), _GATES[tranche.gate]))
        told.append((Text("款次", "Tranche"), Text(f"第 {tranche.place} 笔", f"{tranche.place}")))
        told.append((Text("拨付金额", "Amount"), amount(tranche.fen)))
    else:
        told.append((Text("立项金额", "Award"), amount(file.project.awarded_fen)))
        told.append((Text("认可支出", "Accepted"), amount(file.accepted_fen)))
        told += [(PLACE_TITLES[place], amount(fen)) for place, fen in file.money.items() if fen]
    lines = [] if tranche is not None else [_named_line(line) for line in file.lines]
    return {"title": file.project.title, "href": f"{ADDRESS}/{file.project.public_id}", "facts": told, "lines": lines}


def _named_line(line: LineOfBudget) -> tuple[str, Text]:
    return f"{line.line}. {line.title}", amount(line.planned_fen)


def project_page(file: ProjectFile, choices: Sequence[Choice], this_day: date) -> dict[str, Any]:
    """Everything that the page of a project shows. `choices` are the case's, for what is blocked and why."""
    project = file.project
    words, tone = STATUS_NAMES[project.status]
    return {
        "project": project,
        "state": {"text": words, "tone": tone},
        "facts": _facts(project),
        "case": _case(project, this_day),
        "blocked": _blocked(project, choices),
        "bar": money_bar(file),
        "rate": percent(file.rate),
        "lines": [_line_row(line) for line in file.lines],
        "line_columns": LINE_COLUMNS,
        "tranches": [_tranche_row(each, this_day) for each in file.tranches],
        "tranche_columns": TRANCHE_COLUMNS,
        "expenses": [_expense_row(each, file.lines) for each in file.expenses],
        "expense_columns": EXPENSE_COLUMNS,
    }


def percent(rate: int) -> str:
    """A rate in hundredths of a percent as people read it."""
    return f"{in_percent(rate)}%"


def money_bar(file: ProjectFile) -> dict[str, Any]:
    """The award as a bar of parts: each its title, fen, and where it begins and how wide it is in thousandths."""
    awarded = file.project.awarded_fen
    amounts = [(place.value, PLACE_TITLES[place], file.money[place]) for place in
               (Place.PAID, Place.IN_PAYMENT, Place.COMMITTED, Place.DUE_BACK)]  # fmt: skip
    rest = awarded - sum(fen for _, _, fen in amounts)
    amounts.append(("released", Text("已释放或退回", "released or given back"), rest))
    parts, begins = [], 0
    for key, title, fen in amounts:
        if fen > 0:
            wide = fen * 1000 // awarded
            parts.append({"key": key, "title": title, "fen": fen, "begins": begins, "wide": max(wide, 2)})
            begins += wide
    return {"awarded": awarded, "parts": parts}


def _facts(project: ProjectLine) -> list[tuple[Text, Any]]:
    term = None
    if project.starts_on != NO_DATE:
        since, until = in_words(project.starts_on), in_words(project.ends_on)
        term = Text(f"{since.zh}至{until.zh}", f"{since.en} to {until.en}")
    told: list[tuple[Text, Any]] = [
        (Text("项目编号", "Number"), project.number),
        (Text("批次", "Call"), project.call_number),
        (Text("收款单位", "Payee"), project.payee_name),
        (Text("协议", "Agreement"), project.agreement_number),
        (Text("项目期", "Term"), term),
        (Text("会议纪要", "Minutes"), project.minutes_number),
        (Text("依据", "Paper"), project.paper),
    ]
    return [(title, value) for title, value in told if value]


def _case(project: ProjectLine, this_day: date) -> dict[str, Any] | None:
    if not project.case_public_id:
        return None
    words, tone = due.badge(project.due_on, this_day)
    return {
        "href": f"/cases/{project.case_public_id}",
        "number": project.case_number,
        "step": project.step_title,
        "due": {"text": words, "tone": tone} if project.due_on != NO_DATE else None,
    }


def _blocked(project: ProjectLine, choices: Sequence[Choice]) -> list[dict[str, Any]]:
    """What cannot be done now although the person could otherwise do it; what cures it is on the case's page."""
    return [
        {
            "title": choice.decision.title,
            "blockers": [
                _at_the_case(project, card) | {"also": [_at_the_case(project, other) for other in card["also"]]}
                for card in blocker_cards(choice.blockers)
            ],
        }
        for choice in choices
        if choice.blockers and choice.decision.style == "primary" and all(each.kind != "who" for each in choice.blockers)
    ]  # fmt: skip


def _at_the_case(project: ProjectLine, card: dict[str, Any]) -> dict[str, Any]:
    return {**card, "link": f"/cases/{project.case_public_id}{card['link']}" if card["link"] else ""}


def _line_row(line: LineOfBudget) -> dict[str, Any]:
    spent = line.accepted_fen + line.recorded_fen
    over = {"tone": "warn"} if spent > line.planned_fen else {}
    note = {"note": Text("超过预算", "over its plan")} if over else {}
    return {
        "title": {"text": f"{line.line}. {line.title}", **note},
        "planned": line.planned_fen,
        "accepted": line.accepted_fen,
        "recorded": line.recorded_fen or None,
        "rate": percent(line.rate),
        **over,
    }


def _tranche_row(tranche: TrancheLine, this_day: date) -> dict[str, Any]:
    words, tone = _TRANCHES[tranche.status]
    note = None
    if tranche.status == TrancheStatus.PAID:
        note = in_words(tranche.paid_on)
    payment: Any = tranche.paper or None
    if tranche.case_public_id:
        badge = due.badge(tranche.due_on, this_day)[0] if tranche.due_on != NO_DATE else None
        payment = {"text": tranche.step_title, "href": f"/cases/{tranche.case_public_id}", "note": badge}
    share = f"{tranche.share}%"
    return {
        "place": {
            "text": Text(f"第 {tranche.place} 笔", f"Tranche {tranche.place}"),
            "note": Text(f"计划占 {share}", f"{share} by the plan"),
        },
        "gate": _GATES[tranche.gate],
        "fen": tranche.paid_fen if tranche.status == TrancheStatus.PAID else tranche.fen,
        "status": {"text": words, "tone": tone, "note": note},
        "payment": payment,
    }


def _expense_row(expense: ExpenseLine, lines: Sequence[LineOfBudget]) -> dict[str, Any]:
    words, tone = _EXPENSES[expense.status]
    line = next((each.title for each in lines if each.line == expense.line), "")
    note: Any = Text(f"{expense.recorder}登记", f"recorded by {expense.recorder}")
    if expense.decider:
        note = Text(f"{expense.decider}审核", f"decided by {expense.decider}")
    if 0 < expense.accepted_fen < expense.fen:
        words, part = Text("部分认可", "accepted in part"), amount(expense.accepted_fen)
        note = Text(f"认可 {part.zh}，{note.zh}", f"{part.en} accepted, {note.en}")
    if expense.reason:
        note = Text(f"{note.zh}：{expense.reason}", f"{note.en}: {expense.reason}")
    fen: Any = expense.fen
    voucher: Any = {"text": expense.voucher_number, "note": expense.payee or None}
    if expense.document_public_id:
        voucher["href"] = f"/documents/{expense.document_public_id}"
    return {
        "spent_on": expense.spent_on,
        "purpose": expense.purpose,
        "line": line,
        "fen": fen,
        "voucher": voucher,
        "status": {"text": words, "tone": tone, "note": note},
    }

"""Facts about projects and their payments: status, money, tranches, expenses, the payee, the reports."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from incubator.clock import today
from incubator.facts.bulk import among
from incubator.facts.registry import Asking, AsOf, CaseRef, Fact, Facts, provides
from incubator.facts.together import Question
from incubator.models.base import table
from incubator.models.cases import Case, Deadline
from incubator.models.funding import Expense, ExpenseStatus, Project, Tranche
from incubator.models.money import MoneyAccount
from incubator.models.organizations import Organization
from incubator.services.projects.accounts import Place, of_project

_GUARD = "project"
MIDTERM_STEP, FINAL_STEP = "carrying_out", "carrying_on"

# Built once: on the hot path of advance, putting a statement together costs more than executing it.
_PROJECTS, _TRANCHES, _EXPENSES, _CASES = table(Project), table(Tranche), table(Expense), table(Case)
_ORGANIZATIONS, _ACCOUNTS, _DEADLINES = table(Organization), table(MoneyAccount), table(Deadline)
_NAMED = (
    select(
        _PROJECTS,
        _ORGANIZATIONS.c.name.label("payee_name"),
        _ORGANIZATIONS.c.standing.label("payee_standing"),
    )
    .join_from(_PROJECTS, _ORGANIZATIONS, _ORGANIZATIONS.c.id == _PROJECTS.c.payee_id)
    .where(among(_PROJECTS.c.street_id, "streets"), among(_PROJECTS.c.number, "numbers"))
)
_PARTS = (
    select(_TRANCHES, _CASES.c.number.label("case_number"), _CASES.c.open.label("case_open"))
    .join_from(_TRANCHES, _CASES, _CASES.c.id == _TRANCHES.c.case_id, isouter=True)
    .where(among(_TRANCHES.c.project_id, "projects"))
    .order_by(_TRANCHES.c.project_id, _TRANCHES.c.place)
)
_UNDECIDED = (
    select(_EXPENSES.c.project_id, func.count().label("number"))
    .where(among(_EXPENSES.c.project_id, "projects"), _EXPENSES.c.status == ExpenseStatus.RECORDED.value)
    .group_by(_EXPENSES.c.project_id)
)
_BALANCES = select(_ACCOUNTS.c.street_id, _ACCOUNTS.c.code, _ACCOUNTS.c.balance).where(
    among(_ACCOUNTS.c.street_id, "streets"), among(_ACCOUNTS.c.code, "codes")
)
# The last of a step's limits is the one that its report was measured by.
_MISSED = (
    select(_DEADLINES.c.case_id, _DEADLINES.c.step, _DEADLINES.c.state)
    .where(among(_DEADLINES.c.case_id, "cases"), _DEADLINES.c.step.in_((MIDTERM_STEP, FINAL_STEP)))
    .order_by(_DEADLINES.c.id)
)


@provides(
    Fact("project.status", str, guard=_GUARD),  # empty where the case's period names no project
    Fact("project.payee", dict, guard="organization"),  # {"name", "standing"}
)
def project(cases: Sequence[CaseRef], as_of: AsOf) -> Asking:
    """The project that the case's period names."""
    asked = {"streets": {case.street_id for case in cases}, "numbers": {number_of(case) for case in cases}}
    rows = yield Question(_NAMED, asked)
    found = {(row.street_id, row.number): row for row in rows}
    answers: list[Mapping[str, Any]] = []
    for case in cases:
        row = found.get((case.street_id, number_of(case)))
        payee = {"name": row.payee_name, "standing": row.payee_standing} if row else {}
        answers.append({"project.status": row.status if row else "", "project.payee": payee, "row": row})
    return answers


@provides(
    # Each {"place", "gate", "status", "fen", "case"}: the number of its open payment case, empty without one.
    Fact("project.tranches", tuple, guard=_GUARD),
    Fact("payment.tranche", dict, guard=_GUARD),  # the one that the case's period names; empty without one
    after=(project,),
)
def tranches(cases: Sequence[CaseRef], as_of: AsOf, projects: Facts) -> Asking:
    """The tranches of the case's project."""
    parts: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in (yield Question(_PARTS, {"projects": _ids(projects)})):
        case_number = row.case_number if row.case_open else ""
        parts[row.project_id].append(
            {"place": row.place, "gate": row.gate, "status": row.status, "fen": row.fen, "case": case_number}
        )
    answers = []
    for case, known in zip(cases, projects, strict=True):
        own = parts[known["row"].id] if known["row"] else []
        place = case.period.partition("/")[2]
        tranche = next((part for part in own if str(part["place"]) == place), {})
        answers.append({"project.tranches": tuple(own), "payment.tranche": tranche})
    return answers


@provides(Fact("project.undecided", int, guard=_GUARD), after=(project,))
def undecided(cases: Sequence[CaseRef], as_of: AsOf, projects: Facts) -> Asking:
    """How many expenses nobody has accepted or rejected yet."""
    rows = yield Question(_UNDECIDED, {"projects": _ids(projects)})
    counted = {row.project_id: row.number for row in rows}
    return [{"project.undecided": counted.get(known["row"].id, 0) if known["row"] else 0} for known in projects]


@provides(Fact("project.money", dict, guard=_GUARD))
def money(cases: Sequence[CaseRef], as_of: AsOf) -> Asking:
    """Place -> fen: committed, in_payment, paid, due_back."""
    codes = {of_project(number_of(case), place) for case in cases for place in Place}
    asked = {"streets": {case.street_id for case in cases}, "codes": codes}
    rows = yield Question(_BALANCES, asked)
    lying = {(row.street_id, row.code): int(row.balance) for row in rows}
    return [
        {
            "project.money": {
                place.value: lying.get((case.street_id, of_project(number_of(case), place)), 0) for place in Place
            }
        }
        for case in cases
    ]


@provides(Fact("project.late_reports", frozenset), Fact("project.report_overdue", bool))
def late_reports(cases: Sequence[CaseRef], as_of: AsOf) -> Asking:
    """The steps whose report came late or not at all, and whether the one that is awaited now is overdue."""
    states: dict[int, dict[str, str]] = defaultdict(dict)
    for row in (yield Question(_MISSED, {"cases": {case.id for case in cases if case.id}})):
        states[row.case_id][row.step] = row.state
    day = today(as_of.moment)
    return [
        {
            "project.late_reports": frozenset(step for step, state in states[case.id].items() if state == "missed"),
            "project.report_overdue": case.due_on < day,
        }
        for case in cases
    ]


@provides(Fact("project.midterm_concluded", bool))
def midterm_concluded(cases: Sequence[CaseRef], as_of: AsOf) -> Asking:
    """Whether the mid-term review has been concluded, passed or failed."""
    yield []  # the case itself tells it
    return [{"project.midterm_concluded": "midterm_concluded" in case.milestones} for case in cases]


def number_of(case: CaseRef) -> str:
    """The project's number in the period of its case or of one of its payments."""
    return case.period.partition("/")[0]


def _ids(projects: Facts) -> set[int]:
    return {known["row"].id for known in projects if known["row"]}

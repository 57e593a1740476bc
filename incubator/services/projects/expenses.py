"""Expenses of a project: recorded with their voucher on a budget line, accepted or rejected by somebody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import Connection, Row, insert, or_, select, update

from incubator.canonical import public_id
from incubator.clock import today
from incubator.engine import library
from incubator.engine.policy import Policy
from incubator.engine.roles import Actor
from incubator.errors import Conflict, Invalid, NotAllowed, NotFound
from incubator.models.base import table
from incubator.models.cases import Case
from incubator.models.funding import Expense, ExpenseStatus, Project, ProjectStatus
from incubator.policies import matching
from incubator.queries.visibility import Permission, require, visible_to
from incubator.services.documents import add_document
from incubator.services.projects.accounts import locked_project
from incubator.services.projects.awards import note_project
from incubator.services.projects.lines import lines_of
from incubator.services.uploads import Upload
from incubator.text import Text
from incubator.wording import amount

TOLERANCE = "project.expenses.tolerance"
PROHIBITED = "funding.costs.prohibited"
VOUCHER = "voucher"
# Where the project's case stands once its cost is settled: nothing is recorded or decided any more.
SETTLED_STEPS = frozenset({"winding_up", "settled", "terminating", "terminated"})


class ProjectTakesNoExpenses(Conflict):
    """The project does not run, or its cost is settled."""

    code: ClassVar[str] = "project_takes_no_expenses"
    title: ClassVar[Text] = Text("项目不在实施中", "The project is not being carried out")


class ExpenseIsDecided(Conflict):
    """Somebody has accepted or rejected it."""

    code: ClassVar[str] = "expense_is_decided"
    title: ClassVar[Text] = Text("该笔支出已审核", "The expense is decided")


@dataclass(frozen=True, slots=True)
class Spent:
    """What is to be recorded: an amount in fen on a budget line, with the voucher that shows it."""

    line: int
    spent_on: date
    fen: int
    purpose: str
    voucher_number: str
    payee: str = ""


def record_expense(
    connection: Connection, *, project: str, spent: Spent, voucher: Upload, actor: Actor, now: datetime
) -> str:
    """Record an expense of a project (by its public id) with its voucher's picture; answers the expense's public id.

    Raises NotFound, NotAllowed, ProjectTakesNoExpenses, and Invalid by field: a line that there is not, a day outside the
    project's term, a voucher number used before, a prohibited cost, a line overspent beyond the policy's tolerance.
    """
    row = _seen(connection, project, actor, Permission.RECORD_EXPENSE)
    policy = _policy(connection, row)
    faults = _faults(connection, row, spent, policy, now)
    if faults:
        raise Invalid(
            Text("支出填写有误，请改正后重新提交", "The expense does not fit: correct what is marked"), fields=faults
        )
    document = add_document(
        connection, street_id=row.street_id, organization_id=row.organization_id, case_id=row.case_id, kind=VOUCHER,
        filename=voucher.filename, media_type=voucher.media_type, size=voucher.size, sha256=voucher.sha256,
        made_by=actor.person_id, now=now, replaces=False,
    )  # fmt: skip
    fresh = public_id()
    connection.execute(
        insert(table(Expense)).values(
            public_id=fresh, street_id=row.street_id, project_id=row.id, line=spent.line, spent_on=spent.spent_on,
            fen=spent.fen, accepted_fen=0, purpose=spent.purpose.strip(), payee=spent.payee.strip(),
            voucher_number=spent.voucher_number.strip(), document_id=document.id,
            status=ExpenseStatus.RECORDED.value, reason="", recorded_by=actor.person_id, recorded_at=now, decided_by=0,
        )
    )  # fmt: skip
    note_project(
        connection, row.organization_id, "organization.expense_recorded", row.number, actor, now, today(now),
        expense=fresh, line=spent.line, fen=spent.fen, voucher_number=spent.voucher_number.strip(),
        document=document.public_id, spent_on=spent.spent_on.isoformat(),
    )  # fmt: skip
    return fresh


def accept_expense(
    connection: Connection,
    *,
    project: str,
    expense: str,
    accepted_fen: int | None,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Accept an expense of a project (both by public id), or with a reason a part of it; never by who recorded it.

    Raises NotFound, NotAllowed, ExpenseIsDecided, ProjectTakesNoExpenses, Invalid.
    """
    row, of = _undecided(connection, project, expense, actor)
    accepted = row.fen if accepted_fen is None else accepted_fen
    if not 0 < accepted <= row.fen:
        raise _invalid("accepted_fen", Text("认可金额应大于零且不超过支出金额", "Accept more than nothing, and no more than was spent"))  # fmt: skip
    if accepted < row.fen and not reason.strip():
        raise _invalid("reason", Text("部分认可的须说明理由", "Say why only a part is accepted"))
    _decide(connection, row, of, ExpenseStatus.ACCEPTED, accepted, reason, actor, now)


def reject_expense(
    connection: Connection, *, project: str, expense: str, reason: str, actor: Actor, now: datetime
) -> None:
    """Reject an expense with a reason; never by who recorded it. A wrong one is entered anew."""
    row, of = _undecided(connection, project, expense, actor)
    if not reason.strip():
        raise _invalid("reason", Text("请填写不认可的理由", "Give the reason"))
    _decide(connection, row, of, ExpenseStatus.REJECTED, 0, reason, actor, now)


def _decide(
    connection: Connection, row: Row[Any], project: Row[Any], status: ExpenseStatus, accepted: int, reason: str,
    actor: Actor, now: datetime,
) -> None:  # fmt: skip
    expenses = table(Expense)
    connection.execute(
        update(expenses)
        .where(expenses.c.id == row.id)
        .values(
            status=status.value, accepted_fen=accepted, reason=reason.strip(), decided_by=actor.person_id, decided_at=now
        )
    )  # fmt: skip
    note_project(
        connection, project.organization_id, f"organization.expense_{status.value}", project.number, actor, now,
        today(now), expense=row.public_id, line=row.line, fen=row.fen, accepted_fen=accepted, reason=reason.strip(),
    )  # fmt: skip


def _seen(connection: Connection, project: str, actor: Actor, permission: Permission) -> Row[Any]:
    """The project, locked, where the actor sees it, may do this, and it takes expenses."""
    projects, cases = table(Project), table(Case)
    row = locked_project(connection, projects.c.public_id == project, visible_to(actor, projects))
    require(actor, permission, street_id=row.street_id, community_id=row.community_id)
    step = connection.execute(select(cases.c.step).where(cases.c.id == row.case_id)).scalar_one_or_none()
    if row.status != ProjectStatus.RUNNING or step in SETTLED_STEPS:
        raise ProjectTakesNoExpenses(
            Text(
                f"项目 {row.number} 未在实施，或已结算，不能再登记、审核支出",
                f"Project {row.number} does not run, or its cost is settled: its expenses stand as they are",
            )
        )
    return row


def _undecided(connection: Connection, project: str, expense: str, actor: Actor) -> tuple[Row[Any], Row[Any]]:
    of = _seen(connection, project, actor, Permission.DECIDE_EXPENSE)
    expenses = table(Expense)
    row = connection.execute(
        select(expenses).where(expenses.c.public_id == expense, expenses.c.project_id == of.id)
    ).one_or_none()
    if row is None:
        raise NotFound(Text("该项目没有这笔支出", "The project has no such expense"))
    if row.status != ExpenseStatus.RECORDED:
        raise ExpenseIsDecided(
            Text("该笔支出已审核，有误的请另行登记", "It was decided already; what is wrong is entered anew"),
            extra={"status": row.status},
        )
    if row.recorded_by == actor.person_id:
        raise NotAllowed(
            Text("支出由登记人以外的人审核", "An expense is decided by somebody else than who recorded it"),
            extra={"reason": "four_eyes"},
        )
    return row, of


def _faults(
    connection: Connection, project: Row[Any], spent: Spent, policy: Policy, now: datetime
) -> dict[str, list[Text]]:
    faults: dict[str, list[Text]] = {}
    known = {int(row.line): row for row in lines_of(connection, project.id)}
    line = known.get(spent.line)
    if line is None:
        faults["line"] = [Text("没有这项预算科目", "There is no such budget line")]
    if spent.fen <= 0:
        faults["fen"] = [Text("金额应大于零", "An expense is more than nothing")]
    elif line is not None and (over := _over(line, spent, policy)) is not None:
        faults["fen"] = [over]
    if not project.starts_on <= spent.spent_on <= min(project.ends_on, today(now)):
        faults["spent_on"] = [
            Text("支出日期应在项目期内，且不晚于今天", "It is spent within the project's term, and not in the future")
        ]
    for name, text in (("purpose", spent.purpose), ("voucher_number", spent.voucher_number)):
        if not text.strip():
            faults[name] = [Text("此项必填", "This is required")]
    if "voucher_number" not in faults and (used := _used(connection, project, spent)) is not None:
        faults["voucher_number"] = [
            Text(f"该凭证号已在项目 {used} 登记", f"This voucher is recorded in project {used} already")
        ]
    prohibited = _prohibited(policy, spent.purpose, line.title if line is not None else "")
    if prohibited is not None:
        faults.setdefault("purpose", []).append(
            Text("属于禁止支出的{kind}", "This is a prohibited cost: {kind}").fill(kind=prohibited)
        )
    return faults


def _over(line: Row[Any], spent: Spent, policy: Policy) -> Text | None:
    """What is wrong where the line would be overspent beyond the tolerance; within it, the page shows it."""
    most = line.planned_fen * (100 + policy.whole(TOLERANCE)) // 100
    total = int(line.recorded_fen + line.accepted_fen) + spent.fen
    if total <= most:
        return None
    return Text(
        "该科目累计支出将达 {total}，超过预算 {planned} 的允许幅度（{percent}%），请先调整预算",
        "The line would reach {total}; its plan is {planned}, and {percent} % more is allowed: change the lines first",
    ).fill(total=amount(total), planned=amount(line.planned_fen), percent=str(policy.whole(TOLERANCE)))


def _used(connection: Connection, project: Row[Any], spent: Spent) -> str | None:
    """The number of the project in which this voucher stands: of this project by its number, elsewhere by payee as well."""
    expenses, projects = table(Expense), table(Project)
    found: str | None = connection.execute(
        select(projects.c.number)
        .join_from(expenses, projects, projects.c.id == expenses.c.project_id)
        .where(
            expenses.c.street_id == project.street_id,
            expenses.c.voucher_number == spent.voucher_number.strip(),
            expenses.c.status != ExpenseStatus.REJECTED.value,
            or_(expenses.c.project_id == project.id, expenses.c.payee == spent.payee.strip()),
        )
        .limit(1)
    ).scalar_one_or_none()
    return found


def _prohibited(policy: Policy, *texts: str) -> Text | None:
    worded = [(each, (each["name"]["zh"], *each["patterns"])) for each in policy.get(PROHIBITED)]
    found = matching.mentioned_kind(worded, *texts)
    return Text.from_pair(found[0]["name"]) if found is not None else None


def _policy(connection: Connection, project: Row[Any]) -> Policy:
    cases = table(Case)
    digest = connection.execute(select(cases.c.policy_hash).where(cases.c.id == project.case_id)).scalar_one()
    return library.policy(connection, digest)


def _invalid(field: str, words: Text) -> Invalid:
    return Invalid(words, fields={field: [words]})

"""Stories of projects that are carried out: paid in tranches, spent with vouchers, reviewed, settled, or gone wrong."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from incubator.models.base import table
from incubator.models.funding import Expense, Project, Tranche
from incubator.samples.agenda import Move, Moves
from incubator.samples.groups import Group
from incubator.samples.papers import scan
from incubator.samples.stage import Stage
from incubator.samples.stories.funding import Grant
from incubator.samples.stories.telling import Period, by
from incubator.services.projects.expenses import Spent, accept_expense, record_expense, reject_expense
from incubator.services.uploads import keep_upload

PROJECT, PAYMENT = "project", "payment"
_PAYEES = {
    "补贴": "志愿者签领",
    "劳务": "授课人员签领",
    "保险": "示例保险公司",
    "租用": "示例租赁行",
    "聚餐": "示例饭店",
}
ABOVE_FEN = 2_000_000  # payments above are decided by a meeting


def project_of(stage: Stage, group: Group, grant: Grant) -> Row[Any]:
    """The group's project of that title."""
    projects = table(Project)
    with stage.service.database.read() as connection:
        return connection.execute(
            select(projects).where(
                projects.c.organization_id == group.organization_id, projects.c.title == grant.title
            )
        ).one()  # fmt: skip


def _period(grant: Grant) -> Period:
    return lambda stage, group: str(project_of(stage, group, grant).number)


def _payment(grant: Grant, place: int) -> Period:
    return lambda stage, group: f"{project_of(stage, group, grant).number}/{place}"


def requested(grant: Grant, place: int) -> Moves:
    """The officer asks for a tranche; the money goes to the payee's own account."""

    def account(stage: Stage, group: Group) -> dict[str, Any]:
        payee = stage.known[grant.partner] if grant.partner else group
        return {"account_name": payee.name, "bank": "示例银行示例街道支行", "account_number": "6222 0000 0000 0001"}

    return (
        (0, by("officer", PAYMENT, "submit", account, papers=("payment_request",), period=_payment(grant, place))),
    )  # fmt: skip


def approved(grant: Grant, place: int) -> Moves:
    """The director approves, above the threshold as the meeting decided."""
    period = _payment(grant, place)

    def approve(stage: Stage, group: Group) -> None:
        project = project_of(stage, group, grant)
        tranches = table(Tranche)
        with stage.service.database.read() as connection:
            fen = connection.execute(
                select(tranches.c.fen).where(tranches.c.project_id == project.id, tranches.c.place == place)
            ).scalar_one()
        if fen <= ABOVE_FEN:
            return by("director", PAYMENT, "approve", period=period)(stage, group)
        meeting = {
            "meeting_on": stage.day.isoformat(),
            "minutes_number": f"示例街办纪要〔{stage.day.year}〕{stage.day.month}号",
        }
        return by(
            "director", PAYMENT, "approve_collectively", meeting, papers=("minutes",), handed_by="officer", period=period
        )(stage, group)  # fmt: skip

    return (*requested(grant, place), (2, approve))


def sent(grant: Grant, place: int) -> Moves:
    """The finance office has made the voucher."""

    def voucher(stage: Stage, group: Group) -> dict[str, Any]:
        return {"voucher_number": f"记字{stage.day:%Y%m}-{next(stage.vouchers):03d}"}

    period = _payment(grant, place)
    return (*approved(grant, place), (1, by("finance", PAYMENT, "enter_voucher", voucher, period=period)))


def paid(grant: Grant, place: int) -> Moves:
    """The bank has paid."""
    return (*sent(grant, place), (2, by("finance", PAYMENT, "confirm_paid", period=_payment(grant, place))))


def returned_and_paid(grant: Grant, place: int) -> Moves:
    """The bank returns it once: the same request is mended and paid in the end."""
    back = {"reason": "收款账户户名与账号不符，银行退回"}
    period = _payment(grant, place)
    again = paid(grant, place)
    return (
        *sent(grant, place),
        (3, by("finance", PAYMENT, "record_return", back, period=period)),
        *((gap or 2, move) for gap, move in again),
    )


def spends(grant: Grant, line: int, fen: int, purpose: str, number: str) -> Move:
    """The community worker records an expense with the picture of its voucher."""

    def move(stage: Stage, group: Group) -> None:
        project = project_of(stage, group, grant)
        settings = stage.service.settings
        voucher = keep_upload(
            settings.data_dir, filename=f"发票{number}.png", content=scan(f"{project.number} {number}"),
            most_mb=settings.upload_limit_mb,
        )  # fmt: skip
        payee = next((payee for word, payee in _PAYEES.items() if word in purpose), "示例商店")
        spent = Spent(line, stage.day, fen, purpose, number, payee)
        stage.write(
            group.worker,
            lambda connection, actor, now: record_expense(
                connection, project=project.public_id, spent=spent, voucher=voucher, actor=actor, now=now
            ),
        )

    return move


def accepts(grant: Grant, number: str, accepted_fen: int | None = None, reason: str = "") -> Move:
    """The officer accepts an expense, or a part of it."""

    def move(stage: Stage, group: Group) -> None:
        project, expense = _expense(stage, group, grant, number)
        stage.write(
            group.officer,
            lambda connection, actor, now: accept_expense(
                connection,
                project=project,
                expense=expense,
                accepted_fen=accepted_fen,
                reason=reason,
                actor=actor,
                now=now,
            ),
        )

    return move


def rejects(grant: Grant, number: str, reason: str) -> Move:
    """The officer rejects an expense."""

    def move(stage: Stage, group: Group) -> None:
        project, expense = _expense(stage, group, grant, number)
        stage.write(
            group.officer,
            lambda connection, actor, now: reject_expense(
                connection, project=project, expense=expense, reason=reason, actor=actor, now=now
            ),
        )

    return move


def _expense(stage: Stage, group: Group, grant: Grant, number: str) -> tuple[str, str]:
    """The public ids of the project and of its expense with that voucher."""
    expenses, project = table(Expense), project_of(stage, group, grant)
    with stage.service.database.read() as connection:
        expense = connection.execute(
            select(expenses.c.public_id).where(
                expenses.c.project_id == project.id, expenses.c.voucher_number == number
            )
        ).scalar_one()  # fmt: skip
    return str(project.public_id), str(expense)


def reports(grant: Grant, *papers: str, activities: int = 6, beneficiaries: int = 240) -> Move:
    """A report of the project is handed in."""
    said = {"progress": "按计划开展服务，台账和照片齐全。", "activities": activities, "beneficiaries": beneficiaries}
    return by("worker", PROJECT, "report", said, papers=papers, period=_period(grant))


def passes_midterm(grant: Grant) -> Move:
    """The officer finds the mid-term report good."""
    return by("officer", PROJECT, "pass", {"opinion": "进度正常，支出合规"}, period=_period(grant))


def asks_to_mend(grant: Grant) -> Move:
    """The officer sends the mid-term report back."""
    return by("officer", PROJECT, "rectify", {"points": "服务对象签到表不全"}, period=_period(grant))


def changes_lines(grant: Grant, *lines: tuple[int, int]) -> Move:
    """The worker asks to move money between lines."""
    said = {
        "lines": [{"line": line, "planned_fen": fen} for line, fen in lines],
        "reason": "活动场次增加，物料相应减少",
    }
    return by("worker", PROJECT, "propose_line_change", said, period=_period(grant))


def agrees_to_change(grant: Grant) -> Move:
    """The officer agrees to it."""
    return by("officer", PROJECT, "approve_line_change", period=_period(grant))


def proposes_acceptance(grant: Grant) -> Move:
    """The officer proposes to accept the project."""
    return by(
        "officer", PROJECT, "propose_acceptance", {"opinion": "任务完成，资料齐全，同意验收"}, period=_period(grant)
    )


def settles(grant: Grant) -> Move:
    """The director approves the settlement at actual cost."""
    return by("director", PROJECT, "approve", papers=("acceptance_paper",), handed_by="officer", period=_period(grant))


def closes(grant: Grant) -> Move:
    """The officer closes the project."""
    return by("officer", PROJECT, "close", period=_period(grant))


def fails_midterm(grant: Grant, clawback_fen: int) -> Moves:
    """Mid-term failed: proposed, decided with a clawback, served; it takes effect once nobody asks for a review."""
    return _goes_wrong(grant, "propose_failure", "半数活动未开展，签到表有代签", {"clawback_fen": clawback_fen})


def terminated(grant: Grant, clawback_fen: int) -> Moves:
    """Terminated for a breach, with a ban."""
    return _goes_wrong(
        grant,
        "propose_termination",
        "整改后仍未开展活动，并将物料款挪作他用",
        {"clawback_fen": clawback_fen, "breach": True},
    )


def _goes_wrong(grant: Grant, proposal: str, grounds: str, decided: dict[str, Any]) -> Moves:
    period = _period(grant)

    def served(stage: Stage, group: Group) -> dict[str, Any]:
        return {"means": "in_person", "recipient": group.leader}

    return (
        (4, by("officer", PROJECT, proposal, {"grounds": grounds}, period=period)),
        (3, by("director", PROJECT, "confirm", {"reasons": "事实清楚，按协议处理", **decided}, period=period)),
        (2, by("officer", PROJECT, "serve", served, papers=("sealed_project_decision",), period=period)),
    )


def refunds(grant: Grant, fen: int, paper: str) -> Move:
    """The finance office records what came back."""
    return by("finance", PROJECT, "record_refund", {"refund_fen": fen, "paper": paper}, period=_period(grant))


def mends(grant: Grant) -> Move:
    """The worker hands in what was asked for."""
    return by("worker", PROJECT, "resubmit", {"note": "已补齐签到表"}, period=_period(grant))

"""Running projects for the tests: a registered body is awarded money of a call and signs its agreement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, select

from incubator.engine import library
from incubator.models.base import table
from incubator.models.cases import Case
from incubator.models.funding import BudgetLine, Call, Expense, Project, Tranche
from incubator.services import projects
from incubator.services.journal import balance
from incubator.services.projects.accounts import balances, call_free
from incubator.services.projects.awards import Awarded
from incubator.services.projects.expenses import Spent, accept_expense, record_expense
from incubator.services.uploads import Upload
from tests.procedures.funding.grants import of, published, registered
from tests.procedures.world import SERVED, Centre

AWARDED = 2_999_999
PAYEE = "春风社会工作服务中心"
REPORT: dict[str, Any] = {"progress": "按计划送餐", "activities": 40, "beneficiaries": 2400}
ACCOUNT: dict[str, Any] = {"account_name": PAYEE, "bank": "草堂支行", "account_number": "6222000011112222"}
VOUCHER = Upload("发票.jpg", "image/jpeg", 3, "0" * 64)
LINES: list[dict[str, Any]] = [
    {"line": 1, "title": "活动物料", "kind": "materials", "planned_fen": 1_500_000},
    {"line": 2, "title": "志愿者补贴", "kind": "volunteers", "planned_fen": 1_499_999},
]


@dataclass(frozen=True, slots=True)
class Running:
    """A project that runs, and the centre of the registered body that carries it out."""

    centre: Centre
    call: str
    number: str
    public_id: str
    case_id: str

    def act(self, action: str, by: str, data: dict[str, Any] | None = None, **more: Any) -> str:
        """Move the project's case; answers the step that it comes to."""
        return self.centre.act(self.case_id, action, by, data, **more).step

    def row(self) -> Row[Any]:
        rows = table(Project)
        with self.centre.database.read() as connection:
            return connection.execute(select(rows).where(rows.c.number == self.number)).one()

    def tranches(self) -> list[tuple[int, int, str]]:
        """Place, fen, status."""
        rows = table(Tranche)
        with self.centre.database.read() as connection:
            found = connection.execute(
                select(rows).where(rows.c.project_id == self.row().id).order_by(rows.c.place)
            ).all()
        return [(row.place, row.fen, row.status) for row in found]

    def lines(self) -> dict[int, int]:
        rows = table(BudgetLine)
        with self.centre.database.read() as connection:
            found = connection.execute(select(rows).where(rows.c.project_id == self.row().id).order_by(rows.c.line))
            return {row.line: row.planned_fen for row in found}

    def money(self) -> dict[str, int]:
        """What lies where: the project's accounts that hold something, and the call's free money."""
        with self.centre.database.read() as connection:
            lying = balances(connection, self.centre.street_id, self.number)
            free = balance(connection, self.centre.street_id, call_free(self.call))
        return {**{place.value: fen for place, fen in lying.items() if fen}, "free": free}

    def payment(self, place: int) -> str:
        """The public id of a tranche's payment case."""
        cases = table(Case)
        with self.centre.database.read() as connection:
            return connection.scalars(
                select(cases.c.public_id).where(cases.c.period == f"{self.number}/{place}")
            ).one()  # fmt: skip

    def requested(self, place: int, **changes: Any) -> str:
        """A payment asked for."""
        case_id = self.payment(place)
        self.centre.upload(case_id, "payment_request")
        self.centre.act(case_id, "submit", "officer", {**ACCOUNT, **changes})
        return case_id

    def sent(self, place: int) -> str:
        """A payment that the bank has."""
        case_id = self.requested(place)
        self.centre.act(case_id, "approve", "director")
        self.centre.act(case_id, "enter_voucher", "finance", {"voucher_number": f"记-{place}"})
        return case_id

    def paid(self, *places: int) -> None:
        for place in places:
            self.centre.act(self.sent(place), "confirm_paid", "finance")

    def spend(self, fen: int, *, line: int = 1, by: str = "worker", **changes: Any) -> str:
        """Record an expense; answers its public id."""
        said: dict[str, Any] = {
            "line": line, "spent_on": self.centre.clock.now().date(), "fen": fen, "purpose": "助餐食材",
            "payee": "粮油店", "voucher_number": f"NO{self._vouchers() + 1}",
        }  # fmt: skip
        return self.centre.database.write(
            lambda connection: record_expense(
                connection, project=self.public_id, spent=Spent(**{**said, **changes}), voucher=VOUCHER,
                actor=self.centre.people[by], now=self.centre.clock.now(),
            )
        )  # fmt: skip

    def accept(self, expense: str, by: str = "officer", accepted_fen: int | None = None, reason: str = "") -> None:
        self.centre.database.write(
            lambda connection: accept_expense(
                connection, project=self.public_id, expense=expense, accepted_fen=accepted_fen, reason=reason,
                actor=self.centre.people[by], now=self.centre.clock.now(),
            )
        )  # fmt: skip

    def accepted_cost(self, *amounts: int) -> None:
        """Expenses of these amounts, all accepted, one line after the other."""
        for place, fen in enumerate(amounts):
            self.accept(self.spend(fen, line=1 + place % 2))

    def midterm_passed(self) -> None:
        self.centre.upload(self.case_id, "midterm_report")
        self.act("report", "worker", REPORT)
        self.act("pass", "officer", {"opinion": "进度正常"})

    def final_accepted(self) -> None:
        """The final report is in, and the officer proposes to accept it."""
        self.centre.upload(self.case_id, "final_report", "final_accounts")
        self.act("report", "worker", REPORT)
        self.act("propose_acceptance", "officer", {"opinion": "完成目标"})

    def settled(self) -> None:
        self.centre.upload(self.case_id, "acceptance_paper")
        self.act("approve", "director")

    def served(self, window_over: bool = True) -> None:
        """The decision just made is served, and nobody asks for a review in time."""
        self.centre.upload(self.case_id, "sealed_project_decision")
        self.act("serve", "officer", SERVED)
        if window_over:
            self.act("elapse", "automation")

    def _vouchers(self) -> int:
        rows = table(Expense)
        with self.centre.database.read() as connection:
            return len(connection.execute(select(rows.c.id)).all())


def body(centre: Centre, name: str = PAYEE) -> Centre:
    """The centre, busy with a registered body."""
    return of(centre, registered(centre, name))


def awarded(centre: Centre, call: str, fen: int = AWARDED) -> Awarded:
    """The centre's organization applies for itself and is awarded this, by the service alone."""
    case = centre.case(centre.open("funding", period=call))
    calls = table(Call)
    return centre.database.write(
        lambda connection: projects.award(
            connection, case=case, call=connection.execute(select(calls).where(calls.c.number == call)).one(),
            payee_id=centre.organization_id, title="长者助餐上门", field="elder_care", work_key="长者助餐上门",
            asked_fen=fen, awarded_fen=fen, minutes_number="会纪〔2026〕9号", actor=centre.people["director"],
            now=centre.clock.now(), effective_on=centre.clock.now().date(),
        )
    )  # fmt: skip


def started(
    centre: Centre, call: str, award: Awarded, lines: list[dict[str, Any]] | None = None, **more: Any
) -> Running:
    """The agreement of an award is signed today, for half a year from today."""
    today = centre.clock.now().date()
    calls = table(Call)

    def run(connection: Any) -> str:
        digest = connection.execute(select(calls.c.policy_hash).where(calls.c.number == call)).scalar_one()
        said: dict[str, Any] = {
            "agreement_number": "协〔2026〕1号", "agreed_on": today, "starts_on": today, "ends_on": date(2027, 3, 31),
        }  # fmt: skip
        return projects.start(
            connection, project_id=award.id, lines=LINES if lines is None else lines,
            policy=library.policy(connection, digest), actor=centre.people["officer"], now=centre.clock.now(),
            effective_on=today, **{**said, **more},
        )  # fmt: skip

    case_id = centre.database.write(run)
    return Running(centre, call, award.number, award.public_id, case_id)


def running(centre: Centre, *, call: str = "", **more: Any) -> Running:
    """A project of 29,999.99 yuan whose agreement is just signed."""
    busy = body(centre)
    number = call or published(busy)
    return started(busy, number, awarded(busy, number), **more)

"""The ledger: the journal's entries with their lines, newest first, and what lies in each account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from incubator.engine.roles import Actor
from incubator.facts.bulk import among
from incubator.models.base import table
from incubator.models.cases import Case
from incubator.models.funding import Call, Project
from incubator.models.money import JournalEntry, JournalLine, MoneyAccount
from incubator.models.streets import Person
from incubator.queries.paging import USUAL, Page, page_of, window
from incubator.queries.visibility import Permission, require, visible_to
from incubator.services.projects.accounts import Place, call_free, of_project
from incubator.text import Text

_ENTRIES, _LINES, _ACCOUNTS = table(JournalEntry), table(JournalLine), table(MoneyAccount)
_CALLS, _PROJECTS, _CASES, _PEOPLE = table(Call), table(Project), table(Case), table(Person)

PURPOSES: dict[str, Text] = {
    "call.funded": Text("批次资金到位", "call funded"),
    "call.defunded": Text("批次结余退回", "rest of a call given back"),
    "project.awarded": Text("立项", "award"),
    "project.lapsed": Text("立项失效退回", "award lapsed"),
    "project.carried_over": Text("期初结转", "carried over"),
    "payment.paid_before": Text("期初已拨付", "paid before"),
    "payment.sent": Text("开出付款凭证", "voucher"),
    "payment.paid": Text("银行到账", "paid by the bank"),
    "payment.returned": Text("银行退汇", "returned by the bank"),
    "project.released": Text("结余释放", "released"),
    "project.claimed": Text("应收回", "claimed back"),
    "project.written_off": Text("应收款核销", "written off"),
    "project.refunded": Text("收回款到账", "refund received"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Which entries: those that touch an account, a call or a project (by code and numbers); empty for all."""

    account: str = ""
    call: str = ""
    project: str = ""


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One side of an entry: positive fen came in."""

    account: str
    title: Text
    fen: int


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One balanced movement. `reverses` is the id of the entry that it takes back, 0 for none."""

    id: int
    purpose: str
    effective_on: date
    recorded_at: datetime
    memo: str
    cause: str
    reverses: int
    actor: str
    case_public_id: str
    case_number: str
    lines: tuple[LedgerLine, ...]

    @property
    def purpose_title(self) -> Text:
        """What it was for, in words."""
        return PURPOSES.get(self.purpose, Text(self.purpose, self.purpose))


@dataclass(frozen=True, slots=True)
class Balance:
    """What lies in an account, in fen."""

    code: str
    title: Text
    balance_fen: int
    guarded: bool


def entries(
    connection: Connection, actor: Actor, asked: Asked, *, cursor: str = "", limit: int = USUAL
) -> Page[LedgerEntry]:
    """A page of the street's entries, newest first, each with its lines; raises NotAllowed, and Invalid for a cursor."""
    require(actor, Permission.SEE_LEDGER)
    query = (
        select(
            _ENTRIES,
            _PEOPLE.c.name.label("actor"),
            _CASES.c.public_id.label("case_public_id"),
            _CASES.c.number.label("case_number"),
        )
        .join_from(_ENTRIES, _PEOPLE, _PEOPLE.c.id == _ENTRIES.c.actor_id, isouter=True)
        .join(_CASES, _CASES.c.id == _ENTRIES.c.case_id, isouter=True)
        .where(visible_to(actor, _ENTRIES))
    )
    codes = _codes(connection, actor, asked)
    values: dict[str, Any] = {}
    if codes is not None:
        touching = select(_LINES.c.entry_id).join_from(_LINES, _ACCOUNTS, _ACCOUNTS.c.id == _LINES.c.account_id)
        query = query.where(_ENTRIES.c.id.in_(touching.where(visible_to(actor, _ACCOUNTS), _among_codes())))
        values["codes"] = codes
    found = connection.execute(window(query, (_ENTRIES.c.id,), cursor, limit, newest_first=True), values).all()
    shown, next_cursor = page_of(found, limit, lambda row: (row.id,))
    lines = _lines(connection, [row.id for row in shown])
    return Page(
        tuple(
            LedgerEntry(
                row.id, row.purpose.removeprefix("reversal of "), row.effective_on, row.recorded_at, row.memo,
                row.cause, row.reverses_id or 0, row.actor or "", row.case_public_id or "", row.case_number or "",
                lines.get(row.id, ()),
            )
            for row in shown
        ),
        next_cursor,
    )  # fmt: skip


def account_balances(
    connection: Connection, actor: Actor, asked: Asked, *, cursor: str = "", limit: int = USUAL
) -> Page[Balance]:
    """A page of the street's accounts by code with what lies in each; raises NotAllowed."""
    require(actor, Permission.SEE_LEDGER)
    query = select(_ACCOUNTS).where(visible_to(actor, _ACCOUNTS))
    codes = _codes(connection, actor, asked)
    values: dict[str, Any] = {}
    if codes is not None:
        query, values["codes"] = query.where(_among_codes()), codes
    found = connection.execute(window(query, (_ACCOUNTS.c.code, _ACCOUNTS.c.id), cursor, limit), values).all()
    shown, next_cursor = page_of(found, limit, lambda row: (row.code, row.id))
    return Page(
        tuple(Balance(row.code, Text(row.title_zh, row.title_en), int(row.balance), row.guarded) for row in shown),
        next_cursor,
    )


def _among_codes() -> ColumnElement[bool]:
    return among(_ACCOUNTS.c.code, "codes")


def _codes(connection: Connection, actor: Actor, asked: Asked) -> set[str] | None:
    """The accounts that are asked for; None for all."""
    sets = []
    if asked.account:
        sets.append({asked.account})
    if asked.project:
        sets.append({of_project(asked.project, place) for place in Place})
    if asked.call:
        numbers = connection.scalars(
            select(_PROJECTS.c.number)
            .join_from(_PROJECTS, _CALLS, _CALLS.c.id == _PROJECTS.c.call_id)
            .where(_CALLS.c.number == asked.call, visible_to(actor, _PROJECTS))
        )
        sets.append({call_free(asked.call), *(of_project(number, place) for number in numbers for place in Place)})
    return set.intersection(*sets) if sets else None


def _lines(connection: Connection, ids: list[int]) -> dict[int, tuple[LedgerLine, ...]]:
    found: dict[int, tuple[LedgerLine, ...]] = {}
    rows = connection.execute(
        select(_LINES.c.entry_id, _LINES.c.fen, _ACCOUNTS.c.code, _ACCOUNTS.c.title_zh, _ACCOUNTS.c.title_en)
        .join_from(_LINES, _ACCOUNTS, _ACCOUNTS.c.id == _LINES.c.account_id)
        .where(among(_LINES.c.entry_id, "entries"))
        .order_by(_LINES.c.entry_id, _LINES.c.fen, _LINES.c.id),
        {"entries": ids},
    )
    for row in rows:
        line = LedgerLine(row.code, Text(row.title_zh, row.title_en), int(row.fen))
        found[row.entry_id] = (*found.get(row.entry_id, ()), line)
    return found

"""The ledger: entries of the money journal with their lines, and what lies in each account."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.callers import Reading
from api.json.shapes import Cursor, Limit, Listed, refusals
from incubator.queries.ledger import Asked, LedgerEntry, account_balances, entries
from incubator.queries.paging import USUAL

router = APIRouter(tags=["ledger"])

Account = Annotated[str, Query(max_length=100, description="An account's code")]
Call = Annotated[str, Query(max_length=40, description="A call's number")]
Project = Annotated[str, Query(max_length=40, description="A project's number")]


class LineOut(BaseModel):
    """One side of an entry, in fen: positive came in, negative went out."""

    account: str
    title: str
    fen: int


class EntryOut(BaseModel):
    """One balanced movement: its lines sum to zero. `reverses` is the id of the entry that it takes back."""

    id: int
    purpose: str
    title: str
    effective_on: date
    recorded_at: datetime
    memo: str
    reverses: int | None
    actor: str
    case_id: str
    case_number: str
    lines: list[LineOut]


class BalanceOut(BaseModel):
    """What lies in an account, in fen; a guarded one never falls below zero."""

    account: str
    title: str
    balance_fen: int
    guarded: bool


@router.get("/ledger", responses=refusals(403, 422))
def get_ledger(
    caller: Reading, account: Account = "", call: Call = "", project: Project = "", cursor: Cursor = "",
    limit: Limit = USUAL,
) -> Listed[EntryOut]:  # fmt: skip
    """A page of the street's entries, newest first, of an account, a call or a project where asked."""
    asked = Asked(account, call, project)
    page = caller.read(lambda connection: entries(connection, caller.actor, asked, cursor=cursor, limit=limit))
    return Listed(items=[_out(entry, caller.language) for entry in page.items], next_cursor=page.next_cursor)


@router.get("/ledger/balances", responses=refusals(403, 422))
def get_balances(
    caller: Reading, account: Account = "", call: Call = "", project: Project = "", cursor: Cursor = "",
    limit: Limit = USUAL,
) -> Listed[BalanceOut]:  # fmt: skip
    """A page of the street's accounts by code with what lies in each."""
    asked = Asked(account, call, project)
    page = caller.read(
        lambda connection: account_balances(connection, caller.actor, asked, cursor=cursor, limit=limit)
    )  # fmt: skip
    return Listed(
        items=[
            BalanceOut(
                account=each.code, title=each.title.read(caller.language), balance_fen=each.balance_fen,
                guarded=each.guarded,
            )
            for each in page.items
        ],
        next_cursor=page.next_cursor,
    )  # fmt: skip


def _out(entry: LedgerEntry, language: str) -> EntryOut:
    return EntryOut(
        id=entry.id,
        purpose=entry.purpose,
        title=entry.purpose_title.read(language),
        effective_on=entry.effective_on,
        recorded_at=entry.recorded_at,
        memo=entry.memo,
        reverses=entry.reverses or None,
        actor=entry.actor,
        case_id=entry.case_public_id,
        case_number=entry.case_number,
        lines=[LineOut(account=each.account, title=each.title.read(language), fen=each.fen) for each in entry.lines],
    )

"""The ledger in the workbench: entries with their lines, of an account, a call or a project, and what lies where."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from sqlalchemy import Connection
from starlette.responses import Response

from api.pages.rendering import page
from api.pages.visitors import Visiting
from incubator.queries.ledger import Asked, Balance, LedgerEntry, account_balances, entries
from incubator.queries.paging import MOST, Page
from incubator.queries.visibility import Permission, require
from incubator.text import Text
from incubator.wording import spoken

router = APIRouter()

ADDRESS = "/ledger"
_ENTRY_COLUMNS = [
    {"key": "on", "title": Text("日期", "Day"), "kind": "day"},
    {"key": "purpose", "title": Text("事项", "What for"), "main": True},
    {"key": "from", "title": Text("转出科目", "Out of")},
    {"key": "into", "title": Text("转入科目", "Into")},
    {"key": "fen", "title": Text("金额（元）", "Amount (yuan)"), "kind": "money"},
    {"key": "case", "title": Text("案件", "Case")},
    {"key": "actor", "title": Text("经手人", "By")},
]
_BALANCE_COLUMNS = [
    {"key": "title", "title": Text("科目", "Account"), "main": True},
    {"key": "balance", "title": Text("余额（元）", "Balance (yuan)"), "kind": "money"},
]


@router.get(ADDRESS)
def ledger_page(
    request: Request,
    visiting: Visiting,
    account: Annotated[str, Query(max_length=100)] = "",
    call: Annotated[str, Query(max_length=40)] = "",
    project: Annotated[str, Query(max_length=40)] = "",
    cursor: Annotated[str, Query(max_length=2000)] = "",
) -> Response:
    """The street's entries, newest first, and beside them what lies in the accounts they touch."""
    require(visiting.actor, Permission.SEE_LEDGER)
    asked = Asked(account.strip(), call.strip(), project.strip())

    def look(connection: Connection) -> tuple[Page[LedgerEntry], Page[Balance]]:
        return (
            entries(connection, visiting.actor, asked, cursor=cursor),
            account_balances(connection, visiting.actor, asked, limit=MOST),
        )

    found, lying = visiting.caller.read(look)
    kept = {name: value for name, value in (("account", account), ("call", call), ("project", project)) if value}
    return page(
        request, visiting.reader, "ledger.html", here="ledger", asked=asked,
        entry_columns=_ENTRY_COLUMNS, entries=[_entry_row(entry) for entry in found.items],
        balance_columns=_BALANCE_COLUMNS, balances=[_balance_row(each) for each in lying.items if each.balance_fen],
        next_page=f"{ADDRESS}?{urlencode({**kept, 'cursor': found.next_cursor})}" if found.next_cursor else None,
        first_page=f"{ADDRESS}?{urlencode(kept)}" if cursor else None,
    )  # fmt: skip


def _entry_row(entry: LedgerEntry) -> dict[str, Any]:
    title = entry.purpose_title
    if entry.reverses:
        title = Text(f"冲正：{title.zh}", f"reversal: {title.en}")
    case = {"text": entry.case_number, "href": f"/cases/{entry.case_public_id}"} if entry.case_public_id else None
    return {
        "on": entry.effective_on,
        "purpose": {"text": title, "note": entry.memo or None},
        "from": _accounts(entry, -1),
        "into": _accounts(entry, 1),
        "fen": sum(line.fen for line in entry.lines if line.fen > 0),
        "case": case,
        "actor": entry.actor or Text("系统", "the service"),
    }


def _accounts(entry: LedgerEntry, sign: int) -> Text:
    titles = [line.title for line in entry.lines if line.fen * sign > 0]
    return Text("、".join(title.zh for title in titles), ", ".join(title.en for title in titles))


def _balance_row(each: Balance) -> dict[str, Any]:
    return {
        "title": {"text": each.title, "href": f"{ADDRESS}?{urlencode({'account': each.code})}"},
        "balance": {"text": each.balance_fen, "note": spoken(each.balance_fen)},
    }  # fmt: skip

"""A call's money: taken from its fund when it is published, given back when nothing more is awarded."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from incubator.engine import library
from incubator.engine.roles import Actor
from incubator.models.base import table
from incubator.models.money import MoneyAccount
from incubator.services import journal
from incubator.services.projects.accounts import Occasion, call_free, move, open_source
from incubator.text import Text

FUNDS = "funding.funds"


def fund_call(connection: Connection, *, call: Row[Any], actor: Actor, now: datetime, effective_on: date) -> int:
    """Move a call's budget from its fund to its free money, once; answers the entry's key."""
    free = call_free(call.number)
    title = Text(f"批次 {call.number} 未分配资金", f"call {call.number}, free")
    journal.open_account(connection, street_id=call.street_id, code=free, title=title)
    return move(
        connection, call.street_id, cause=f"call:{call.number}:fund", purpose="call.funded", fen=call.budget_fen,
        out_of=open_source(connection, call.street_id, call.fund_source, _fund_name(connection, call)), into=free,
        occasion=Occasion(actor, now, effective_on),
    )  # fmt: skip


def defund_call(connection: Connection, *, call: Row[Any], actor: Actor, now: datetime, effective_on: date) -> int:
    """Give what no project of a call has back to its fund; answers how much, in fen. A call never funded has nothing."""
    free, accounts = call_free(call.number), table(MoneyAccount)
    left = connection.execute(
        select(accounts.c.balance).where(accounts.c.street_id == call.street_id, accounts.c.code == free)
    ).scalar_one_or_none()
    if left:
        move(
            connection, call.street_id, cause=f"call:{call.number}:defund", purpose="call.defunded", fen=int(left),
            out_of=free, into=open_source(connection, call.street_id, call.fund_source),
            occasion=Occasion(actor, now, effective_on),
        )  # fmt: skip
    return int(left or 0)


def _fund_name(connection: Connection, call: Row[Any]) -> Text:
    """The fund's name as the call's policy says it."""
    if call.policy_hash:
        for fund in library.policy(connection, call.policy_hash).get(FUNDS):
            if fund["code"] == call.fund_source:
                return Text.from_pair(fund["name"])
    return Text(call.fund_source, call.fund_source)

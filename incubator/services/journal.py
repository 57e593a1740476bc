"""The money journal: balanced entries in integer fen, guarded balances, corrections only by reversal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from incubator.engine import streams
from incubator.engine.roles import Actor
from incubator.errors import Conflict, Invalid, NotFound
from incubator.models.base import table
from incubator.models.money import JournalEntry, JournalLine, MoneyAccount, MoneyBook
from incubator.text import Text


class Overdrawn(Conflict):
    """A guarded account would fall below zero."""

    code = "overdrawn"
    title = Text("余额不足", "Not enough money")


@dataclass(frozen=True, slots=True)
class Movement:
    """One balanced movement to post. `lines` maps account codes to fen: positive comes in, negative goes out.

    `cause` names what asked for it; the same cause posts once, however often it is asked.
    """

    street_id: int
    cause: str
    purpose: str
    lines: Mapping[str, int]
    effective_on: date
    actor: Actor
    case_id: int = 0
    memo: str = ""


def open_account(connection: Connection, *, street_id: int, code: str, title: Text, guarded: bool = True) -> None:
    """Have an account of this code; it stays as it is where it exists. A guarded one never falls below zero."""
    make = sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
    connection.execute(
        make(table(MoneyAccount))
        .values(street_id=street_id, code=code, title_zh=title.zh, title_en=title.en, guarded=guarded, balance=0)
        .on_conflict_do_nothing()
    )


def balance(connection: Connection, street_id: int, code: str) -> int:
    """What lies in an account, in fen."""
    accounts = table(MoneyAccount)
    found = connection.execute(
        select(accounts.c.balance).where(accounts.c.street_id == street_id, accounts.c.code == code)
    ).scalar_one_or_none()
    if found is None:
        raise _no_account(code)
    return int(found)


def post(connection: Connection, movement: Movement, *, now: datetime) -> int:
    """Post a movement and return its entry's key; raises Invalid when unbalanced and Overdrawn when money lacks."""
    return _post(connection, movement, None, now)


def reverse(
    connection: Connection, entry_id: int, *, cause: str, memo: str, actor: Actor, effective_on: date, now: datetime
) -> int:
    """Take an entry back by its mirror image, once; returns the reversing entry's key."""
    entries, lines, accounts = table(JournalEntry), table(JournalLine), table(MoneyAccount)
    entry = connection.execute(select(entries).where(entries.c.id == entry_id)).one_or_none()
    if entry is None:
        raise NotFound(Text("没有这笔记账", "There is no such entry"))
    moved = connection.execute(
        select(accounts.c.code, lines.c.fen)
        .join_from(lines, accounts, accounts.c.id == lines.c.account_id)
        .where(lines.c.entry_id == entry_id)
    ).all()
    mirrored = {code: -fen for code, fen in moved}
    movement = Movement(
        entry.street_id, cause, f"reversal of {entry.purpose}", mirrored, effective_on, actor, entry.case_id, memo
    )
    return _post(connection, movement, entry_id, now)


def _post(connection: Connection, movement: Movement, reverses_id: int | None, now: datetime) -> int:
    entries = table(JournalEntry)
    _refuse_unbalanced(movement)
    book_id = _locked_book(connection, movement)
    posted = connection.execute(select(entries.c.id).where(entries.c.cause == movement.cause)).scalar_one_or_none()
    if posted is not None:
        return int(posted)
    if reverses_id is not None:
        # Asked only now that the book is locked: two may reverse the same entry at once.
        reversal = select(entries.c.id).where(entries.c.reverses_id == reverses_id)
        if connection.scalar(reversal) is not None:
            raise Conflict(Text("该笔记账已被冲正，不能重复冲正", "This entry has been reversed already"))
    account_ids = _move_balances(connection, movement)
    entry_id = connection.execute(
        insert(entries)
        .values(
            street_id=movement.street_id,
            book_id=book_id,
            case_id=movement.case_id,
            cause=movement.cause,
            reverses_id=reverses_id,
            purpose=movement.purpose,
            effective_on=movement.effective_on,
            recorded_at=now,
            actor_id=movement.actor.person_id,
            memo=movement.memo,
        )
        .returning(entries.c.id)
    ).scalar_one()
    connection.execute(
        insert(table(JournalLine)),
        [
            {"street_id": movement.street_id, "entry_id": entry_id, "account_id": account_ids[code], "fen": fen}
            for code, fen in movement.lines.items()
        ],
    )
    change = {
        "entry": entry_id,
        "cause": movement.cause,
        "purpose": movement.purpose,
        "lines": dict(movement.lines),
        "reverses": reverses_id,
    }
    kind = "money.posted" if reverses_id is None else "money.reversed"
    streams.append(
        connection,
        streams.Entry(
            "money",
            book_id,
            movement.street_id,
            kind,
            movement.actor,
            change,
            effective_on=movement.effective_on,
            comment=movement.memo,
        ),
        now=now,
    )
    return int(entry_id)


def _refuse_unbalanced(movement: Movement) -> None:
    if len(movement.lines) < 2 or any(not fen for fen in movement.lines.values()):
        raise Invalid(
            Text(
                "一笔记账至少涉及两个科目，且金额不为零",
                "An entry moves money between two accounts at least, never zero",
            )
        )
    total = sum(movement.lines.values())
    if total:
        raise Invalid(Text(f"借贷不平，相差 {total} 分", f"The entry does not balance: it is off by {total} fen"))


def _locked_book(connection: Connection, movement: Movement) -> int:
    """The street's book of the year, locked: entries of one book are posted one after the other, as their chain demands."""
    books = table(MoneyBook)
    make = sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
    key = {"street_id": movement.street_id, "year": movement.effective_on.year}
    connection.execute(make(books).values(**key).on_conflict_do_nothing())
    return int(
        connection.execute(
            select(books.c.id)
            .where(books.c.street_id == key["street_id"], books.c.year == key["year"])
            .with_for_update()
        ).scalar_one()
    )


def _move_balances(connection: Connection, movement: Movement) -> dict[str, int]:
    """Move every balance, in one order everywhere so that two movements cannot wait for each other."""
    accounts = table(MoneyAccount)
    moved: dict[str, int] = {}
    for code in sorted(movement.lines):
        fen = movement.lines[code]
        row = connection.execute(
            update(accounts)
            .where(
                accounts.c.street_id == movement.street_id,
                accounts.c.code == code,
                or_(~accounts.c.guarded, accounts.c.balance + fen >= 0),
            )
            .values(balance=accounts.c.balance + fen, version=accounts.c.version + 1)
            .returning(accounts.c.id)
        ).one_or_none()
        if row is None:
            left = balance(connection, movement.street_id, code)
            raise Overdrawn(
                Text(
                    f"科目“{code}”余额 {left} 分，不足以支付 {-fen} 分",
                    f"Account {code!r} holds {left} fen, less than {-fen}",
                ),
                extra={"account": code, "balance": left, "asked": -fen},
            )
        moved[code] = row.id
    return moved


def _no_account(code: str) -> NotFound:
    return NotFound(Text(f"没有科目“{code}”", f"There is no account {code!r}"))

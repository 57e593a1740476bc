"""The money journal: balanced, append-only entries in integer fen, and the balances that guard them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from incubator.models.base import BigKey, Streamed, big, key, long_text, moment, ref


class MoneyBook(Streamed, table=True):
    """A street's book of one year; the head of its money stream."""

    __tablename__ = "money_book"
    __table_args__ = (UniqueConstraint("street_id", "year"),)
    id: int | None = key()
    street_id: int = ref("street.id")
    year: int


class MoneyAccount(SQLModel, table=True):
    """A place where fen lie. A guarded one can never fall below zero."""

    __tablename__ = "money_account"
    __table_args__ = (
        UniqueConstraint("street_id", "code"),
        CheckConstraint("NOT guarded OR balance >= 0", name="never_overdrawn"),
    )
    id: int | None = key()
    street_id: int = ref("street.id")
    code: str
    title_zh: str
    title_en: str
    guarded: bool = True
    balance: int = big(0)
    version: int = 1


class JournalEntry(SQLModel, table=True):
    """One balanced movement; a correction is a further entry that reverses it, once."""

    __tablename__ = "journal_entry"
    __table_args__ = (
        UniqueConstraint("cause"),
        Index("ix_journal_entry_street_id_id", "street_id", "id"),
        Index("uq_journal_entry_reverses_id", "reverses_id", unique=True),
    )
    id: int | None = key()
    street_id: int = ref("street.id")
    book_id: int = ref("money_book.id")
    case_id: int = big(0)
    cause: str  # what asked for it; the same cause posts once
    reverses_id: int | None = Field(default=None, foreign_key="journal_entry.id", sa_type=BigKey, nullable=True)
    purpose: str
    effective_on: date
    recorded_at: datetime = moment()
    actor_id: int = big(0)
    memo: str = long_text(default="")


class JournalLine(SQLModel, table=True):
    """One side of an entry: positive fen come in, negative go out; an entry's lines sum to zero."""

    __tablename__ = "journal_line"
    __table_args__ = (
        Index("ix_journal_line_account_id_id", "account_id", "id"),
        CheckConstraint("fen <> 0", name="moves_something"),
    )
    id: int | None = key()
    street_id: int = ref("street.id")
    entry_id: int = ref("journal_entry.id", index=True)
    account_id: int = ref("money_account.id")
    fen: int = big()

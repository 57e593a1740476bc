"""What all tables share: key, time and JSON types that behave alike on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, cast

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import Field, MetaData, SQLModel

# No NULL in a keyset column: the two databases sort NULL at opposite ends.
NO_DATE = date(9999, 12, 31)
WHOLE_STREET = 0
NOBODY = 0

SQLModel.metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class BigKey(TypeDecorator[int]):
    """A 64-bit integer; SQLite numbers rows by itself only where the type is spelled INTEGER."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = JSON().with_variant(JSONB(), "postgresql")
LongText = Text


def key() -> Any:
    """A table's own numbered key; never shown outside."""
    return Field(default=None, primary_key=True, sa_type=BigKey)


def ref(target: str, *, index: bool = False) -> Any:
    """A required reference to another table's key, `table.column`."""
    return Field(foreign_key=target, sa_type=BigKey, index=index)


def big(default: int = 0) -> Any:
    """A plain 64-bit number that refers to nothing, such as a 0 that stands for `nobody`."""
    return Field(default=default, sa_type=BigKey)


def moment(**kwargs: Any) -> Any:
    """A moment column."""
    return Field(sa_type=cast(Any, Moment), **kwargs)


def json(**kwargs: Any) -> Any:
    """A JSON column."""
    return Field(sa_type=cast(Any, Json), **kwargs)


def long_text(**kwargs: Any) -> Any:
    """Text of any length."""
    return Field(sa_type=cast(Any, LongText), **kwargs)


class Streamed(SQLModel):
    """A row that is the head of a stream of events: the chain's length and its last hash."""

    head_seq: int = Field(default=0)
    head_hash: str = Field(default="")


def table(model: type[SQLModel]) -> Table:
    """The Core table of a model; hot paths speak Core."""
    return cast(Table, model.__table__)  # type: ignore[attr-defined]

"""Business numbers: one series per street, kind and year, unique under concurrency."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, case, cast, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.types import String

from incubator.models.base import table
from incubator.models.streets import NumberSeries

DIGITS = 4


def lock_series(connection: Connection, street_id: int, series: str, year: int) -> int:
    """The last number given in the series, which stays locked until the transaction ends."""
    numbers = table(NumberSeries)
    make = sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
    connection.execute(
        make(numbers).values(street_id=street_id, series=series, year=year, last=0).on_conflict_do_nothing()
    )
    return int(
        connection.execute(select(numbers.c.last).where(*_key(street_id, series, year)).with_for_update()).scalar_one()
    )


def set_last(connection: Connection, street_id: int, series: str, year: int, last: int) -> None:
    """Move a locked series on."""
    connection.execute(update(table(NumberSeries)).where(*_key(street_id, series, year)).values(last=last))


def take(connection: Connection, street_id: int, series: str, year: int) -> int:
    """The next number of the series."""
    last = lock_series(connection, street_id, series, year) + 1
    set_last(connection, street_id, series, year, last)
    return last


def spelled(series: str, year: int, number: int) -> str:
    """A number as it is written, `BA-2026-0012`."""
    return f"{series}-{year}-{number:0{DIGITS}d}"


def spelled_in_sql(series: str, year: int, number: ColumnElement[int]) -> ColumnElement[str]:
    """The same spelling in SQL."""
    digits = cast(number, String)
    padded = func.substr(literal("0" * DIGITS) + digits, func.length(digits) + 1)
    return literal(f"{series}-{year}-") + case((number >= 10**DIGITS, digits), else_=padded)


def _key(street_id: int, series: str, year: int) -> tuple[Any, ...]:
    numbers = table(NumberSeries)
    return numbers.c.street_id == street_id, numbers.c.series == series, numbers.c.year == year

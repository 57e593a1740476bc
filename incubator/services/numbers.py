"""Numbers that appear on paper: each issued once, never again, and explained where it became void."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, update

from incubator.engine.numbers import spelled, take
from incubator.errors import NotFound
from incubator.models.base import table
from incubator.models.streets import IssuedNumber
from incubator.text import Text


def next_number(connection: Connection, street_id: int, series: str, year: int, now: datetime, case_id: int) -> str:
    """Issue the next number of a street's series and year, such as `BAZ-2026-0012`, for a case.

    The series' row stays locked until the transaction ends, so two who ask at once get two numbers; a transaction that
    fails issues none and leaves no gap.
    """
    number = spelled(series, year, take(connection, street_id, series, year))
    return _issued(connection, street_id, series, year, number, now, case_id)


def next_office_number(connection: Connection, street_id: int, series: str, year: int, now: datetime) -> str:
    """Issue the next number of a series as an office writes it, such as `移交〔2026〕12号`, for a paper of no one case."""
    number = f"{series}〔{year}〕{take(connection, street_id, series, year)}号"
    return _issued(connection, street_id, series, year, number, now, 0)


def _issued(
    connection: Connection, street_id: int, series: str, year: int, number: str, now: datetime, case_id: int
) -> str:
    connection.execute(
        insert(table(IssuedNumber)),
        {
            "street_id": street_id,
            "series": series,
            "year": year,
            "number": number,
            "case_id": case_id,
            "issued_at": now,
            "void_reason": "",
        },
    )
    return number


def void_number(connection: Connection, street_id: int, number: str, reason: str, now: datetime) -> None:
    """Explain why a number is void; it is never issued again. NotFound for a number that was not issued or is void."""
    issued = table(IssuedNumber)
    voided = connection.execute(
        update(issued)
        .where(issued.c.street_id == street_id, issued.c.number == number, issued.c.voided_at.is_(None))
        .values(voided_at=now, void_reason=reason)
    )
    if voided.rowcount != 1:
        raise NotFound(
            Text(
                f"编号 {number} 未曾发出，或已经作废，请核对编号",
                f"The number {number} was never issued or is void already: check it",
            )
        )

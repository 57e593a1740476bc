"""The outbox as a queue: rows are leased for an attempt, and settled or failed by the attempt that still holds them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, or_, select, update

from incubator.database import Database
from incubator.models.automation import Outbox
from incubator.models.base import table

OUTBOX = table(Outbox)

LEASE = timedelta(seconds=60)
FIRST_BACKOFF = timedelta(seconds=5)
LONGEST_BACKOFF = timedelta(hours=1)
_MOST_DOUBLINGS = 20  # long past the longest; keeps the number small
# A queue that is slower than its leases would lease the same rows over and over before they begin; each further
# attempt is therefore given longer, up to this many times the first lease.
LONGEST_LEASE_FACTOR = 16
ERROR_LENGTH = 2000


@dataclass(frozen=True, slots=True)
class Leased:
    """A row that is this owner's for one attempt."""

    outbox_id: int
    attempt: int
    task: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """What awaits automation: how many rows, and since when the oldest of them has been due."""

    rows: int
    since: datetime | None


def backoff(attempt: int) -> timedelta:
    """How long a failed row rests before its next attempt: 5 s, doubled each time, an hour at most."""
    return min(FIRST_BACKOFF * float(2 ** min(attempt - 1, _MOST_DOUBLINGS)), LONGEST_BACKOFF)


def has_due_rows(connection: Connection, now: datetime) -> bool:
    """Whether some row could be leased at this moment; asked before the write lock is taken."""
    return connection.execute(select(OUTBOX.c.id).where(_leasable(now)).limit(1)).first() is not None


def lease(
    database: Database, *, owner: str, now: datetime, limit: int = 100, length: timedelta = LEASE
) -> list[Leased]:
    """Take up to `limit` due rows for `owner`, each as a new attempt, oldest first.

    A row whose lease is over belongs to nobody: its worker died or was too slow, and its attempt number no longer
    settles anything. Any number of relays may lease at once.
    """

    def take(connection: Connection) -> list[Leased]:
        due = (
            select(OUTBOX.c.id, OUTBOX.c.attempt, OUTBOX.c.task)
            .where(_leasable(now))
            .order_by(OUTBOX.c.available_at, OUTBOX.c.id)
            .limit(limit)
            # SQLite's writers exclude each other from BEGIN IMMEDIATE on; there this says nothing.
            .with_for_update(skip_locked=True)
        )
        rows = [Leased(row.id, row.attempt + 1, row.task) for row in connection.execute(due)]
        if rows:
            connection.execute(
                update(OUTBOX)
                .where(OUTBOX.c.id == bindparam("row"))
                .values(lease_owner=owner, attempt=bindparam("taken"), lease_until=bindparam("until")),
                [
                    {
                        "row": row.outbox_id,
                        "taken": row.attempt,
                        "until": now + length * min(2 ** min(row.attempt - 1, _MOST_DOUBLINGS), LONGEST_LEASE_FACTOR),
                    }
                    for row in rows
                ],
            )
        return rows

    return database.write(take)


def renew(database: Database, rows: Iterable[tuple[int, int]], *, now: datetime, length: timedelta = LEASE) -> None:
    """Hold rows, as (id, attempt), for another lease; those that somebody else took meanwhile are left alone."""
    held = list(rows)
    if held:
        database.write(lambda connection: _set_lease(connection, held, until=now + length))


def release(database: Database, rows: Iterable[tuple[int, int]]) -> None:
    """Give rows back that a stopping worker leased; they are due at once, and what it may still do settles nothing twice."""
    held = list(rows)
    if held:
        database.write(lambda connection: _set_lease(connection, held, until=None))


def put_back(database: Database, rows: Iterable[tuple[int, int]]) -> None:
    """Give rows back that were not begun, as when Prefect could not be reached: due at once, the attempt not counted.

    Rows that were performed all the same, and failed, have no lease any more and keep their attempt.
    """
    held = [{"row": row, "taken": taken} for row, taken in rows]
    if not held:
        return
    uncounted = (
        update(OUTBOX)
        .where(
            OUTBOX.c.id == bindparam("row"),
            OUTBOX.c.attempt == bindparam("taken"),
            OUTBOX.c.settled_at.is_(None),
            OUTBOX.c.lease_until.is_not(None),
        )
        .values(lease_owner="", lease_until=None, attempt=OUTBOX.c.attempt - 1)
    )
    database.write(lambda connection: connection.execute(uncounted, held))


def lock(connection: Connection, outbox_id: int, attempt: int) -> Mapping[str, Any] | None:
    """The row, locked, while it is unsettled and this attempt is the last that leased it; otherwise None."""
    row = (
        connection.execute(select(OUTBOX).where(OUTBOX.c.id == outbox_id, _held(attempt)).with_for_update())
        .mappings()
        .first()
    )
    return None if row is None else dict(row)


def look(connection: Connection, outbox_id: int, attempt: int) -> Mapping[str, Any] | None:
    """As `lock`, for the preparation outside the transaction."""
    row = connection.execute(select(OUTBOX).where(OUTBOX.c.id == outbox_id, _held(attempt))).mappings().first()
    return None if row is None else dict(row)


def settle(connection: Connection, outbox_id: int, *, result: Mapping[str, Any], now: datetime) -> None:
    """Mark a row done, in the transaction that holds its effect and that locked it."""
    connection.execute(
        update(OUTBOX)
        .where(OUTBOX.c.id == outbox_id)
        .values(settled_at=now, result=dict(result), lease_owner="", lease_until=None, last_error="")
    )


def fail(connection: Connection, outbox_id: int, attempt: int, *, error: str, now: datetime) -> bool:
    """Write down what went wrong and when the row is due again; False when the attempt no longer holds the row."""
    done = connection.execute(
        update(OUTBOX)
        .where(OUTBOX.c.id == outbox_id, _held(attempt))
        .values(last_error=error[:ERROR_LENGTH], available_at=now + backoff(attempt), lease_owner="", lease_until=None)
    )
    return done.rowcount == 1


def waiting(connection: Connection, now: datetime) -> Waiting:
    """What is due and not settled, leased or not; the workbench shows it while automation is silent."""
    row = connection.execute(
        select(func.count(), func.min(OUTBOX.c.available_at)).where(
            OUTBOX.c.settled_at.is_(None), OUTBOX.c.available_at <= now
        )
    ).one()
    return Waiting(row[0], row[1])


def _leasable(now: datetime) -> ColumnElement[bool]:
    return and_(
        OUTBOX.c.settled_at.is_(None),
        OUTBOX.c.available_at <= now,
        or_(OUTBOX.c.lease_until.is_(None), OUTBOX.c.lease_until <= now),
    )


def _held(attempt: int) -> ColumnElement[bool]:
    return and_(OUTBOX.c.settled_at.is_(None), OUTBOX.c.attempt == attempt)


def _set_lease(connection: Connection, rows: Sequence[tuple[int, int]], *, until: datetime | None) -> None:
    connection.execute(
        update(OUTBOX)
        .where(
            OUTBOX.c.id == bindparam("row"),
            OUTBOX.c.attempt == bindparam("taken"),
            OUTBOX.c.settled_at.is_(None),
        )
        .values(lease_until=until),
        [{"row": row, "taken": taken} for row, taken in rows],
    )

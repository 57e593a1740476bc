"""Receipts of the sweeps that open due reviews: what was due, opened, open already, skipped and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Connection, insert, select

from incubator.canonical import public_id
from incubator.models.automation import ReviewRun
from incubator.models.base import table

RUNS = table(ReviewRun)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What one run did for one procedure in one street. `skipped` maps a reason's code to a number of organizations."""

    street_id: int
    procedure: str
    run_key: str
    period: str
    as_of: date
    caught_up: bool
    attempt: int
    due: int
    opened: int
    already_open: int
    skipped: Mapping[str, int] = field(default_factory=dict)
    flow_run: str = ""
    public_id: str = ""


def find(connection: Connection, *, street_id: int, procedure: str, run_key: str) -> Receipt | None:
    """The receipt of this run, where an earlier attempt already did the work."""
    row = connection.execute(
        select(RUNS).where(RUNS.c.street_id == street_id, RUNS.c.procedure == procedure, RUNS.c.run_key == run_key)
    ).one_or_none()
    if row is None:
        return None
    return Receipt(**{name: getattr(row, name) for name in Receipt.__slots__})


def write(connection: Connection, receipt: Receipt, *, started_at: datetime, finished_at: datetime) -> None:
    """Keep the receipt, in the transaction that opened its cases; the key lets each run do its work once."""
    connection.execute(
        insert(RUNS).values(
            **{
                **{name: getattr(receipt, name) for name in Receipt.__slots__},
                "skipped": dict(receipt.skipped),
                "public_id": receipt.public_id or public_id(),
                "started_at": started_at,
                "finished_at": finished_at,
                "signed_off_by": 0,
                "signed_off_at": None,
            }
        )
    )

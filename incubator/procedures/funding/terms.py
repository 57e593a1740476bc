"""The terms of a call: the pinned policy that its cases come under, and the calls for which cases may be opened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, select

from incubator.engine import library
from incubator.engine.policy import Policy
from incubator.engine.terms import TERMS, OpenPeriod, Terms
from incubator.models.base import table
from incubator.models.funding import Call, CallStatus
from incubator.text import Text


def policy_of(connection: Connection, street_id: int, number: str) -> Policy | None:
    """The policy of a call, from its publication on; None for one that is not published or does not exist."""
    calls = table(Call)
    digest = connection.execute(
        select(calls.c.policy_hash).where(calls.c.street_id == street_id, calls.c.number == number)
    ).scalar_one_or_none()
    return library.policy(connection, digest) if digest else None


def open_calls(connection: Connection, street_id: int, day: date) -> Sequence[OpenPeriod]:
    """The street's published calls that are open on a day, the one that closes first first."""
    calls = table(Call)
    rows = connection.execute(
        select(calls.c.number, calls.c.title)
        .where(
            calls.c.street_id == street_id,
            calls.c.status == CallStatus.PUBLISHED.value,
            calls.c.opens_on <= day,
            calls.c.closes_on >= day,
        )
        .order_by(calls.c.closes_on, calls.c.id)
    )
    return [OpenPeriod(row.number, Text(f"{row.number} {row.title}", f"{row.number} {row.title}")) for row in rows]


TERMS["call"] = Terms(policy_of, open_calls)

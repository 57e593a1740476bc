"""The stream "policy": what happened to a street's policies and to its calendar, each line of them with a head of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from incubator.engine.roles import Actor
from incubator.engine.streams import Entry, append
from incubator.models.base import table
from incubator.models.events import PolicyPack
from incubator.models.streets import Street

CALENDAR = "calendar"


def lock_policies(connection: Connection, street_id: int) -> None:
    """Let nobody else decide on this street's policies until the transaction ends: two must not take one day."""
    streets = table(Street)
    # Not against who merely refers to the row: every row that is written refers to its street.
    connection.execute(select(streets.c.id).where(streets.c.id == street_id).with_for_update(key_share=True))


def record(
    connection: Connection, *, street_id: int, name: str, event: str, change: Mapping[str, Any], actor: Actor,
    now: datetime, comment: str = "", policy_hash: str = "", calendar_hash: str = "",
) -> None:  # fmt: skip
    """Append an event to a street's line of policy of that name, which is made when it is not there yet."""
    packs = table(PolicyPack)
    make = sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
    fresh = {"street_id": street_id, "name": name, "head_seq": 0, "head_hash": ""}
    connection.execute(make(packs).values(fresh).on_conflict_do_nothing())
    which = (packs.c.street_id == street_id, packs.c.name == name)
    pack_id = connection.execute(select(packs.c.id).where(*which)).scalar_one()
    entry = Entry(
        "policy", pack_id, street_id, event, actor, change, comment=comment, policy_hash=policy_hash,
        calendar_hash=calendar_hash,
    )  # fmt: skip
    append(connection, entry, now=now)

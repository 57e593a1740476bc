"""Asks for notices to be delivered beside the page: at once by whoever's channel takes the kind, or together once a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from incubator.clock import today
from incubator.models.automation import NoticeChannel, NoticeDelivery, Outbox
from incubator.models.base import NOBODY, WHOLE_STREET, table
from incubator.models.streets import RoleGrant
from incubator.queries.notice_channels import group_of

SEND = "notice.send"
_CHANNELS, _DELIVERIES, _GRANTS, _OUTBOX = table(NoticeChannel), table(NoticeDelivery), table(RoleGrant), table(Outbox)


def deliver_at_once(
    connection: Connection, *, notice_id: int, notice: str, kind: str, street_id: int, community_id: int, role: str,
    person_id: int, now: datetime,
) -> int:  # fmt: skip
    """Ask for a new notice (its key and public id) to be sent by the channels of those it is for; how many there are."""
    day = today(now)
    if person_id != NOBODY:
        whose = _CHANNELS.c.person_id == person_id
    else:
        holders = select(_GRANTS.c.person_id).where(
            _GRANTS.c.street_id == street_id, _GRANTS.c.role == role, _GRANTS.c.since <= day, _GRANTS.c.until >= day
        )
        if community_id != WHOLE_STREET:
            holders = holders.where(_GRANTS.c.community_id.in_([WHOLE_STREET, community_id]))
        whose = _CHANNELS.c.person_id.in_(holders)
    rows = connection.execute(
        select(_CHANNELS.c.id, _CHANNELS.c.kinds).where(
            _CHANNELS.c.street_id == street_id, _CHANNELS.c.removed_at.is_(None), _CHANNELS.c.digest.is_(False), whose
        )
    ).all()
    wanted = [row.id for row in rows if not row.kinds or group_of(kind).value in row.kinds]
    for channel_id in wanted:
        ask_delivery(
            connection, street_id=street_id, channel_id=channel_id, cause=f"notice:{notice}", notice_ids=[notice_id],
            now=now,
        )  # fmt: skip
    return len(wanted)


def ask_delivery(
    connection: Connection, *, street_id: int, channel_id: int, cause: str, notice_ids: Sequence[int] = (),
    now: datetime,
) -> bool:  # fmt: skip
    """Ask once for a message of this cause by the channel; False where it was asked for before."""
    make = sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
    made = connection.execute(
        make(_DELIVERIES)
        .values(
            street_id=street_id, channel_id=channel_id, cause=cause, notice_ids=list(notice_ids), state="waiting",
            attempt=0, error="", asked_at=now,
        )
        .on_conflict_do_nothing(index_elements=["channel_id", "cause"])
        .returning(_DELIVERIES.c.id)
    ).scalar()  # fmt: skip
    if made is None:
        return False
    ask_to_send(connection, street_id=street_id, delivery_id=made, now=now, available_at=now)
    return True


def ask_to_send(
    connection: Connection, *, street_id: int, delivery_id: int, now: datetime, available_at: datetime
) -> None:
    """Write the row by which automation sends it, from a moment on. It belongs to no case, and so holds none up."""
    row = {"street_id": street_id, "task": SEND, "payload": {"delivery": delivery_id}}
    connection.execute(insert(_OUTBOX), {**row, "created_at": now, "available_at": available_at})

"""Notice channels: a person adds and removes the own ones, and lets a message go through to see that it arrives."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, Row, func, insert, select, update

from incubator.canonical import public_id
from incubator.engine import idempotency
from incubator.engine.roles import Actor
from incubator.engine.streams import Entry, append
from incubator.errors import Conflict, NotAllowed, NotFound
from incubator.models.automation import Means, NoticeChannel
from incubator.models.base import NOBODY, table
from incubator.queries.notice_channels import Group
from incubator.services.automation.messengers import NO_MAIL, MailNotSetUp
from incubator.services.automation.notice_delivery import ask_delivery
from incubator.services.notice_addresses import read_address, sealed
from incubator.text import Text

MOST = 6  # channels of one person
ADDED, REMOVED = "person.notice_channel_added", "person.notice_channel_removed"
_CHANNELS = table(NoticeChannel)


def add_channel(
    connection: Connection, *, means: Means, address: str, secret: str = "", groups: Collection[Group] = (),
    digest: bool = False, mail: bool, actor: Actor, now: datetime, key: str = "",
) -> str:  # fmt: skip
    """Let the actor's notices also go there; the channel's public id. `mail` says whether a mail server is set up.

    No event holds the address. Under the same key it is added once. Raises NotAllowed, Invalid, Conflict, MailNotSetUp.
    """
    if actor.person_id == NOBODY:
        raise NotAllowed(Text("请先登录再设置", "Sign in first: a channel belongs to a person"))
    if means is Means.MAIL and not mail:
        raise MailNotSetUp(NO_MAIL)
    read = read_address(means, address, secret)

    def act() -> dict[str, str]:
        mine = (_CHANNELS.c.person_id == actor.person_id, _CHANNELS.c.removed_at.is_(None))
        if (connection.scalar(select(func.count()).select_from(_CHANNELS).where(*mine)) or 0) >= MOST:
            raise Conflict(
                Text(f"每人最多 {MOST} 个通知方式，请先移除不用的", f"{MOST} channels at most: remove one first")
            )
        fresh = public_id()
        row = {
            "public_id": fresh, "street_id": actor.street_id, "person_id": actor.person_id, "means": means.value,
            "sealed_address": sealed(read), "kinds": sorted(each.value for each in groups), "digest": digest,
            "added_at": now,
        }  # fmt: skip
        connection.execute(insert(_CHANNELS), row)
        change = {"channel": fresh, "means": means.value, "kinds": row["kinds"], "digest": digest}
        append(connection, Entry("person", actor.person_id, actor.street_id, ADDED, actor, change), now=now)
        return {"public_id": fresh}

    asked = ["notice channel", means.value, address.strip(), bool(secret), sorted(groups), digest]
    return str(idempotency.once(connection, actor, key, asked, act, now=now)["public_id"])


def remove_channel(connection: Connection, *, channel: str, actor: Actor, now: datetime) -> None:
    """Send nothing there any more, and forget the address. NotFound where it is not the actor's own."""
    row = _own(connection, channel, actor)
    connection.execute(update(_CHANNELS).where(_CHANNELS.c.id == row.id).values(removed_at=now, sealed_address=""))
    change = {"channel": row.public_id, "means": row.means}
    append(connection, Entry("person", actor.person_id, actor.street_id, REMOVED, actor, change), now=now)


def ask_test(connection: Connection, *, channel: str, actor: Actor, now: datetime) -> bool:
    """Let a message of trial go through the channel; False where one was asked for in the same minute."""
    row = _own(connection, channel, actor)
    minute = now.replace(second=0, microsecond=0).isoformat()
    return ask_delivery(connection, street_id=row.street_id, channel_id=row.id, cause=f"test:{minute}", now=now)


def _own(connection: Connection, channel: str, actor: Actor) -> Row[tuple[object, ...]]:
    row = connection.execute(
        select(_CHANNELS).where(
            _CHANNELS.c.public_id == channel, _CHANNELS.c.person_id == actor.person_id, _CHANNELS.c.removed_at.is_(None)
        )
    ).one_or_none()
    if row is None:
        raise NotFound(Text("没有这个通知方式", "You have no such channel"))
    return row

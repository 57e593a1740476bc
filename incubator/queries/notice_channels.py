"""A person's own channels for notices: how they lead out, which notices take them, and what became of the last ones."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, func, select

from incubator.engine.roles import Actor
from incubator.models.automation import Means, NoticeChannel, NoticeDelivery
from incubator.models.base import NOBODY, table
from incubator.services.notice_addresses import address_from, shown
from incubator.text import Text

_CHANNELS, _DELIVERIES = table(NoticeChannel), table(NoticeDelivery)
_LAST = 3  # deliveries shown of each channel


class Group(StrEnum):
    """Kinds of notices that a person chooses together."""

    WORK = "work"
    REMINDERS = "reminders"
    RESULTS = "results"
    SYSTEM = "system"


GROUPS: dict[Group, tuple[Text, tuple[str, ...]]] = {
    Group.WORK: (Text("交办、补正等待办", "Work: assigned, to be corrected"), ()),  # and whatever is in no other
    Group.REMINDERS: (Text("到期提醒和督促", "Reminders and escalations"), ("case.remind",)),
    Group.RESULTS: (
        Text("决定、送达和期限变动", "Decisions, service, moved dates"),
        ("notice.decision", "notice.served", "notice.deadline_moved"),
    ),
    Group.SYSTEM: (Text("系统自动办理异常", "Automation that could not proceed"), ("automation",)),
}


def group_of(kind: str) -> Group:
    """The group of a notice's kind."""
    for group, (_, beginnings) in GROUPS.items():
        if any(kind == each or kind.startswith(f"{each}.") for each in beginnings):
            return group
    return Group.WORK


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of a message: waiting, sent or failed; `error` is the sentence that a person is told, empty for none."""

    state: str
    attempt: int
    error: Text | None
    asked_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel as its owner sees it; of the address only what tells it from another."""

    public_id: str
    means: Means
    shown: str
    groups: tuple[Group, ...]  # empty for all
    digest: bool
    added_at: datetime
    last: tuple[Delivered, ...]  # the newest first


def channels_of(connection: Connection, actor: Actor) -> list[Channel]:
    """The actor's own channels, the oldest first; two statements."""
    rows = connection.execute(
        select(_CHANNELS)
        .where(_CHANNELS.c.person_id == actor.person_id, _CHANNELS.c.person_id != NOBODY)
        .where(_CHANNELS.c.removed_at.is_(None))
        .order_by(_CHANNELS.c.id)
    ).all()
    if not rows:
        return []
    place = func.row_number().over(partition_by=_DELIVERIES.c.channel_id, order_by=_DELIVERIES.c.id.desc())
    numbered = (
        select(_DELIVERIES, place.label("place"))
        .where(_DELIVERIES.c.channel_id.in_([row.id for row in rows]))
        .subquery()
    )
    last: defaultdict[int, list[Delivered]] = defaultdict(list)
    for row in connection.execute(select(numbered).where(numbered.c.place <= _LAST).order_by(numbered.c.id.desc())):
        error = Text(*row.error.split("\n", 1)) if "\n" in row.error else None
        last[row.channel_id].append(Delivered(row.state, row.attempt, error, row.asked_at, row.sent_at))
    return [
        Channel(
            row.public_id, Means(row.means), shown(address_from(row.means, row.sealed_address)),
            tuple(Group(each) for each in row.kinds), row.digest, row.added_at, tuple(last[row.id]),
        )
        for row in rows
    ]  # fmt: skip

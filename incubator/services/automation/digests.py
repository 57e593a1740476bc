"""The day's digest: what presses and what was told since the last one, as one message a person, channel and day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, select

from incubator.clock import today
from incubator.engine.deadline_words import in_words
from incubator.models.automation import Notice, NoticeChannel, NoticeDelivery
from incubator.models.base import table
from incubator.models.streets import Account
from incubator.queries.calendar import street_calendar
from incubator.queries.notice_channels import group_of
from incubator.queries.notices import notices
from incubator.queries.today import Part, first_lines_of, numbers_of, parts_of
from incubator.queries.worklist import View, WorkLine
from incubator.services.automation.notice_delivery import ask_delivery
from incubator.services.bootstrap import Service
from incubator.services.people import actor_of
from incubator.text import Language, Text

_LINES = 8  # of each part; the number tells the rest
_NOTICES_AT_MOST = 50
_FIRST_LOOKS_BACK = timedelta(days=1)
_PARTS = {
    Part.OVERDUE: Text("已逾期", "Overdue"),
    Part.DUE_TODAY: Text("今天到期", "Due today"),
    Part.DUE_THIS_WEEK: Text("本周到期", "Due later this week"),
}
_CHANNELS, _DELIVERIES, _NOTICES, _ACCOUNTS = (
    table(NoticeChannel), table(NoticeDelivery), table(Notice), table(Account),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent, in both languages."""

    title: Text
    body: Text


def ask_for_digests(service: Service, *, day: date, hold: Callable[[], None] = lambda: None) -> int:
    """Ask, in every street, for the digests of a day that have something to say; how many. Asked again, nothing is doubled."""
    with service.database.read() as connection:
        channels = connection.execute(
            select(_CHANNELS.c.id)
            .where(_CHANNELS.c.digest.is_(True), _CHANNELS.c.removed_at.is_(None))
            .order_by(_CHANNELS.c.id)
        ).scalars().all()  # fmt: skip
    asked = 0
    for channel_id in channels:
        hold()
        asked += service.database.write(partial(_ask, channel_id=channel_id, day=day, now=service.clock.now()))
    return asked


def _ask(connection: Connection, *, channel_id: int, day: date, now: datetime) -> bool:
    channel = connection.execute(select(_CHANNELS).where(_CHANNELS.c.id == channel_id)).one()
    if channel.removed_at is not None or not _can_sign_in(connection, channel.person_id):
        return False
    last = connection.execute(
        select(_DELIVERIES.c.asked_at, _DELIVERIES.c.notice_ids)
        .where(_DELIVERIES.c.channel_id == channel_id, _DELIVERIES.c.cause.startswith("digest:"))
        .order_by(_DELIVERIES.c.id.desc())
        .limit(1)
    ).one_or_none()
    since = last.asked_at if last else max(channel.added_at, now - _FIRST_LOOKS_BACK)
    before = set(last.notice_ids) if last else set()
    actor = actor_of(connection, channel.person_id, now)
    told = [
        line.public_id
        for line in notices(connection, actor, limit=_NOTICES_AT_MOST).items
        if line.recorded_at >= since and (not channel.kinds or group_of(line.kind).value in channel.kinds)
    ]
    found = connection.scalars(select(_NOTICES.c.id).where(_NOTICES.c.public_id.in_(told)).order_by(_NOTICES.c.id))
    ids = [each for each in found if each not in before]
    if not ids and not any(_numbers(connection, channel.person_id, now).values()):
        return False
    return ask_delivery(
        connection, street_id=channel.street_id, channel_id=channel_id, cause=f"digest:{day.isoformat()}",
        notice_ids=ids, now=now,
    )  # fmt: skip


def digest(
    connection: Connection, person_id: int, told: Sequence[Row[Any]], *, public_url: str, now: datetime
) -> Message:
    """The digest of a person as things stand now; `told` are notices with the public id of their case."""
    actor, day = actor_of(connection, person_id, now), today(now)
    numbers = _numbers(connection, person_id, now)
    parts = parts_of(street_calendar(connection, actor), day, View.MINE)
    wanted = {str(part): parts[part] for part in _PARTS if numbers.get(part)}
    lines = first_lines_of(connection, actor, wanted, day=day, limit=_LINES)
    said = [_part(part, numbers[part], lines[part], day, public_url) for part in _PARTS if numbers.get(part)]
    if told:
        said.append(_told(told, public_url))
    counted = [
        Text(f"{_PARTS[part].zh} {numbers[part]} 项", f"{numbers[part]} {_PARTS[part].en.lower()}")
        for part in _PARTS
        if numbers.get(part)
    ]
    if told:
        counted.append(Text(f"新通知 {len(told)} 条", f"{len(told)} new notice{'s' if len(told) > 1 else ''}"))
    words = in_words(day)
    title = Text(
        f"{words.zh}待办：{'，'.join(each.zh for each in counted) or '没有急办事项'}",
        f"{words.en}: {', '.join(each.en for each in counted) or 'nothing presses'}",
    )
    where = f"{public_url}/today" if public_url else ""
    closing = Text(
        (f"打开工作台：{where}\n" if where else "") + "接收方式可在“通知”页的“通知方式”中更改。",
        (f"The workbench: {where}\n" if where else "") + "Change what you are sent under Notices, Channels.",
    )
    greeting = Text(f"{actor.name}，您好！", f"Hello {actor.name},")
    body = [greeting, *said, closing]
    return Message(title, Text("\n\n".join(each.zh for each in body), "\n\n".join(each.en for each in body)))


def language_of_person(connection: Connection, person_id: int) -> str:
    """What the person reads: the language of the first account that is not closed, else Chinese."""
    found = connection.scalar(
        select(_ACCOUNTS.c.language)
        .where(_ACCOUNTS.c.person_id == person_id, _ACCOUNTS.c.disabled.is_(False))
        .order_by(_ACCOUNTS.c.id)
        .limit(1)
    )
    return str(found or Language.ZH)


def _can_sign_in(connection: Connection, person_id: int) -> bool:
    open_accounts = select(_ACCOUNTS.c.id).where(_ACCOUNTS.c.person_id == person_id, _ACCOUNTS.c.disabled.is_(False))
    return connection.scalar(open_accounts.limit(1)) is not None


def _numbers(connection: Connection, person_id: int, now: datetime) -> dict[str, int]:
    actor, day = actor_of(connection, person_id, now), today(now)
    parts = parts_of(street_calendar(connection, actor), day, View.MINE)
    return numbers_of(connection, actor, {str(part): parts[part] for part in _PARTS if part in parts}, day=day)


def _part(part: Part, number: int, lines: Sequence[WorkLine], day: date, public_url: str) -> Text:
    title = _PARTS[part]
    zh, en = [f"【{title.zh}】{number} 项"], [f"{title.en}: {number}"]
    for line in lines:
        late = (day - line.due_on).days
        due = in_words(line.due_on)
        how = (
            Text(f"逾期 {late} 天", f"{late} day{'s' if late > 1 else ''} late")
            if late > 0
            else Text(f"{due.zh}到期", f"due {due.en}")
        )
        link = f"\n  {public_url}/cases/{line.case_id}" if public_url else ""
        zh.append(
            f"· {line.organization_name} {line.procedure_title.zh}：{line.step_title.zh}（{line.number}），{how.zh}{link}"
        )
        en.append(
            f"- {line.organization_name}, {line.procedure_title.en}: {line.step_title.en} ({line.number}), {how.en}{link}"
        )
    if number > len(lines):
        zh.append(f"· 另有 {number - len(lines)} 项")
        en.append(f"- and {number - len(lines)} more")
    return Text("\n".join(zh), "\n".join(en))


def _told(told: Sequence[Row[Any]], public_url: str) -> Text:
    zh, en = [f"【新通知】{len(told)} 条"], [f"New notices: {len(told)}"]
    for notice in told:
        link = f"\n  {public_url}/cases/{notice.case_public_id}" if public_url and notice.case_public_id else ""
        zh.append(f"· {notice.title_zh}{link}")
        en.append(f"- {notice.title_en}{link}")
    return Text("\n".join(zh), "\n".join(en))

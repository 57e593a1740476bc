"""Sends what was asked to be delivered: once, tried again a few times, its failures told to the channel's owner alone."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, Row, select, update

from incubator.engine.tasks import Settlement, Work, task
from incubator.models.automation import Means, Notice, NoticeChannel, NoticeDelivery
from incubator.models.base import table
from incubator.models.cases import Case
from incubator.services.automation.digests import Message, digest, language_of_person
from incubator.services.automation.messengers import NotSent, send
from incubator.services.automation.notice_delivery import SEND, ask_to_send
from incubator.services.automation.outbox import backoff
from incubator.services.notice_addresses import address_from
from incubator.settings import Settings
from incubator.text import Text

log = structlog.get_logger()

NAMES = frozenset({SEND})
MOST_ATTEMPTS = 5
# What fails slowly would keep work for cases waiting, message after message: its means then rests.
SLOW_SECONDS, REST = 2.0, timedelta(minutes=1)
_CHANNELS, _DELIVERIES, _NOTICES, _CASES = table(NoticeChannel), table(NoticeDelivery), table(Notice), table(Case)
_resting: dict[Means, datetime] = {}

_TEST = Message(
    Text("试发：通知方式可用", "Trial: this channel works"),
    Text(
        "这是指导中心工作台试发的消息。收到本消息，说明此通知方式可用。",
        "This is a trial of the guidance centre's workbench. That you read it shows that the channel works.",
    ),
)


@task(SEND)
def send_delivery(work: Work) -> Settlement:
    """Send a delivery by its channel, and write down what came of it; sent before, it is not sent again."""
    settings = Settings()
    with work.database.read() as connection:
        row = _delivery(connection, int(work.payload["delivery"]))
        if row is None or row.state != "waiting" or row.removed_at is not None:
            return lambda _: {"sent": False}
        message = _message(connection, row, settings.public_url, work.now)
        language = language_of_person(connection, row.person_id)
    means = Means(row.means)
    if (until := _resting.get(means)) is not None and work.now < until:
        return _later(row, work, until)
    began = time.monotonic()
    try:
        send(
            settings, address_from(row.means, row.sealed_address), title=message.title.read(language),
            body=message.body.read(language),
        )  # fmt: skip
    except NotSent as failure:
        log.warning("notice not sent", delivery=row.id, means=means.value, attempt=row.attempt + 1)
        if time.monotonic() - began > SLOW_SECONDS:
            _resting[means] = work.now + REST
        return _failed(row, work, failure.words)
    return _sent(row, work)


def _sent(row: Row[Any], work: Work) -> Settlement:
    def settle(connection: Connection) -> Mapping[str, Any]:
        _note(connection, row, state="sent", attempt=row.attempt + 1, error="", sent_at=work.now)
        return {"sent": True}

    return settle


def _failed(row: Row[Any], work: Work, why: Text) -> Settlement:
    attempt = row.attempt + 1

    def settle(connection: Connection) -> Mapping[str, Any]:
        over = attempt >= MOST_ATTEMPTS
        _note(connection, row, state="failed" if over else "waiting", attempt=attempt, error=f"{why.zh}\n{why.en}")
        if not over:
            ask_to_send(
                connection, street_id=row.street_id, delivery_id=row.id, now=work.now,
                available_at=work.now + backoff(attempt) * 6,
            )  # fmt: skip
        return {"sent": False, "attempt": attempt}

    return settle


def _later(row: Row[Any], work: Work, until: datetime) -> Settlement:
    def settle(connection: Connection) -> Mapping[str, Any]:
        ask_to_send(connection, street_id=row.street_id, delivery_id=row.id, now=work.now, available_at=until)
        return {"sent": False, "rests_until": until.isoformat()}

    return settle


def _note(connection: Connection, row: Row[Any], **values: Any) -> None:
    connection.execute(update(_DELIVERIES).where(_DELIVERIES.c.id == row.id).values(**values))


def _delivery(connection: Connection, delivery_id: int) -> Row[Any] | None:
    names = ("means", "sealed_address", "person_id", "removed_at")
    found: Row[Any] | None = connection.execute(
        select(_DELIVERIES, *(_CHANNELS.c[name] for name in names))
        .join_from(_DELIVERIES, _CHANNELS, _CHANNELS.c.id == _DELIVERIES.c.channel_id)
        .where(_DELIVERIES.c.id == delivery_id)
    ).one_or_none()
    return found


def _message(connection: Connection, row: Row[Any], public_url: str, now: datetime) -> Message:
    what = row.cause.partition(":")[0]
    if what == "test":
        return _TEST
    notices = connection.execute(
        select(_NOTICES, _CASES.c.public_id.label("case_public_id"))
        .join_from(_NOTICES, _CASES, _CASES.c.id == _NOTICES.c.case_id, isouter=True)
        .where(_NOTICES.c.id.in_(row.notice_ids))
        .order_by(_NOTICES.c.id)
    ).all()
    if what == "digest":
        return digest(connection, row.person_id, notices, public_url=public_url, now=now)
    (notice,) = notices
    link = f"\n{public_url}/cases/{notice.case_public_id}" if public_url and notice.case_public_id else ""
    return Message(
        Text(notice.title_zh, notice.title_en), Text(notice.body_zh + link, notice.body_en + link)
    )  # fmt: skip

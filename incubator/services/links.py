"""One-time links to a request: a secret that is shown once, kept as a hash, expires, and can be revoked at any moment."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from sqlalchemy import Connection, insert, select, update

from incubator.canonical import public_id, sha256
from incubator.clock import SHANGHAI, today
from incubator.engine.case import CaseView
from incubator.engine.roles import Actor
from incubator.engine.streams import Entry, append
from incubator.errors import Conflict, Invalid, NotFound
from incubator.models.asking import AskedState, RequestLink
from incubator.models.base import table
from incubator.queries.opened_links import Opened, opened_by
from incubator.services.asking import locked_request
from incubator.text import Text

_LINKS = table(RequestLink)
_BYTES = 32  # 256 bits: beyond guessing
TOKEN_LENGTH = 43  # characters of that many bytes in base64
STAYS = timedelta(days=14)  # how long after the request's day the organization may still look, and send what is late
_LONGEST = timedelta(days=366)


class LinkIsDead(NotFound):
    """The link is unknown, has expired, or was revoked; the three are not told apart."""

    code: ClassVar[str] = "link_is_dead"
    title: ClassVar[Text] = Text("链接已失效", "This link does not work any more")

    def __init__(self) -> None:
        super().__init__(
            Text(
                "请联系给您发送链接的街道或社区工作人员，由其重新发送。",
                "Ask the street office or the community worker who sent it to you for a new one.",
            )
        )


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link as it was made; its token is shown now and never again."""

    public_id: str
    token: str
    expires_at: datetime


def make_link(
    connection: Connection, *, case: str, request: str, actor: Actor, now: datetime, last_day: date | None = None
) -> NewLink:
    """A new link to an open request; those that were made before stop working.

    It works to the end of `last_day`, by default a fortnight after the day that the request sets. Raises NotFound,
    NotAllowed, Conflict where the request is closed, Invalid for a day that is over or too far.
    """
    view, asked = locked_request(connection, case, request, actor)
    if asked.state is not AskedState.OPEN:
        raise Conflict(Text("这项请求已经结束，不再需要链接。", "This request is closed: it needs no link any more."))
    last = last_day or usual_last_day(asked.due_on, now)
    if not today(now) <= last <= furthest_last_day(now):
        words = Text("有效期应在今天以后一年以内", "It must end within a year from today")
        raise Invalid(words, fields={"last_day": [words]})
    _revoke_all(connection, asked.id, actor, now)
    token = secrets.token_urlsafe(_BYTES)
    # Until the day is over where the office is.
    expires_at = datetime.combine(last + timedelta(days=1), time(), tzinfo=SHANGHAI)
    fresh = public_id()
    connection.execute(
        insert(_LINKS).values(
            public_id=fresh, street_id=view.street_id, request_id=asked.id, token_hash=sha256(token),
            made_by=actor.person_id, made_at=now, expires_at=expires_at,
        )
    )  # fmt: skip
    told = {"request": asked.public_id, "link": fresh, "until": last.isoformat()}
    _record(connection, view, "case.link_made", actor, told, now)
    return NewLink(fresh, token, expires_at)


def usual_last_day(due_on: date, now: datetime) -> date:
    """The last day of a link where nobody chose one: a fortnight after the day that its request sets."""
    return max(due_on, today(now)) + STAYS


def furthest_last_day(now: datetime) -> date:
    """The latest day to which a link may work."""
    return today(now) + _LONGEST + STAYS


def revoke_link(connection: Connection, *, case: str, request: str, link: str, actor: Actor, now: datetime) -> None:
    """Let a link (by its public id) show nothing from now on; revoked again, nothing changes. Raises NotFound, NotAllowed."""
    view, asked = locked_request(connection, case, request, actor)
    row = connection.execute(
        select(_LINKS.c.id, _LINKS.c.revoked_at).where(_LINKS.c.request_id == asked.id, _LINKS.c.public_id == link)
    ).one_or_none()
    if row is None:
        raise NotFound(Text("没有这个链接，请刷新页面后重试", "There is no such link: reload the page"))
    if row.revoked_at is None:
        connection.execute(
            update(_LINKS).where(_LINKS.c.id == row.id).values(revoked_at=now, revoked_by=actor.person_id)
        )
        told = {"request": asked.public_id, "link": link}
        _record(connection, view, "case.link_revoked", actor, told, now)


def opened(connection: Connection, token: str, now: datetime, *, lock: bool = False) -> Opened:
    """What a live link leads to. Raises LinkIsDead for every other."""
    found = opened_by(connection, sha256(token), now, lock=lock) if len(token) == TOKEN_LENGTH else None
    if found is None:
        raise LinkIsDead
    return found


def note_opening(connection: Connection, link: Opened, now: datetime) -> None:
    """Write down when somebody first looked; no event, for who it was cannot be told."""
    connection.execute(
        update(_LINKS).where(_LINKS.c.id == link.link_id, _LINKS.c.opened_at.is_(None)).values(opened_at=now)
    )


def _revoke_all(connection: Connection, request_id: int, actor: Actor, now: datetime) -> None:
    connection.execute(
        update(_LINKS)
        .where(_LINKS.c.request_id == request_id, _LINKS.c.revoked_at.is_(None), _LINKS.c.expires_at > now)
        .values(revoked_at=now, revoked_by=actor.person_id)
    )


def _record(
    connection: Connection, view: CaseView, kind: str, actor: Actor, change: dict[str, Any], now: datetime
) -> None:
    append(
        connection,
        Entry("case", view.id, view.street_id, kind, actor, change, subject=view.public_id),
        now=now,
    )

"""Who opens a page: a browser's session, or nobody yet; and what a form on a page sent, from our own page alone."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated
from urllib.parse import quote, urlsplit
from weakref import WeakKeyDictionary

from fastapi import Depends, Request
from sqlalchemy import select
from starlette.datastructures import FormData

from api.callers import (
    Caller,
    ForgedRequest,
    comes_from_elsewhere,
    is_forged,
    language_of,
    refuse_nul,
    service_of,
    session_of,
)
from api.pages.reader import Reader
from api.pages.submitted import one
from incubator.clock import today
from incubator.database import Database
from incubator.engine.roles import WHOLE_STREET, Actor, Role
from incubator.errors import Invalid, NotAllowed
from incubator.models.base import table
from incubator.models.streets import Street
from incubator.queries.visibility import Permission, covers_area, may
from incubator.services.automation.heartbeat import automation
from incubator.services.bootstrap import Service
from incubator.text import Language, Text

_STREETS = table(Street)
_FORM_OF_CASE = re.compile("/cases/[0-9A-Za-z_-]+(/actions/[0-9A-Za-z_-]+)?")
_MOST_FIELDS, _MOST_FILES = 1000, 20
_LARGEST_FIELD = 3 * 1024 * 1024  # bytes: a policy pack of 1 MB travels as text with its line ends doubled
# How stale the banner about automation may be; asked anew at each page it would cost two statements.
_STATE_LASTS = timedelta(seconds=5)


class SignInNeeded(Exception):  # noqa: N818 - it states the fact, as all errors here do
    """A page was asked for without a session; the application leads to the sign-in, and back afterwards."""

    def __init__(self, wanted: str) -> None:
        super().__init__(wanted)
        self.address = f"/signin?next={quote(wanted, safe='')}" if wanted != "/" else "/signin"


@dataclass(frozen=True, slots=True)
class Visitor:
    """A signed-in person in front of a page."""

    caller: Caller
    reader: Reader

    @property
    def service(self) -> Service:
        """The wired service."""
        return self.caller.service

    @property
    def actor(self) -> Actor:
        """Who acts."""
        return self.caller.actor

    @property
    def now(self) -> datetime:
        """The moment of the request."""
        return self.caller.now

    @property
    def today(self) -> date:
        """The day in Shanghai."""
        return today(self.caller.now)

    @property
    def language(self) -> Language:
        """What the page is read in."""
        return self.reader.language


@dataclass(frozen=True, slots=True)
class Sender:
    """A signed-in person who sent a form from one of our pages."""

    visitor: Visitor
    form: FormData


async def form_of(request: Request) -> AsyncIterator[FormData]:
    """What a page's form sent, with limits on how much of it there may be; its files are closed with the request.

    Raises Invalid for a NUL, which nobody types and PostgreSQL does not take.
    """
    async with request.form(max_files=_MOST_FILES, max_fields=_MOST_FIELDS, max_part_size=_LARGEST_FIELD) as form:
        if any(isinstance(value, str) and "\0" in value for _, value in form.multi_items()):
            words = Text(
                "填写的内容含有不可用的字符，请重新填写", "What was sent holds a character that cannot be: type it anew"
            )
            raise Invalid(words)
        yield form


def visitor(request: Request) -> Visitor:
    """Who opens this page. Raises SignInNeeded where nobody is signed in."""
    refuse_nul(request)
    service = service_of(request)
    now = service.clock.now()
    signed_in = session_of(request, now)
    if signed_in is None:
        query = f"?{request.url.query}" if request.url.query else ""
        raise SignInNeeded(request.url.path + query if request.method == "GET" else _came_from(request))
    language = language_of(request, signed_in.language)
    caller = Caller(service, signed_in, now, language)
    return Visitor(caller, _reader(caller))


def sender(
    request: Request, who: Annotated[Visitor, Depends(visitor)], form: Annotated[FormData, Depends(form_of)]
) -> Sender:
    """Who sent this form. Raises ForgedRequest where it does not come from a page of ours."""
    sent = one(form, "csrf") or request.headers.get("x-csrf-token", "")
    if is_forged(request, who.caller.signed_in, sent):
        raise ForgedRequest
    return Sender(who, form)


def stranger(request: Request, form: Annotated[FormData, Depends(form_of)]) -> FormData:
    """A form from somebody who need not be signed in; another site's page sends none."""
    if comes_from_elsewhere(request):
        raise ForgedRequest
    return form


Visiting = Annotated[Visitor, Depends(visitor)]
Sending = Annotated[Sender, Depends(sender)]
StrangersForm = Annotated[FormData, Depends(stranger)]


def stranger_reader(request: Request) -> Reader:
    """The frame of a page that is shown to nobody in particular."""
    service = service_of(request)
    return Reader(language_of(request), test_now=_test_now(service, service.clock.now()))


def reader_of(request: Request) -> Reader:
    """The frame of an error's page, whoever is in front of it."""
    try:
        return visitor(request).reader
    except SignInNeeded:
        return stranger_reader(request)


def require_staff(actor: Actor) -> None:
    """Refuse who holds no role today and stands in for none: such a person can sign in and see nothing."""
    if not actor.grants and not actor.stands_in:
        raise NotAllowed(
            Text(
                "您的账号目前没有任何角色，请联系系统管理员",
                "Your account has no role at present: ask the administrator",
            )
        )


def _reader(caller: Caller) -> Reader:
    service, actor = caller.service, caller.actor
    return Reader(
        caller.language,
        actor,
        _street_name(service, actor.street_id),
        caller.signed_in.csrf_token,
        _nav(actor),
        _automation_waits(service, caller.now),
        _test_now(service, caller.now),
    )


def _came_from(request: Request) -> str:
    """The case that a form stood on, where the browser says so: there one finds what was kept of it. Else the beginning."""
    referer = urlsplit(request.headers.get("referer", ""))
    # Of a case alone: what other forms answer to stands at addresses that cannot be looked at.
    if referer.netloc != request.headers.get("host") or not _FORM_OF_CASE.fullmatch(referer.path):
        return "/"
    return referer.path + (f"?{referer.query}" if referer.query else "")


def _nav(actor: Actor) -> tuple[str, ...]:
    shown = ["today", "worklist", "notices"]
    if any(grant.role not in (Role.EXPERT, Role.HUB_REPRESENTATIVE) for grant in actor.grants):
        shown += ["organizations", "hubs", "premises", "calls", "projects"]
    if may(actor, Permission.SEE_LEDGER):
        shown.append("ledger")
    if may(actor, Permission.SEE_STATUS):
        shown.append("status")
    if may(actor, Permission.SEE_STATUS) and covers_area(actor, actor.street_id, WHOLE_STREET):
        shown.append("reviews")  # a receipt tells of the whole street
    if may(actor, Permission.IMPORT_SURVEY):
        shown.append("survey")
    if "organizations" in shown:
        shown.append("policies")
    if actor.grants or actor.stands_in:
        shown += ["procedures", "calendar"]
    if may(actor, Permission.MANAGE_TEMPLATES):
        shown.append("templates")
    if "organizations" in shown:
        shown += ["absences", "handovers"]
    if may(actor, Permission.NAME_SUBSTITUTE):
        shown.append("substitutes")
    return tuple(shown)


def _test_now(service: Service, now: datetime) -> datetime | None:
    return now if service.settings.clock == "test" else None


# Per database: a street's name does not change while a process runs, and the banner may be seconds old.
_names: WeakKeyDictionary[Database, dict[int, str]] = WeakKeyDictionary()
_waits: WeakKeyDictionary[Database, tuple[datetime, bool]] = WeakKeyDictionary()


def _street_name(service: Service, street_id: int) -> str:
    known = _names.setdefault(service.database, {})
    if street_id not in known:
        with service.database.read() as connection:
            known[street_id] = connection.scalar(select(_STREETS.c.name).where(_STREETS.c.id == street_id)) or ""
    return known[street_id]


def _automation_waits(service: Service, now: datetime) -> bool:
    asked = _waits.get(service.database)
    if asked is None or not timedelta() <= now - asked[0] < _STATE_LASTS:
        with service.database.read() as connection:
            asked = _waits[service.database] = (now, not automation(connection, now).works)
    return asked[1]

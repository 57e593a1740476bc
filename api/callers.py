"""Who a request comes from: a browser's session or a program's token, its language, and how far it reaches."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar, TypeVar

from fastapi import Depends, Request
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from api.i18n import LANGUAGE_COOKIE, accepted, choose_language
from incubator.engine.roles import Actor
from incubator.errors import Invalid, NotAllowed, NotSignedIn
from incubator.scopes import SCOPE_NAMES, Scope
from incubator.services.bootstrap import Service
from incubator.services.sign_in import SignedIn, authenticate, touch
from incubator.services.tokens import authenticate_token
from incubator.text import Language, Text

T = TypeVar("T")

SESSION_COOKIE = "session"
CSRF_HEADER = "X-CSRF-Token"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_BEARER = "bearer "


class ForgedRequest(NotAllowed):
    """A write that came with a session's cookie, but not from one of our own pages."""

    code: ClassVar[str] = "csrf"
    title: ClassVar[Text] = Text("请求来源无法确认", "Where the request comes from cannot be told")

    def __init__(self) -> None:
        super().__init__(
            Text(
                "页面可能已过期，未作任何更改。请刷新页面后重新提交。",
                "The page may be too old; nothing was changed. Reload it and send it again.",
            )
        )


@dataclass(frozen=True, slots=True)
class Caller:
    """A signed-in person or program, at the moment of the request."""

    service: Service
    signed_in: SignedIn
    now: datetime
    language: Language

    @property
    def actor(self) -> Actor:
        """Who acts."""
        return self.signed_in.actor

    def read(self, look: Callable[[Connection], T]) -> T:
        """Look at the database."""
        with self.service.database.read() as connection:
            return look(connection)

    def write(self, work: Callable[[Connection], T]) -> T:
        """Do something in one transaction; the entry point commits, services never do."""
        return self.service.database.write(work)

    async def act(self, work: Callable[[Connection], T]) -> T:
        """As `write`, for what is asked most: where the database has a writer of its own, no other thread waits for it."""
        done = self.service.database.submit(work)
        return await (run_in_threadpool(self.write, work) if done is None else asyncio.wrap_future(done))


def service_of(request: Request) -> Service:
    """The service that the application was made with."""
    service: Service = request.app.state.service
    return service


def session_of(request: Request, now: datetime) -> SignedIn | None:
    """Who holds the session of this browser; notes that it is in use."""
    token = request.cookies.get(SESSION_COOKIE)
    if not token:
        return None
    service = service_of(request)
    with service.database.glance() as connection:
        found = authenticate(connection, token, now)
    if found is not None and found.is_seen_again(now):
        seen = found
        service.database.write(lambda connection: touch(connection, seen, now))
    return found


def is_forged(request: Request, signed_in: SignedIn, sent: str) -> bool:
    """Whether a write lacks the session's own token. `sent` is what the form or the header says."""
    if request.method in _SAFE_METHODS or signed_in.scopes is not None:
        return False
    return not secrets.compare_digest(sent.encode(), signed_in.csrf_token.encode())


def comes_from_elsewhere(request: Request) -> bool:
    """Whether a browser says that another site's page sent this; asked where no session's token can be."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is not None and origin.partition("//")[2] != request.headers.get("host", "")


def holds_nul(request: Request) -> bool:
    """Whether there is a NUL in the address."""
    return b"%00" in request.scope["query_string"] or "\0" in request.url.path


def refuse_nul(request: Request) -> None:
    """Refuse an address with a NUL in it, which no text of ours holds and PostgreSQL does not take. Raises Invalid."""
    if holds_nul(request):
        words = Text("地址中含有不可用的字符，请检查后重试", "The address holds a character that cannot be: check it")
        raise Invalid(words)


def language_of(request: Request, account: str | None = None) -> Language:
    """The language of a page's reader: the account's, else the browser's choice."""
    return choose_language(
        account=account,
        cookie=request.cookies.get(LANGUAGE_COOKIE),
        accept_language=request.headers.get("accept-language"),
    )


def caller_with(scope: Scope) -> Callable[[Request], Awaitable[Caller]]:
    """The dependency that lets in whoever is signed in and reaches this far; what roles permit is asked besides."""

    async def caller(request: Request) -> Caller:
        # SQLite has said whose token it is sooner than another thread would begin to ask: nothing there is waited for.
        if service_of(request).database.is_sqlite and _token(request) is not None:
            return identified(request)
        return await run_in_threadpool(identified, request)

    def identified(request: Request) -> Caller:
        refuse_nul(request)
        service = service_of(request)
        now = service.clock.now()
        signed_in = _signed_in(request, now)
        if signed_in is None:
            raise NotSignedIn(
                Text(
                    "请先登录（POST /api/v1/session），或在 Authorization 中提供有效的令牌",
                    "Sign in (POST /api/v1/session), or send a valid token in Authorization",
                )
            )
        if is_forged(request, signed_in, request.headers.get(CSRF_HEADER, "")):
            raise ForgedRequest
        if not signed_in.reaches(scope):
            raise NotAllowed(
                Text("该令牌没有“{what}”的权限", "The token does not reach so far as to {what}").fill(
                    what=SCOPE_NAMES[scope]
                ),
                extra={"scope": scope.value},
            )
        # A program says in each request what it reads; a person chose once.
        asked = accepted(request.headers.get("accept-language") or "")
        language = asked or choose_language(account=signed_in.language, cookie=None, accept_language=None)
        request.state.language = language
        return Caller(service, signed_in, now, language)

    return caller


def _signed_in(request: Request, now: datetime) -> SignedIn | None:
    token = _token(request)
    if token is None:
        return session_of(request, now)
    with service_of(request).database.glance() as connection:
        return authenticate_token(connection, token, now)


def _token(request: Request) -> str | None:
    """The token that a program sent."""
    header = request.headers.get("authorization", "")
    return header[len(_BEARER) :].strip() if header[: len(_BEARER)].lower() == _BEARER else None


Reading = Annotated[Caller, Depends(caller_with(Scope.READ))]
Working = Annotated[Caller, Depends(caller_with(Scope.CASES_WRITE))]
Importing = Annotated[Caller, Depends(caller_with(Scope.IMPORT))]
Administering = Annotated[Caller, Depends(caller_with(Scope.ADMIN))]

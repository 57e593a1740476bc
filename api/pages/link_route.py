"""How the pages behind a link answer: to nobody signed in, never cached, telling no other site of their address."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response

from api.callers import ForgedRequest, language_of, refuse_nul, service_of
from api.i18n import LANGUAGE_COOKIE
from api.pages.reader import Reader
from api.pages.rendering import page
from incubator.database import Database
from incubator.errors import Refused
from incubator.services.links import LinkIsDead
from incubator.text import Language

Token = str
PREFIX = "/r/"
LANGUAGE = "in"  # the query parameter by which a reader without an account changes the language
_UPLOAD_HEADER = "tus-resumable"
_HEADERS = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow", "Cache-Control": "no-store"}
# A secret of 256 bits is not guessed; whoever tries is not let at the database either.
MOST_GUESSES, WINDOW = 30, timedelta(minutes=1)
_MOST_ADDRESSES = 10_000
_TOO_MANY = 429

_guesses: WeakKeyDictionary[Database, dict[str, deque[datetime]]] = WeakKeyDictionary()


class LinkRoute(APIRoute):
    """A route behind a link: whatever is refused is said on a page of its own, and a dead link tells nothing."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler with refusals turned into answers."""
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            tried = _tried(request)
            try:
                if len(tried) >= MOST_GUESSES:
                    response = await run_in_threadpool(_gone, request, _TOO_MANY)
                    response.headers["Retry-After"] = str(int(WINDOW.total_seconds()))
                else:
                    refuse_nul(request)
                    response = await handle(request)
            except LinkIsDead:
                tried.append(service_of(request).clock.now())
                response = await run_in_threadpool(_gone, request, LinkIsDead.status)
            except Refused as refusal:
                response = await run_in_threadpool(_refused, request, refusal)
            response.headers.update(_HEADERS)
            return response

        return handled


def link_reader(request: Request) -> Reader:
    """The frame of a page behind a link, in the language that the address or the browser asks for."""
    asked = request.query_params.get(LANGUAGE)
    return Reader(Language(asked) if asked in tuple(Language) else language_of(request))


def keep_language(request: Request, response: Response) -> None:
    """Remember the language that the address asked for."""
    asked = request.query_params.get(LANGUAGE)
    if asked in tuple(Language):
        secure = service_of(request).settings.secure_cookies
        response.set_cookie(LANGUAGE_COOKIE, str(asked), max_age=365 * 24 * 3600, samesite="lax", secure=secure)


def refuse_strangers_page(request: Request) -> None:
    """Refuse what another site's page sends. Raises ForgedRequest.

    The secret in the address is what a form proves itself with: no other page knows it. A browser that leaves its
    address out, as this page asks it to, may say `null` for an origin.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        elsewhere = site not in ("same-origin", "none")
    else:
        elsewhere = origin not in (None, "null") and urlsplit(str(origin)).netloc != request.headers.get("host")
    if elsewhere:
        raise ForgedRequest


def _gone(request: Request, status: int) -> Response:
    if _UPLOAD_HEADER in request.headers:
        return _plain(request, LinkIsDead(), status)
    return page(request, link_reader(request), "request_link_gone.html", status=status)


def _refused(request: Request, refusal: Refused) -> Response:
    if _UPLOAD_HEADER in request.headers:
        return _plain(request, refusal, refusal.status)
    return page(
        request, link_reader(request), "request_link_refused.html", status=refusal.status, title=refusal.title,
        detail=refusal.detail, back=f"{PREFIX}{request.path_params.get('token', '')}",
    )  # fmt: skip


def _plain(request: Request, refusal: Refused, status: int) -> Response:
    """What an upload is answered: a sentence that the page shows beside the file."""
    words = refusal.title if isinstance(refusal, LinkIsDead) else refusal.detail
    return PlainTextResponse(words.read(language_of(request)), status, {"Tus-Resumable": "1.0.0"})


def _tried(request: Request) -> deque[datetime]:
    """The unknown links that this address tried within the last minute."""
    service = service_of(request)
    of_all = _guesses.setdefault(service.database, {})
    if len(of_all) > _MOST_ADDRESSES:
        of_all.clear()
    tried = of_all.setdefault(request.client.host if request.client else "", deque(maxlen=MOST_GUESSES))
    since = service.clock.now() - WINDOW
    while tried and tried[0] <= since:
        tried.popleft()
    return tried

"""Signing in and out, and the language of the pages."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from api.callers import SESSION_COOKIE, language_of, service_of, session_of
from api.i18n import LANGUAGE_COOKIE
from api.pages.rendering import go, own_address, page
from api.pages.submitted import one
from api.pages.visitors import Sending, StrangersForm, Visiting, stranger_reader
from api.session_cookie import clear_session, set_session
from incubator.services.accounts import set_language
from incubator.services.sign_in import SignInRefused, sign_in, sign_out
from incubator.text import Language, Text

router = APIRouter()

_YEAR = 365 * 24 * 3600


@router.get("/")
def home(visiting: Visiting) -> Response:
    """A day begins with what is to be done."""
    return RedirectResponse("/worklist", 303)


@router.get("/signin")
def sign_in_page(request: Request, next: Annotated[str, Query(max_length=2000)] = "/") -> Response:  # noqa: A002
    """The form; whoever is signed in already goes on."""
    service = service_of(request)
    if session_of(request, service.clock.now()) is not None:
        return RedirectResponse(own_address(next), 303)
    return page(request, stranger_reader(request), "signin.html", next=own_address(next))


@router.post("/signin")
def enter(request: Request, form: StrangersForm) -> Response:
    """Sign in, and go on to the page that was wanted."""
    service = service_of(request)
    wanted = own_address(one(form, "next") or "/")
    username = one(form, "username")
    password = form.get("password")
    try:
        made = sign_in(
            service.database,
            username=username,
            password=password if isinstance(password, str) else "",
            now=service.clock.now(),
        )
    except SignInRefused as refused:
        return page(
            request,
            stranger_reader(request),
            "signin.html",
            status=refused.status,
            next=wanted,
            username=username,
            error=refused.detail,
        )
    response = RedirectResponse(wanted, 303)
    set_session(response, made, service.settings)
    return response


@router.post("/signout")
def leave(request: Request, sending: Sending) -> Response:
    """Sign out."""
    token = request.cookies.get(SESSION_COOKIE, "")
    caller = sending.visitor.caller
    caller.write(lambda connection: sign_out(connection, token, caller.now))
    response = go(request, "/signin", Text("您已退出登录", "You are signed out"), kind="info")
    clear_session(response)
    return response


@router.post("/language")
def choose_language(request: Request, form: StrangersForm) -> Response:
    """Read the pages in another language; kept in the browser and, of somebody signed in, with the account."""
    service = service_of(request)
    now = service.clock.now()
    chosen = one(form, "language")
    language = Language(chosen) if chosen in tuple(Language) else language_of(request)
    signed_in = session_of(request, now)
    if signed_in is not None and signed_in.language != language:
        account, actor = signed_in.account.id, signed_in.actor
        service.database.write(
            lambda connection: set_language(connection, account_id=account, language=language, actor=actor, now=now)
        )
    response = go(request, own_address(one(form, "next") or "/"))
    response.set_cookie(
        LANGUAGE_COOKIE, language.value, max_age=_YEAR, samesite="lax", secure=service.settings.secure_cookies
    )
    return response

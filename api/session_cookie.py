"""The cookie that holds a browser's session."""

from __future__ import annotations

from starlette.responses import Response

from api.callers import SESSION_COOKIE
from incubator.services.sign_in import LONGEST_SESSION, NewSession
from incubator.settings import Settings


def set_session(response: Response, session: NewSession, settings: Settings) -> None:
    """Give the browser its session: out of scripts' reach, and never sent along by another site's form."""
    response.set_cookie(
        SESSION_COOKIE,
        session.token,
        max_age=int(LONGEST_SESSION.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=settings.secure_cookies,
    )


def clear_session(response: Response) -> None:
    """Take it back."""
    response.delete_cookie(SESSION_COOKIE)

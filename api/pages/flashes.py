"""What just happened, told once on the next page: a cookie that the next rendering reads and clears."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from incubator.text import Text

COOKIE = "flash"
KINDS = ("success", "info", "warning", "danger")
_LONGEST = 2000  # a cookie holds 4 KB


def tell(response: Response, kind: str, text: Text, *, secure: bool) -> None:
    """Let the next page say this sentence."""
    stored = json.dumps({"kind": kind, "text": text.as_pair()}, ensure_ascii=False).encode()
    packed = base64.urlsafe_b64encode(stored).decode()
    if len(packed) <= _LONGEST:
        response.set_cookie(COOKIE, packed, max_age=60, httponly=True, samesite="lax", secure=secure)


def told(request: Request) -> list[dict[str, Any]]:
    """What the page before wanted said; nothing where the cookie is not one of ours."""
    packed = request.cookies.get(COOKIE)
    if not packed:
        return []
    try:
        said = json.loads(base64.urlsafe_b64decode(packed.encode()))
        kind, text = said["kind"], Text.from_pair(said["text"])
    except (binascii.Error, ValueError, KeyError, TypeError):
        return []
    whole = isinstance(text.zh, str) and isinstance(text.en, str)
    return [{"kind": kind, "text": text}] if kind in KINDS and whole else []


def forget(request: Request, response: Response) -> None:
    """Say it no second time."""
    if COOKIE in request.cookies:
        response.delete_cookie(COOKIE)

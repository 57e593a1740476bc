"""Refusals as pages: what happened, what to do, and a way on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.callers import holds_nul
from api.pages.rendering import own_address, page
from api.pages.visitors import reader_of, stranger_reader
from incubator.errors import Refused
from incubator.text import Text


def refused_page(request: Request, refusal: Refused) -> Response:
    """The page of a refusal."""
    blockers = refusal.extra.get("blockers") or ()
    return error_page(request, refusal.status, refusal.title, refusal.detail, blockers=blockers)


def error_page(
    request: Request,
    status: int,
    title: Text,
    detail: Text,
    *,
    blockers: Any = (),
    reference: str = "",
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A page that says what went wrong; after an error of ours nothing is asked of the database.

    Nor is it for an address with a NUL in it: who reads is asked under the address, which would be refused once more.
    """
    alone = status >= 500 or holds_nul(request)
    reader = stranger_reader(request) if alone else reader_of(request)
    return page(
        request,
        reader,
        "error.html",
        status=status,
        headers=headers,
        title=title,
        detail=detail,
        blockers=list(blockers),
        reference=reference,
        back=_back(request),
    )


def _back(request: Request) -> str:
    """The page that the form or link stood on, where the browser says so and it is ours."""
    referer = request.headers.get("referer", "")
    prefix = f"{request.url.scheme}://{request.headers.get('host', '')}"
    if not referer.startswith(prefix + "/"):
        return ""
    path = own_address(referer.removeprefix(prefix), "")
    return "" if path.split("?")[0] == request.url.path else path

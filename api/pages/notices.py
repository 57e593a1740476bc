"""The page of notices: what automation told this person, newest first, each leading to its case."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.pages.rendering import page
from api.pages.visitors import Visiting
from incubator.queries.notices import notices

router = APIRouter()


@router.get("/notices")
def show_notices(request: Request, visiting: Visiting, cursor: Annotated[str, Query(max_length=2000)] = "") -> Response:
    """A page of them."""
    found = visiting.caller.read(lambda connection: notices(connection, visiting.actor, cursor=cursor))
    return page(
        request,
        visiting.reader,
        "notices.html",
        here="notices",
        notices=found.items,
        next_page=f"/notices?{urlencode({'cursor': found.next_cursor})}" if found.next_cursor else None,
        first_page="/notices" if cursor else None,
    )

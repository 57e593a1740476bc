"""Pages rendered for their reader: language, navigation, banners and what just happened stand around every page."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from api import assets, i18n
from api.pages import flashes
from api.pages.reader import Reader
from incubator.text import Text

TEMPLATES = Path(__file__).parents[1] / "templates"


@cache
def environment() -> Environment:
    """The templates of the workbench, everything escaped."""
    env = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, auto_reload=False)
    i18n.install(env)
    assets.install(env)
    return env


def page(
    request: Request,
    reader: Reader,
    template: str,
    *,
    here: str = "",
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> HTMLResponse:
    """A page in the reader's language, with what the last one wanted said."""
    with i18n.speaking(reader.language):
        body = (
            environment()
            .get_template(template)
            .render(
                **reader.frame(),
                here=here,
                here_path=_here(request),
                flashes=flashes.told(request),
                status=status,
                **context,
            )
        )
    response = HTMLResponse(body, status, dict(headers or {}))
    flashes.forget(request, response)
    return response


def go(request: Request, address: str, text: Text | None = None, *, kind: str = "success") -> RedirectResponse:
    """On to another page with GET, so that reloading it repeats nothing; `text` is said there."""
    response = RedirectResponse(address, 303)
    if text is not None:
        flashes.tell(response, kind, text, secure=request.url.scheme == "https")
    return response


def own_address(address: str, otherwise: str = "/") -> str:
    """An address of this site; whatever leads elsewhere is replaced."""
    plain = address.replace("\\", "/")
    ours = plain.startswith("/") and not plain.startswith("//") and all(ord(sign) >= 0x20 for sign in plain)
    return address if ours else otherwise


def _here(request: Request) -> str:
    """Where changing the language comes back to: this page, or for the answer to a form the page it came from."""
    if request.method == "GET":
        query = request.url.query
        return request.url.path + (f"?{query}" if query else "")
    return "/"

"""What a page says, and what a browser would send back of it."""

from __future__ import annotations

from typing import Any

from lxml import html
from sqlalchemy import func, select

from incubator.models.base import table
from incubator.models.streets import Community
from tests.api.centre import Browser, WebCentre


def text_of(answer: Any) -> str:
    """The words of the page itself, without what stands around every page; its parts a space apart."""
    main = html.document_fromstring(answer.text).get_element_by_id("main")
    return " ".join(" ".join(part.split()) for part in main.itertext() if part.strip())


def in_english(browser: Browser) -> Browser:
    """The same browser, from now on in English."""
    assert browser.post("/language", {"language": "en"}).status_code == 303
    return browser


def rows_of(answer: Any) -> int:
    """How many rows the page's tables have."""
    return len(html.document_fromstring(answer.text).xpath("//main//table/tbody/tr"))


def links_of(answer: Any, within: str = "//main//table") -> list[str]:
    """Where the links within a part of the page lead."""
    return list(html.document_fromstring(answer.text).xpath(f"{within}//a/@href"))


def hidden(answer: Any, action: str) -> dict[str, str]:
    """The hidden fields of the form that is sent to this address."""
    form = html.document_fromstring(answer.text).xpath(f"//form[@action='{action}']")[0]
    return {field.get("name"): field.get("value") for field in form.xpath(".//input[@type='hidden']")}


def community(centre: WebCentre, name: str) -> str:
    """A community's public id."""
    rows = table(Community)
    with centre.database.read() as connection:
        return str(connection.scalar(select(rows.c.public_id).where(rows.c.name == name)))


def counted(centre: WebCentre, *models: Any) -> tuple[int, ...]:
    """How many rows each of these tables has."""
    with centre.database.read() as connection:
        return tuple(connection.scalar(select(func.count()).select_from(table(model))) or 0 for model in models)

"""The menus by keyboard alone, in a real browser, at a desk's and at a phone's width."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from api.callers import SESSION_COOKIE
from incubator.clock import FixedClock
from incubator.database import Database
from tests.api.centre import web_centre
from tests.browser.serving import served

DESK, PHONE = 1440, 390


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_the_keyboard_alone_opens_and_closes_the_menus_and_skips_them(
    chromium: Browser, sqlite_url: str, clock: FixedClock, tmp_path: Path, width: int
) -> None:
    database = Database(sqlite_url)
    with (
        web_centre(database, clock, tmp_path) as web,
        served(web.app) as address,
        chromium.new_context(locale="zh-CN") as context,
    ):
        cookie = web.browser("director").client.cookies[SESSION_COOKIE]
        context.add_cookies([{"name": SESSION_COOKIE, "value": cookie, "url": address}])
        page = context.new_page()
        press = page.keyboard.press
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{address}/organizations")
        press("Tab")
        expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
        press("Enter")
        press("Tab")
        assert page.evaluate("document.getElementById('main').contains(document.activeElement)")
        if width == PHONE:
            button = page.get_by_role("button", name="菜单")
            expect(button).to_have_attribute("aria-expanded", "false")
            button.focus()
            press("Enter")
            expect(button).to_have_attribute("aria-expanded", "true")
        more = page.locator(".mainnav-more")
        more.locator("summary").focus()
        press("Enter")
        press("Tab")
        first = more.get_by_role("link").first
        expect(first).to_be_focused()
        press("Escape")
        expect(more.locator("summary")).to_be_focused()
        expect(first).to_be_hidden()
        press("Enter")
        for _ in range(more.get_by_role("link").count() + 1):
            press("Tab")
        expect(first).to_be_hidden()  # nobody is left behind an open menu
    database.close()

"""Two overdue cases chased in a real browser: ticked on the worklist, the message copied, the call logged once, seen on the case."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from api.callers import SESSION_COOKIE
from incubator.clock import FixedClock
from incubator.database import Database
from tests.api.centre import web_centre
from tests.api.test_chasing import late
from tests.browser.test_keyboard_in_chromium import served

pytestmark = pytest.mark.xdist_group("processes")


def test_two_cases_are_ticked_the_message_is_copied_and_the_call_is_logged_once(
    chromium: Browser, sqlite_url: str, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INCUBATOR_DATA_DIR", str(tmp_path))
    with (
        web_centre(Database(sqlite_url), clock, tmp_path) as web,
        served(web.app) as address,
        chromium.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900}) as context,
    ):
        first, _ = late(web)
        cookie = web.browser("officer").client.cookies[SESSION_COOKIE]
        context.add_cookies([{"name": SESSION_COOKIE, "value": cookie, "url": address}])
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{address}/worklist?view=all")
        for box in page.locator("tbody input[name=case]").all():
            box.check()
        page.get_by_role("button", name="催办所选").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("催办")
        card = page.locator("section.chase").filter(has_text="常青合唱团").first
        card.get_by_role("button", name="复制消息").click()
        expect(card.get_by_role("status")).to_have_text("已复制，请到微信粘贴发送")
        message = card.get_by_label("微信消息").input_value()
        assert page.evaluate("navigator.clipboard.readText()") == message
        assert "常青合唱团" in message
        card.get_by_label("备注").fill("说明天送来")
        card.get_by_role("button", name="已联系上").dblclick()
        expect(page.get_by_role("status").filter(has_text="已登记：已联系上")).to_be_visible()
        expect(card.get_by_text("上次催办：")).to_contain_text("已联系上：说明天送来")
        card.get_by_role("link", name="备案：补正").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("备案")
        assert page.url == f"{address}/cases/{first}"
        expect(page.get_by_text("电话已联系上")).to_have_count(1)
        assert complaints == []

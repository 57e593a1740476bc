"""Words typed on a page in a real browser: kept a moment later and on leaving, without a question; not after a failure."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, Dialog, Route, expect

from api.i18n import speaking
from api.pages.rendering import environment
from api.security_headers import ALWAYS, CONTENT_SECURITY_POLICY

API = Path(__file__).parents[2] / "api"
ADDRESS = "http://drafts.localhost"
TEMPLATE = """{% extends "base.html" %}{% block head %}<script src="{{ asset('drafts.js') }}" defer></script>{% endblock %}
{% block content %}<form method="post" action="/sent" id="act-form" data-draft="/kept" data-draft-note="note" data-draft-failed="未能暂存">
<label for="words">意见</label><textarea id="words" name="words"></textarea><button>提交</button></form>
<span id="note" role="status"></span><a href="/elsewhere">别处</a>{% endblock %}"""


def test_words_are_kept_by_themselves_and_on_leaving_and_only_unkept_ones_ask(chromium: Browser) -> None:
    with speaking("zh"):
        text = environment().from_string(TEMPLATE).render()
    headers = {**ALWAYS, "Content-Security-Policy": CONTENT_SECURITY_POLICY, "Content-Type": "text/html; charset=utf-8"}
    kept: list[str] = []
    asked: list[str] = []
    status = [200]

    def answer(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path == "/kept":
            kept.append(parse_qs(route.request.post_data or "")["words"][0])
            route.fulfill(status=status[0], body="已暂存 09:05", content_type="text/plain; charset=utf-8")
        elif path.startswith("/static/"):
            route.fulfill(path=API / path.removeprefix("/"))
        else:
            route.fulfill(body=text, headers=headers)

    def go_on(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    window = chromium.new_page()
    window.route("**/*", answer)
    window.on("dialog", go_on)
    window.goto(ADDRESS)
    words, note, link = window.get_by_label("意见"), window.locator("#note"), window.get_by_role("link", name="别处")
    words.press_sequentially("情况属实")
    expect(note).to_have_text("已暂存 09:05")
    words.press_sequentially("，同意")
    link.click()
    window.wait_for_url("**/elsewhere")
    assert (kept, asked) == (["情况属实", "情况属实，同意"], [])
    status[0] = 403
    words.press_sequentially("另行")
    expect(note).to_have_text("未能暂存")
    with window.expect_event("dialog"):
        link.click()
    assert asked == ["beforeunload"]
    window.close()

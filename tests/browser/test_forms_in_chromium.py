"""Tables and long lists in a real browser under the page's own policy: rows by keyboard, sums that follow, options narrowed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route

from api.i18n import speaking
from api.pages.rendering import environment
from api.security_headers import ALWAYS, CONTENT_SECURITY_POLICY
from incubator.engine import forms
from incubator.engine.policy import Policy
from incubator.text import Text
from tests.engine.world import pack

API = Path(__file__).parents[2] / "api"
ADDRESS = "http://forms.localhost"
SHEET = {
    "criteria": [{"code": code, "title": {"zh": code, "en": code}, "most": 60} for code in ("need", "team")],
    "drop_extremes": False,
}
FORM = forms.form(
    forms.rows(
        "lines", Text("预算明细", "Budget"),
        (forms.text("title", Text("支出内容", "Item")), forms.money("fen", Text("金额", "Amount"), most=10_000_000)), most=5,
    ),
    forms.picked("hub", Text("枢纽组织", "Hub"), options_fact="x"),
    forms.scores("panel.sheet", Text("评分", "Scores")),
)  # fmt: skip
TEMPLATE = """{% extends "base.html" %}{% import "components/forms.html" as forms %}{% block content %}
<form method="post" action="/sent" id="act-form">{{ forms.form_fields(schema) }}<button class="btn btn-primary">提交</button></form>
{% endblock %}"""


@pytest.fixture(params=[1440, 390])
def page(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Page]:
    """The form in a window of a desk's or a phone's width; the browser may complain of nothing."""
    hubs = {f"o{place}": f"第{place}枢纽" for place in range(15)}
    schema = forms.offered(FORM, Policy(pack(panel__sheet=SHEET)), {"x": hubs})
    with speaking("zh"):
        text = environment().from_string(TEMPLATE).render(schema=schema)
    headers = {**ALWAYS, "Content-Security-Policy": CONTENT_SECURITY_POLICY, "Content-Type": "text/html; charset=utf-8"}

    def answer(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path in ("/", "/sent"):
            route.fulfill(body=text, headers=headers)
        else:
            route.fulfill(path=API / path.removeprefix("/"))

    complaints: list[str] = []
    window = chromium.new_page(viewport={"width": request.param, "height": 900})
    window.route("**/*", answer)
    window.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    window.on("pageerror", lambda error: complaints.append(str(error)))
    window.goto(ADDRESS)
    yield window
    assert complaints == []
    assert window.evaluate("document.documentElement.scrollWidth") <= request.param
    window.close()


def names(page: Page) -> list[Any]:
    """What the table's fields are called, in their order."""
    return list(page.locator("table [name]").evaluate_all("fields => fields.map(field => field.name)"))


def test_rows_are_added_and_taken_away_by_keyboard_and_numbered_anew(page: Page) -> None:
    add = page.get_by_role("button", name="增加一行")
    add.focus()
    page.keyboard.press("Enter")
    page.keyboard.type("横幅")  # the new row has the focus
    page.locator("[name='lines.3.fen']").fill("1,000.5")
    page.locator("[name='lines.0.fen']").fill("0.25")
    assert page.locator("#f-lines-fen-total").inner_text() == "1,000.75"
    page.locator("tbody tr").nth(0).get_by_role("button").press("Enter")
    assert names(page) == [f"lines.{row}.{name}" for row in range(3) for name in ("title", "fen")]
    assert page.locator("[name='lines.2.title']").input_value() == "横幅"
    assert page.locator("#f-lines-fen-total").inner_text() == "1,000.50"
    labelled = page.locator("[name='lines.2.fen']").get_attribute("aria-labelledby") or ""
    assert "3" in page.locator(f"[id='{labelled.split()[0]}']").inner_text()
    for _ in range(2):
        add.click()
    assert (len(names(page)), add.is_visible()) == (10, False)  # five rows are the most
    with page.expect_navigation(), page.expect_request("**/sent") as request:
        page.locator("#act-form").evaluate("form => { form.noValidate = true; form.requestSubmit(); }")
    assert "lines.2.fen=1%2C000.5" in (request.value.post_data or "")


def test_points_are_summed_and_a_long_list_is_narrowed_by_what_is_typed(page: Page) -> None:
    page.get_by_label("need").fill("58")
    page.get_by_label("team").fill("34")
    assert page.locator("#f-scores-total").inner_text() == "92"
    narrow = page.get_by_placeholder("输入文字筛选")
    narrow.fill("14")
    assert page.locator("#f-hub option").all_inner_texts() == ["请选择", "第14枢纽"]
    page.locator("#f-hub").select_option("o14")
    narrow.fill("3枢")
    assert page.locator("#f-hub").input_value() == "o14"  # what is chosen stays
    narrow.fill("")
    assert page.locator("#f-hub option").count() == 16

"""Somebody at a desk: a signed-in window of Chromium, used as a person would."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Page, expect

from tests.api.centre import PDF
from tests.journey.service import PASSWORD
from tests.processes import until


@dataclass
class Desk:
    """A window, and whatever the browser complained about in it."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    def go(self, name: str) -> None:
        """Follow an entry of the main navigation."""
        navigation = self.page.get_by_role("navigation", name="主导航")
        entry = navigation.get_by_role("link", name=name, include_hidden=True)
        if not entry.is_visible():
            navigation.get_by_text("管理").click()
        entry.click()

    def fill(self, values: Mapping[str, str]) -> None:
        """Fill in fields by their label."""
        form = self.page.locator("#act-form")
        for label, value in values.items():
            form.get_by_label(label).first.fill(value)

    def upload(self, *kinds: str) -> None:
        """Hand in a file of each kind."""
        for kind in kinds:
            document = self.page.locator(f"#document-{kind}")
            document.locator("input[type=file]").set_input_files(
                {"name": f"{kind}.pdf", "mimeType": "application/pdf", "buffer": PDF}
            )
            document.get_by_role("button", name="上传").click()
            expect(self.page.locator(f"#document-{kind}").get_by_text("已提交")).to_be_visible()

    def act(self, name: str) -> None:
        """Send the form that stands open, and answer the question before it."""
        self.page.locator("#act-form .act-send").get_by_role("button", name=name).click()
        self.page.locator("#act-confirm").get_by_role("button", name="确定").click()
        expect(self.page.get_by_role("status").filter(has_text=f"已办理“{name}”")).to_be_visible()

    def until_step(self, title: str) -> None:
        """Look again until automation has brought the case to a step."""

        def there() -> bool:
            self.page.reload()
            return self.page.locator("#step-title").inner_text() == title

        until(there, f"the case at {title}")


@contextmanager
def desk(chromium: Browser, address: str, username: str, *, width: int = 1440) -> Iterator[Desk]:
    """A person's window, signed in on the page; nothing may be asked of another host."""
    with chromium.new_context(viewport={"width": width, "height": 900}, locale="zh-CN") as context:
        page = context.new_page()
        page.set_default_timeout(20_000)
        made = Desk(page, address)
        page.on("console", lambda said: made.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: made.complaints.append(str(error)))
        page.on("request", lambda asked: asked.url.startswith((address, "data:")) or made.complaints.append(asked.url))
        page.goto(address)
        page.get_by_label("账号").fill(username)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("工作台")
        yield made
        assert made.complaints == []

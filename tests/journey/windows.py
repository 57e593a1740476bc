"""A guidance centre whose people click: each has a window of a real Chromium, and only what is looked up goes over HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from tests.api.centre import PDF
from tests.journey.office import Desk, RunningOffice
from tests.journey.service import PASSWORD, Running

_FILE = {"name": "paper.pdf", "mimeType": "application/pdf", "buffer": PDF}


@dataclass
class WindowOffice(RunningOffice):
    """The office in a service of real processes, in which everybody works in the browser and in one language."""

    browser: Browser
    locale: str
    windows: dict[str, Page] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)

    def desk(self, username: str) -> Desk:
        return WindowDesk(self, username)

    def window(self, username: str) -> Page:
        """This person's window, opened and signed in when it is first asked for."""
        if username not in self.windows:
            context = self.browser.new_context(
                viewport={"width": 1280, "height": 900}, locale=self.locale, reduced_motion="reduce"
            )
            self.windows[username] = self._watched(context.new_page(), username)
        return self.windows[username]

    def _watched(self, page: Page, username: str) -> Page:
        page.set_default_timeout(20_000)
        page.on("console", lambda said: self._complain(username, said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self._complain(username, str(error)))
        ours = (self.service.address, "data:", "blob:")
        page.on(
            "request", lambda asked: asked.url.startswith(ours) or self._complain(username, f"asks for {asked.url}")
        )
        return page

    def _complain(self, username: str, words: str) -> None:
        self.complaints.append(f"{username}, {self.windows[username].url}: {words}")


@contextmanager
def windows(service: Running, browser: Browser, locale: str) -> Iterator[WindowOffice]:
    """The office; nobody's browser may have complained or asked another host for anything."""
    office = WindowOffice(service, browser, locale)
    try:
        yield office
        assert not office.complaints, "\n".join(office.complaints)
    finally:
        for page in office.windows.values():
            page.context.close()


@dataclass
class WindowDesk(Desk):
    """Somebody at work in the browser: finds the button, fills in the form by the names of its fields, confirms."""

    office: WindowOffice

    def open(self, organization: str, procedure: str, period: str = "") -> str:
        page = self.page_at(f"/organizations/{organization}")
        opening = page.locator(f"form.opening:has(input[name=procedure][value='{procedure}'])")
        if period:
            opening = opening.filter(has=page.locator(f"input[name=period][value='{period}']"))
        opening.get_by_role("button").click()
        page.wait_for_url("**/cases/*")
        return page.url.rpartition("/")[2].partition("?")[0]

    def act(self, case: str, action: str, data: Any = None, **more: Any) -> Any:
        page = self.page_at(f"/cases/{case}")
        form = page.locator("#act-form")
        if not form.count() or not (form.get_attribute("action") or "").endswith(f"/{action}"):
            page.locator(f".actions-buttons a[href*='action={action}']").click()
        said = {**(data or {}), **{name: value for name, value in more.items() if value}}
        self._fill(form, said)
        self._send(page, form, form.locator(".act-send button[type=submit]").first)
        expect(page.locator("main, .flashes").get_by_role("status").first).to_be_visible()
        seen = self._ask("GET", f"cases/{case}")
        # Who has just stood aside sees the case no more.
        return seen.json() if seen.status_code == 200 else None

    def may_not(self, case: str, action: str, data: Any = None, **more: Any) -> list[str]:
        page = self.page_at(f"/cases/{case}")
        refused = page.locator(f".actions-buttons button[data-why][data-action='{action}']")
        if not refused.count():  # not even shown to this person
            return super().may_not(case, action, data, **more)
        card = page.locator(f"#{refused.get_attribute('data-why')}")
        return [str(each.get_attribute("data-code")) for each in card.locator("[data-code]").all()]

    def hand_in(self, case: str, *kinds: str) -> None:
        page = self.page_at(f"/cases/{case}")
        for kind in kinds:
            document = page.locator(f"#document-{kind}")
            held = document.locator(".files li").count()
            document.locator("input[type=file]").first.set_input_files({**_FILE, "name": f"{kind}.pdf"})
            document.locator(".drop-send").click()
            expect(page.locator(f"#document-{kind} .files li")).to_have_count(held + 1)

    def import_survey(self, file: Path) -> None:
        """Look at what would become of a street's survey, and bring it in."""
        page = self.page_at("/survey")
        page.locator("#survey-file").set_input_files(file)
        page.locator("form:has(#survey-file) button").first.click()
        confirmed = page.locator(
            "form[action='/survey/import'] button[type=submit], form[action='/survey/import'] button"
        )
        with page.expect_navigation():
            confirmed.first.click()
        expect(page.locator("main, .flashes").get_by_role("status").first).to_be_visible()

    def enter(self, organization: dict[str, Any]) -> str:
        page = self.page_at("/organizations/new")
        form = page.locator("#new-form")
        self._fill(form, organization)
        form.locator(".act-send button").click()
        page.wait_for_url(lambda url: "/organizations/" in url and not url.endswith("/new"))
        return page.url.rpartition("/")[2].partition("?")[0]

    def record_activity(self, organization: str, title: str, *, on: str, participants: int) -> None:
        page = self.page_at(f"/organizations/{organization}")
        form = page.locator("form:has(input[name=kind][value=activity])")
        form.evaluate(
            "form => { for (let up = form; up; up = up.parentElement) if (up.tagName === 'DETAILS') up.open = true }"
        )
        self._fill(form, {"held_on": on, "title": title, "participants": participants})
        form.locator(".act-send button").click()
        expect(page.get_by_text(title, exact=False).first).to_be_visible()

    def name_representative(self, hub: str, person: str) -> None:
        page = self.page_at(f"/hubs/{hub}")
        form = page.locator("form:has([name=person])")
        form.evaluate(
            "form => { for (let up = form; up; up = up.parentElement) if (up.tagName === 'DETAILS') up.open = true }"
        )
        self._fill(form, {"person": person})
        form.locator(".act-send button").click()
        expect(page.locator("form[action*='/representatives/']")).to_be_visible()

    def draft_call(self, said: dict[str, Any]) -> str:
        page = self.page_at("/calls/new")
        form = page.locator("#call-form")
        self._fill(form, said)
        form.locator(".act-send button").first.click()
        page.wait_for_url(lambda url: "/calls/" in url and not url.endswith("/new"))
        return page.url.rpartition("/")[2].partition("?")[0]

    def publish_call(self, call: str) -> None:
        page = self.page_at(f"/calls/{call}")
        form = page.locator("#publish-form")
        self._send(page, form, form.get_by_role("button"), "publish-confirm")

    def record_expense(self, project: str, said: dict[str, Any]) -> None:
        page = self.page_at(f"/projects/{project}")
        form = page.locator("#expense-form")
        self._fill(form, said)
        form.locator("input[type=file]").set_input_files({**_FILE, "name": "voucher.pdf"})
        form.locator(".act-send button").click()
        expect(page.get_by_text(str(said["voucher_number"])).first).to_be_visible()

    def accept_expense(self, project: str, expense: str) -> None:
        page = self.page_at(f"/projects/{project}")
        page.locator(f"#expense-{expense} .act-send button").first.click()
        expect(page.locator(f"#expense-{expense}")).to_have_count(0)

    def page_at(self, path: str) -> Page:
        """The person's window at a page, signed in again where the clock has leapt past the session's end."""
        page = self.office.window(self.username)
        page.goto(self.office.service.address + path)
        if "/signin" in page.url:
            form = page.locator("form:has(input[name=password])")
            form.locator("input[name=username]").fill(self.username)
            form.locator("input[name=password]").fill(PASSWORD)
            form.get_by_role("button").first.click()
            page.wait_for_url(lambda url: "/signin" not in url)
        reading = "en" if self.office.locale.startswith("en") else "zh-CN"
        if page.locator("html").get_attribute("lang") != reading:  # a new account reads Chinese
            page.locator(".masthead-language").get_by_role("button").click()
            page.goto(self.office.service.address + path)
        expect(page.locator("html")).to_have_attribute("lang", reading)
        return page

    def _send(self, page: Page, form: Locator, button: Locator, dialog: str = "act-confirm") -> None:
        """Press a form's button, and answer the question before it where there is one."""
        asked = button.get_attribute("data-dialog")
        with page.expect_navigation():
            button.click()
            if asked:
                page.locator(f"#{dialog} .ask-buttons button[type=submit]").click()

    def _fill(self, form: Locator, said: Mapping[str, Any], prefix: str = "") -> None:
        """Fill in fields by their names: what is chosen is chosen, what is ticked is ticked, tables get their rows."""
        for name, value in said.items():
            self._fill_one(form, f"{prefix}{name}", value)

    def _fill_one(self, form: Locator, name: str, value: Any) -> None:
        if isinstance(value, Mapping):
            self._fill(form, value, f"{name}.")
            return
        if isinstance(value, list | tuple) and value and isinstance(value[0], Mapping):
            for place, row in enumerate(value):
                self._fill(form, row, f"{name}.{place}.")
            return
        fields = form.locator(f"[name='{name}']")
        first = fields.first
        kind = first.evaluate("field => field.tagName === 'INPUT' ? field.type : field.tagName")
        match kind:
            case "checkbox" if isinstance(value, list | tuple):
                for each in value:
                    form.locator(f"[name='{name}'][value='{each}']").check()
            case "checkbox":
                first.set_checked(bool(value))
            case "radio":
                form.locator(f"[name='{name}'][value='{_word(value)}']").check()
            case "SELECT":
                first.select_option(_word(value))
            case _ if first.get_attribute("data-money") is not None:
                first.fill(f"{value / 100:.2f}")
            case _:
                first.fill("\n".join(value) if isinstance(value, list | tuple) else _word(value))


def _word(value: Any) -> str:
    """A value as a form sends it."""
    return str(value).lower() if isinstance(value, bool) else str(value)

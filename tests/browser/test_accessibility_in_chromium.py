"""Every page of the workbench in a real browser, at a desk's and at a phone's width: usable by everybody, and ours alone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute
from lxml import html
from playwright.sync_api import Browser, Page
from playwright.sync_api import TimeoutError as NeverCame

from api.callers import SESSION_COOKIE
from api.pages import workbench
from incubator.clock import SHANGHAI, FixedClock
from incubator.database import Database
from incubator.sealing import configure_sealer
from tests.api.centre import web_centre
from tests.api.street_pack import FAULTY
from tests.browser.full_centre import STRICTER, SURVEY, FullCentre, full_centre
from tests.processes import SEALING_SECRET
from tests.services.calendars.arrangement import MADE_UP_2027

pytestmark = pytest.mark.xdist_group("pages")  # the centre is filled once for all of them

AXE = Path(__file__).parent / "vendor" / "axe" / "axe.min.js"
# What the standard asks at its levels A and AA. What axe calls serious or critical keeps somebody out.
CHECKS = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}
GRAVE = ("serious", "critical")
DESK, PHONE = 1440, 390

# Answered with a file to keep or with another address, not with a page.
FILES = {
    "/documents/{document_id}",
    "/survey/{survey_id}/mending",
    "/opening-stock/template",
    "/policies/shipped/{name}",
    "/policies/{digest}/file",
    "/case-numbers/{number}",
    "/cases/{case_id}/diagram.bpmn",
    "/cases/{case_id}/folder/{sha256}",
    "/cases/{case_id}/requests/{request_id}/files/{file_id}",
    "/handovers/{handover_id}/document",
    "/handovers/{handover_id}/list.docx",
    "/procedures/{key}/diagram.bpmn",
    "/templates/{key}/in-use",
    "/templates/{key}/previews/{upload}",
    "/templates/{key}/sample",
    "/templates/{key}/versions/{version}",
}
# What a parameter stands for where another route means something else by the name.
EXAMPLES = {"/procedures/{key}": {"key": "funding"}, "/templates/{key}": {"key": "refusal"}}
QUERIES = {"/policies/new/rehearsals/{kept}": "kept", "/policies/proposals/{proposal_id}/cases": "kept"} | {
    "/policies/{digest}/differences": "differences"
}


@pytest.fixture(scope="module")
def centre(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FullCentre]:
    """A centre that has something on each of its pages, served."""
    folder = tmp_path_factory.mktemp("full")
    configure_sealer(SEALING_SECRET)
    database = Database(f"sqlite:///{shutil.copy(sqlite_template, folder / 'incubator.db')}", durable=False)
    clock = FixedClock(datetime(2026, 9, 18, 9, 0, tzinfo=SHANGHAI))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("INCUBATOR_DATA_DIR", str(folder))  # automation's tasks find the data folder there
        with web_centre(database, clock, folder) as web, full_centre(web) as full:
            yield full
    database.close()


class Judged:
    """A window of one person, and everything that was found wrong in it."""

    def __init__(self, page: Page, address: str, found: list[str]) -> None:
        self.page, self.address, self.found = page, address, found
        self.where = ""
        page.add_init_script(path=AXE)
        # The browser says of a 422 that it is one.
        page.on(
            "console", lambda said: self.say(said.text) if said.type == "error" and "of 422" not in said.text else None
        )
        page.on("pageerror", lambda error: self.say(str(error)))
        page.on("request", lambda asked: asked.url.startswith((address, "data:")) or self.say(f"asks for {asked.url}"))

    def say(self, words: str) -> None:
        """Note what is wrong with the page that is open."""
        self.found.append(f"{self.where}: {words}")

    def visit(self, path: str, widths: tuple[int, ...] = (DESK, PHONE)) -> None:
        """Open a page and judge it."""
        self.where = path
        self.page.set_viewport_size({"width": widths[0], "height": 900})
        answer = self.page.goto(self.address + path)
        assert answer is not None
        if answer.status != 200:
            self.say(f"answers {answer.status}")
        self.judge(answer.text(), path, widths)

    def send(self, name: str, status: int = 200, form: str = "") -> None:
        """Press a button of the page, or send a form as it stands, and judge the page that answers."""
        self.page.set_viewport_size({"width": DESK, "height": 900})
        self.where = f"{self.page.url.removeprefix(self.address)} {name}"
        with self.page.expect_navigation() as answered:
            if form:
                self.page.locator(form).evaluate("form => { form.noValidate = true; form.requestSubmit(); }")
            else:
                self.page.get_by_role("button", name=name, exact=True).first.click()
        answer = answered.value
        if answer.status != status:
            self.say(f"answers {answer.status}")
        self.judge(answer.text(), self.where, (DESK, PHONE))

    def judge(self, source: str, where: str, widths: tuple[int, ...]) -> None:
        """What is wrong with the page that is open, folded parts unfolded, at each of the widths."""
        for element in html.document_fromstring(source).iter():
            inline = element.tag == "style" or (element.tag == "script" and not element.get("src"))
            if inline or (
                isinstance(element.tag, str) and any(key == "style" or key.startswith("on") for key in element.attrib)
            ):
                self.say(f"inline script or style: {element.tag}")
        self.page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")
        for width in widths:
            self.where = f"{where} at {width}"
            if width != self.page.viewport_size["width"]:  # type: ignore[index]
                self.page.set_viewport_size({"width": width, "height": 900})
            try:  # a chart is drawn anew a moment after its place has changed
                self.page.wait_for_function("document.documentElement.scrollWidth <= window.innerWidth", timeout=3_000)
            except NeverCame:
                self.say(f"is {self.page.evaluate('document.documentElement.scrollWidth')} wide")
            if width == PHONE:
                continue  # the same words in the same colours: only their place is another
            result: dict[str, Any] = self.page.evaluate("checks => axe.run(document, checks)", CHECKS)
            for fault in result["violations"]:
                if fault["impact"] in GRAVE:
                    for node in fault["nodes"][:3]:
                        self.say(f"{fault['id']}: {node['target']} {' '.join(node['failureSummary'].split())}")


@contextmanager
def judged(
    chromium: Browser, centre: FullCentre, username: str, found: list[str], locale: str = "zh-CN"
) -> Iterator[Judged]:
    """A person's window, signed in; with no name nobody is."""
    with chromium.new_context(locale=locale, reduced_motion="reduce") as context:
        if username:
            cookie = centre.web.browser(username).client.cookies[SESSION_COOKIE]
            context.add_cookies([{"name": SESSION_COOKIE, "value": cookie, "url": centre.address}])
        yield Judged(context.new_page(), centre.address, found)


def every_page(centre: FullCentre, found: list[str]) -> list[str]:
    """The address of every page of the workbench; a route whose parameter has no example is told by name."""
    addresses = []
    included = [each.original_router for each in workbench.router.routes]  # type: ignore[attr-defined]
    for route in (route for router in included for route in router.routes):
        assert isinstance(route, APIRoute)
        if "GET" in (route.methods or ()) and route.path not in FILES:
            ids = centre.ids | EXAMPLES.get(route.path, {})
            missing = set(route.param_convertors) - set(ids)
            if missing:
                found.append(f"nobody visits {route.path}: the full centre knows no {missing}")
                continue
            addresses.append(route.path.format(**ids) + centre.queries.get(QUERIES.get(route.path, ""), ""))
    return addresses


def test_everybody_can_use_every_page_at_a_desk_and_on_a_phone(chromium: Browser, centre: FullCentre) -> None:
    found: list[str] = []
    with judged(chromium, centre, "", found) as nobody:
        nobody.visit("/signin")
    with judged(chromium, centre, "director", found) as director:
        for address in every_page(centre, found):
            director.visit(address)
        director.page.goto(f"{centre.address}/policies/new")
        for text, status in ((FAULTY, 422), (STRICTER, 200)):
            director.page.get_by_role("textbox", name="内容").fill(text)
            director.send("检查", status)
        director.page.get_by_label("拟生效日期").fill("2026-11-04")
        director.send("预演")
    with judged(chromium, centre, "officer", found) as officer:
        for address in ("/worklist", f"/cases/{centre.scoring}", f"/organizations/{centre.ids['organization_id']}"):
            officer.visit(address)
        officer.page.goto(f"{centre.address}/survey")
        file = {"name": "摸底表.csv", "mimeType": "text/csv", "buffer": SURVEY.encode()}
        officer.page.locator("#survey-file").set_input_files(file)
        officer.send("上传并预览")
        officer.page.goto(f"{centre.address}/calendar")
        officer.page.locator("#notice-text").fill(MADE_UP_2027)
        officer.send("预览")
    with judged(chromium, centre, "worker", found) as worker:
        worker.visit(f"/cases/{centre.applying}")
    with judged(chromium, centre, "expert_2", found) as expert:
        expert.visit(f"/cases/{centre.scoring}?action=give")
        expert.send("未填写的评审", 422, form="#act-form")
    with judged(chromium, centre, "officer2", found, "en-US") as reader:
        reader.page.goto(f"{centre.address}/worklist")
        reader.page.get_by_role("button", name="English").click()
        for address in ("/worklist", "/status", f"/cases/{centre.applying}", f"/projects/{centre.ids['project_id']}"):
            reader.visit(address)
        assert reader.page.locator("html").get_attribute("lang") == "en"
    assert not found, "\n".join(found)

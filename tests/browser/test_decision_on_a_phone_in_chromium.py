"""In a real browser, in Chinese: an officer sees who can decide and where the case is; the director decides on a phone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from incubator.clock import FixedClock
from incubator.database import Database
from tests.api.centre import PDF, WebCentre, web_centre
from tests.api.desk import do, heard, open_case_for
from tests.browser.desk import Desk, desk
from tests.browser.serving import served
from tests.procedures.world import CHECKED

pytestmark = pytest.mark.xdist_group("processes")

NAME = "桂花社区常青合唱团"
LARGE = 3 * 1024 * 1024


def to_decide(centre: WebCentre) -> str:
    """A filing that waits for the director."""
    case = heard(centre, name=NAME)
    do(centre, case, "accept", "officer", CHECKED)
    return case


def said(at: Desk, words: str) -> None:
    expect(at.page.get_by_role("status").filter(has_text=words)).to_be_visible()


def fits(at: Desk) -> None:
    assert at.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_director_decides_on_a_phone_what_an_officer_assigned(
    chromium: Browser, sqlite_url: str, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INCUBATOR_DATA_DIR", str(tmp_path))
    with web_centre(Database(sqlite_url), clock, tmp_path) as centre:
        case = to_decide(centre)
        other = open_case_for(centre, organization=centre.enter("桂花社区百灵合唱团"))
        with served(centre.app) as address:
            with desk(chromium, address, "officer") as officer:
                officer.page.goto(f"{address}/cases/{case}")
                why = officer.page.locator(".why").first
                expect(why).to_contain_text("测试director、测试director2")
                officer.page.get_by_role("link", name="流程图").click()
                expect(officer.page.locator("[data-element-id=decision].is-stands")).to_be_visible()
                expect(officer.page.locator("[data-element-id=acceptance].is-went")).to_have_count(1)
                expect(officer.page.locator("#went")).to_contain_text("现在：审批")
                officer.page.go_back()
                why.get_by_role("link", name="去指派").click()
                officer.page.get_by_label("测试director", exact=True).check()
                officer.page.get_by_role("button", name="指派", exact=True).click()
                said(officer, "已指派给测试director")

            with desk(chromium, address, "director", width=390) as director:
                director.page.goto(f"{address}/today")
                fits(director)
                director.page.get_by_role("link", name="常青合唱团").first.click()
                expect(director.page.locator("#said")).to_contain_text("已向负责人说明联系方式的用途并取得同意")
                fits(director)
                director.page.get_by_text("期限是怎样算出来的").first.click()
                expect(director.page.locator(".due-proof").first).to_contain_text("第 1 天")
                director.page.locator("#act-form").get_by_label("办理意见").fill("同意备案")
                director.act("批准")
                told = director.page.locator("#events").get_by_role("listitem").first
                expect(told).to_contain_text("审批：批准")
                expect(told).to_contain_text("同意备案")
                fits(director)

            with desk(chromium, address, "worker", width=390) as worker:
                worker.page.goto(f"{address}/cases/{other}")
                form = worker.page.locator("#document-charter form")
                kind = {"name": "章程.pdf", "mimeType": "application/pdf"}
                form.locator("input[type=file]").set_input_files({**kind, "buffer": b"x" * LARGE})
                form.get_by_role("button", name="上传").click()
                expect(form.get_by_role("alert")).to_contain_text("“章程.pdf”的内容与扩展名 .pdf 不符")
                worker.complaints.clear()  # the browser itself tells of a 422
                form.locator("input[type=file]").set_input_files({**kind, "buffer": PDF + b"\n" * LARGE})
                form.get_by_role("button", name="上传").click()
                said(worker, "已上传“章程.pdf”")
                expect(worker.page.locator("#document-charter")).to_contain_text("已提交")

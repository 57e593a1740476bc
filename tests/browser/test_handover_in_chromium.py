"""In a real browser, in Chinese: an officer goes on leave, the deputy does a case in that one's stead, then takes over the rest."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from incubator.clock import FixedClock
from incubator.database import Database
from tests.api.centre import PDF, web_centre
from tests.api.desk import heard
from tests.browser.desk import Desk, desk
from tests.browser.serving import served

pytestmark = pytest.mark.xdist_group("processes")

NAMES = ("桂花社区百灵合唱团", "桂花社区晨练太极队")


def said(at: Desk, words: str) -> None:
    expect(at.page.get_by_role("status").filter(has_text=words)).to_be_visible()


def test_an_officer_goes_on_leave_and_then_hands_everything_over(
    chromium: Browser, sqlite_url: str, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INCUBATOR_DATA_DIR", str(tmp_path))
    database = Database(sqlite_url)
    with web_centre(database, clock, tmp_path) as centre:
        for name in NAMES:
            heard(centre, centre.enter(name), name=name)
        with served(centre.app) as address:
            with desk(chromium, address, "officer") as officer:
                for name in NAMES:
                    officer.page.get_by_role("row", name=name).get_by_role("button", name="认领").click()
                    said(officer, "已认领")
                officer.go("离岗代办")
                officer.page.get_by_label("离岗第一天").fill("2026-09-18")
                officer.page.get_by_label("离岗最后一天").fill("2026-09-25")
                officer.page.get_by_label("测试officer2").check()
                officer.page.get_by_label("事由").fill("培训")
                officer.page.get_by_role("button", name="登记", exact=True).click()
                said(officer, "离岗已登记")
                expect(officer.page.get_by_role("row", name="测试officer2")).to_contain_text("离岗中")

            with desk(chromium, address, "officer2", width=390) as deputy:
                row = deputy.page.get_by_role("row", name=NAMES[0])
                expect(row).to_contain_text("代测试officer办理")
                row.get_by_role("link", name=NAMES[0], exact=True).click()
                expect(deputy.page.get_by_text("您在此代测试officer办理")).to_be_visible()
                for ticked in ("材料已逐件核对", "申请内容与材料、走访情况一致"):
                    deputy.page.locator("#act-form").get_by_label(ticked).check()
                deputy.act("受理")
                told = deputy.page.locator("#events").get_by_role("listitem").first
                expect(told).to_contain_text("测试officer2（代测试officer办理）")

            with desk(chromium, address, "officer") as officer:
                officer.go("离岗代办")
                officer.page.get_by_role("button", name="提前结束").first.click()
                officer.page.get_by_role("dialog").get_by_role("button", name="提前结束").click()
                said(officer, "离岗已结束")
                officer.go("工作移交")
                officer.page.get_by_role("link", name="办理移交").click()
                officer.page.get_by_label("接收人").select_option("测试officer2")
                officer.page.get_by_role("button", name="查看移交清单").click()
                going = officer.page.locator("#going")
                expect(going).to_contain_text("共 1 件")
                expect(going.get_by_role("row", name=NAMES[1])).to_be_visible()  # the other one is the director's now
                officer.page.get_by_label("移交原因").fill("轮岗")
                officer.page.get_by_role("button", name="确认移交").click()
                officer.page.get_by_role("dialog").get_by_role("button", name="移交", exact=True).click()
                said(officer, "已移交")
                made = officer.page.url

            with desk(chromium, address, "officer2") as taker:
                taker.go("通知")
                taker.page.get_by_role("link", name="测试officer的工作已移交给您：1 件（移交〔2026〕1号）").click()
                taker.page.get_by_role("link", name="移交〔2026〕1号", exact=True).click()
                assert taker.page.url == made
                taker.page.emulate_media(media="print")
                for shown in ("移交〔2026〕1号", "移交人（签字）", "接收人（签字）", "监交人（签字）", NAMES[1]):
                    expect(taker.page.get_by_text(shown, exact=True)).to_be_visible()
                for hidden in (taker.page.get_by_role("navigation", name="主导航"), taker.page.locator("#scan")):
                    expect(hidden).to_be_hidden()
                assert taker.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
                taker.page.emulate_media(media="screen")
                taker.page.get_by_role("button", name="签收").click()
                said(taker, "已签收")
                scan = {"name": "移交清单.pdf", "mimeType": "application/pdf", "buffer": PDF}
                taker.page.locator("#scan").set_input_files(scan)
                taker.page.get_by_role("button", name="上传").click()
                said(taker, "签字清单已上传")
                expect(taker.page.get_by_role("link", name="移交清单.pdf")).to_be_visible()
                taker.page.get_by_role("link", name="工作台").click()
                row = taker.page.get_by_role("row", name=NAMES[1])
                expect(row.get_by_role("button", name="退回")).to_be_visible()  # it is the taker's own
    database.close()

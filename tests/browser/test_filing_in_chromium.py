"""In a real browser against the real service, in Chinese: a group is filed by the people whose turn it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

import incubator.samples
from tests.browser.desk import desk
from tests.journey.service import running

pytestmark = pytest.mark.xdist_group("processes")

SAMPLE = Path(incubator.samples.__file__).parent / "survey.xlsx"


def test_a_group_is_filed_in_the_browser_and_seen_on_the_board(
    chromium: Browser, sqlite_url: str, tmp_path: Path
) -> None:
    with running(sqlite_url, tmp_path, now="2026-09-18 09:00") as service:
        with desk(chromium, service.address, "officer") as officer:
            officer.go("摸底导入")
            officer.page.locator("#survey-file").set_input_files(SAMPLE)
            officer.page.get_by_role("button", name="上传并预览").click()
            expect(officer.page.get_by_text("这是预览，尚未写入任何内容")).to_be_visible()
            officer.page.get_by_role("button", name="确认导入").click()
            expect(officer.page.get_by_role("status").filter(has_text="已导入")).to_be_visible()

        with desk(chromium, service.address, "worker") as worker:
            worker.go("社会组织")
            worker.page.get_by_label("按名称或拼音首字母查找").fill("舞蹈队")
            worker.page.get_by_role("button", name="查找").click()
            worker.page.locator("main table a").first.click()
            found = worker.page.get_by_role("heading", level=1).inner_text()
            worker.page.get_by_role("button", name="发起备案").click()
            expect(worker.page.locator("#step-title")).to_have_text("申请")
            case = worker.page.url.split("?")[0]
            expect(worker.page.get_by_text("缺少材料").first).to_be_visible()
            worker.upload("application", "roster", "charter", "premises_proof")
            name = found if found.startswith("桂花社区") else f"桂花社区{found}"
            worker.fill(
                {
                    "组织名称": name, "负责人电话": "13800001234", "成员人数": "24", "发起人数": "5",
                    "活动场所": "桂花社区活动室", "活动内容和频次": "每周二、四排练", "宗旨": "丰富居民文化生活",
                }
            )  # fmt: skip
            worker.page.locator("#act-form").get_by_label("已向负责人说明").check()
            worker.act("提交申请")
            worker.until_step("居民委员会意见")
            worker.upload("committee_opinion")
            worker.page.locator("#act-form").get_by_label("同意", exact=True).check()
            worker.fill({"意见内容": "情况属实，同意备案", "议定日期": "2026-09-17"})
            worker.act("提交居民委员会意见")

        with desk(chromium, service.address, "officer") as officer:
            officer.page.locator("main table").get_by_role("link", name=found, exact=True).click()
            for ticked in ("材料已逐件核对", "申请内容与材料、走访情况一致"):
                officer.page.locator("#act-form").get_by_label(ticked).check()
            officer.act("受理")
            assert "13800001234" not in officer.page.content()

        with desk(chromium, service.address, "director") as director:
            director.page.goto(case)
            director.act("批准")

        with desk(chromium, service.address, "officer", width=390) as officer:
            officer.page.goto(case)
            officer.until_step("送达")
            officer.upload("sealed_certificate")
            officer.page.locator("#act-form").get_by_label("当面送达").check()
            officer.fill({"签收人": "王桂兰"})
            officer.act("登记送达")

        with desk(chromium, service.address, "manager") as manager:
            manager.go("进展看板")
            filed = manager.page.locator(".figure", has_text="已备案组织")
            expect(filed.locator(".figure-number")).to_have_text("1")
            filed.get_by_role("link").click()
            manager.page.get_by_role("link", name=name).click()
            expect(manager.page.get_by_text("备案证 BAZ-2026-0001")).to_be_visible()

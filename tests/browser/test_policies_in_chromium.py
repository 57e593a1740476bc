"""In a real browser against the real service: a changed rule is written, rehearsed and proposed by one, activated by another."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from incubator.engine.roles import Role
from incubator.models.base import table
from incubator.models.streets import Community
from tests.api.street_pack import SOUND
from tests.browser.desk import desk
from tests.journey.service import Running, running

pytestmark = pytest.mark.xdist_group("processes")

WRONG = SOUND.replace("value: 30", "value: 三十")


def opened(service: Running) -> str:
    """A filing that runs under the version of today; its number."""
    with service.database.read() as connection:
        community = connection.scalar(select(table(Community).c.public_id).limit(1))
    officer = service.person("officer")
    group = officer.post("organizations", json={"community_id": community, "name": "常青合唱团"})["id"]
    return str(officer.post("cases", json={"organization_id": group, "procedure": "filing"})["number"])


def test_two_people_change_a_rule_and_move_a_case_to_it(chromium: Browser, sqlite_url: str, tmp_path: Path) -> None:
    people = [("director2", Role.DIRECTOR)]
    with running(sqlite_url, tmp_path, now="2026-09-18 09:00", people=people) as service:
        number = opened(service)
        with desk(chromium, service.address, "director") as director:
            page = director.page
            director.go("政策版本")
            page.get_by_role("link", name="拟定新版本").click()
            file = {"name": "street.yaml", "mimeType": "application/yaml", "buffer": WRONG.encode()}
            page.locator("#pack-file").set_input_files(file)
            page.get_by_role("button", name="上传并检查").click()
            expect(page.get_by_role("heading", name="有 1 处错误")).to_be_visible()
            director.complaints.clear()  # the browser says of a 422 that it is one
            page.get_by_role("link", name="第 12 行").click()
            expect(page.get_by_role("textbox", name="内容")).to_be_focused()
            page.keyboard.insert_text(
                '      members: {value: 30, cite: {source: rules, article: "5"}}'
            )  # over the line
            page.keyboard.press("Control+End")
            page.keyboard.press("Enter")
            lines = page.locator(".code-lines").inner_text().split()
            assert lines[-1] == str(SOUND.count("\n") + 2)
            page.get_by_role("button", name="检查").click()
            expect(page.get_by_text("检查通过，没有错误")).to_be_visible()
            page.get_by_label("拟生效日期").fill("2026-09-21")
            page.get_by_role("button", name="预演").click()
            expect(page.get_by_text("这是预演，没有写入任何内容")).to_be_visible()
            page.get_by_label("提议理由").fill("区里要求统一备案条件")
            page.get_by_role("button", name="提议启用").click()
            expect(page.get_by_text("不能由您本人审核")).to_be_visible()
            proposal = page.url

        with desk(chromium, service.address, "director2", width=390) as other:
            other.page.goto(proposal)
            other.page.get_by_role("button", name="启用", exact=True).click()
            other.page.locator("#activate-confirm").get_by_role("button", name="确定").click()
            expect(other.page.get_by_text("已启用").first).to_be_visible()
            assert other.page.evaluate("document.documentElement.scrollWidth") <= 390

        service.move_to("2026-09-21 09:00")
        with desk(chromium, service.address, "director2") as other:
            page = other.page
            other.go("政策版本")
            page.locator("#past").get_by_role("link", name="迁移").click()
            page.get_by_label("全选").check()
            expect(page.get_by_label(f"选择{number}")).to_be_checked()
            page.get_by_label("迁移理由").fill("统一按新版本办理")
            page.get_by_role("button", name="预演迁移").click()
            page.get_by_role("button", name="迁移 1 件").click()
            page.locator("#move-confirm").get_by_role("button", name="确定").click()
            expect(page.get_by_text("已迁移 1 件")).to_be_visible()
            page.get_by_role("link", name=number).click()
            expect(page.get_by_text("示例街道（street_rules）")).to_be_visible()
            expect(page.locator("#events").get_by_text("统一按新版本办理")).to_be_visible()

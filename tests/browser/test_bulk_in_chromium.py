"""In a real browser, in Chinese: five are accepted at once though two cannot be; what is put right is tried again."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import update

from incubator.clock import FixedClock
from incubator.database import Database
from incubator.models.base import table
from incubator.models.organizations import Organization
from tests.api.centre import WebCentre, web_centre
from tests.api.desk import do, heard
from tests.browser.desk import Desk, desk
from tests.browser.serving import served
from tests.procedures.world import CHECKED

pytestmark = pytest.mark.xdist_group("processes")

NAMES = [f"桂花社区第{number}合唱团" for number in range(1, 6)]


def test_many_cases_are_dealt_with_at_once_whatever_happens_meanwhile(
    chromium: Browser, sqlite_url: str, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INCUBATOR_DATA_DIR", str(tmp_path))
    database = Database(sqlite_url)
    with web_centre(database, clock, tmp_path) as centre:
        cases = [heard(centre, centre.enter(name), name=name) for name in NAMES]
        with (
            served(centre.app) as address,
            desk(chromium, address, "officer") as officer,
        ):
            accept_five(centre, officer, cases)
    database.close()


def accept_five(centre: WebCentre, officer: Desk, cases: list[str]) -> None:
    """One is moved by a colleague and one filed on paper after they were looked over: both are told, the others done."""
    page = officer.page
    bar = page.locator("#selection")
    expect(bar.get_by_role("button", name="下一步")).to_be_disabled()
    for name in NAMES:
        page.get_by_role("checkbox", name=f"选择{name}的备案").check()
    expect(bar.get_by_text("已选 5 项")).to_be_visible()
    bar.get_by_role("button", name="下一步").click()
    expect(page.get_by_role("button", name="受理 可办 5 件", exact=True)).to_have_attribute("aria-current", "true")
    expect(page.get_by_role("row").filter(has_text="可以办理")).to_have_count(5)

    do(centre, cases[1], "accept", "officer2", CHECKED)
    groups = table(Organization)
    filed = update(groups).where(groups.c.name == NAMES[2]).values(standing="filed")
    centre.database.write(lambda connection: connection.execute(filed))

    for ticked in ("材料已逐件核对", "申请内容与材料、走访情况一致"):
        page.get_by_label(ticked).check()
    page.locator("#bulk-form").get_by_role("button", name="受理", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="确定").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("批量办理：受理")
    expect(page.get_by_role("heading", name="已处理 5 件，共 5 件")).to_be_visible()
    rows = [page.get_by_role("row").filter(has_text=name) for name in NAMES]
    for row in (rows[0], rows[3], rows[4]):
        expect(row).to_contain_text("案件进入“审批”环节")
    expect(rows[1]).to_contain_text("测试officer2已办理本案，现处于“审批”环节")
    expect(rows[2]).to_contain_text("该组织已备案")

    # What was wrong is put right: the one is tried again, the other needs nothing more.
    mended = update(groups).where(groups.c.name == NAMES[2]).values(standing="informal")
    centre.database.write(lambda connection: connection.execute(mended))
    page.get_by_role("button", name="重试 1 件").click()
    expect(rows[2]).to_contain_text("案件进入“审批”环节")
    assert [centre.case_row(case).step for case in cases] == ["decision"] * 5
    page.get_by_role("link", name="批量办理记录").click()
    expect(page.get_by_role("row", name="批量办理：受理")).to_contain_text("已办完")

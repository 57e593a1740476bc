"""In a real browser, in Chinese: two who act on one case at once, a correction point by point, an objection during a notice."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from incubator.clock import FixedClock
from incubator.database import Database
from incubator.engine.roles import Role
from tests.api.centre import WebCentre, web_centre
from tests.api.desk import heard
from tests.api.granted import as_centre
from tests.browser.desk import desk
from tests.browser.serving import served
from tests.factories import make_user
from tests.procedures.funding import grants

NAME = "桂花社区常青合唱团"
CHECKED = ("材料已逐件核对", "申请内容与材料、走访情况一致")
POINTS = ("花名册缺少联系电话", "活动场所证明已过期")


@pytest.fixture
def centre(
    sqlite_template: Path, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[WebCentre]:
    """A centre behind the application; its automation works when it is told to."""
    monkeypatch.setenv("INCUBATOR_DATA_DIR", str(tmp_path))
    database = Database(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'incubator.db')}", durable=False)
    with web_centre(database, clock, tmp_path) as made:
        yield made
    database.close()


def test_the_slower_of_two_officers_learns_who_moved_the_case_and_the_applicant_mends_it_point_by_point(
    chromium: Browser, centre: WebCentre
) -> None:
    case = heard(centre, name=NAME)
    with served(centre.app) as address:
        with desk(chromium, address, "officer") as slower, desk(chromium, address, "officer2") as faster:
            slower.page.goto(f"{address}/cases/{case}")
            for ticked in CHECKED:
                slower.page.locator("#act-form").get_by_label(ticked).check()
            faster.page.goto(f"{address}/cases/{case}?action=return_for_correction")
            faster.fill({"补正事项": "\n".join(POINTS)})
            faster.act("退回补正")
            slower.page.locator("#act-form .act-send").get_by_role("button", name="受理").click()
            confirm = slower.page.locator("#act-confirm").get_by_role("button", name="确定")
            confirm.click()
            told = slower.page.get_by_role("alert").first
            expect(told).to_contain_text(centre.people["officer2"].name)
            expect(told).to_contain_text("补正")
            slower.complaints.clear()  # the browser says of a 409 that it is one
        with desk(chromium, address, "worker", width=390) as worker:
            worker.page.goto(f"{address}/cases/{case}")
            for point in POINTS:
                expect(worker.page.get_by_text(point).first).to_be_visible()
            worker.fill({"补正说明": "已补花名册电话，场所证明已续签"})
            worker.act("提交补正材料")
        with desk(chromium, address, "officer") as officer:
            officer.page.goto(f"{address}/cases/{case}")
            expect(officer.page.locator("#step-title")).to_have_text("受理")
            expect(officer.page.get_by_text("已补花名册电话，场所证明已续签").first).to_be_visible()
            for ticked in CHECKED:
                officer.page.locator("#act-form").get_by_label(ticked).check()
            officer.act("受理")


def test_an_objection_stops_a_notice_and_the_notice_goes_on_once_it_is_dismissed(
    chromium: Browser, centre: WebCentre
) -> None:
    for username in grants.EXPERTS:
        centre.people[username] = make_user(
            centre.database, centre.street, Role.EXPERT, centre.clock.now(), username=username
        )
    street = as_centre(centre)
    (group,) = grants.with_filed_groups(street)
    case = grants.awarded(group, grants.published(street), co_applicant=grants.registered(street))
    with served(centre.app) as address:
        with desk(chromium, address, "worker") as worker:
            worker.page.goto(f"{address}/cases/{case}?action=object")
            worker.fill({"异议人": "某居民", "异议内容和理由": "该项目与去年的项目重复"})
            worker.act("登记异议")
            assert "某居民" not in worker.page.content()
        centre.on("2026-09-23")
        with desk(chromium, address, "officer") as officer:
            officer.page.goto(f"{address}/cases/{case}")
            expect(officer.page.locator("#step-title")).to_have_text("异议处理")
            expect(officer.page.get_by_text("该项目与去年的项目重复").first).to_be_visible()
            officer.page.goto(f"{address}/cases/{case}?action=dismiss")
            officer.fill({"核实情况和理由": "经核实，服务对象和内容均不相同"})
            officer.act("异议不成立")
            expect(officer.page.locator("#step-title")).to_have_text("公示")
            expect(officer.page.locator("#deadline")).to_contain_text("2026年")

"""In a real browser, in Chinese: an expert declares and scores, another's signed sheet is entered, and the officer compares."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from incubator.clock import FixedClock, today
from incubator.database import Database
from incubator.engine.roles import Role
from tests.api.centre import WebCentre, web_centre
from tests.api.desk import do, filed, hand_in, open_case_for
from tests.browser.desk import Desk, desk
from tests.browser.serving import served
from tests.factories import make_user
from tests.procedures.evaluation.evaluating import REPORT_PAPERS, SELF_REPORT, VISIT, scores_of

pytestmark = pytest.mark.xdist_group("processes")


def seated(centre: WebCentre) -> str:
    """An evaluation whose panel of five sits; three of them have scored."""
    filed(centre)
    centre.clock.move_by(timedelta(days=480))
    case = open_case_for(centre, "evaluation", by="officer", period=str(today(centre.clock.now()).year))
    hand_in(centre.browser("officer"), case, *REPORT_PAPERS)
    do(centre, case, "submit", "officer", SELF_REPORT)
    centre.automate()
    hand_in(centre.browser("officer"), case, "visit_record")
    do(centre, case, "record_visit", "officer", {**VISIT, "visited_on": today(centre.clock.now()).isoformat()})
    names = [f"expert{place}" for place in range(1, 6)]
    for name in names:
        centre.people[name] = make_user(centre.database, centre.street, Role.EXPERT, centre.clock.now(), username=name)
    do(centre, case, "seat", "officer", {"members": [centre.people[name].public_id for name in names]})
    for name, total in zip(names[2:], (850, 870, 560), strict=True):
        do(centre, case, "declare", name, {"conflict": False})
        do(centre, case, "give", name, {"scores": scores_of(total)})
    return case


def score(at: Desk, total: int) -> None:
    """Give points that make this total, and see the sum follow."""
    form = at.page.locator("#act-form")
    for code, points in scores_of(total).items():
        form.locator(f"[name='scores.{code}']").fill(str(points))
    expect(at.page.locator("#f-scores-total")).to_have_text(str(total))


def test_an_expert_scores_a_sheet_is_entered_for_another_and_the_officer_sees_the_spread(
    chromium: Browser, sqlite_url: str, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INCUBATOR_DATA_DIR", str(tmp_path))
    with web_centre(Database(sqlite_url), clock, tmp_path) as centre:
        case = seated(centre)
        with served(centre.app) as address:
            page = f"{address}/cases/{case}"
            with desk(chromium, address, "expert1", width=390) as expert:
                expert.page.goto(page)
                # Nothing is chosen beforehand, and nobody else's buttons stand there.
                expect(expert.page.get_by_label("没有，我可以公正评审")).not_to_be_checked()
                expect(expert.page.get_by_role("link", name="汇总得分")).to_have_count(0)
                expert.page.get_by_label("没有，我可以公正评审").check()
                expert.act("回避声明")
                score(expert, 900)
                expert.fill({"评审意见": "资料齐全，活动扎实"})
                expert.act("提交评分")
                expect(expert.page.locator(".step-waits")).to_contain_text("您已提交评分，总分 900 分")
                expect(expert.page.locator("main")).not_to_contain_text("850")
                assert expert.page.evaluate("document.documentElement.scrollWidth <= innerWidth")

            with desk(chromium, address, "officer") as officer:
                officer.page.goto(page)
                expect(officer.page.locator("main")).not_to_contain_text("资料齐全，活动扎实")
                officer.upload("score_sheet")
                officer.page.goto(f"{page}?action=give_on_paper")
                officer.page.get_by_label("测试expert2").check()
                officer.page.get_by_role("radio", name="score_sheet.pdf").check()
                officer.page.get_by_label("评分表上有该专家签名的无利害关系声明").check()
                score(officer, 820)
                officer.act("录入纸质评分")
                expect(officer.page.get_by_role("link", name="按签名评分表代录")).to_be_visible()
                officer.page.goto(f"{page}?action=conclude")
                officer.act("汇总得分")
                told = officer.page.locator("#panel-1")
                expect(told).to_contain_text("最低 560 分，最高 900 分，相差 340 分；中位数 850 分")
                expect(told.get_by_role("row").filter(has_text="测试expert5")).to_contain_text("相差较大")
                expect(told.get_by_role("row").filter(has_text="测试expert2")).to_contain_text("-30")
                expect(told.locator(".score-bar-far")).to_have_count(1)

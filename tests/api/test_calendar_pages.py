"""The working calendar in the workbench: a year to look at, a notice previewed and imported, closing days, a date counted."""

from __future__ import annotations

from lxml import html

from incubator.models.cases import Case, Deadline
from incubator.models.events import CalendarInForce, Event
from tests.api.centre import WebCentre
from tests.api.desk import document_of, follow, words_of
from tests.api.reading import counted, hidden, in_english, links_of, text_of
from tests.api.test_calendar_api import screened
from tests.services.calendars.arrangement import MADE_UP_2027


def test_everybody_sees_the_year_and_in_november_that_the_next_notice_is_missing(centre: WebCentre) -> None:
    worker = centre.on("2026-11-02").browser("worker")
    page = worker.get("/calendar")
    said = text_of(page)
    assert "2027年的放假安排尚未导入" in said
    assert "请经办人、中心主任或系统管理员在本页导入" in said
    days = document_of(page).xpath("//td[contains(@class, 'day-holiday')]")
    assert len(days) == 33
    assert {day.get("title") for day in days} >= {"放假：国庆节", "放假：春节"}
    assert len(document_of(page).xpath("//td[contains(@class, 'day-made_up')]")) == 6
    assert document_of(page).xpath("//td[@aria-current='date']//span[@class='day-number']/text()") == ["2"]
    assert 'action="/calendar/preview"' not in page.text
    assert 'href="/calendar"' in worker.get("/worklist").text
    assert "不作预测" in text_of(worker.get("/calendar", year=2027))
    assert "尚未导入" not in text_of(centre.on("2026-10-30").browser("worker").get("/calendar"))
    assert "The notice for 2027" not in text_of(in_english(worker).get("/calendar", year=2005))


def test_a_pasted_notice_is_previewed_with_the_cases_that_move_and_then_imported(centre: WebCentre) -> None:
    case = screened(centre.on("2026-12-21"))
    officer = centre.browser("officer")
    assert "2026年12月28日（暂定）" in text_of(officer.get(f"/organizations/{centre.organization}"))
    rows = counted(centre, CalendarInForce, Event, Deadline)
    preview = officer.post("/calendar/preview", {"text": MADE_UP_2027})
    assert preview.status_code == 200, text_of(preview)
    assert f"/cases/{case}" in links_of(preview)
    said = text_of(preview)
    assert "2026年12月28日" in said
    assert "2026年12月26日（周六）" in said
    assert "国办发明电〔2026〕99号" in said
    assert counted(centre, CalendarInForce, Event, Deadline) == rows
    done = officer.post("/calendar/import", hidden(preview, "/calendar/import"))
    page = follow(officer, done)
    assert "1 件案件的期限有变动" in words_of(page)
    assert "尚未导入" not in text_of(page)
    assert "2026年12月26日" in text_of(officer.get(f"/cases/{case}"))
    assert centre.case_row(case).due_on.isoformat() == "2026-12-26"
    centre.automate()
    assert "办理期限有变动" in text_of(centre.browser("worker").get("/notices"))
    again = officer.post("/calendar/preview", {"text": MADE_UP_2027})
    assert "与现行日历一致" in text_of(again)


def test_the_case_tells_why_its_date_moved(centre: WebCentre) -> None:
    case = screened(centre.on("2026-12-21"))
    officer = centre.browser("officer")
    officer.post("/calendar/closing-days", {"first": "2026-12-24", "last": "2026-12-25", "reason": "办公室搬迁"})
    said = text_of(officer.get(f"/cases/{case}"))
    assert "期限随工作日历调整" in said
    assert "本街道停止办公日调整（办公室搬迁）" in said
    assert "2026年12月30日" in said


def test_a_notice_that_is_not_understood_keeps_what_was_pasted_and_names_the_lines(centre: WebCentre) -> None:
    officer = centre.on("2026-11-24").browser("officer")
    wrong = MADE_UP_2027.replace("共8天", "共9天").replace("1月1日（周五）", "1月1日（周一）")
    answer = officer.post("/calendar/preview", {"text": wrong})
    assert answer.status_code == 422
    assert "第 4 行" in text_of(answer)
    assert "第 5 行：写明共9天" in text_of(answer)
    (area,) = html.document_fromstring(answer.text).xpath("//textarea[@name='text']")
    assert area.text.strip() == wrong.strip()
    assert officer.post("/calendar/preview", {"text": " "}).status_code == 422
    file = {"file": ("2027.txt", MADE_UP_2027.encode("gb18030"), "text/plain")}
    assert officer.post("/calendar/preview", files=file).status_code == 200
    for who in ("worker", "finance"):
        assert centre.browser(who).post("/calendar/preview", {"text": MADE_UP_2027}).status_code == 403


def test_a_closing_day_is_set_shown_and_taken_back(centre: WebCentre) -> None:
    director = centre.browser("director")
    wrong = director.post("/calendar/closing-days", {"first": "2026-09-25", "last": "2026-09-21", "reason": "搬迁"})
    assert "结束日期早于开始日期" in text_of(wrong)
    assert director.post("/calendar/closing-days", {"first": "2020-01-02", "reason": "太早"}).status_code == 422
    done = director.post("/calendar/closing-days", {"first": "2026-09-21", "reason": "办公室搬迁"})
    page = follow(director, done)
    assert document_of(page).xpath("//td[contains(@class, 'day-closed')]/@title") == ["本街道停止办公：办公室搬迁"]
    sent = hidden(page, "/calendar/closing-days/remove")
    assert sent["day"] == "2026-09-21"
    assert not document_of(follow(director, director.post("/calendar/closing-days/remove", sent))).xpath(
        "//td[contains(@class, 'day-closed')]"
    )
    assert centre.browser("worker").post("/calendar/closing-days/remove", sent).status_code == 403


def test_a_date_is_counted_on_the_page_with_its_proof(centre: WebCentre) -> None:
    worker = centre.browser("worker")
    asked = {"start": "2026-09-30", "length": "7", "unit": "working_days", "way": "forward"}
    said = text_of(worker.get("/calendar", **asked))
    assert "2026年10月15日 星期四" in said
    assert "10月1日（周四）：国庆节" in said
    assert "2026年9月30日" in text_of(
        worker.get("/calendar", start="2026-10-20", length="15", unit="calendar_days", way="backward")
    )
    assert "暂定" in text_of(worker.get("/calendar", **{**asked, "start": "2026-12-15"}))
    assert "请填写数字" in text_of(worker.get("/calendar", **{**asked, "length": "七"}))
    assert worker.get("/calendar", **{**asked, "start": "1980-01-01"}).status_code == 200
    assert counted(centre, Case) == (0,)

"""The board, the receipts and the survey in the workbench."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

from lxml import html
from openpyxl import load_workbook
from sqlalchemy import func, select

import incubator.samples
from incubator.models.base import table
from incubator.models.organizations import Organization, SurveyImport
from incubator.services.automation.reviews import open_due_reviews
from incubator.services.opening import open_for_organization
from tests.api.centre import Browser, WebCentre
from tests.api.test_organization_pages import text_of

SAMPLE = Path(incubator.samples.__file__).parent / "survey.xlsx"


def rows_of(answer: Any) -> int:
    return len(html.document_fromstring(answer.text).xpath("//main//table/tbody/tr"))


def test_every_figure_of_the_board_is_the_length_of_the_list_it_leads_to(centre: WebCentre) -> None:
    def open_one(organization: str) -> None:
        centre.database.write(
            lambda connection: open_for_organization(
                connection, organization=organization, procedure="filing", actor=centre.people["officer"],
                now=centre.clock.now(),
            )
        )  # fmt: skip

    open_one(centre.organization)
    open_one(centre.enter("东门舞蹈队", "东门社区"))
    manager = centre.browser("manager")
    board = html.document_fromstring(manager.get("/status").text)
    links = board.xpath("//ul[@class='figures']//a") + board.xpath("//ol[@class='lanes']//a")
    assert len(links) > 8
    for link in links:
        number = int(link.xpath("./span[1]")[0].text_content())
        assert rows_of(manager.get(link.get("href"))) == number, link.get("href")
    assert [each.text_content() for each in board.xpath("//table[@id='community-table']//th/a")] == [
        "桂花社区", "东门社区",
    ]  # fmt: skip
    assert centre.browser("expert").get("/status").status_code == 403


def test_a_receipt_is_read_and_signed_off_once(centre: WebCentre) -> None:
    manager, officer = centre.browser("manager"), centre.browser("officer")
    assert "还没有回执" in text_of(manager.get("/review-runs"))
    open_due_reviews(centre.service, as_of=centre.clock.now().date(), run_key="test", caught_up=True)
    (link,) = html.document_fromstring(manager.get("/review-runs").text).xpath("//main//table//a/@href")
    assert "停机后的补办" in text_of(manager.get(link))
    assert "未备案，不作年检 1" in text_of(manager.get(link))
    assert "签收</button>" not in manager.get(link).text
    assert manager.post(f"{link}/sign-off").status_code == 403
    assert officer.post(f"{link}/sign-off").status_code == 303
    assert "测试officer已于 2026年9月18日 09:00 核对签收" in text_of(officer.get(link))
    assert officer.post(f"{link}/sign-off").status_code == 303
    assert "无需再签" in officer.get(link).text


def counted(centre: WebCentre) -> tuple[int, int]:
    with centre.database.read() as connection:
        return tuple(  # type: ignore[return-value]
            connection.scalar(select(func.count()).select_from(table(model))) for model in (Organization, SurveyImport)
        )


def sent(browser: Browser, content: bytes, name: str = "摸底表.xlsx") -> Any:
    return browser.post("/survey/preview", files={"file": (name, content)})


def hidden(answer: Any, action: str) -> dict[str, str]:
    (form,) = html.document_fromstring(answer.text).xpath(f"//form[@action='{action}']")
    return {field.get("name"): field.get("value") for field in form.xpath(".//input[@type='hidden']")}


def test_a_survey_is_previewed_confirmed_and_mended(centre: WebCentre) -> None:
    officer = centre.browser("officer")
    before = counted(centre)
    preview = sent(officer, SAMPLE.read_bytes())
    assert counted(centre) == before
    assert "这是预览，尚未写入任何内容" in text_of(preview)
    assert "不予备案" in text_of(preview)
    book = officer.post("/survey/mending", hidden(preview, "/survey/mending"))
    assert load_workbook(io.BytesIO(book.content)).worksheets[0].max_row > 1
    done = officer.post("/survey/import", hidden(preview, "/survey/import"))
    page = officer.get(done.headers["location"])
    assert f"已导入 {counted(centre)[0] - before[0]} 个组织" in text_of(page)
    after = counted(centre)
    again = sent(officer, SAMPLE.read_bytes())
    assert "此前已导入过" in text_of(again)
    assert "确认导入" not in text_of(again)
    assert counted(centre) == after
    narrowed = officer.get(done.headers["location"].split("?")[0], fate="refused")
    assert rows_of(narrowed) < rows_of(page)
    assert "摸底表.xlsx" in text_of(officer.get("/survey"))


def test_a_preview_is_the_sender_s_own_and_ends_after_an_hour(centre: WebCentre) -> None:
    officer = centre.browser("officer")
    preview = sent(officer, SAMPLE.read_bytes())
    confirm = hidden(preview, "/survey/import")
    other = centre.browser("officer2")
    assert other.post("/survey/import", {**confirm, "csrf": other.csrf}).status_code == 404
    centre.clock.move_by(timedelta(minutes=61))
    late = centre.browser("officer")
    refused = late.post("/survey/import", {**confirm, "csrf": late.csrf})
    assert refused.status_code == 404
    assert "预览已过期" in text_of(refused)


def test_a_file_that_is_no_survey_is_refused_on_the_page(centre: WebCentre) -> None:
    officer = centre.browser("officer")
    before = counted(centre)
    for content, name in ((b"", "空表.xlsx"), (b"PK\x03\x04broken", "坏表.xlsx"), (b"1,2\n3,4\n", "数字.csv")):
        answer = sent(officer, content, name)
        assert answer.status_code == 422, name
        assert name in text_of(answer)
    assert officer.post("/survey/preview").status_code == 422
    assert counted(centre) == before
    assert centre.browser("worker").get("/survey").status_code == 403


def test_a_table_in_the_encoding_of_old_offices_is_read(centre: WebCentre) -> None:
    csv = "社区,组织名称,负责人,成员人数\n桂花社区,桂花太极队,李某,１５\n".encode("gb18030")
    preview = sent(centre.browser("officer"), csv, "太极.csv")
    assert "桂花太极队" in text_of(preview)
    assert "确认导入 1 个组织" in text_of(preview)

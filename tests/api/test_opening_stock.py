"""The opening stock in the workbench and over JSON: the template fetched, a file previewed, confirmed, refused."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook

from incubator.engine import library
from incubator.models.events import Event
from incubator.models.organizations import Filing, OpeningStockRow, Organization
from incubator.services.opening_stock.layout import Kind
from tests.api.centre import Browser, WebCentre
from tests.api.reading import counted, hidden, in_english, links_of, text_of
from tests.services.opening_stock.books import book
from tests.services.opening_stock.test_projects import STOCK as PROJECTS

WRITTEN = (Organization, Filing, OpeningStockRow, Event)
CERTIFICATE = {
    "community": "桂花社区", "organization": "常青合唱团", "number": "旧备1号", "signed_on": date(2024, 10, 8),
    "valid_until": date(2027, 10, 7), "paper": "备案档案第3盒",
}  # fmt: skip
STOCK = book({Kind.FILING: [CERTIFICATE, {**CERTIFICATE, "number": "旧备2号", "organization": "无此队"}]})


def sent(browser: Browser, content: bytes, name: str = "期初.xlsx") -> Any:
    return browser.post("/opening-stock/preview", files={"file": (name, content)})


def test_a_stock_is_previewed_confirmed_and_stands_as_history(centre: WebCentre) -> None:
    director = centre.browser("director")
    assert 'href="/opening-stock"' in director.get("/survey").text
    assert 'href="/opening-stock"' not in centre.browser("officer").get("/survey").text
    before = counted(centre, *WRITTEN)
    preview = sent(director, STOCK)
    assert counted(centre, *WRITTEN) == before, "a preview writes nothing"
    assert "这是预览，尚未写入任何内容" in text_of(preview)
    assert "B3：桂花社区没有“无此队”，请核对名称，或先在“组织”表中增加一行" in text_of(preview)
    confirm = hidden(preview, "/opening-stock/import")
    done = director.post("/opening-stock/import", confirm)
    assert "已录入 1 行" in text_of(done)
    (group,) = [link for link in links_of(done) if link.startswith("/organizations/")]
    shown = text_of(director.get(group))
    for words in ("备案证 旧备1号，有效期至2027年10月7日", "期初录入备案", "依据：备案档案第3盒"):
        assert words in shown, words
    after = counted(centre, *WRITTEN)
    assert "没有新的内容，未作任何改动" in text_of(director.post("/opening-stock/import", confirm))
    assert counted(centre, *WRITTEN) == after, "a second import changes nothing"
    assert "备案 1" in text_of(director.get("/opening-stock"))
    assert "Filings 1" in text_of(in_english(centre.browser("director2")).get("/opening-stock"))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_refused_rows_come_back_in_the_same_layout_and_once_mended_are_entered(centre: WebCentre) -> None:
    director = centre.browser("director")
    done = director.post("/opening-stock/import", hidden(sent(director, STOCK), "/opening-stock/import"))
    answer = director.post("/opening-stock/mending", hidden(done, "/opening-stock/mending"))
    same = centre.program("director").post("imports/opening/mending", files={"file": ("期初.xlsx", STOCK)})
    for each in (answer, same):
        workbook = load_workbook(io.BytesIO(each.content))
        assert workbook.sheetnames == ["备案"]
        headings = [cell.value for cell in workbook["备案"][1]]
        (row,) = workbook["备案"].iter_rows(min_row=2)
        said = dict(zip(headings, row, strict=True))
        assert ([cell.value for cell in row].count("旧备2号"), said["原行号"].value) == (1, "3")
        assert "桂花社区没有“无此队”" in said["原因"].value
    centre.enter("夕阳红舞蹈队")
    next(cell for cell in row if cell.value == "无此队").value = "夕阳红舞蹈队"
    mended = io.BytesIO()
    workbook.save(mended)
    assert "确认录入 1 行" in text_of(sent(director, mended.getvalue(), "待修改.xlsx"))


def test_the_template_comes_from_the_page_and_over_json(centre: WebCentre) -> None:
    page = centre.browser("director").get("/opening-stock/template")
    program = centre.program("director").get("imports/opening/template")
    for answer in (page, program):
        assert "备案" in load_workbook(io.BytesIO(answer.content)).sheetnames


def test_what_is_no_stock_is_refused_on_the_page(centre: WebCentre) -> None:
    director = centre.browser("director")
    for content in (b"", b"PK\x03\x04broken", b"%PDF-1.4"):
        answer = sent(director, content)
        assert (answer.status_code, "未能读取期初数据" in text_of(answer)) == (422, True)
    assert "请先选择期初数据工作簿" in text_of(director.post("/opening-stock/preview"))


def test_programs_bring_it_in_and_are_told_every_fate(centre: WebCentre) -> None:
    program = centre.program("director")
    shown = program.post("imports/opening", params={"dry_run": True}, files={"file": ("期初.xlsx", STOCK)})
    assert (shown.status_code, shown.json()["counts"]) == (201, {"entered": 1, "unchanged": 0, "refused": 1})
    assert counted(centre, Filing) == (0,)
    done = program.post("imports/opening", files={"file": ("期初.xlsx", STOCK)}).json()
    first, second = done["rows"]
    assert (first["fate"], first["paper"], first["organization_id"]) == (
        "entered",
        "备案档案第3盒",
        centre.organization,
    )
    assert (second["fate"], second["reasons"][0]["code"], second["reasons"][0]["cell"]) == (
        "refused", "organization_unknown", "B3",
    )  # fmt: skip
    again = program.post("imports/opening", files={"file": ("期初.xlsx", STOCK)}).json()
    assert again["counts"] == {"entered": 0, "unchanged": 1, "refused": 1}
    path = program.get(f"organizations/{centre.organization}/path").json()
    assert path[1]["state"] == "done"
    (certificate,) = program.get(f"organizations/{centre.organization}").json()["certificates"]
    assert (certificate["number"], certificate["paper"]) == ("旧备1号", "备案档案第3盒")


def test_it_is_for_those_who_may_bring_it_in(centre: WebCentre) -> None:
    for username in ("worker", "officer", "manager", "expert"):
        browser = centre.browser(username)
        for address in ("/opening-stock", "/opening-stock/template"):
            assert browser.get(address).status_code == 403
        assert sent(browser, STOCK).status_code == 403
        assert browser.post("/opening-stock/mending", {"upload": "0" * 64}).status_code == 403
        assert browser.post("/opening-stock/import", {"upload": "0" * 64}).status_code == 403
        program = centre.program(username)
        assert program.post("imports/opening", files={"file": ("期初.xlsx", STOCK)}).status_code == 403
    assert counted(centre, Filing) == (0,)


def test_the_path_shows_projects_side_by_side_on_the_page_and_over_json(centre: WebCentre) -> None:
    program, director = centre.program("director"), centre.browser("director")
    with centre.database.read() as connection:
        fund = library.policy_in_force(connection, centre.street.street_id, date(2026, 9, 18)).get("funding.funds")[0]
    stock = {kind: [dict(row) for row in rows] for kind, rows in PROJECTS.items()}
    stock[Kind.PROJECT][0]["fund"] = fund["code"]
    done = program.post("imports/opening", files={"file": ("期初.xlsx", book({Kind.FILING: [CERTIFICATE], **stock}))})
    assert done.json()["counts"]["refused"] == 0, done.json()
    path = {stage["stage"]: stage for stage in program.get(f"organizations/{centre.organization}/path").json()}
    assert [stage["state"] for stage in path.values()] == ["done", "done", "blocked", "running", "next"]
    (line,) = path["funding"]["lines"]
    assert (line["kind"], line["amount_fen"], line["paid_fen"]) == ("project", 2999999, 1499999)
    assert line["next_on"]
    page = text_of(director.get(f"/organizations/{centre.organization}"))
    for words in ("在办 1 项", "老年合唱进社区", "立项 29,999.99 元，已拨 14,999.99 元", "已过期限 2026年6月1日"):
        assert words in page, words
    case = director.get(f"/cases/{line['case_id']}")
    assert case.status_code == 200

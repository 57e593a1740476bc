"""A survey in the workbench: sent, previewed, confirmed, mended; and what is refused."""

from __future__ import annotations

import io
import json
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

import incubator.samples
from incubator.models.events import Event, PersonalValue
from incubator.models.organizations import Organization, SurveyImport, SurveyRowFate
from tests.api.centre import Browser, WebCentre
from tests.api.desk import document_of
from tests.api.reading import counted, hidden, in_english, links_of, rows_of, text_of

SAMPLE = Path(incubator.samples.__file__).parent / "survey.xlsx"
WRITTEN = (Organization, SurveyImport, SurveyRowFate, Event, PersonalValue)
ONE_GROUP = "社区,组织名称,负责人,成员人数,联系电话\n桂花社区,桂花太极队,李某,约１５人,13911112222\n"


def sent(browser: Browser, content: bytes, name: str = "摸底表.xlsx") -> Any:
    return browser.post("/survey/preview", files={"file": (name, content)})


def kept_files(centre: WebCentre) -> list[Path]:
    return list((centre.service.settings.data_dir / "kept-uploads").glob("*"))


def test_a_survey_is_previewed_confirmed_and_mended(centre: WebCentre) -> None:
    officer = centre.browser("officer")
    before = counted(centre, *WRITTEN)
    preview = sent(officer, SAMPLE.read_bytes())
    book = officer.post("/survey/mending", hidden(preview, "/survey/mending"))
    assert counted(centre, *WRITTEN) == before, "a preview writes nothing"
    assert "这是预览，尚未写入任何内容" in text_of(preview)
    to_mend = load_workbook(io.BytesIO(book.content)).worksheets[0].max_row - 1
    assert f"下载待修改的 {to_mend} 行" in text_of(preview)

    confirm = hidden(preview, "/survey/import")
    done = officer.post("/survey/import", confirm)
    page = officer.get(done.headers["location"])
    entered = counted(centre, Organization)[0] - before[0]
    assert f"已导入 {entered} 个组织" in text_of(page)
    assert "导入人 测试officer" in text_of(page)
    assert "B25：与工作表“桂花社区”第 8 行“夕阳红书画社”同名，疑似重复" in text_of(page)
    assert "第 27 行 合计“合计 22个”" in text_of(page)
    assert rows_of(page) == entered + to_mend + 7, "every row has its fate, and every sheet its account"

    after = counted(centre, *WRITTEN)
    twice = officer.post("/survey/import", confirm)
    assert twice.headers["location"] == done.headers["location"]
    again = sent(officer, SAMPLE.read_bytes())
    assert "此前已导入过" in text_of(again)
    assert "确认导入" not in text_of(again)
    assert counted(centre, *WRITTEN) == after, "a second import changes nothing"

    record = done.headers["location"].split("?")[0]
    refused = officer.get(record, fate="refused")
    assert "“书院社区”不是本街道的社区" in text_of(refused)
    assert record in links_of(refused, "//main")
    duplicates = officer.get(record, fate="suspected_duplicate")
    named = {text_of(officer.get(each)).split()[1] for each in links_of(duplicates)}
    assert {"夕阳红书画社", "常青合唱团"} < named, "a row leads to the organization that it may repeat"
    masked = load_workbook(io.BytesIO(officer.get(f"{record}/mending").content)).worksheets[0]
    assert "138****" in str([cell.value for row in masked.rows for cell in row])
    assert links_of(officer.get("/survey")) == [record]
    assert "Refused" in text_of(in_english(centre.browser("director")).get(record))


# What is chosen is tried on both databases by the service's own tests.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_suspected_row_stands_beside_what_it_may_repeat_and_goes_the_way_that_was_chosen(centre: WebCentre) -> None:
    officer = centre.browser("officer")
    known = officer.post("/survey/import", hidden(sent(officer, ONE_GROUP.encode(), "太极.csv"), "/survey/import"))
    assert known.status_code == 303
    more = "社区,组织名称,负责人,成员人数,联系电话,活动场所\n桂花社区,桂花太极队,李某,20,13911112222,桂花活动室\n"
    more += "桂花社区,桂花太极,赵某,9,13911112222,\n桂花社区,桂花太极二队,赵某,9,13911112222,\n"
    preview = sent(officer, more.encode(), "再报.csv")
    page = document_of(preview)
    first, second, third = page.xpath("//fieldset[contains(@class, 'choosing')]")
    said = " ".join(" ".join(first.itertext()).split())
    assert "本行 桂花太极队 桂花社区 李** 20 已有组织 桂花太极队 桂花社区 李** 15" in said
    assert [each.get("value") for each in first.xpath(".//input[@type='radio']")] == ["join", "skip", ""]
    assert [each.get("value") for each in second.xpath(".//input[@type='radio']")] == ["join", "own", "skip", ""]
    names = [each.xpath(".//input/@name")[0] for each in (first, second, third)]
    confirm = hidden(preview, "/survey/import")
    done = officer.post("/survey/import", {**confirm, names[0]: "join", names[1]: "own", names[2]: ""})
    told = text_of(officer.get(done.headers["location"]))
    assert "已导入 1 个组织。合并到已有 1 行。" in told
    assert "测试officer选择：合并到已有" in told
    assert "测试officer选择：作为新组织" in told
    assert "下载待修改的 1 行" in told
    groups = links_of(officer.get(done.headers["location"], fate="merged"))
    assert "活动场所 桂花活动室" in text_of(officer.get(groups[0]))
    assert "并入摸底信息" in text_of(officer.get(groups[0]))
    book = officer.post("/survey/mending", hidden(officer.get(done.headers["location"]), "/survey/mending"))
    assert [row[1].value for row in load_workbook(io.BytesIO(book.content)).worksheets[0].iter_rows(min_row=2)] == [
        "桂花太极二队"
    ]


def test_a_preview_is_the_sender_s_own_and_ends_after_an_hour(centre: WebCentre) -> None:
    officer = centre.browser("officer")
    confirm = hidden(sent(officer, SAMPLE.read_bytes()), "/survey/import")
    (file,) = kept_files(centre)
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700, "it holds telephone numbers"
    other = centre.browser("officer2")
    assert other.post("/survey/import", {**confirm, "csrf": other.csrf}).status_code == 404
    for place in range(7):
        sent(officer, ONE_GROUP.replace("太极队", f"太极{place}队").encode(), "太极.csv")
    assert len(kept_files(centre)) == 5, "who tries again and again fills no disk"
    centre.clock.move_by(timedelta(minutes=61))
    late = centre.browser("officer")
    refused = late.post("/survey/import", {**confirm, "csrf": late.csrf})
    assert refused.status_code == 404
    assert "预览已过期" in text_of(refused)
    late.get("/survey")
    assert kept_files(centre) == []


def test_a_file_that_is_no_survey_is_refused_on_the_page(centre: WebCentre) -> None:
    officer = centre.browser("officer")
    before = counted(centre, *WRITTEN)
    bad = (
        (b"", "空表.xlsx"), (b"PK\x03\x04broken", "坏表.xlsx"), (b"1,2\n3,4\n", "数字.csv"), (b"%PDF-1.4", "扫描件.xlsx"),
        (bytes(range(256)) * 40, "乱码.csv"),
    )  # fmt: skip
    for content, name in bad:
        answer = sent(officer, content, name)
        assert answer.status_code == 422, name
        assert "未能读取摸底表" in text_of(answer)
        assert name in text_of(answer)
    assert "请先选择摸底表文件" in text_of(officer.post("/survey/preview"))
    assert sent(officer, b"," * 22 * 1024 * 1024, "大表.csv").status_code == 413
    assert counted(centre, *WRITTEN) == before
    assert kept_files(centre) == []


def test_a_table_in_the_encoding_of_old_offices_is_read(centre: WebCentre) -> None:
    officer = centre.browser("officer")
    preview = sent(officer, ONE_GROUP.encode("gb18030"), "太极.csv")
    assert "D2 成员人数：“约１５人”记为“约15”" in text_of(preview)
    assert "确认导入 1 个组织" in text_of(preview)
    done = officer.post("/survey/import", hidden(preview, "/survey/import"))
    (group,) = links_of(officer.get(done.headers["location"]))
    shown = text_of(officer.get(group))
    assert "成员人数 约 15" in shown
    assert "139****2222" in shown
    assert "太极.csv" in shown


@pytest.mark.parametrize("username", ["worker", "manager", "expert"])
def test_a_survey_is_for_those_who_may_import_one(centre: WebCentre, username: str) -> None:
    officer = centre.browser("officer")
    done = officer.post("/survey/import", hidden(sent(officer, ONE_GROUP.encode(), "太极.csv"), "/survey/import"))
    record = done.headers["location"].split("?")[0]
    assert officer.client.post("/survey/preview", files={"file": ("x.csv", b"1")}).status_code == 403, "forged"
    assert officer.client.post("/survey/import", data={"upload": "0" * 64}).status_code == 403, "forged"
    other = centre.browser(username)
    before = counted(centre, *WRITTEN)
    for address in ("/survey", record, f"{record}/mending"):
        assert other.get(address).status_code == 403, address
    for address in ("/survey/preview", "/survey/import", "/survey/mending"):
        assert other.post(address, {"upload": "0" * 64}).status_code == 403, address
    assert counted(centre, *WRITTEN) == before


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_program_is_told_what_may_be_chosen_and_chooses(centre: WebCentre) -> None:
    program = centre.program("officer")
    file = {"file": ("太极.csv", (ONE_GROUP + "桂花社区,桂花太极,李某,9,13911112222\n").encode())}
    shown = program.post("surveys", params={"dry_run": True}, files=file).json()
    row = shown["rows"][1]
    assert (row["fate"], row["options"]) == ("suspected_duplicate", ["join", "own", "skip"])
    assert (row["candidate"]["name"], row["candidate"]["leader"]) == ("桂花太极队", "李**")
    place = f"{row['sheet']}!{row['row']}"
    done = program.post("surveys", data={"choices": json.dumps({place: "own"})}, files=file).json()
    assert [(each["fate"], each["chosen"]) for each in done["rows"]] == [("normalised", None), ("accepted", "own")]
    wrong = program.post("surveys", data={"choices": '{"x": "maybe"}'}, files=file)
    assert (wrong.status_code, "join" in wrong.json()["detail"]) == (422, True)

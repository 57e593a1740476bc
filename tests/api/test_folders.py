"""The audit folder of a case: real documents bound into one PDF, read back page by page; what is missing told first."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from fpdf import FPDF
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject
from sqlalchemy import insert, select

from incubator.clock import FixedClock
from incubator.database import Database
from incubator.models.asking import InformationRequest
from incubator.models.base import table
from incubator.models.events import Event
from incubator.services.case_folder.plan import Section
from incubator.services.case_folder.reading import read_folder
from tests.api.centre import PDF, Browser, WebCentre, web_centre
from tests.api.desk import do, hand_in, open_case_for, words_of
from tests.api.granted import granted
from tests.procedures.world import APPLICATION, APPLICATION_PAPERS, CHECKED, OPINION, SERVED

PHONE, MASKED = "13800001234", "138****1234"


@pytest.fixture
def centre(sqlite_url: str, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebCentre]:
    """The centre on one database: what is bound is the same on the other."""
    monkeypatch.setenv("INCUBATOR_DATA_DIR", str(tmp_path))
    database = Database(sqlite_url)
    with web_centre(database, clock, tmp_path) as made:
        yield made
    database.close()


def plain(text: str) -> str:
    """The words of a page without the spaces that a reader puts between Chinese characters."""
    return re.sub(r"\s+", "", text)


def opened(folder: bytes) -> tuple[PdfReader, list[str]]:
    """A folder read back, and the words of each page."""
    read = PdfReader(BytesIO(folder))
    for number in range(1, int(read.trailer["/Size"])):
        font = read.get_object(number)
        if isinstance(font, DictionaryObject) and font.get("/Subtype") == "/Type0":
            # This reader takes two bytes for a sign only under that name; others read the table that stands here.
            font[NameObject("/Encoding")] = NameObject("/Identity-H")
    return read, [plain(page.extract_text()) for page in read.pages]


def scan(*pages: str, turned: int = 0) -> bytes:
    pdf = FPDF()
    for words in pages:
        pdf.add_page()
        pdf.set_font("Helvetica", size=14)
        pdf.cell(text=words)
    read = PdfReader(BytesIO(bytes(pdf.output())))
    writer, made = PdfWriter(), BytesIO()
    for page in read.pages:
        added = writer.add_page(page.rotate(turned) if turned else page)
        script = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("alert")}
        added[NameObject("/AA")] = DictionaryObject({NameObject("/O"): DictionaryObject(script)})
    writer.write(made)
    return made.getvalue()


def word() -> bytes:
    document, made = docx.Document(), BytesIO()
    document.add_heading("常青合唱团章程", 1)
    document.add_paragraph("第一条 每周二排练。")
    grid = document.add_table(rows=2, cols=3)
    for place, words in enumerate(("职务", "姓名", "任期", "团长", "王桂兰", "两年")):
        grid.cell(place // 3, place % 3).text = words
    document.save(made)
    return made.getvalue()


def workbook() -> bytes:
    book, made = openpyxl.Workbook(), BytesIO()
    book.active.append(["序号", "姓名", "社区"])
    book.active.append([1, "李秀英", "桂花社区"])
    book.save(made)
    return made.getvalue()


def photo() -> bytes:
    """A phone's photo: lying on its side, with the mark that says how it was held."""
    made, marks = BytesIO(), Image.Exif()
    marks[0x0112] = 6
    Image.new("RGB", (2400, 1200), "white").save(made, "JPEG", exif=marks)
    return made.getvalue()


def upload(browser: Browser, case: str, kind: str, name: str, content: bytes) -> None:
    answer = browser.post(f"/cases/{case}/documents", {"kind": kind}, files={"file": (name, content)})
    assert answer.status_code == 303, words_of(answer)


def filed(centre: WebCentre) -> str:
    """A filing in effect, of whose scans one is damaged as a PDF and one as a photo."""
    case, worker = open_case_for(centre), centre.browser("worker")
    upload(worker, case, "application", "申请表.pdf", scan("page one", "page two", turned=90))
    upload(worker, case, "roster", "花名册.xlsx", workbook())
    upload(worker, case, "charter", "章程.docx", word())
    upload(worker, case, "premises_proof", "场所.jpg", photo())
    upload(worker, case, "premises_proof", "坏的.jpg", photo()[:60])
    do(centre, case, "submit", "worker", APPLICATION)
    centre.automate()
    upload(worker, case, "committee_opinion", "坏的.pdf", PDF)
    do(centre, case, "give_opinion", "worker", OPINION)
    do(centre, case, "accept", "officer", CHECKED)
    do(centre, case, "approve", "director")
    centre.automate()
    upload(centre.browser("officer"), case, "sealed_certificate", "备案证.pdf", scan("sealed"))
    do(centre, case, "serve", "officer", SERVED)
    return case


def made(browser: Browser, case: str, **form: Any) -> bytes:
    answer = browser.post(f"/cases/{case}/folder", form)
    assert answer.status_code == 303, words_of(answer)
    fetched = browser.get(answer.headers["location"])
    assert fetched.headers["content-type"] == "application/pdf"
    assert "attachment" in fetched.headers["content-disposition"]
    return bytes(fetched.content)


def accessed(centre: WebCentre, kind: str) -> list[dict[str, Any]]:
    events = table(Event)
    with centre.database.read() as connection:
        rows = connection.scalars(
            select(events.c.body).where(events.c.stream == "access", events.c.type == kind).order_by(events.c.id)
        )
        return [json.loads(row) for row in rows]


def test_the_folder_is_bound_in_filing_order_with_true_page_numbers_and_everything_in_it(centre: WebCentre) -> None:
    case = filed(centre)
    officer = centre.browser("officer")
    folder = made(officer, case, retention="30")
    read, pages = opened(folder)
    front = next(place for place, page in enumerate(pages) if "第1页" in page)

    # The cover, what is missing, the contents: counted by themselves; everything behind is numbered, scans too.
    assert "桂花社区常青合唱团" in pages[0] or "常青合唱团" in pages[0]
    assert "保管期限30年" in pages[0]
    assert [page.count(f"卷首{place}") for place, page in enumerate(pages[:front], 1)] == [1] * front
    assert [f"第{place}页" in page for place, page in enumerate(pages[front:], 1)] == [True] * (len(pages) - front)
    assert "pageone" in pages[front + 1]
    assert read.pages[front + 1].rotation == 90
    assert b"/JavaScript" in scan("x")
    assert b"/JavaScript" not in folder  # nothing that acts by itself comes along

    # A damaged file stops nothing: it is named first, with its reason, and lies in the folder as it is.
    assert pages[1].startswith("缺页清单")
    for name in ("坏的.jpg", "坏的.pdf"):
        assert f"（{name}）" in pages[1]
    assert pages[1].count("文件已损坏") == 2
    assert "场所.jpg" not in pages[1]

    # The outline has the sections in filing order, each with its sheets.
    titles = [each.title for each in read.outline if not isinstance(each, list)]
    assert titles == [
        "案卷封面",
        "缺页清单",
        "卷内目录",
        "申请及材料",
        "审查与决定",
        "文书与送达",
        "期限计算",
        "办理记录",
    ]
    listed = officer.get(f"/api/v1/cases/{case}/folder").json()["sheets"]
    contents = "".join(pages[2:front])
    leads = {
        read.get_page_number(link.get_object()["/Dest"][0].get_object())
        for page in read.pages[2:front]
        for link in page.get("/Annots", ())
    }
    sheets = [sheet for group in read.outline if isinstance(group, list) for sheet in group]
    for sheet, said in zip(sheets, listed, strict=True):
        number = read.get_destination_page_number(sheet)
        assert number in leads
        assert f"{said['date']}{number - front + 1}" in contents
        _, _, title = sheet.title.partition(" ")
        assert number >= front
        if "备案申请表" not in title and "扫描件" not in title:
            assert plain(title) in pages[number], title
    application = [sheet.title.partition(" ")[2] for sheet in read.outline[4]]
    assert application[:4] == ["发起办理", "备案申请表", "成员花名册", "章程或活动规则"]

    # Word and Excel are printed and lie beside as they were; a photo stands upright.
    assert read.attachments["章程.docx"] == [word_of(centre, case, "章程.docx")]
    assert set(read.attachments) >= {"章程.docx", "花名册.xlsx", "坏的.jpg", "坏的.pdf"}
    assert any("王桂兰" in page and "团长" in page for page in pages)
    assert any("李秀英" in page for page in pages)
    pictures = [image.image for page in read.pages for image in page.images]
    assert [(picture.width < picture.height, max(picture.size) <= 1754) for picture in pictures if picture] == [
        (True, True)
    ]

    # Decisions with what they rest on, the limits day by day, the chain of events.
    whole = "".join(pages)
    assert "成员人数达到政策规定" in whole
    assert "第1天" in whole
    with centre.database.read() as connection:
        head = connection.scalars(select(table(Event).c.hash).where(table(Event).c.stream == "case")).all()[-1]
    assert head in whole
    assert "首尾相连" in whole
    assert MASKED in whole
    assert PHONE not in whole

    # The same record makes the same bytes, and the record says which.
    assert made(officer, case, retention="30") == folder
    noted = accessed(centre, "access.folder_made")
    assert noted[-1]["change"]["sha256"] == hashlib.sha256(folder).hexdigest()
    assert noted[-1]["change"] == {**noted[-1]["change"], "case": case, "masked": True, "pages": len(pages)}


def word_of(centre: WebCentre, case: str, name: str) -> bytes:
    """A document's content as the service gives it out."""
    documents = centre.program("officer").get(f"cases/{case}").json()["documents"]
    (public_id,) = [each["id"] for each in documents if each["filename"] == name]
    return bytes(centre.program("officer").get(f"documents/{public_id}").content)


def test_personal_values_are_in_the_folder_in_full_only_for_a_recorded_reason(centre: WebCentre) -> None:
    case = filed(centre)
    director = centre.browser("director")
    refused = director.post(f"/cases/{case}/folder", {"full": "1", "reason": " "})
    assert refused.status_code == 422
    assert "须说明理由" in words_of(refused)
    assert accessed(centre, "access.folder_made") == []
    whole = "".join(opened(made(director, case, full="1", reason="移交档案室核对"))[1])
    assert PHONE in whole
    assert "未遮盖" in whole
    (revealed,) = accessed(centre, "access.personal_value_revealed")
    assert (revealed["comment"], revealed["change"]["field"]) == ("移交档案室核对", "application.leader_phone")
    assert accessed(centre, "access.folder_made")[-1]["comment"] == "移交档案室核对"
    assert centre.browser("manager").post(f"/cases/{case}/folder", {"full": "1", "reason": "看看"}).status_code == 403


def test_a_folder_is_fetched_by_its_maker_within_the_hour_and_its_making_is_told_step_by_step(
    centre: WebCentre,
) -> None:
    case = filed(centre)
    officer = centre.browser("officer")
    told = officer.client.post(
        f"/cases/{case}/folder", data={"csrf": officer.csrf}, headers={"accept": "text/event-stream"}
    )
    events = [json.loads(part.removeprefix("data: ")) for part in told.text.strip().split("\n\n")]
    assert [event["done"] for event in events[:-1]] == list(range(1, events[0]["of"] + 1))
    address = events[-1]["href"]
    assert officer.get(address).content.startswith(b"%PDF-")
    assert centre.browser("officer2").get(address).status_code == 404
    assert officer.get(address.replace(case, "0" * 32)).status_code == 404
    for stranger in ("expert", "hub"):
        assert centre.browser(stranger).get(f"/cases/{case}/folder").status_code == 404
    assert officer.client.post(f"/cases/{case}/folder", data={}).status_code == 403  # no page of ours sent it
    centre.on("2026-09-19")
    late = centre.browser("officer")
    assert late.get(address).status_code == 404
    late.get(f"/cases/{case}/folder")
    assert list((centre.service.settings.data_dir / "folders").iterdir()) == []


def test_what_is_missing_is_told_before_the_folder_is_made(centre: WebCentre) -> None:
    case, worker = open_case_for(centre), centre.browser("worker")
    hand_in(worker, case, *APPLICATION_PAPERS)
    do(centre, case, "submit", "worker", APPLICATION)
    centre.automate()

    def missing() -> list[str]:
        found = centre.program("officer").get(f"cases/{case}/folder").json()
        return [f"{each['what']}：{each['why']}" for each in found["missing"]]

    assert missing() == ["居民委员会意见（盖章）：案件正在“居民委员会意见”环节，尚未提交"]
    hand_in(worker, case, "committee_opinion")
    do(centre, case, "give_opinion", "worker", OPINION)
    assert missing() == []
    requests, row = table(InformationRequest), centre.case_row(case)
    centre.database.write(
        lambda connection: connection.execute(
            insert(requests).values(
                public_id="a" * 32, street_id=row.street_id, community_id=row.community_id,
                organization_id=row.organization_id, case_id=row.id, kind="information", step=row.step, visit=row.visit,
                points=[{"words": "补充活动照片"}], due_on=row.opened_on, asked_by=centre.people["officer"].person_id,
                asked_at=centre.clock.now(),
            )
        )
    )  # fmt: skip
    assert missing() == ["对所提问题的答复：补充活动照片：应于2026年9月18日前答复"]
    page = words_of(centre.browser("officer").get(f"/cases/{case}/folder"))
    assert page.index("补充活动照片") < page.index("卷内目录")
    do(centre, case, "return_for_correction", "officer", {"points": "补充花名册"})
    assert missing()[0] == "补正材料：案件已退回补正，尚未收到答复"
    do(centre, case, "resubmit", "worker", {"note": "已补充"})
    centre.automate()
    do(centre, case, "accept", "officer", CHECKED)
    do(centre, case, "approve", "director")
    centre.automate()
    assert missing()[:2] == [
        "已盖章备案证扫描件：文书尚未盖章归入",
        "送达记录（送达）：2026年9月18日进入送达环节，没有送达记录",
    ]


def test_a_settled_projects_folder_holds_its_payments_expenses_and_vouchers(centre: WebCentre) -> None:
    project = granted(centre)
    project.paid(1)
    project.midterm_passed()
    project.paid(2)
    project.accepted_cost(1_500_000, 1_141_000)
    project.final_accepted()
    project.settled()
    project.paid(3)
    project.act("close", "officer")
    actor, now = centre.people["officer"], centre.clock.now()
    with centre.database.read() as connection:
        folder = read_folder(connection, actor, project.case_id, now)
    money = [(sheet.title.zh, sheet.number) for sheet in folder.sheets if sheet.section is Section.MONEY]
    assert money[0] == ("拨付和支出情况", project.number)
    assert [title for title, _ in money[1:]] == ["拨付申请表"] * 3 + ["支出凭证（1/2）", "支出凭证（2/2）"]
    assert [number for _, number in money[4:]] == ["NO1", "NO2"]
    assert folder.missing == ()
    assert folder.cover.stands.zh == "已结项"
    # No content of these documents is in the data folder: each is named, none stops the folder.
    _, pages = opened(made(centre.browser("officer"), project.case_id))
    documents = sum(1 for _ in folder.scans())
    assert "".join(pages[1:3]).count("数据目录中没有该文件的内容") == documents > 5
    whole = "".join(pages)
    for figure in ("14,999.99", "8,999.99", "2,410.02", "15,000.00", "11,410.00"):
        assert figure in whole

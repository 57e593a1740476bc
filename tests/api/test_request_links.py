"""A request sent as a link: answered without an account, resumed, accepted or declined by staff; the case never moves by it."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select
from starlette.testclient import TestClient

from api.pages.link_route import MOST_GUESSES
from api.partial_uploads import KEPT_FOR, AnotherOffset, Begun, PartialUploads
from incubator.clock import FixedClock
from incubator.database import Database
from incubator.models.asking import RequestLink, Submission
from incubator.models.automation import Notice
from incubator.models.base import table
from tests.api.centre import PDF, Browser, WebCentre, web_centre
from tests.api.desk import do, document_of, heard, words_of

POINTS = "章程缺少财务管理条款，请补交章程\n花名册缺第二页"
TUS = {"tus-resumable": "1.0.0"}
PIECE = {**TUS, "content-type": "application/offset+octet-stream"}


@pytest.fixture
def office(sqlite_url: str, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebCentre]:
    """The centre on one database, for what hangs on files and headers alone."""
    monkeypatch.setenv("INCUBATOR_DATA_DIR", str(tmp_path))
    database = Database(sqlite_url)
    with web_centre(database, clock, tmp_path) as made:
        yield made
    database.close()


def photo(size: int = 400) -> bytes:
    """A real JPEG."""
    kept = BytesIO()
    Image.effect_noise((size, size), 60).convert("RGB").save(kept, "JPEG")
    return kept.getvalue()


def returned(centre: WebCentre) -> str:
    """A filing that the officer returned for correction with two points."""
    case = heard(centre)
    do(centre, case, "return_for_correction", "officer", {"points": POINTS})
    return case


def ask(browser: Browser, case: str, **typed: Any) -> str:
    """Ask on the page as its form begins; the request's address."""
    page = browser.get(f"/cases/{case}/requests/new")
    sent: dict[str, Any] = {}
    for name, value in document_of(page).get_element_by_id("asking-form").form_values():
        sent[name] = value.removeprefix("\n")
    answer = browser.client.post(f"/cases/{case}/requests", data={**sent, **typed})
    assert answer.status_code == 303, words_of(answer)
    return str(answer.headers["location"])


def make_link(browser: Browser, asked: str) -> str:
    """The path of a fresh link."""
    shown = browser.post(f"{asked}/links")
    assert shown.status_code == 200
    assert "<svg" in shown.text
    assert " style=" not in shown.text
    url = document_of(shown).get_element_by_id("link-url").get("value")
    return "/r/" + url.rpartition("/r/")[2]


def begin(phone: TestClient, link: str, name: str, size: int, point: int = 0) -> Any:
    said = ",".join(
        f"{key} {base64.b64encode(value.encode()).decode()}"
        for key, value in (("filename", name), ("point", str(point)))
    )
    return phone.post(f"{link}/files", headers={**TUS, "upload-length": str(size), "upload-metadata": said})


def go_on(phone: TestClient, at: str, offset: int, piece: bytes) -> Any:
    return phone.patch(at, headers={**PIECE, "upload-offset": str(offset)}, content=piece)


def position(centre: WebCentre, case: str) -> tuple[Any, ...]:
    row = centre.case_row(case)
    return row.step, row.version, row.visit, row.due_on, row.data, row.milestones, row.acts


def test_a_link_is_answered_with_words_and_photos_which_staff_accepts_and_the_case_stays_where_it_is(
    centre: WebCentre,
) -> None:
    case = returned(centre)
    before = position(centre, case)
    worker = centre.browser("worker")
    asked = ask(worker, case, **{"points.0.kind": "charter"})
    link = make_link(worker, asked)
    phone = centre.stranger()
    page = phone.get(link)
    shown = words_of(page)
    for words in (
        "请补正申请材料",
        "常青合唱团",
        *POINTS.splitlines(),
        "需要：章程或活动规则（照片或文件）",
        "不计入",
        "正在办理",
        "补正",
    ):
        assert words in shown, words
    # Nothing personal of the case, and nothing that would keep or pass on the address.
    assert not re.search("王桂兰|13800001234|桂花社区活动室", page.text)
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    assert "noindex" in page.headers["x-robots-tag"]
    assert "Please correct your application" in words_of(phone.get(f"{link}?in=en"))
    phone.get(f"{link}?in=zh")
    # Typed words are kept and come back.
    assert "已保存" in phone.post(f"{link}/draft", data={"text-0": "第五章已补"}).text
    assert "第五章已补" in phone.get(link).text
    # A photo in two pieces, the connection lost between them.
    content = photo()
    at = begin(phone, link, "章程照片.jpg", len(content)).headers["location"]
    assert go_on(phone, at, 0, content[:1000]).headers["upload-offset"] == "1000"
    assert "传了 " in words_of(phone.get(link))
    again = centre.stranger()
    assert again.head(at, headers=TUS).headers["upload-offset"] == "1000"
    assert go_on(again, at, 0, content[:1000]).status_code == 409
    assert go_on(again, at, 1000, content[1000:]).status_code == 204
    # The answer to the last piece may be lost: asked again, the whole is there, once.
    assert again.head(at, headers=TUS).headers["upload-offset"] == str(len(content))
    # Without script the form carries files.
    sent = phone.post(
        link, data={"text-0": "第五章已补", "text-note": "谢谢", "act": "send"},
        files={"file-1": ("花名册.pdf", PDF, "application/pdf")},
    )  # fmt: skip
    assert sent.status_code == 303
    thanks = words_of(phone.get(link))
    assert "已提交，谢谢" in thanks
    assert "已提交，正在核对" in thanks
    assert "文件 2 个" in thanks
    assert position(centre, case) == before

    # Whoever has the case is told, on the day's page too.
    assert "通过链接提交了材料" in words_of(worker.get("/notices"))
    assert "组织通过链接提交，待核对" in words_of(worker.get("/today"))
    review = worker.get(asked)
    told = words_of(review)
    for words in ("第五章已补", "谢谢", "章程照片.jpg", "花名册.pdf", "待核对"):
        assert words in told
    (picture,) = document_of(review).xpath("//img/@src")
    looked = worker.get(picture)
    assert (looked.content, looked.headers["content-type"]) == (content, "image/jpeg")
    assert centre.browser("finance").get(asked).status_code == 403
    (accept,) = document_of(review).xpath("//form[contains(@id, 'accept-')]")
    values = dict(accept.form_values())
    assert sorted(value for name, value in values.items() if name.startswith("kind-")) == ["charter", "supplement"]
    assert worker.client.post(accept.action, data={**values, "words": "收到"}).status_code == 303
    assert position(centre, case) == before
    papers = words_of(worker.get(f"/cases/{case}"))
    for words in ("章程照片.jpg", "花名册.pdf", "组织通过链接提交", "收下组织的提交"):
        assert words in papers
    # A colleague who was slower changes nothing; the leader sees how it went, and nothing more is asked.
    assert worker.client.post(accept.action, data=values).status_code == 303
    assert "已由同事处理" in words_of(worker.get(asked)) or "已收下" in words_of(worker.get(asked))
    later = words_of(phone.get(link))
    assert "已收下" in later
    assert "收到" in later
    assert "无需再提交" in later
    assert phone.post(link, data={"text-0": "再来", "act": "send"}).status_code == 409
    assert begin(phone, link, "a.jpg", 10).status_code == 409


def test_a_declined_submission_says_why_and_a_dead_link_shows_nothing(office: WebCentre) -> None:
    centre = office
    case = returned(centre)
    officer = centre.program("officer")
    new = {"points": [{"words": "请补交章程", "kind": "charter"}], "due_on": "2026-09-24", "kind": "correction"}
    request = officer.post(f"cases/{case}/requests", json=new).json()
    address = f"cases/{case}/requests/{request['id']}"
    made = officer.post(f"{address}/links").json()
    link = "/r/" + made["url"].rpartition("/r/")[2]
    assert made["expires_at"].startswith("2026-10-09T00:00:00+08:00")
    phone = centre.stranger()
    assert phone.post(link, data={"act": "send"}).status_code == 422  # nothing to send
    phone.post(link, data={"text-0": "已补", "act": "send"})
    (sent,) = officer.get(address).json()["submissions"]
    assert (sent["texts"], sent["state"]) == ({"0": "已补"}, "sent")
    refused = officer.post(f"{address}/submissions/{sent['id']}/decline", json={"words": ""})
    assert refused.status_code == 422
    officer.post(f"{address}/submissions/{sent['id']}/decline", json={"words": "照片看不清，请重拍"})
    shown = words_of(phone.get(link))
    assert "已退回" in shown
    assert "照片看不清，请重拍" in shown
    # What was typed lies sealed.
    with centre.database.read() as connection:
        assert "已补" not in str(connection.execute(select(table(Submission))).all())
        assert link.removeprefix("/r/") not in str(connection.execute(select(table(RequestLink))).all())

    # In the middle of an upload the link is revoked: no further piece is taken, and nothing is told.
    content = photo()
    at = begin(phone, link, "章程.jpg", len(content)).headers["location"]
    go_on(phone, at, 0, content[:500])
    link_id = officer.get(address).json()["links"][0]["id"]
    assert officer.delete(f"{address}/links/{link_id}").status_code == 204
    assert go_on(phone, at, 500, content[500:]).status_code == 404
    assert phone.head(at, headers=TUS).status_code == 404
    assert phone.post(f"{link}/draft", data={"text-0": "x"}).status_code == 404
    unknown = centre.stranger().get("/r/" + "A" * 43)
    revoked = phone.get(link)
    other = "/r/" + officer.post(f"{address}/links").json()["url"].rpartition("/r/")[2]
    centre.clock.move_by(timedelta(days=30))
    expired = phone.get(other)
    assert {answer.status_code for answer in (unknown, revoked, expired)} == {404}
    assert unknown.text == revoked.text == expired.text
    assert "链接已失效" in unknown.text
    assert "常青合唱团" not in unknown.text


def test_what_is_too_large_too_much_or_not_what_it_says_is_not_taken(
    office: WebCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    centre = office
    case = returned(centre)
    worker = centre.browser("worker")
    link = make_link(worker, ask(worker, case))
    phone = centre.stranger()
    assert begin(phone, link, "a.jpg", 21 * 1024 * 1024).status_code == 413
    assert begin(phone, link, "a.jpg", 0).status_code == 422
    assert phone.post(f"{link}/files", headers={"upload-length": "5"}).status_code == 412
    # A name that would climb out of the folder is a plain name, and an address that would, is none.
    at = begin(phone, link, "../../x.jpg", 4).headers["location"]
    assert go_on(phone, at, 0, b"12345").status_code == 422  # more than was announced
    assert phone.patch(at, headers=TUS | {"upload-offset": "0"}, content=b"1234").status_code == 415
    lied = go_on(phone, at, 0, b"%PDF")
    assert (lied.status_code, "x.jpg" in lied.text, ".." in lied.text) == (422, True, False)
    assert phone.head(at, headers=TUS).status_code == 404  # thrown away
    for name in ("..", "%2e%2e", "0" * 31, "0" * 32, "..%2f..%2fincubator.db"):
        assert phone.head(f"{link}/files/{name}", headers=TUS).status_code in (404, 405), name
    # Another link's upload is not there.
    other = make_link(worker, ask(worker, case))
    at = begin(phone, link, "b.jpg", 100).headers["location"]
    assert phone.head(at.replace(link, other), headers=TUS).status_code == 404
    # Another site's page sends nothing; a browser that leaves its address out does.
    elsewhere = {"origin": "https://elsewhere.example"}
    assert phone.post(f"{link}/draft", data={"text-0": "x"}, headers=elsewhere).status_code == 403
    assert (
        phone.post(f"{link}/draft", data={"text-0": "x"}, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    )
    assert phone.post(f"{link}/draft", data={"text-0": "x"}, headers={"origin": "null"}).status_code == 200
    monkeypatch.setattr("incubator.services.submissions.MOST_FILES", 2)
    assert begin(phone, link, "c.jpg", 100).status_code == 201
    assert begin(phone, link, "d.jpg", 100).status_code == 409
    # What nobody went on with makes room in time.
    centre.clock.move_by(KEPT_FOR + timedelta(hours=1))
    assert begin(phone, link, "d.jpg", 100).status_code == 201
    folder = centre.service.settings.data_dir / "link-uploads"
    assert len(list(folder.glob("*/*.json"))) == 1
    # Of two tries that go on from the same place, one wins, and the file holds its piece once.
    with centre.database.read() as connection:
        name = str(connection.scalar(select(table(RequestLink).c.public_id).limit(1)))
    uploads = PartialUploads(centre.service.settings.data_dir, name)
    file = uploads.begin(Begun("e.jpg", 9, 0, 0))

    def try_once(_: int) -> bool:
        with suppress(AnotherOffset):
            return uploads.append(file, 0, b"123456789") == 9
        return False

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(try_once, range(8))) == 1
    assert uploads.content(file) == b"123456789"
    # Whoever tries links is not let at the database any more.
    tries = [centre.stranger().get(f"/r/{number:043d}").status_code for number in range(MOST_GUESSES + 1)]
    assert tries[-1] == 429
    with centre.database.read() as connection:
        assert (
            connection.execute(select(table(Notice)).where(table(Notice).c.kind == "submission.sent")).first() is None
        )


def test_the_last_day_of_a_link_is_chosen_and_an_address_that_cannot_be_is_refused(office: WebCentre) -> None:
    case = returned(office)
    officer = office.browser("officer")
    asked = ask(officer, case)
    for day in ("2026-09-01", "2029-01-01", "明天"):
        refused = officer.post(f"{asked}/links", {"last_day": day})
        assert refused.status_code == 422, day
        assert document_of(refused).get_element_by_id("last-day").get("aria-invalid") == "true"
    made = officer.post(f"{asked}/links", {"last_day": "2026-10-01"})
    assert made.status_code == 200
    (link,) = office.program("officer").get(f"cases/{case}/requests/{asked.rpartition('/')[2]}").json()["links"]
    assert link["expires_at"].startswith("2026-10-02T00:00:00+08:00")
    for browser in (officer.client, office.stranger()):
        for address in ("/cases/%00", "/r/%00", "/organizations/%00/edit"):
            answer = browser.get(address)
            assert answer.status_code in (404, 422), (address, answer.status_code)
            assert "<h1" in answer.text

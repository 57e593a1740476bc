"""Documents on a case's page: handed in by kind, refused beside it in words, read with a record, taken back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from incubator.models.base import table
from incubator.models.events import Event
from incubator.models.organizations import Document
from tests.api.centre import PDF, Browser, WebCentre
from tests.api.desk import document_of, follow, hand_in, open_case_for, words_of


def send(browser: Browser, case: str, *files: tuple[str, bytes], kind: str = "charter") -> Any:
    return browser.post(f"/cases/{case}/documents", {"kind": kind}, files=[("file", each) for each in files])


def beside(answer: Any, kind: str = "charter") -> str:
    """What the page says beside a document about files that were not taken."""
    (place,) = document_of(answer).xpath(f"//*[@id='document-{kind}']//*[contains(@class, 'drop-error')]")
    return str(place.text_content())


def kept(centre: WebCentre) -> int:
    with centre.database.read() as connection:
        return len(connection.execute(select(table(Document).c.id)).all())


def test_a_file_that_is_not_taken_is_refused_in_words_beside_its_document_and_nothing_is_kept(
    centre: WebCentre,
) -> None:
    case = open_case_for(centre)
    worker = centre.browser("worker")
    for files, words in (
        ([("章程.pdf", b"MZ not a pdf")], "“章程.pdf”的内容与扩展名 .pdf 不符"),
        ([("章程.exe", b"MZ")], "不接受“章程.exe”这种文件"),
        ([("章程.pdf", b"")], "文件“章程.pdf”是空的"),
        ([("章程.pdf", PDF + b" " * (20 * 1024 * 1024))], "文件“章程.pdf”超过 20 MB"),
        ([], "请先选择文件"),
        ([("一.pdf", PDF), ("二.doc", PDF)], "不接受“二.doc”这种文件"),
    ):
        answer = send(worker, case, *files) if files else worker.post(f"/cases/{case}/documents", {"kind": "charter"})
        assert answer.status_code == 422
        assert words in beside(answer)
        assert not beside(answer, "roster")
    assert "本次选择的文件均未上传" in beside(answer)
    assert kept(centre) == 0
    whole = send(worker, case, ("章程.pdf", b" " * (22 * 1024 * 1024)))
    assert whole.status_code == 413
    assert "请压缩后重试" in words_of(whole)


def test_several_files_of_a_kind_are_handed_in_read_and_taken_back(centre: WebCentre) -> None:
    case = open_case_for(centre)
    worker = centre.browser("worker")
    answer = send(worker, case, ("章程 一.pdf", PDF), ("章程 二.pdf", PDF + b"2"))
    assert answer.headers["location"] == f"/cases/{case}#document-charter"
    page = follow(worker, answer)
    assert "已上传“章程 一.pdf”、“章程 二.pdf”。" in words_of(page)
    links = document_of(page).xpath("//*[@id='document-charter']//a")
    assert [link.text for link in links] == ["章程 一.pdf", "章程 二.pdf"]
    read = worker.get(links[1].get("href"))
    assert read.content == PDF + b"2"
    assert read.headers["content-disposition"].startswith("inline; filename*=UTF-8''%E7%AB%A0%E7%A8%8B%20%E4%BA%8C")
    with centre.database.read() as connection:
        noted = connection.execute(select(table(Event).c.body).where(table(Event).c.type == "access.document_read"))
        assert len(noted.all()) == 1
    removal = document_of(page).xpath("//*[@id='document-charter']//form[contains(@action, '/remove')]")[0].action
    page = follow(worker, worker.post(removal))
    assert "移除材料" in words_of(page)
    assert [link.text for link in document_of(page).xpath("//*[@id='document-charter']//a")] == ["章程 二.pdf"]
    assert worker.get(links[0].get("href")).status_code == 200
    assert worker.post(removal).status_code == 404


def test_documents_are_handed_in_only_where_the_case_takes_them_and_by_who_may(centre: WebCentre) -> None:
    case = open_case_for(centre)
    elsewhere = open_case_for(centre, organization=centre.enter("东门舞蹈队", "东门社区"), by="officer")
    worker, officer, finance = centre.browser("worker"), centre.browser("officer"), centre.browser("finance")
    not_taken = send(worker, case, ("护照.pdf", PDF), kind="passport")
    assert not_taken.status_code == 409
    assert "本环节不收“passport”" in words_of(not_taken)
    assert send(worker, elsewhere, ("章程.pdf", PDF)).status_code == 404
    hand_in(officer, elsewhere, "charter")
    page = document_of(officer.get(f"/cases/{elsewhere}"))
    (link,) = page.xpath("//*[@id='document-charter']//a")
    assert worker.get(link.get("href")).status_code == 404
    assert worker.post(f"{link.get('href')}/remove").status_code == 404
    forged = officer.client.post(f"{link.get('href')}/remove", data={"csrf": "forged"})
    assert forged.status_code == 403
    # Who may not hand in sees the papers and no place to drop any.
    seen = document_of(finance.get(f"/cases/{elsewhere}"))
    assert seen.xpath("//*[@id='document-charter']//a")
    assert not seen.xpath("//form[@data-drop]")
    refused = send(finance, elsewhere, ("章程.pdf", PDF))
    assert refused.status_code == 403
    assert "社区工作者、经办人、中心主任" in words_of(refused)
    assert kept(centre) == 1

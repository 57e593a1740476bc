"""The pages of papers: a case's own, downloaded and kept; the templates, sent back edited, checked, used and given up again."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from incubator.engine import streams
from incubator.models.base import table
from incubator.models.events import Event
from incubator.models.organizations import PaperTemplate
from incubator.papers.filling import shipped
from tests.api.centre import WebCentre
from tests.api.desk import do, document_of, follow, heard, open_case_for, words_of
from tests.papers.conftest import template_saying, text_of
from tests.procedures.world import CHECKED

# On one kind of database: what these pages write is written the same way on both.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

OWN = template_saying(
    "草堂街道公文", "{{ title }}", "{{ name }}：{{ number }}", "{{ decision }}：{{ reasons }}，{{ basis }}", "{{ signed_on }}"
)  # fmt: skip
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def refused(centre: WebCentre) -> str:
    """A filing that the director refused, to be served."""
    case = heard(centre)
    do(centre, case, "accept", "officer", CHECKED)
    do(centre, case, "refuse", "director", {"reason": "成员名单不实", "basis": "《试行办法》第三条"})
    return case


def send(browser: Any, content: bytes = OWN, name: str = "不予办理.docx", key: str = "refusal") -> Any:
    return browser.post(f"/templates/{key}/preview", files={"file": (name, content, DOCX)})


def put_in_use(browser: Any, checked: Any, reason: str = "按本街道公文格式") -> Any:
    form = document_of(checked).xpath("//form[contains(@action, '/use')]")[0]
    sent = {name: value for name, value in form.form_values() if name in ("upload", "filename")}
    return browser.post("/templates/refusal/use", {**sent, "reason": reason})


def test_an_officer_makes_the_paper_that_is_due_and_it_lies_in_the_case(centre: WebCentre) -> None:
    case = refused(centre)
    officer = centre.browser("officer")
    page = officer.get(f"/cases/{case}/papers")
    assert "不予备案决定书" in words_of(page)
    answer = follow(officer, officer.post(f"/cases/{case}/papers/refusal"))
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "成员名单不实" in text_of(answer.content)
    assert "已生成： 不予备案决定书-BA-2026-0001.docx" in words_of(officer.get(f"/cases/{case}/papers"))
    assert "生成文书" in words_of(officer.get(f"/cases/{case}"))
    assert officer.post(f"/cases/{case}/papers/public_notice").status_code == 409
    assert officer.post(f"/cases/{case}/papers/nothing").status_code == 404
    assert centre.browser("manager").post(f"/cases/{case}/papers/refusal").status_code == 403
    assert centre.browser("expert").get(f"/cases/{case}/papers").status_code == 404
    empty = open_case_for(centre, organization=centre.enter("晨曦队"))
    officer.post("/language", {"language": "en"})
    assert "No paper of this case is to be had now" in words_of(officer.get(f"/cases/{empty}/papers"))


def test_a_template_of_the_office_is_checked_previewed_and_used_from_the_next_paper_on(centre: WebCentre) -> None:
    case, director, officer = refused(centre), centre.browser("director"), centre.browser("officer")
    before = follow(officer, officer.post(f"/cases/{case}/papers/refusal"))
    assert "草堂街道公文" not in text_of(before.content)
    assert director.get("/templates/refusal/in-use").content == shipped("refusal")
    assert "样例社区合唱团" in text_of(director.get("/templates/refusal/sample").content)
    checked = send(director)
    assert "检查通过" in words_of(checked)
    (preview,) = document_of(checked).xpath("//a[contains(@href, '/previews/')]/@href")
    assert "样例社区合唱团：BA-2026-0001" in text_of(director.get(preview).content)
    assert "请填写" in words_of(put_in_use(director, checked, reason=" "))
    page = follow(director, put_in_use(director, checked))
    assert "第 1 版已启用" in words_of(page)
    assert "目前使用" in words_of(director.get("/templates"))
    assert "本街道第 1 版" in words_of(director.get("/templates"))
    after = follow(officer, officer.post(f"/cases/{case}/papers/refusal"))
    assert "草堂街道公文" in text_of(after.content)
    assert "成员名单不实" in text_of(after.content)
    # The same again is no change; the shipped one comes back, and then the office's first version.
    assert "就是目前使用的模板" in words_of(put_in_use(director, send(director)))
    for version, own in (("0", False), ("1", True)):
        answer = director.post("/templates/refusal/versions", {"version": version, "reason": "恢复"})
        assert answer.status_code == 303, words_of(answer)
        said = text_of(follow(officer, officer.post(f"/cases/{case}/papers/refusal")).content)
        assert ("草堂街道公文" in said) is own
    assert director.get("/templates/refusal/versions/1").content == OWN
    assert director.get("/templates/refusal/versions/9").status_code == 404
    with centre.database.read() as connection:
        rows = connection.execute(select(table(PaperTemplate)).order_by(table(PaperTemplate).c.version)).all()
        events = connection.execute(select(table(Event)).where(table(Event).c.type == "papers.template_changed")).all()
        assert [(row.version, row.used) for row in rows] == [(1, True), (2, False), (3, True)]
        assert len(events) == 3
        assert streams.verify(connection, "policy", events[0].subject_id) == []


def test_a_faulty_template_is_refused_with_every_fault_in_the_readers_language(centre: WebCentre) -> None:
    faulty = template_saying("{{ title }} {{ name }} {{ numbr }}", "{{ ''.__class__ }}")
    answer = send(centre.browser("director"), faulty)
    assert answer.status_code == 422
    for words in (
        "没有字段“numbr”，是否为“number”（案件编号）？",
        "正文第 1 段",
        "正文第 2 段",
        "只能写字段",
        "缺少“成文日期”",
    ):
        assert words in words_of(answer)
    admin = centre.browser("admin")
    admin.post("/language", {"language": "en"})
    assert "There is no field 'numbr': is it 'number'" in words_of(send(admin, faulty))
    for content, name in ((b"PK", "a.docx"), (OWN, "a.pdf"), (b"", "a.docx")):
        assert send(centre.browser("director"), content, name).status_code == 422
    assert centre.browser("director").post("/templates/refusal/preview").status_code == 422


def test_templates_are_for_directors_and_administrators(centre: WebCentre) -> None:
    for username in ("officer", "worker", "expert", "manager"):
        browser = centre.browser(username)
        assert browser.get("/templates").status_code == 403
        assert send(browser).status_code == 403
        assert browser.get("/templates/refusal/in-use").status_code == 403
        assert 'href="/templates"' not in browser.get("/worklist").text
    admin = centre.browser("admin")
    assert 'href="/templates"' in admin.get("/worklist").text
    assert admin.get("/templates/nothing").status_code == 404
    assert (
        admin.client.post("/templates/refusal/use", data={"upload": "x"}).status_code == 403
    )  # without the page's token

"""Organizations in the workbench: found, entered, corrected, looked into, taken on their path."""

from __future__ import annotations

from typing import Any

from lxml import html
from sqlalchemy import select

from incubator.models.base import table
from incubator.models.events import Event
from incubator.models.streets import Community
from tests.api.centre import WebCentre


def community(centre: WebCentre, name: str) -> str:
    rows = table(Community)
    with centre.database.read() as connection:
        return str(connection.scalar(select(rows.c.public_id).where(rows.c.name == name)))


def text_of(answer: Any) -> str:
    return " ".join(html.document_fromstring(answer.text).get_element_by_id("main").text_content().split())


def test_a_community_worker_sees_the_own_community_alone(centre: WebCentre) -> None:
    elsewhere = centre.enter("东门舞蹈队", "东门社区")
    worker, officer = centre.browser("worker"), centre.browser("officer")
    assert "东门舞蹈队" in text_of(officer.get("/organizations"))
    assert "东门舞蹈队" not in text_of(worker.get("/organizations"))
    assert worker.get(f"/organizations/{elsewhere}").status_code == 404
    assert worker.post(f"/organizations/{elsewhere}/cases", {"procedure": "filing"}).status_code == 404


def test_a_search_that_finds_nothing_says_so_and_leads_back(centre: WebCentre) -> None:
    page = centre.browser("officer").get("/organizations", q="没有这样的名字")
    assert "没有符合条件的组织" in text_of(page)
    assert 'href="/organizations"' in page.text


def test_a_group_is_entered_once_however_often_the_form_is_sent(centre: WebCentre) -> None:
    worker = centre.browser("worker")
    form = html.document_fromstring(worker.get("/organizations/new").text).get_element_by_id("new-form")
    key = form.xpath(".//input[@name='idempotency_key']/@value")[0]
    typed = {
        "community_id": community(centre, "桂花社区"), "name": "夕阳红舞蹈队", "category": "culture_and_sports",
        "leader_phone": "13900001111", "members": "２２", "idempotency_key": key,
    }  # fmt: skip
    first, second = worker.post("/organizations", typed), worker.post("/organizations", typed)
    assert first.status_code == second.status_code == 303
    assert first.headers["location"] == second.headers["location"]
    page = worker.get(first.headers["location"])
    assert "139****1111" in page.text
    assert "13900001111" not in page.text
    assert "文体活动" in page.text


def test_a_misfilled_form_keeps_what_was_typed_and_says_what_to_mend(centre: WebCentre) -> None:
    worker = centre.browser("worker")
    typed = {"community_id": community(centre, "桂花社区"), "name": "", "members": "很多", "remark": "周三活动"}
    answer = worker.post("/organizations", typed)
    assert answer.status_code == 422
    assert "周三活动" in answer.text
    assert "此项必填" in text_of(answer)
    assert "请填写数字" in text_of(answer)
    taken = worker.post("/organizations", {**typed, "name": "常青合唱团", "members": ""})
    assert taken.status_code == 409
    assert "本社区已有名为“常青合唱团”的组织" in text_of(taken)


def test_a_filing_is_opened_from_the_path_and_what_may_not_be_opened_says_why(centre: WebCentre) -> None:
    worker = centre.browser("worker")
    address = f"/organizations/{centre.organization}"
    page = worker.get(address)
    assert "可由社区工作者、经办人发起备案" in text_of(page)
    assert "“发起变更备案”暂不能办理 该组织未备案" in text_of(page)
    opened = worker.post(f"{address}/cases", {"procedure": "filing", "idempotency_key": "k"})
    assert opened.headers["location"].startswith("/cases/")
    refused = worker.post(f"{address}/cases", {"procedure": "filing", "idempotency_key": "other"})
    assert refused.status_code == 409
    assert "已有在办" in text_of(refused)
    assert "备案正在办理：申请" in text_of(worker.get(address))


def test_a_telephone_is_shown_in_full_for_a_recorded_reason_alone(centre: WebCentre) -> None:
    officer = centre.browser("officer")
    address = f"/organizations/{centre.organization}"
    assert "13800001234" not in officer.get(address).text
    assert officer.post(f"{address}/reveal", {"field": "leader_phone", "reason": " "}).status_code == 422
    shown = officer.post(f"{address}/reveal", {"field": "leader_phone", "reason": "通知补正"})
    assert "13800001234" in shown.text
    assert "13800001234" not in officer.get(address).text
    with centre.database.read() as connection:
        events = table(Event)
        bodies = connection.scalars(
            select(events.c.body).where(events.c.type == "access.personal_value_revealed")
        ).all()
    assert len(bodies) == 1
    assert "通知补正" in bodies[0]
    manager = centre.browser("manager")
    assert "查看完整内容" not in manager.get(address).text
    assert manager.post(f"{address}/reveal", {"field": "leader_phone", "reason": "看看"}).status_code == 403


def test_what_the_survey_had_wrong_is_corrected_with_a_reason_and_both_readings_are_kept(centre: WebCentre) -> None:
    officer = centre.browser("officer")
    address = f"/organizations/{centre.organization}"
    form = html.document_fromstring(officer.get(f"{address}/edit").text).get_element_by_id("edit-form")
    typed = {
        "name": "常青合唱团", "leader": "王贵兰", "members": "21", "comment": "摸底表笔误",
        "expected_version": form.xpath(".//input[@name='expected_version']/@value")[0],
    }  # fmt: skip
    assert "此项必填" in text_of(officer.post(f"{address}/edit", {**typed, "comment": ""}))
    assert officer.post(f"{address}/edit", typed).status_code == 303
    page = text_of(officer.get(address))
    assert "更正台账信息" in page
    assert "王桂兰" in page
    assert "王贵兰" in page
    assert "摸底表笔误" in page
    stale = officer.post(f"{address}/edit", {**typed, "leader": "李某"})
    assert stale.status_code == 409
    assert "李某" in stale.text
    assert centre.browser("manager").get(f"{address}/edit").status_code == 403

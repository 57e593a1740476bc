"""Chasing on its pages and over HTTP: from the worklist's ticks to the message, the numbers on the call list and the logged call."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from incubator.models.base import table
from incubator.models.events import Event
from tests.api.centre import WebCentre
from tests.api.desk import do, document_of, follow, hand_in, open_case_for, words_of
from tests.api.reading import text_of
from tests.procedures.world import APPLICATION, APPLICATION_PAPERS

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def late(centre: WebCentre) -> tuple[str, str]:
    """A filing of the choir sent back by the screening and another whose papers are missing; the first is long overdue."""
    first = open_case_for(centre)
    hand_in(centre.browser("worker"), first, *APPLICATION_PAPERS)
    do(centre, first, "submit", "worker", {**APPLICATION, "members": 3})
    centre.automate()
    second = open_case_for(centre, organization=centre.enter("书画社"))
    centre.on("2026-11-20")
    return first, second


def reveals(centre: WebCentre) -> list[tuple[str, str]]:
    """Who saw whose value and why, as the access streams tell."""
    events = table(Event)
    with centre.database.read() as connection:
        rows = connection.scalars(select(events.c.body).where(events.c.type == "access.personal_value_revealed"))
        return [(each["change"]["field"], each["comment"]) for each in map(json.loads, rows)]


def log_form(page: Any, name: str) -> dict[str, Any]:
    """What a browser would send of the form that logs what came of chasing somebody."""
    (form,) = document_of(page).xpath(f"//form[@action='/chasing/log'][contains(@aria-label, '{name}')]")
    sent: dict[str, Any] = {}
    for field, value in form.form_values():
        sent.setdefault(field, []).append(value)
    return sent


def test_ticked_cases_become_one_message_a_recipient_and_a_logged_call_stands_on_the_case(centre: WebCentre) -> None:
    first, second = late(centre)
    officer = centre.browser("officer")
    assert officer.post("/chasing").headers["location"] == "/worklist"
    chosen = officer.post("/chasing", {"case": [first, second]})
    page = follow(officer, chosen)
    document = document_of(page)
    messages = [area.text.strip() for area in document.xpath("//textarea")]
    assert len(messages) == 3  # two leaders, and the worker for both
    assert any(
        "“常青合唱团”的备案“补正”环节应于" in each and "已逾期" in each and "需要补正：" in each for each in messages
    )
    assert any("“书画社”的备案“申请”环节尚未办理，还缺：" in each for each in messages)
    assert "138****1234" in page.text
    assert "13800001234" not in page.text
    sent = log_form(page, "常青合唱团")
    for _ in range(2):  # a double click
        answer = officer.client.post("/chasing/log", data={**sent, "result": "not_reached", "note": "无人接听"})
        assert answer.status_code == 303, words_of(answer)
    after = officer.get(answer.headers["location"].partition("#")[0])
    assert "测试officer联系王桂兰（电话）" in text_of(after)
    assert "未联系上：无人接听" in text_of(after)
    history = words_of(officer.get(f"/cases/{first}"))
    assert history.count("电话未联系上") == 1
    assert "无人接听" in history
    # A promise needs its day; what was typed stays.
    broken = officer.client.post(
        "/chasing/log", data={**log_form(after, "常青合唱团"), "result": "promised", "note": "下周交"}
    )
    assert broken.status_code == 422
    assert "请填写承诺办理的日期" in text_of(broken)
    assert "下周交" in broken.text


def test_numbers_stand_on_the_call_list_only_with_a_reason_and_each_is_recorded(centre: WebCentre) -> None:
    late(centre)
    officer = centre.browser("officer")
    page = officer.get("/chasing/calls")
    assert "138****1234" in page.text
    assert "13800001234" not in page.text
    assert officer.post("/chasing/calls", {"reason": " "}).status_code == 422
    assert reveals(centre) == []
    shown = officer.post("/chasing/calls", {"reason": "电话催办逾期补正"})
    assert "13800001234" in shown.text
    assert [cell.text for cell in document_of(shown).xpath("//thead//th")][-1] == "通话结果"
    assert reveals(centre) == [("leader_phone", "电话催办逾期补正")]
    one = officer.post("/chasing/reveal", {"organization": centre.organization, "reason": "核对号码"})
    assert "13800001234" in one.text
    assert len(reveals(centre)) == 2


def test_programs_chase_in_their_language_and_who_may_not_is_refused(centre: WebCentre) -> None:
    first, _ = late(centre)
    officer = centre.program("officer", **{"accept-language": "en"})
    found = officer.get("chasing").json()
    (leader,) = [each for each in found["recipients"] if each["kind"] == "leader"]
    assert leader["message"].startswith("Hello 王桂兰, this is the guidance centre")
    assert leader["matters"][0]["last_chased"] is None
    body = {"case_ids": [first], "result": "message_left", "means": "wechat"}
    made = officer.post("chasing/contacts", json=body, headers={"idempotency-key": "k1"})
    assert made.status_code == 201, made.text
    assert officer.post("chasing/contacts", json=body, headers={"idempotency-key": "k1"}).json() == made.json()
    assert made.json() == {"case_ids": [first], "activity_id": None}
    again = officer.get("chasing", params={"case": first}).json()
    assert again["recipients"][0]["matters"][0]["last_chased"]["result"] == "message_left"
    assert centre.browser("finance").get("/chasing").status_code == 403
    assert centre.program("finance").post("chasing/contacts", json=body).status_code == 403

"""Naming who stands in where four eyes leave nobody: on the page and by programs, by whom, whom not, and what may go wrong."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from incubator.models.base import table
from incubator.models.events import Event
from tests.api.centre import WebCentre
from tests.api.desk import document_of
from tests.api.reading import in_english, links_of, text_of

NOBODY_NAMED = "目前没有指定代理人"


def asked(centre: WebCentre, person: str = "manager", **other: Any) -> dict[str, Any]:
    """What the page's form sends."""
    return {"role": "director", "person": centre.people[person].public_id, "until": "2026-12-31", **other}


def body(centre: WebCentre, person: str = "manager", **other: Any) -> dict[str, Any]:
    """What a program sends."""
    return {"role": "director", "person_id": centre.people[person].public_id, "until": "2026-12-31", **other}


def recorded(centre: WebCentre, person: str = "manager") -> list[str]:
    """The types of what was recorded of a person about standing in."""
    events = table(Event)
    of_person = (events.c.stream == "person", events.c.subject_id == centre.people[person].person_id)
    with centre.database.read() as connection:
        found = connection.scalars(select(events.c.type).where(*of_person).order_by(events.c.id))
        return [each for each in found if "substitute" in each]


@pytest.mark.parametrize("username", ["director", "admin"])
def test_a_director_or_an_administrator_names_a_substitute_on_the_page_and_ends_it(
    centre: WebCentre, username: str
) -> None:
    browser = centre.browser(username)
    page = browser.get("/substitutes")
    assert NOBODY_NAMED in text_of(page)
    assert "/substitutes" in links_of(page, "//nav")
    roles = document_of(page).xpath("//input[@name='role']/@value")
    assert roles == ["officer", "director", "finance"]  # those who somewhere decide with four eyes
    people = document_of(page).xpath("//select[@name='person']/option/@value")
    assert centre.people["manager"].public_id in people
    assert centre.people[username].public_id not in people
    sent = asked(centre, idempotency_key="k")
    for _ in range(2):  # a form that is sent twice acts once
        assert browser.post("/substitutes", sent).headers["location"] == "/substitutes"
    shown = browser.get("/substitutes")
    told = text_of(shown)
    for words in ("中心主任", "测试manager", centre.people[username].name, "2026年12月31日", "代理人已指定"):
        assert words in told, words
    form = document_of(shown).xpath("//form[@action='/substitutes/end']")[0]
    button = form.xpath(".//button")[0]
    dialog = document_of(shown).get_element_by_id(button.get("data-dialog"))
    assert dialog.xpath(f".//button[@form='{form.get('id')}']")  # asked first
    assert browser.post("/substitutes/end", dict(form.form_values())).status_code == 303
    assert NOBODY_NAMED in text_of(browser.get("/substitutes"))
    assert recorded(centre) == ["person.named_substitute", "person.substitute_withdrawn"]
    assert browser.post("/substitutes/end", dict(form.form_values())).status_code == 404


def test_everybody_else_sees_who_stands_in_and_names_nobody(centre: WebCentre) -> None:
    assert centre.browser("director").post("/substitutes", asked(centre)).status_code == 303
    for username in ("worker", "officer", "finance", "manager", "expert", "hub"):
        browser = centre.browser(username)
        page = browser.get("/substitutes")
        assert "2026年12月31日" in text_of(page)
        assert "/substitutes" not in links_of(page, "//nav")
        assert not document_of(page).xpath("//main//form")
        named = browser.post("/substitutes", asked(centre, "officer2"))
        ended = browser.post("/substitutes/end", asked(centre))
        assert (named.status_code, ended.status_code) == (403, 403)
        assert "须由本辖区的中心主任、系统管理员办理" in text_of(named)
    assert recorded(centre) == ["person.named_substitute"]
    assert recorded(centre, "officer2") == []


def test_what_does_not_fit_is_said_beside_its_field_and_what_was_typed_stays(centre: WebCentre) -> None:
    director = centre.browser("director")
    for wrong, field, words in (
        ({"until": "2026-09-17"}, "until", "截止日期不得早于今天"),
        ({"until": "2026-02-30"}, "until", "格式不正确"),
        ({"until": ""}, "until", "此项必填"),
        ({"role": "expert"}, "role", "请从给出的选项中选择"),
        ({"person": "0f"}, "person", "请从给出的选项中选择"),
        ({"person": centre.people["director"].public_id}, "person", "请从给出的选项中选择"),  # nobody names oneself
    ):
        answer = director.post("/substitutes", {**asked(centre), **wrong})
        assert answer.status_code == 422, wrong
        assert words in document_of(answer).get_element_by_id(f"f-{field}-errors").text_content(), wrong
        kept = document_of(answer).get_element_by_id("f-until").get("value")
        assert (kept or "") == wrong.get("until", "2026-12-31")
    assert director.post("/substitutes/end", {"role": "king", "person": "0f"}).status_code == 422
    assert recorded(centre) == []


def test_the_page_is_in_english_too(centre: WebCentre) -> None:
    director = in_english(centre.browser("director"))
    assert "No substitute is named at present" in text_of(director.get("/substitutes"))
    assert director.post("/substitutes", asked(centre)).status_code == 303
    told = text_of(director.get("/substitutes"))
    assert "centre director" in told
    assert "31 December 2026" in told


@pytest.mark.parametrize("username", ["director", "admin"])
def test_programs_name_substitutes_read_them_and_end_them(centre: WebCentre, username: str) -> None:
    program, keyed = centre.program(username), {"Idempotency-Key": "one"}
    made = program.post("/substitutes", json=body(centre), headers=keyed)
    assert made.status_code == 201, made.text
    told = made.json()
    assert (told["role"], told["until"], told["person"]["name"]) == ("director", "2026-12-31", "测试manager")
    assert told["named_by"]["id"] == centre.people[username].public_id
    assert program.post("/substitutes", json=body(centre), headers=keyed).json() == told
    assert recorded(centre) == ["person.named_substitute"]
    reused = program.post("/substitutes", json=body(centre, until="2026-10-31"), headers=keyed)
    assert (reused.status_code, reused.json()["code"]) == (422, "idempotency_key_reused")
    shorter = program.post("/substitutes", json=body(centre, until="2026-10-31"))
    assert shorter.json()["until"] == "2026-10-31"
    assert centre.program("officer").get("/substitutes").json() == {"items": [shorter.json()], "next_cursor": ""}
    end = {"role": "director", "person_id": told["person"]["id"]}
    assert program.post("/substitutes/end", json={**end, "comment": "中心已增配一名主任"}).status_code == 204
    assert program.get("/substitutes").json()["items"] == []
    again = program.post("/substitutes/end", json=end)
    assert (again.status_code, again.json()["code"]) == (404, "not_found")
    # A request that is sent again after the end is answered with what stands, and names nobody anew.
    assert program.post("/substitutes", json=body(centre), headers=keyed).json()["until"] == "2026-09-17"
    assert program.get("/substitutes").json()["items"] == []


def test_a_substitution_is_over_after_its_last_day(centre: WebCentre) -> None:
    program = centre.program("director")
    program.post("/substitutes", json=body(centre))
    assert len(program.get("/substitutes").json()["items"]) == 1
    centre.on("2027-01-01")
    assert program.get("/substitutes").json()["items"] == []


def test_programs_are_told_what_does_not_fit(centre: WebCentre) -> None:
    director = centre.program("director")
    for wrong, status, code, fields in (
        ({"until": "2026-09-17"}, 422, "invalid", ["until"]),
        ({"role": "expert"}, 422, "invalid", ["role"]),
        ({"role": "automation"}, 422, "invalid", ["role"]),
        ({"role": "king"}, 422, "invalid", ["role"]),
        ({"person_id": "0f"}, 404, "not_found", []),
        ({"person_id": centre.people["director"].public_id}, 403, "not_allowed", []),
    ):
        refused = director.post("/substitutes", json=body(centre, **wrong))
        told = refused.json()
        assert (refused.status_code, told["code"], list(told.get("fields") or {})) == (status, code, fields), wrong
    for username in ("officer", "manager"):
        program = centre.program(username)
        assert program.post("/substitutes", json=body(centre, "officer2")).status_code == 403
        ended = program.post("/substitutes/end", json={"role": "director", "person_id": body(centre)["person_id"]})
        assert ended.status_code == 403
    assert centre.program("director", "read").post("/substitutes", json=body(centre)).status_code == 403
    assert recorded(centre) == recorded(centre, "officer2") == []

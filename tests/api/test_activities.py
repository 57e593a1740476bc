"""Activities, visits, contacts and closer supervision: over the API and on the organization's page."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.centre import WebCentre
from tests.api.reading import in_english, text_of

ACTIVITY = {"kind": "activity", "held_on": "2026-09-10", "title": "重阳节排练", "participants": 22}


def test_a_record_is_made_once_for_its_key_listed_and_voided_with_a_reason(centre: WebCentre) -> None:
    officer, address = centre.program("officer"), f"organizations/{centre.organization}/activities"
    made = officer.post(address, json=ACTIVITY, headers={"Idempotency-Key": "one"})
    again = officer.post(address, json=ACTIVITY, headers={"Idempotency-Key": "one"})
    assert made.status_code == 201, made.text
    assert again.json() == made.json()
    officer.post(address, json={"kind": "contact", "held_on": "2026-09-18", "reached": False, "note": "无人接听"})
    listed = officer.get(address, params={"limit": 1}).json()
    assert [(each["kind"], each["reached"]) for each in listed["items"]] == [("contact", False)]
    following = officer.get(address, params={"limit": 1, "cursor": listed["next_cursor"]}).json()
    assert [each["title"] for each in following["items"]] == ["重阳节排练"]
    voided = officer.post(f"activities/{made.json()['id']}/void", json={"reason": "录错组织"})
    assert (voided.json()["void_reason"], bool(voided.json()["voided_at"])) == ("录错组织", True)
    assert officer.post(f"activities/{made.json()['id']}/void", json={"reason": "再次"}).json()["code"] == (
        "already_voided"
    )


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({**ACTIVITY, "held_on": "2026-09-19"}, 422),
        ({**ACTIVITY, "title": ""}, 422),
        ({**ACTIVITY, "kind": "duty"}, 422),
        ({**ACTIVITY, "participants": -1}, 422),
    ],
)
def test_what_does_not_fit_is_refused(centre: WebCentre, said: dict[str, Any], status: int) -> None:
    answer = centre.program("officer").post(f"organizations/{centre.organization}/activities", json=said)
    assert answer.status_code == status, answer.text


def test_whose_area_it_is_not_neither_records_nor_sees(centre: WebCentre) -> None:
    elsewhere = centre.enter("东门读书会", community="东门社区")
    made = centre.program("officer").post(f"organizations/{elsewhere}/activities", json=ACTIVITY).json()["id"]
    worker = centre.program("worker")
    assert worker.get(f"organizations/{elsewhere}/activities").status_code == 404
    assert worker.post(f"organizations/{elsewhere}/activities", json=ACTIVITY).status_code == 404
    assert worker.post(f"activities/{made}/void", json={"reason": "录错"}).status_code == 404
    manager = centre.program("manager")
    assert manager.get(f"organizations/{elsewhere}/activities").status_code == 200
    assert manager.post(f"organizations/{elsewhere}/activities", json=ACTIVITY).status_code == 403


def test_closer_supervision_lasts_for_the_policys_term_one_at_a_time_and_is_lifted_with_reasons(
    centre: WebCentre,
) -> None:
    officer, address = centre.program("officer"), f"organizations/{centre.organization}"
    asked = {"since": "2026-09-18", "reason": "经费公开不及时"}
    assert centre.program("worker").post(f"{address}/closer-supervision", json=asked).status_code == 403
    made = officer.post(f"{address}/closer-supervision", json=asked)
    assert made.status_code == 201, made.text
    assert (made.json()["until"], made.json()["review_from"], made.json()["in_force"]) == (
        "2027-03-17",
        "2027-03-02",
        True,
    )
    assert officer.post(f"{address}/closer-supervision", json=asked).json()["code"] == "supervised_already"
    centre.on("2026-12-01")
    lift = f"restrictions/{made.json()['id']}/lift"
    assert officer.post(lift, json={"on": "2026-12-02", "reason": "已改正"}).status_code == 422
    assert officer.post(lift, json={"on": "2026-12-01", "reason": "已改正"}).json()["in_force"] is False
    assert officer.post(lift, json={"on": "2026-12-01", "reason": "已改正"}).json()["code"] == "already_lifted"
    assert [each["lift_reason"] for each in officer.get(f"{address}/restrictions").json()] == ["已改正"]


def test_a_contact_is_recorded_and_voided_on_the_organizations_page(centre: WebCentre) -> None:
    worker, address = centre.browser("worker"), f"/organizations/{centre.organization}"
    assert "尚无活动、走访或联系记录" in text_of(worker.get(address))
    sent = worker.post(
        f"{address}/activities", {"kind": "contact", "held_on": "2026-09-18", "reached": "no", "note": "电话无人接听"}
    )
    assert sent.status_code == 303, text_of(sent)
    page = text_of(worker.get(address))
    assert "未联系上" in page
    assert "电话无人接听" in page
    record = centre.program("worker").get(f"organizations/{centre.organization}/activities").json()["items"][0]["id"]
    assert worker.post(f"/activities/{record}/void", {"reason": "号码有误"}).status_code == 303
    assert "已作废" in text_of(worker.get(address))
    assert "号码有误" in text_of(worker.get(address))


def test_what_was_typed_wrongly_stays_in_its_form(centre: WebCentre) -> None:
    officer = centre.browser("officer")
    answer = officer.post(
        f"/organizations/{centre.organization}/activities",
        {"kind": "activity", "held_on": "2026-09-19", "title": "中秋演出", "participants": "很多"},
    )
    assert answer.status_code == 422
    assert "中秋演出" in answer.text
    assert "请填写数字" in text_of(answer)
    late = officer.post(
        f"/organizations/{centre.organization}/activities",
        {"kind": "activity", "held_on": "2026-09-19", "title": "中秋演出"},
    )
    assert late.status_code == 422
    assert "日期不能晚于今天" in text_of(late)


def test_closer_supervision_stands_on_top_of_the_page_in_plain_words_until_it_is_lifted(centre: WebCentre) -> None:
    officer, address = centre.browser("officer"), f"/organizations/{centre.organization}"
    sent = officer.post(f"{address}/closer-supervision", {"since": "2026-09-18", "reason": "经费公开不及时"})
    assert sent.status_code == 303, text_of(sent)
    page = text_of(officer.get(address))
    assert "重点监管" in page
    assert "2026年9月18日至2027年3月17日" in page
    assert "经费公开不及时" in page
    assert "列入重点监管" not in text_of(centre.browser("worker").get(address))
    assert "Under closer supervision" in text_of(in_english(centre.browser("officer2")).get(address))
    made = centre.program("officer").get(f"organizations/{centre.organization}/restrictions").json()[0]["id"]
    lifted = officer.post(f"/restrictions/{made}/lift", {"on": "2026-09-18", "reason": "已改正"})
    assert lifted.status_code == 303, text_of(lifted)
    assert "经费公开不及时" not in text_of(officer.get(address)).split("全部经过")[0]

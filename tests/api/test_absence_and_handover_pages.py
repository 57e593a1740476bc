"""Absence and handover on the pages and for programs: named, seen by the deputy, ended; previewed, made, countersigned, scanned."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from incubator.clock import FixedClock
from incubator.database import Database
from tests.api.centre import PDF, WebCentre, web_centre
from tests.api.desk import act, document_of, follow, heard, words_of
from tests.api.reading import in_english


@pytest.fixture
def centre(
    sqlite_url: str, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[WebCentre]:  # fmt: skip
    """The centre on one kind of database: what is asked of it is tested on both beside the queries."""
    monkeypatch.setenv("INCUBATOR_DATA_DIR", str(tmp_path))
    database = Database(sqlite_url)
    with web_centre(database, clock, tmp_path) as made:
        yield made
    database.close()


def to_accept(centre: WebCentre) -> str:
    """A filing that waits to be accepted, claimed by the officer."""
    case = heard(centre)
    assert centre.browser("officer").post(f"/cases/{case}/assignment", {"act": "claim"}).status_code == 303
    return case


def asked(centre: WebCentre, **other: Any) -> dict[str, Any]:
    people = {"person": centre.people["officer"].public_id, "deputy": centre.people["officer2"].public_id}
    return {**people, "since": "2026-09-18", "until": "2026-09-25", "reason": "赴外地学习", **other}


def test_an_absence_is_recorded_and_the_deputy_acts_in_the_absent_ones_stead(centre: WebCentre) -> None:
    case = to_accept(centre)
    officer, deputy, director = (centre.browser(who) for who in ("officer", "officer2", "director"))
    page = officer.get("/absences")
    assert "目前无人离岗" in words_of(page)
    people = document_of(page).xpath("//select[@name='person']/option/@value")
    radios = document_of(page).xpath("//input[@name='person']/@value")
    assert [*filter(None, people), *radios] == [centre.people["officer"].public_id]  # one's own alone
    for wrong, field in (
        ({"until": "2026-09-01"}, "until"), ({"since": ""}, "since"), ({"deputy": "0f"}, "deputy"),
        ({"person": centre.people["director"].public_id}, "person"),
    ):  # fmt: skip
        answer = officer.post("/absences", asked(centre, **wrong))
        assert answer.status_code == 422
        assert document_of(answer).get_element_by_id(f"f-{field}-errors").text_content().strip()
    for _ in range(2):  # a form that is sent twice acts once
        done = follow(officer, officer.post("/absences", asked(centre, idempotency_key="k")))
    assert words_of(done).count("2026年9月18日至2026年9月25日") == 1
    told = words_of(centre.browser("worker").get("/absences"))
    assert "测试officer2" in told
    assert "赴外地学习" not in told

    for address in ("/worklist", "/today"):
        assert "代测试officer办理" in words_of(deputy.get(address))
    assert "离岗，由您代办" in words_of(deputy.get("/notices"))
    assert "离岗至2026年9月25日，由测试officer2代办" in words_of(director.get(f"/cases/{case}"))
    form = words_of(director.get(f"/cases/{case}/assignment"))
    assert "测试officer（经办人，离岗至" in form
    shown = deputy.get(f"/cases/{case}")
    assert "您在此代测试officer办理" in words_of(shown)
    after = act(deputy, case, "accept", checklist=["documents_read", "facts_match"])
    assert "（代测试officer办理）" in words_of(follow(deputy, after))
    (event,) = [e for e in centre.program("director").get(f"cases/{case}/events").json() if e["type"] == "case.accept"]
    assert (event["actor"], event["on_behalf_of"]) == ("测试officer2", "测试officer")

    end = document_of(done).xpath("//form[contains(@action, '/end')]/@action")[0]
    assert deputy.post(end).status_code == 403
    assert "离岗已结束" in words_of(follow(officer, officer.post(end)))
    assert officer.post(end).status_code == 404
    assert "Nobody is away at present" in words_of(in_english(director).get("/absences"))


def test_an_assignment_to_somebody_away_warns_and_names_the_deputy(centre: WebCentre) -> None:
    case = to_accept(centre)
    director = centre.browser("director")
    body = asked(centre, person=centre.people["officer2"].public_id, deputy=centre.people["officer"].public_id)
    assert director.post("/absences", body).status_code == 303
    page = director.get(f"/cases/{case}/assignment")
    assert "测试officer2（离岗至2026年9月25日，由测试officer代办）" in words_of(page)
    sent = {
        "act": "assign", "person_id": centre.people["officer2"].public_id, "seen": centre.people["officer"].public_id,
        "back": f"/cases/{case}",
    }  # fmt: skip
    assert "已一并通知测试officer" in words_of(follow(director, director.post(f"/cases/{case}/assignment", sent)))


def test_a_handover_is_looked_at_made_countersigned_and_its_scan_kept(centre: WebCentre) -> None:
    case = to_accept(centre)
    officer, taker, outsider = (centre.browser(who) for who in ("officer", "officer2", "worker"))
    assert "还没有移交记录" in words_of(officer.get("/handovers"))
    to = centre.people["officer2"].public_id
    nothing = officer.get("/handovers/new", to=centre.people["director"].public_id)
    assert "没有可以移交的事项" in words_of(nothing)
    assert "不是该社区的中心主任" not in words_of(nothing)
    preview = officer.get("/handovers/new", to=to)
    form = document_of(preview).get_element_by_id("handing-over")
    sent = dict(form.form_values())
    assert officer.post("/handovers", sent).status_code == 422  # a reason is asked for
    other = {**sent, "seen": "0", "reason": "调离"}
    assert "尚未移交" in words_of(officer.post("/handovers", {**other, "idempotency_key": "other"}))
    assert outsider.post("/handovers", {**sent, "reason": "调离"}).status_code == 403
    made = officer.post("/handovers", {**sent, "reason": "调离"})
    page = follow(officer, made)
    told = words_of(page)
    for words in ("移交〔2026〕1号", "监交人", "调离", centre.case_row(case).number, "常青合唱团"):
        assert words in told, words
    heads = [each.text for each in document_of(page).xpath("//section[@id='going']//th[@scope='col']")]
    assert heads == ["序号", "案件编号", "组织", "事项", "环节", "期限", "备注"]
    address = made.headers["location"]
    assert not document_of(page).xpath("//form[contains(@action, '/countersign')]")
    assert officer.post(f"{address}/countersign").status_code == 403
    assert outsider.get(address).status_code == 404
    assert "待您签收" in words_of(taker.get("/handovers"))
    assert "的工作已移交给您" in words_of(taker.get("/notices"))
    assert "已于2026年9月18日" in words_of(follow(taker, taker.post(f"{address}/countersign"))).replace(" ", "")
    assert "测试officer2（经办人）" in words_of(officer.get(f"/cases/{case}"))
    assert "工作移交" in words_of(officer.get(f"/cases/{case}"))

    for file, words in ((("a.pdf", b"", "application/pdf"), "是空的"), (("a.exe", PDF, "x"), "不接受")):
        refused = officer.post(f"{address}/document", files={"file": file})
        assert refused.status_code == 422
        assert words in words_of(refused)
    kept = officer.post(f"{address}/document", files={"file": ("清单.pdf", PDF, "application/pdf")})
    assert "清单.pdf" in words_of(follow(officer, kept))
    assert taker.get(f"{address}/document").content == PDF
    assert outsider.get(f"{address}/document").status_code == 404
    assert "Handover list" in words_of(in_english(taker).get(address))


def test_programs_record_absences_and_hand_over(centre: WebCentre) -> None:
    case = to_accept(centre)
    officer, taker = centre.program("officer"), centre.program("officer2")
    to = centre.people["officer2"].public_id
    away = {"deputy_id": to, "since": "2026-09-21", "until": "2026-09-25"}
    made = officer.post("absences", json=away, headers={"Idempotency-Key": "one"})
    assert (made.status_code, made.json()["state"]) == (201, "ahead")
    assert taker.get("absences").json()["items"] == [made.json()]
    assert taker.post(f"absences/{made.json()['id']}/end").status_code == 403
    assert officer.post(f"absences/{made.json()['id']}/end").json()["state"] == "withdrawn"
    assert officer.post("absences", json={**away, "until": "2026-09-01"}).json()["fields"].keys() == {"until"}

    preview = officer.get("handovers/preview", params={"to_person_id": to}).json()
    assert [(each["case_id"], each["goes"]) for each in preview["items"]] == [(case, True)]
    body = {"to_person_id": to, "reason": "轮岗", "seen": preview["seen"]}
    gone = officer.post("handovers", json=body)
    assert (gone.status_code, gone.json()["number"], gone.json()["state"]) == (201, "移交〔2026〕1号", "made")
    again = officer.post("handovers", json=body)
    assert (again.status_code, again.json()["code"]) == (409, "list_has_changed")
    address = f"handovers/{gone.json()['id']}"
    assert taker.post(f"{address}/countersign").json()["state"] == "countersigned"
    kept = officer.post(f"{address}/document", files={"file": ("list.pdf", PDF)})
    assert (kept.status_code, kept.json()["signed_list"]["filename"]) == (201, "list.pdf")
    assert taker.get(f"{address}/document").content == PDF
    assert [each["id"] for each in taker.get("handovers").json()["items"]] == [gone.json()["id"]]

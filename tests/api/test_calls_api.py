"""Calls over the JSON API: drafted, changed, published, applied under, closed and cancelled."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.centre import WebCentre

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

CALL: dict[str, Any] = {
    "title": "2026年公益创投第一批",
    "fund_source": "lottery",
    "budget_fen": 10_000_000,
    "opens_on": "2026-09-18",
    "closes_on": "2026-12-18",
    "document_number": "草街办〔2026〕10号",
    "terms": {"funding.cap": {"fen": 2_000_000}},
}


def drafted(centre: WebCentre, **changes: Any) -> dict[str, Any]:
    answer = centre.program("officer").post("calls", json={**CALL, **changes})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_a_call_goes_from_draft_to_close_by_two_people(centre: WebCentre) -> None:
    officer, director = centre.program("officer"), centre.program("director")
    call = drafted(centre)
    assert (call["number"], call["status"], call["version"], call["left_fen"]) == ("PC-2026-0001", "draft", 1, 0)
    address = f"calls/{call['id']}"
    changed = officer.patch(address, json={**CALL, "budget_fen": 5_000_000, "expected_version": 1}).json()
    assert (changed["budget_fen"], changed["version"]) == (5_000_000, 2)
    stale = officer.patch(address, json={**CALL, "expected_version": 1})
    assert (stale.status_code, stale.json()["code"]) == (409, "call_has_moved")
    assert officer.post(f"{address}/publish", json={}).json()["code"] == "four_eyes"
    published = director.post(f"{address}/publish", json={"expected_version": 2}).json()
    assert (published["status"], published["open"], published["left_fen"]) == ("published", True, 5_000_000)
    assert published["policy"]
    listed = centre.program("worker").get("calls", params={"status": "published"}).json()["items"]
    assert [each["number"] for each in listed] == ["PC-2026-0001"]
    assert director.post(f"{address}/close", json={}).json()["code"] == "call_not_done"
    centre.on("2026-12-19")
    closed = centre.program("director").post(f"{address}/close", json={}).json()
    assert (closed["status"], closed["left_fen"]) == ("closed", 0)


def test_what_does_not_fit_is_told_by_field_in_the_callers_language(centre: WebCentre) -> None:
    wrong = {**CALL, "fund_source": "nothing", "terms": {"funding.cap": {"fen": -1}, "general.backdating_days": 3}}
    answer = centre.program("officer", **{"accept-language": "en"}).post("calls", json=wrong)
    assert answer.status_code == 422
    fields = answer.json()["fields"]
    assert fields.keys() == {"fund_source", "terms.funding.cap.fen", "terms.general.backdating_days"}
    assert fields["terms.funding.cap.fen"] == ["This must be at least 0"]


def test_one_key_drafts_once_and_another_body_under_it_is_refused(centre: WebCentre) -> None:
    officer = centre.program("officer")
    headers = {"Idempotency-Key": "a key"}
    first, again = (officer.post("calls", json=CALL, headers=headers).json() for _ in range(2))
    assert first == again
    other = officer.post("calls", json={**CALL, "title": "另一批"}, headers=headers)
    assert other.status_code == 422


def test_who_may_not_is_refused_and_a_reason_is_needed_to_cancel(centre: WebCentre) -> None:
    call = drafted(centre)
    assert centre.program("worker").post("calls", json=CALL).status_code == 403
    assert centre.program("worker").post(f"calls/{call['id']}/publish", json={}).status_code == 403
    assert centre.program("officer").post(f"calls/{call['id']}/cancel", json={"reason": ""}).status_code == 422
    cancelled = centre.program("officer").post(f"calls/{call['id']}/cancel", json={"reason": "重复起草"}).json()
    assert cancelled["status"] == "cancelled"
    assert centre.program("officer").get("calls/" + "0" * 32).status_code == 404


def test_a_half_character_in_a_term_is_refused(centre: WebCentre) -> None:
    body = '{"title":"批","fund_source":"lottery","budget_fen":1,"opens_on":"2026-09-18","closes_on":"2026-09-18",'
    body += '"terms":{"funding.fields":["\\ud800"]}}'
    headers = {"content-type": "application/json", "Idempotency-Key": "a key"}
    assert centre.program("officer").post("calls", content=body, headers=headers).status_code == 422

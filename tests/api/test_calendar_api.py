"""The working calendar for programs: read, a notice imported or tried, closing days, dates counted by it."""

from __future__ import annotations

from typing import Any

from tests.api.centre import WebCentre
from tests.api.desk import do, hand_in, open_case_for
from tests.procedures.world import APPLICATION, APPLICATION_PAPERS
from tests.services.calendars.arrangement import MADE_UP_2027


def screened(centre: WebCentre) -> str:
    """A filing that awaits the committee's opinion."""
    case = open_case_for(centre)
    hand_in(centre.browser("worker"), case, *APPLICATION_PAPERS)
    do(centre, case, "submit", "worker", APPLICATION)
    centre.automate()
    return case


def test_the_calendar_says_its_days_and_from_when_dates_are_provisional(centre: WebCentre) -> None:
    program = centre.on("2026-11-02").program("worker")
    told = program.get("calendar").json()
    assert (told["announced"][-1], told["missing_notice"], told["provisional_from"]) == (2026, 2027, "2026-12-21")
    assert {"day": "2026-10-01", "name": "国庆节"} in told["days_off"]
    assert "2026-10-10" in told["workdays"]
    assert program.get("calendar", params={"year": 2025}).json()["workdays"][0] == "2025-01-26"
    assert centre.on("2026-10-02").program("worker").get("calendar").json()["missing_notice"] is None


def test_a_notice_is_tried_then_imported_and_the_cases_are_counted_by_it(centre: WebCentre) -> None:
    case = screened(centre.on("2026-12-21"))
    program = centre.program("officer")
    before = program.get(f"cases/{case}").json()
    asked: dict[str, Any] = {"data": {"text": MADE_UP_2027}}
    tried = program.post("calendar/notices", params={"dry_run": True}, **asked)
    assert tried.status_code == 201, tried.text
    (move,) = tried.json()["cases"]
    assert (move["case_id"], move["before"], move["provisional_before"]) == (case, before["due"], True)
    # The Saturday that the notice makes a workday brings the date forward.
    assert (move["before"], move["after"], move["provisional_after"]) == ("2026-12-28", "2026-12-26", False)
    assert program.get(f"cases/{case}").json() == before
    done = program.post("calendar/notices", **asked).json()
    assert {**done, "dry_run": True} == tried.json()
    after = program.get(f"cases/{case}").json()
    assert after["due"] == move["after"]
    assert program.get("calendar").json()["announced"][-1] == 2027
    again = program.post("calendar/notices", files={"file": ("2027.txt", asked["data"]["text"].encode())}).json()
    assert (again["changed"], again["cases"]) == (False, [])


def test_what_cannot_be_imported_is_refused_with_its_lines(centre: WebCentre) -> None:
    program = centre.on("2026-11-24").program("officer")
    wrong = program.post("calendar/notices", data={"text": MADE_UP_2027.replace("共8天", "共9天")})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "notice_unreadable")
    assert [fault["line"] for fault in wrong.json()["faults"]] == [5]
    assert program.post("calendar/notices").status_code == 422
    early = program.post("calendar/notices", data={"text": MADE_UP_2027.replace("2027年部分", "2029年部分")})
    assert early.status_code == 422
    worker = centre.program("worker").post("calendar/notices", data={"text": MADE_UP_2027})
    assert (worker.status_code, worker.json()["code"]) == (403, "not_allowed")


def test_closing_days_are_set_and_taken_back(centre: WebCentre) -> None:
    program = centre.program("director")
    closing = {"add": ["2026-09-21", "2026-09-22"], "reason": "办公室搬迁"}
    done = program.put("calendar/closing-days", json=closing)
    assert [each["day"] for each in done.json()["days"]] == closing["add"]
    assert program.put("calendar/closing-days", json=closing).json()["changed"] is False
    counted = program.get("deadlines", params={"start": "2026-09-18", "days": 3}).json()
    assert counted["due_on"] == "2026-09-24"
    assert any("办公室搬迁" in sentence for sentence in counted["sentences"])
    assert program.put("calendar/closing-days", json={"remove": closing["add"], "reason": "不搬了"}).status_code == 200
    assert program.get("deadlines", params={"start": "2026-09-18", "days": 3}).json()["due_on"] == "2026-09-22"
    for wrong in (
        {"add": ["2026-05-01"], "reason": "早已过去"},
        {"remove": ["2026-09-21"], "reason": "没有这一天"},
        {"add": ["2026-09-21"], "reason": " "},
        {"reason": "没有日期"},
    ):
        assert program.put("calendar/closing-days", json=wrong).status_code == 422, wrong


def test_a_date_is_counted_forward_or_back_with_its_proof(centre: WebCentre) -> None:
    program = centre.program("worker")
    forward = program.get("deadlines", params={"start": "2026-09-30", "days": 7}).json()
    assert (forward["due_on"], forward["provisional"], forward["proof"]["counted"]) == ("2026-10-15", False, 7)
    asked: dict[str, Any] = {"start": "2026-10-20", "days": 15, "unit": "calendar_days", "direction": "backward"}
    assert program.get("deadlines", params=asked).json()["due_on"] == "2026-09-30"
    assert program.get("deadlines", params={"start": "2026-12-15", "days": 10}).json()["provisional"]
    assert program.get("deadlines", params={"start": "1989-01-01", "days": 10}).status_code == 422

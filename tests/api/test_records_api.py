"""Organizations, surveys, figures and receipts over HTTP."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from sqlalchemy import select

import incubator.samples
from incubator.models.base import table
from incubator.models.streets import Community
from incubator.services.automation.reviews import open_due_reviews
from tests.api.centre import WebCentre

SAMPLE = Path(incubator.samples.__file__).parent / "survey.xlsx"


def community_id(centre: WebCentre, name: str) -> str:
    communities = table(Community)
    with centre.database.read() as connection:
        return str(connection.scalar(select(communities.c.public_id).where(communities.c.name == name)))


def test_a_group_is_entered_with_its_telephone_masked_and_found_by_its_initials(centre: WebCentre) -> None:
    worker = centre.program("worker")
    body = {"community_id": community_id(centre, "桂花社区"), "name": "夕阳红舞蹈队", "category": "文体",
            "leader_phone": "13900001111"}  # fmt: skip
    made = worker.post("organizations", json=body, headers={"idempotency-key": "e1"})
    assert made.status_code == 201, made.text
    assert made.json()["personal"] == {"leader_phone": "139****1111"}
    assert made.json()["category"] == "culture_and_sports"
    again = worker.post("organizations", json=body, headers={"idempotency-key": "e1"})
    assert again.json()["id"] == made.json()["id"]
    found = worker.get("organizations", params={"q": "xyhwdd"}).json()["items"]
    assert [each["name"] for each in found] == ["夕阳红舞蹈队"]
    taken = worker.post("organizations", json=body)
    assert (taken.status_code, taken.json()["code"]) == (409, "name_taken")
    wrong = worker.post("organizations", json={**body, "name": "新队", "category": "航天"})
    assert wrong.json()["fields"]["category"][0].startswith("没有这个类别，可选：生活服务")
    elsewhere = worker.post("organizations", json={**body, "community_id": community_id(centre, "东门社区")})
    assert list(elsewhere.json()["fields"]) == ["community_id"]


def test_the_path_says_what_is_done_and_what_comes_next(centre: WebCentre) -> None:
    stages = centre.program("officer").get(f"organizations/{centre.organization}/path").json()
    assert [(stage["stage"], stage["state"]) for stage in stages] == [
        ("survey", "done"), ("filing", "next"), ("affiliation", "blocked"), ("funding", "blocked"),
        ("evaluation", "blocked"),
    ]  # fmt: skip
    whole = centre.program("officer").get(f"organizations/{centre.organization}").json()
    assert [each["procedure"] for each in whole["openings"] if each["allowed"]] == ["filing"]


def send_survey(client: Any, content: bytes, name: str = "survey.xlsx", **query: Any) -> Any:
    return client.post("surveys", params=query, files={"file": (name, content)})


def test_a_survey_is_previewed_imported_once_and_its_refused_rows_come_back(centre: WebCentre) -> None:
    officer = centre.program("officer")
    before = officer.get("organizations", params={"limit": 200}).json()["items"]
    preview = send_survey(officer, SAMPLE.read_bytes(), dry_run=True).json()
    assert (preview["id"], preview["dry_run"]) == (None, True)
    assert officer.get("organizations", params={"limit": 200}).json()["items"] == before
    done = send_survey(officer, SAMPLE.read_bytes())
    assert done.status_code == 201, done.text
    result = done.json()
    assert result["counts"] == preview["counts"]
    assert len(officer.get("organizations", params={"limit": 200}).json()["items"]) == len(before) + sum(
        result["counts"][fate] for fate in ("accepted", "normalised")
    )
    normalised = next(row for row in result["rows"] if row["fate"] == "normalised")
    assert normalised["normalised"][0]["cell"]
    refused = next(row for row in result["rows"] if row["fate"] == "refused")
    assert refused["reasons"][0]["cell"]
    again = send_survey(officer, SAMPLE.read_bytes()).json()
    assert (again["known_before"], again["id"]) == (True, result["id"])
    assert [each["id"] for each in officer.get("surveys").json()["items"]] == [result["id"]]
    book = load_workbook(io.BytesIO(officer.get(f"surveys/{result['id']}/mending").content))
    assert book.worksheets[0].max_row > 1
    assert officer.get(f"surveys/{result['id']}").json()["counts"] == result["counts"]


def test_a_file_that_is_no_survey_is_refused_in_words(centre: WebCentre) -> None:
    officer = centre.program("officer")
    for content, name in ((b"", "empty.xlsx"), (b"PK\x03\x04broken", "broken.xlsx"), (b"1,2\n3,4\n", "numbers.csv")):
        answer = send_survey(officer, content, name)
        assert answer.status_code == 422, name
        assert name in answer.json()["detail"]
    csv = "社区,组织名称,负责人,成员人数\n桂花社区,桂花太极队,李某,１５\n".encode("gb18030")
    assert send_survey(officer, csv, "太极.csv").json()["counts"]["normalised"] == 1
    assert send_survey(centre.program("worker"), csv, "太极.csv").status_code == 403


def test_the_figures_are_the_lengths_of_the_lists_they_stand_for(centre: WebCentre) -> None:
    officer, manager = centre.program("officer"), centre.program("manager")
    officer.post("cases", json={"organization_id": centre.organization, "procedure": "filing"})
    figures = manager.get("status").json()
    assert figures["open"] == len(manager.get("worklist", params={"view": "all"}).json()["items"]) == 1
    assert figures["organizations"]["informal"] == 1
    filing = next(each for each in figures["procedures"] if each["procedure"] == "filing")
    assert (filing["steps"][0]["step"], filing["steps"][0]["open"]) == ("application", 1)
    assert centre.program("expert").get("status").status_code == 403


def test_a_receipt_tells_what_a_run_did_and_is_signed_off_once(centre: WebCentre) -> None:
    day = centre.on("2027-01-05").clock.now().date()
    open_due_reviews(centre.service, as_of=day, run_key="test")
    officer, manager = centre.program("officer"), centre.program("manager")
    (receipt,) = (each for each in manager.get("review-runs").json()["items"] if each["procedure"] == "yearly_review")
    assert (receipt["due"], receipt["opened"], receipt["skipped"][0]["code"]) == (0, 0, "not_filed")
    assert manager.post(f"review-runs/{receipt['id']}/sign-off").status_code == 403
    assert officer.post(f"review-runs/{receipt['id']}/sign-off").json()["signed_off_by"] == "测试officer"
    assert officer.post(f"review-runs/{receipt['id']}/sign-off").status_code == 409

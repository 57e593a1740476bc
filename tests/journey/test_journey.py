"""The whole way over the real processes: from a row of the survey to a certificate, and a review that opens by itself."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

import incubator.samples
from incubator.engine.streams import verify
from incubator.models.base import table
from incubator.models.cases import Case
from tests.api.centre import PDF
from tests.journey.service import Person, Running, running
from tests.procedures.world import APPLICATION, APPLICATION_PAPERS, CHECKED, OPINION, SERVED
from tests.processes import until

pytestmark = pytest.mark.xdist_group("processes")

SAMPLE = Path(incubator.samples.__file__).parent / "survey.xlsx"
REPORT = {
    "activities": 3, "participants": 420, "members": 24, "income_fen": 150_000, "spending_fen": 120_000,
    "work": "每周排练，重阳节演出",
}  # fmt: skip


def test_a_group_of_the_survey_is_filed_and_its_review_opens_is_chased_and_concluded(
    sqlite_url: str, tmp_path: Path
) -> None:
    with running(sqlite_url, tmp_path, now="2026-09-14 09:00") as service:
        service.command("import", "survey", str(SAMPLE))
        worker, officer, director, manager = (
            service.person(name) for name in ("worker", "officer", "director", "manager")
        )
        organization = a_group_of(worker)
        case = filed(service, organization, worker, officer, director)
        review = reviewed(service, organization, worker, officer, director, manager)
        stages = manager.get(f"organizations/{organization}/path")
        assert [stage["state"] for stage in stages][:2] == ["done", "done"]
        assert stages[-1]["state"] == "done"
        assert "基本合格" in stages[-1]["text"]
        assert {each["outcome"]: each["number"] for each in manager.get("status")["ended"]} == {"basically_passed": 1}
        every_chain_holds(service, case, review)
        assert service.serve.stop() == 0


def a_group_of(worker: Person) -> str:
    """A group that the survey found in the worker's community, not filed yet."""
    groups = worker.get("organizations", standing="informal", limit=200)["items"]
    assert {group["community"]["name"] for group in groups} == {"桂花社区"}
    return str(next(group for group in groups if group["name"].endswith("队"))["id"])


def filed(service: Running, organization: str, worker: Person, officer: Person, director: Person) -> str:
    """Through two corrections to a served certificate, each turn by the person whose turn it is."""
    name = worker.get(f"organizations/{organization}")["name"]
    name = name if name.startswith("桂花社区") else f"桂花社区{name}"
    case = worker.post("cases", json={"organization_id": organization, "procedure": "filing"})["id"]
    worker.upload(case, PDF, *APPLICATION_PAPERS)
    worker.act(case, "submit", {**APPLICATION, "name": name, "members": 6})
    returned = worker.until_at(case, "correction")
    assert "成员" in returned["data"]["screening"]["findings"]
    service.move_to("2026-09-16 09:00")
    worker.act(case, "resubmit", {"members": 24, "note": "已补充成员花名册"})
    worker.until_at(case, "committee_opinion")
    worker.upload(case, PDF, "committee_opinion")
    worker.act(case, "give_opinion", {**OPINION, "held_on": "2026-09-15"})
    service.move_to("2026-09-18 10:00")
    accepted = officer.act(case, "accept", CHECKED)
    assert (accepted["step"], accepted["due"]) == ("decision", "2026-10-09")
    service.move_to("2026-09-23 10:00")
    director.act(case, "return_for_correction", {"points": "花名册缺少联系方式"})
    service.move_to("2026-10-09 10:00")
    assert worker.act(case, "resubmit", {"note": "已补正"})["due"] == "2026-10-19"
    director.act(case, "approve")
    issued = officer.until_at(case, "service")
    certificate = next(each for each in issued["documents"] if each["kind"] == "filing_certificate")
    paper = officer.client.get(f"documents/{certificate['id']}").content
    words = zipfile.ZipFile(io.BytesIO(paper)).read("word/document.xml").decode()
    assert issued["data"]["certificate"]["number"] in words
    assert name in words
    officer.upload(case, PDF, "sealed_certificate")
    assert officer.act(case, "serve", SERVED)["outcome"] == "filed"
    known = worker.get(f"organizations/{organization}")
    assert (known["standing"], known["filing_valid_until"]) == ("filed", "2029-10-08")
    return case


def reviewed(
    service: Running, organization: str, worker: Person, officer: Person, director: Person, manager: Person
) -> str:
    """The next year: opened by the clock, reminded twice, escalated, reported late, concluded by two people."""
    service.move_to("2027-01-04 08:01")
    until(lambda: cases_of(officer, organization, "yearly_review"), "the review opens by itself")
    (review,) = cases_of(officer, organization, "yearly_review")
    assert (review["step"], review["due"], review["period"]) == ("report", "2027-03-31", "2027")
    receipts = manager.get("review-runs")["items"]
    assert sum(each["opened"] for each in receipts) == 1
    for moment, expected in (
        ("2027-03-16 08:06", ["case.reminded"]),
        ("2027-04-01 08:06", ["case.reminded"] * 2),
        ("2027-04-15 08:06", ["case.reminded"] * 2 + ["case.escalated"]),
    ):
        service.move_to(moment)
        until(lambda expected=expected: chased(officer, review["id"]) == expected, f"{expected[-1]} by {moment}")  # type: ignore[misc]
    awaiting = director.get("worklist")["items"]
    assert [(each["kind"], each["case_id"]) for each in awaiting] == [("escalation", review["id"])]
    service.move_to("2027-04-16 09:00")
    worker.upload(review["id"], PDF, "yearly_report")
    worker.act(review["id"], "submit", REPORT)
    checked = officer.until_at(review["id"], "conclusion")
    assert checked["data"]["checks"]["late"] is True
    assert "全年活动 3 次，少于 4 次" in checked["data"]["checks"]["findings"]
    officer.act(review["id"], "conclude", {"result": "basically_passed", "reasons": "活动次数不足，报送逾期"})
    director.act(review["id"], "confirm")
    officer.upload(review["id"], PDF, "sealed_conclusion")
    assert officer.act(review["id"], "serve_basically_passed", SERVED)["outcome"] == "basically_passed"
    return str(review["id"])


def cases_of(person: Person, organization: str, procedure: str) -> list[dict[str, Any]]:
    found = person.get(f"organizations/{organization}")["cases"]
    return [case for case in found if case["procedure"] == procedure]


def chased(person: Person, case: str) -> list[str]:
    events = [event["type"] for event in person.get(f"cases/{case}/events")]
    return [event for event in events if event in ("case.reminded", "case.escalated")]


def every_chain_holds(service: Running, *cases: str) -> None:
    files = table(Case)
    with service.database.read() as connection:
        for case in cases:
            row = connection.execute(select(files.c.id, files.c.organization_id).where(files.c.public_id == case)).one()
            assert verify(connection, "case", row.id) == []
            assert verify(connection, "organization", row.organization_id) == []

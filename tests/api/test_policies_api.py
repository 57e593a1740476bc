"""Policies over the API: a pack checked, rehearsed, proposed by one, activated by another, and cases moved to it."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from incubator.policies.packs import all_paths
from tests.api.centre import WebCentre

PACK = """\
name: riverside  # 草案
jurisdiction: {zh: 河畔区, en: Riverside}
extends: national
effective_from: 2026-01-01
sources:
  measure: {title: {zh: 河畔区备案办法, en: Riverside measure on filing}, number: 河办〔2026〕1号}
values:
  filing:
    conditions:
      members:
        value: 30
        cite: {source: measure, article: "5"}
    committee_opinion:
      due:
        value: {length: 10, unit: working_days, starts_on: entered}
        cite: {source: measure, article: "9"}
"""


@pytest.fixture
def director(centre: WebCentre) -> TestClient:
    return centre.program("director")


@pytest.fixture
def other(centre: WebCentre) -> TestClient:
    return centre.program("director2")


def proposed(director: TestClient, day: str, pack: str = PACK, **headers: str) -> Any:
    return director.post(
        "policies/proposals",
        files={"file": ("河畔.yaml", pack.encode())},
        data={"effective_from": day, "reason": "区里新办法"},
        headers=headers,
    )


def test_every_fault_of_a_pack_is_told_at_once_with_its_line(centre: WebCentre) -> None:
    worker = centre.program("worker")
    faulty = PACK.replace("value: 30", "value: many").replace('source: measure, article: "9"', "source: nowhere")
    told = worker.post("policies/check", data={"text": faulty, "name": "河畔.yaml"})
    assert told.status_code == 200, told.text
    assert [(each["file"], each["line"]) for each in told.json()["faults"]] == [("河畔.yaml", 11), ("河畔.yaml", 16)]
    sound = worker.post("policies/check", files={"file": ("河畔.yaml", PACK.encode())}).json()
    assert (sound["faults"], [each["effective_from"] for each in sound["versions"]]) == ([], ["2026-01-01"])
    for body in ({"data": {"text": ""}}, {"files": {"file": ("x.yaml", b"\xff\xfe")}}, {"data": {"text": "a: 1\0"}}):
        assert worker.post("policies/check", **body).status_code == 422  # type: ignore[arg-type]
    assert worker.post("policies/check", files={"file": ("x.yaml", b"# " + b"x" * 1_000_001)}).status_code == 422
    schema = worker.get("policies/schema").json()
    assert "filing" in schema["properties"] or "values" in schema["properties"]


def test_one_proposes_another_activates_and_everybody_may_read(
    centre: WebCentre, director: TestClient, other: TestClient
) -> None:
    case = centre.program("worker").post(
        "cases", json={"organization_id": centre.organization, "procedure": "filing"}
    ).json()  # fmt: skip
    rehearsed = director.post("policies/rehearsals", data={"text": PACK, "on": "2026-10-12"}).json()["rehearsals"]
    assert [(each["effective_from"], each["rehearsal"]["live"]) for each in rehearsed] == [("2026-10-12", 1)]

    made = proposed(director, "2026-10-12", **{"idempotency-key": "once"})
    assert made.status_code == 201, made.text
    assert proposed(director, "2026-10-12", **{"idempotency-key": "once"}).json() == made.json()
    assert proposed(director, "2026-10-12").json()["code"] == "day_taken"
    (proposal,) = made.json()["proposals"]
    allowed = {act["name"]: act["allowed"] for act in proposal["actions"]}
    assert allowed == {"activate": False, "reject": False, "withdraw": True, "revoke": False}
    assert "不能由您本人审核" in proposal["actions"][0]["why_not"]
    address = f"policies/proposals/{proposal['id']}"
    assert director.post(f"{address}/activate", json={}).json()["code"] == "four_eyes"
    assert other.post(f"{address}/reject", json={}).json()["fields"].keys() == {"comment"}
    done = other.post(f"{address}/activate", json={"comment": "同意"}).json()
    assert (done["state"], done["decided_by"]["name"]) == ("activated", centre.people["director2"].name)
    assert other.post(f"{address}/activate", json={}).json()["code"] == "proposal_has_moved"

    worker = centre.program("worker")
    listed = worker.get("policies").json()
    assert [each["policy"] for each in listed["coming"]] == [proposal["policy"]]
    assert listed["in_force"]["until"] == "2026-10-11"
    assert worker.get(address).json()["rehearsal"] is None
    assert director.get(address).json()["rehearsal"]["touched"] >= 0
    whole = worker.get(f"policies/{proposal['policy']}").json()
    assert whole["values"]["filing"]["conditions"]["members"]["value"] == 30
    assert whole["file"] == {"name": "河畔.yaml", "text": PACK}
    before = listed["in_force"]["policy"]
    told = worker.get(f"policies/{proposal['policy']}/differences", params={"from": before}).json()["differences"]
    assert {each["path"] for each in told} == {"filing.conditions.members", "filing.committee_opinion.due"}
    assert all(each["changes"] for each in told)
    assert worker.get(f"policies/{'0' * 64}").status_code == 404
    assert {path.partition(".")[0] for path in all_paths()} == whole["values"].keys()

    late = {"cases": [case["id"]], "policy": proposal["policy"], "reason": "申请人同意"}
    assert director.post("policies/migrations", json=late).json()["code"] == "policy_not_in_force"
    centre.on("2026-10-12")
    tried = director.post("policies/migrations", json={**late, "reason": "", "dry_run": True}).json()
    assert director.get(f"cases/{case['id']}").json()["version"] == 1
    moved = director.post("policies/migrations", json=late).json()
    assert (moved["results"], tried["results"][0]["refused"]) == (tried["results"], None)
    assert director.get(f"cases/{case['id']}").json()["version"] == 2
    assert centre.case_row(case["id"]).policy_hash == proposal["policy"]
    assert moved["results"][0]["change"]["policy"] == {"before": before, "after": proposal["policy"]}
    page = centre.browser("officer").get(f"/cases/{case['id']}").text
    assert "改用另一版本政策" in page
    again = director.post("policies/migrations", json=late).json()["results"][0]
    assert (again["change"], again["refused"]["code"]) == (None, "cannot_repin")


def test_a_proposal_is_withdrawn_an_activation_revoked_and_who_may_not_is_told(
    centre: WebCentre, director: TestClient, other: TestClient
) -> None:
    officer = centre.program("officer")
    assert proposed(officer, "2026-10-12").status_code == 403
    assert proposed(director, "2026-09-17").json()["fields"].keys() == {"effective_from"}
    assert proposed(director, "2026-10-12", pack="name: x").json()["code"] == "policy_pack_invalid"
    first = proposed(director, "2026-10-12").json()["proposals"][0]["id"]
    assert officer.post(f"policies/proposals/{first}/activate", json={}).status_code == 403
    assert other.post(f"policies/proposals/{first}/withdraw", json={}).status_code == 403
    assert director.post(f"policies/proposals/{first}/withdraw", json={}).json()["state"] == "withdrawn"
    second = proposed(director, "2026-10-12").json()["proposals"][0]["id"]
    other.post(f"policies/proposals/{second}/activate", json={})
    revoked = director.post(f"policies/proposals/{second}/revoke", json={"comment": "文件未印发"}).json()
    assert (revoked["state"], revoked["decision_comment"]) == ("revoked", "文件未印发")
    assert officer.get("policies").json()["coming"] == []
    assert officer.get("policies/proposals/0").status_code == 404


def test_a_file_with_dated_values_makes_a_proposal_for_each_of_its_versions(
    director: TestClient, other: TestClient
) -> None:
    dated = PACK.replace(
        'value: 30\n        cite: {source: measure, article: "5"}',
        '- {value: 30, cite: {source: measure, article: "5"}}\n'
        '        - {value: 40, effective_from: 2027-01-01, cite: {source: measure, article: "5"}}',
    )
    checked = director.post("policies/check", data={"text": dated}).json()
    assert checked["faults"] == []
    made = proposed(director, "2026-10-12", pack=dated).json()["proposals"]
    assert [each["effective_from"] for each in made] == ["2026-10-12", "2027-01-01"]
    for each in made:
        assert other.post(f"policies/proposals/{each['id']}/activate", json={}).json()["state"] == "activated"
    members = [
        director.get(f"policies/{each['policy']}").json()["values"]["filing"]["conditions"]["members"]["value"]
        for each in made
    ]
    assert members == [30, 40]

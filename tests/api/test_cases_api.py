"""Cases over HTTP: opened, moved, refused with reasons, once for a key."""

from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient

from tests.api.centre import PDF, WebCentre
from tests.procedures.world import APPLICATION, APPLICATION_PAPERS


def opened(centre: WebCentre, worker: TestClient, **more: Any) -> dict[str, Any]:
    answer = worker.post("cases", json={"organization_id": centre.organization, "procedure": "filing", **more})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def upload(client: TestClient, case: str, *kinds: str) -> None:
    for kind in kinds:
        answer = client.post(
            f"cases/{case}/documents", data={"kind": kind}, files={"file": (f"{kind}.pdf", PDF, "application/pdf")}
        )
        assert answer.status_code == 201, answer.text


def act(client: TestClient, case: dict[str, Any], action: str, version: int, **more: Any) -> Any:
    return client.post(f"cases/{case['id']}/actions/{action}", json={"expected_version": version, **more})


def test_a_case_shows_its_step_version_due_date_and_what_may_be_done_with_reasons(centre: WebCentre) -> None:
    worker = centre.program("worker")
    case = opened(centre, worker)
    assert (case["step"], case["version"], case["due"]) == ("application", 1, None)
    by_name = {action["name"]: action for action in case["actions"]}
    assert not by_name["submit"]["allowed"]
    assert {blocker["code"] for blocker in by_name["submit"]["blockers"]} == {
        f"document_missing:{kind}" for kind in APPLICATION_PAPERS
    }
    assert by_name["withdraw"]["allowed"]
    assert by_name["submit"]["form"]["required"][0] == "name"


def test_a_refusal_says_in_the_caller_s_language_what_is_missing_and_changes_nothing(centre: WebCentre) -> None:
    worker = centre.program("worker", **{"accept-language": "en"})
    case = opened(centre, worker)
    answer = act(worker, case, "submit", 1, data=APPLICATION)
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == "action_not_allowed"
    assert "A document is missing: charter" in problem["detail"]
    assert problem["blockers"][0]["who"] == "community worker or officer"
    assert worker.get(f"cases/{case['id']}").json()["version"] == 1


def test_a_filing_moves_on_by_its_actions_and_each_event_is_told(centre: WebCentre) -> None:
    worker, officer = centre.program("worker"), centre.program("officer")
    case = opened(centre, worker)
    upload(worker, case["id"], *APPLICATION_PAPERS)
    moved = act(worker, case, "submit", 1, data=APPLICATION)
    assert moved.json() | {"due": None} == {
        "id": case["id"], "version": 2, "step": "screening", "open": True, "outcome": "", "due": None,
    }  # fmt: skip
    centre.automate()
    now = officer.get(f"cases/{case['id']}").json()
    assert (now["step"], now["version"]) == ("committee_opinion", 3)
    assert now["due"] == "2026-09-24"
    assert now["deadline_proof"]["due_on"] == "2026-09-24"
    assert "leader_phone" not in now["data"]["application"]
    events = officer.get(f"cases/{case['id']}/events").json()
    assert [event["type"] for event in events] == [
        "case.opened", *["case.document_added"] * 4, "case.submit", "case.pass",
    ]  # fmt: skip
    assert events[-1]["actor"] is None
    assert APPLICATION["leader_phone"] not in officer.get(f"cases/{case['id']}/events").text


def test_the_same_key_acts_once_and_with_another_body_is_refused(centre: WebCentre) -> None:
    worker = centre.program("worker")
    key = {"idempotency-key": "k-1"}
    body = {"organization_id": centre.organization, "procedure": "filing"}
    first, second = (worker.post("cases", json=body, headers=key) for _ in range(2))
    assert first.json()["id"] == second.json()["id"]
    case = first.json()
    body = {"expected_version": 1, "data": {"reason": "另行安排", "asked_by": "王桂兰"}}
    address = f"cases/{case['id']}/actions/withdraw"
    answers = [worker.post(address, json=body, headers={"idempotency-key": "k-2"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["outcome"] == "withdrawn"
    other = worker.post(address, json={**body, "comment": "x"}, headers={"idempotency-key": "k-2"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_a_stale_version_is_told_who_moved_the_case_and_to_where(centre: WebCentre) -> None:
    worker = centre.program("worker")
    case = opened(centre, worker)
    upload(worker, case["id"], *APPLICATION_PAPERS)
    act(worker, case, "submit", 1, data=APPLICATION)
    answer = act(centre.program("officer"), case, "withdraw", 1, data={"reason": "x", "asked_by": "y"})
    assert answer.status_code == 409
    assert answer.json() | {"detail": "", "type": "", "title": ""} == {
        "type": "", "title": "", "detail": "", "status": 409, "code": "case_has_moved", "expected_version": 1,
        "version": 2, "step": "screening", "moved_by": "测试worker", "decision": "submit",
    }  # fmt: skip


def test_bad_input_is_named_field_by_field(centre: WebCentre) -> None:
    worker = centre.program("worker")
    case = opened(centre, worker)
    unknown = act(worker, case, "vanish", 1)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_action")
    future = act(worker, case, "withdraw", 1, effective_on="2026-09-19", data={"reason": "x", "asked_by": "y"})
    assert future.json()["fields"] == {"effective_on": ["日期不能晚于今天，请按实际发生日期填写"]}
    missing = act(worker, case, "withdraw", 1, data={"reason": "x"})
    assert (missing.status_code, missing.json()["fields"]) == (422, {"asked_by": ["此项必填"]})
    shape = worker.post(f"cases/{case['id']}/actions/withdraw", json={"expected_version": "one", "extra": 1})
    assert shape.json()["fields"] == {"expected_version": ["应为数字"], "extra": ["没有这一项"]}
    broken = worker.post(
        f"cases/{case['id']}/actions/withdraw", content=b"{", headers={"content-type": "application/json"}
    )
    assert broken.status_code == 422
    procedure = worker.post("cases", json={"organization_id": centre.organization, "procedure": "adoption"})
    assert procedure.status_code == 404
    assert "filing" in procedure.json()["detail"]


def test_a_case_outside_the_area_does_not_exist(centre: WebCentre) -> None:
    elsewhere = centre.enter("东门舞蹈队", "东门社区")
    officer, worker = centre.program("officer"), centre.program("worker")
    case = officer.post("cases", json={"organization_id": elsewhere, "procedure": "filing"}).json()
    assert worker.get(f"cases/{case['id']}").status_code == 404
    assert act(worker, case, "withdraw", 1, data={"reason": "x", "asked_by": "y"}).status_code == 404
    assert worker.post("cases", json={"organization_id": elsewhere, "procedure": "filing"}).status_code == 404


def test_a_token_reaches_no_further_than_its_scopes_and_ends_when_revoked(centre: WebCentre) -> None:
    reader = centre.program("officer", "read")
    answer = reader.post("cases", json={"organization_id": centre.organization, "procedure": "filing"})
    assert (answer.status_code, answer.json()["scope"]) == (403, "cases:write")
    browser = centre.browser("officer")
    made = browser.client.post(
        "/api/v1/tokens", json={"name": "x", "scopes": ["read"]}, headers={"x-csrf-token": browser.csrf}
    ).json()
    program = centre.stranger(authorization=f"Bearer {made['token']}")
    assert program.get("/api/v1/procedures").status_code == 200
    browser.client.delete(f"/api/v1/tokens/{made['id']}", headers={"x-csrf-token": browser.csrf})
    assert program.get("/api/v1/procedures").status_code == 401


def test_a_session_writes_only_with_its_token_and_ends_when_signed_out(centre: WebCentre) -> None:
    client = centre.stranger()
    made = client.post("/api/v1/session", json={"username": "officer", "password": "Riverside-2026"})
    assert made.status_code == 201
    body = {"organization_id": centre.organization, "procedure": "filing"}
    forged = client.post("/api/v1/cases", json=body)
    assert (forged.status_code, forged.json()["code"]) == (403, "csrf")
    token = {"x-csrf-token": made.json()["csrf_token"]}
    assert client.post("/api/v1/cases", json=body, headers=token).status_code == 201
    assert client.delete("/api/v1/session", headers=token).status_code == 204
    assert client.get("/api/v1/procedures").status_code == 401


def test_a_document_is_checked_kept_and_read_back_and_its_reading_recorded(centre: WebCentre) -> None:
    worker = centre.program("worker")
    case = opened(centre, worker)
    address = f"cases/{case['id']}/documents"

    def send(name: str, content: bytes, kind: str = "charter") -> Any:
        return worker.post(address, data={"kind": kind}, files={"file": (name, content)})

    assert "扩展名 .pdf 不符" in send("章程.pdf", b"MZ not a pdf").json()["detail"]
    assert "不接受" in send("run.exe", b"MZ").json()["detail"]
    assert "空的" in send("章程.pdf", b"").json()["detail"]
    assert "20 MB" in send("章程.pdf", PDF + b" " * (20 * 1024 * 1024)).json()["detail"]
    assert send("章程.pdf", b" " * (22 * 1024 * 1024)).status_code == 413
    assert send("章程.pdf", PDF, "passport").json()["code"] == "document_not_wanted"
    added = send("../章程 终稿.pdf", PDF).json()
    assert added["filename"] == "章程 终稿.pdf"
    read = worker.get(f"documents/{added['id']}")
    assert read.content == PDF
    assert read.headers["content-disposition"].startswith("inline; filename*=UTF-8''%E7%AB%A0")
    assert worker.delete(f"documents/{added['id']}").status_code == 204
    assert worker.delete(f"documents/{added['id']}").status_code == 404
    assert not worker.get(f"cases/{case['id']}").json()["documents"]
    assert worker.get(f"documents/{added['id']}").status_code == 200

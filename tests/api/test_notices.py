"""What automation tells people, on the page and over HTTP."""

from __future__ import annotations

from tests.api.centre import PDF, WebCentre
from tests.procedures.world import APPLICATION, APPLICATION_PAPERS


def test_a_correction_is_told_to_the_community_s_worker_and_to_nobody_of_another_community(centre: WebCentre) -> None:
    worker = centre.program("worker")
    case = worker.post("cases", json={"organization_id": centre.organization, "procedure": "filing"}).json()["id"]
    for kind in APPLICATION_PAPERS:
        worker.post(f"cases/{case}/documents", data={"kind": kind}, files={"file": ("x.pdf", PDF)})
    body = {"expected_version": 1, "data": {**APPLICATION, "members": 3}}
    assert worker.post(f"cases/{case}/actions/submit", json=body).status_code == 200
    centre.automate()
    (notice,) = worker.get("notices").json()["items"]
    assert (notice["kind"], notice["case_id"]) == ("notice.correction", case)
    assert "需要补正" in notice["title"]
    page = centre.browser("worker").get("/notices")
    assert f'href="/cases/{case}"' in page.text
    assert "需要补正" in page.text
    assert centre.program("finance").get("notices").json()["items"] == []
    assert "没有通知" in centre.browser("finance").get("/notices").text

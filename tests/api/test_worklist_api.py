"""The worklist over HTTP."""

from __future__ import annotations

from tests.api.centre import WebCentre


def test_the_worklist_tells_what_awaits_the_caller_and_pages_by_cursor(centre: WebCentre) -> None:
    officer, worker, director = (centre.program(name) for name in ("officer", "worker", "director"))
    for number in range(5):
        organization = centre.enter(f"第{number}支舞蹈队", "桂花社区" if number else "东门社区")
        answer = officer.post("cases", json={"organization_id": organization, "procedure": "filing"})
        assert answer.status_code == 201
    seen, cursor = [], ""
    while True:
        page = officer.get("worklist", params={"view": "all", "limit": 2, "cursor": cursor}).json()
        seen += [line["organization"]["name"] for line in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert seen == [f"第{number}支舞蹈队" for number in range(5)]
    assert len(worker.get("worklist").json()["items"]) == 4
    assert director.get("worklist").json()["items"] == []
    (found,) = director.get("worklist", params={"view": "all", "q": "d3zwdd"}).json()["items"]
    assert found["organization"]["name"] == "第3支舞蹈队"
    assert worker.get("worklist", params={"cursor": "nonsense"}).status_code == 422

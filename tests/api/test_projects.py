"""Projects in the API and on pages: read, expenses recorded and decided, with what may go wrong."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from incubator.models.base import table
from incubator.models.organizations import Organization
from tests.api.centre import PDF, WebCentre
from tests.api.desk import document_of, follow, sent_by, words_of
from tests.api.granted import granted
from tests.procedures.project.running import Running

SPENT = {"line": "1", "spent_on": "2026-09-18", "purpose": "助餐食材", "payee": "粮油店", "voucher_number": "NO1"}
VOUCHER = {"file": ("发票.pdf", PDF, "application/pdf")}


def spend(centre: WebCentre, project: Running, by: str = "worker", **changes: Any) -> Any:
    said = {**SPENT, "fen": "100000", **changes}
    return centre.program(by).post(f"projects/{project.public_id}/expenses", data=said, files=VOUCHER)


def test_a_project_is_read_with_its_lines_tranches_money_and_cases(centre: WebCentre) -> None:
    project = granted(centre)
    listed = centre.program("manager").get("projects").json()["items"]
    assert [each["number"] for each in listed] == [project.number]
    assert centre.program("manager").get("projects", params={"status": "settled"}).json()["items"] == []
    found = centre.program("manager").get(f"projects/{project.public_id}").json()
    assert (found["status"], found["awarded_fen"], found["execution_rate"]) == ("running", 2_999_999, 0)
    assert found["money"] == {"committed": 2_999_999, "in_payment": 0, "paid": 0, "due_back": 0}
    assert [(each["fen"], each["gate"], each["status"]) for each in found["tranches"]] == [
        (1_499_999, "signed", "open"), (899_999, "midterm", "waiting"), (600_001, "final", "waiting"),
    ]  # fmt: skip
    assert found["tranches"][0]["payment"]["id"] == project.payment(1)
    assert found["case"]["id"] == project.case_id
    assert centre.program("hub").get(f"projects/{project.public_id}").status_code == 404


def test_an_expense_is_recorded_and_decided_by_somebody_else(centre: WebCentre) -> None:
    project = granted(centre)
    recorded = spend(centre, project, by="officer")
    assert recorded.status_code == 201, recorded.text
    (expense,) = recorded.json()["expenses"]
    address = f"projects/{project.public_id}/expenses/{expense['id']}"
    own = centre.program("officer").post(f"{address}/accept", json={})
    assert (own.status_code, own.json()["code"]) == (403, "not_allowed")
    accepted = centre.program("officer2").post(
        f"{address}/accept", json={"accepted_fen": 90_000, "reason": "酒水不予认可"}
    )
    assert accepted.status_code == 200, accepted.text
    assert accepted.json()["lines"][0]["accepted_fen"] == 90_000
    assert accepted.json()["lines"][0]["execution_rate"] == 600
    told = words_of(centre.browser("officer").get(f"/projects/{project.public_id}"))
    assert "部分认可" in told
    assert "认可 900.00 元" in told
    again = centre.program("officer2").post(f"{address}/reject", json={"reason": "重复"})
    assert (again.status_code, again.json()["code"]) == (409, "expense_is_decided")
    assert centre.program("manager").get(f"documents/{expense['document_id']}").content == PDF


def test_what_does_not_fit_is_told_by_field(centre: WebCentre) -> None:
    project = granted(centre)
    assert spend(centre, project).status_code == 201
    wrong = {
        "voucher_number": {}, "line": {"line": "9", "voucher_number": "NO2"},
        "spent_on": {"spent_on": "2026-09-19", "voucher_number": "NO2"},
        "purpose": {"purpose": "购置车辆", "voucher_number": "NO2"},
        "fen": {"fen": "1550001", "voucher_number": "NO2"},
    }  # fmt: skip
    for field, changes in wrong.items():
        refused = spend(centre, project, **changes)
        assert refused.status_code == 422, field
        assert list(refused.json()["fields"]) == [field]
    # Up to a tenth above the line's plan is allowed; the page shows it.
    assert spend(centre, project, fen="1550000", voucher_number="NO2").status_code == 201
    assert "超过预算" in words_of(centre.browser("officer").get(f"/projects/{project.public_id}"))


def test_the_page_takes_an_expense_and_its_verdict(centre: WebCentre) -> None:
    project = granted(centre)
    worker, officer = centre.browser("worker"), centre.browser("officer")
    address = f"/projects/{project.public_id}"
    page = worker.get(address)
    form = sent_by(page, "expense-form")
    missing = worker.client.post(f"{address}/expenses", data={**form, **SPENT, "fen": "1,000.50"})
    assert missing.status_code == 422
    assert "请选择凭证图片" in words_of(missing)
    sent = worker.client.post(f"{address}/expenses", data={**form, **SPENT, "fen": "1,000.50"}, files=VOUCHER)
    assert "助餐食材" in words_of(follow(worker, sent))
    assert not document_of(worker.get(address)).xpath(
        "//form[starts-with(@id, 'expense-') and contains(@class, 'decide')]"
    )
    shown = officer.get(address)
    (decide,) = document_of(shown).xpath("//form[contains(@class, 'decide')]")
    bare = officer.post(decide.action.replace("/accept", "/reject"), {})
    assert "请填写不认可的理由" in words_of(bare)
    accepted = follow(officer, officer.post(decide.action, {}))
    assert "已认可" in words_of(accepted)
    assert "6.67%" in words_of(accepted)


def test_the_page_says_what_is_blocked_and_the_list_and_the_organization_lead_to_it(centre: WebCentre) -> None:
    project = granted(centre)
    officer = centre.browser("officer")
    words = words_of(officer.get(f"/projects/{project.public_id}"))
    assert "“提交中期报告”暂不能办理" in words
    assert "缺少材料：中期报告" in words
    assert project.number in words_of(officer.get("/projects", status="running"))
    assert project.number not in words_of(officer.get("/projects", status="settled"))
    with centre.database.read() as connection:
        body = organization_of(connection, project.row().organization_id)
    page = officer.get(f"/organizations/{body}")
    (link,) = document_of(page).xpath("//section[@id='projects']//th/a")
    assert link.get("href") == f"/projects/{project.public_id}"
    assert "项目立项" in words_of(page)
    assert "项目启动" in words_of(page)


def organization_of(connection: Connection, key: int) -> str:
    """The public id of an organization."""
    rows = table(Organization)
    return str(connection.scalars(select(rows.c.public_id).where(rows.c.id == key)).one())

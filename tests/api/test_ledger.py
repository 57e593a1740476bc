"""The ledger in the API and on its page: balanced entries, filtered, paged, for those who may see money."""

from __future__ import annotations

from tests.api.centre import WebCentre
from tests.api.desk import words_of
from tests.api.granted import granted


def test_entries_balance_and_are_found_by_account_call_and_project(centre: WebCentre) -> None:
    project = granted(centre)
    project.paid(1)
    finance = centre.program("finance")
    found = finance.get("ledger").json()["items"]
    assert [each["purpose"] for each in found] == ["payment.paid", "payment.sent", "project.awarded", "call.funded"]
    assert all(sum(line["fen"] for line in each["lines"]) == 0 for each in found)

    def purposes(**asked: str) -> list[str]:
        return [each["purpose"] for each in finance.get("ledger", params=asked).json()["items"]]

    assert purposes(project=project.number) == ["payment.paid", "payment.sent", "project.awarded"]
    assert purposes(call=project.call) == [each["purpose"] for each in found]
    assert purposes(account=f"project:{project.number}:paid") == ["payment.paid"]
    assert purposes(account=f"project:{project.number}:paid", call="none") == []
    lying = finance.get("ledger/balances", params={"project": project.number}).json()["items"]
    assert {each["account"].rpartition(":")[2]: each["balance_fen"] for each in lying} == {
        "committed": 1_500_000, "in_payment": 0, "paid": 1_499_999, "due_back": 0,
    }  # fmt: skip


def test_pages_of_entries_follow_one_another(centre: WebCentre) -> None:
    granted(centre).paid(1)
    seen, cursor = [], ""
    while True:
        page = centre.program("officer").get("ledger", params={"limit": 3, "cursor": cursor}).json()
        seen += [each["purpose"] for each in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert seen == ["payment.paid", "payment.sent", "project.awarded", "call.funded"]


def test_only_who_may_see_money_sees_it(centre: WebCentre) -> None:
    granted(centre)
    for name in ("worker", "expert", "hub"):
        assert centre.program(name).get("ledger").status_code == 403
        assert centre.browser(name).get("/ledger").status_code == 403
    for name in ("finance", "manager", "admin"):
        assert "批次资金到位" in words_of(centre.browser(name).get("/ledger"))

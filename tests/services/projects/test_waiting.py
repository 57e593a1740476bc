"""People who work at one project at once wait for one another in one order, never in a circle."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.procedures.project.running import ACCOUNT, running
from tests.procedures.world import Centre

TURNS = 40


# SQLite has one writer: nobody waits there for a row.
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_payments_and_expenses_of_a_project_are_written_at_once(centre: Centre) -> None:
    project = running(centre)
    payment = project.requested(1)

    def spend() -> None:
        for turn in range(TURNS):
            project.spend(1, voucher_number=f"A{turn}")

    def pay() -> None:
        for _ in range(TURNS):
            centre.act(payment, "send_back", "director", comment="账号待核")
            centre.act(payment, "submit", "officer", ACCOUNT)

    with ThreadPoolExecutor(2) as threads:
        for deed in [threads.submit(spend), threads.submit(pay)]:
            deed.result()
    assert centre.case(payment).step == "approval"

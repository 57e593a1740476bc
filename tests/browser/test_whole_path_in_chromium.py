"""One group through all five stages in the browser, by the people whose turn it is: in Chinese on SQLite, in English on PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.journey import stages
from tests.journey.office import MORE_PEOPLE, Office, People, every_chain_holds
from tests.journey.service import running
from tests.journey.test_journey import SAMPLE, a_group_of
from tests.journey.windows import windows
from tests.procedures.world import APPLICATION, SERVED

pytestmark = pytest.mark.xdist_group("processes")


@pytest.mark.parametrize(("kind", "locale"), [("sqlite", "zh-CN"), ("postgresql", "en-US")])
def test_a_group_goes_the_whole_path_to_a_star_rating_and_its_next_review(
    request: pytest.FixtureRequest, chromium: Browser, tmp_path: Path, kind: str, locale: str
) -> None:
    url = request.getfixturevalue(f"{kind}_url")
    with (
        running(url, tmp_path, now="2026-09-14 09:00", people=MORE_PEOPLE) as service,
        windows(service, chromium, locale) as office,
    ):
        people = People(office)
        people.officer.import_survey(SAMPLE)
        organization = a_group_of(people.worker)  # type: ignore[arg-type]
        known = people.worker.get(f"organizations/{organization}")
        name, community = known["name"], known["community"]
        name = name if name.startswith(community["name"]) else f"{community['name']}{name}"
        assert states(people, organization) == ["done", "next", "blocked", "blocked", "blocked"]

        case = stages.filed(office, people, organization, name, served_on="2026-09-14")
        assert APPLICATION["leader_phone"] not in people.officer.page_at(f"/cases/{case}").content()
        board = people.manager.page_at("/status")
        expect(board.locator(".figure a[href*='standing=filed'] .figure-number")).to_have_text("1")
        hub = stages.hub(office, people, community["id"], on="2026-09-14")
        stages.affiliated(office, people, organization, hub, since="2026-09-14", until="2028-09-13")
        assert states(people, organization)[:3] == ["done", "done", "done"]

        project, case = funded(office, people, organization, hub)
        carried_out(office, people, project, case)

        office.move_to("2027-07-01 09:00")
        (review,) = office.until(
            lambda: people.officer.cases_of(organization, "yearly_review"), "the review of 2027 opens by itself"
        )
        stages.yearly_review(office, people, review["id"])
        rated(office, people, organization)
        office.move_to("2028-01-05 08:01")
        office.until(
            lambda: [
                each for each in people.officer.cases_of(organization, "yearly_review") if each["period"] == "2028"
            ],
            "the next review opens by itself",
        )
        assert states(people, organization) == ["done", "done", "done", "done", "running"]
        every_chain_holds(service.database)


def states(people: People, organization: str) -> list[str]:
    """The states of the five stages of the path."""
    return [stage["state"] for stage in people.manager.get(f"organizations/{organization}/path")]


def funded(office: Office, people: People, organization: str, hub: str) -> tuple[str, str]:
    """A call, an application, a panel with a conflict, an award put up for notice, an agreement: the project and its case."""
    call = stages.call(office, people, opens_on="2026-09-14", closes_on="2026-10-31")
    application = stages.applied(office, people, organization, call, hub)
    assert stages.reviewed(office, people, application) == "88.33"
    noticed = stages.awarded(office, people, application, 2_999_999, met_on="2026-09-14")
    assert noticed["due"] == "2026-09-22"  # seven working days; 20 September is a make-up workday
    office.move_to("2026-09-24 08:06")
    people.officer.until_at(application, "agreement")
    project = stages.signed(office, people, application, on="2026-09-24", starts_on="2026-09-24", ends_on="2027-06-30")
    assert [each["fen"] for each in project["tranches"]] == [1_499_999, 899_999, 600_001]
    payment = people.officer.get(f"cases/{stages.payment_of(people, project['id'], 1)}")
    assert payment["due"] == "2026-10-22"  # fifteen working days after the agreement
    return project["id"], project["case"]["id"]


def carried_out(office: Office, people: People, project: str, case: str) -> None:
    """Two tranches, expenses of 26,410.00 yuan accepted, and the last tranche at actual cost."""
    stages.paid(office, people, project, 1)
    stages.spent(office, people, project, 1_300_000, line=1, on="2026-09-24", number="V1")
    office.move_to("2026-12-15 09:00")
    assert stages.midterm(office, people, case)["step"] == "carrying_on"
    stages.paid(office, people, project, 2)
    office.move_to("2027-06-30 15:00")
    stages.spent(office, people, project, 1_341_000, line=2, on="2027-06-25", number="V2")
    assert stages.settled(office, people, case)["step"] == "winding_up"
    known = people.manager.get(f"projects/{project}")
    assert (known["accepted_fen"], known["money"]["committed"]) == (2_641_000, 241_002)
    stages.paid(office, people, project, 3)
    assert people.officer.act(case, "close")["outcome"] == "settled"
    known = people.manager.get(f"projects/{project}")
    assert [each["paid_fen"] for each in known["tranches"]] == [1_499_999, 899_999, 241_002]
    assert balance(people, "call:") == 10_000_000 - 2_641_000


def balance(people: People, begins: str) -> int:
    """What lies in the accounts whose code begins so, in fen."""
    accounts: list[dict[str, Any]] = people.finance.get("ledger/balances")["items"]
    return sum(each["balance_fen"] for each in accounts if each["account"].startswith(begins))


def rated(office: Office, people: People, organization: str) -> None:
    """A year after the filing the clock opens the evaluation; it ends with four stars."""
    office.move_to("2027-09-15 08:01")
    (evaluation,) = office.until(
        lambda: people.officer.cases_of(organization, "evaluation"), "the evaluation opens by itself"
    )
    case = evaluation["id"]
    stages.evaluated(office, people, case, visited_on="2027-09-15", total=850)
    assert people.officer.act(case, "conclude", {"band": "star_4"})["step"] == "public_notice"
    office.move_to("2027-10-20 08:06")
    people.director.until_at(case, "decision")
    people.director.act(case, "approve")
    people.officer.until_at(case, "service")
    people.officer.hand_in(case, "sealed_star_certificate")

    assert people.officer.act(case, "serve", SERVED)["outcome"] == "rated"
    (rating,) = people.manager.get(f"organizations/{organization}/ratings")
    assert (rating["band"], rating["status"]) == ("star_4", "valid")

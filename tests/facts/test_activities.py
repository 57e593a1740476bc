"""Facts of an organization's life and of what holds it back, each border from both sides, and as they were known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from incubator.clock import SHANGHAI, FixedClock, months_before
from incubator.database import Database
from incubator.engine.opening import NotYetOpen
from incubator.facts.registry import AsOf, load
from tests.procedures.world import Centre, build
from tests.services.test_activities import impose, lifted, record, void

NAMES = (
    "organization.last_activity_on",
    "organization.last_sign_on",
    "organization.activities_in_a_year",
    "organization.failed_contacts",
    "organization.quiet_since",
    "organization.restrictions",
)


@pytest.fixture
def centre(database: Database, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Centre:
    monkeypatch.setenv("INCUBATOR_DATA_DIR", str(tmp_path))
    return build(database, clock)


def facts(centre: Centre, as_of: str = "") -> Mapping[str, Any]:
    subject = NotYetOpen(centre.organization_id, centre.street_id, centre.community_id)
    moment = AsOf(datetime.fromisoformat(as_of).replace(tzinfo=SHANGHAI), is_past=True) if as_of else None
    with centre.database.read() as connection:
        (answer,) = load(connection, [subject], NAMES, moment or AsOf(centre.clock.now()))
    return {name.removeprefix("organization."): value for name, value in answer.items()}


def test_of_an_organization_without_a_record_nothing_is_held_against_it(centre: Centre) -> None:
    assert facts(centre) == {
        "last_activity_on": None,
        "last_sign_on": None,
        "activities_in_a_year": 0,
        "failed_contacts": (),
        "quiet_since": date(2026, 9, 18),  # the day it was entered
        "restrictions": (),
    }


def test_failed_contacts_count_from_the_last_time_that_somebody_was_met(centre: Centre) -> None:
    record(centre, "contact", "2026-07-01", reached=False)
    record(centre, "visit", "2026-08-01")
    record(centre, "contact", "2026-08-01", reached=False)
    record(centre, "visit", "2026-08-02", reached=False)
    record(centre, "contact", "2026-09-02", reached=False)
    assert facts(centre)["failed_contacts"] == (date(2026, 8, 2), date(2026, 9, 2))
    assert (facts(centre)["last_sign_on"], facts(centre)["last_activity_on"]) == (date(2026, 8, 1), None)
    record(centre, "activity", "2026-09-01", "排练")
    assert facts(centre)["failed_contacts"] == (date(2026, 9, 2),)


def test_the_year_reaches_back_to_the_corresponding_day(centre: Centre) -> None:
    record(centre, "activity", "2025-09-17", "排练")
    record(centre, "activity", "2025-09-18", "排练")
    wrong = record(centre, "activity", "2026-09-18", "排练")
    record(centre, "duty", "2026-09-18", duty="training")
    assert facts(centre)["activities_in_a_year"] == 2
    void(centre, wrong)
    assert facts(centre)["activities_in_a_year"] == 1
    assert facts(centre)["last_activity_on"] == date(2025, 9, 18)


def test_a_leap_day_corresponds_to_the_last_of_february() -> None:
    assert months_before(date(2028, 2, 29), 12) == date(2027, 2, 28)
    assert months_before(date(2026, 1, 31), 2) == date(2025, 11, 30)


def test_it_is_quiet_since_the_last_of_activity_filing_and_entry(centre: Centre) -> None:
    centre.on("2026-10-12").filed()
    assert facts(centre)["quiet_since"] == date(2026, 10, 12)
    centre.on("2026-12-01")
    record(centre, "activity", "2026-11-30", "排练")
    record(centre, "contact", "2026-12-01")  # being reached is life, but no activity
    assert facts(centre)["quiet_since"] == date(2026, 11, 30)
    assert facts(centre)["last_sign_on"] == date(2026, 12, 1)


def test_the_past_knows_what_was_on_record_then(centre: Centre) -> None:
    activity = record(centre, "activity", "2026-09-01", "排练")
    centre.on("2026-10-12")
    void(centre, activity)
    record(centre, "activity", "2026-09-15", "演出")
    assert facts(centre, "2026-09-17T12:00")["last_activity_on"] is None
    assert facts(centre, "2026-10-01T12:00")["last_activity_on"] == date(2026, 9, 1)
    assert facts(centre)["last_activity_on"] == date(2026, 9, 15)


def kinds(centre: Centre, as_of: str = "") -> list[str]:
    return [each["kind"] for each in facts(centre, as_of)["restrictions"]]


def test_a_restriction_holds_from_its_first_to_its_last_day(centre: Centre) -> None:
    impose(centre, "2026-09-19", "2026-09-21")
    held = []
    for day in ("2026-09-18", "2026-09-19", "2026-09-21", "2026-09-22"):
        held.append(kinds(centre.on(day)))
    assert held == [[], ["closer_supervision"], ["closer_supervision"], []]


def test_a_lifted_restriction_still_holds_at_the_moments_before_its_lifting_was_known(centre: Centre) -> None:
    restriction = impose(centre, "2026-09-10")
    centre.on("2026-10-12")
    lifted(centre, restriction, "2026-09-30")
    assert kinds(centre) == []
    assert kinds(centre, "2026-10-11T12:00") == ["closer_supervision"]
    assert kinds(centre, "2026-09-17T12:00") == []  # not on record yet

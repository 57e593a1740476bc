"""Facts about organizations and cases: in bulk, and as they were known at a past moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from incubator.clock import SHANGHAI, FixedClock
from incubator.database import Database
from incubator.engine.case import CaseView
from incubator.engine.opening import NotYetOpen
from incubator.facts.registry import AsOf, load
from incubator.services.organizations import change_organization, create_organization
from tests.procedures.world import Centre, build

ORGANIZATION = (
    "organization.name",
    "organization.standing",
    "organization.members",
    "organization.filing_valid_until",
    "organization.name_taken",
    "organization.community_name",
    "case.others_open",
    "case.same_period",
)


@pytest.fixture
def centre(database: Database, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Centre:
    monkeypatch.setenv("INCUBATOR_DATA_DIR", str(tmp_path))
    return build(database, clock)


@contextmanager
def statements(centre: Centre) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(statement)

    event.listen(centre.database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(centre.database.engine, "before_cursor_execute", note)


def subject(centre: Centre, organization_id: int = 0, period: str = "", case: CaseView | None = None) -> NotYetOpen:
    chosen = organization_id or centre.organization_id
    own = (case.id, case.data) if case else ()
    return NotYetOpen(chosen, centre.street_id, centre.community_id, period, *own)


def known(centre: Centre, *subjects: NotYetOpen, as_of: datetime | None = None) -> list[dict[str, Any]]:
    moment = AsOf(as_of, is_past=True) if as_of else AsOf(centre.clock.now())
    with centre.database.read() as connection:
        return load(connection, subjects or [subject(centre)], ORGANIZATION, moment)


def enter(centre: Centre, name: str) -> int:
    return centre.database.write(
        lambda connection: create_organization(
            connection, street_id=centre.street_id, community_id=centre.community_id, values={"name": name},
            actor=centre.people["officer"], now=centre.clock.now(),
        )
    ).id  # fmt: skip


def test_the_past_is_told_as_it_was_known_then(centre: Centre) -> None:
    centre.filed()
    centre.on("2026-11-02")
    centre.database.write(
        lambda connection: change_organization(
            connection, centre.organization_id, event="organization.corrected", changes={"members": 31},
            actor=centre.people["officer"], now=centre.clock.now(),
        )
    )  # fmt: skip
    now, october, before = (
        known(centre, as_of=as_of)[0]
        for as_of in (
            None,
            datetime(2026, 10, 1, tzinfo=SHANGHAI),
            datetime(2026, 9, 17, tzinfo=SHANGHAI),
        )
    )
    assert (now["organization.members"], october["organization.members"], before["organization.members"]) == (31, 22, 0)
    assert october["organization.filing_valid_until"] == date(2029, 9, 17)
    assert before["organization.filing_valid_until"] is None
    assert before["organization.name"] == ""


def test_the_number_of_statements_does_not_grow_with_the_cases(centre: Centre) -> None:
    centre.open("filing")
    others = [subject(centre, enter(centre, f"第{place}互助队")) for place in range(12)]
    with statements(centre) as for_one:
        known(centre, subject(centre))
    with statements(centre) as for_many:
        facts = known(centre, subject(centre), *others)
    assert len(for_many) == len(for_one)
    assert [each["organization.name"] for each in facts[1:]] == [f"第{place}互助队" for place in range(12)]


def test_more_cases_than_a_statement_has_parameters_are_asked_at_once(centre: Centre) -> None:
    many = [subject(centre, organization_id=place + 1000) for place in range(40_000)]
    assert len(known(centre, *many)) == 40_000


def test_a_name_is_taken_by_another_group_of_the_community_with_or_without_its_prefix(centre: Centre) -> None:
    enter(centre, "阳光合唱团")
    case = centre.case(centre.submitted(name="桂花社区阳光合唱团"))
    assert known(centre, subject(centre, case=case))[0]["organization.name_taken"]
    assert not known(centre)[0]["organization.name_taken"]
    assert case.step == "correction"


def test_the_past_knows_which_names_were_taken_then(centre: Centre) -> None:
    case = centre.case(centre.open("filing"))
    centre.on("2026-10-09")
    enter(centre, "阳光合唱团")
    centre.upload(case.public_id, "application", "roster", "charter", "premises_proof")
    from tests.procedures.world import APPLICATION

    centre.act(case.public_id, "submit", "worker", {**APPLICATION, "name": "桂花社区阳光合唱团"})
    asked = subject(centre, case=centre.case(case.public_id))
    assert known(centre, asked, as_of=datetime(2026, 10, 10, tzinfo=SHANGHAI))[0]["organization.name_taken"]
    assert not known(centre, asked, as_of=datetime(2026, 10, 8, tzinfo=SHANGHAI))[0]["organization.name_taken"]


def test_a_case_is_no_neighbour_of_its_own(centre: Centre) -> None:
    case = centre.case(centre.open("filing"))
    own, fresh = known(centre, subject(centre, case=case), subject(centre))
    assert own["case.others_open"] == {}
    assert fresh["case.others_open"] == {"filing": [case.number]}
    assert known(centre, as_of=datetime(2026, 9, 17, tzinfo=SHANGHAI))[0]["case.others_open"] == {}


def test_reviews_of_another_period_are_no_reviews_of_this_one(centre: Centre) -> None:
    centre.filed()
    case = centre.case(centre.on("2027-01-04").open("yearly_review", "officer", period="2027"))
    facts = known(centre, subject(centre, period="2027"), subject(centre, period="2028"), subject(centre))
    assert [each["case.same_period"] for each in facts] == [{"yearly_review": [case.number]}, {}, {}]

"""What policy asks for before a stage is asked at its opening, and by the clock's query as by the rule."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from incubator.canonical import public_id
from incubator.clock import FixedClock
from incubator.database import Database
from incubator.engine.refusals import ActionNotAllowed
from incubator.models.base import table
from incubator.models.hubs import Affiliation, Hub
from incubator.models.organizations import Organization
from incubator.queries.due_evaluations import due_evaluations, skipped
from tests.procedures.world import Centre, build

RULE = "stands_on_the_path_to_{stage}@1"


def centre_asking(database: Database, clock: FixedClock, *stages: str) -> Centre:
    """A centre whose policy asks these stages for an affiliation first."""

    def ask(values: dict[str, Any]) -> None:
        for stage in stages:
            values["path"]["prerequisites"][stage]["value"] = ["filing", "affiliation"]

    return build(database, clock, change_policy=ask)


def refused(centre: Centre, procedure: str, organization_id: int, period: str = "") -> list[str]:
    with pytest.raises(ActionNotAllowed) as answer:
        centre.open(procedure, "officer", period, organization_id)
    return [blocker.code for blocker in answer.value.blockers]


def carry(centre: Centre, group: int, hub: int) -> None:
    """Make one organization a hub and let it carry another."""
    day, now = date(2026, 1, 1), centre.clock.now()
    common = {"street_id": centre.street_id, "recorded_at": now, "since": day}

    def write(connection: Any) -> None:
        connection.execute(insert(table(Hub)), {**common, "public_id": public_id(), "organization_id": hub})
        agreement = {
            **common,
            "public_id": public_id(),
            "organization_id": group,
            "hub_id": hub,
            "until": date(2027, 12, 31),
        }
        connection.execute(insert(table(Affiliation)), agreement)

    centre.database.write(write)


def test_policy_may_ask_for_an_affiliation_before_an_evaluation_and_the_clock_asks_the_same(
    database: Database, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INCUBATOR_DATA_DIR", str(tmp_path))
    centre = centre_asking(database, clock, "evaluation", "funding").on("2027-01-04")
    alone, carried, hub = centre.filed_groups(3)
    carry(centre, carried, hub)
    assert RULE.format(stage="evaluation") in refused(centre, "evaluation", alone, "2027")
    assert RULE.format(stage="funding") in refused(centre, "funding", alone)
    assert RULE.format(stage="funding") not in refused(centre, "funding", carried)
    day = date(2027, 1, 4)
    with database.read() as connection:
        due = set(connection.scalars(due_evaluations(connection, centre.street_id, "2027", day)))
        told = skipped(connection, centre.street_id, "2027", day)
    assert (due, told["evaluation_no_hub"]) == ({carried, hub}, 1)
    for organization in (carried, hub):
        assert centre.open("evaluation", "officer", "2027", organization)


@pytest.mark.parametrize("dropped", [False, True])
def test_a_lapsed_certificate_keeps_a_group_from_a_hub_unless_policy_drops_it(
    sqlite_url: str, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dropped: bool
) -> None:
    monkeypatch.setenv("INCUBATOR_DATA_DIR", str(tmp_path))

    def change(values: dict[str, Any]) -> None:
        if dropped:
            values["path"]["prerequisites"]["affiliation"]["value"] = []

    database = Database(sqlite_url)
    centre = build(database, clock, change_policy=change)
    group, other, hub = centre.filed_groups(3)
    carry(centre, other, hub)
    organizations = table(Organization)
    lapsed = organizations.update().where(organizations.c.id == group).values(filing_valid_until=date(2026, 9, 17))
    database.write(lambda connection: connection.execute(lapsed))
    if dropped:
        assert centre.open("affiliation", "officer", "", group)
    else:
        assert refused(centre, "affiliation", group) == [RULE.format(stage="affiliation")]
    database.close()

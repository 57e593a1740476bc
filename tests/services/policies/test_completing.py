"""Policies in force that an older version of the software stored are completed when a newer one starts."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from incubator.clock import FixedClock
from incubator.database import Database
from incubator.engine import library, streams
from incubator.engine.policy import Policy
from incubator.models.base import table
from incubator.models.events import Event, PolicyInForce, PolicyPack
from incubator.policies.packs import all_paths, shipped
from incubator.services.bootstrap import bootstrap
from incubator.services.policies.completing import complete_policies
from tests.procedures.world import Centre, build

FORGOTTEN = ("filing.acceptance.by", "filing.decision.due", "general.backdating_days")


def older(members: int) -> dict[str, Any]:
    """The national baseline as an older version knew it: some of today's paths are not in it."""
    content = shipped()
    content["values"]["filing"]["conditions"]["members"]["value"] = members
    for path in FORGOTTEN:
        *sections, name = path.split(".")
        node = content["values"]
        for section in sections:
            node = node[section]
        del node[name]
    # What the baseline cites is another text under this pack's same key.
    for source in content["sources"].values():
        source["title"] = {"zh": "旧文", "en": "an older text"}
    return content


@pytest.fixture
def centre(database: Database, clock: FixedClock) -> Centre:
    """A centre whose street has an older policy in force and one that is coming."""
    made = build(database, clock)

    def older_ones(connection: Any) -> None:
        for members, since in ((15, date(2026, 1, 1)), (25, date(2027, 1, 1))):
            policy = library.store_policy(connection, older(members), clock.now())
            library.put_policy_in_force(connection, made.street_id, policy, since, clock.now())

    database.write(older_ones)
    return made


def in_force(centre: Centre) -> dict[date, Policy]:
    rows = table(PolicyInForce)
    with centre.database.read() as connection:
        return {
            row.effective_from: library.policy(connection, row.policy_hash)
            for row in connection.execute(select(rows).order_by(rows.c.effective_from))
        }


def completions(centre: Centre) -> list[dict[str, Any]]:
    events, packs = table(Event), table(PolicyPack)
    with centre.database.read() as connection:
        for pack_id in connection.scalars(select(packs.c.id)):
            assert streams.verify(connection, "policy", pack_id) == []
        bodies = connection.scalars(select(events.c.body).where(events.c.type == "policy.completed"))
        return [json.loads(body)["change"] for body in bodies]


def test_what_an_older_version_did_not_say_is_completed_from_today_and_nothing_else_changes(centre: Centre) -> None:
    before = in_force(centre)
    with pytest.raises(KeyError):
        centre.open("filing")
    assert complete_policies(centre.database, centre.clock.now()) == 2
    after = in_force(centre)
    assert list(after) == [date(2020, 1, 1), date(2026, 1, 1), date(2026, 9, 18), date(2027, 1, 1)]
    assert after[date(2026, 1, 1)].hash == before[date(2026, 1, 1)].hash
    baseline = Policy(shipped())
    for day, members in ((date(2026, 9, 18), 15), (date(2027, 1, 1), 25)):
        assert after[day].paths == all_paths()
        assert after[day].get("filing.conditions.members") == members
        assert after[day].get("filing.decision.due") == baseline.get("filing.decision.due")
        # Each value goes on citing its own text, also where both packs call theirs by one key.
        assert after[day].cite("filing.decision.due") == baseline.cite("filing.decision.due")
        assert after[day].cite("filing.conditions.members") == before[date(2026, 1, 1)].cite(
            "filing.conditions.members"
        )
    told = completions(centre)
    assert [(each["effective_from"], tuple(each["paths"])) for each in told] == [
        ("2026-09-18", FORGOTTEN), ("2027-01-01", FORGOTTEN)
    ]  # fmt: skip
    case = centre.case(centre.accepted())
    assert case.policy_hash == after[date(2026, 9, 18)].hash
    assert complete_policies(centre.database, centre.clock.now()) == 0
    assert in_force(centre) == after


def test_the_service_completes_what_is_in_force_as_it_starts(
    centre: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INCUBATOR_DATABASE_URL", centre.database.url)
    monkeypatch.setenv("INCUBATOR_DATA_DIR", str(tmp_path))
    bootstrap().close()
    assert len(completions(centre)) == 2
    assert list(in_force(centre).values())[-1].paths == all_paths()


def test_two_processes_that_start_at_once_complete_a_policy_once(centre: Centre) -> None:
    url, now = centre.database.url, centre.clock.now()

    def start(_: int) -> int:
        database = Database(url)
        try:
            return complete_policies(database, now)
        finally:
            database.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(start, range(4))) == 2
    assert len(completions(centre)) == 2


def test_a_case_of_terms_pinned_by_an_older_version_opens_under_them_with_what_they_do_not_say(centre: Centre) -> None:
    complete_policies(centre.database, centre.clock.now())

    def whole(connection: Any) -> Policy:
        pinned = library.store_policy(connection, older(33), centre.clock.now())
        return library.completed(connection, pinned, centre.street_id, centre.clock.now())

    policy = centre.database.write(whole)
    assert policy.get("filing.conditions.members") == 33
    assert policy.paths == all_paths()

"""The set-based query of due dormancy says what the opening rules say one by one."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert

from incubator.canonical import public_id
from incubator.clock import SHANGHAI, FixedClock, start_of
from incubator.database import Database
from incubator.engine.opening import NotYetOpen, decide_opening, opening_facts
from incubator.engine.policy import Policy
from incubator.engine.roles import automation
from incubator.facts.registry import AsOf, load
from incubator.models.activities import Activity
from incubator.models.base import NO_DATE, table
from incubator.models.cases import Case
from incubator.models.organizations import Organization, Standing
from incubator.policies.packs import shipped
from incubator.procedures.dormancy.procedure import DORMANCY
from incubator.queries.clock_openings import already_open
from incubator.queries.due_dormancy import PROCEDURE, due_dormancy, skipped
from incubator.sealing import configure_sealer
from incubator.services.upgrade import upgrade
from tests.procedures.world import Centre, build, over

POLICY = Policy(shipped())
AS_OF = date(2027, 3, 10)
NOON = datetime.combine(AS_OF, time(12), tzinfo=SHANGHAI)
OLD, BORDER, INSIDE = date(2026, 3, 9), date(2026, 3, 10), date(2026, 3, 11)
# What is on record: kind, day, whether somebody was met, whether it was voided.
RECORDS: list[tuple[tuple[str, date, bool, bool], ...]] = [
    (),
    (("activity", OLD, True, False),),
    (("activity", BORDER, True, False),),
    (("activity", INSIDE, True, True),),
    (("contact", INSIDE, True, False),),
    (("contact", date(2027, 1, 1), False, False), ("contact", date(2027, 1, 30), False, False)),
    (("contact", date(2027, 1, 1), False, False), ("visit", date(2027, 1, 31), False, False)),
    (("contact", date(2027, 1, 1), False, False), ("contact", date(2027, 1, 31), False, True)),
    (
        ("contact", date(2027, 1, 1), False, False),
        ("visit", date(2027, 1, 1), True, False),
        ("contact", date(2027, 2, 20), False, False),
    ),
    (
        ("visit", date(2027, 1, 1), True, True),
        ("contact", date(2027, 1, 2), False, False),
        ("activity", date(2027, 1, 1), True, False),
        ("contact", date(2027, 3, 1), False, False),
        ("duty", date(2027, 3, 2), True, False),
    ),
]
# Earlier cases: none, one running, one ended on either side of the 90 days, one of this month that ended.
EARLIER: list[tuple[str, date | None] | None] = [
    None,
    ("2027-02", None),
    ("2026-11", date(2026, 12, 9)),
    ("2026-11", date(2026, 12, 10)),
    ("2027-03", date(2027, 3, 5)),
]
GROUP = tuple[Standing, date, date, tuple[Any, ...], Any]
STANDINGS = [(Standing.FILED, OLD), (Standing.FILED, BORDER), (Standing.FILED, NO_DATE), (Standing.EXITED, OLD)]
EVERY_GROUP: list[GROUP] = [
    (standing, filed_on, entered, records, earlier)
    for (standing, filed_on), entered, records, earlier in product(STANDINGS, [OLD, BORDER], RECORDS, EARLIER)
]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def street(request: pytest.FixtureRequest) -> Iterator[Centre]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'due.db'}"
        if request.param == "postgresql":
            server, template = (
                request.getfixturevalue("postgresql_server"),
                request.getfixturevalue("postgresql_template"),
            )
            server.psql(f"CREATE DATABASE due_dormancy TEMPLATE {template}")
            url = server.get_uri(database="due_dormancy", driver="psycopg")
        upgrade(url)
        database = Database(url)
        configure_sealer("a secret for tests only, of no use elsewhere")
        yield build(database, FixedClock(NOON))
        database.close()


def put(centre: Centre, groups: list[GROUP]) -> list[NotYetOpen]:
    def subject(key: int) -> NotYetOpen:
        return NotYetOpen(key, centre.street_id, centre.community_id, "2027-03")

    def fill(connection: Any) -> list[NotYetOpen]:
        cases, organizations, activities = table(Case), table(Organization), table(Activity)
        connection.execute(delete(activities))
        connection.execute(delete(cases))
        connection.execute(delete(organizations).where(organizations.c.id != centre.organization_id))
        subjects = [subject(centre.organization_id)]
        happened, earlier_cases = [], []
        for place, (standing, filed_on, entered, records, earlier) in enumerate(groups):
            key = connection.execute(
                insert(organizations)
                .values(
                    public_id=public_id(), street_id=centre.street_id, community_id=centre.community_id,
                    name=f"组织{place}", name_key=f"组织{place}", standing=standing.value, filed_on=filed_on,
                    registered_at=start_of(entered), remark="", details={},
                )
                .returning(organizations.c.id)
            ).scalar_one()  # fmt: skip
            subjects.append(subject(key))
            happened += [
                {
                    "public_id": public_id(), "street_id": centre.street_id, "community_id": centre.community_id,
                    "organization_id": key, "kind": kind, "held_on": day, "reached": reached, "recorded_at": NOON,
                    "voided_at": NOON if voided else None, "note": "", "details": {}, "void_reason": "",
                }
                for kind, day, reached, voided in records
            ]  # fmt: skip
            if earlier:
                period, ended = earlier
                earlier_cases.append(
                    {
                        "public_id": public_id(), "street_id": centre.street_id, "community_id": centre.community_id,
                        "organization_id": key, "procedure": "dormancy", "number": f"JS-{key}", "period": period,
                        "step": "signs", "step_entered_at": NOON, "step_entered_on": AS_OF, "definition_hash": "",
                        "policy_hash": "", "calendar_hash": "", "opened_at": NOON, "opened_on": AS_OF, "data": {},
                        "milestones": {}, "acts": {}, "open": ended is None,
                        "ended_at": start_of(ended) if ended else None,
                    }
                )  # fmt: skip
        for rows, values in ((activities, happened), (cases, earlier_cases)):
            if values:
                connection.execute(insert(rows), values)
        return subjects

    return centre.database.write(fill)


def judge(street: Centre, groups: list[GROUP], policy: Policy = POLICY) -> set[int]:
    subjects = put(street, groups)
    with street.database.read() as connection:
        facts = load(connection, subjects, opening_facts(DORMANCY), AsOf(NOON))
        by_rules = {
            subject.organization_id
            for subject, known in zip(subjects, facts, strict=True)
            if not decide_opening(DORMANCY, subject, automation(street.street_id), known, policy)
        }
        query = due_dormancy(connection, street.street_id, "2027-03", AS_OF)
        by_query = set(connection.execute(query).scalars())
        of_the_month = already_open(connection, PROCEDURE, street.street_id, "2027-03")
        reasons = skipped(connection, street.street_id, "2027-03", AS_OF)
    assert by_query == by_rules
    assert of_the_month == sum(bool(earlier) and earlier[0] == "2027-03" for *_, earlier in groups)
    assert len(by_query) + sum(reasons.values()) + of_the_month == len(subjects)
    return by_query


def test_the_query_opens_exactly_what_the_rules_would(street: Centre) -> None:
    due = judge(street, EVERY_GROUP)
    assert 0 < len(due) < len(EVERY_GROUP) / 2


@pytest.mark.parametrize("standings", [("informal", "filed"), ("informal",), ()], ids=str)
def test_it_does_so_over_whomever_policy_names(street: Centre, standings: tuple[str, ...]) -> None:
    groups = [
        (standing, OLD, OLD, records, earlier) for standing, records, earlier in product(Standing, RECORDS[:5], EARLIER)
    ]
    with street.meanwhile(over("dormancy", *standings), AS_OF) as policy:
        due = judge(street, groups, policy)
    assert bool(due) == bool(standings)


@given(groups=st.lists(st.sampled_from(EVERY_GROUP), max_size=6))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_does_so_for_any_street_of_such_groups(street: Centre, groups: list[GROUP]) -> None:
    judge(street, groups)

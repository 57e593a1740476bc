"""The set-based query of due reviews says what the opening rules say one by one."""

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
from incubator.clock import SHANGHAI, FixedClock
from incubator.database import Database
from incubator.engine.opening import NotYetOpen, decide_opening, opening_facts
from incubator.engine.policy import Policy
from incubator.engine.roles import automation
from incubator.facts.registry import AsOf, load
from incubator.models.base import NO_DATE, table
from incubator.models.cases import Case
from incubator.models.organizations import Organization, Standing
from incubator.policies.packs import shipped
from incubator.procedures.yearly_review.procedure import YEARLY_REVIEW
from incubator.queries.clock_openings import already_open
from incubator.queries.due_reviews import PROCEDURE, due_reviews, skipped
from incubator.services.upgrade import upgrade
from tests.procedures.world import Centre, build, over

POLICY = Policy(shipped())
AS_OF = date(2027, 1, 4)
DAYS = [date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 3), date(2027, 1, 4), date(2029, 1, 1), NO_DATE]
GROUP = tuple[Standing, date, date, str]
# Every standing, day filed, last day and earlier review there can be, the days on either side of each border among them.
EVERY_GROUP: list[GROUP] = list(product(Standing, DAYS, DAYS, ["", "2026", "2027"]))


@pytest.fixture(scope="module")
def street() -> Iterator[Centre]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'due.db'}"
        upgrade(url)
        database = Database(url)
        from incubator.sealing import configure_sealer

        configure_sealer("a secret for tests only, of no use elsewhere")
        yield build(database, FixedClock(datetime(2027, 1, 4, 9, tzinfo=SHANGHAI)))
        database.close()


def put(centre: Centre, groups: list[GROUP]) -> list[NotYetOpen]:
    now = datetime.combine(AS_OF, time(9), tzinfo=SHANGHAI)

    def fill(connection: Any) -> list[NotYetOpen]:
        cases, organizations = table(Case), table(Organization)
        connection.execute(delete(cases))
        connection.execute(delete(organizations).where(organizations.c.id != centre.organization_id))
        subjects = [NotYetOpen(centre.organization_id, centre.street_id, centre.community_id, "2027")]
        for place, (standing, filed_on, until, reviewed) in enumerate(groups):
            key = connection.execute(
                insert(organizations)
                .values(
                    public_id=public_id(), street_id=centre.street_id, community_id=centre.community_id,
                    name=f"组织{place}", name_key=f"组织{place}", standing=standing.value, filed_on=filed_on,
                    filing_valid_until=until, registered_at=now, remark="", details={},
                )
                .returning(organizations.c.id)
            ).scalar_one()  # fmt: skip
            subjects.append(NotYetOpen(key, centre.street_id, centre.community_id, "2027"))
            if reviewed:
                connection.execute(
                    insert(cases).values(
                        public_id=public_id(), street_id=centre.street_id, community_id=centre.community_id,
                        organization_id=key, procedure="yearly_review", number=f"NJ-{key}", period=reviewed,
                        step="report", step_entered_at=now, step_entered_on=AS_OF, definition_hash="", policy_hash="",
                        calendar_hash="", opened_at=now, opened_on=AS_OF, data={}, milestones={}, acts={},
                    )
                )  # fmt: skip
        return subjects

    return centre.database.write(fill)


def judge(street: Centre, groups: list[GROUP], policy: Policy = POLICY) -> set[int]:
    subjects = put(street, groups)
    moment = AsOf(datetime.combine(AS_OF, time(9), tzinfo=SHANGHAI))
    with street.database.read() as connection:
        facts = load(connection, subjects, opening_facts(YEARLY_REVIEW), moment)
        by_rules = {
            subject.organization_id
            for subject, known in zip(subjects, facts, strict=True)
            if not decide_opening(YEARLY_REVIEW, subject, automation(street.street_id), known, policy)
        }
        by_query = set(connection.execute(due_reviews(connection, street.street_id, "2027", AS_OF)).scalars())
        reviewed = already_open(connection, PROCEDURE, street.street_id, "2027")
        reasons = skipped(connection, street.street_id, "2027", AS_OF)
    assert by_query == by_rules
    assert reviewed == sum(period == "2027" for *_, period in groups)
    assert len(by_query) + sum(reasons.values()) + reviewed == len(subjects)
    return by_query


def test_the_query_opens_exactly_what_the_rules_would(street: Centre) -> None:
    judge(street, EVERY_GROUP)


@pytest.mark.parametrize("standings", [("filed", "registered"), ("registered", "informal"), ()], ids=str)
def test_it_does_so_over_whomever_policy_names(street: Centre, standings: tuple[str, ...]) -> None:
    with street.meanwhile(over("yearly_review", *standings), AS_OF) as policy:
        due = judge(street, EVERY_GROUP, policy)
    assert bool(due) == bool(standings)


@given(groups=st.lists(st.sampled_from(EVERY_GROUP), max_size=6))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_does_so_for_any_street_of_such_groups(street: Centre, groups: list[GROUP]) -> None:
    judge(street, groups)

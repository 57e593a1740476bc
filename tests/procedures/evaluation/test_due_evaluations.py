"""The set-based query of due evaluations says what the opening rules say one by one."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert

from incubator.canonical import public_id
from incubator.clock import SHANGHAI, FixedClock
from incubator.database import Database
from incubator.engine.opening import NotYetOpen, decide_opening, open_cases, opening_facts
from incubator.engine.policy import Policy
from incubator.engine.roles import automation
from incubator.facts.registry import AsOf, load
from incubator.models.base import NO_DATE, table
from incubator.models.cases import Case
from incubator.models.evaluations import Rating
from incubator.models.organizations import Organization, Standing
from incubator.policies.packs import shipped
from incubator.procedures.evaluation.procedure import EVALUATION
from incubator.queries.clock_openings import already_open
from incubator.queries.due_evaluations import PROCEDURE, due_evaluations, skipped
from incubator.sealing import configure_sealer
from incubator.services.upgrade import upgrade
from tests.procedures.world import Centre, build, over

POLICY = Policy(shipped())
AS_OF = date(2028, 2, 29)  # a day that the year before does not have
NOW = datetime.combine(AS_OF, time(9), tzinfo=SHANGHAI)
SOON = AS_OF + timedelta(days=90)
DAY = timedelta(days=1)


class Stars(NamedTuple):
    """A rating on record: of which kind, from when to when, and since when it had ended early."""

    kind: str
    since: date
    until: date
    ended_on: date = NO_DATE


class Group(NamedTuple):
    """What an evaluation depends on; `evaluated` is the period of an evaluation, and whether it still runs."""

    standing: Standing = Standing.FILED
    filed_on: date = date(2026, 1, 1)
    valid_until: date = date(2029, 1, 1)
    stars: tuple[Stars, ...] = ()
    evaluated: tuple[str, bool] = ("", False)


def star(until: date, since: date = date(2025, 1, 1), **more: Any) -> Stars:
    return Stars("star", since, until, **more)


RATED: list[tuple[Stars, ...]] = [
    (),
    (star(AS_OF - DAY),),
    (star(AS_OF),),
    (star(SOON),),
    (star(SOON + DAY),),
    (star(SOON + DAY, AS_OF + DAY),),
    (star(SOON + DAY, ended_on=AS_OF),),
    (star(SOON + DAY, ended_on=AS_OF + DAY),),
    (Stars("registrar_grade", date(2025, 1, 1), SOON + DAY),),
    (star(SOON, ended_on=AS_OF), star(SOON + DAY, AS_OF)),
    (star(SOON + DAY, ended_on=AS_OF), star(SOON, AS_OF)),
]
FILED = [date(2026, 1, 1), date(2027, 2, 27), date(2027, 2, 28), date(2027, 3, 1), NO_DATE]
UNTIL = [AS_OF - DAY, AS_OF, date(2029, 1, 1), NO_DATE]
EVALUATED = [("", False), ("2027", False), ("2027", True), ("2028", False), ("2028", True)]
# Each side of every border, and whatever can stand beside it.
EVERY_GROUP = [
    *(Group(*chosen) for chosen in product(Standing, FILED[:3], UNTIL, RATED[:2], EVALUATED)),
    *(Group(filed_on=filed_on, stars=stars) for filed_on, stars in product(FILED, RATED)),
    *(Group(stars=stars, evaluated=evaluated) for stars, evaluated in product(RATED, EVALUATED)),
]


@pytest.fixture(scope="module")
def street() -> Iterator[Centre]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'due.db'}"
        upgrade(url)
        database = Database(url)
        configure_sealer("a secret for tests only, of no use elsewhere")
        yield build(database, FixedClock(NOW))
        database.close()


def put(centre: Centre, groups: list[Group]) -> list[NotYetOpen]:
    def fill(connection: Any) -> list[NotYetOpen]:
        cases, organizations, ratings = table(Case), table(Organization), table(Rating)
        connection.execute(delete(cases))
        connection.execute(delete(ratings))
        connection.execute(delete(organizations).where(organizations.c.id != centre.organization_id))
        subjects = [NotYetOpen(centre.organization_id, centre.street_id, centre.community_id, "2028")]
        for place, group in enumerate(groups):
            key = connection.execute(
                insert(organizations)
                .values(
                    public_id=public_id(), street_id=centre.street_id, community_id=centre.community_id,
                    name=f"组织{place}", name_key=f"组织{place}", standing=group.standing.value,
                    filed_on=group.filed_on, filing_valid_until=group.valid_until, registered_at=NOW, remark="",
                    details={},
                )
                .returning(organizations.c.id)
            ).scalar_one()  # fmt: skip
            subjects.append(NotYetOpen(key, centre.street_id, centre.community_id, "2028"))
            for stars in group.stars:
                connection.execute(
                    insert(ratings).values(
                        public_id=public_id(), street_id=centre.street_id, organization_id=key, kind=stars.kind,
                        band="star_3", title_zh="三星级", title_en="three stars", announced_on=stars.since,
                        valid_from=stars.since, valid_until=stars.until, ended_on=stars.ended_on,
                        ended_at=None if stars.ended_on == NO_DATE else NOW,
                        status="valid" if stars.ended_on == NO_DATE else "replaced", recorded_at=NOW,
                    )
                )  # fmt: skip
            period, runs = group.evaluated
            if period:
                connection.execute(
                    insert(cases).values(
                        public_id=public_id(), street_id=centre.street_id, community_id=centre.community_id,
                        organization_id=key, procedure=PROCEDURE, number=f"PG-{key}", period=period, open=runs,
                        step="self_report", step_entered_at=NOW, step_entered_on=AS_OF, definition_hash="",
                        policy_hash="", calendar_hash="", opened_at=NOW, opened_on=AS_OF, data={}, milestones={},
                        acts={},
                    )
                )  # fmt: skip
        return subjects

    return centre.database.write(fill)


def judge(street: Centre, groups: list[Group], policy: Policy = POLICY) -> set[int]:
    subjects = put(street, groups)
    with street.database.read() as connection:
        facts = load(connection, subjects, opening_facts(EVALUATION), AsOf(NOW))
        by_rules = {
            subject.organization_id
            for subject, known in zip(subjects, facts, strict=True)
            if not decide_opening(EVALUATION, subject, automation(street.street_id), known, policy)
        }
        by_query = set(connection.execute(due_evaluations(connection, street.street_id, "2028", AS_OF)).scalars())
        there = already_open(connection, PROCEDURE, street.street_id, "2028")
        reasons = skipped(connection, street.street_id, "2028", AS_OF)
    assert by_query == by_rules
    assert there == sum(group.evaluated[0] == "2028" for group in groups)
    assert len(by_query) + sum(reasons.values()) + there == len(subjects)
    return by_query


def test_the_query_opens_exactly_what_the_rules_would(street: Centre) -> None:
    judge(street, EVERY_GROUP)


@pytest.mark.parametrize("before", [[], ["filing", "affiliation"]], ids=str)
@pytest.mark.parametrize("standings", [("filed", "registered"), ("registered", "informal"), ()], ids=str)
def test_it_does_so_over_whomever_policy_names(street: Centre, standings: tuple[str, ...], before: list[str]) -> None:
    def change(values: dict[str, Any]) -> None:
        over("star_rating", *standings)(values)
        values["path"]["prerequisites"]["evaluation"]["value"] = before

    with street.meanwhile(change, AS_OF) as policy:
        due = judge(street, EVERY_GROUP, policy)
    assert bool(due) == bool(standings)


any_group = st.builds(
    Group,
    st.sampled_from(Standing),
    st.one_of(st.sampled_from(FILED), st.dates(AS_OF - timedelta(days=400), AS_OF)),
    st.sampled_from(UNTIL),
    st.sampled_from(RATED),
    st.sampled_from(EVALUATED),
)


@given(groups=st.lists(any_group, max_size=6))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_does_so_for_any_street_of_such_groups(street: Centre, groups: list[Group]) -> None:
    judge(street, groups)


@pytest.mark.parametrize(
    ("group", "reason"),
    [
        (Group(Standing.REGISTERED), "registered"),
        (Group(Standing.INFORMAL), "evaluation_not_filed"),
        (Group(valid_until=AS_OF - DAY), "evaluation_expired"),
        (Group(evaluated=("2027", True)), "evaluation_running"),
        (Group(stars=(star(SOON + DAY),)), "rating_runs_on"),
        (Group(filed_on=date(2027, 3, 1)), "filed_lately"),
    ],
)
def test_whoever_is_passed_over_is_counted_under_the_reason(street: Centre, group: Group, reason: str) -> None:
    put(street, [group])
    with street.database.read() as connection:
        found = skipped(connection, street.street_id, "2028", AS_OF)
    # The group that the street was built with is informal.
    expected = {"evaluation_not_filed": 1}
    expected[reason] = expected.get(reason, 0) + 1
    assert found == expected


def test_the_clock_opens_an_evaluation_for_each_that_is_due_on_either_database(centre: Centre) -> None:
    due = centre.filed_groups(3)
    centre.on("2028-02-29")
    now = centre.clock.now()

    def sweep(connection: Any) -> int:
        query = due_evaluations(connection, centre.street_id, "2028", now.date())
        return open_cases(
            connection, procedure=PROCEDURE, street_id=centre.street_id, period="2028", organizations=query, now=now
        )

    assert (centre.database.write(sweep), centre.database.write(sweep)) == (len(due), 0)


def test_a_period_that_is_no_year_is_refused(centre: Centre) -> None:
    with centre.database.read() as connection, pytest.raises(ValueError, match="is a year"):
        due_evaluations(connection, centre.street_id, "2028-01", AS_OF)

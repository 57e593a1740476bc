"""What the clock opens by SQL is what the opening rules say one by one: renewals of filings and agreements, reports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import insert, select

from incubator.canonical import public_id
from incubator.clock import SHANGHAI, FixedClock
from incubator.database import Database
from incubator.engine.definition import Definition
from incubator.engine.opening import NotYetOpen, decide_opening, opening_facts
from incubator.engine.policy import Policy
from incubator.engine.roles import automation
from incubator.facts.registry import AsOf, load
from incubator.models.base import NO_DATE, table
from incubator.models.cases import Case, Timer, WorkItem
from incubator.models.hubs import Affiliation, AffiliationStatus, Hub, HubStatus
from incubator.models.organizations import Organization, Standing
from incubator.policies.packs import shipped
from incubator.procedures.affiliation.renewal import AFFILIATION_RENEWAL
from incubator.procedures.affiliation.report import HUB_REPORT
from incubator.procedures.filing.renewal import FILING_RENEWAL
from incubator.queries.clock_openings import opened_by_the_clock
from incubator.services.automation.reviews import open_due_reviews
from incubator.services.bootstrap import Service
from incubator.settings import Settings
from tests.procedures.world import Centre, build

POLICY = Policy(shipped())
DAY = date(2026, 10, 8)
NOW = datetime.combine(DAY, time(9), tzinfo=SHANGHAI)
# On either side of each border: of the 90 days before a certificate's end, of the 60 before an agreement's.
ENDS = [DAY - timedelta(days=1), DAY, *(DAY + timedelta(days=days) for days in (60, 61, 90, 91)), NO_DATE]


@dataclass(frozen=True)
class Earlier:
    """A case of the organization before: which, of which period, still running or not, opened so many days ago."""

    procedure: str
    period: str = ""
    open: bool = False
    days_ago: int = 0


NONE = Earlier("")


@pytest.fixture
def street(database: Database) -> Iterator[Centre]:
    return build(database, FixedClock(NOW))


def organization(connection: Any, street: Centre, **values: Any) -> int:
    groups = table(Organization)
    name = f"组织{public_id()}"
    return int(
        connection.execute(
            insert(groups)
            .values(
                public_id=public_id(), street_id=street.street_id, community_id=street.community_id, name=name,
                name_key=name, registered_at=NOW, remark="", details={}, **values,
            )
            .returning(groups.c.id)
        ).scalar_one()
    )  # fmt: skip


def earlier(connection: Any, street: Centre, key: int, case: Earlier) -> None:
    if not case.procedure:
        return
    connection.execute(
        insert(table(Case)).values(
            public_id=public_id(), street_id=street.street_id, community_id=street.community_id, organization_id=key,
            procedure=case.procedure, number=f"X-{public_id()}", period=case.period, step="application",
            step_entered_at=NOW, step_entered_on=DAY, definition_hash="", policy_hash="", calendar_hash="",
            opened_at=NOW, opened_on=DAY - timedelta(days=case.days_ago), open=case.open, data={}, milestones={}, acts={},
        )
    )  # fmt: skip


def recognition(connection: Any, street: Centre, key: int, since: date, until: date, status: HubStatus) -> None:
    connection.execute(
        insert(table(Hub)).values(
            public_id=public_id(), street_id=street.street_id, organization_id=key, status=status.value, since=since,
            until=until, recorded_at=NOW,
        )
    )  # fmt: skip


def agreement(connection: Any, street: Centre, key: int, hub: int, until: date, status: AffiliationStatus) -> None:
    connection.execute(
        insert(table(Affiliation)).values(
            public_id=public_id(), street_id=street.street_id, organization_id=key, hub_id=hub, status=status.value,
            since=date(2024, 1, 1), until=until, recorded_at=NOW,
        )
    )  # fmt: skip


def by_both(street: Centre, definition: Definition, period: str, asked_as: str) -> tuple[set[int], set[int]]:
    """The organizations whose case the clock would open, and those for whom the rules let it be opened."""
    groups = table(Organization)
    with street.database.read() as connection:
        keys = list(connection.scalars(groups.select().with_only_columns(groups.c.id)))
        subjects = [NotYetOpen(key, street.street_id, street.community_id, asked_as) for key in keys]
        facts = load(connection, subjects, opening_facts(definition), AsOf(NOW))
        actor = automation(street.street_id)
        by_rules = {
            subject.organization_id
            for subject, known in zip(subjects, facts, strict=True)
            if not decide_opening(definition, subject, actor, known, POLICY)
        }
        due = opened_by_the_clock()[definition.key].due(connection, street.street_id, period, DAY)
        return set(connection.scalars(due)), by_rules


def opened_again(window: int, until: date, case: Earlier, procedure: str) -> bool:
    """What the clock does not open a second time: since the window did, one was opened, or one bears the year."""
    since = until - timedelta(days=window) if until != NO_DATE else NO_DATE
    return case.procedure == procedure and (
        DAY - timedelta(days=case.days_ago) >= since or case.period == str(DAY.year)
    )  # fmt: skip


def test_renewals_of_filings(street: Centre) -> None:
    cases = [
        NONE, Earlier("filing_change", open=True), Earlier("filing_renewal", open=True, days_ago=200),
        Earlier("filing_renewal", days_ago=0), Earlier("filing_renewal", days_ago=30),
        Earlier("filing_renewal", days_ago=31), Earlier("filing_renewal", days_ago=91),
        Earlier("filing_renewal", "2026", days_ago=200), Earlier("filing_renewal", "2025", days_ago=200),
    ]  # fmt: skip
    made: dict[int, tuple[date, Earlier]] = {}

    def fill(connection: Any) -> None:
        for standing, until, case in product(Standing, ENDS, cases):
            key = organization(connection, street, standing=standing.value, filing_valid_until=until)
            earlier(connection, street, key, case)
            made[key] = (until, case)

    street.database.write(fill)
    by_clock, by_rules = by_both(street, FILING_RENEWAL, "2026", "")
    assert by_clock == {key for key in by_rules if not opened_again(90, *made[key], "filing_renewal")}
    assert by_clock < by_rules
    assert by_clock


def test_renewals_of_agreements(street: Centre) -> None:
    cases = [
        NONE, Earlier("affiliation_end", open=True), Earlier("affiliation_end"),
        Earlier("affiliation_renewal", open=True, days_ago=200), Earlier("affiliation_renewal", days_ago=1),
        Earlier("affiliation_renewal", days_ago=61), Earlier("affiliation_renewal", "2026", days_ago=200),
    ]  # fmt: skip
    made: dict[int, tuple[date, Earlier]] = {}

    def fill(connection: Any) -> None:
        held = [
            (HubStatus.VALID, date(2030, 1, 1)),
            (HubStatus.VALID, DAY - timedelta(days=1)),
            (HubStatus.REVOKED, NO_DATE),
        ]
        hubs = []
        for status, until in held:
            hubs.append(organization(connection, street, standing="filed"))
            recognition(connection, street, hubs[-1], date(2024, 1, 1), until, status)
        for standing, until, case in product((Standing.FILED, Standing.REGISTERED), ENDS[:-1], cases):
            for hub, status in ((hubs[0], AffiliationStatus.VALID), (hubs[1], AffiliationStatus.VALID),
                                (hubs[2], AffiliationStatus.VALID), (hubs[0], AffiliationStatus.ENDED)):  # fmt: skip
                key = organization(connection, street, standing=standing.value)
                agreement(connection, street, key, hub, until, status)
                earlier(connection, street, key, case)
                made[key] = (until, case)

    street.database.write(fill)
    by_clock, by_rules = by_both(street, AFFILIATION_RENEWAL, "2026", "")
    assert by_clock == {key for key in by_rules if not opened_again(60, *made[key], "affiliation_renewal")}
    assert by_clock < by_rules
    assert by_clock


def test_reports_of_hubs(street: Centre) -> None:
    def fill(connection: Any) -> None:
        for status, since, until, case in product(
            HubStatus, (date(2026, 9, 30), date(2026, 10, 1), date(2020, 1, 1)), ENDS[:2],
            (NONE, Earlier("hub_report", "2026Q3"), Earlier("hub_report", "2026Q2", open=True)),
        ):  # fmt: skip
            key = organization(connection, street, standing="filed")
            recognition(connection, street, key, since, until, status)
            earlier(connection, street, key, case)

    street.database.write(fill)
    by_clock, by_rules = by_both(street, HUB_REPORT, "2026Q3", "2026Q3")
    assert by_clock == by_rules
    assert len(by_clock) == 2 * 1 * 2
    by_clock, by_rules = by_both(street, HUB_REPORT, "2026Q4", "2026Q4")
    assert by_clock == by_rules == set()


def test_a_renewal_that_is_due_already_appears_at_the_first_sweep_with_a_day_and_its_reminders(street: Centre) -> None:
    made: dict[str, int] = {}

    def fill(connection: Any) -> None:
        made["due"] = organization(connection, street, standing="filed", filing_valid_until=DAY + timedelta(days=20))
        made["later"] = organization(connection, street, standing="filed", filing_valid_until=DAY + timedelta(days=91))

    street.database.write(fill)
    sweep = open_due_reviews(Service(Settings(), street.database, street.clock), as_of=DAY, run_key="first")
    opened = {receipt.procedure: (receipt.due, receipt.opened) for receipt in sweep}
    assert opened["filing_renewal"] == (1, 1)
    cases, items, timers = table(Case), table(WorkItem), table(Timer)
    with street.database.read() as connection:
        case = connection.execute(select(cases).where(cases.c.procedure == "filing_renewal")).one()
        role = connection.scalars(select(items.c.role).where(items.c.case_id == case.id)).one()
        levels = set(connection.scalars(select(timers.c.level).where(timers.c.case_id == case.id)))
    assert (case.organization_id, case.period, case.step, role) == (
        made["due"],
        "2026",
        "application",
        "community_worker",
    )
    assert case.due_on == date(2026, 12, 7)
    assert levels == {"reminder", "second_reminder", "escalation"}
    again = open_due_reviews(Service(Settings(), street.database, street.clock), as_of=DAY, run_key="second")
    assert {each.procedure: each.opened for each in again}["filing_renewal"] == 0

"""A receipt accounts for every organization, tells what the clock's ledger says of its run, and is signed off once."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from incubator.clock import SHANGHAI
from incubator.engine import streams
from incubator.engine.roles import Actor, Role
from incubator.errors import Conflict, NotAllowed, NotFound
from incubator.models.base import table
from incubator.models.events import Event, PolicyInForce
from incubator.models.organizations import Organization
from incubator.queries.clock_openings import CLOCK_OPENINGS
from incubator.queries.due_reviews import PROCEDURE
from incubator.queries.review_runs import SCHEDULE, Run, read_review_run, review_runs
from incubator.services.automation import periods
from incubator.services.automation.receipts import sign_off
from incubator.services.automation.reviews import open_due_reviews
from incubator.services.bootstrap import Service
from incubator.settings import Settings
from tests.procedures.world import Centre
from tests.queries.town import community, group, person, selects, whole

DAY = date(2027, 3, 1)


@pytest.fixture
def service(centre: Centre, tmp_path: Path) -> Service:
    """The service around the centre on 1 March: two groups are due; others are informal, expired, filed this year."""
    filed = {"standing": "filed", "filed_on": date(2025, 5, 1), "filing_valid_until": date(2028, 4, 30)}
    standings: dict[str, dict[str, Any]] = {
        "甲队": filed, "乙队": filed, "丙队": {**filed, "filing_valid_until": date(2027, 2, 28)},
        "丁队": {**filed, "filed_on": date(2027, 1, 5)},
    }  # fmt: skip
    for name, values in standings.items():
        stand(group(centre, name), **values)
    return Service(Settings(data_dir=tmp_path), centre.on("2027-03-01").database, centre.clock)


def stand(group: Centre, **values: Any) -> None:
    rows = table(Organization)
    change = update(rows).where(rows.c.id == group.organization_id).values(**values)
    group.database.write(lambda connection: connection.execute(change))


def ran(service: Service, centre: Centre, key: str = "by hand") -> Run:
    """The receipt of a run, as an officer reads it."""
    receipts = open_due_reviews(service, as_of=DAY, run_key=key)
    (receipt,) = (each for each in receipts if each.procedure == PROCEDURE)
    found = listed(centre)[0]
    assert (found.due, found.opened, found.already_open) == (receipt.due, receipt.opened, receipt.already_open)
    return found


def listed(centre: Centre, actor: Actor | None = None, limit: int = 50) -> list[Run]:
    chosen = actor or centre.people["officer"]
    with centre.database.read() as connection:
        found = whole(lambda at: review_runs(connection, chosen, cursor=at, limit=limit))
    return [run for run in found if run.procedure == PROCEDURE]


def figures(run: Run) -> tuple[int, int, int, dict[str, int]]:
    return run.due, run.opened, run.already_open, {reason.code: reason.number for reason in run.reasons}


NOT_DUE = {"not_filed": 1, "expired": 1, "filed_in_the_period": 1}


def test_a_receipt_accounts_for_every_organization(service: Service, centre: Centre) -> None:
    run = ran(service, centre)
    assert figures(run) == (2, 2, 0, NOT_DUE)
    assert (run.not_opened, run.procedure_title.zh, run.period, run.as_of) == (3, "年检", "2027", DAY)
    assert {reason.words.zh for reason in run.reasons} == {"未备案，不作年检", "备案证已到期", "当年备案，次年起年检"}


def test_what_was_opened_before_counts_as_due_and_open_already(service: Service, centre: Centre) -> None:
    ran(service, centre)
    stand(late := group(centre, "戊队"), standing="filed", filed_on=date(2026, 1, 5), filing_valid_until=DAY)
    assert figures(ran(service, centre, "the next day")) == (3, 1, 2, NOT_DUE)
    # A group reviewed this year and gone since is not told as skipped: its review exists.
    stand(late, standing="exited")
    assert figures(ran(service, centre, "another day")) == (3, 0, 3, NOT_DUE)


def test_a_run_known_by_its_key_happens_once(service: Service, centre: Centre) -> None:
    first = ran(service, centre)
    assert ran(service, centre) == first
    assert len(listed(centre)) == 1


def test_a_street_without_a_policy_opens_nothing_and_its_receipt_says_so(service: Service, centre: Centre) -> None:
    centre.database.write(lambda connection: connection.execute(delete(table(PolicyInForce))))
    run = ran(service, centre)
    assert figures(run) == (0, 0, 0, {"no_policy_in_force": 5})  # nobody can say who is due
    assert (run.reasons[0].code, run.reasons[0].words.zh) == ("no_policy_in_force", "没有生效的政策")


def test_the_clocks_period_stands_beside_the_receipt(service: Service, centre: Centre) -> None:
    due_at = datetime(2027, 3, 1, 8, tzinfo=SHANGHAI)
    claim = periods.claim(centre.database, SCHEDULE, due_at, now=centre.clock.now(), caught_up=True)
    assert claim is not None
    centre.database.write(
        lambda connection: connection.execute(
            update(periods.PERIODS).values(attempt=2, error="the power went", claimed_at=centre.clock.now())
        )
    )
    other = periods.claim(centre.database, "fire_due_timers", due_at, now=centre.clock.now(), caught_up=False)
    assert other is not None
    run = ran(service, centre, claim.period)
    assert run.clock is not None
    assert (run.clock.state, run.clock.attempt, run.clock.error) == ("started", 2, "the power went")
    assert (run.clock.due_at, run.clock.claimed_at, run.clock.finished_at) == (due_at, centre.clock.now(), None)
    assert len(listed(centre)) == 1
    assert ran(service, centre, "by hand").clock is None


def test_receipts_are_read_newest_first_page_by_page_in_one_statement(service: Service, centre: Centre) -> None:
    keys = ["a", "b", "c"]
    for key in keys:
        ran(service, centre, key)
        centre.clock.move_by(timedelta(days=1))
    at_once = listed(centre)
    assert [run.started_at for run in at_once] == sorted((run.started_at for run in at_once), reverse=True)
    assert len(at_once) == 3
    assert listed(centre, limit=1) == listed(centre, limit=2) == at_once
    with centre.database.read() as connection, selects(centre.database) as sent:
        assert len(review_runs(connection, centre.people["officer"]).items) == 3 * len(CLOCK_OPENINGS)
    assert len(sent) == 1


def test_an_officer_signs_off_once_and_the_officers_own_record_tells(service: Service, centre: Centre) -> None:
    run = ran(service, centre)
    officer, now = centre.people["officer"], centre.clock.now()
    assert (run.signed_off_by, run.signed_off_at) == ("", None)
    centre.database.write(lambda connection: sign_off(connection, run.public_id, officer, now))
    with centre.database.read() as connection:
        signed = read_review_run(connection, officer, run.public_id)
        events = table(Event)
        event = connection.execute(select(events).where(events.c.type == "person.signed_off_review_run")).one()
        assert streams.verify(connection, "person", officer.person_id) == []
    assert (signed.signed_off_by, signed.signed_off_at) == ("officer", now)
    assert (event.stream, event.subject_id) == ("person", officer.person_id)
    assert json.loads(event.body)["change"] == {
        "review_run": run.public_id, "procedure": "yearly_review", "period": "2027", "run": "by hand",
    }  # fmt: skip
    with pytest.raises(Conflict) as refused:
        centre.database.write(lambda connection: sign_off(connection, run.public_id, centre.people["director"], now))
    assert refused.value.detail.zh == "officer已于 2027年3月1日 09:00 签收，无需再签"
    assert listed(centre)[0].signed_off_by == "officer"


def test_only_an_officer_or_director_of_the_street_signs_off(service: Service, centre: Centre) -> None:
    run = ran(service, centre)
    now = centre.clock.now()

    def signs(actor: Actor) -> None:
        centre.database.write(lambda connection: sign_off(connection, run.public_id, actor, now))

    for actor in (centre.people["worker"], centre.people["automation"], person(centre, "领导", Role.MANAGER)):
        with pytest.raises(NotAllowed):
            signs(actor)
    # One who has a single community sees no receipt of the whole street.
    of_one = person(centre, "社区经办人", Role.OFFICER, community(centre, "桂花社区"))
    assert listed(centre, of_one) == []
    with pytest.raises(NotFound):
        signs(of_one)
    with pytest.raises(NotFound), centre.database.read() as connection:
        read_review_run(connection, of_one, run.public_id)
    with pytest.raises(NotFound), centre.database.read() as connection:
        read_review_run(connection, centre.people["officer"], "nothing")
    assert listed(centre)[0].signed_off_by == ""

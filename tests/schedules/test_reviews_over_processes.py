"""The clock over real processes: reviews open by themselves, once, also when the machine stood still on the day."""

from __future__ import annotations

from datetime import datetime

import pytest

from incubator.clock import SHANGHAI
from incubator.models.automation import Notice, ReviewRun, SchedulePeriod
from incubator.models.cases import Case
from schedules.timetable import TIMETABLE
from tests.procedures.world import SERVED
from tests.processes import Site, started, until

pytestmark = pytest.mark.xdist_group("processes")

REPORT = {
    "activities": 20, "participants": 600, "members": 22, "income_fen": 500_000, "spending_fen": 480_000,
    "work": "排练与演出",
}  # fmt: skip


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI)


def receipt(site: Site, day: str) -> ReviewRun:
    """The yearly review's receipt of the run that was due at eight on that day, once it is there."""
    key = at(f"{day} 08:00").isoformat()
    (found,) = until(lambda: site.rows(ReviewRun, run_key=key, procedure="yearly_review"), f"the receipt of {key}")
    return found


def test_reviews_open_once_are_reminded_of_and_are_caught_up_after_a_standstill(site: Site) -> None:
    centre = site.centre
    centre.filed()
    workers = site.worker("one"), site.worker("two")
    with started(*workers):
        until(lambda: len(site.rows(SchedulePeriod)) == len(TIMETABLE), "every schedule is known")
        centre.clock.move_to(at("2027-01-04 08:00:20"))
        first = receipt(site, "2027-01-04")
        assert (first.due, first.opened, first.caught_up) == (1, 1, False)
        (review,) = site.rows(Case, procedure="yearly_review")
        for moment, kind in (
            ("2027-03-16 09:05:10", "case.remind.reminder"),
            ("2027-04-01 09:05:10", "case.remind.second_reminder"),
            ("2027-04-15 09:05:10", "case.remind.escalation"),
        ):
            centre.clock.move_to(at(moment))
            (told,) = until(lambda kind=kind: site.rows(Notice, kind=kind), kind)
            assert told.case_id == review.id
        assert told.role == "director"
        centre.upload(review.public_id, "yearly_report")
        centre.act(review.public_id, "submit", "worker", REPORT)
        site.until_at(review.public_id, "conclusion")
    centre.act(review.public_id, "conclude", "officer", {"result": "passed"})
    centre.act(review.public_id, "confirm", "director")
    centre.upload(review.public_id, "sealed_conclusion")
    assert centre.act(review.public_id, "serve_passed", "officer", SERVED).outcome == "passed"
    # Nobody runs over the turn of the year.
    centre.clock.move_to(at("2028-01-10 10:30"))
    with started(site.worker("after")):
        late = receipt(site, "2028-01-10")
        assert (late.due, late.opened, late.caught_up) == (1, 1, True)
        until(lambda: not site.rows(SchedulePeriod, state="started"), "every period is settled")
    assert [case.period for case in site.rows(Case, procedure="yearly_review")] == ["2027", "2028"]
    keys = [(run.procedure, run.run_key) for run in site.rows(ReviewRun)]
    assert len(set(keys)) == len(keys)

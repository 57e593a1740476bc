"""Cases opened under the old version finish under it while new ones follow the new one; chosen ones are moved."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from incubator.engine import streams
from incubator.engine.advance import Request, advance
from incubator.engine.opening import open_cases
from incubator.engine.policy import Policy
from incubator.engine.refusals import ActionNotAllowed, CaseHasMoved
from incubator.engine.repinning import CannotRepin
from incubator.errors import Invalid, NotAllowed
from incubator.models.base import table
from incubator.models.cases import Case, Deadline, WorkItem
from incubator.models.events import Event
from incubator.queries.due_reviews import due_reviews
from incubator.services.policies.migrating import NotInForce, migrate, would_migrate
from incubator.text import Text
from tests.procedures.funding.grants import published
from tests.procedures.project.running import body
from tests.procedures.world import APPLICATION, APPLICATION_PAPERS, CHECKED, OPINION, SERVED, Centre
from tests.services.policies.versions import activated, at_once, in_force, version

DAY = "2026-10-12"
CHARTER = {"kind": "minutes", "title": {"zh": "成立会议纪要", "en": "minutes of the founding"}, "required": True}


def strict() -> dict[str, Any]:
    """More members and papers, deadlines in calendar days, a decision by the officers, a certificate for a year."""
    papers = version()["values"]["filing"]["application"]["documents"]["value"]
    return version(
        filing__conditions__members=30,
        filing__application__documents=[*papers, CHARTER],
        filing__acceptance__due={"length": 20, "unit": "calendar_days"},
        filing__decision__due={"length": 30, "unit": "calendar_days", "starts_on": "accepted"},
        filing__acceptance__by=["director"],
        filing__certificate__validity={"length": 1, "unit": "years"},
        yearly_review__report__due={"month": 5, "day": 29},
    )


def codes(refused: pytest.ExceptionInfo[ActionNotAllowed]) -> set[str]:
    return {blocker.code for blocker in refused.value.blockers}


def handed_in(centre: Centre, *papers: str, members: int, name: str = "桂花社区晨练队") -> str:
    """A filing handed in today with these papers and the committee's opinion, waiting for acceptance."""
    case_id = centre.open("filing")
    centre.upload(case_id, *APPLICATION_PAPERS, *papers)
    centre.act(case_id, "submit", "worker", {**APPLICATION, "name": name, "members": members})
    centre.automate()
    centre.upload(case_id, "committee_opinion")
    centre.act(case_id, "give_opinion", "worker", {**OPINION, "held_on": centre.clock.now().date().isoformat()})
    return case_id


def finished(centre: Centre, case_id: str, acceptor: str) -> tuple[date, date]:
    """Accepted, approved and served on this day: the certificate's first and last day."""
    centre.act(case_id, "accept", acceptor, CHECKED)
    centre.act(case_id, "approve", "director" if acceptor != "director" else "other_director")
    centre.automate()
    centre.upload(case_id, "sealed_certificate")
    centre.act(case_id, "serve", "officer", SERVED)
    (_, _, since, until) = centre.filings()[-1]
    return since, until


def test_a_case_opened_before_the_day_finishes_under_the_old_version_and_one_opened_after_follows_the_new(
    centre: Centre,
) -> None:
    new, other = activated(centre, strict(), DAY), centre.with_group("晨练队")
    old_case = handed_in(centre, members=22, name="桂花社区常青合唱团")
    old = centre.case(old_case)
    assert old.policy_hash == in_force(centre)["2020-01-01"]
    assert old.due_on == date(2026, 9, 24)  # 5 working days, the make-up Sunday among them

    centre.on(DAY)
    new_case = other.open("filing")
    other.upload(new_case, *APPLICATION_PAPERS)
    with pytest.raises(ActionNotAllowed) as refused:
        other.act(new_case, "submit", "worker", {**APPLICATION, "members": 22})
    assert codes(refused) >= {"document_missing:minutes"}
    other.upload(new_case, "minutes")
    other.act(new_case, "submit", "worker", {**APPLICATION, "name": "桂花社区晨练队", "members": 31})
    other.automate()
    other.upload(new_case, "committee_opinion")
    other.act(new_case, "give_opinion", "worker", {**OPINION, "held_on": DAY})
    case = other.case(new_case)
    assert (case.policy_hash, case.due_on) == (new.hash, date(2026, 11, 2))  # 1 November is a Sunday
    with pytest.raises(ActionNotAllowed, match="director"):
        other.act(new_case, "accept", "officer", CHECKED)

    # The old one has 22 members and no minutes, its officer accepts, and its certificate holds for three years.
    assert finished(centre, old_case, "officer") == (date(2026, 10, 12), date(2029, 10, 11))
    assert finished(other, new_case, "director") == (date(2026, 10, 12), date(2027, 10, 11))
    assert centre.case(old_case).policy_hash == old.policy_hash
    limits, cases = table(Deadline), table(Case)
    with centre.database.read() as connection:
        found = connection.execute(
            select(cases.c.public_id, limits.c.proof)
            .join(cases, cases.c.id == limits.c.case_id)
            .where(limits.c.step == "decision")
        ).all()
    assert {row.public_id: row.proof["term"]["unit"] for row in found} == {
        old_case: "working_days", new_case: "calendar_days"
    }  # fmt: skip


def swept(centre: Centre, day: str, at_most: int) -> None:
    """The reviews that the clock opens on that day, or the first of them."""
    now = centre.on(day).clock.now()
    centre.database.write(
        lambda connection: open_cases(
            connection, procedure="yearly_review", street_id=centre.street_id, period="2027",
            organizations=due_reviews(connection, centre.street_id, "2027", now.date()).limit(at_most), now=now,
        )
    )  # fmt: skip


def test_what_the_clock_opens_from_the_day_on_comes_under_the_new_version(centre: Centre) -> None:
    centre.filed_groups(3)
    centre.on("2026-12-28")
    new = activated(centre, strict(), "2027-01-11")
    swept(centre, "2027-01-04", at_most=2)
    swept(centre, "2027-01-11", at_most=3)
    cases = table(Case)
    with centre.database.read() as connection:
        rows = connection.execute(
            select(cases.c.policy_hash, cases.c.due_on).where(cases.c.procedure == "yearly_review").order_by(cases.c.id)
        ).all()
    assert [row.policy_hash == new.hash for row in rows] == [False, False, True]
    assert [row.due_on for row in rows] == [date(2027, 3, 31)] * 2 + [date(2027, 5, 31)]  # 29 May is a Saturday


def moved(
    centre: Centre, cases: list[str], policy: Policy, by: str = "director", reason: str = "申请人同意改按新办法"
) -> list[dict[str, Any]]:
    return centre.database.write(
        lambda connection: migrate(
            connection, cases=cases, policy_hash=policy.hash, actor=centre.people[by], reason=reason,
            now=centre.clock.now(),
        )
    )  # fmt: skip


def test_chosen_cases_are_moved_each_by_itself_with_what_changed_in_its_event(centre: Centre) -> None:
    ended, other = centre.filed(), centre.with_group("晨练队")
    case_id = handed_in(other, members=22)
    new = activated(centre, strict(), DAY)
    with pytest.raises(NotInForce):
        moved(centre, [case_id], new)
    centre.on(DAY)
    before = centre.case(case_id)
    with pytest.raises(NotAllowed):
        moved(centre, [case_id], new, by="officer")
    with pytest.raises(Invalid):
        moved(centre, [case_id], new, reason="")
    with centre.database.read() as connection:
        tried = would_migrate(
            connection, cases=[ended, case_id, "0"], policy_hash=new.hash, actor=centre.people["director"],
            now=centre.clock.now(),
        )  # fmt: skip
    assert centre.case(case_id) == before
    results = moved(centre, [ended, case_id, "0"], new)
    assert results == tried
    assert [result["refused"] and result["refused"]["code"] for result in results] == [
        "cannot_repin",
        None,
        "not_found",
    ]

    case = centre.case(case_id)
    assert (case.policy_hash, case.version) == (new.hash, before.version + 1)
    assert (before.due_on, case.due_on) == (date(2026, 9, 24), date(2026, 10, 8))
    change = results[1]["change"]
    assert change["due_on"] == {"before": "2026-09-24", "after": "2026-10-08"}
    assert change["role"] == {"before": "officer", "after": "director"}
    assert {each["kind"] for each in results[1]["found"]} == {"blocked", "due", "who"}
    events, items = table(Event), table(WorkItem)
    with centre.database.read() as connection:
        assert streams.verify(connection, "case", case.id) == []
        last = connection.execute(
            select(events.c.body).where(events.c.stream == "case").order_by(events.c.id.desc()).limit(1)
        ).scalar_one()
        open_items = connection.execute(
            select(items.c.role, items.c.due_on).where(items.c.case_id == case.id, items.c.done_at.is_(None))
        ).all()
    told = json.loads(last)
    assert (told["type"], told["comment"]) == ("case.migrated", "申请人同意改按新办法")
    assert told["change"] == {**change, "found": results[1]["found"]}
    assert told["policy"] == new.hash
    assert [tuple(row) for row in open_items] == [("director", date(2026, 10, 8))]

    # It goes on under the new version: its papers, its members, whose step it is.
    with pytest.raises(ActionNotAllowed, match="director"):
        centre.act(case_id, "accept", "officer", CHECKED)
    with pytest.raises(ActionNotAllowed) as refused:
        centre.act(case_id, "accept", "director", CHECKED)
    assert "has_enough_members@1" in codes(refused)
    assert moved(centre, [case_id], new)[0]["refused"]["code"] == "cannot_repin"
    stale = Request(case_id, "return", centre.people["director"], before.version, comment="请补正")
    with pytest.raises(CaseHasMoved):
        centre.database.write(lambda connection: advance(connection, stale, now=centre.clock.now()))


def test_of_two_who_move_a_case_at_once_one_does_and_a_decision_meanwhile_is_told(centre: Centre) -> None:
    case_id = handed_in(centre, members=22)
    centre.on("2026-09-21")
    new = activated(centre, strict(), "2026-09-21")
    before = centre.case(case_id)

    def outcome(by: str) -> Callable[[Centre], None]:
        def work(own: Centre) -> None:
            (result,) = moved(own, [case_id], new, by=by)
            if result["refused"]:
                raise CannotRepin(Text("", ""))

        return work

    def stale(own: Centre) -> None:
        request = Request(
            case_id, "return_for_correction", centre.people["director"], before.version + 1,
            data={"points": "请补正名册"},
        )  # fmt: skip
        own.database.write(lambda connection: advance(connection, request, now=centre.clock.now()))

    found = at_once(centre, [outcome("director"), outcome("other_director"), outcome("director")])
    assert found == ["cannot_repin", "cannot_repin", "done"]
    assert at_once(centre, [stale, stale]) == ["case_has_moved", "done"]


def test_a_case_under_its_calls_terms_is_not_moved(centre: Centre) -> None:
    applicant = body(centre)
    case_id = applicant.open("funding", period=published(applicant))
    new = activated(centre, strict(), "2026-09-18")
    (result,) = moved(centre, [case_id], new)
    assert (result["change"], result["refused"]["code"]) == (None, "cannot_repin")
    assert "call" in result["refused"]["detail"]["en"]


def test_a_case_whose_version_was_replaced_on_its_own_day_is_moved_like_any_other(centre: Centre) -> None:
    with centre.meanwhile(lambda values: values["filing"]["conditions"]["members"].update(value=12), date(2026, 9, 18)):
        case_id = handed_in(centre, members=22)
    new = activated(centre, strict(), "2026-09-18")
    (result,) = moved(centre, [case_id], new)
    assert result["refused"] is None
    assert centre.case(case_id).policy_hash == new.hash

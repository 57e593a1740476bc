"""Recognition as a hub, its end with what becomes of those it carried, and what it reports each quarter."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from incubator.clock import FixedClock
from incubator.database import Database
from incubator.engine.opening import open_cases
from incubator.engine.refusals import ActionNotAllowed
from incubator.errors import Refused
from incubator.models.activities import Activity
from incubator.models.base import table
from incubator.models.cases import Case, WorkItem
from incubator.queries.due_hub_reports import due_hub_reports, skipped
from tests.procedures.affiliation.street import (
    RECOGNITION,
    REPORT,
    active,
    agreements,
    applied,
    carry,
    group,
    hub,
    hub_ended,
    recognitions,
    standing,
)  # fmt: skip
from tests.procedures.world import CHECKED, SERVED, Centre, build


def applied_for(centre: Centre, **changes: Any) -> str:
    case_id = centre.open("hub_recognition")
    centre.upload(case_id, "hub_application", "satisfaction_survey", "sealed_recognition", "sealed_refusal")
    centre.act(case_id, "submit", "worker", {**RECOGNITION, **changes})
    return case_id


def recognised(centre: Centre) -> str:
    case_id = applied_for(centre)
    centre.act(case_id, "accept", "officer", CHECKED)
    centre.act(case_id, "approve", "director")
    centre.act(case_id, "serve", "officer", SERVED)
    return case_id


def codes(refused: pytest.ExceptionInfo[ActionNotAllowed]) -> list[str]:
    return [blocker.code for blocker in refused.value.blockers]


def test_a_group_that_meets_every_criterion_is_recognised_for_as_long_as_policy_says(centre: Centre) -> None:
    standing(active(centre, 5), filed_on=centre.clock.now().date().replace(year=2026, month=1))
    case_id = applied_for(centre, teams=1, content=10)
    with pytest.raises(ActionNotAllowed) as refused:
        centre.act(case_id, "accept", "officer", CHECKED)
    assert codes(refused) == [
        "is_active_enough@1", "was_filed_long_enough@1", "works_with_enough_teams@1", "residents_are_content@1",
    ]  # fmt: skip
    centre.act(case_id, "withdraw", "worker", {"reason": "条件不足", "asked_by": "王桂兰"})
    recognised(standing(active(centre, 1)))
    (held,) = recognitions(centre)
    assert (held.status, held.since.isoformat(), held.until.isoformat()) == ("valid", "2026-09-18", "2029-09-17")
    assert centre.events("organization")[-1] == "organization.recognised_as_hub"


def test_a_hub_is_recognised_anew_from_the_end_of_its_time_and_was_one_all_along(centre: Centre) -> None:
    recognised(standing(active(centre)))
    with pytest.raises(ActionNotAllowed) as refused:
        centre.open("hub_recognition")
    assert "2029年6月19日" in refused.value.blockers[0].next.zh
    recognised(active(centre.on("2029-07-02")))
    assert [(each.status, each.since.isoformat(), each.until.isoformat()) for each in recognitions(centre)] == [
        ("ended", "2026-09-18", "2029-09-17"),
        ("valid", "2026-09-18", "2032-09-17"),
    ]


def test_a_public_notice_stands_between_approval_and_service_where_policy_wants_one(
    database: Database, clock: FixedClock
) -> None:
    def put_up(values: dict[str, Any]) -> None:
        values["affiliation"]["public_notice"]["enabled"]["value"] = True

    centre = active(standing(build(database, clock, change_policy=put_up)))
    case_id = applied_for(centre)
    centre.act(case_id, "accept", "officer", CHECKED)
    assert centre.act(case_id, "approve", "director").step == "public_notice"
    objected = centre.act(case_id, "object", "worker", {"objector": "李某", "grounds": "未开展联系活动"})
    assert objected.step == "objection"
    assert centre.act(case_id, "uphold", "officer", {"reason": "属实"}).step == "redecision"
    centre.act(case_id, "refuse", "director", {"reason": "属实", "basis": "办法"})
    assert centre.act(case_id, "serve", "officer", SERVED).outcome == "refused"
    assert recognitions(centre) == []


def test_a_recognition_that_is_taken_up_again_and_refused_ends_with_service(centre: Centre) -> None:
    case_id = recognised(standing(active(centre)))
    member = group(centre, "合唱队")
    carry(member, centre)
    centre.act(case_id, "reopen", "other_director", comment="材料不实")
    centre.act(case_id, "refuse", "director", {"reason": "问卷不实", "basis": "办法"})
    assert recognitions(centre)[0].status == "valid"
    centre.act(case_id, "serve", "officer", SERVED)
    assert recognitions(centre)[0].status == "revoked"
    assert agreements(member)[0][1] == "ended"


def test_a_revocation_ends_every_affiliation_with_an_event_in_each_members_stream(centre: Centre) -> None:
    carrier = hub(centre)
    members = [group(centre, name) for name in ("合唱队", "棋牌队")]
    for place, member in enumerate(members, start=1):
        carry(member, carrier, number=f"GKX-2024-000{place}")
    case_id = carrier.open("hub_ending")
    carrier.upload(case_id, "hub_ending_statement")
    carrier.act(case_id, "submit", "worker", {"kind": "revoked", "reason": "一年未联系"})
    with pytest.raises(ActionNotAllowed) as refused:
        carrier.act(case_id, "accept", "officer", CHECKED)
    assert codes(refused) == ["says_what_becomes_of_members@1"]
    carrier.act(case_id, "withdraw", "worker", {"reason": "补充材料", "asked_by": "王桂兰"})
    case_id = hub_ended(carrier)
    assert recognitions(carrier)[0].status == "revoked"
    assert [agreements(member)[0][1] for member in members] == ["ended", "ended"]
    assert centre.events("organization")[-3:] == ["organization.hub_ended", *["organization.lost_its_hub"] * 2]
    # The review finds that it was wrong: what the revocation ended comes back, but not where another took its place.
    other = hub(centre, "睦邻联合会", speaker="")
    carry(members[1], other, number="GKX-2024-0003")
    carrier.act(case_id, "request_internal_review", "worker", {"grounds": "每月都有联系"})
    carrier.act(case_id, "overturn", "other_director", {"reason": "属实"})
    carrier.act(case_id, "refuse", "director", {"reason": "属实", "basis": "复核意见"})
    carrier.act(case_id, "serve", "officer", SERVED)
    assert recognitions(carrier)[0].status == "valid"
    assert [[status for _, status, *_ in agreements(member)] for member in members] == [["valid"], ["ended", "valid"]]


def test_an_application_may_pick_a_hub_of_the_street_and_no_other_organization(centre: Centre) -> None:
    hub(centre)
    member, other = standing(centre), group(centre, "棋牌队")
    with pytest.raises(Refused) as refused:
        applied(member, other)
    assert "hub" in refused.value.fields


def opened_by_the_clock(centre: Centre, period: str) -> int:
    now = centre.clock.now()
    return centre.database.write(
        lambda connection: open_cases(
            connection, procedure="hub_report", street_id=centre.street_id, period=period, now=now,
            organizations=due_hub_reports(centre.street_id, period, now.date()),
        )
    )  # fmt: skip


def test_the_clock_opens_each_hubs_report_in_its_representatives_name_and_it_becomes_a_duty_done(
    centre: Centre,
) -> None:
    carrier = hub(centre.on("2026-09-28"))
    hub(centre.on("2026-10-05"), "睦邻联合会", speaker="")
    centre.on("2026-10-08")
    assert opened_by_the_clock(centre, "2026Q3") == 1
    assert opened_by_the_clock(centre, "2026Q3") == 0
    cases, items, activities = table(Case), table(WorkItem), table(Activity)
    with centre.database.read() as connection:
        assert skipped(connection, centre.street_id, "2026Q3", centre.clock.now().date()) == {
            "recognised_after_the_quarter": 1
        }
        case_id = str(connection.scalar(select(cases.c.public_id).where(cases.c.procedure == "hub_report")))
        named = connection.scalars(select(items.c.person_id).where(items.c.person_id != 0)).all()
    assert named == [centre.people["representative"].person_id]
    assert carrier.case(case_id).due_on.isoformat() == "2026-10-28"
    carrier.upload(case_id, "hub_report")
    carrier.on("2026-10-29").act(case_id, "submit", "representative", REPORT)
    assert carrier.act(case_id, "accept", "officer").outcome == "reported"
    with centre.database.read() as connection:
        duty = connection.execute(select(activities)).one()
    assert (duty.duty, duty.held_on.isoformat()) == ("quarterly_report", "2026-09-30")
    assert "organization.hub_reported" in centre.events("organization")


def test_a_report_that_never_comes_is_recorded_as_missing_only_once_the_time_is_over(centre: Centre) -> None:
    carrier = hub(centre).on("2026-10-08")
    case_id = carrier.open("hub_report", "officer", "2026Q3")
    with pytest.raises(ActionNotAllowed) as refused:
        carrier.act(case_id, "record_missing", "officer", {"reason": "三次催报未果"})
    assert codes(refused) == ["window_running"]
    carrier.on("2026-11-13").act(case_id, "record_missing", "officer", {"reason": "三次催报未果"})
    assert carrier.case(case_id).outcome == "not_reported"
    assert centre.events("organization")[-1] == "organization.hub_report_missing"
    carrier.act(case_id, "report_late", "officer", comment="补报")
    carrier.upload(case_id, "hub_report")
    carrier.act(case_id, "submit", "officer", REPORT)
    assert carrier.act(case_id, "accept", "officer").outcome == "reported"

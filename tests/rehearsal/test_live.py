"""Live cases under a changed policy: blocked and freed, limits that move, whose a step becomes, steps added or left out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from incubator.clock import FixedClock
from incubator.database import Database
from incubator.engine.deadline_words import in_words
from incubator.engine.roles import Grant, Role
from incubator.rehearsal import Kind
from tests.procedures.world import OPINION, Centre, build
from tests.rehearsal.rehearsing import changed, only, rehearsed, told, value

PHOTOS = {"kind": "photographs", "title": {"zh": "活动照片", "en": "photographs"}, "required": True}
MEMBERS, DOCUMENTS = "filing.conditions.members", "filing.application.documents"
DUE, TO_DECIDE = "filing.acceptance.due", "filing.decision.due"


@pytest.fixture
def centre(database: Database, clock: FixedClock) -> Centre:
    return build(database, clock)


def group(centre: Centre, name: str) -> Centre:
    return centre.with_group(name)


def waiting(centre: Centre, name: str, members: int) -> str:
    """A filing that awaits acceptance."""
    own = group(centre, name)
    case_id = own.submitted(name=f"桂花社区{name}", members=members)
    own.upload(case_id, "committee_opinion")
    own.act(case_id, "give_opinion", "worker", OPINION)
    return case_id


def test_more_members_block_where_they_are_asked_again_and_say_how_many_there_are(centre: Centre) -> None:
    small = centre.case(waiting(centre, "晨风合唱团", 12))
    waiting(centre, "晚霞合唱团", 25)
    own = group(centre, "夕阳合唱团")
    own.act(
        own.accepted(name="桂花社区夕阳合唱团", members=15), "return_for_correction", "director", {"points": "补花名册"}
    )
    result = rehearsed(centre, changed((MEMBERS, 20)))
    at_acceptance, at_decision = result.of_kind(Kind.BLOCKED)
    assert (at_acceptance.step, at_acceptance.subject, at_acceptance.path) == (
        "acceptance",
        "has_enough_members@1",
        MEMBERS,
    )
    (line,) = at_acceptance.cases
    assert (line.public_id, line.number, line.organization) == (small.public_id, small.number, "晨风合唱团")
    assert (line.before.zh, line.after.zh) == ("可以办理", "成员应不少于 20 人，现为 12 人")
    assert [title.zh for title in at_acceptance.decisions] == ["受理"]
    assert at_acceptance.cite is not None
    assert at_acceptance.cite.zh == "本街道惯例：试行"
    # Out for correction: it is blocked where it goes back to.
    assert (at_decision.step, [line.organization for line in at_decision.cases]) == ("decision", ["夕阳合唱团"])
    assert (result.live, result.decided, result.changed, result.inert) == (3, 0, (MEMBERS,), ())


def test_fewer_members_free_what_waited_for_more(centre: Centre) -> None:
    centre.submitted(members=8)  # sent back by the screening
    result = rehearsed(centre, changed((MEMBERS, 5)))
    assert told(result) == {
        ("freed", "screening", "has_enough_members@1"): [("成员应不少于 10 人，现为 8 人", "可以办理")]
    }


def test_another_document_blocks_and_one_less_frees(centre: Centre) -> None:
    centre.upload(centre.open("filing"), "application", "charter")
    needed = value(DOCUMENTS)
    more = rehearsed(centre, changed((DOCUMENTS, [*needed, PHOTOS])))
    assert told(more) == {
        ("blocked", "application", "document_missing:photographs"): [("可以办理", "缺少材料：活动照片")]
    }
    assert only(more, Kind.BLOCKED).words.zh == "缺少材料：活动照片"
    less = rehearsed(centre, changed((DOCUMENTS, [each for each in needed if each["kind"] != "roster"])))
    assert told(less) == {("freed", "application", "document_missing:roster"): [("缺少材料：成员花名册", "可以办理")]}


def test_limits_move_by_days_each_way_and_what_is_over_at_once_is_said(centre: Centre) -> None:
    first = centre.case(waiting(centre, "晨风合唱团", 20)).due_on
    centre.on("2026-09-21")
    last = centre.case(waiting(centre, "晚霞合唱团", 20)).due_on
    centre.clock.move_by(first - centre.clock.now().date())
    shorter = only(rehearsed(centre, changed((DUE, {**value(DUE), "length": 1}))), Kind.DUE)
    assert (value(DUE)["unit"], first < last) == ("working_days", True)
    assert [(line.before, line.after.zh) for line in shorter.cases] == [
        (in_words(first), "2026年9月20日"), (in_words(last), "2026年9月22日"),
    ]  # fmt: skip
    assert (shorter.overdue, shorter.unit, shorter.spread is not None and max(shorter.spread) < 0) == (2, "days", True)
    longer = only(rehearsed(centre, changed((DUE, {**value(DUE), "length": 60, "unit": "calendar_days"}))), Kind.DUE)
    assert (longer.overdue, longer.spread is not None and min(longer.spread) > 30) == (0, True)


def test_a_limit_that_stands_still_or_was_extended_keeps_what_it_has_been_through(centre: Centre) -> None:
    out = centre.accepted()
    centre.act(out, "extend", "director", {"length": 3}, comment="情况复杂")
    centre.clock.move_by(centre.case(out).due_on - centre.clock.now().date())
    centre.act(out, "return_for_correction", "director", {"points": "补花名册"})
    longer = rehearsed(centre, changed((TO_DECIDE, {**value(TO_DECIDE), "length": value(TO_DECIDE)["length"] + 5})))
    moved = only(longer, Kind.DUE)
    assert (moved.step, moved.spread, moved.overdue) == ("decision", (7, 7, 7), 0)
    # What was given in one unit cannot be counted in another.
    other = rehearsed(centre, changed((TO_DECIDE, {**value(TO_DECIDE), "unit": "calendar_days"})))
    (left,) = other.not_rehearsed
    assert (left.subject, left.cases, other.of_kind(Kind.DUE)) == (TO_DECIDE, (centre.case(out).number,), ())


def test_a_window_may_be_over_on_the_day(centre: Centre) -> None:
    window = "filing.internal_review.window"
    centre.filed()
    centre.on("2026-09-22")
    shorter = rehearsed(centre, changed((window, {**value(window), "length": 1, "unit": "calendar_days"})))
    assert told(shorter) == {("blocked", "filed", "window_over"): [("可以办理", "期限已于2026年9月20日届满")]}
    longer = rehearsed(centre, changed((window, {**value(window), "length": 90, "unit": "calendar_days"})))
    assert told(longer) == {}


def test_a_limit_begins_to_run_where_its_start_was_reached_and_ends_where_it_was_not(
    database: Database, clock: FixedClock
) -> None:
    def from_service(values: dict[str, Any]) -> None:
        values["filing"]["acceptance"]["due"]["value"]["starts_on"] = "served"

    centre = build(database, clock, change_policy=from_service)
    waiting(centre, "晨风合唱团", 20)
    begins = rehearsed(centre, changed((DUE, value(DUE))))
    (line,) = only(begins, Kind.DUE).cases
    assert (line.before.zh, line.after.zh[:5], line.delta) == ("不计期限", "2026年", None)


def test_a_step_becomes_somebody_elses_and_optional_steps_come_and_go_ahead(centre: Centre) -> None:
    waiting(centre, "晨风合唱团", 20)
    group(centre, "晚霞合唱团").submitted(name="桂花社区晚霞合唱团")
    result = rehearsed(
        centre,
        changed(
            ("filing.acceptance.by", ["director"]),
            ("filing.committee_opinion.enabled", False),
            ("filing.public_notice.enabled", True),
        ),
    )
    own = only(result, Kind.WHO)
    assert [(line.organization, line.before.zh, line.after.zh) for line in own.cases] == [
        ("晨风合唱团", "经办人", "中心主任")
    ]
    # The one stands at the opinion already and goes on there; neither has it ahead. Both have the notice.
    routes = {(each.step, line.organization) for each in result.of_kind(Kind.ROUTE) for line in each.cases}
    assert {step for step, _ in routes} == {"public_notice", "objection"}
    assert {name for step, name in routes if step == "public_notice"} == {"晨风合唱团", "晚霞合唱团"}


def test_only_what_the_actor_sees_is_rehearsed_and_every_group_leads_to_all_of_its_cases(centre: Centre) -> None:
    cases = [waiting(centre, name, 12) for name in ("春晖合唱团", "夏荷合唱团", "秋月合唱团")]
    draft, steps = changed((MEMBERS, 20)), []
    whole = rehearsed(centre, draft, progress=lambda done, of: steps.append((done, of)))
    assert {line.public_id for line in only(whole, Kind.BLOCKED).cases} == set(cases)
    assert (only(whole, Kind.BLOCKED).count, whole.touched, steps) == (3, 3, [(3, 3)])
    next_door = Grant(Role.COMMUNITY_WORKER, centre.street_id, centre.community_id + 1)
    elsewhere = replace(centre.people["worker"], grants=(next_door,))
    assert rehearsed(centre, draft, actor=centre.people["worker"]).touched == 3
    nothing = rehearsed(centre, draft, actor=elsewhere)
    assert (nothing.live, nothing.groups) == (0, ())


def test_what_bears_on_no_case_is_said_and_the_same_policy_changes_nothing(centre: Centre) -> None:
    waiting(centre, "晨风合唱团", 12)
    assert rehearsed(centre, changed()).groups == ()
    result = rehearsed(centre, changed(("general.backdating_days", 3)))
    assert (result.groups, result.inert) == ((), ("general.backdating_days",))


def test_the_day_that_a_policy_begins_on_is_the_day_that_is_judged(centre: Centre) -> None:
    waiting(centre, "晨风合唱团", 20)
    draft = changed((DUE, {**value(DUE), "length": value(DUE)["length"] - 1}))
    due_on = centre.case(waiting(centre, "晚霞合唱团", 20)).due_on
    assert only(rehearsed(centre, draft), Kind.DUE).overdue == 0
    later = rehearsed(centre, draft, on=due_on)
    assert (later.as_of, only(later, Kind.DUE).overdue) == (due_on, 2)

"""Moving a case: what is written, what is refused, and that nothing is ever half done."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import pytest

from incubator.engine import streams
from incubator.engine.refusals import ActionNotAllowed, CaseHasMoved, IdempotencyKeyReused, UnknownAction
from incubator.engine.reminders import remind
from incubator.engine.roles import Role
from incubator.errors import Invalid, NotFound
from incubator.models.automation import Outbox
from incubator.models.base import table
from incubator.models.cases import Case, Deadline, IdempotentAnswer, Timer, WorkItem
from incubator.models.events import Event, PersonalValue
from incubator.models.organizations import Organization
from incubator.sealing import current_sealer
from tests.engine.world import World, pack, to_decision


def at(day: str, hour: int = 9) -> datetime:
    year, month, date_ = (int(part) for part in day.split("-"))
    return datetime(year, month, date_, hour - 8, tzinfo=UTC)


def codes(refused: Any) -> list[str]:
    return [blocker.code for blocker in refused.value.blockers]


def test_a_case_goes_from_application_to_its_end_and_every_move_is_an_event(world: World) -> None:
    officer, other = world.person("甲", Role.OFFICER), world.person("乙", Role.OFFICER)
    case_id = to_decision(world, officer)
    world.do(case_id, "approve", other)
    assert world.case(case_id).step == "notice"
    world.do(case_id, "elapse")
    done = world.do(case_id, "serve", officer)
    assert (done.open, done.outcome) == (False, "granted")
    case = world.case(case_id)
    types = [event.type for event in world.rows(Event, table(Event).c.stream == "case")]
    assert types == [
        "case.opened",
        "case.submit",
        "case.pass",
        "case.accept",
        "case.approve",
        "case.elapse",
        "case.serve",
    ]
    with world.database.read() as connection:
        assert streams.verify(connection, "case", case.id) == []
    assert world.rows(Organization)[0].remark == "noted"
    assert world.rows(WorkItem, table(WorkItem).c.done_at.is_(None)) == []


def test_a_forged_event_is_found(world: World) -> None:
    officer = world.person("甲", Role.OFFICER)
    case = world.case(to_decision(world, officer))
    entry = streams.Entry("case", case.id, case.street_id, "case.accept", officer, {"step": "forged"})
    forged = streams.chain(entry, case.head_seq, case.head_hash, world.now)
    forged.row["body"] = forged.row["body"].replace("forged", "decision")
    world.database.write(lambda connection: streams.write(connection, forged))
    with world.database.read() as connection:
        assert [fault.fault for fault in streams.verify(connection, "case", case.id)] == ["hash", "head"]


def test_too_few_members_is_refused_with_the_reason_and_changes_nothing(world: World) -> None:
    officer = world.person("甲", Role.OFFICER)
    case_id = world.open("assent", officer)
    world.document(case_id)
    with pytest.raises(ActionNotAllowed) as refused:
        world.do(case_id, "submit", officer, data={"members": 9})
    assert codes(refused) == ["has_members@1"]
    assert refused.value.status == 409
    assert refused.value.blockers[0].cite is not None
    assert world.case(case_id).version == 1
    assert len(world.rows(Event)) == 1


def test_a_missing_document_and_a_missing_tick_are_told_together_with_who_can_cure_them(world: World) -> None:
    officer = world.person("甲", Role.OFFICER)
    case_id = world.open("assent", officer)
    with pytest.raises(ActionNotAllowed) as refused:
        world.do(case_id, "submit", officer, data={"members": 12})
    assert codes(refused) == ["document_missing:application"]
    assert refused.value.blockers[0].who.en == "officer"


def test_an_unknown_action_lists_the_known_ones(world: World) -> None:
    officer = world.person("甲", Role.OFFICER)
    case_id = world.open("assent", officer)
    with pytest.raises(UnknownAction) as refused:
        world.do(case_id, "fly", officer)
    assert refused.value.extra["actions"] == ["submit", "withdraw"]


def test_a_field_that_does_not_fit_is_named(world: World) -> None:
    officer = world.person("甲", Role.OFFICER)
    case_id = world.open("assent", officer)
    world.document(case_id)
    with pytest.raises(Invalid) as refused:
        world.do(case_id, "submit", officer, data={"members": 12, "colour": "red"})
    assert list(refused.value.fields) == ["colour"]


def test_the_future_is_refused_and_the_past_needs_a_reason(world: World) -> None:
    officer = world.person("甲", Role.OFFICER)
    world.clock.move_to(at("2026-09-10"))
    case_id = world.open("assent", officer)
    world.document(case_id)
    world.clock.move_to(at("2026-09-18"))
    with pytest.raises(Invalid) as refused:
        world.do(case_id, "submit", officer, data={"members": 12}, effective_on=date(2026, 9, 19))
    assert "effective_on" in refused.value.fields
    with pytest.raises(Invalid) as refused:
        world.do(case_id, "submit", officer, data={"members": 12}, effective_on=date(2026, 9, 17))
    assert "comment" in refused.value.fields
    world.do(
        case_id, "submit", officer, data={"members": 12}, effective_on=date(2026, 9, 17), comment="纸质材料昨日收到"
    )
    assert world.case(case_id).milestones["received"] == "2026-09-17"


def test_somebody_from_another_street_does_not_see_the_case(world: World) -> None:
    officer = world.person("甲", Role.OFFICER)
    case_id = world.open("assent", officer)
    from dataclasses import replace

    from incubator.engine.roles import Grant

    stranger = replace(officer, street_id=999, grants=(Grant(Role.OFFICER, 999),))
    with pytest.raises(NotFound):
        world.do(case_id, "submit", stranger, data={"members": 12})


def test_a_stale_version_says_who_moved_the_case_and_where(world: World) -> None:
    officer, other = world.person("甲", Role.OFFICER), world.person("乙", Role.OFFICER)
    case_id = to_decision(world, officer)
    version = world.case(case_id).version
    world.do(case_id, "approve", other)
    with pytest.raises(CaseHasMoved) as refused:
        world.do(case_id, "approve", other, expected_version=version)
    assert refused.value.extra["moved_by"] == "乙"
    assert refused.value.extra["step"] == "notice"


def test_of_two_people_racing_for_one_case_one_wins_and_the_other_is_told(world: World) -> None:
    officer = world.person("甲", Role.OFFICER)
    racers = [world.person("乙", Role.OFFICER), world.person("丙", Role.OFFICER)]
    case_id = to_decision(world, officer)
    version = world.case(case_id).version

    def race(actor: Any) -> str:
        try:
            world.do(case_id, "approve", actor, expected_version=version)
        except CaseHasMoved:
            return "moved"
        return "won"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(race, racers)) == ["moved", "won"]
    assert world.case(case_id).version == version + 1


def test_the_same_request_twice_acts_once_and_answers_alike(world: World) -> None:
    officer = world.person("甲", Role.OFFICER)
    case_id = world.open("assent", officer)
    world.document(case_id)
    asked = {"data": {"members": 12}, "expected_version": 1, "idempotency_key": "k1"}
    first = world.do(case_id, "submit", officer, **asked)
    assert world.do(case_id, "submit", officer, **asked) == first
    assert world.case(case_id).version == 2
    assert len(world.rows(IdempotentAnswer)) == 1
    with pytest.raises(IdempotencyKeyReused):
        world.do(case_id, "submit", officer, **{**asked, "data": {"members": 13}})


def test_a_key_used_before_is_told_first_whatever_else_is_wrong_with_the_other_request(world: World) -> None:
    officer = world.person("甲", Role.OFFICER)
    first, second = world.open("assent", officer), world.open("assent", officer)
    world.document(first)
    asked = {"data": {"members": 12}, "expected_version": 1, "idempotency_key": "k1"}
    world.do(first, "submit", officer, **asked)
    for action in ("submit", "no such action"):  # the second case has no documents
        with pytest.raises(IdempotencyKeyReused):
            world.do(second, action, officer, **asked)
    world.document(second)
    with pytest.raises(IdempotencyKeyReused):
        world.do(second, "submit", officer, **asked)
    assert world.case(second).version == 1


def test_the_officer_who_accepted_cannot_also_decide_nor_with_a_second_account(world: World) -> None:
    officer = world.person("甲", Role.OFFICER)
    world.person("乙", Role.OFFICER)
    case_id = to_decision(world, officer)
    from dataclasses import replace

    for actor in (officer, replace(officer, account_id=4711)):
        with pytest.raises(ActionNotAllowed) as refused:
            world.do(case_id, "approve", actor)
        assert codes(refused) == ["four_eyes"]
        assert refused.value.status == 403


def test_where_nobody_is_left_the_substitute_named_beforehand_decides_and_the_event_says_so(world: World) -> None:
    officer, clerk, admin = world.person("甲", Role.OFFICER), world.person("丁"), world.person("管", Role.ADMINISTRATOR)
    case_id = to_decision(world, officer)
    with pytest.raises(ActionNotAllowed) as refused:
        world.do(case_id, "approve", officer)
    assert refused.value.blockers[0].who.en == "administrator"
    world.substitute(clerk, Role.OFFICER, admin)
    with pytest.raises(ActionNotAllowed) as refused:
        world.do(case_id, "approve", officer)
    assert refused.value.blockers[0].who.zh == "丁"
    world.do(case_id, "approve", clerk)
    assert '"as_substitute_for":"officer"' in world.rows(Event)[-1].body


def test_a_substitute_does_not_act_beside_an_eligible_colleague(world: World) -> None:
    officer, clerk, admin = world.person("甲", Role.OFFICER), world.person("丁"), world.person("管", Role.ADMINISTRATOR)
    world.person("乙", Role.OFFICER)
    case_id = to_decision(world, officer)
    world.substitute(clerk, Role.OFFICER, admin)
    with pytest.raises(ActionNotAllowed):
        world.do(case_id, "approve", clerk)


def test_ten_working_days_stand_still_during_correction(world: World) -> None:
    officer = world.person("甲", Role.OFFICER)
    case_id = to_decision(world, officer)
    world.clock.move_to(at("2026-09-23"))
    world.do(case_id, "return", officer)
    case = world.case(case_id)
    assert case.step == "correction"
    assert case.came_from == "decision"
    world.clock.move_to(at("2026-10-09"))
    world.do(case_id, "resubmit", officer)
    case = world.case(case_id)
    assert case.step == "decision"
    assert case.due_on == date(2026, 10, 19)
    deadline = world.rows(Deadline, table(Deadline).c.step == "decision")[0]
    assert deadline.proof["due_on"] == "2026-10-19"
    assert [item.due_on for item in world.rows(WorkItem, table(WorkItem).c.done_at.is_(None))] == [date(2026, 10, 19)]


def test_seven_calendar_days_from_complete_documents_start_anew_with_the_resubmission(world: World) -> None:
    limit = {"length": 7, "unit": "calendar_days", "starts_on": "complete", "on_correction": "restart"}
    again = build_with(world, assent__due=limit)
    officer = again.person("甲", Role.OFFICER)
    case_id = to_decision(again, officer)
    again.clock.move_to(at("2026-09-23"))
    again.do(case_id, "return", officer)
    again.clock.move_to(at("2026-10-09"))
    again.do(case_id, "resubmit", officer)
    assert again.case(case_id).due_on == date(2026, 10, 16)


def build_with(world: World, **changes: Any) -> World:
    """The same street under another policy from a day on."""
    from incubator.engine import library

    def put(connection: Any) -> None:
        stored = library.store_policy(connection, pack(**changes), world.now)
        library.put_policy_in_force(connection, world.street_id, stored, date(2001, 1, 1), world.now)

    world.database.write(put)
    return world


def test_an_extension_is_capped_in_number_and_length_and_moves_the_due_date(world: World) -> None:
    officer, director = world.person("甲", Role.OFFICER), world.person("主任", Role.DIRECTOR)
    case_id = to_decision(world, officer)
    before = world.case(case_id).due_on
    with pytest.raises(ActionNotAllowed) as refused:
        world.do(case_id, "extend", director, data={"length": 6}, comment="情况复杂")
    assert codes(refused) == ["extended_too_far"]
    world.do(case_id, "extend", director, data={"length": 5}, comment="情况复杂")
    case = world.case(case_id)
    assert case.due_on > before
    fires = {timer.level: timer.fires_on for timer in world.rows(Timer)}
    assert (fires["reminder"] - case.due_on).days == 1
    with pytest.raises(ActionNotAllowed) as refused:
        world.do(case_id, "extend", director, data={"length": 1}, comment="再延")
    assert codes(refused) == ["extended_enough"]


def test_a_public_notice_ends_by_its_timer_and_stands_still_during_an_objection(world: World) -> None:
    officer, other, director = (
        world.person("甲", Role.OFFICER),
        world.person("乙", Role.OFFICER),
        world.person("主任", Role.DIRECTOR),
    )
    case_id = to_decision(world, officer)
    world.do(case_id, "approve", other)
    case = world.case(case_id)
    assert case.due_on == date(2026, 9, 29)  # 09-20 is a make-up workday; 25 to 27 September are off
    assert [timer.fires_on for timer in world.rows(Timer, table(Timer).c.action == "elapse")] == [date(2026, 9, 30)]
    world.clock.move_to(at("2026-09-22"))
    world.do(case_id, "object", officer, comment="居民提出异议")
    world.clock.move_to(at("2026-09-29"))
    world.do(case_id, "dismiss", director)
    back = world.case(case_id)
    assert back.step == "notice"
    # Two days were counted by 09-21 (09-20 is a make-up workday); 10-10 is one more.
    assert back.due_on == date(2026, 10, 12)
    waiting = world.rows(Timer, table(Timer).c.fired_at.is_(None))
    assert [(timer.action, timer.visit) for timer in waiting] == [("elapse", back.visit)]


def test_a_notice_that_policy_leaves_out_is_passed(world: World) -> None:
    again = build_with(world, assent__notice=False)
    officer, other = again.person("甲", Role.OFFICER), again.person("乙", Role.OFFICER)
    case_id = to_decision(again, officer)
    assert again.do(case_id, "approve", other).step == "service"


def test_internal_review_is_open_until_the_window_from_service_ends_also_when_service_is_entered_late(
    world: World,
) -> None:
    officer, other, director = (
        world.person("甲", Role.OFFICER),
        world.person("乙", Role.OFFICER),
        world.person("主任", Role.DIRECTOR),
    )
    build_with(world, assent__notice=False)
    case_id = to_decision(world, officer)
    world.do(case_id, "approve", other)
    world.clock.move_to(at("2026-09-30"))
    world.do(case_id, "serve", officer, effective_on=date(2026, 9, 28), comment="28 日当面送达，今日补记")
    world.clock.move_to(at("2026-10-11"))
    with pytest.raises(ActionNotAllowed) as refused:
        world.do(case_id, "ask_review", officer)
    assert codes(refused) == ["window_over"]
    assert "2026年10月10日" in refused.value.detail.zh
    world.clock.move_to(at("2026-10-10"))
    world.do(case_id, "ask_review", officer)
    case = world.case(case_id)
    assert (case.open, case.outcome, case.step) == (False, "granted", "review")
    world.do(case_id, "stands", director)
    case = world.case(case_id)
    assert (case.open, case.outcome, case.step) == (False, "granted", "granted")


def test_an_overturned_decision_is_decided_anew(world: World) -> None:
    officer, other, director = (
        world.person("甲", Role.OFFICER),
        world.person("乙", Role.OFFICER),
        world.person("主任", Role.DIRECTOR),
    )
    build_with(world, assent__notice=False)
    case_id = to_decision(world, officer)
    world.do(case_id, "approve", other)
    world.do(case_id, "serve", officer)
    world.do(case_id, "ask_review", officer)
    world.do(case_id, "overturn", director)
    case = world.case(case_id)
    assert (case.open, case.outcome, case.step) == (True, "", "decision")


def test_an_automated_step_and_a_notice_wait_in_the_outbox(world: World) -> None:
    officer, other = world.person("甲", Role.OFFICER), world.person("乙", Role.OFFICER)
    case_id = to_decision(world, officer)
    world.do(case_id, "approve", other)
    assert [row.task for row in world.rows(Outbox)] == ["tests.check", "tests.notice"]


def test_personal_values_lie_apart_and_the_event_commits_to_them(world: World) -> None:
    officer = world.person("甲", Role.OFFICER)
    case_id = world.open("assent", officer)
    world.document(case_id)
    world.do(case_id, "submit", officer, data={"members": 12, "phone": "13800001234"})
    stored = world.rows(PersonalValue)[0]
    assert current_sealer().open(stored.sealed) == "13800001234"
    event = world.rows(Event)[-1]
    assert "13800001234" not in event.body
    assert stored.commitment in event.body
    assert "phone" not in world.case(case_id).data["application"]


def test_the_ladder_reminds_once_and_escalates_to_the_director(world: World) -> None:
    officer = world.person("甲", Role.OFFICER)
    case_id = to_decision(world, officer)
    rungs = {timer.level: timer.id for timer in world.rows(Timer, table(Timer).c.action == "remind")}
    for level, expected in (("reminder", True), ("reminder", False), ("escalation", True)):
        done = world.database.write(lambda connection, level=level: remind(connection, rungs[level], world.now))
        assert done is expected
    assert [row.payload["level"] for row in world.rows(Outbox, table(Outbox).c.task == "case.remind")] == [
        "reminder",
        "escalation",
    ]
    kinds = [(item.kind, item.role) for item in world.rows(WorkItem, table(WorkItem).c.done_at.is_(None))]
    assert ("escalation", "director") in kinds
    with world.database.read() as connection:
        assert streams.verify(connection, "case", world.case(case_id).id) == []


def test_a_reminder_of_a_step_that_was_left_does_nothing(world: World) -> None:
    officer, other = world.person("甲", Role.OFFICER), world.person("乙", Role.OFFICER)
    case_id = to_decision(world, officer)
    rung = world.rows(Timer, table(Timer).c.action == "remind")[0]
    world.do(case_id, "approve", other)
    assert world.database.write(lambda connection: remind(connection, rung.id, world.now)) is False


def test_cases_opened_alone_and_in_bulk_have_the_same_shape(world: World) -> None:
    from sqlalchemy import select

    from incubator.engine.opening import open_cases

    officer = world.person("甲", Role.OFFICER)
    ids = world.organizations(3)
    rows = table(Organization)
    single = world.open("review", officer, ids[0])
    opened = world.database.write(
        lambda connection: open_cases(
            connection, procedure="review", street_id=world.street_id, period="2027",
            organizations=select(rows.c.id).where(rows.c.id.in_(ids)), now=world.now,
        )
    )  # fmt: skip
    assert opened == 3
    again = world.database.write(
        lambda connection: open_cases(
            connection, procedure="review", street_id=world.street_id, period="2027",
            organizations=select(rows.c.id).where(rows.c.id.in_(ids)), now=world.now,
        )
    )  # fmt: skip
    assert again == 0
    cases = world.rows(Case)
    assert [case.number for case in cases] == ["RV-2026-0001", "RV-2026-0002", "RV-2026-0003", "RV-2026-0004"]
    one, bulk = cases[0], cases[1]
    own = {"id", "public_id", "number", "organization_id", "head_hash", "period"}
    assert {k: v for k, v in one._mapping.items() if k not in own} == {
        k: v for k, v in bulk._mapping.items() if k not in own
    }
    with world.database.read() as connection:
        for case in cases:
            assert streams.verify(connection, "case", case.id) == []
    for model in (WorkItem, Deadline):
        found = world.rows(model)
        assert [row.case_id for row in found] == [case.id for case in cases]
    assert len(world.rows(Timer)) == 8
    assert world.case(single).due_on == bulk.due_on


def test_the_panel_is_blocked_until_the_alternate_joins_and_drops_its_extremes(world: World) -> None:
    officer = world.person("甲", Role.OFFICER)
    experts = [world.person(f"专家{place}", Role.EXPERT) for place in range(6)]
    case_id = world.open("scoring", officer)
    world.do(
        case_id, "seat", officer,
        data={"members": [e.public_id for e in experts[:5]], "alternates": [experts[5].public_id]},
    )  # fmt: skip
    with pytest.raises(ActionNotAllowed):
        world.do(case_id, "give", experts[0], data={"scores": {"score": 92}})
    scores = dict(zip(experts, [92, 88, 85, 60, None, 97], strict=True))
    for expert in experts[:5]:
        conflicted = scores[expert] is None
        world.do(case_id, "declare", expert, data={"conflict": conflicted})
        if not conflicted:
            world.do(case_id, "give", expert, data={"scores": {"score": scores[expert]}})
    with pytest.raises(ActionNotAllowed) as refused:
        world.do(case_id, "conclude", officer)
    assert "panel_seat_vacant" in codes(refused)
    world.do(case_id, "promote", officer)
    with pytest.raises(ActionNotAllowed) as refused:
        world.do(case_id, "give", experts[0], data={"scores": {"score": 1}})
    world.do(case_id, "declare", experts[5], data={"conflict": False})
    world.do(case_id, "give", experts[5], data={"scores": {"score": 97}})
    world.do(case_id, "conclude", officer)
    assert world.case(case_id).data["panel"]["panel"]["score"] == "88.33"

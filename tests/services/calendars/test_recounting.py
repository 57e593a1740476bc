"""A change of calendar moves the dates of the cases under way, each with an event and a note, and nothing that is over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, event, select

from incubator.clock import SHANGHAI
from incubator.engine import library, streams
from incubator.engine.calendars import announced_calendar
from incubator.engine.deadlines import Proof
from incubator.engine.opening import open_case
from incubator.engine.roles import automation
from incubator.engine.tasks import TASKS, Work
from incubator.models.automation import Notice as NoticeRow
from incubator.models.automation import Outbox
from incubator.models.base import table
from incubator.models.cases import Case, Deadline, Timer, WorkItem
from incubator.models.events import CalendarInForce, Event, PolicyPack
from incubator.services.automation import periods, sweeps
from incubator.services.bootstrap import Service
from incubator.services.calendars import recounting
from incubator.services.calendars.importing import CalendarChange, import_notice, set_closing_days
from incubator.services.calendars.notice import Notice
from incubator.services.calendars.recounting import Recounted, recount, streets_to_recount, would_move
from incubator.settings import Settings
from tests.engine.world import World, to_decision
from tests.services.calendars.arrangement import notice_2027


def bring_in(world: World, notice: Notice | None = None, *, by: str = "officer") -> CalendarChange:
    return world.database.write(
        lambda connection: import_notice(
            connection, street_id=world.street_id, notice=notice or notice_2027(), actor=world.people[by], now=world.now
        )
    )


def count_anew(world: World) -> Recounted:
    return recount(
        world.database, street_id=world.street_id, actor=world.people["officer"], now=world.now
    )  # fmt: skip


def close(world: World, *days: str, open_again: tuple[str, ...] = (), reason: str = "办公室搬迁") -> CalendarChange:
    return world.database.write(
        lambda connection: set_closing_days(
            connection, street_id=world.street_id, add=[date.fromisoformat(day) for day in days],
            remove=[date.fromisoformat(day) for day in open_again], reason=reason, actor=world.people["officer"],
            now=world.now,
        )
    )  # fmt: skip


def on(world: World, day: str) -> None:
    world.clock.move_to(
        datetime.combine(date.fromisoformat(day), datetime.min.time(), tzinfo=SHANGHAI) + timedelta(hours=9)
    )


def bodies(world: World, kind: str, stream: str = "case") -> list[dict[str, Any]]:
    events = table(Event)
    return [json.loads(row.body) for row in world.rows(Event, events.c.type == kind, events.c.stream == stream)]


def assert_counted(world: World, calendar_hash: str) -> None:
    """Every case and limit under way counts by this calendar, and every date hangs together."""
    assert {row.calendar_hash for row in world.rows(Case)} == {calendar_hash}
    cases = {row.id: row for row in world.rows(Case)}
    for limit in world.rows(Deadline, table(Deadline).c.state.in_(("running", "paused"))):
        assert limit.calendar_hash == calendar_hash
        assert Proof.from_json(limit.proof).due_on == limit.due_on
        if limit.state == "running":
            assert cases[limit.case_id].due_on == limit.due_on
    for item in world.rows(WorkItem, table(WorkItem).c.done_at.is_(None)):
        assert item.due_on == cases[item.case_id].due_on
    with world.database.read() as connection:
        for case_id in cases:
            assert streams.verify(connection, "case", case_id) == []
        for pack in world.rows(PolicyPack):
            assert streams.verify(connection, "policy", pack.id) == []


def test_the_notice_moves_a_date_with_an_event_a_note_and_everything_that_hangs_on_it(world: World) -> None:
    case_id = to_decision(world, world.people["officer"])
    assert world.case(case_id).due_on == date(2027, 1, 4)  # provisional: ten plain weekdays
    change = bring_in(world)
    assert [each.day.isoformat() for each in change.difference.days[:2]] == ["2026-12-26", "2027-01-01"]
    assert world.case(case_id).calendar_hash == change.before_hash
    moved = count_anew(world)
    # The Saturday worked on 26 December and New Year's Day off make up for each other here; nothing moves but the mark.
    assert [(move.before, move.after, move.provisional_after) for move in moved.changed] == [
        (date(2027, 1, 4), date(2027, 1, 4), False)
    ]
    assert not world.rows(Outbox, table(Outbox).c.task == "notice.deadline_moved")
    assert_counted(world, change.after_hash)

    close(world, "2026-12-29", "2026-12-30")
    (move,) = count_anew(world).moved
    assert (move.before, move.after) == (date(2027, 1, 4), date(2027, 1, 6))
    (first, told) = bodies(world, "case.deadline_moved")
    assert first["change"]["provisional"] == {"before": True, "after": False}
    assert told["change"]["due_on"] == {"before": "2027-01-04", "after": "2027-01-06"}
    assert [each["day"] for each in told["change"]["days"]] == ["2026-12-29", "2026-12-30"]
    assert "办公室搬迁" in told["change"]["why"]["zh"]
    assert "国办发明电〔2026〕99号" in first["change"]["why"]["zh"]
    assert told["actor"] == world.people["officer"].person_id
    levels = {row.level: row.fires_on for row in world.rows(Timer, table(Timer).c.fired_at.is_(None))}
    assert levels == {"reminder": date(2027, 1, 7), "escalation": date(2027, 1, 16)}
    assert_counted(world, close(world, "2026-12-29").before_hash)
    (asked,) = world.rows(Outbox, table(Outbox).c.task == "notice.deadline_moved")
    work = Work(asked.id, asked.street_id, asked.case_id, asked.task, asked.payload, 1, world.now, world.database)
    world.database.write(TASKS[asked.task](work))
    (note,) = world.rows(NoticeRow)
    assert note.role == "officer"
    assert "2027年1月4日" in note.body_zh
    assert "2027年1月6日" in note.body_zh
    assert "办公室搬迁" in note.body_zh


def test_what_is_over_stays_and_what_stands_still_is_counted_to_its_end(world: World) -> None:
    officer, director = world.people["officer"], world.people["director"]
    met = to_decision(world, officer)
    world.do(met, "approve", director)
    out = to_decision(world, officer)
    world.do(out, "return", officer)
    before = {row.id: row for row in world.rows(Deadline)}
    close(world, "2026-12-29")
    count_anew(world)
    for row in world.rows(Deadline):
        if before[row.id].state == "met":
            assert row == before[row.id]
    (paused,) = world.rows(Deadline, table(Deadline).c.state == "paused")
    assert Proof.from_json(paused.proof).due_on == paused.due_on == date(2027, 1, 5)
    notice = world.case(met)
    assert notice.due_on == date(2026, 12, 31)  # seven working days of public notice, one of them closed
    (timer,) = [row for row in world.rows(Timer, table(Timer).c.fired_at.is_(None)) if row.case_id == notice.id]
    assert timer.fires_on == date(2027, 1, 1)
    on(world, "2026-12-24")
    world.do(out, "resubmit", officer)
    assert world.case(out).due_on == date(2027, 1, 8)  # three days were out, one is closed
    assert_counted(world, close(world, "2026-12-29").before_hash)


def test_a_window_after_the_end_follows_the_calendar_and_a_case_that_reopens_counts_by_it(world: World) -> None:
    officer, director = world.people["officer"], world.people["director"]
    case_id = to_decision(world, officer)
    world.do(case_id, "approve", director)
    on(world, "2027-01-04")
    world.do(case_id, "elapse")
    world.do(case_id, "serve", officer)
    assert world.case(case_id).outcome == "granted"
    close(world, "2027-01-05", "2027-01-06")
    done = count_anew(world)
    assert (done.cases, done.changed) == (1, [])
    assert not bodies(world, "case.deadline_moved")
    on(world, "2027-01-13")  # seven weekdays after service, five of them worked
    world.do(case_id, "ask_review", officer)
    world.do(case_id, "overturn", director)
    assert world.case(case_id).open
    assert_counted(world, close(world, "2027-01-05").before_hash)


def test_a_date_that_is_past_moves_only_by_days_that_really_change(world: World) -> None:
    case_id = to_decision(world, world.people["officer"])
    on(world, "2027-02-01")
    bring_in(world, notice_2027("2026年12月26日（周六）上班。", ""))
    (move,) = count_anew(world).moved
    assert (move.case_id, move.before, move.after) == (case_id, date(2027, 1, 4), date(2027, 1, 5))
    bring_in(world, notice_2027("2月20日（周六）上班。", "2月21日（周日）上班。"))
    bring_in(world, notice_2027("2026年12月26日（周六）上班。", ""))
    assert count_anew(world).moved == []
    assert world.case(case_id).due_on == date(2027, 1, 5)


def test_a_notice_that_changes_nothing_writes_nothing(world: World) -> None:
    bring_in(world)
    rows = {model: world.rows(model) for model in (CalendarInForce, Event, PolicyPack)}
    again = bring_in(world)
    assert not again.changes
    assert {model: world.rows(model) for model in rows} == rows
    (told,) = bodies(world, "calendar.imported", "policy")
    assert told["change"]["year"] == 2027
    assert told["change"]["after"] == again.after_hash
    assert told["change"]["made_working"][0] == "2026-12-26"


def test_a_preview_says_what_would_move_and_writes_nothing(world: World) -> None:
    case_id = to_decision(world, world.people["officer"])
    rows = {model: world.rows(model) for model in (Case, Deadline, CalendarInForce, Event)}
    notice = notice_2027("2026年12月26日（周六）上班。", "")
    with world.database.read() as connection:
        asked: Any = {"street_id": world.street_id, "now": world.now}
        change = import_notice(connection, notice=notice, actor=world.people["officer"], dry_run=True, **asked)
        (move,) = would_move(connection, calendar_hash=change.after_hash, **asked)
        in_force = connection.execute(select(table(CalendarInForce))).all()
    assert in_force == rows[CalendarInForce]
    assert (move.case_id, move.before, move.after) == (case_id, date(2027, 1, 4), date(2027, 1, 5))
    assert {model: world.rows(model) for model in rows} == rows


class BrokenOff(Exception):  # noqa: N818
    """The machine stops."""


@contextmanager
def broken_off_after(monkeypatch: pytest.MonkeyPatch, chunks: int) -> Iterator[None]:
    """Let only so many chunks be committed."""
    left, real = [chunks], recounting._next_cases

    def next_cases(*arguments: Any) -> Any:
        if not left[0]:
            raise BrokenOff
        left[0] -= 1
        return real(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(recounting, "_next_cases", next_cases)
        patched.setattr(recounting, "CHUNK", 2)
        yield


def sweep(world: World) -> str:
    service = Service(Settings(), world.database, world.clock)
    claim = periods.claim(world.database, "recount_cases", world.now, now=world.now, caught_up=False)
    assert claim is not None
    return sweeps.run_period(service, claim)


def test_a_recount_broken_off_in_the_middle_is_finished_by_the_sweep(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for organization in world.organizations(5):
        world.database.write(partial(_open_review, world, organization))
    close(world, "2026-12-29")
    with broken_off_after(monkeypatch, 1), pytest.raises(BrokenOff):
        count_anew(world)
    assert len(bodies(world, "case.deadline_moved")) == 2
    with world.database.read() as connection:
        assert streets_to_recount(connection) == [world.street_id]
    assert sweep(world) == "3 recounted, 3 moved, 1 streets"
    told = bodies(world, "case.deadline_moved")
    assert len({body["subject"] for body in told}) == len(told) == 5
    assert [body["actor"] for body in told] == [world.people["officer"].person_id] * 2 + [0] * 3
    assert_counted(world, close(world, "2026-12-29").before_hash)
    with world.database.read() as connection:
        assert streets_to_recount(connection) == []


def test_a_case_opened_by_the_old_calendar_in_the_same_moment_is_found_by_the_sweep(world: World) -> None:
    old = announced_calendar()
    close(world, "2026-12-29")
    count_anew(world)
    # As an opening writes it that looked at the calendar before the change was committed.
    in_force = world.rows(CalendarInForce)[-1].calendar_hash

    def by_the_old(connection: Connection) -> None:
        library.put_calendar_in_force(connection, world.street_id, library.keep_calendar(old), world.now)
        _open_review(world, world.organization_id, connection)
        library.put_calendar_in_force(connection, world.street_id, in_force, world.now)

    world.database.write(by_the_old)
    assert sweep(world).startswith("1 recounted, 1 moved")
    assert_counted(world, in_force)


def test_a_limit_left_behind_under_a_case_that_counts_anew_is_found_too(world: World) -> None:
    case_id = to_decision(world, world.people["officer"])
    change = close(world, "2026-12-29")
    cases = table(Case)
    world.database.write(lambda connection: connection.execute(cases.update().values(calendar_hash=change.after_hash)))
    assert [move.case_id for move in count_anew(world).moved] == [case_id]
    assert_counted(world, change.after_hash)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has one writer
def test_a_case_that_somebody_holds_is_waited_for_and_nobody_waits_for_the_others(world: World) -> None:
    case_ids = [to_decision(world, world.people["officer"]) for _ in range(3)]
    close(world, "2026-12-29")
    with ThreadPoolExecutor(1) as pool, world.database.engine.begin() as holder:
        held = world.case(case_ids[0]).id
        holder.execute(select(table(Case).c.id).where(table(Case).c.id == held).with_for_update())
        running = pool.submit(count_anew, world)
        while world.case(case_ids[2]).calendar_hash == world.case(case_ids[0]).calendar_hash:
            pass
        # Whoever holds the first may still take the others: the recount holds none of them while it waits.
        holder.execute(select(table(Case).c.id).where(table(Case).c.id == held + 2).with_for_update())
        holder.commit()
        assert running.result(timeout=30).cases == 3


def test_a_street_with_many_limits_is_counted_in_few_statements_each(world: World) -> None:
    for organization in world.organizations(recounting.CHUNK):
        world.database.write(partial(_open_review, world, organization))
    close(world, "2027-03-01")  # beyond every limit: nothing moves
    statements: list[str] = []
    engine = world.database.engine if not world.database.is_sqlite else world.database._writer._engine  # type: ignore[union-attr]
    event.listen(engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    done = count_anew(world)
    assert (done.cases, done.changed) == (recounting.CHUNK, [])
    assert len(statements) < 20


def _open_review(world: World, organization_id: int, connection: Connection) -> None:
    open_case(
        connection, procedure="review", organization_id=organization_id, actor=automation(world.street_id),
        now=world.now, period="2026",
    )  # fmt: skip

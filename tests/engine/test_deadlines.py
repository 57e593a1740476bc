"""Deadlines fall where the law and the notices put them, and their proof says how."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from incubator.engine.calendars import announced_calendar
from incubator.engine.deadlines import (
    Pause,
    Proof,
    Term,
    Unit,
    backward,
    days,
    due_date,
    explain,
    fixed_date,
)
from incubator.errors import Invalid

CALENDAR = announced_calendar()


def working(n: int) -> Term:
    return Term(n, Unit.WORKING_DAYS)


def calendar_days(n: int) -> Term:
    return Term(n, Unit.CALENDAR_DAYS)


def on(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def due(start: str, term: Term, *pauses: Pause, extensions: tuple[int, ...] = ()) -> str | None:
    proof = due_date(on(start), term, CALENDAR, pauses=pauses, extensions=extensions)
    return proof.due_on.isoformat().removeprefix("2026-") if proof.due_on else None


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [
        ("02-10", 5, "02-24"),
        ("09-18", 5, "09-24"),
        ("09-30", 7, "10-15"),
        ("04-29", 15, "05-22"),
        ("09-28", 5, "10-10"),
    ],
)
def test_working_days_follow_the_notice_of_2026(start: str, length: int, expected: str) -> None:
    assert due(start, working(length)) == expected


def test_a_correction_pauses_the_clock_and_neither_day_counts() -> None:
    assert due("09-18", working(10), Pause(on("09-23"), on("10-09"))) == "10-19"


@pytest.mark.parametrize(
    ("sending", "returning", "expected"),
    [(False, False, "10-19"), (True, False, "10-16"), (False, True, "10-16"), (True, True, "10-15")],
)
def test_the_days_of_sending_and_returning_count_where_the_policy_says_so(
    sending: bool, returning: bool, expected: str
) -> None:
    term = Term(10, Unit.WORKING_DAYS, count_sending_day=sending, count_returning_day=returning)
    assert due("09-18", term, Pause(on("09-23"), on("10-09"))) == expected


def test_seven_calendar_days_from_complete_documents() -> None:
    assert due("10-09", calendar_days(7)) == "10-16"


def test_a_last_day_on_a_day_off_rolls_forward() -> None:
    proof = due_date(on("09-24"), calendar_days(8), CALENDAR)
    assert (proof.due_on, proof.rolled_from) == (on("10-08"), on("10-02"))
    assert [(span.first, span.last, span.reason.zh) for span in proof.skipped] == [(on("10-02"), on("10-07"), "国庆节")]


def test_a_last_day_on_a_make_up_saturday_stays() -> None:
    assert due("10-03", calendar_days(7)) == "10-10"


def test_months_end_on_the_corresponding_day_or_the_months_last() -> None:
    assert due("01-31", Term(1, Unit.MONTHS)) == "02-28"  # a make-up Saturday
    assert due("03-12", Term(3, Unit.MONTHS)) == "06-12"
    leap = due_date(date(2024, 2, 29), Term(1, Unit.YEARS), CALENDAR)
    assert leap.due_on == date(2025, 2, 28)


def test_a_pause_pushes_months_by_the_calendar_days_paused() -> None:
    assert due("03-12", Term(3, Unit.MONTHS), Pause(on("04-01"), on("04-05"))) == "06-17"


def test_extensions_are_added_one_after_the_other() -> None:
    assert due("09-18", working(2), extensions=(2, 1)) == due("09-18", working(5)) == "09-24"
    assert due("07-31", Term(1, Unit.MONTHS), extensions=(1,)) == "09-30"


def test_while_a_correction_is_out_there_is_no_date_but_a_number_of_days_left() -> None:
    proof = due_date(on("09-18"), working(10), CALENDAR, pauses=[Pause(on("09-23"))])
    assert (proof.due_on, proof.counted, proof.remaining) == (None, 3, 7)
    assert proof.paused
    assert proof.skipped[-1].last is None


@pytest.mark.parametrize("term", [working(5), calendar_days(7)])
def test_a_correction_sent_on_the_last_day_leaves_that_one_day(term: Term) -> None:
    proof = due_date(on("10-12"), term, CALENDAR, pauses=[Pause(on("10-19"))])
    assert (proof.due_on, proof.counted, proof.remaining) == (None, term.length - 1, 1)
    back = due_date(on("10-12"), term, CALENDAR, pauses=[Pause(on("10-19"), on("10-20"))])
    assert (back.due_on, back.rolled_from) == (on("10-21"), None)


@pytest.mark.parametrize(("term", "expected"), [(working(5), "10-21"), (calendar_days(7), "10-21")])
def test_a_correction_sent_on_the_day_of_the_event_leaves_out_no_more_than_the_days_after(
    term: Term, expected: str
) -> None:
    assert due("10-12", term, Pause(on("10-12"), on("10-14"))) == expected


def test_a_correction_sent_after_the_last_day_changes_nothing() -> None:
    assert due("09-18", working(5), Pause(on("09-28"))) == "09-24"


def test_a_correction_sent_on_the_rolled_last_day_carries_it_beyond_the_return() -> None:
    friday_and_a_day = calendar_days(5)  # ends on Saturday 17 October, so on Monday 19 October
    assert due("10-12", friday_and_a_day) == "10-19"
    assert due("10-12", friday_and_a_day, Pause(on("10-19"), on("10-21"))) == "10-22"
    assert due("10-12", friday_and_a_day, Pause(on("10-19"))) is None


def test_a_second_correction_on_the_day_the_first_came_back_leaves_that_day_out_once() -> None:
    twice = due("10-12", working(5), Pause(on("10-13"), on("10-14")), Pause(on("10-14"), on("10-15")))
    assert twice == due("10-12", working(5), Pause(on("10-13"), on("10-15"))) == "10-22"


def test_a_fixed_date_rolls_forward_when_off() -> None:
    assert fixed_date(on("03-31"), CALENDAR).due_on == on("03-31")
    proof = fixed_date(on("05-31"), CALENDAR)
    assert (proof.due_on, proof.rolled_from, proof.term) == (on("06-01"), on("05-31"), None)


def test_a_backward_deadline_shows_the_last_safe_working_day_and_never_rolls_forward() -> None:
    proof = backward(on("10-20"), calendar_days(15), CALENDAR)
    assert (proof.rolled_from, proof.due_on) == (on("10-05"), on("09-30"))
    assert backward(on("10-20"), working(5), CALENDAR).due_on == on("10-13")
    assert backward(on("12-31"), Term(1, Unit.MONTHS), CALENDAR).due_on == on("11-30")


@pytest.mark.parametrize(
    ("start", "length", "expected", "provisional"),
    [("12-11", 5, "12-18", False), ("12-11", 6, "12-21", True), ("12-30", 5, "2027-01-06", True)],
)
def test_a_date_that_the_next_notice_can_move_is_provisional(
    start: str, length: int, expected: str, provisional: bool
) -> None:
    proof = due_date(on(start), working(length), CALENDAR)
    assert (proof.due_on or date.min).isoformat().endswith(expected)
    assert proof.provisional is provisional
    assert proof.unannounced == (2027 if provisional else None)


def test_a_fixed_date_and_a_backward_one_are_provisional_for_the_same_reason() -> None:
    assert fixed_date(on("12-19"), CALENDAR).provisional  # a Saturday, so it rolls to the 21st
    assert not fixed_date(on("12-18"), CALENDAR).provisional
    assert backward(on("12-31"), working(15), CALENDAR).provisional, "late December is counted through"
    assert not backward(on("12-31"), calendar_days(15), CALENDAR).provisional, "16 December is announced"
    assert backward(date(2027, 2, 1), calendar_days(15), CALENDAR).provisional


def test_the_imported_notice_makes_the_date_certain_and_may_move_it() -> None:
    announced = CALENDAR.with_year(2027, {}, [date(2026, 12, 27)])
    before = due_date(on("12-23"), working(3), CALENDAR)
    after = due_date(on("12-23"), working(3), announced)
    assert (before.due_on, before.provisional) == (on("12-28"), True)
    assert (after.due_on, after.provisional) == (on("12-27"), False)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: Term(-1, Unit.WORKING_DAYS),
        lambda: Pause(on("10-09"), on("09-23")),
        lambda: due_date(on("09-18"), working(5), CALENDAR, pauses=[Pause(on("09-17"), on("09-21"))]),
        lambda: due_date(on("09-18"), working(5), CALENDAR, pauses=[Pause(on("09-21")), Pause(on("09-23"))]),
        lambda: due_date(
            on("09-18"), working(5), CALENDAR, pauses=[Pause(on("09-21"), on("09-24")), Pause(on("09-23"))]
        ),
        lambda: due_date(on("09-18"), working(5), CALENDAR, extensions=[0]),
        lambda: due_date(date(1989, 12, 31), working(5), CALENDAR),
        lambda: due_date(date(2200, 1, 1), working(5), CALENDAR),
        lambda: due_date(date(2199, 12, 30), working(5), CALENDAR),
        lambda: due_date(date(2199, 12, 30), calendar_days(80_000), CALENDAR),
        lambda: due_date(date(2199, 12, 30), Term(1, Unit.MONTHS), CALENDAR),
        lambda: due_date(date(2199, 12, 30), Term(80_000, Unit.YEARS), CALENDAR),
        lambda: backward(date(1990, 1, 3), working(5), CALENDAR),
        lambda: fixed_date(datetime(2026, 3, 31, tzinfo=UTC), CALENDAR),
        lambda: Proof.from_json({"start": "2026-01-01"}),
    ],
)
def test_impossible_values_are_refused_in_both_languages(ask) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(Invalid) as refusal:
        ask()
    assert refusal.value.detail.zh
    assert "{" not in refusal.value.detail.zh + refusal.value.detail.en


def test_the_proof_reads_as_an_office_would_write_it() -> None:
    proof = due_date(
        on("09-18"),
        working(10),
        CALENDAR,
        start_kind="accepted",
        pauses=[Pause(on("09-23"), on("09-24"))],
        extensions=[2],
    )
    assert [text.zh for text in explain(proof)] == [
        "自2026年9月18日（受理之日）起算，当日不计入，期限为10个工作日。",
        "其间中秋节（2026年9月25日至2026年9月27日）、国庆节（2026年10月1日至2026年10月7日）、周末2日不计入。",
        "2026年9月23日发出补正通知，2026年9月24日收到补正材料，其间不计入期限（发出和收到当日均不计入）。",
        "经延长，期限增加2个工作日。",
        "期限届满日为2026年10月14日。",
        "以上日期依据国务院办公厅已公布的放假安排确定。",
    ]
    assert explain(proof)[4].en == "It is due on 14 October 2026."


def test_the_words_say_why_a_date_rolled_and_why_it_is_provisional() -> None:
    said = "".join(text.zh for text in explain(due_date(on("12-19"), calendar_days(7), CALENDAR, start_kind="served")))
    assert "期限最后一日为2026年12月26日，遇周末2日，顺延至其后第一个工作日。" in said
    assert "2027年放假安排尚未导入" in said


def test_the_words_of_a_paused_clock_give_the_days_left_and_no_date() -> None:
    said = [text.zh for text in explain(due_date(on("09-18"), working(10), CALENDAR, pauses=[Pause(on("09-23"))]))]
    assert said[-2:] == [
        "2026年9月23日发出补正通知，尚未收到补正材料，期限中止计算。",
        "已计3个工作日，剩余7个工作日，收到补正材料后继续计算。",
    ]


def test_each_day_shows_its_number_or_why_it_was_left_out() -> None:
    proof = due_date(on("09-24"), calendar_days(3), CALENDAR)
    assert [(day.isoformat()[5:], number, note and note.zh) for day, number, note in days(proof, CALENDAR)] == [
        ("09-24", None, "当日不计入"),
        ("09-25", 1, "中秋节"),
        ("09-26", 2, "中秋节"),
        ("09-27", 3, "中秋节"),
        ("09-28", None, "顺延后的期限届满日"),
    ]

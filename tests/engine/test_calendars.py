"""The working calendar says which days are off and why, and never passes a guess off as announced."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from datetime import date, timedelta

import chinese_calendar
import pytest

from incubator.engine.calendars import WorkCalendar, announced_calendar
from incubator.errors import Invalid
from incubator.text import Text

NEW_YEAR = Text("元旦", "New Year's Day")


def test_every_announced_day_is_as_the_notices_say() -> None:
    calendar = announced_calendar()
    day = date(2004, 1, 1)
    while day <= date(2026, 12, 31):
        assert calendar.is_working(day) == chinese_calendar.is_workday(day), day
        assert (calendar.why_off(day) is None) == calendar.is_working(day), day
        day += timedelta(days=1)


def test_2026_has_the_days_off_and_make_up_workdays_of_its_notice() -> None:
    calendar = announced_calendar()
    off = ("01-01 01-03", "02-15 02-23", "04-04 04-06", "05-01 05-05", "06-19 06-21", "09-25 09-27", "10-01 10-07")
    expected: set[date] = set()
    for span in off:
        first, last = (date.fromisoformat(f"2026-{day}") for day in span.split())
        expected |= {first + timedelta(days=n) for n in range((last - first).days + 1)}
    assert {day for day in calendar.days_off if day.year == 2026} == expected
    assert {day for day in calendar.workdays if day.year == 2026} == {
        date.fromisoformat(f"2026-{day}") for day in ("01-04", "02-14", "02-28", "05-09", "09-20", "10-10")
    }


def test_a_day_off_says_why() -> None:
    calendar = announced_calendar()
    assert calendar.why_off(date(2026, 10, 3)) == Text("国庆节", "National Day")  # a Saturday of the holiday
    assert calendar.why_off(date(2026, 4, 6)) == Text("清明节", "Tomb-sweeping Day")
    assert calendar.why_off(date(2026, 10, 11)) == Text("周末", "weekend")
    assert calendar.why_off(date(2026, 10, 10)) is None  # a make-up Saturday


def test_an_unannounced_year_has_plain_weekends_and_nothing_predicted() -> None:
    calendar = announced_calendar()
    assert not calendar.is_announced(date(2027, 1, 1))
    assert calendar.is_working(date(2027, 1, 1))
    assert calendar.is_working(date(2027, 10, 1))
    assert not calendar.is_working(date(2027, 1, 2))


@pytest.mark.parametrize(
    ("through", "provisional"),
    [
        (date(2026, 12, 20), False),
        (date(2026, 12, 21), True),
        (date(2027, 1, 4), True),
        (date(2025, 12, 31), False),
        (date(2004, 1, 1), False),
        (date(2003, 12, 31), True),
    ],
)
def test_what_the_next_notice_can_still_change_is_provisional(through: date, provisional: bool) -> None:
    assert announced_calendar().is_provisional(through) is provisional


def test_a_year_without_notice_between_announced_ones_is_named() -> None:
    calendar = announced_calendar().with_year(2028, {}, ())
    assert calendar.unannounced_year(date(2028, 3, 1)) is None
    assert calendar.unannounced_year(date(2028, 3, 1), since=date(2026, 12, 1)) == 2027


def test_the_next_notice_makes_its_year_certain_and_may_change_late_december() -> None:
    notice_days = {date(2026, 12, 31): NEW_YEAR, date(2027, 1, 1): NEW_YEAR}
    calendar = announced_calendar().with_year(2027, notice_days, [date(2026, 12, 27)])
    assert calendar.is_working(date(2026, 12, 27))  # a Sunday
    assert calendar.why_off(date(2026, 12, 31)) == NEW_YEAR
    assert not calendar.is_provisional(date(2027, 12, 20))
    assert calendar.is_provisional(date(2027, 12, 21))
    assert announced_calendar().is_working(date(2026, 12, 31)), "the calendar it was made from is unchanged"


def test_a_corrected_notice_replaces_what_the_first_import_said() -> None:
    first = announced_calendar().with_year(2027, {date(2026, 12, 31): NEW_YEAR}, [date(2027, 1, 9)])
    corrected = first.with_year(2027, {date(2027, 1, 1): NEW_YEAR}, [date(2027, 1, 10)])
    assert corrected == announced_calendar().with_year(2027, {date(2027, 1, 1): NEW_YEAR}, [date(2027, 1, 10)])


def test_correcting_a_year_keeps_the_december_days_that_the_next_notice_named() -> None:
    calendar = announced_calendar()
    corrected = calendar.with_year(2018, {}, ())
    assert corrected.is_working(date(2018, 12, 29))
    assert corrected.is_working(date(2018, 10, 1))


def test_a_correction_may_turn_a_make_up_workday_into_a_day_off() -> None:
    corrected = announced_calendar().with_year(2019, {date(2018, 12, 29): NEW_YEAR}, ())
    assert corrected.why_off(date(2018, 12, 29)) == NEW_YEAR


def test_closing_days_are_off_even_on_a_make_up_workday() -> None:
    moving = Text("搬迁", "moving house")
    calendar = announced_calendar().with_closing_days({date(2026, 10, 10): moving})
    assert calendar.why_off(date(2026, 10, 10)) == moving
    plain = calendar.with_closing_days([date(2026, 10, 12)])
    assert not plain.is_working(date(2026, 10, 12))
    assert plain.is_working(date(2026, 10, 10))


@pytest.mark.parametrize(
    ("off", "worked"),
    [
        ({date(2027, 1, 2): NEW_YEAR}, [date(2027, 1, 2)]),
        ({}, [date(2027, 1, 4)]),
        ({date(2028, 1, 1): NEW_YEAR}, []),
        ({date(2026, 12, 20): NEW_YEAR}, []),
    ],
    ids=["off and worked", "a weekday worked", "of the year after", "too early in December"],
)
def test_an_impossible_notice_is_refused(off: dict[date, Text], worked: list[date]) -> None:
    with pytest.raises(Invalid) as refusal:
        announced_calendar().with_year(2027, off, worked)
    assert "{" not in refusal.value.detail.zh + refusal.value.detail.en


def test_the_stored_form_gives_the_same_calendar_back() -> None:
    calendar = announced_calendar().with_closing_days([date(2026, 10, 12), date(2026, 3, 2)])
    stored = json.loads(json.dumps(calendar.as_json(), ensure_ascii=False))
    assert WorkCalendar.from_json(stored) == calendar
    assert hash(WorkCalendar.from_json(stored)) == hash(calendar)
    assert pickle.loads(pickle.dumps(calendar)) == calendar


def test_the_stored_form_is_sorted_whatever_order_the_days_came_in() -> None:
    days = [date(2026, 10, 12), date(2026, 3, 2)]
    calendar = announced_calendar()
    one, other = calendar.with_closing_days(days), calendar.with_closing_days(reversed(days))
    assert json.dumps(one.as_json()) == json.dumps(other.as_json())
    assert one.as_json()["workdays"] == sorted(one.as_json()["workdays"])


@pytest.mark.parametrize("stored", [{}, {**announced_calendar().as_json(), "workdays": ["soon"]}])
def test_a_stored_form_that_is_none_is_refused(stored: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        WorkCalendar.from_json(stored)


def test_the_library_is_loaded_only_when_its_days_are_asked_for() -> None:
    check = "import sys, incubator.engine.deadlines; sys.exit('chinese_calendar' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0

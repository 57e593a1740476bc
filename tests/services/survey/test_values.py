"""Single cells, read."""

from __future__ import annotations

import pytest

from incubator.services.survey.dates import is_certainly_after, read_date
from incubator.services.survey.values import read_count, read_founded_on, read_party_members, read_phone, says_dormant


@pytest.mark.parametrize(
    ("text", "number", "approximate"),
    [
        ("35", 35, False), ("３５", 35, False), ("9 名", 9, False), ("35.0", 35, False), ("约20人", 20, True),
        ("12余人", 12, True), ("30人左右", 30, True), ("20多人", 20, True), ("十几人", 15, True), ("二十几人", 25, True),
        ("二十五人", 25, False), ("一百二十", 120, False), ("两百余人", 200, True), ("20-30人", 25, True),
        ("近百人", 100, True), ("共18人", 18, False), ("不少于10人", 10, True), ("50人以上", 50, True),
    ],
)  # fmt: skip
def test_numbers_of_people(text: str, number: int, approximate: bool) -> None:
    read = read_count(text).value
    assert read is not None
    assert (read.number, read.approximate) == (number, approximate)


@pytest.mark.parametrize("text", ["几十人", "若干", "男5女10", "-3", "5.5", "99999999999", "几人", "=SUM(A1)", "30-20"])
def test_a_number_that_says_nothing_certain_is_asked_for(text: str) -> None:
    read = read_count(text)
    assert read.value is None
    assert read.notes


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2013-11-19", "2013-11-19"), ("2013/5", "2013-05"), ("2011.3", "2011-03"), ("2011.10", "2011-10"),
        ("2013年", "2013"), ("２００５年12月21日", "2005-12-21"), ("2010/12/04", "2010-12-04"), ("20131119", "2013-11-19"),
        ("201311", "2013-11"), ("二〇一三年五月", "2013-05"), ("2013年十二月二十一日", "2013-12-21"), ("98年3月", "1998-03"),
        ("08年", "2008"), ("2013年5月份", "2013-05"), ("约2013年", "2013"), ("2013年左右", "2013"), ("2013年初", "2013"),
        ("2013-11-19 00:00:00", "2013-11-19"), ("2013-02-30", None), ("2013.13", None), ("去年", None), ("3013年", None),
    ],
)  # fmt: skip
def test_dates_as_far_as_they_go(text: str, date: str | None) -> None:
    assert read_date(text) == date


def test_a_spreadsheets_bare_day_number_is_a_day() -> None:
    assert read_founded_on("41597").value == "2013-11-19"


def test_a_year_is_not_certainly_after_a_month_in_it() -> None:
    assert not is_certainly_after("2013", "2013-03")
    assert is_certainly_after("2013-04", "2013-03")
    assert is_certainly_after("2014", "2013-03")
    assert not is_certainly_after("2013-03-31", "2013-03")


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("138-0000-2792", "13800002792"), ("１３８００００１１１５", "13800001115"), ("+86 13800001115", "13800001115"),
        ("028-86661234", "028-86661234"), ("(028)86661234转801", "028-86661234-801"), ("010 12345678", "010-12345678"),
        ("0830-2345678", "0830-2345678"), ("86661234", "86661234"), ("13800001115/13900002222", "13800001115"),
        ("1380000587", None), ("138000058701", None), ("12345", None), ("无", None), ("", None),
    ],
)  # fmt: skip
def test_phones(text: str, phone: str | None) -> None:
    assert read_phone(text).value == phone


@pytest.mark.parametrize(
    ("text", "members"),
    [("无", 0), ("1名党员", 1), ("党员3人", 3), ("3", 3), ("有", None), ("有党员2名", 2), ("", None)],
)
def test_party_members(text: str, members: int | None) -> None:
    assert read_party_members(text).value == members


@pytest.mark.parametrize("text", ["去年停止活动", "已停办", "暂停活动", "近两年未开展活动", "长期没有活动"])
def test_words_for_an_activity_that_stopped(text: str) -> None:
    assert says_dormant(text)


@pytest.mark.parametrize("text", ["每周三", "不定期", "不定期活动", "每天早晚"])
def test_words_for_an_activity_that_goes_on(text: str) -> None:
    assert not says_dormant(text)

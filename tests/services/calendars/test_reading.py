"""The yearly notice is read as it is published, and whatever is not understood is told with its line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from incubator.engine.calendars import WorkCalendar, announced_calendar
from incubator.services.calendars.notice import Notice, UnreadableNotice, span
from incubator.services.calendars.reading import read_notice

NOTICES = Path(__file__).parent / "notices"
# The notices as published; in 2019 the Labour Day of the first one was changed by a later notice.
YEARS = (2017, 2018, 2023, 2024, 2025, 2026)


def text(year: int) -> str:
    return (NOTICES / f"{year}.txt").read_text(encoding="utf-8")


def without(calendar: WorkCalendar, year: int) -> WorkCalendar:
    """The calendar as it was before the notice for this year and all later ones came out."""

    def before(day: date) -> bool:
        return day < date(year - 1, 12, 21)

    return replace(
        calendar,
        announced=frozenset(each for each in calendar.announced if each < year),
        days_off={day: name for day, name in calendar.days_off.items() if before(day)},
        workdays=frozenset(filter(before, calendar.workdays)),
    )


def faults(content: str, **asked: int) -> list[tuple[int, str]]:
    with pytest.raises(UnreadableNotice) as refused:
        read_notice("notice.txt", content, **asked)
    assert all("{" not in fault.message.zh + fault.message.en for fault in refused.value.faults)
    return [(fault.line, fault.message.zh) for fault in refused.value.faults]


@pytest.mark.parametrize("year", YEARS)
def test_a_published_notice_gives_the_days_that_the_library_has(year: int) -> None:
    notice, announced = read_notice(f"{year}.txt", text(year)), announced_calendar()
    assert notice.over(announced) == announced
    alone = notice.over(without(announced, year))
    assert alone.is_announced(date(year, 7, 1))
    for day in span(date(year - 1, 12, 21), date(year, 12, 20)):
        assert alone.is_working(day) == announced.is_working(day), day
        if day.weekday() < 5 and (named := announced.days_off.get(day)):
            assert named.zh in alone.days_off[day].zh.split("、"), day
    assert {day for day in alone.workdays if day.year == year} == {
        day for day in announced.workdays if day.year == year and day < date(year, 12, 21)
    }


def test_the_notice_says_where_it_stands_and_what_it_only_advises() -> None:
    notice = read_notice("2024.txt", text(2024))
    assert notice.source.as_json() == {
        "title": "国务院办公厅关于2024年部分节假日安排的通知",
        "number": "国办发明电〔2023〕7号",
        "date": "2023-10-25",
    }
    assert [advice[:2] for advice in notice.set_aside] == ["鼓励"]
    assert date(2024, 2, 9) not in notice.days_off
    assert notice.joined == {date(2023, 12, 30), date(2023, 12, 31), date(2024, 6, 8), date(2024, 6, 9)}


def test_a_notice_may_reach_into_the_december_before() -> None:
    notice = read_notice("2019.txt", text(2019))
    assert date(2018, 12, 29) in notice.workdays
    assert {date(2018, 12, 30), date(2018, 12, 31)} <= notice.days_off.keys()


def test_a_text_copied_from_anywhere_reads_the_same() -> None:
    notice = read_notice("2026.txt", text(2026))
    half_width = text(2026).translate(str.maketrans("（），：", "(),:"))
    flattened = " ".join(text(2026).split())
    wrapped = text(2026).replace("至23日（农历", "至23日（农\n历")
    bare = "\n".join(line.partition("、")[2] for line in text(2026).splitlines() if line[1:2] == "、")
    assert read_notice("x", half_width) == notice
    assert read_notice("x", flattened).days_off == notice.days_off
    assert read_notice("x", wrapped) == notice
    assert read_notice("x", bare, year=2026).workdays == notice.workdays
    assert read_notice("x", text(2026).encode("gb18030")) == notice


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("3日（周六）放假", "3日（周五）放假", 7, "2026-01-03是周六，不是周五"),
        ("放假，共3天。\n四", "放假，共4天。\n四", 9, "写明共4天，列出的日期是3天"),
        ("5月9日（周六）上班", "5月9日（周六）上斑", 10, "看不懂“5月9日(周六)上斑”"),
        ("5月9日（周六）上班", "5月8日（周五）上班", 10, "2026-05-08不是周六或周日"),
        ("5月9日（周六）上班", "5月3日（周日）上班", 10, "既列为放假日又列为上班日"),
        ("6月19日（周五）至21日", "6月31日至21日", 11, "没有“6月31日”这一天"),
        ("9月25日（周五）至27日（周日）放假，共3天", "6月20日放假", 12, "2026-06-20重复列为放假日"),
        ("七、国庆节：", "七、国庆节放假日期为", 13, "看不懂"),
        ("10月10日（周六）上班", "10月10日（国庆节后）上班", 13, "看不懂括号中的“国庆节后”"),
        ("10月10日（周六）上班", "10月10日（周六）上 斑", 13, "看不懂"),
        ("三、清明节：4月4日（周六）至6日（周一）放假，共3天。\n", "", 7, "缺少清明节的安排"),
        ("1月1日（周四）至3日（周六）放假", "12月31日放假", 7, "12月的日期须写明年份"),
        ("确保人民群众", "另于10月8日放假，确保人民群众", 14, "看不懂"),
        ("2026年元旦、春节", "2025年元旦、春节", 6, "两个年份"),
        ("共5天。", "共5天。5月6日视情况放假。", 10, "看不懂"),
    ],
)  # fmt: skip
def test_what_is_not_understood_or_cannot_be_is_told_with_its_line(old: str, new: str, line: int, told: str) -> None:
    assert old in text(2026)
    found = faults(text(2026).replace(old, new))
    assert any(at == line and told in message for at, message in found), found


def test_all_that_is_wrong_is_told_at_once() -> None:
    spoilt = (
        text(2026)
        .replace("至3日（周六）", "至3日（周日）")
        .replace("共9天", "共8天")
        .replace("10月10日（周六）上班", "")
    )
    assert [line for line, _ in faults(spoilt)][:2] == [7, 8]


def test_the_year_comes_from_the_title_or_is_asked_for() -> None:
    schedule = "\n".join(line for line in text(2026).splitlines() if line[1:2] == "、")
    assert faults(schedule) == [(1, "标题中没有年份，请指明是哪一年的放假安排")]
    assert read_notice("x", schedule, year=2026).year == 2026
    assert [message for _, message in faults(text(2026), year=2027)] == ["这是2026年的放假安排，不是2027年的"]


def test_a_notice_that_adjusts_one_holiday_is_not_taken_for_the_years() -> None:
    found = faults("一、劳动节：5月1日至4日放假调休，共4天。4月28日（星期日）、5月5日（星期日）上班。", year=2019)
    assert "缺少元旦、春节、清明节、端午节、中秋节、国庆节的安排" in found[0][1]


ENTRIES = """\
year: 2027
source:
  title: 关于2027年部分节假日安排的通知
  number: 国办发明电〔2026〕1号
  date: 2026-11-20
days_off:
  元旦: [2026-12-31..2027-01-02]
  春节: 2027-02-05..2027-02-12
  清明节: [2027-04-03, 2027-04-04, 2027-04-05]
  劳动节: [2027-05-01..2027-05-05]
  端午节: [2027-06-09]
  国庆节、中秋节: [2027-09-15, 2027-10-01..2027-10-07]
workdays: [2026-12-27, 2027-02-20]
"""


def entries() -> Notice:
    return read_notice("2027.yaml", ENTRIES)


def test_a_file_of_entries_says_the_same() -> None:
    notice = entries()
    assert (notice.year, notice.source.number, notice.source.dated) == (
        2027,
        "国办发明电〔2026〕1号",
        date(2026, 11, 20),
    )
    assert len(notice.days_off) == 3 + 8 + 3 + 5 + 1 + 8
    assert notice.days_off[date(2027, 9, 15)].en == "National Day, Mid-autumn Festival"
    assert notice.workdays == {date(2026, 12, 27), date(2027, 2, 20)}


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("workdays: [2026-12-27", "workdays: [2026-12-28", 13, "2026-12-28不是周六或周日"),
        ("2027-06-09", "2027-6-9", 11, "日期应写作"),
        ("2026-12-31..2027-01-02", "2026-12-11..2026-12-12", 7, "不应出现2026-12-11"),
        ("year: 2027", "year: twenty", 1, "请写明年份"),
        ("  title: 关于", "  titel: 关于", 2, "请写明依据的通知标题"),
        ("  清明节:", "  元旦:", 9, "写了两次"),
        ("workdays:", "work_days:", 13, "没有“work_days”这一项"),
        ("2027-05-01..2027-05-05", "2027-05-05..2027-05-01", 10, "起止日期不对"),
    ],
)
def test_a_fault_in_a_file_of_entries_is_told_with_its_line(old: str, new: str, line: int, told: str) -> None:
    assert old in ENTRIES
    found = faults(ENTRIES.replace(old, new))
    assert any(at == line and told in message for at, message in found), found


def test_what_is_no_text_is_refused() -> None:
    for content in (b"\x89PNG\r\n\x1a\n\x00\x00", b"PK\x03\x04\x00\x00\xff\xfe", "一" * 300_000):
        with pytest.raises(UnreadableNotice):
            read_notice("picture.png", content)
    assert "没有找到" in faults("今天放假", year=2027)[0][1]


@pytest.mark.parametrize("guide", ["working-calendar.md", "working-calendar.zh-CN.md"])
def test_the_guides_example_is_the_notice_of_its_year(guide: str) -> None:
    written = (Path(__file__).parents[3] / "docs" / guide).read_text(encoding="utf-8")
    example = read_notice("example.yaml", written.partition("```yaml\n")[2].partition("```")[0])
    assert example.over(announced_calendar()) == announced_calendar()
    assert example.source == read_notice("2026.txt", text(2026)).source

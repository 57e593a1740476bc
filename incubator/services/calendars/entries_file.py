"""A year's arrangement as a file of entries (YAML): year, source, days off by holiday, make-up workdays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from incubator.policies.misstated import Where
from incubator.policies.reading import Source
from incubator.services.calendars.notice import Gathered, Notice, NoticeSource, UnreadableNotice, span
from incubator.text import Text

_ENTRIES = ("year", "source", "days_off", "workdays")
_SOURCE_ENTRIES = ("title", "number", "date")


def read_entries(source: Source, asked_year: int | None = None) -> Notice:
    """The notice of a file that was read already.

    `{year, source: {title, number, date}, days_off: {holiday: [2027-01-01, 2027-01-02..2027-01-03]}, workdays: [..]}`.
    Raises UnreadableNotice with every fault and its line.
    """
    if source.faults or not isinstance(source.content, dict):
        raise UnreadableNotice(source.faults)
    content: dict[str, Any] = source.content
    for name in content.keys() - set(_ENTRIES):
        source.fault((name,), Text(f"没有“{name}”这一项", f"There is no such entry as {name!r}"))
    year = _year(source, content, asked_year)
    stands_in = _stands_in(source, content)
    found = Gathered(source.file, year)
    if year:
        _days_off(source, content, found)
        for day, where in _days(source, ("workdays",), content.get("workdays", [])):
            found.work(day, source.line_of(where), "workdays")
    faults = [*source.faults, *found.faults]
    if faults:
        raise UnreadableNotice(sorted(faults, key=lambda fault: fault.line))
    return Notice(
        year=year,
        source=stands_in,
        days_off=dict(sorted(found.days_off.items())),
        workdays=frozenset(found.workdays),
    )


def _year(source: Source, content: dict[str, Any], asked: int | None) -> int:
    year = content.get("year", asked)
    if not isinstance(year, int) or isinstance(year, bool) or not 1990 <= year <= 2199:
        source.fault(("year",), Text("请写明年份，例如 year: 2027", "Say the year, such as year: 2027"))
        return 0
    if asked is not None and year != asked:
        words = Text(f"文件写的是{year}年，不是{asked}年", f"The file is for {year}, not for {asked}")
        source.fault(("year",), words)
        return 0
    return year


def _stands_in(source: Source, content: dict[str, Any]) -> NoticeSource:
    said = content.get("source")
    if not isinstance(said, dict) or not str(said.get("title") or "").strip():
        words = Text("请写明依据的通知标题（source.title）", "Name the notice that this rests on (source.title)")
        source.fault(("source",), words)
        return NoticeSource("")
    for name in said.keys() - set(_SOURCE_ENTRIES):
        source.fault(("source", name), Text(f"没有“{name}”这一项", f"There is no such entry as {name!r}"))
    dated = said.get("date")
    if dated is not None and not _is_day(dated):
        source.fault(("source", "date"), Text("日期应写作 2026-11-04", "Write the date as 2026-11-04"))
        dated = None
    return NoticeSource(str(said["title"]).strip(), str(said.get("number") or "").strip(), dated)


def _days_off(source: Source, content: dict[str, Any], found: Gathered) -> None:
    holidays = content.get("days_off")
    if not isinstance(holidays, dict):
        words = Text("请按节日列出放假日期", "List the days off under their holidays")
        source.fault(("days_off",), words)
        return
    for name, listed in holidays.items():
        found.names.update(name.split("、"))
        for day, where in _days(source, ("days_off", name), listed):
            found.off(day, name, source.line_of(where), f"days_off.{name}")
    found.complete(source.line_of(("days_off",)))


def _days(source: Source, where: Where, listed: Any) -> Iterator[tuple[date, Where]]:
    """The days of an entry: dates, or spans written 2027-01-01..2027-01-03, one or several."""
    several = isinstance(listed, list)
    for place, said in enumerate(listed if several else [listed]):
        here = (*where, place) if several else where
        if _is_day(said):
            yield said, here
            continue
        first, _, last = str(said).partition("..")
        try:
            ends = date.fromisoformat(first.strip()), date.fromisoformat((last or first).strip())
        except ValueError:
            words = Text(
                "日期应写作 2027-01-01，连续几天写作 2027-01-01..2027-01-03",
                "Write a day as 2027-01-01, several in a row as 2027-01-01..2027-01-03",
            )
            source.fault(here, words)
            continue
        if not 0 <= (ends[1] - ends[0]).days <= 30:
            source.fault(here, Text(f"“{said}”的起止日期不对", f"{said} is no span of days"))
            continue
        for day in span(*ends):
            yield day, here


def _is_day(value: Any) -> bool:
    return type(value) is date  # a moment of the day is one too, to isinstance

"""What the pages of the working calendar show: months as grids, a notice's days, moved dates, a counted date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from api.pages import due
from incubator.engine import forms
from incubator.engine.calendars import WorkCalendar
from incubator.engine.deadline_words import in_words
from incubator.engine.deadlines import Term, Unit, backward, due_date
from incubator.policies.reading import PackFault
from incubator.queries.calendar import (
    CalendarLine,
    Day,
    DayKind,
    MoveLine,
    missing_notice,
    months_of,
    provisional_from,
)
from incubator.services.calendars.importing import IMPORTED, LONGEST_REASON, CalendarChange
from incubator.services.calendars.notice import Notice, NoticeSource
from incubator.text import Text

MOST_AT_ONCE = 61  # days of a span of closing days
MOST_SHOWN = 200  # cases of a preview; the figures count all

CLOSING = forms.form(
    forms.day("first", Text("自", "From")),
    forms.day("last", Text("至（含当日）", "Until (that day included)"), required=False,
              hint=Text("只停一天的不必填写", "Leave it empty for a single day")),
    forms.text("reason", Text("理由", "Why"), longest=LONGEST_REASON,
               hint=Text("例如：办公室搬迁。期限计算依据中会写明这一理由", "For example: the office moves. Proofs of dates name it")),
)  # fmt: skip
_UNITS = (
    (Unit.WORKING_DAYS, Text("工作日", "working days")),
    (Unit.CALENDAR_DAYS, Text("日", "calendar days")),
    (Unit.MONTHS, Text("个月", "months")),
    (Unit.YEARS, Text("年", "years")),
)
_WAYS = (
    ("forward", Text("自起算日往后", "forward from the day")),
    ("backward", Text("自届满日倒推", "back from an expiry")),
)
COUNTING = forms.form(
    forms.day("start", Text("起算之日或届满之日", "The day of the event, or of the expiry")),
    forms.whole_number("length", Text("期限长度", "How long"), most=3650),
    forms.choice("unit", Text("单位", "Unit"), [(unit.value, words) for unit, words in _UNITS]),
    forms.choice("way", Text("计算方向", "Direction"), list(_WAYS)),
)
USUAL = {"unit": Unit.WORKING_DAYS.value, "way": "forward"}

_MARKS = {
    DayKind.HOLIDAY: Text("休", "off"),
    DayKind.MADE_UP: Text("班", "work"),
    DayKind.CLOSED: Text("停", "shut"),
}
_TITLES = {
    DayKind.HOLIDAY: Text("放假", "day off"),
    DayKind.MADE_UP: Text("调休上班", "make-up workday"),
    DayKind.CLOSED: Text("本街道停止办公", "closing day of the street office"),
    DayKind.WEEKEND: Text("周末", "weekend"),
}


def of_year(calendar: WorkCalendar, year: int, this_day: date) -> dict[str, Any]:
    """The variables of a year's page."""
    missing = missing_notice(calendar, this_day)
    provisional = provisional_from(calendar, this_day)
    announced = sorted(calendar.announced)
    closing = sorted(day for day in calendar.closing_days if day >= date(this_day.year - 1, 1, 1))
    return {
        "year": year,
        "announced": year in calendar.announced,
        "years_announced": Text(f"{_spans(announced)}年", _spans(announced)),
        "provisional_from": in_words(provisional),
        "missing": missing,
        "months": [_month(days, this_day, provisional) for days in months_of(calendar, year)],
        "weekdays": _WEEKDAYS,
        "legend": [{"kind": kind.value, "mark": _MARKS.get(kind), "title": title} for kind, title in _TITLES.items()],
        "closing_days": [
            {"day": day, "words": _with_weekday(day), "reason": calendar.closing_days[day]} for day in closing
        ],
        "closing_schema": CLOSING,
        "past_columns": _PAST,
        "today": this_day,
    }


def preview(
    notice: Notice, change: CalendarChange, moves: Sequence[MoveLine], this_day: date
) -> dict[str, Any]:  # fmt: skip
    """The variables of the page that shows what an import would do."""
    moved = [line for line in moves if line.move.moves]
    found = {**dict.fromkeys(notice.workdays), **notice.days_off}
    months = []
    for (year, month), days in groupby(sorted(found), key=lambda day: (day.year, day.month)):
        off: list[date] = []
        worked: list[date] = []
        for day in days:
            (worked if day in notice.workdays else off).append(day)
        months.append(
            {
                "month": Text(f"{year}年{month}月", f"{year}-{month:02}"),
                "off": _named(off, notice) if off else None,
                "worked": _days(worked) if worked else None,
            }
        )
    return {
        "notice": notice,
        "facts": _source_facts(notice.source),
        "months_found": months,
        "months_columns": _FOUND,
        "changes": change.changes,
        "changed": {
            "off": _days([each.day for each in change.difference.days if each.off]),
            "worked": _days([each.day for each in change.difference.days if not each.off]),
        },
        "figures": _figures(change, moves),
        "moves": [_move(line) for line in moved[:MOST_SHOWN]],
        "moves_left": max(0, len(moved) - MOST_SHOWN),
        "move_columns": _MOVES,
        "settled": len(moves) - len(moved),
        "past_year": notice.year < this_day.year,
    }


def counted(calendar: WorkCalendar, typed: Mapping[str, Any]) -> dict[str, Any]:
    """The date that was asked for as the deadline macro shows one. Raises Invalid outside the years computed with."""
    term = Term(int(typed["length"]), Unit(typed["unit"]))
    count = backward if typed["way"] == "backward" else due_date
    proof = count(date.fromisoformat(typed["start"]), term, calendar)
    shown = due.deadline(proof.as_json(), "counted", calendar, proof.start)
    assert shown is not None
    assert proof.due_on is not None
    return {**shown, "weekday": due.weekday(proof.due_on)}


def refused(words: Text, faults: Sequence[PackFault] = ()) -> dict[str, Any]:
    """Why a notice was not read, with its lines."""
    lines = [
        Text(f"第 {fault.line} 行：{fault.message.zh}", f"Line {fault.line}: {fault.message.en}") for fault in faults
    ]
    return {"detail": words, "lines": lines}


def imported(year: int, change: CalendarChange, moves: Sequence[MoveLine]) -> Text:
    """What is said after an import."""
    if not change.changes:
        return Text(
            f"{year}年放假安排与现行日历一致，没有改动",
            f"The calendar says the same for {year} already; nothing changed",
        )
    moved = sum(line.move.moves for line in moves)
    cases = "1 case has" if moved == 1 else f"{moved} cases have"
    return Text(
        f"已导入{year}年放假安排，{moved} 件案件的期限有变动，已通知办理人",
        f"The notice for {year} is in; {cases} another date now, and whoever it awaits is told",
    )


def closed(change: CalendarChange, moves: Sequence[MoveLine]) -> Text:
    """What is said after closing days were set or taken back."""
    if not change.changes:
        return Text("停止办公日没有变化", "The closing days are as they were")
    moved = sum(line.move.moves for line in moves)
    cases = "1 case has" if moved == 1 else f"{moved} cases have"
    return Text(
        f"停止办公日已更新，{moved} 件案件的期限有变动",
        f"The closing days are set; {cases} another date now",
    )


def past(line: CalendarLine) -> dict[str, Any]:
    """A past change of the calendar as a row."""
    if line.type == IMPORTED:
        source = line.change["source"]
        what = NoticeSource(source["title"], source["number"]).words
        title = Text(what, what)
    else:
        title = Text(f"停止办公日：{line.comment}", f"Closing days: {line.comment}")
    off, worked = (
        [date.fromisoformat(day) for day in line.change[name]] for name in ("made_off", "made_working")
    )  # fmt: skip
    lines = [
        Text(f"{words.zh}：{_days(days).zh}", f"{words.en}: {_days(days).en}")
        for words, days in ((Text("改为放假", "Off"), off), (Text("改为上班", "Worked"), worked))
        if days
    ]
    return {
        "what": title,
        "when": line.recorded_at,
        "who": line.actor or Text("命令行", "the console"),
        "days": Text("\n".join(each.zh for each in lines), "\n".join(each.en for each in lines)),
    }


_WEEKDAYS = [
    Text(zh, en) for zh, en in zip("一二三四五六日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True)
]
_PAST = [
    {"key": "what", "title": Text("依据", "Source"), "main": True},
    {"key": "when", "title": Text("时间", "When"), "kind": "moment"},
    {"key": "who", "title": Text("操作人", "By")},
    {"key": "days", "title": Text("变动的日子", "Days that changed"), "kind": "lines"},
]
_FOUND = [
    {"key": "month", "title": Text("月份", "Month"), "main": True},
    {"key": "off", "title": Text("放假", "Days off"), "kind": "lines"},
    {"key": "worked", "title": Text("调休上班", "Make-up workdays"), "kind": "lines"},
]
_MOVES = [
    {"key": "organization", "title": Text("组织", "Organization"), "main": True},
    {"key": "case", "title": Text("案件", "Case")},
    {"key": "step", "title": Text("环节", "Step")},
    {"key": "before", "title": Text("原期限", "Due before")},
    {"key": "after", "title": Text("新期限", "Due now")},
]


def _month(days: Sequence[Day], this_day: date, provisional: date) -> dict[str, Any]:
    first = days[0].day
    cells: list[dict[str, Any] | None] = [None] * first.weekday()
    cells += [
        {
            "number": each.day.day,
            "day": each.day,
            "kind": each.kind.value,
            "mark": _MARKS.get(each.kind),
            "title": _title(each),
            "today": each.day == this_day,
            "provisional": each.day >= provisional,
        }
        for each in days
    ]
    cells += [None] * (-len(cells) % 7)
    return {
        "title": Text(f"{first.month}月", f"{first:%B}"),
        "weeks": [cells[place : place + 7] for place in range(0, len(cells), 7)],
        "lines": _month_lines(days),
    }


def _title(each: Day) -> Text | None:
    if each.kind is DayKind.WORKED:
        return None
    kind = _TITLES[each.kind]
    if each.why is None or each.kind is DayKind.WEEKEND:
        return kind
    return Text(f"{kind.zh}：{each.why.zh}", f"{kind.en}: {each.why.en}")


def _month_lines(days: Sequence[Day]) -> list[dict[str, Any]]:
    """The month's holidays, closing days and make-up workdays, each run of days in a line."""
    lines = []
    for (kind, why), run in groupby(days, key=lambda each: (each.kind, each.why)):
        if kind in (DayKind.WORKED, DayKind.WEEKEND):
            continue
        numbers = [each.day.day for each in run]
        last = "" if len(numbers) == 1 else numbers[-1]
        when = (
            Text(f"{numbers[0]}日至{last}日", f"{numbers[0]}–{last}")
            if last
            else Text(f"{numbers[0]}日", f"{numbers[0]}")
        )
        lines.append({"kind": kind.value, "when": when, "what": why or Text("调休上班", "worked")})
    return lines


def _move(line: MoveLine) -> dict[str, Any]:
    move = line.move
    none = Text("无期限", "none")
    return {
        "organization": {"text": line.organization_name, "href": f"/organizations/{line.organization_id}"},
        "case": {"text": move.number, "href": f"/cases/{move.case_id}"},
        "step": move.step,
        "before": in_words(move.before) if move.before else none,
        "after": in_words(move.after) if move.after else none,
    }


def _figures(change: CalendarChange, moves: Sequence[MoveLine]) -> list[dict[str, Any]]:
    days = change.difference.days
    return [
        {"number": sum(each.off for each in days), "label": Text("天改为放假", "days become off")},
        {"number": sum(not each.off for each in days), "label": Text("天改为上班", "days become worked")},
        {"number": sum(line.move.moves for line in moves), "label": Text("件案件期限变动", "cases whose date moves")},
        {
            "number": sum(not line.move.moves for line in moves),
            "label": Text("件日期不变、依据更新", "cases whose proof alone changes"),
        },
    ]


def _source_facts(source: NoticeSource) -> list[tuple[Text, Any]]:
    told = [
        (Text("通知", "Notice"), source.title),
        (Text("文号", "Number"), source.number),
        (Text("日期", "Date"), in_words(source.dated) if source.dated else None),
    ]
    return [(title, value) for title, value in told if value]


def _named(days: Sequence[date], notice: Notice) -> Text:
    parts = []
    for name, run in groupby(days, key=lambda day: notice.days_off[day]):
        listed = _days(list(run))
        parts.append(Text(f"{name.zh}：{listed.zh}", f"{name.en}: {listed.en}"))
    return Text("\n".join(part.zh for part in parts), "\n".join(part.en for part in parts))


def _days(days: Sequence[date]) -> Text:
    """Days with their weekdays, those in a row as a span."""
    runs: list[list[date]] = []
    for day in days:
        if runs and day - runs[-1][-1] == timedelta(days=1):
            runs[-1].append(day)
        else:
            runs.append([day])
    parts = [_with_weekday(run[0]) if len(run) == 1 else _run(run[0], run[-1]) for run in runs]
    return Text("、".join(part.zh for part in parts), ", ".join(part.en for part in parts))


def _run(first: date, last: date) -> Text:
    ends = _with_weekday(first), _with_weekday(last)
    return Text(f"{ends[0].zh}至{ends[1].zh}", f"{ends[0].en} to {ends[1].en}")


def _with_weekday(day: date) -> Text:
    words = in_words(day)
    return Text(f"{words.zh}（周{'一二三四五六日'[day.weekday()]}）", f"{day:%a} {words.en}")


def _spans(years: Sequence[int]) -> str:
    runs: list[list[int]] = []
    for year in years:
        if runs and year - runs[-1][-1] == 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return "、".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)

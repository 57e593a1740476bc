"""A yearly notice on holidays as it was read: its days off, its make-up workdays and where it says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar

from incubator.engine.calendars import WorkCalendar
from incubator.errors import Invalid
from incubator.policies.reading import PackFault
from incubator.text import Text

# The holidays of all citizens (Measures on Holidays of Annual Festivals and Memorial Days, art 2).
HOLIDAYS: dict[str, Text] = {
    name: Text(name, english)
    for name, english in (
        ("元旦", "New Year's Day"),
        ("春节", "Spring Festival"),
        ("清明节", "Tomb-sweeping Day"),
        ("劳动节", "Labour Day"),
        ("端午节", "Dragon Boat Festival"),
        ("中秋节", "Mid-autumn Festival"),
        ("国庆节", "National Day"),
    )
}


@dataclass(frozen=True, slots=True)
class NoticeSource:
    """Where a notice stands: title, document number (empty where it is not known) and date."""

    title: str
    number: str = ""
    dated: date | None = None

    def as_json(self) -> dict[str, Any]:
        """JSON-ready."""
        return {"title": self.title, "number": self.number, "date": self.dated and self.dated.isoformat()}

    @property
    def words(self) -> str:
        """As a paper is cited: 《title》（number）."""
        return f"《{self.title}》" + (f"（{self.number}）" if self.number else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a notice arranges for a year.

    `days_off` are the days that it names, each with its holiday's name; `joined` the weekend days that it only says to
    adjoin a holiday, which are off anyway; `set_aside` its sentences that arrange nothing, such as advice.
    """

    year: int
    source: NoticeSource
    days_off: Mapping[date, Text]
    workdays: frozenset[date]
    joined: frozenset[date] = frozenset()
    set_aside: tuple[str, ...] = ()

    def over(self, calendar: WorkCalendar) -> WorkCalendar:
        """The calendar with this as the whole notice of its year; equal to it where it says the same already.

        A day that the calendar calls by one of the names that the notice gives it together keeps its own.
        """
        days_off = dict(self.days_off)
        for day, name in self.days_off.items():
            known = calendar.days_off.get(day)
            if known is not None and known.zh in name.zh.split("、"):
                days_off[day] = known
        days_off |= {day: calendar.days_off[day] for day in self.joined if day in calendar.days_off}
        return calendar.with_year(self.year, days_off, self.workdays)


class UnreadableNotice(Invalid):
    """A notice that says something that is not understood, or that cannot be; `faults` are all of them with their lines."""

    code: ClassVar[str] = "notice_unreadable"
    title: ClassVar[Text] = Text("放假安排读不懂", "The notice cannot be read")

    def __init__(self, faults: Sequence[PackFault]) -> None:
        self.faults = tuple(faults)
        by_line: dict[str, list[Text]] = {}
        for fault in self.faults:
            by_line.setdefault(f"{fault.file}:{fault.line}", []).append(fault.message)
        super().__init__(
            Text(
                "放假安排未导入，请按所列行号对照通知原文更正后重新导入。",
                "Nothing was imported: correct the lines named here against the published text and import it again.",
            ),
            fields=by_line,
            extra={"faults": [fault.as_json() for fault in self.faults]},
        )


class Gathered:
    """The days of a notice while it is read; what cannot be is told to `fault` with the line and the holiday."""

    def __init__(self, file: str, year: int) -> None:
        self.file, self.year = file, year
        self.days_off: dict[date, Text] = {}
        self.workdays: set[date] = set()
        self.names: set[str] = set()
        self.faults: list[PackFault] = []

    def fault(self, line: int, path: str, message: Text) -> None:
        """Note what is wrong."""
        self.faults.append(PackFault(self.file, line, path, message))

    def off(self, day: date, name: str, line: int, path: str) -> None:
        """A day off of a holiday, or of several named together with 、."""
        if not self._in_reach(day, line, path):
            return
        if day in self.days_off:
            words = Text("{day}重复列为放假日", "{day} is named twice as a day off")
            self.fault(line, path, words.fill(day=day.isoformat()))
        elif day in self.workdays:
            self._both(day, line, path)
        else:
            self.days_off[day] = holiday_name(name)

    def work(self, day: date, line: int, path: str) -> None:
        """A make-up workday."""
        if not self._in_reach(day, line, path):
            return
        if day in self.workdays:
            words = Text("{day}重复列为上班日", "{day} is named twice as a make-up workday")
            self.fault(line, path, words.fill(day=day.isoformat()))
        elif day in self.days_off:
            self._both(day, line, path)
        elif day.weekday() < 5:
            words = Text("{day}不是周六或周日，不会是调休上班日", "{day} is no Saturday or Sunday: no make-up workday")
            self.fault(line, path, words.fill(day=day.isoformat()))
        else:
            self.workdays.add(day)

    def complete(self, line: int) -> None:
        """Note the holidays that are missing: a notice replaces the whole year, so half of one would undo the rest."""
        missing = [name for name in HOLIDAYS if name not in self.names]
        if missing:
            words = Text(
                "缺少{zh}的安排。导入的须是全年安排；只调整个别节日的通知，请把调整后的全年安排一并写入文件。",
                "The days of {en} are missing. The whole year must be there: where a notice only adjusts a holiday, write"
                " the year's arrangement as it then is.",
            )
            english = ", ".join(HOLIDAYS[name].en for name in missing)
            self.fault(line, "", words.fill(zh="、".join(missing), en=english))

    def _both(self, day: date, line: int, path: str) -> None:
        words = Text("{day}既列为放假日又列为上班日", "{day} is named both as a day off and as a workday")
        self.fault(line, path, words.fill(day=day.isoformat()))

    def _in_reach(self, day: date, line: int, path: str) -> bool:
        """As `WorkCalendar.with_year` takes them, told here with the line."""
        if date(self.year - 1, 12, 21) <= day <= date(self.year, 12, 31):
            return True
        words = Text("{year}年的放假安排中不应出现{day}", "The notice for {year} cannot name {day}")
        self.fault(line, path, words.fill(year=self.year, day=day.isoformat()))
        return False


def holiday_name(name: str) -> Text:
    """The name of one holiday, or of several joined with 、, in both languages."""
    parts = name.split("、")
    return Text(name, ", ".join(HOLIDAYS[part].en if part in HOLIDAYS else part for part in parts))


def span(first: date, last: date) -> list[date]:
    """Every day from the first to the last, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]

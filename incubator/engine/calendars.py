"""The working calendar: which days offices work, which they do not and why, and how far that has been announced.

Where the days come from: the State Council's Measures on Holidays (全国年节及纪念日放假办法) fix the holidays; which
days are off in a year, and which weekends are worked in return (调休), is said each November for the next year by the
notice of the State Council's General Office (国务院办公厅关于……年部分节假日安排的通知). The library `chinesecalendar`
carries the published notices since 2004; a newer or corrected notice is added by `with_year`. A year without a notice
has plain weekends here, and whatever is computed there is provisional, never a prediction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any

from incubator.errors import Invalid
from incubator.text import Text

WEEKEND = Text("周末", "weekend")
CLOSED = Text("本街道停止办公", "closing day of the street office")

# The notice of a year may turn days of the December before it into workdays or days off (29 December 2018 was worked
# by the notice for 2019); none has reached back further than the last ten days.
_LATE_DECEMBER = (12, 21)

# The library shortens these; the notices write them in full.
_FULL_NAMES = {"清明": "清明节", "端午": "端午节", "中秋": "中秋节"}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class WorkCalendar:
    """An immutable working calendar; equal content is an equal calendar.

    `announced` are the years whose notice is out; `days_off` the days off of the notices, each with its holiday's
    name; `workdays` the weekend days they make workdays; `closing_days` a street's own, each with its reason. Raises
    `Invalid` when a day is both off and a make-up workday, or a make-up workday is no Saturday or Sunday.
    """

    name: str
    announced: frozenset[int]
    days_off: Mapping[date, Text]
    workdays: frozenset[date]
    closing_days: Mapping[date, Text] = field(default_factory=dict)
    _off: frozenset[date] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _check_days(self.days_off, self.workdays)
        for attribute, value in (
            ("announced", frozenset(self.announced)),
            ("days_off", MappingProxyType(dict(self.days_off))),
            ("workdays", frozenset(self.workdays)),
            ("closing_days", MappingProxyType(dict(self.closing_days))),
            ("_off", frozenset(self.days_off) | frozenset(self.closing_days)),
        ):
            object.__setattr__(self, attribute, value)

    def __hash__(self) -> int:
        return hash((self.name, self.announced, self.workdays, self._off))

    def __repr__(self) -> str:
        years = sorted(self.announced)
        kinds = f"{len(self.days_off)} off, {len(self.workdays)} made up, {len(self.closing_days)} closed"
        return (
            f"<WorkCalendar {self.name} {years[:1]}..{years[-1:]}: {kinds}>"  # thousands of days help nobody in a log
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return (WorkCalendar.from_json, (self.as_json(),))  # read-only mappings cannot be pickled themselves

    def is_working(self, day: date) -> bool:
        """Whether the office works that day; a closing day is off even where the notice makes it a workday."""
        if day in self._off:
            return False
        return day.weekday() < 5 or day in self.workdays

    def why_off(self, day: date) -> Text | None:
        """The holiday's name, the closing day's reason or the weekend; None on a working day."""
        if self.is_working(day):
            return None
        return self.days_off.get(day) or self.closing_days.get(day) or WEEKEND

    def is_announced(self, day: date) -> bool:
        """Whether the notice for the day's year is out."""
        return day.year in self.announced

    def unannounced_year(self, through: date, since: date | None = None) -> int | None:
        """The first year whose missing notice can still change the days from `since` (else `through`) to `through`.

        That is a year among them without a notice, or the year after when they reach beyond 20 December: the next
        notice can turn late-December days into workdays or days off.
        """
        for year in range((since or through).year, through.year + 1):
            if year not in self.announced:
                return year
        if (through.month, through.day) >= _LATE_DECEMBER and through.year + 1 not in self.announced:
            return through.year + 1
        return None

    def is_provisional(self, through: date, since: date | None = None) -> bool:
        """Whether a date that depends on the days up to `through` may still move when a notice appears."""
        return self.unannounced_year(through, since) is not None

    def with_year(self, year: int, days_off: Mapping[date, Text], workdays: Iterable[date]) -> WorkCalendar:
        """The calendar extended or corrected by the whole notice of `year`, which replaces an earlier import of it.

        The notice may name days of the year itself and of 21-31 December before it; any other day raises `Invalid`.
        Days of 21-31 December of `year` stay when the notice of the next year, to which they belong, is already in.
        """
        worked = frozenset(workdays)
        first = date(year - 1, *_LATE_DECEMBER)
        for day in sorted({*days_off, *worked}):
            if not first <= day <= date(year, 12, 31):
                raise Invalid(
                    Text(
                        "{year}年放假安排中不应出现{day}，请核对通知原文。",
                        "The notice for {year} cannot name {day}; check it against the published text.",
                    ).fill(year=year, day=day.isoformat())
                )
        last = date(year, 12, 20) if year + 1 in self.announced else date(year, 12, 31)
        kept_off = {day: name for day, name in self.days_off.items() if not first <= day <= last and day not in worked}
        kept_worked = {day for day in self.workdays if not first <= day <= last and day not in days_off}
        return replace(
            self,
            announced=self.announced | {year},
            days_off=kept_off | dict(days_off),
            workdays=frozenset(kept_worked) | worked,
        )

    def with_closing_days(self, days: Mapping[date, Text] | Iterable[date]) -> WorkCalendar:
        """The calendar with these as the street's own closing days, instead of those it had."""
        reasons = days if isinstance(days, Mapping) else dict.fromkeys(days, CLOSED)
        return replace(self, closing_days=reasons)

    def as_json(self) -> dict[str, Any]:
        """The stored form: JSON-ready, every collection sorted, dates as ISO strings."""
        return {
            "name": self.name,
            "announced": sorted(self.announced),
            "days_off": {day.isoformat(): self.days_off[day].as_pair() for day in sorted(self.days_off)},
            "workdays": [day.isoformat() for day in sorted(self.workdays)],
            "closing_days": {day.isoformat(): self.closing_days[day].as_pair() for day in sorted(self.closing_days)},
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> WorkCalendar:
        """The calendar of a stored form; `Invalid` when it is not one."""
        try:
            return cls(
                name=str(stored["name"]),
                announced=frozenset(int(year) for year in stored["announced"]),
                days_off=_read_days(stored["days_off"]),
                workdays=frozenset(date.fromisoformat(day) for day in stored["workdays"]),
                closing_days=_read_days(stored["closing_days"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Invalid(
                Text(
                    "工作日历数据无法读取：{error}。请重新导入放假安排。",
                    "The stored working calendar cannot be read: {error}. Import the notices again.",
                ).fill(error=repr(error))
            ) from error


@cache
def announced_calendar(name: str = "national") -> WorkCalendar:
    """The State Council's notices as the library `chinesecalendar` carries them (2004-2026 in its 1.11)."""
    # Imported here: the web process must answer before it needs a calendar.
    from chinese_calendar import constants

    names = {str(holiday.value): _holiday_name(holiday.chinese, holiday.value) for holiday in constants.Holiday}
    return WorkCalendar(
        name=name,
        announced=frozenset(day.year for day in constants.holidays),
        days_off={day: names[holiday] for day, holiday in constants.holidays.items()},
        workdays=frozenset(constants.workdays),
    )


def _holiday_name(chinese: str, english: str) -> Text:
    return Text(_FULL_NAMES.get(chinese, chinese), english)


def _check_days(days_off: Mapping[date, Text], workdays: Iterable[date]) -> None:
    for day in sorted(workdays):
        if day in days_off:
            raise Invalid(
                Text(
                    "{day}既列为放假日又列为调休上班日，请核对通知原文。",
                    "{day} is named both as a day off and as a make-up workday; check it against the published text.",
                ).fill(day=day.isoformat())
            )
        if day.weekday() < 5:
            raise Invalid(
                Text(
                    "{day}不是周六或周日，不能列为调休上班日，请核对通知原文。",
                    "{day} is no Saturday or Sunday, so no make-up workday; check it against the published text.",
                ).fill(day=day.isoformat())
            )


def _read_days(pairs: Mapping[str, dict[str, str]]) -> dict[date, Text]:
    return {date.fromisoformat(day): Text.from_pair(pair) for day, pair in pairs.items()}

"""Dates as people write them, read as far as they go: a year, a month or a day."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from incubator.wording import plain

_CHINESE_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_CHINESE_YEAR = re.compile(r"^([〇零○一二三四五六七八九]{4}|[〇零○一二三四五六七八九]{2})年")
_SMALL = re.compile(r"([一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九])(?=[月日号])")
_AROUND = re.compile(r"^(约|大约|大概)|(左右|前后|份|成立|组建)$|(?<=[年月])([初中底末]|[上下]半年|[春夏秋冬]季?)$")
_PARTS = re.compile(r"^(\d{4})(?:年|[-/.、\\])(?:(\d{1,2})(?:月|[-/.、\\]|$)(?:(\d{1,2})[日号]?)?)?$")
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})?$")
_SHORT_YEAR = re.compile(r"^(\d{2})(?=年)")
_EARLIEST = 1840
_LATEST = 2100
_LONGEST = 60


def read_date(text: str) -> str | None:
    """The ISO date as far as the text says it (`2013`, `2013-05`, `2013-05-21`); None where it is no date.

    A year of two digits counts as 1950-1999 or 2000-2049.
    """
    word = plain(text[:_LONGEST])
    if re.match(r"^\d{4}-\d{2}-\d{2}\d{2}:\d{2}", word):
        word = word[:10]
    word = _CHINESE_YEAR.sub(lambda found: found[1].translate(_CHINESE_DIGITS) + "年", word)
    word = _SMALL.sub(lambda found: str(_below_hundred(found[1])), word)
    word = _AROUND.sub("", _AROUND.sub("", word))
    word = _SHORT_YEAR.sub(lambda found: ("19" if found[1] >= "50" else "20") + found[1], word)
    if re.fullmatch(r"\d{4}", word):
        return _partial(int(word), None, None)
    found = _PARTS.match(word) or _COMPACT.match(word)
    if found is None:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    return None if year is None else _partial(year, month, day)


def from_serial(number: int) -> str | None:
    """The day a spreadsheet's bare day number means (41597 is 2013-11-19), from 1927 to 2063; None outside."""
    return (date(1899, 12, 30) + timedelta(days=number)).isoformat() if 10_000 <= number < 60_000 else None


def is_certainly_after(one: str, other: str) -> bool:
    """Whether the partial date `one` lies after all that the partial date `other` may mean."""
    length = min(len(one), len(other))
    return one[:length] > other[:length]


def _partial(year: int, month: int | None, day: int | None) -> str | None:
    if not _EARLIEST <= year <= _LATEST:
        return None
    if month is None:
        return f"{year:04}"
    if not 1 <= month <= 12:
        return None
    if day is None:
        return f"{year:04}-{month:02}"
    if not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    return f"{year:04}-{month:02}-{day:02}"


def _below_hundred(text: str) -> int:
    tens, ten, ones = text.rpartition("十")
    digits = "〇一二三四五六七八九"
    value = digits.index(ones) if ones else 0
    return value + (10 * (digits.index(tens) if tens else 1) if ten else 0)

"""Quarters as periods are spelled, `2026Q3`: the last one over on a day, and its first and last day."""

from __future__ import annotations

import re
from datetime import date, timedelta

_SPELLING = re.compile("([1-9][0-9]{3})Q([1-4])")


def last_quarter(day: date) -> str:
    """The quarter that ended last before the day."""
    before = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1) - timedelta(days=1)
    return f"{before.year}Q{(before.month + 2) // 3}"


def days_of(period: str) -> tuple[date, date] | None:
    """The quarter's first and last day; None for what is no quarter."""
    spelled = _SPELLING.fullmatch(period)
    if spelled is None:
        return None
    year, first = int(spelled[1]), 3 * int(spelled[2]) - 2
    following = date(year + 1, 1, 1) if first == 10 else date(year, first + 3, 1)
    return date(year, first, 1), following - timedelta(days=1)

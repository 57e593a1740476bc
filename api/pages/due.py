"""Due dates in words and tones: how long there still is, and how a date was arrived at."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from incubator.engine.calendars import WorkCalendar
from incubator.engine.deadline_proof import Proof, Unit
from incubator.engine.deadline_words import days, explain, in_words
from incubator.models.base import NO_DATE
from incubator.text import Text

SOON = 3  # days before a due date at which a page begins to say so; not a rule of any authority
_DAY_BY_DAY = 120  # a term of years is explained in sentences alone


def weekday(day: date) -> Text:
    """The day of the week in full."""
    return Text(f"星期{_WEEKDAYS[day.weekday()][1]}", f"{day:%A}")


def badge(due_on: date, this_day: date, *, paused: bool = False) -> tuple[Text, str]:
    """How a due date stands today, and the tone to say it in."""
    if paused:
        return Text("已中止", "paused"), "neutral"
    if due_on == NO_DATE:
        return Text("无期限", "no limit"), "neutral"
    left = (due_on - this_day).days
    if left < 0:
        return Text(f"逾期 {-left} 天", f"{-left} day{'s' if left < -1 else ''} overdue"), "bad"
    if left == 0:
        return Text("今天到期", "due today"), "warn"
    words = Text(f"还剩 {left} 天", f"{left} day{'s' if left > 1 else ''} left")
    return words, "warn" if left <= SOON else "neutral"


def day_words(due_on: date, *, provisional: bool) -> Text:
    """A due date as lists show it, with its mark while it may still move."""
    words = in_words(due_on)
    return Text(f"{words.zh}（暂定）", f"{words.en} (provisional)") if provisional else words


def deadline(stored: Mapping[str, Any], state: str, calendar: WorkCalendar, this_day: date) -> dict[str, Any] | None:
    """A stored limit for the deadline macro: its date, how it stands, and its arithmetic day by day."""
    if not stored:
        return None
    proof = Proof.from_json(stored)
    due_on = proof.due_on
    shown, number = state, 0
    if state == "running" and due_on is not None:
        number = (due_on - this_day).days
        shown = "overdue" if number < 0 else "soon" if number <= SOON else "running"
    sentences = explain(proof)
    return {
        "due": due_on,
        "state": "paused" if due_on is None else shown,
        "days": abs(number),
        "provisional": proof.provisional,
        "length": sentences[0],
        "sentences": [*sentences[1:], *_days(proof, calendar)],
    }


def _days(proof: Proof, calendar: WorkCalendar) -> list[Text]:
    if proof.term is None or proof.term.unit in (Unit.MONTHS, Unit.YEARS) or proof.counted > _DAY_BY_DAY:
        return []
    lines = []
    for day, number, note in days(proof, calendar):
        zh, en = f"{day.month}月{day.day}日", f"{day:%d} {_MONTHS[day.month - 1]}"
        count = Text(f"第 {number} 天", f"day {number}") if number else None
        parts = [part for part in (count, note) if part is not None]
        zh_note, en_note = "，".join(part.zh for part in parts), ", ".join(part.en for part in parts)
        lines.append(Text(f"{zh}（{_WEEKDAYS[day.weekday()]}）：{zh_note}", f"{day:%a} {en}: {en_note}"))
    return lines


_WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

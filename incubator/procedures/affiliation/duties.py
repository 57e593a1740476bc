"""A hub's duties in time: when each is owed, by when it is due, and which of them the records show as done. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from incubator.policies.values import Validity
from incubator.procedures.affiliation.policy import Duty
from incubator.procedures.affiliation.quarters import days_of, last_quarter
from incubator.text import Text

_MONTHS = {"quarter": 3, "half_year": 6, "year": 12}
_ONE_DAY = timedelta(days=1)
LAST_DAY = date.max


class DutyState(StrEnum):
    """How a duty stands on a day."""

    DONE = "done"
    OPEN = "open"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Owed:
    """A duty in one of its times: from when to when it is to be done, and the last day before it is overdue."""

    code: str
    name: Text
    since: date
    until: date
    due_on: date
    state: DutyState = DutyState.OPEN
    done_on: date | None = None


def owed(duty: Duty, since: date, until: date, done: Iterable[date], day: date) -> tuple[Owed, ...]:
    """What is owed of a duty under an agreement (or recognition) from `since` to `until`, as it stands on `day`.

    `done` are the days on which it was done. Each counts for the time that it lies in; within the days of grace it makes
    up for the time before, where that lacks it. What begins after `day` is not owed yet, and a time that the agreement
    does not cover to its end not at all.
    """
    times = _times(duty, since, until, day)
    done_in: dict[int, date] = {}
    for held_on in sorted(done):
        place = next((place for place, (first, last) in enumerate(times) if first <= held_on <= last), None)
        before = (len(times) if place is None else place) - 1
        if before >= 0 and before not in done_in and times[before][1] < held_on <= _due(duty, *times[before]):
            done_in[before] = held_on
        elif place is not None:
            done_in.setdefault(place, held_on)
    found = []
    for place, (first, last) in enumerate(times):
        due_on, held = _due(duty, first, last), done_in.get(place)
        state = DutyState.DONE if held else DutyState.OVERDUE if due_on < day else DutyState.OPEN
        found.append(Owed(duty.code, duty.name, first, min(last, due_on), due_on, state, held))
    return tuple(found)


def not_done(all_owed: Sequence[Owed]) -> tuple[Owed, ...]:
    """What of it is open or overdue, by its due date."""
    return tuple(sorted((each for each in all_owed if each.state is not DutyState.DONE), key=lambda each: each.due_on))


def _times(duty: Duty, since: date, until: date, day: date) -> list[tuple[date, date]]:
    if since > min(until, day):
        return []
    if duty.every == "once":
        return [(since, LAST_DAY)]  # however late, it is done then
    if not duty.per_member and duty.every == "quarter":
        return _quarters(since, min(until, day))
    length = Validity.model_validate({"length": _MONTHS[duty.every], "unit": "months"})
    times, first = [], since
    while first <= day and (last := length.until(first)) <= until:
        times.append((first, last))
        first = last + _ONE_DAY
    return times


def _quarters(since: date, day: date) -> list[tuple[date, date]]:
    """The quarters that were over by the day, from the one in which it began: for each it reports."""
    times = []
    over = days_of(last_quarter(day))
    while over is not None and over[1] >= since:
        times.append(over)
        over = days_of(last_quarter(over[0]))
    return times[::-1]


def _due(duty: Duty, first: date, last: date) -> date:
    return (first if duty.every == "once" else last) + timedelta(days=duty.within_days)

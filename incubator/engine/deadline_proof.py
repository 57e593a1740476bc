"""What a deadline is made of and the proof that is stored with it: terms, pauses, skipped days, the resulting date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from incubator.errors import Invalid
from incubator.text import Text

FIRST_DAY = date(1990, 1, 1)
LAST_DAY = date(2199, 12, 31)
ONE_DAY = timedelta(days=1)
# More days than lie between the first and the last day that are computed with.
LONGEST = 80_000


class Unit(StrEnum):
    """What a term is counted in. 日 in a rule are calendar days, 工作日 working days."""

    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    MONTHS = "months"
    YEARS = "years"


class Direction(StrEnum):
    """How the date was found: counted forward, counted back from an expiry, or named by the rule."""

    FORWARD = "forward"
    BACKWARD = "backward"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True)
class Term:
    """How long somebody has. The flags say whether the days on which a correction is sent and comes back count."""

    length: int
    unit: Unit
    count_sending_day: bool = False
    count_returning_day: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.length <= LONGEST:
            raise Invalid(
                Text(
                    "期限长度{length}无效，应为0至{longest}之间的整数。",
                    "A term of {length} is not possible; give a whole number from 0 to {longest}.",
                ).fill(length=self.length, longest=LONGEST)
            )


@dataclass(frozen=True, slots=True)
class Pause:
    """A return for correction that stops the clock: sent, and returned or (None) still out."""

    sent_on: date
    returned_on: date | None = None

    def __post_init__(self) -> None:
        check_day(self.sent_on)
        if self.returned_on is None:
            return
        check_day(self.returned_on)
        if self.returned_on < self.sent_on:
            raise Invalid(
                Text(
                    "补正材料的收到日期{returned}早于补正通知的发出日期{sent}，请更正日期。",
                    "The correction came back on {returned}, before it was sent on {sent}; put the dates right.",
                ).fill(returned=self.returned_on.isoformat(), sent=self.sent_on.isoformat())
            )


@dataclass(frozen=True, slots=True)
class Skipped:
    """Consecutive days left out for one reason; `last` is None for a pause that still runs."""

    first: date
    last: date | None
    reason: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """How a due date came about; stored with the deadline, so that it can be shown and checked later.

    `start` is the event (or the expiry of a backward deadline, or the named day of a fixed one); `due_on` is None while
    a correction is out. `counted` are the days counted so far, working days for a term in working days and calendar
    days otherwise; `remaining` those left while paused, else 0. `rolled_from` is the last day before it moved off a day
    off (in a backward deadline: back to a working day); from it on, the days moved over stand among `skipped` too.
    `unannounced` is the year whose missing notice makes the date provisional, if any.
    """

    start: date
    start_kind: str
    direction: Direction
    term: Term | None
    due_on: date | None
    counted: int
    remaining: int = 0
    skipped: tuple[Skipped, ...] = ()
    pauses: tuple[Pause, ...] = ()
    extensions: tuple[int, ...] = ()
    rolled_from: date | None = None
    unannounced: int | None = None

    @property
    def provisional(self) -> bool:
        """Whether the date may still move when a yearly notice appears."""
        return self.unannounced is not None

    @property
    def paused(self) -> bool:
        """Whether the clock stands still, so that there is no due date yet."""
        return self.due_on is None

    def as_json(self) -> dict[str, Any]:
        """The stored form: JSON-ready, the same for equal proofs."""
        return {
            "start": self.start.isoformat(),
            "start_kind": self.start_kind,
            "direction": self.direction.value,
            "term": self.term and _term_json(self.term),
            "due_on": _iso(self.due_on),
            "counted": self.counted,
            "remaining": self.remaining,
            "skipped": [
                {"first": span.first.isoformat(), "last": _iso(span.last), "reason": span.reason.as_pair()}
                for span in self.skipped
            ],
            "pauses": [
                {"sent_on": pause.sent_on.isoformat(), "returned_on": _iso(pause.returned_on)} for pause in self.pauses
            ],
            "extensions": list(self.extensions),
            "rolled_from": _iso(self.rolled_from),
            "provisional": self.provisional,
            "unannounced": self.unannounced,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Proof:
        """The proof of a stored form; `Invalid` when it is not one."""
        try:
            return cls(
                start=date.fromisoformat(stored["start"]),
                start_kind=stored["start_kind"],
                direction=Direction(stored["direction"]),
                term=None if stored["term"] is None else _read_term(stored["term"]),
                due_on=_date(stored["due_on"]),
                counted=stored["counted"],
                remaining=stored["remaining"],
                skipped=tuple(
                    Skipped(date.fromisoformat(span["first"]), _date(span["last"]), Text.from_pair(span["reason"]))
                    for span in stored["skipped"]
                ),
                pauses=tuple(
                    Pause(date.fromisoformat(pause["sent_on"]), _date(pause["returned_on"]))
                    for pause in stored["pauses"]
                ),
                extensions=tuple(stored["extensions"]),
                rolled_from=_date(stored["rolled_from"]),
                unannounced=stored["unannounced"],
            )
        except (KeyError, TypeError, ValueError) as error:
            raise Invalid(
                Text(
                    "期限计算依据无法读取：{error}。请重新计算该期限。",
                    "The stored proof of the deadline cannot be read: {error}. Compute the deadline again.",
                ).fill(error=repr(error))
            ) from error


def check_day(day: date) -> None:
    """Refuse (`Invalid`) what is not a plain date from 1990 to 2199; a moment has no day without its time zone."""
    if isinstance(day, datetime) or not FIRST_DAY <= day <= LAST_DAY:
        raise out_of_range(day.isoformat())


def out_of_range(what: str) -> Invalid:
    """The refusal of a date that lies, or would come to lie, outside the years computed with."""
    return Invalid(
        Text(
            "日期{what}超出可计算的范围（1990年至2199年），请核对日期和期限。",
            "The date {what} lies outside the range computed with (1990 to 2199); check the date and the term.",
        ).fill(what=what)
    )


def merged(spans: Iterable[tuple[date, date | None, Text]]) -> tuple[Skipped, ...]:
    """The spans in order of time, neighbours with the same reason joined. They must not overlap."""
    joined: list[Skipped] = []
    for first, last, reason in sorted(spans, key=lambda span: span[0]):
        before = joined[-1] if joined else None
        if before and before.last and before.reason == reason and first - before.last == ONE_DAY:
            joined[-1] = Skipped(before.first, last, reason)
        else:
            joined.append(Skipped(first, last, reason))
    return tuple(joined)


def _term_json(term: Term) -> dict[str, Any]:
    return {
        "length": term.length,
        "unit": term.unit.value,
        "count_sending_day": term.count_sending_day,
        "count_returning_day": term.count_returning_day,
    }


def _read_term(stored: Mapping[str, Any]) -> Term:
    return Term(stored["length"], Unit(stored["unit"]), stored["count_sending_day"], stored["count_returning_day"])


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)

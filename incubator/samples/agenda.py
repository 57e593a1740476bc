"""When each move of the sample's stories takes place: on working days, counted back from today or on from a day, in order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial

from incubator.clock import SHANGHAI, today
from incubator.engine.calendars import WorkCalendar
from incubator.samples.groups import Group
from incubator.samples.stage import SWEEP_AT, Stage

_OPENS_AT = time(9)
_MINUTES = 8 * 60

Move = Callable[[Stage, Group], None]
Moves = tuple[tuple[int, Move], ...]  # each so many working days after the one before
Deed = Callable[[Stage], None]
When = Callable[["Agenda"], date]
Told = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Moves and when they take place: from the day of the first on, or back from the day of the last."""

    moves: Moves
    begins: When | None = None
    ends: When | None = None


@dataclass(slots=True)
class Agenda:
    """What is to be done, day by day, from `first_day` to `now`; nothing is planned after the last working day before."""

    calendar: WorkCalendar
    first_day: date
    now: datetime
    _days: defaultdict[date, list[Deed]] = field(default_factory=lambda: defaultdict(list))
    _evenings: defaultdict[date, list[Deed]] = field(default_factory=lambda: defaultdict(list))

    @property
    def today(self) -> date:
        """The day on which the sample ends."""
        return today(self.now)

    @property
    def last_day(self) -> date:
        """The last working day before today."""
        return self.before(self.today, 1)

    def before(self, day: date, working_days: int) -> date:
        """The day so many working days before a day; for 0 the day itself, or the last working day before it."""
        left = working_days
        while left or not self.calendar.is_working(day):
            day -= timedelta(days=1)
            left -= bool(left) and self.calendar.is_working(day)
        return day

    def after(self, day: date, working_days: int) -> date:
        """The day so many working days after a day; for 0 the day itself, or the first working day after it."""
        left = working_days
        while left or not self.calendar.is_working(day):
            day += timedelta(days=1)
            left -= bool(left) and self.calendar.is_working(day)
        return day

    def tell(self, group: Group, story: Story, *, not_before: date | None = None) -> date:
        """Plan a group's story, and answer the day of its last move.

        What would lie before `not_before` is done on that day instead; what would lie after yesterday is left out.
        """
        earliest = self.after(max(not_before or self.first_day, self.first_day), 0)
        days = self._days_of(story)
        for day, (_, move) in zip(days, story.moves, strict=True):
            self.at(max(day, earliest), partial(_play, move, group))
        return max(days[-1], earliest)

    def at(self, day: date, deed: Deed) -> None:
        """Plan what is done on a working day."""
        if day <= self.last_day:
            self._days[day].append(deed)

    def in_the_evening(self, day: date, deed: Deed) -> None:
        """Plan what is written down at the end of a working day, all in one go."""
        if day <= self.last_day:
            self._evenings[day].append(deed)

    def play(self, stage: Stage, told: Told) -> None:
        """Live through the days up to `now`: what the clock does in the morning, then the work, told one by one."""
        number, done = sum(map(len, self._days.values())), 0
        for day in _each_day(self.first_day, self.today):
            self._morning(stage, day)
            for place, deed in enumerate(self._days[day]):
                opening = datetime.combine(day, _OPENS_AT, tzinfo=SHANGHAI)
                stage.clock.move_to(opening + timedelta(minutes=_MINUTES * place // len(self._days[day])))
                deed(stage)
                done += 1
                told(done, number)
            for deed in self._evenings[day]:
                deed(stage)
        stage.clock.move_to(self.now)
        stage.fire_timers()
        stage.automate()

    def _days_of(self, story: Story) -> list[date]:
        """The day of each move, by the working days between them."""
        gaps = [gap for gap, _ in story.moves]
        if story.begins is not None:
            days = [self.after(story.begins(self), 0)]
            for gap in gaps[1:]:
                days.append(self.after(days[-1], gap))
            return days
        assert story.ends is not None
        days = [self.before(story.ends(self), 0)]
        for gap in reversed(gaps[1:]):
            days.append(self.before(days[-1], gap))
        return days[::-1]

    def _morning(self, stage: Stage, day: date) -> None:
        """The clock's morning. What is due is looked for monthly and on the last morning: so much for the demonstration."""
        morning = datetime.combine(day, SWEEP_AT, tzinfo=SHANGHAI)
        if morning > self.now:
            return
        stage.clock.move_to(morning)
        if day.day == 1 or morning + timedelta(days=1) > self.now:
            stage.sweep(day)
        stage.fire_timers()


def ago(days: int) -> When:
    """So many calendar days before today, or the last working day before that."""
    return lambda agenda: agenda.before(agenda.today - timedelta(days=days), 0)


def waiting(working_days: int) -> When:
    """So many working days before today."""
    return lambda agenda: agenda.before(agenda.today, working_days)


def on(day: date) -> When:
    """That day."""
    return lambda agenda: day


def _play(move: Move, group: Group, stage: Stage) -> None:
    try:
        move(stage, group)
    except Exception as error:
        error.add_note(f"{group.name} on {stage.day}")
        raise


def _each_day(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += timedelta(days=1)

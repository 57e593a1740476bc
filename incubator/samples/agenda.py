"""When each move of the sample's stories takes place: on working days, counted back from today, in order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial

from incubator.clock import SHANGHAI, today
from incubator.engine.calendars import WorkCalendar
from incubator.samples.stage import SWEEP_AT, Group, Stage
from incubator.samples.stories import Move, Moves

_OPENS_AT = time(9)
_MINUTES = 8 * 60
Told = Callable[[int, int], None]


@dataclass(slots=True)
class Agenda:
    """The moves to come, day by day. `now` is when the sample ends: nothing is planned after the day before."""

    calendar: WorkCalendar
    first_day: date
    now: datetime
    _days: defaultdict[date, list[tuple[int, Callable[[Stage], None]]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    @property
    def last_day(self) -> date:
        """The last working day before today."""
        return self.before(today(self.now), 1)

    def before(self, day: date, working_days: int) -> date:
        """The day so many working days before a day; for 0 the day itself, or the last working day before it."""
        left = working_days
        while left or not self.calendar.is_working(day):
            day -= timedelta(days=1)
            left -= bool(left) and self.calendar.is_working(day)
        return day

    def after(self, day: date) -> date:
        """The first working day after a day."""
        day += timedelta(days=1)
        while not self.calendar.is_working(day):
            day += timedelta(days=1)
        return day

    def plan(self, group: Group, moves: Moves, last: date, *, not_before: date) -> None:
        """Plan moves so that the last is on a day and the others before it, each by the working days between them.

        What would lie before `not_before` is done on that day instead; what would lie after yesterday is left out.
        """
        day = last
        planned = []
        for gap, move in reversed(moves):
            planned.append((max(day, not_before), move))
            day = self.before(day, gap)
        for place, (on, move) in enumerate(reversed(planned)):
            if on <= self.last_day:
                self._days[on].append((place, partial(_move, move, group)))

    def play(self, stage: Stage, sweeps: Collection[date], told: Told) -> None:
        """Live through the days up to `now`: the clock's sweeps in the morning, then the moves, told one by one."""
        number = sum(map(len, self._days.values()))
        done = 0
        for day in _days(self.first_day, today(self.now)):
            self._morning(stage, day, day in sweeps)
            moves = [move for _, move in sorted(self._days[day], key=lambda each: each[0])]
            for place, move in enumerate(moves):
                opening = datetime.combine(day, _OPENS_AT, tzinfo=SHANGHAI)
                stage.clock.move_to(opening + timedelta(minutes=_MINUTES * place // len(moves)))
                move(stage)
                done += 1
                told(done, number)
        stage.clock.move_to(self.now)
        stage.fire_timers()
        stage.automate()

    def _morning(self, stage: Stage, day: date, sweep: bool) -> None:
        morning = datetime.combine(day, SWEEP_AT, tzinfo=SHANGHAI)
        if morning <= self.now:
            stage.clock.move_to(morning)
            if sweep:
                stage.sweep(day)
            stage.fire_timers()


def _move(move: Move, group: Group, stage: Stage) -> None:
    move(stage, group)


def _days(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += timedelta(days=1)

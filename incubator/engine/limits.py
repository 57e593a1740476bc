"""From a policy's time limit to a date with its proof, for a case."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from incubator.engine.calendars import WorkCalendar
from incubator.engine.case import CaseView, RunningLimit
from incubator.engine.deadlines import Pause, Proof, due_date, fixed_date
from incubator.engine.policy import Due, OnCorrection

_YEAR = re.compile("[1-9][0-9]{3}")  # other periods are the numbers of calls and projects


def start_of(due: Due, milestones: Mapping[str, str], entered_on: date) -> date | None:
    """The day a limit runs from; None where its milestone has not been reached."""
    if due.starts_on == "entered":
        return entered_on
    reached = milestones.get(due.starts_on)
    return date.fromisoformat(reached) if reached else None


def prove_limit(
    due: Due,
    calendar: WorkCalendar,
    *,
    milestones: Mapping[str, str],
    entered_on: date,
    period: str,
    opened_on: date,
    pauses: tuple[tuple[date, date | None], ...] = (),
    extensions: tuple[int, ...] = (),
) -> Proof | None:
    """The limit's date with its proof; None while its milestone has not been reached.

    A limit that restarts on correction runs anew from the last return, unless its milestone was itself set again then.
    """
    if due.is_day_of_year:
        year = int(period) if _YEAR.fullmatch(period) else opened_on.year
        assert due.month is not None
        assert due.day is not None
        return fixed_date(date(year, due.month, due.day), calendar, start_kind="date")
    start = start_of(due, milestones, entered_on)
    if start is None:
        return None
    kind = due.starts_on
    if due.on_correction is OnCorrection.RESTART:
        returned = max((back for _, back in pauses if back is not None), default=None)
        # A limit counted again after it restarted is given the day that it restarted on as the day it was entered.
        if returned is not None and (returned > start or (returned == start and kind == "entered")):
            start, kind = returned, "returned"
        still_out = [pause for pause in pauses if pause[1] is None]
        counted_pauses = tuple(Pause(max(sent, start), None) for sent, _ in still_out)
    else:
        # A pause from before the limit's own start (a milestone set again on return) is over and done with.
        counted_pauses = tuple(Pause(sent, back) for sent, back in pauses if sent >= start)
    return due_date(start, due.term, calendar, start_kind=kind, pauses=counted_pauses, extensions=extensions)


def limit_of_step(due: Due, calendar: WorkCalendar, case: CaseView, limit: RunningLimit) -> Proof | None:
    """The proof of the limit that a case carries now."""
    return prove_limit(
        due,
        calendar,
        milestones=case.milestones,
        entered_on=limit.started_on or case.step_entered_on,
        period=case.period,
        opened_on=case.opened_on,
        pauses=limit.pauses,
        extensions=limit.extensions,
    )

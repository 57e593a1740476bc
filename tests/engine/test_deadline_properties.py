"""Deadlines of every kind agree with a slow, obvious counter over all announced years."""

from __future__ import annotations

import json
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from incubator.engine.calendars import WorkCalendar, announced_calendar
from incubator.engine.deadlines import (
    Direction,
    Pause,
    Proof,
    Term,
    Unit,
    backward,
    days,
    due_date,
    explain,
    fixed_date,
)

from . import deadline_oracle as oracle

CALENDAR = announced_calendar()
STREET = CALENDAR.with_closing_days([date(year, 6, day) for year in range(2004, 2027) for day in (3, 4, 12)])


def _pauses(start: date, gaps: list[tuple[int, int]], open_end: bool) -> list[Pause]:
    pauses, day = [], start
    for n, (gap, length) in enumerate(gaps):
        sent = day + timedelta(days=gap)
        day = sent + timedelta(days=length)
        pauses.append(Pause(sent, None if open_end and n == len(gaps) - 1 else day))
    return pauses


dates = st.dates(date(2004, 1, 1), date(2026, 12, 31))
calendars = st.sampled_from([CALENDAR, STREET])
LONGEST = {Unit.WORKING_DAYS: 60, Unit.CALENDAR_DAYS: 60, Unit.MONTHS: 14, Unit.YEARS: 3}


@st.composite
def some_term(draw: st.DrawFn) -> Term:
    unit = draw(st.sampled_from(Unit))
    length = draw(st.integers(0, 5) | st.integers(0, LONGEST[unit]))
    return Term(min(length, LONGEST[unit]), unit, draw(st.booleans()), draw(st.booleans()))


terms = some_term()
# Short ones often: pauses on the first day, on the last, and on each other's are where counting goes wrong.
short = st.sampled_from([0, 1, 2, 3]) | st.integers(0, 25)
gaps = st.lists(st.tuples(short, short), max_size=4)


def _agrees_with_itself(proof: Proof, calendar: WorkCalendar) -> None:
    """What must hold in every proof: it survives storage, reads in words, and its days add up."""
    assert Proof.from_json(json.loads(json.dumps(proof.as_json()))) == proof
    for sentence in explain(proof):
        assert sentence.zh
        assert sentence.en
        assert "{" not in sentence.zh + sentence.en
    for before, after in zip(proof.skipped, proof.skipped[1:], strict=False):
        assert before.last is not None
        assert before.last < after.first
        assert before.reason != after.reason or (after.first - before.last).days > 1
    shown = list(days(proof, calendar))
    numbers = [number for _, number, _ in shown if number is not None]
    if proof.due_on is None:
        assert numbers == list(range(1, len(numbers) + 1))
        return
    assert shown[-1][0] == proof.due_on
    assert numbers == list(range(1, proof.counted + 1))
    left_out = sum((span.last - span.first).days + 1 for span in proof.skipped if span.last)
    assert abs((proof.due_on - proof.start).days) == proof.counted + left_out


@settings(max_examples=600, deadline=None)
@given(dates, terms, calendars, gaps, st.booleans(), st.lists(st.integers(1, 12), max_size=3))
def test_counting_forward_agrees_with_the_day_by_day_counter(
    start: date, term: Term, calendar: WorkCalendar, gaps: list[tuple[int, int]], still_out: bool, extensions: list[int]
) -> None:
    pauses = _pauses(start, gaps, still_out)
    if term.unit is Unit.YEARS:
        extensions = [min(extension, 2) for extension in extensions]
    proof = due_date(start, term, calendar, pauses=pauses, extensions=extensions)
    assert (proof.due_on, proof.counted, proof.remaining) == oracle.forward(start, term, calendar, pauses, extensions)
    assert proof.due_on is None or calendar.is_working(proof.due_on)
    _agrees_with_itself(proof, calendar)


@settings(max_examples=300, deadline=None)
@given(dates, terms, calendars)
def test_counting_back_agrees_with_the_day_by_day_counter(expiry: date, term: Term, calendar: WorkCalendar) -> None:
    proof = backward(expiry, term, calendar)
    assert proof.direction is Direction.BACKWARD
    assert proof.due_on == oracle.back(expiry, term, calendar)
    _agrees_with_itself(proof, calendar)


@settings(max_examples=200, deadline=None)
@given(dates, calendars)
def test_a_fixed_date_is_the_first_working_day_from_it_on(day: date, calendar: WorkCalendar) -> None:
    proof = fixed_date(day, calendar)
    first = next(day + timedelta(days=n) for n in range(30) if calendar.is_working(day + timedelta(days=n)))
    assert proof.due_on == first
    _agrees_with_itself(proof, calendar)


@settings(max_examples=100, deadline=None)
@given(dates, st.integers(1, 60), calendars)
def test_a_term_restarted_by_the_caller_runs_whole_from_its_new_start(
    returned: date, length: int, calendar: WorkCalendar
) -> None:
    proof = due_date(returned, Term(length, Unit.WORKING_DAYS), calendar, start_kind="returned")
    after = [returned + timedelta(days=n) for n in range(1, ((proof.due_on or returned) - returned).days + 1)]
    assert sum(calendar.is_working(day) for day in after) == length

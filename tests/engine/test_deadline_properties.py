"""Deadlines of every kind agree with a slow, obvious counter over all announced years."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, note, settings
from hypothesis import strategies as st

from incubator.engine.calendars import WorkCalendar, announced_calendar
from incubator.engine.case import CaseView, RunningLimit
from incubator.engine.conditions import window_blockers
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
from incubator.engine.definition import Decision, Step, StepKind, Window, policy
from incubator.engine.limits import limit_of_step, prove_limit
from incubator.engine.policy import Due, OnCorrection, Policy
from incubator.engine.roles import Role
from incubator.services.calendars.changes import difference
from incubator.text import Text

from . import deadline_oracle as oracle

CALENDAR = announced_calendar()
STREET = CALENDAR.with_closing_days([date(year, 6, day) for year in range(2004, 2027) for day in (3, 4, 12)])


# What was known before the notice for 2019 came out, which made a Saturday of December 2018 a workday.
BEFORE_2019 = replace(
    CALENDAR,
    announced=frozenset(year for year in CALENDAR.announced if year < 2019),
    days_off={day: name for day, name in CALENDAR.days_off.items() if day < date(2018, 12, 21)},
    workdays=frozenset(day for day in CALENDAR.workdays if day < date(2018, 12, 21)),
)


def _pauses(start: date, gaps: list[tuple[int, int]], open_end: bool) -> list[Pause]:
    pauses, day = [], start
    for n, (gap, length) in enumerate(gaps):
        sent = day + timedelta(days=gap)
        day = sent + timedelta(days=length)
        pauses.append(Pause(sent, None if open_end and n == len(gaps) - 1 else day))
    return pauses


dates = st.dates(date(2004, 1, 1), date(2026, 12, 31))
NAME = Text("节日", "holiday")


@st.composite
def some_notice(draw: st.DrawFn, years: st.SearchStrategy[int]) -> tuple[int, dict[date, Text], set[date]]:
    """The days of a notice for one of the years: days off anywhere in it, weekends worked, from the 21st of December before."""
    year = draw(years)
    within = st.dates(date(year - 1, 12, 21), date(year, 12, 31))
    off = set(draw(st.lists(within, max_size=12))) | set(
        draw(st.lists(st.dates(date(year - 1, 12, 21), date(year, 1, 9)), max_size=5))
    )
    worked = {day for day in draw(st.lists(within, max_size=12)) if day.weekday() >= 5} - off
    return year, dict.fromkeys(off, NAME), worked


@st.composite
def some_calendar(draw: st.DrawFn) -> WorkCalendar:
    """The announced calendar, a street's, or one whose notice for some year was replaced, with closing days or without."""
    calendar = draw(st.sampled_from([CALENDAR, STREET]))
    if draw(st.booleans()):
        notice = draw(some_notice(st.integers(2005, 2027)))
        note(f"the calendar's notice: {notice}")
        calendar = calendar.with_year(*notice)
    if draw(st.integers(0, 3)) == 0:
        calendar = calendar.with_closing_days(draw(st.lists(dates, max_size=30)))
    return calendar


calendars = some_calendar()
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


def _due(term: Term, restarts: bool) -> Due:
    return Due(
        length=term.length, unit=term.unit, starts_on="complete",
        on_correction=OnCorrection.RESTART if restarts else OnCorrection.PAUSE,
        count_sending_day=term.count_sending_day, count_returning_day=term.count_returning_day,
    )  # fmt: skip


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


@settings(max_examples=500, deadline=None)
@given(
    dates, terms, calendars, gaps, st.booleans(), st.booleans(), st.sets(st.integers(0, 3)),
    st.lists(st.integers(1, 12), max_size=2),
)  # fmt: skip
def test_a_limit_paused_or_restarted_by_corrections_ends_where_living_through_the_case_says(
    start: date, term: Term, calendar: WorkCalendar, gaps: list[tuple[int, int]], still_out: bool, restarts: bool,
    sets_again: set[int], extensions: list[int],
) -> None:  # fmt: skip
    pauses = _pauses(start, gaps, still_out)
    if term.unit is Unit.YEARS:
        extensions = [min(extension, 2) for extension in extensions]
    # Some corrections make the documents complete anew, so that the milestone itself is set again on their return.
    again = [pause.returned_on for n, pause in enumerate(pauses) if n in sets_again and pause.returned_on]
    proof = prove_limit(
        _due(term, restarts), calendar, milestones={"complete": max([start, *again]).isoformat()}, entered_on=start,
        period="", opened_on=start, pauses=tuple((pause.sent_on, pause.returned_on) for pause in pauses),
        extensions=tuple(extensions),
    )  # fmt: skip
    assert proof is not None
    assert proof.due_on == oracle.of_case(term, calendar, [start, *again], pauses, extensions, restarts=restarts)
    _agrees_with_itself(proof, calendar)


DECIDING = Step(
    key="deciding", kind=StepKind.HUMAN, title=NAME, by=(Role.OFFICER,), due=policy("general.due"),
    decisions=tuple(
        Decision(name=when, title=NAME, to="deciding", window=Window(length=policy("general.due"), when=when))
        for when in ("within", "after")
    ),
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(dates, terms, calendars, gaps, st.booleans(), st.lists(st.integers(1, 12), max_size=2))
def test_a_window_over_a_limit_moves_with_its_pauses_and_extensions_to_the_day(
    start: date, term: Term, calendar: WorkCalendar, gaps: list[tuple[int, int]], restarts: bool, extensions: list[int]
) -> None:
    pauses = _pauses(start, gaps, open_end=False)
    if term.unit is Unit.YEARS:
        extensions = [min(extension, 2) for extension in extensions]
    last = oracle.of_case(term, calendar, [start], pauses, extensions, restarts=restarts)
    assert last is not None
    due = _due(term, restarts)
    content = {"value": due.model_dump(mode="json", exclude_none=True), "cite": {"practice": NAME.as_pair()}}
    pack = Policy({"name": "tests", "sources": {}, "values": {"general": {"due": content}}})
    limit = RunningLimit(
        1, "deciding", 1, "running", last, "general.due", start,
        tuple((pause.sent_on, pause.returned_on) for pause in pauses), tuple(extensions),
    )  # fmt: skip
    proof = limit_of_step(due, calendar, _case(start), limit)
    assert proof is not None
    assert proof.due_on == last
    for limits in ((limit,), ()):
        ends = last if limits else oracle.of_case(term, calendar, [start], (), (), restarts=restarts)
        assert ends is not None
        case = _case(start, limits)
        for day in (ends - timedelta(days=1), ends, ends + timedelta(days=1)):
            told = [
                blocker.code
                for decision in DECIDING.decisions
                for blocker in window_blockers(DECIDING, decision, case, day, pack, calendar)
            ]
            assert told == (["window_running"] if day <= ends else ["window_over"]), day


def _case(start: date, limits: tuple[RunningLimit, ...] = ()) -> CaseView:
    moment = datetime(start.year, start.month, start.day, tzinfo=UTC)
    return CaseView(
        id=1, public_id="1", street_id=1, community_id=1, organization_id=1, procedure="tests", number="1", period="",
        step="deciding", visit=1, version=1, open=True, outcome="", came_from="", step_entered_on=start,
        step_entered_at=moment, due_on=start, definition_hash="", policy_hash="", calendar_hash="", data={},
        milestones={"complete": start.isoformat()}, acts={}, opened_on=start, head_seq=1, head_hash="", limits=limits,
    )  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(
    st.dates(date(2017, 10, 1), date(2019, 2, 1)), terms, gaps, st.lists(st.integers(1, 3), max_size=2), st.booleans(),
    some_notice(st.just(2019)),
)  # fmt: skip
def test_a_date_that_is_not_called_provisional_does_not_move_when_the_next_notice_comes(
    start: date, term: Term, gaps: list[tuple[int, int]], extensions: list[int], still_out: bool,
    notice: tuple[int, dict[date, Text], set[date]],
) -> None:  # fmt: skip
    after = BEFORE_2019.with_year(*notice)
    pauses = _pauses(start, gaps, still_out)
    counts: tuple[Callable[[WorkCalendar], Proof], ...] = (
        lambda calendar: due_date(start, term, calendar, pauses=pauses, extensions=extensions),
        lambda calendar: backward(start, term, calendar),
        lambda calendar: fixed_date(start, calendar),
    )
    for count in counts:
        proof, again = count(BEFORE_2019), count(after)
        if not proof.provisional:
            assert (proof.due_on, proof.counted, proof.remaining) == (again.due_on, again.counted, again.remaining)


@settings(max_examples=400, deadline=None)
@given(dates, terms, calendars, calendars, gaps, st.booleans(), st.lists(st.integers(1, 3), max_size=2))
def test_another_calendar_moves_a_date_only_by_days_that_differ_between_its_start_and_its_end(
    start: date, term: Term, before: WorkCalendar, after: WorkCalendar, gaps: list[tuple[int, int]], still_out: bool,
    extensions: list[int],
) -> None:  # fmt: skip
    pauses = _pauses(start, gaps, still_out)
    proof = due_date(start, term, before, pauses=pauses, extensions=extensions)
    again = due_date(start, term, after, pauses=pauses, extensions=extensions)
    assert (again.due_on, again.counted, again.remaining) == oracle.forward(start, term, after, pauses, extensions)
    ends = [each.due_on or max(pause.sent_on for pause in pauses) for each in (proof, again)]
    changed = difference(before, after).between(start, max(ends))
    assert {each.day for each in changed} == {
        day
        for n in range((max(ends) - start).days + 1)
        if before.is_working(day := start + timedelta(days=n)) != after.is_working(day)
    }
    if not changed:
        assert (proof.due_on, proof.counted, proof.remaining) == (again.due_on, again.counted, again.remaining)


@settings(max_examples=100, deadline=None)
@given(dates, st.integers(1, 60), calendars)
def test_a_term_restarted_by_the_caller_runs_whole_from_its_new_start(
    returned: date, length: int, calendar: WorkCalendar
) -> None:
    proof = due_date(returned, Term(length, Unit.WORKING_DAYS), calendar, start_kind="returned")
    after = [returned + timedelta(days=n) for n in range(1, ((proof.due_on or returned) - returned).days + 1)]
    assert sum(calendar.is_working(day) for day in after) == length

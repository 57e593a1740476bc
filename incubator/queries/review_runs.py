"""Receipts of the runs that open due reviews: what was due, opened, open already and skipped for which reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, select

from incubator.engine import library
from incubator.engine.roles import Actor
from incubator.models.automation import ReviewRun, SchedulePeriod
from incubator.models.base import table
from incubator.models.streets import Person
from incubator.queries.clock_openings import words_of
from incubator.queries.paging import USUAL, Page, page_of, window
from incubator.queries.visibility import visible_to
from incubator.services.automation.receipts import receipt_not_found
from incubator.text import Text

SCHEDULE = "open_due_reviews"

_RUNS, _PERIODS, _PEOPLE = table(ReviewRun), table(SchedulePeriod), table(Person)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why so many organizations have no review from this run."""

    code: str
    words: Text
    number: int


@dataclass(frozen=True, slots=True)
class ClockPeriod:
    """The period of the clock's ledger that the run was for, as it stands now."""

    state: str  # started, succeeded, failed
    attempt: int
    error: str
    due_at: datetime
    claimed_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Run:
    """One receipt. `due` = `opened` + `already_open` + what a refusal, told among the reasons, kept back."""

    public_id: str
    procedure: str
    procedure_title: Text
    period: str
    as_of: date
    started_at: datetime
    finished_at: datetime
    caught_up: bool  # found late, after downtime
    attempt: int
    flow_run: str
    due: int
    opened: int
    already_open: int
    reasons: tuple[Reason, ...]  # the greatest number first
    clock: ClockPeriod | None  # None for a run by hand
    signed_off_by: str  # a person's name; empty while nobody has
    signed_off_at: datetime | None

    @property
    def not_opened(self) -> int:
        """How many organizations have no review from this run or before, for all reasons together."""
        return sum(reason.number for reason in self.reasons)


def review_runs(connection: Connection, actor: Actor, *, cursor: str = "", limit: int = USUAL) -> Page[Run]:
    """A page of the area's receipts, newest first; one statement. Invalid for a cursor or a limit that cannot be."""
    rows = connection.execute(window(_runs(actor), (_RUNS.c.id,), cursor, limit, newest_first=True)).all()
    shown, next_cursor = page_of(rows, limit, lambda row: (row.id,))
    return Page(tuple(_run(row) for row in shown), next_cursor)


def read_review_run(connection: Connection, actor: Actor, public_id: str) -> Run:
    """One receipt, or NotFound where there is none in the actor's area."""
    row = connection.execute(_runs(actor).where(_RUNS.c.public_id == public_id)).one_or_none()
    if row is None:
        raise receipt_not_found()
    return _run(row)


def _runs(actor: Actor) -> Select[Any]:
    names = ("state", "attempt", "error", "due_at", "claimed_at", "finished_at")
    of_clock = and_(_PERIODS.c.schedule == SCHEDULE, _PERIODS.c.period == _RUNS.c.run_key)
    return (
        select(_RUNS, *(_PERIODS.c[name].label(f"clock_{name}") for name in names), _PEOPLE.c.name.label("signed_by"))
        .join_from(_RUNS, _PERIODS, of_clock, isouter=True)
        .join(_PEOPLE, _PEOPLE.c.id == _RUNS.c.signed_off_by, isouter=True)
        .where(visible_to(actor, _RUNS))
    )


def _run(row: Row[Any]) -> Run:
    titles = {each.key: each.title for each in library.current_definitions()}
    clock = None
    if row.clock_state is not None:
        clock = ClockPeriod(
            row.clock_state, row.clock_attempt, row.clock_error, row.clock_due_at, row.clock_claimed_at,
            row.clock_finished_at,
        )  # fmt: skip
    reasons = sorted(row.skipped.items(), key=lambda reason: (-reason[1], reason[0]))
    return Run(
        row.public_id, row.procedure, titles.get(row.procedure, Text(row.procedure, row.procedure)), row.period, row.as_of,
        row.started_at, row.finished_at, row.caught_up, row.attempt, row.flow_run, row.due, row.opened, row.already_open,
        tuple(Reason(code, _words(code), number) for code, number in reasons), clock, row.signed_by or "",
        row.signed_off_at,
    )  # fmt: skip


def _words(code: str) -> Text:
    refusals = {library.NoPolicyInForce.code: library.NoPolicyInForce.title}
    kept_back = Text(f"被拒绝（{code}）", f"refused ({code})")
    return words_of(code) or refusals.get(code) or kept_back

"""Receipts of the runs that open due reviews: `/review-runs`."""

from __future__ import annotations

from datetime import date, datetime

from fastapi import APIRouter
from pydantic import BaseModel

from api.addresses import PublicId
from api.callers import Caller, Reading, Working
from api.json.shapes import Cursor, Limit, Listed, refusals
from incubator.clock import SHANGHAI
from incubator.queries.paging import USUAL
from incubator.queries.review_runs import Run, read_review_run, review_runs
from incubator.queries.visibility import Permission, require
from incubator.services.automation.receipts import sign_off

router = APIRouter(tags=["review runs"])


class ReasonOut(BaseModel):
    """Why so many organizations have no review from this run."""

    code: str
    text: str
    number: int


class ClockPeriodOut(BaseModel):
    """The clock's period that the run was for, as its ledger has it now."""

    state: str
    attempt: int
    error: str
    due_at: datetime
    claimed_at: datetime
    finished_at: datetime | None


class ReviewRunOut(BaseModel):
    """A receipt: due, opened, open already, skipped and why, caught up after downtime, failed and retried, signed off."""

    id: str
    procedure: str
    procedure_title: str
    period: str
    as_of: date
    started_at: datetime
    finished_at: datetime
    caught_up: bool
    attempt: int
    flow_run: str
    due: int
    opened: int
    already_open: int
    skipped: list[ReasonOut]
    clock: ClockPeriodOut | None
    signed_off_by: str | None
    signed_off_at: datetime | None


@router.get("/review-runs", responses=refusals(403, 422))
def list_review_runs(caller: Reading, cursor: Cursor = "", limit: Limit = USUAL) -> Listed[ReviewRunOut]:
    """A page of the area's receipts, newest first."""
    require(caller.actor, Permission.SEE_STATUS)
    page = caller.read(lambda connection: review_runs(connection, caller.actor, cursor=cursor, limit=limit))
    return Listed(items=[_out(run, caller.language) for run in page.items], next_cursor=page.next_cursor)


@router.get("/review-runs/{run_id}", responses=refusals(403, 404, 422))
def get_review_run(caller: Reading, run_id: PublicId) -> ReviewRunOut:
    """One receipt."""
    require(caller.actor, Permission.SEE_STATUS)
    return _read(caller, run_id)


@router.post("/review-runs/{run_id}/sign-off", responses=refusals(403, 404, 409, 422))
def sign_off_review_run(caller: Working, run_id: PublicId) -> ReviewRunOut:
    """Sign a receipt off as seen, once."""
    caller.write(lambda connection: sign_off(connection, run_id, caller.actor, caller.now))
    return _read(caller, run_id)


def _read(caller: Caller, run_id: str) -> ReviewRunOut:
    return _out(caller.read(lambda connection: read_review_run(connection, caller.actor, run_id)), caller.language)


def _out(run: Run, language: str) -> ReviewRunOut:
    clock = None
    if run.clock is not None:
        clock = ClockPeriodOut(
            state=run.clock.state,
            attempt=run.clock.attempt,
            error=run.clock.error,
            due_at=run.clock.due_at.astimezone(SHANGHAI),
            claimed_at=run.clock.claimed_at.astimezone(SHANGHAI),
            finished_at=_local(run.clock.finished_at),
        )
    return ReviewRunOut(
        id=run.public_id,
        procedure=run.procedure,
        procedure_title=run.procedure_title.read(language),
        period=run.period,
        as_of=run.as_of,
        started_at=run.started_at.astimezone(SHANGHAI),
        finished_at=run.finished_at.astimezone(SHANGHAI),
        caught_up=run.caught_up,
        attempt=run.attempt,
        flow_run=run.flow_run,
        due=run.due,
        opened=run.opened,
        already_open=run.already_open,
        skipped=[ReasonOut(code=each.code, text=each.words.read(language), number=each.number) for each in run.reasons],
        clock=clock,
        signed_off_by=run.signed_off_by or None,
        signed_off_at=_local(run.signed_off_at),
    )


def _local(moment: datetime | None) -> datetime | None:
    return moment.astimezone(SHANGHAI) if moment else None

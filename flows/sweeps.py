"""The sweeps that the clock starts: one flow over many cases."""

from __future__ import annotations

from datetime import datetime

from prefect import State, flow

from flows.shell import swept


@flow(name="open-due-reviews", flow_run_name="{schedule} {due_at}", persist_result=False)
async def open_due_reviews(schedule: str, due_at: datetime, attempt: int, caught_up: bool) -> State[None]:
    """Open the periodic reviews that are due, with a receipt for each street."""
    return await swept(schedule, due_at, attempt, caught_up)


@flow(name="fire-due-timers", flow_run_name="{schedule} {due_at}", persist_result=False)
async def fire_due_timers(schedule: str, due_at: datetime, attempt: int, caught_up: bool) -> State[None]:
    """Fire the timers that are due: notice periods that end, reminders, escalations."""
    return await swept(schedule, due_at, attempt, caught_up)


@flow(name="recount-cases", flow_run_name="{schedule} {due_at}", persist_result=False)
async def recount_cases(schedule: str, due_at: datetime, attempt: int, caught_up: bool) -> State[None]:
    """Count the cases by the calendar in force that a change of it left behind."""
    return await swept(schedule, due_at, attempt, caught_up)


@flow(name="send-digests", flow_run_name="{schedule} {due_at}", persist_result=False)
async def send_digests(schedule: str, due_at: datetime, attempt: int, caught_up: bool) -> State[None]:
    """Ask for the day's digests, for whoever wants notices together."""
    return await swept(schedule, due_at, attempt, caught_up)

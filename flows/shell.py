"""What every flow is: a thin asynchronous shell around a plain function, with the outcome as Prefect's state."""

from __future__ import annotations

import asyncio
from datetime import datetime

from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed, Failed

from flows.process import the_service
from incubator.services.automation.performing import perform_batch
from incubator.services.automation.periods import Claim
from incubator.services.automation.sweeps import PeriodFailed, run_period


async def performed(rows: list[tuple[int, int]]) -> State[None]:
    """Perform leased outbox rows, given as (id, attempt)."""
    service = await asyncio.to_thread(the_service)
    batch = await asyncio.to_thread(perform_batch, service, rows)
    if batch.failed:
        errors = "; ".join(f"outbox {row}: {error}" for row, error in batch.errors.items())
        return Failed(message=f"{batch.summary()}; {errors}")
    return Completed(message=batch.summary())


async def swept(schedule: str, due_at: datetime, attempt: int, caught_up: bool) -> State[None]:
    """Run a claimed period of a schedule."""
    service = await asyncio.to_thread(the_service)
    claim = Claim(schedule, due_at, caught_up, attempt)
    run_id = flow_run.get_id() or ""
    try:
        summary = await asyncio.to_thread(run_period, service, claim, flow_run=run_id)
    except PeriodFailed as failure:
        return Failed(message=str(failure))
    return Completed(message=summary)

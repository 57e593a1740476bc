"""A waking of the clock: which periods fell due, which of them this process wins, and their flows started."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import structlog

from flows.catalogue import BY_SCHEDULE, Start
from flows.starting import PrefectUnreachable
from incubator.services.automation import periods
from incubator.services.automation.periods import Claim
from incubator.services.bootstrap import Service
from schedules.timetable import LATE_AFTER, TIMETABLE, Schedule

log = structlog.get_logger()


def claim_due(service: Service, timetable: Iterable[Schedule] = TIMETABLE) -> list[Claim]:
    """Win what is due by the service's clock: new periods first found, then those that a dead worker left behind."""
    won: list[Claim] = []
    for schedule in timetable:
        now = service.clock.now()
        counted = periods.counted_from(service.database, schedule.name, now=now)
        for due_at in schedule.due(counted, now):
            late = now - due_at > LATE_AFTER
            claim = periods.claim(service.database, schedule.name, due_at, now=now, caught_up=late)
            if claim is not None:
                log.info("period won", schedule=schedule.name, period=claim.period, caught_up=late)
                won.append(claim)
    for claim in periods.retake(service.database, now=service.clock.now()):
        log.warning("period taken again", schedule=claim.schedule, period=claim.period, attempt=claim.attempt)
        won.append(claim)
    return won


async def wake(service: Service, start: Start) -> None:
    """Claim what is due and start its flows, one after the other; what Prefect does not take is given back."""
    for claim in await asyncio.to_thread(claim_due, service):
        flow = BY_SCHEDULE.get(claim.schedule)
        if flow is None:  # a schedule that another version had; its periods rest in the ledger
            continue
        parameters = {
            "schedule": claim.schedule,
            "due_at": claim.due_at,
            "attempt": claim.attempt,
            "caught_up": claim.caught_up,
        }
        try:
            await start(flow, parameters, f"period:{claim.schedule}:{claim.period}:{claim.attempt}")
        except PrefectUnreachable as error:
            log.warning("period given back", schedule=claim.schedule, period=claim.period, error=str(error))
            await asyncio.to_thread(periods.put_back, service.database, claim, now=service.clock.now())

"""A waking of the clock: which periods fell due, which of them this process wins, and their flows started."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

import structlog

from flows.catalogue import BY_SCHEDULE, Start
from flows.starting import PrefectUnreachable
from incubator.services.automation import periods
from incubator.services.automation.periods import Claim
from incubator.services.bootstrap import Service
from schedules.timetable import LATE_AFTER, TIMETABLE, CatchUp, Schedule

log = structlog.get_logger()


def claim_due(service: Service, timetable: Collection[Schedule] = TIMETABLE) -> list[Claim]:
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
    latest = {schedule.name for schedule in timetable if schedule.catch_up is CatchUp.LATEST}
    each = {schedule.name for schedule in timetable} - latest
    for claim in periods.retake(service.database, now=service.clock.now(), latest=latest, each=each):
        log.warning("period taken again", schedule=claim.schedule, period=claim.period, attempt=claim.attempt)
        won.append(claim)
    return won


async def wake(service: Service, start: Start) -> int:
    """Claim what is due and start its flows, one after the other; returns how many were started.

    Raises PrefectUnreachable once what Prefect did not take is given back.
    """
    claims = await asyncio.to_thread(claim_due, service)
    started = 0
    try:
        for claim in claims:
            parameters = {
                "schedule": claim.schedule,
                "due_at": claim.due_at,
                "attempt": claim.attempt,
                "caught_up": claim.caught_up,
            }
            key = f"period:{claim.schedule}:{claim.period}:{claim.attempt}"
            await start(BY_SCHEDULE[claim.schedule], parameters, key)
            started += 1
    except PrefectUnreachable as error:
        for claim in claims[started:]:
            log.warning("period given back", schedule=claim.schedule, period=claim.period, error=str(error))
            await asyncio.to_thread(periods.put_back, service.database, claim, now=service.clock.now())
        raise
    return started

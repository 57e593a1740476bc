"""The relay: leases outbox rows and hands them to flows, rows of one task together."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from datetime import timedelta

import structlog

from flows.catalogue import Start, flow_for
from flows.starting import PrefectUnreachable
from incubator.services.automation import outbox
from incubator.services.automation.outbox import Leased
from incubator.services.bootstrap import Service

log = structlog.get_logger()

# A flow run costs about a tenth of a second whatever it does, so rows share one; few enough that a death repeats little.
BATCH = 50
AT_ONCE = 200
# A work pool's queue and a fresh process take their time before a row is begun.
DISTRIBUTED_LEASE = timedelta(minutes=3)


def batches(rows: Iterable[Leased], size: int = BATCH) -> Iterator[tuple[str, list[Leased]]]:
    """The rows by task, at most `size` together, in the order in which each task first appears."""
    by_task: dict[str, list[Leased]] = {}
    for row in rows:
        by_task.setdefault(row.task, []).append(row)
    for task, together in by_task.items():
        for first in range(0, len(together), size):
            yield task, together[first : first + size]


async def relay_once(service: Service, start: Start, *, owner: str) -> int:
    """Lease what is due and start its flows; returns how many rows were handed over.

    Rows that Prefect did not take, or that a stopping worker did not begin, are given back; whatever else goes wrong,
    their lease ends by itself.
    """
    distributed = service.settings.automation == "distributed"
    rows = await asyncio.to_thread(_lease, service, owner, DISTRIBUTED_LEASE if distributed else outbox.LEASE)
    handed = 0
    remaining = dict.fromkeys((row.outbox_id, row.attempt) for row in rows)
    try:
        for task, together in batches(rows):
            keys = [(row.outbox_id, row.attempt) for row in together]
            # In order and one at a time: Prefect's own SQLite answers concurrent runs much slower.
            await start(flow_for(task), {"task": task, "rows": keys}, _key(together))
            handed += len(together)
            for key in keys:
                del remaining[key]
            if remaining and not distributed:
                await asyncio.to_thread(outbox.renew, service.database, list(remaining), now=service.clock.now())
    except PrefectUnreachable as error:
        log.warning("outbox rows given back", rows=len(remaining), error=str(error))
        await asyncio.to_thread(outbox.put_back, service.database, list(remaining))
        raise
    except asyncio.CancelledError:
        log.info("outbox rows given back, because the worker stops", rows=len(remaining))
        await asyncio.to_thread(outbox.release, service.database, list(remaining))
        raise
    return handed


def _lease(service: Service, owner: str, length: timedelta) -> list[Leased]:
    now = service.clock.now()
    with service.database.read() as connection:
        if not outbox.has_due_rows(connection, now):
            return []
    return outbox.lease(service.database, owner=owner, now=now, limit=AT_ONCE, length=length)


def _key(rows: list[Leased]) -> str:
    """Prefect's idempotency key. A new attempt has a new key: under the old one Prefect would give back the dead run."""
    return ",".join(f"outbox:{row.outbox_id}:{row.attempt}" for row in rows)

"""Heartbeats of automation's parts, so that the workbench can say since when automation waits."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from incubator.database import Database
from incubator.models.automation import Heartbeat
from incubator.models.base import table
from incubator.services.automation.outbox import Waiting, waiting

HEARTBEAT = table(Heartbeat)

WORKER = "worker"
PREFECT = "prefect"
PARTS = (WORKER, PREFECT)

BEAT_EVERY = timedelta(seconds=10)
SILENT_AFTER = timedelta(seconds=45)


@dataclass(frozen=True, slots=True)
class Automation:
    """How automation does. `silent` maps each silent part to its last beat, None where it never beat."""

    silent: dict[str, datetime | None]
    waiting: Waiting

    @property
    def works(self) -> bool:
        """Whether every part has said lately that it is well."""
        return not self.silent

    @property
    def silent_since(self) -> datetime | None:
        """Since when nothing is done; None while it works, or where a part never started."""
        moments = [moment for moment in self.silent.values() if moment is not None]
        return min(moments) if moments and None not in self.silent.values() else None


def beat(database: Database, parts: Iterable[str], *, now: datetime, detail: str = "") -> None:
    """Say that these parts are well at this moment."""

    def write(connection: Connection) -> None:
        for part in parts:
            known = connection.execute(
                update(HEARTBEAT).where(HEARTBEAT.c.part == part).values(beat_at=now, detail=detail)
            )
            if known.rowcount:
                continue
            connection.execute(insert(HEARTBEAT).values(part=part, beat_at=now, detail=detail))

    # Two workers that start at once both find a part unknown; the slower one's next beat finds it.
    with suppress(IntegrityError):
        database.write(write)


def automation(connection: Connection, now: datetime) -> Automation:
    """How automation does at this moment, and what waits for it."""
    beats = {row.part: row.beat_at for row in connection.execute(select(HEARTBEAT))}
    silent = {part: beats.get(part) for part in PARTS if part not in beats or beats[part] < now - SILENT_AFTER}
    return Automation(silent, waiting(connection, now))

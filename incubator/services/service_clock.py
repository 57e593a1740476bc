"""The service's clock: the machine's, or under INCUBATOR_CLOCK=test one that every process moves by a shared offset."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from incubator.clock import Clock, OffsetClock, SystemClock
from incubator.database import Database
from incubator.models.base import table
from incubator.models.streets import ServiceClock

SERVICE_CLOCK = table(ServiceClock)
THE_ROW = 1


def clock_for(database: Database, kind: str) -> Clock:
    """The clock that the setting names; the offset of a test clock is read anew each time it is asked."""
    return OffsetClock(lambda: read_offset(database)) if kind == "test" else SystemClock()


def read_offset(database: Database) -> timedelta:
    """How far the whole service's time is moved; nothing where it never was."""
    with database.read() as connection:
        seconds = connection.scalar(select(SERVICE_CLOCK.c.offset_seconds).where(SERVICE_CLOCK.c.id == THE_ROW))
    return timedelta(seconds=seconds or 0)


def set_offset(database: Database, offset: timedelta) -> None:
    """Move the time of every process that runs with the test clock; whole seconds."""
    seconds = round(offset.total_seconds())

    def write(connection: Connection) -> None:
        moved = connection.execute(
            update(SERVICE_CLOCK).where(SERVICE_CLOCK.c.id == THE_ROW).values(offset_seconds=seconds)
        )
        if not moved.rowcount:
            connection.execute(insert(SERVICE_CLOCK).values(id=THE_ROW, offset_seconds=seconds))

    database.write(write)


def move_to(database: Database, moment: datetime) -> None:
    """Move the test clock of the whole service so that it shows this moment now."""
    set_offset(database, moment - SystemClock().now())

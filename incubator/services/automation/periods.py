"""The clock's ledger: each period of a schedule is won by one scheduler, and taken again when its worker died."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, exists, func, not_, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from incubator.clock import SHANGHAI
from incubator.database import Database
from incubator.models.automation import SchedulePeriod
from incubator.models.base import table
from incubator.services.automation.outbox import ERROR_LENGTH, backoff

PERIODS = table(SchedulePeriod)

LEASE = timedelta(seconds=90)
# From here on the clock counts a schedule's periods: what fell due before the service knew the schedule is not missed.
FIRST_SEEN = "first seen"

STARTED, SUCCEEDED, FAILED = "started", "succeeded", "failed"


@dataclass(frozen=True, slots=True)
class Claim:
    """A period that is this scheduler's to run, for one attempt."""

    schedule: str
    due_at: datetime
    caught_up: bool
    attempt: int

    @property
    def period(self) -> str:
        """The period's name in the ledger."""
        return name_of(self.due_at)


def name_of(due_at: datetime) -> str:
    """A period by the moment at which it was due, ISO with Shanghai's offset."""
    return due_at.astimezone(SHANGHAI).isoformat()


def counted_from(database: Database, schedule: str, *, now: datetime) -> datetime:
    """The last moment of this schedule that the ledger accounts for; a schedule never seen is accounted for until now."""

    def newest(connection: Connection) -> datetime | None:
        found: datetime | None = connection.scalar(
            select(func.max(PERIODS.c.due_at)).where(PERIODS.c.schedule == schedule)
        )
        return found

    with database.read() as connection:
        known = newest(connection)
    if known is not None:
        return known

    def begin(connection: Connection) -> datetime:
        _insert(connection, schedule, FIRST_SEEN, due_at=now, now=now, state=SUCCEEDED, finished_at=now)
        return newest(connection) or now

    return database.write(begin)


def claim(database: Database, schedule: str, due_at: datetime, *, now: datetime, caught_up: bool) -> Claim | None:
    """Win the period, or None where another scheduler has it."""

    def take(connection: Connection) -> bool:
        return _insert(connection, schedule, name_of(due_at), due_at=due_at, now=now, caught_up=caught_up)

    return Claim(schedule, due_at, caught_up, 1) if database.write(take) else None


def retake(
    database: Database, *, now: datetime, latest: Collection[str] = (), each: Collection[str] = ()
) -> list[Claim]:
    """Take again the periods whose worker died or which failed and have rested, each as a new attempt.

    Of the schedules named in `latest` only the newest period is tried again, however often it failed: the last makes up
    for all before it, and one of those that nobody holds any more is closed as failed. Of the schedules named in `each`
    every period is tried again. Schedules in neither rest in the ledger.
    """
    newer = PERIODS.alias()
    made_up_for = and_(
        PERIODS.c.schedule.in_(latest),
        exists().where(newer.c.schedule == PERIODS.c.schedule, newer.c.due_at > PERIODS.c.due_at),
    )
    free = PERIODS.c.lease_until <= now
    tried_again = and_(
        PERIODS.c.schedule.in_([*latest, *each]), PERIODS.c.state.in_((STARTED, FAILED)), free, not_(made_up_for)
    )
    closed = and_(PERIODS.c.state == STARTED, free, made_up_for)
    with database.read() as connection:
        if connection.execute(select(PERIODS.c.id).where(or_(tried_again, closed)).limit(1)).first() is None:
            return []

    def take(connection: Connection) -> list[Claim]:
        connection.execute(
            update(PERIODS).where(closed).values(state=FAILED, finished_at=now, error="a later period made up for it")
        )
        rows = connection.execute(
            select(PERIODS)
            .where(tried_again)
            .order_by(PERIODS.c.due_at, PERIODS.c.id)
            .with_for_update(skip_locked=True)
        ).all()
        for row in rows:
            connection.execute(
                update(PERIODS)
                .where(PERIODS.c.id == row.id)
                .values(state=STARTED, attempt=row.attempt + 1, claimed_at=now, lease_until=now + LEASE)
            )
        return [Claim(row.schedule, row.due_at, row.caught_up, row.attempt + 1) for row in rows]

    return database.write(take)


def renew(database: Database, claim: Claim, *, now: datetime, flow_run: str = "") -> bool:
    """Hold the period for another lease; False where a later attempt has it or it is finished."""
    values: dict[str, object] = {"lease_until": now + LEASE}
    if flow_run:
        values["flow_run"] = flow_run
    return _change(database, claim, values)


def succeed(database: Database, claim: Claim, *, now: datetime) -> bool:
    """Write down that the period was run; False where a later attempt has it."""
    return _change(database, claim, {"state": SUCCEEDED, "finished_at": now, "error": ""})


def fail(database: Database, claim: Claim, *, error: str, now: datetime) -> bool:
    """Write down what went wrong; the period rests and is taken again."""
    values = {"state": FAILED, "error": error[:ERROR_LENGTH], "lease_until": now + backoff(claim.attempt)}
    return _change(database, claim, values)


def put_back(database: Database, claim: Claim, *, now: datetime) -> bool:
    """Give back a period that was not begun, as when Prefect could not be reached: due at once, the attempt not counted."""
    return _change(database, claim, {"lease_until": now, "attempt": claim.attempt - 1})


def _change(database: Database, claim: Claim, values: dict[str, object]) -> bool:
    def write(connection: Connection) -> bool:
        changed = connection.execute(
            update(PERIODS)
            .where(
                PERIODS.c.schedule == claim.schedule,
                PERIODS.c.period == claim.period,
                PERIODS.c.attempt == claim.attempt,
                PERIODS.c.state == STARTED,
            )
            .values(**values)
        )
        return changed.rowcount == 1

    return database.write(write)


def _insert(
    connection: Connection,
    schedule: str,
    period: str,
    *,
    due_at: datetime,
    now: datetime,
    caught_up: bool = False,
    state: str = STARTED,
    finished_at: datetime | None = None,
) -> bool:
    make = sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
    inserted = connection.execute(
        make(PERIODS)
        .values(
            schedule=schedule,
            period=period,
            due_at=due_at,
            claimed_at=now,
            caught_up=caught_up,
            state=state,
            attempt=1,
            lease_until=now + LEASE,
            finished_at=finished_at,
            error="",
            flow_run="",
        )
        .on_conflict_do_nothing(index_elements=["schedule", "period"])
        .returning(PERIODS.c.id)
    )
    return inserted.first() is not None

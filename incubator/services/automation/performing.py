"""Performs leased outbox rows: prepare outside, then effect and settlement in one transaction, once whatever happens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from incubator.engine.tasks import TASKS, Settlement, Work
from incubator.errors import Refused
from incubator.services.automation import outbox, troubles
from incubator.services.bootstrap import Service

log = structlog.get_logger()

CONFLICT = 409
# Somebody else's action in the same moment may be over in the next one; a conflict that stays is an answer.
CONFLICT_ATTEMPTS = 4


class Outcome(StrEnum):
    """What became of one attempt at a row."""

    SETTLED = "settled"
    REFUSED = "refused"  # settled with the refusal: trying again would be refused again
    FAILED = "failed"  # rests, and is tried again
    SUPERSEDED = "superseded"  # settled before, or leased by a later attempt: nothing was done


@dataclass(frozen=True, slots=True)
class Batch:
    """What became of a batch of rows, with the errors of those that failed."""

    outcomes: dict[str, int]
    errors: dict[int, str] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        """Whether some row has to be tried again."""
        return bool(self.errors)

    def summary(self) -> str:
        """One line for logs and Prefect."""
        return ", ".join(f"{count} {outcome}" for outcome, count in sorted(self.outcomes.items())) or "nothing to do"


class _Superseded(Exception):  # noqa: N818 - it states the fact, as all errors here do
    """The attempt no longer holds its row; whatever its transaction did is rolled back."""


def perform_batch(service: Service, rows: Sequence[tuple[int, int]]) -> Batch:
    """Perform leased rows, as (id, attempt), one after the other; a row that fails does not stop the others."""
    outcomes: Counter[str] = Counter()
    errors: dict[int, str] = {}
    renewed_at = service.clock.now()
    outbox.renew(service.database, rows, now=renewed_at)
    for place, (outbox_id, attempt) in enumerate(rows):
        now = service.clock.now()
        if now - renewed_at > outbox.LEASE / 3:
            outbox.renew(service.database, rows[place:], now=now)
            renewed_at = now
        outcome, error = perform(service, outbox_id, attempt)
        outcomes[outcome.value] += 1
        if outcome is Outcome.FAILED:
            errors[outbox_id] = error
    return Batch(dict(outcomes), errors)


def perform(service: Service, outbox_id: int, attempt: int) -> tuple[Outcome, str]:
    """Perform one leased row and say what became of it, with the error where it failed.

    The task prepares without a transaction; its settlement and the row's mark commit together, and only while this
    attempt is the last that leased the row. An attempt that was killed leaves nothing; one that runs twice has one
    effect.
    """
    database, now = service.database, service.clock.now()
    with database.read() as connection:
        row = outbox.look(connection, outbox_id, attempt)
    if row is None:
        return Outcome.SUPERSEDED, ""
    work = Work(outbox_id, row["street_id"], row["case_id"], row["task"], row["payload"], attempt, now, database)
    try:
        if work.task not in TASKS:
            raise LookupError(f"this version has no task {work.task!r}")
        _settle(service, work, TASKS[work.task](work))
    except _Superseded:
        return Outcome.SUPERSEDED, ""
    except Refused as refusal:
        if refusal.status == CONFLICT and attempt < CONFLICT_ATTEMPTS:
            return _fail(service, work, f"{refusal.code}: {refusal.detail.en}")
        return _refuse(service, work, refusal), ""
    except Exception as error:
        log.exception("outbox row failed", outbox=outbox_id, task=work.task, attempt=attempt)
        return _fail(service, work, described(error))
    return Outcome.SETTLED, ""


def described(error: Exception) -> str:
    """The error in one line, without the values of a database statement: they may be personal."""
    what = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    lines = str(what).strip().splitlines()
    return f"{type(what).__name__}: {lines[0] if lines else ''}".rstrip(": ")


def _settle(service: Service, work: Work, settlement: Settlement) -> None:
    def write(connection: Connection) -> None:
        if outbox.lock(connection, work.outbox_id, work.attempt) is None:
            raise _Superseded
        result = settlement(connection)
        outbox.settle(connection, work.outbox_id, result=result, now=service.clock.now())

    service.database.write(write)


def _refuse(service: Service, work: Work, refusal: Refused) -> Outcome:
    result: dict[str, Any] = {"refused": refusal.code, "detail": refusal.detail.as_pair(), **refusal.extra}

    def write(connection: Connection) -> Outcome:
        if outbox.lock(connection, work.outbox_id, work.attempt) is None:
            return Outcome.SUPERSEDED
        now = service.clock.now()
        outbox.settle(connection, work.outbox_id, result=result, now=now)
        troubles.tell_of_refusal(connection, work, refusal.detail, now)
        return Outcome.REFUSED

    return service.database.write(write)


def _fail(service: Service, work: Work, error: str) -> tuple[Outcome, str]:
    def write(connection: Connection) -> bool:
        now = service.clock.now()
        held = outbox.fail(connection, work.outbox_id, work.attempt, error=error, now=now)
        if held:
            troubles.tell_of_failures(connection, work, now)
        return held

    return (Outcome.FAILED, error) if service.database.write(write) else (Outcome.SUPERSEDED, "")

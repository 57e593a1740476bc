"""Deeds that tests let processes and threads of their own do, as the service's entry points do them: JSON in, JSON out."""

from __future__ import annotations

import os
from datetime import datetime
from typing import Any

import docxtpl  # noqa: F401 - heavy: loaded by the process that forks, not by each that it forks

from incubator.clock import FixedClock, today
from incubator.database import Database
from incubator.engine.advance import Request, advance
from incubator.engine.roles import Actor, Grant, Role
from incubator.services.automation.performing import perform
from incubator.services.automation.reviews import open_due_reviews
from incubator.services.bootstrap import Service
from incubator.services.opening import open_for_organization
from incubator.settings import Settings
from tests.procedures.world import Centre

Asked = dict[str, Any]

MOVE, OPEN, SWEEP, PERFORM = (f"{__name__}:{name}" for name in ("move", "open_one", "sweep", "perform_row"))


def move(database: Database, *, actor: Asked, now: str, key: str, **asked: Any) -> Asked:
    """One keyed advance, as the web does it."""
    request = Request(actor=_actor(**actor), idempotency_key=key, **asked)
    return database.write(lambda connection: advance(connection, request, now=datetime.fromisoformat(now))).as_json()


def open_one(database: Database, *, actor: Asked, now: str, **asked: Any) -> Asked:
    """One keyed opening, as the web does it."""
    return database.write(
        lambda connection: open_for_organization(
            connection, actor=_actor(**actor), now=datetime.fromisoformat(now), **asked
        )
    ).as_json()


def sweep(database: Database, *, now: str, run_key: str) -> list[int]:
    """One sweep that opens what is due, as the clock's flow does it; how many it opened, street by street."""
    service = _service(database, now)
    receipts = open_due_reviews(service, as_of=today(service.clock.now()), run_key=run_key)
    return [receipt.opened for receipt in receipts]


def perform_row(database: Database, *, now: str, data_dir: str, outbox_id: int, attempt: int) -> str:
    """A leased row of the outbox, performed as the worker's flow does it; what became of it."""
    os.environ["INCUBATOR_DATA_DIR"] = data_dir
    return perform(_service(database, now), outbox_id, attempt)[0].value


def told(centre: Centre, by: str) -> Asked:
    """Who asks and when, as a deed is told it."""
    actor = centre.people[by]
    (grant,) = actor.grants
    who = {"person_id": actor.person_id, "name": actor.name, "street_id": actor.street_id, "role": grant.role.value}
    return {"actor": who, "now": centre.clock.now().isoformat()}


def _actor(person_id: int, name: str, street_id: int, role: str) -> Actor:
    return Actor(person_id, name, street_id, (Grant(Role(role), street_id),))


def _service(database: Database, now: str) -> Service:
    return Service(Settings(), database, FixedClock(datetime.fromisoformat(now)))

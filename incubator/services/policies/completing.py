"""Policies in force that an older version of this software stored, completed by what its procedures ask today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from sqlalchemy import Connection, insert, select, update

from incubator.clock import today
from incubator.database import Database
from incubator.engine import library
from incubator.engine.policy import Policy
from incubator.engine.roles import automation
from incubator.models.base import table
from incubator.models.events import PolicyInForce
from incubator.policies.packs import shipped
from incubator.policies.schema import all_paths
from incubator.services.policies.stream import lock_policies, record

_IN_FORCE = table(PolicyInForce)

# The hashes known to say everything: what a hash names never changes.
_whole: set[str] = set()


@dataclass(frozen=True, slots=True)
class _Held:
    """A policy that governs new cases of a street, now or from a coming day."""

    key: int
    street_id: int
    policy_hash: str
    effective_from: date


def complete_policies(database: Database, now: datetime) -> int:
    """Put completed versions in the place of policies in force, or coming, that lack what procedures ask; how many.

    What is missing is taken from the national baseline, with its sources. Running cases stay on what they run on. One
    statement where nothing is missing and these versions were seen before.
    """
    with database.read() as connection:
        lacking = _lacking(connection, now)
    streets = sorted({held.street_id for held in lacking})
    return sum(database.write(partial(_complete, street_id=street_id, now=now)) for street_id in streets)


def _complete(connection: Connection, street_id: int, now: datetime) -> int:
    """Complete one street's. Its policies are locked: of two processes that start at once the second finds them whole."""
    lock_policies(connection, street_id)
    lacking = _lacking(connection, now, street_id)
    baseline = Policy(shipped()) if lacking else None
    for held in lacking:
        assert baseline is not None
        before = library.policy(connection, held.policy_hash)
        whole = library.store_policy(connection, before.completed_by(baseline).content, now)
        _whole.add(whole.hash)
        since = max(held.effective_from, today(now))
        if held.effective_from == since:
            connection.execute(update(_IN_FORCE).where(_IN_FORCE.c.id == held.key).values(policy_hash=whole.hash))
        else:
            connection.execute(
                insert(_IN_FORCE).values(
                    street_id=street_id, policy_hash=whole.hash, effective_from=since, recorded_at=now
                )
            )
        change = {
            "policy": whole.hash,
            "before": before.hash,
            "effective_from": since.isoformat(),
            "paths": sorted(whole.paths - before.paths),
        }
        record(
            connection, street_id=street_id, name=whole.name, event="policy.completed", change=change,
            actor=automation(street_id), now=now, policy_hash=whole.hash,
        )  # fmt: skip
    return len(lacking)


def _lacking(connection: Connection, now: datetime, street_id: int | None = None) -> list[_Held]:
    """Those of the streets' policies in force and coming (or of one street's) that do not say everything."""
    day = today(now)
    held_by = select(_IN_FORCE.c.id, _IN_FORCE.c.street_id, _IN_FORCE.c.policy_hash, _IN_FORCE.c.effective_from)
    if street_id is not None:
        held_by = held_by.where(_IN_FORCE.c.street_id == street_id)
    governing: dict[tuple[int, date], _Held] = {}
    for row in connection.execute(held_by.order_by(_IN_FORCE.c.street_id, _IN_FORCE.c.effective_from)):
        # Of those that have begun only the newest of a street governs: each takes the place of the one before.
        governing[row.street_id, max(row.effective_from, day)] = _Held(*row)
    return [held for held in governing.values() if not _says_everything(connection, held.policy_hash)]


def _says_everything(connection: Connection, digest: str) -> bool:
    if digest not in _whole:
        if not all_paths() <= library.policy(connection, digest).paths:
            return False
        _whole.add(digest)
    return True

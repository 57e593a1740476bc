"""Keyed requests: the same key of the same actor acts once and is answered the same; another body under it is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from incubator.canonical import canonical, sha256
from incubator.engine.refusals import IdempotencyKeyReused
from incubator.engine.roles import Actor
from incubator.models.base import table
from incubator.models.cases import IdempotentAnswer

_ANSWERS = table(IdempotentAnswer)


def answered(connection: Connection, actor: Actor, key: str, request_hash: str) -> Mapping[str, Any] | None:
    """What this keyed request was answered before, or None. Raises IdempotencyKeyReused for another body."""
    row = connection.execute(
        select(_ANSWERS.c.request_hash, _ANSWERS.c.answer).where(
            _ANSWERS.c.actor == actor.key(), _ANSWERS.c.idempotency_key == key
        )
    ).one_or_none()
    if row is None:
        return None
    if row.request_hash != request_hash:
        raise IdempotencyKeyReused.for_key(key)
    answer: Mapping[str, Any] = row.answer
    return answer


def remember(
    connection: Connection, actor: Actor, key: str, request_hash: str, answer: Mapping[str, Any], now: datetime
) -> None:
    """Keep the answer, in the transaction that acted."""
    connection.execute(
        insert(_ANSWERS),
        {
            "actor": actor.key(),
            "idempotency_key": key,
            "request_hash": request_hash,
            "answer": dict(answer),
            "recorded_at": now,
        },
    )


def once(
    connection: Connection,
    actor: Actor,
    key: str,
    asked: Any,
    act: Callable[[], Mapping[str, Any]],
    *,
    now: datetime,
) -> Mapping[str, Any]:
    """The answer of `act` (JSON-ready), given once for a key; without a key it simply acts. `asked` tells requests apart.

    Two requests with one key at the same moment: whatever `act` locks lets one through; the other finds the answer, or
    its insert fails and its transaction with it.
    """
    if not key:
        return act()
    request_hash = sha256(canonical(asked))
    before = answered(connection, actor, key, request_hash)
    if before is not None:
        return before
    answer = act()
    remember(connection, actor, key, request_hash, answer, now)
    return answer

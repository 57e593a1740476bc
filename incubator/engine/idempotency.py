"""Keyed requests: the same key of the same actor acts once and is answered the same; another body under it is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from incubator.canonical import canonical, sha256
from incubator.engine.refusals import IdempotencyKeyReused
from incubator.engine.roles import Actor
from incubator.models.base import table
from incubator.models.cases import IdempotentAnswer

_ANSWERS = table(IdempotentAnswer)
_ANSWERED = select(_ANSWERS.c.request_hash, _ANSWERS.c.answer).where(
    _ANSWERS.c.actor == bindparam("actor"), _ANSWERS.c.idempotency_key == bindparam("key")
)
_PUT = {
    name: make(_ANSWERS).on_conflict_do_nothing().returning(_ANSWERS.c.id)
    for name, make in (("sqlite", sqlite_insert), ("postgresql", postgresql_insert))
}
_ANSWER = update(_ANSWERS).where(_ANSWERS.c.actor == bindparam("whose"), _ANSWERS.c.idempotency_key == bindparam("key"))


def answered(connection: Connection, actor: Actor, key: str, request_hash: str) -> Mapping[str, Any] | None:
    """What this keyed request was answered before, or None. Raises IdempotencyKeyReused for another body."""
    row = connection.execute(_ANSWERED, {"actor": actor.key(), "key": key}).one_or_none()
    if row is None:
        return None
    if row.request_hash != request_hash:
        raise IdempotencyKeyReused.for_key(key)
    answer: Mapping[str, Any] = row.answer
    return answer


def remember(
    connection: Connection, actor: Actor, key: str, request_hash: str, answer: Mapping[str, Any], now: datetime
) -> None:
    """Keep the answer, in the transaction that acted.

    Raises IdempotencyKeyReused where the key went to another request at the same moment: whoever acts under a key must
    hold a lock on what the request is about, so that the very same request has waited and found the answer.
    """
    if not _put(connection, actor, key, request_hash, answer, now):
        raise IdempotencyKeyReused.for_key(key)


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

    The key is taken before anything is done: of two requests with one key at the same moment the second waits for the
    first to end, and finds its answer, or acts itself where the first failed.
    """
    if not key:
        return act()
    request_hash = sha256(canonical(asked))
    if not _put(connection, actor, key, request_hash, {}, now):
        before = answered(connection, actor, key, request_hash)
        assert before is not None
        return before
    answer = act()
    connection.execute(_ANSWER, {"whose": actor.key(), "key": key, "answer": dict(answer)})
    return answer


def _put(
    connection: Connection, actor: Actor, key: str, request_hash: str, answer: Mapping[str, Any], now: datetime
) -> bool:
    """Write the key's row; False where there is one, after waiting for whoever is just writing it."""
    row = {
        "actor": actor.key(),
        "idempotency_key": key,
        "request_hash": request_hash,
        "answer": dict(answer),
        "recorded_at": now,
    }
    return connection.execute(_PUT[connection.dialect.name], row).first() is not None

"""Keyset paging, one way for all lists: a page, the cursor that leads to the next one, and where that one begins."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Date, Select, literal, tuple_

from incubator.canonical import canonical
from incubator.errors import Invalid
from incubator.models.base import BigKey
from incubator.text import Text

T = TypeVar("T")

USUAL, MOST = 50, 200
_LONGEST = 2000  # characters of a cursor: a name of a hundred characters takes some six hundred
_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items of a list in its order; `next_cursor` asks for those that follow and is empty on the last page."""

    items: tuple[T, ...]
    next_cursor: str = ""


def encode(key: Iterable[Any]) -> str:
    """A cursor: the key of the last row shown (dates, numbers, texts), url-safe and opaque."""
    return base64.urlsafe_b64encode(canonical(list(key)).encode()).decode().rstrip("=")


def decode(cursor: str, kinds: Sequence[type]) -> tuple[Any, ...]:
    """The key that a cursor stands for, of values of these kinds (date, int, str). Invalid for anything else."""
    try:
        if len(cursor) > _LONGEST:
            raise ValueError("too long")
        padded = cursor + "=" * (-len(cursor) % 4)
        values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if not isinstance(values, list):
            raise ValueError("no list")
        return tuple(_value(value, kind) for value, kind in zip(values, kinds, strict=True))
    except (ValueError, RecursionError):
        raise _invalid(
            "cursor",
            Text("分页标记无效，请从第一页重新查看", "This is no cursor of this list: start again from its first page"),
        ) from None


def window(
    query: Select[Any],
    keys: Sequence[ColumnElement[Any]],
    cursor: str,
    limit: int,
    *,
    newest_first: bool = False,
) -> Select[Any]:
    """The query in the order of its keys (unique together, never NULL), from behind the cursor, with one row to spare.

    The spare row tells `page_of` whether a further page follows. Invalid for a cursor of another list and for a limit
    outside 1 to MOST.
    """
    if not 1 <= limit <= MOST:
        words = Text(f"每页条数应在 1 至 {MOST} 之间", f"A page holds between 1 and {MOST} items")
        raise _invalid("limit", words)
    if cursor:
        last = decode(cursor, [_kind(key) for key in keys])
        behind = tuple_(*(literal(value, key.type) for value, key in zip(last, keys, strict=True)))
        query = query.where(tuple_(*keys) < behind if newest_first else tuple_(*keys) > behind)
    return query.order_by(*(key.desc() if newest_first else key for key in keys)).limit(limit + 1)


def page_of(rows: Sequence[Any], limit: int, key: Callable[[Any], Iterable[Any]]) -> tuple[Sequence[Any], str]:
    """The rows of a page and the next cursor, from what `window` brought; `key` reads the keys from a row."""
    if len(rows) <= limit:
        return rows, ""
    return rows[:limit], encode(key(rows[limit - 1]))


def _kind(key: ColumnElement[Any]) -> type:
    return date if isinstance(key.type, Date) else int if isinstance(key.type, BigKey) else str


def _value(value: Any, kind: type) -> Any:
    if kind is int and isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST:
        return value
    if kind is not int and isinstance(value, str) and "\0" not in value:
        value.encode()  # a lone surrogate, which no database takes, is a ValueError here
        return date.fromisoformat(value) if kind is date else value
    raise ValueError(f"{value!r} is no {kind.__name__}")


def _invalid(field: str, words: Text) -> Invalid:
    return Invalid(words, fields={field: [words]})

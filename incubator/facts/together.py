"""Several questions in one statement: each stays a SELECT of its own, and its rows come back as it alone would bring them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    Connection,
    Integer,
    Row,
    Select,
    bindparam,
    cast,
    func,
    literal_column,
    null,
    select,
    union_all,
)
from sqlalchemy.engine import IteratorResult
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.sql.visitors import replacement_traverse
from sqlalchemy.types import TypeEngine

Query = Select[Any] | CompoundSelect[Any]


@dataclass(frozen=True, slots=True)
class Question:
    """A statement that is built once for all who ask it, and the values that it is asked with."""

    query: Query
    asked: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Joined:
    """Several queries as one. Each row begins with which query it is of and its place among that query's rows."""

    statement: Query
    names: tuple[tuple[str, ...], ...]  # of each query's columns
    slots: tuple[tuple[int, ...], ...]  # where in the row they stand


def together(connection: Connection, questions: Sequence[Question]) -> list[Sequence[Row[Any]]]:
    """The rows of each question, in the questions' order; one statement, none where nothing is asked."""
    if len(questions) < 2:
        return [connection.execute(each.query, each.asked).all() for each in questions]
    joined = _joined(tuple(each.query for each in questions))
    asked = {
        _name(name, number): value for number, each in enumerate(questions) for name, value in each.asked.items()
    }  # fmt: skip
    found: list[list[tuple[int, tuple[Any, ...]]]] = [[] for _ in questions]
    for number, place, *values in map(tuple, connection.execute(joined.statement, asked)):
        found[number].append((place, tuple(values[slot] for slot in joined.slots[number])))
    return [_rows(names, rows) for names, rows in zip(joined.names, found, strict=True)]


def _rows(names: Sequence[str], found: list[tuple[int, tuple[Any, ...]]]) -> Sequence[Row[Any]]:
    in_order = [values for _, values in sorted(found, key=itemgetter(0))]
    result: IteratorResult[Any] = IteratorResult(SimpleResultMetaData(names), iter(in_order))
    return result.all()


@lru_cache(maxsize=512)
def _joined(queries: tuple[Query, ...]) -> _Joined:
    """The queries as parts of a UNION ALL. Columns of one type stand in the same slots, whatever query they are of."""
    parts = [_part(query, number) for number, query in enumerate(queries)]
    slot_of: dict[tuple[str, int], int] = {}  # the how-manieth column of a type -> its slot
    types: list[TypeEngine[Any]] = []
    slots = []
    for part in parts:
        seen: Counter[str] = Counter()
        own = []
        for column in part.columns:
            kind = repr(column.type)
            seen[kind] += 1
            if (kind, seen[kind]) not in slot_of:
                slot_of[kind, seen[kind]] = len(types)
                types.append(column.type)
            own.append(slot_of[kind, seen[kind]])
        slots.append(tuple(own))
    selects = []
    for number, (part, own_slots) in enumerate(zip(parts, slots, strict=True)):
        # NULL says of what type it is: PostgreSQL would otherwise take it for text.
        values: list[Any] = [cast(null(), kind) for kind in types]
        for slot, column in zip(own_slots, part.columns, strict=True):
            values[slot] = column
        named = (value.label(f"value_{slot}") for slot, value in enumerate(values))
        selects.append(select(literal_column(str(number), Integer).label("number"), part.place, *named))
    names = tuple(tuple(column.key for column in part.columns) for part in parts)
    return _Joined(union_all(*selects), names, tuple(slots))


@dataclass(frozen=True, slots=True)
class _Part:
    """One query as a part of the whole: its columns, and each row's place where the query says in what order they come."""

    columns: tuple[Any, ...]
    place: Any


def _part(query: Query, number: int) -> _Part:
    own: Any = replacement_traverse(query, {}, lambda element, **_: _own(element, number))
    if not own._order_by_clauses:
        rows = own.subquery(f"asked_{number}")
        return _Part(tuple(rows.c), literal_column("0", Integer).label("nth"))
    # What stands in a UNION ALL has no order of its own.
    nth = func.row_number().over(order_by=own._order_by_clauses).label("nth")
    rows = own.order_by(None).add_columns(nth).subquery(f"asked_{number}")
    return _Part(tuple(rows.c)[:-1], rows.c.nth)


def _own(element: Any, number: int) -> BindParameter[Any] | None:
    """A value to be asked with under a name of this question's own, for two may ask with different ones."""
    if isinstance(element, BindParameter) and not element.unique:
        return bindparam(_name(element.key, number), type_=element.type)
    return None


def _name(name: str, number: int) -> str:
    return f"{name}_{number}"

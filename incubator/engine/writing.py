"""Rows changed and added together: in one statement where the database takes them so, else one after another."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Insert,
    Select,
    Table,
    Text,
    Update,
    bindparam,
    cast,
    column,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.schema import ScalarElementColumnDefault

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """The rows of a table in which these columns hold these values (None: nothing) get others."""

    table: Table
    where: Row
    values: Row

    def may_meet(self, other: Change) -> bool:
        """Whether a row could be changed by both."""
        theirs = other.where
        return self.table is other.table and all(theirs.get(name, value) == value for name, value in self.where.items())


@dataclass(frozen=True, slots=True)
class Addition:
    """New rows of a table, all with the same columns; columns left out get their defaults."""

    table: Table
    rows: Sequence[Row]


Write = Change | Addition


def write(connection: Connection, writes: Sequence[Write]) -> bool:
    """Write all of it, and say whether the first, a change, found a row; where not, the caller undoes the transaction.

    PostgreSQL does it in one statement, whose parts see the rows as they were before it: none may need another's result.
    """
    if connection.dialect.name == "postgresql":
        found = [_at_once(connection, together) for together in _that_do_not_meet(writes)]
    else:
        found = [connection.execute(_alone(_shape(each)), _rows(each)).rowcount for each in writes]
    return found[0] > 0


def _that_do_not_meet(writes: Sequence[Write]) -> Iterator[list[Write]]:
    """The writes, parted where one could change a row of one before: a statement changes a row only once."""
    together: list[Write] = []
    for each in writes:
        if isinstance(each, Change) and any(isinstance(other, Change) and each.may_meet(other) for other in together):
            yield together
            together = []
        together.append(each)
    yield together


def _at_once(connection: Connection, writes: Sequence[Write]) -> int:
    """Write these in one statement; how many rows the first found."""
    values: dict[str, Any] = {}
    for place, each in enumerate(writes):
        if isinstance(each, Addition):
            values[f"rows_{place}"] = json.dumps(_rows(each), ensure_ascii=False, default=_plain)
        else:
            values |= {f"{name}_{place}": value for name, value in _rows(each).items()}
    statement = _together(tuple(_shape(each) for each in writes))
    return int(connection.execute(statement, values).scalar_one())


@dataclass(frozen=True, slots=True)
class _Shape:
    """What writes that differ in their values alone have in common: a statement is built once for it."""

    table: Table
    adds: bool
    sets: tuple[str, ...]
    where: tuple[str, ...] = ()
    where_nothing: tuple[str, ...] = ()

    def change(self, suffix: str = "") -> Update:
        """The statement of a change, with parameters of these names."""
        columns = self.table.c
        sets = {name: bindparam(f"to_{name}{suffix}", type_=columns[name].type) for name in self.sets}
        found = (columns[name] == bindparam(f"where_{name}{suffix}") for name in self.where)
        return update(self.table).values(sets).where(*found, *(columns[name].is_(None) for name in self.where_nothing))

    def addition(self, parameter: str) -> Insert:
        """The statement that adds any number of rows, which come as one parameter of JSON."""
        of_table: ColumnElement[Any] = literal_column(f"NULL::{self.table.name}")
        rows = func.jsonb_populate_recordset(of_table, cast(bindparam(parameter, type_=Text), JSONB)).alias("added")
        return insert(self.table).from_select(self.sets, select(*map(column, self.sets)).select_from(rows), False)


def _shape(write: Write) -> _Shape:
    if isinstance(write, Addition):
        return _Shape(write.table, True, tuple(_rows(write)[0]))
    nothing = tuple(name for name, value in write.where.items() if value is None)
    something = tuple(name for name in write.where if name not in nothing)
    return _Shape(write.table, False, tuple(write.values), something, nothing)


def _rows(write: Write) -> Any:
    """The values of a write's parameters: of one change, or of each row of an addition."""
    if isinstance(write, Addition):
        defaults = _defaults(write.table)
        return [{**defaults, **row} for row in write.rows]
    sets = {f"to_{name}": value for name, value in write.values.items()}
    return sets | {f"where_{name}": value for name, value in write.where.items() if value is not None}


@lru_cache(maxsize=256)
def _alone(shape: _Shape) -> Insert | Update:
    return insert(shape.table).inline() if shape.adds else shape.change()


@lru_cache(maxsize=256)
def _together(shapes: tuple[_Shape, ...]) -> Select[Any]:
    first, *others = (
        shape.addition(f"rows_{place}") if shape.adds else shape.change(f"_{place}")
        for place, shape in enumerate(shapes)
    )
    found = first.returning(shapes[0].table.c.id).cte("found")
    parts = (other.cte(f"part_{place}") for place, other in enumerate(others, start=1))
    return select(func.count()).select_from(found).add_cte(*parts)


@cache
def _defaults(rows: Table) -> dict[str, Any]:
    return {
        each.name: default.arg
        for each in rows.columns
        if isinstance(default := each.default, ScalarElementColumnDefault)
    }


def _plain(value: Any) -> str:
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError("a moment without a time zone cannot be stored")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be stored")

"""Asking the database about many rows at once, without a parameter for each."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import BigInteger, Boolean, ColumnElement, Dialect, String, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

from incubator.models.base import BigKey


class _Listed(TypeDecorator[Iterable[Any]]):
    """Any number of values as one parameter: SQLite takes 32,766 parameters at most, a rehearsal asks for more."""

    impl = String
    cache_ok = True

    def __init__(self, each: TypeEngine[Any]) -> None:
        super().__init__()
        self.each = each

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(String() if dialect.name == "sqlite" else ARRAY(self.each))

    def process_bind_param(self, value: Iterable[Any] | None, dialect: Dialect) -> Any:
        listed = sorted(set(value or ()))
        return json.dumps(listed) if dialect.name == "sqlite" else listed


class _Among(FunctionElement[bool]):
    """Whether a column is one of the values of a parameter."""

    inherit_cache = True
    type = Boolean()

    def self_group(self, against: Any = None) -> Any:
        # As it stands: for SQLite a function of this type would be compared, `= 1`, and no index used.
        return self


@compiles(_Among, "sqlite")
def _in_json(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - compiled column and parameter


@compiles(_Among)
def _in_array(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} = ANY ({values})"


def among(column: ColumnElement[Any], parameter: str) -> ColumnElement[bool]:
    """Whether the column is one of the values that the statement is executed with under this name."""
    return _Among(
        column, bindparam(parameter, type_=_Listed(BigInteger() if isinstance(column.type, BigKey) else String()))
    )

"""Asking the database about many rows at once, without a parameter for each."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY


def among(connection: Connection, column: ColumnElement[Any], ids: Iterable[int]) -> ColumnElement[bool]:
    """Whether the column is one of these ids, as one parameter: SQLite takes 32,766 at most, a rehearsal asks for more."""
    listed = sorted(set(ids))
    if connection.dialect.name == "sqlite":
        rows = func.json_each(json.dumps(listed)).table_valued("value")
        return column.in_(select(rows.c.value))
    return column == any_(bindparam(None, listed, type_=ARRAY(BigInteger), unique=True))

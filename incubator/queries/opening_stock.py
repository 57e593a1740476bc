"""What came in as opening stock: by file, when and by whom, and how many rows of each kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from incubator.engine.roles import Actor
from incubator.models.base import table
from incubator.models.organizations import OpeningStockRow
from incubator.models.streets import Person
from incubator.queries.visibility import visible_to
from incubator.services.opening_stock.layout import Kind

_ROWS, _PEOPLE = table(OpeningStockRow), table(Person)
_MOST = 50


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """One import that entered something. `recorded_by` is a person's name, empty for the command line."""

    filename: str
    recorded_at: datetime
    recorded_by: str
    counts: Mapping[Kind, int]


def brought_in(connection: Connection, actor: Actor) -> tuple[BroughtIn, ...]:
    """The area's imports of opening stock, newest first, at most fifty; one statement."""
    of_import = (_ROWS.c.recorded_at, _ROWS.c.filename, _PEOPLE.c.name)
    rows = connection.execute(
        select(*of_import, _ROWS.c.kind, func.count().label("number"))
        .join_from(_ROWS, _PEOPLE, _PEOPLE.c.id == _ROWS.c.recorded_by, isouter=True)
        .where(visible_to(actor, _ROWS))
        .group_by(*of_import, _ROWS.c.kind)
        .order_by(_ROWS.c.recorded_at.desc(), _ROWS.c.filename)
    )
    found: dict[tuple[datetime, str], BroughtIn] = {}
    for row in rows:
        fresh = BroughtIn(row.filename, row.recorded_at, row.name or "", {})
        each = found.setdefault((row.recorded_at, row.filename), fresh)
        found[row.recorded_at, row.filename] = BroughtIn(
            each.filename, each.recorded_at, each.recorded_by, {**each.counts, Kind(row.kind): row.number}
        )
    return tuple(found.values())[:_MOST]

"""The communities that a reader may narrow a list to: those of the area."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, select

from api.pages.visitors import Visitor
from incubator.database import Database
from incubator.engine.roles import Actor, Grant
from incubator.models.base import table
from incubator.models.streets import Community
from incubator.queries.visibility import visible_to

_COMMUNITIES = table(Community)
# Communities come and go with a decision of the district; asked anew at each page they would cost every list a statement.
_LAST = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Named:
    """A community by its public id and name."""

    id: str
    name: str


_known: WeakKeyDictionary[Database, dict[tuple[Grant, ...], tuple[datetime, tuple[Named, ...]]]] = WeakKeyDictionary()


def communities_of(visitor: Visitor) -> tuple[Named, ...]:
    """The communities of the visitor's area in the order in which they were added, at most a minute old."""
    kept = _known.setdefault(visitor.service.database, {})
    asked_at, found = kept.get(visitor.actor.grants, (None, ()))
    if asked_at is None or not timedelta() <= visitor.now - asked_at < _LAST:
        found = visitor.caller.read(lambda connection: _read(connection, visitor.actor))
        kept[visitor.actor.grants] = (visitor.now, found)
    return found


def _read(connection: Connection, actor: Actor) -> tuple[Named, ...]:
    rows = connection.execute(
        select(_COMMUNITIES.c.public_id, _COMMUNITIES.c.name)
        .where(visible_to(actor, _COMMUNITIES))
        .order_by(_COMMUNITIES.c.id)
    )
    return tuple(Named(row.public_id, row.name) for row in rows)

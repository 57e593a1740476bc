"""A bulk action gone on with in a process of its own, as a web process does it: JSON in, JSON out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from incubator.database import Database
from incubator.engine.roles import Actor, Grant, Role
from incubator.services.bulk.going_on import go_on

GO_ON = f"{__name__}:go_on_with"


def go_on_with(database: Database, *, actor: dict[str, Any], now: str, bulk: str) -> int:
    """Deal with what waits; how many cases wait after it."""
    street_id = actor["street_id"]
    officer = Actor(actor["person_id"], actor["name"], street_id, (Grant(Role(actor["role"]), street_id),))
    return go_on(database, actor=officer, bulk=bulk, now=datetime.fromisoformat(now)).waiting

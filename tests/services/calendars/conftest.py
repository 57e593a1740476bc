"""A street with small procedures, at the end of the last announced year."""

from __future__ import annotations

from datetime import datetime

import pytest

from incubator.clock import SHANGHAI, FixedClock
from incubator.database import Database
from incubator.engine.roles import Role
from tests.engine.world import World, build, pack


@pytest.fixture
def world(database: Database, clock: FixedClock) -> World:
    """The street on Monday, 21 December 2026, with an officer who accepts, an officer who decides, a director."""
    clock.move_to(datetime(2026, 12, 21, 9, 0, tzinfo=SHANGHAI))
    made = build(database, clock, pack())
    for name, role in (("officer", Role.OFFICER), ("director", Role.DIRECTOR), ("worker", Role.COMMUNITY_WORKER)):
        made.person(name, role)
    return made

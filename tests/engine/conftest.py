"""The small street that the engine's tests move cases in."""

from __future__ import annotations

import pytest

from incubator.clock import FixedClock
from incubator.database import Database
from tests.engine.world import World, build


@pytest.fixture
def world(database: Database, clock: FixedClock) -> World:
    """A street with the small procedures, on each kind of database."""
    return build(database, clock)

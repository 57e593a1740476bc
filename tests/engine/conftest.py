"""The small street that the engine's tests move cases in, and the centre with the real procedures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from incubator.clock import FixedClock
from incubator.database import Database
from tests.dying import Doers, doers
from tests.engine.world import World, build
from tests.procedures.world import Centre
from tests.procedures.world import build as build_centre


@pytest.fixture
def world(database: Database, clock: FixedClock) -> World:
    """A street with the small procedures, on each kind of database."""
    return build(database, clock)


@pytest.fixture
def centre(database: Database, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Centre:
    """The centre with the real procedures."""
    monkeypatch.setenv("INCUBATOR_DATA_DIR", str(tmp_path))
    return build_centre(database, clock)


@pytest.fixture(scope="module")
def processes() -> Iterator[Doers]:
    """Processes that do what they are told to, and die when they are told to."""
    with doers() as running:
        yield running

"""The centre whose policies the tests change."""

from __future__ import annotations

from pathlib import Path

import pytest

from incubator.clock import FixedClock
from incubator.database import Database
from tests.procedures.world import Centre, build


@pytest.fixture
def centre(database: Database, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Centre:
    """A centre on each kind of database; documents go to a folder of the test's own."""
    monkeypatch.setenv("INCUBATOR_DATA_DIR", str(tmp_path))
    return build(database, clock)

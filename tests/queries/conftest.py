"""The centre that the queries' tests read, with nothing but the procedures of this version."""

from __future__ import annotations

from pathlib import Path

import pytest

from incubator.clock import FixedClock
from incubator.database import Database
from incubator.engine import library
from tests.procedures.world import Centre, build


@pytest.fixture
def centre(database: Database, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Centre:
    """A centre on each kind of database; procedures that other tests loaded into this process are put aside."""
    monkeypatch.setenv("INCUBATOR_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(library, "_current", {})
    return build(database, clock)

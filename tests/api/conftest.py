"""The web application over each kind of database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from incubator.clock import FixedClock
from incubator.database import Database
from tests.api.centre import WebCentre, web_centre


@pytest.fixture
def centre(
    database: Database, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[WebCentre]:
    """A street's centre behind the real application."""
    monkeypatch.setenv("INCUBATOR_DATA_DIR", str(tmp_path))  # automation's tasks find the data folder there
    with web_centre(database, clock, tmp_path) as made:
        yield made

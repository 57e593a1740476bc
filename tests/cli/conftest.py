"""The console over this test's own database and data folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.console import Console, console_of


@pytest.fixture
def console(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Console:
    """A way to run commands on a migrated database: the test runs once on each kind."""
    monkeypatch.setenv("INCUBATOR_DATABASE_URL", database_url)
    monkeypatch.setenv("INCUBATOR_DATA_DIR", str(tmp_path))
    return console_of(monkeypatch, capsys)

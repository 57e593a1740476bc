"""A centre whose automation real processes do."""

from __future__ import annotations

from pathlib import Path

import pytest

from incubator.database import Database
from tests.processes import PrefectServer, Site


@pytest.fixture
def site(
    database: Database,
    database_url: str,
    tmp_path: Path,
    prefect_server: PrefectServer,
    monkeypatch: pytest.MonkeyPatch,
) -> Site:
    """The usual centre on each kind of database, on Friday, 18 September 2026, its documents in a folder of the test's."""
    monkeypatch.setenv("INCUBATOR_DATA_DIR", str(tmp_path))
    return Site.build(database, database_url, tmp_path, prefect_server, day="2026-09-18")

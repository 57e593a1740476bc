"""Brings a database to the schema of this version of the software, and says whether it has it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, column, inspect, make_url, select, text
from sqlalchemy import table as bare_table

from incubator.database import Database
from incubator.migrations import MIGRATIONS, newest_revision

if TYPE_CHECKING:
    from alembic.config import Config

STORED = bare_table("alembic_version", column("version_num"))

# Any fixed number that nothing else locks: two processes that start together must not migrate together.
_UPGRADE_LOCK = 20260301


def upgrade(url: str) -> None:
    """Run the missing revisions on the database of this SQLAlchemy address, all in one transaction.

    Safe to call from several processes at once: the second waits and then finds nothing to do. A SQLite file is
    made where it does not exist yet.
    """
    location = make_url(url)
    if location.get_backend_name() == "sqlite" and location.database:
        Path(location.database).parent.mkdir(parents=True, exist_ok=True)
    database = Database(url, pool_size=1)
    try:
        with database.read() as connection:
            current = is_current(connection)
        if not current:
            database.write(_upgrade)
    finally:
        database.close()


def is_current(connection: Connection) -> bool:
    """Whether the database has exactly the schema of this version."""
    if not inspect(connection).has_table(STORED.name):
        return False
    return connection.scalar(select(STORED.c.version_num)) == newest_revision()


def _upgrade(connection: Connection) -> None:
    from alembic import command

    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _UPGRADE_LOCK})
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config

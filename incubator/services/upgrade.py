"""Brings a database to the schema of this version of the software."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, make_url, text

from incubator.database import Database

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"

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
        database.write(_upgrade)
    finally:
        database.close()


def is_current(connection: Connection) -> bool:
    """Whether the database has exactly the schema of this version."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == head


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _UPGRADE_LOCK})
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config

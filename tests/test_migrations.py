"""The migrated schema is the models' schema, and its record can only grow, on both databases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DatabaseError
from sqlmodel import SQLModel

from incubator.database import Database
from incubator.migrations import MIGRATIONS, newest_revision
from incubator.services.upgrade import is_current, upgrade


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/not/yet/there/empty.db"
    return str(request.getfixturevalue("empty_postgresql_url"))


@pytest.fixture(params=["sqlite", "postgresql"])
def two_schemas(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Database, Database]]:
    """A migrated database, and one of the same kind made straight from the models."""
    migrated = Database(str(request.getfixturevalue(f"{request.param}_url")))
    other = f"sqlite:///{tmp_path}/models.db"
    if request.param == "postgresql":
        other = str(request.getfixturevalue("empty_postgresql_url"))
    made = Database(other)
    made.write(lambda connection: SQLModel.metadata.create_all(connection))
    yield migrated, made
    migrated.close()
    made.close()


def test_the_migrated_schema_is_that_of_the_models(database: Database) -> None:
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), SQLModel.metadata) == []


def test_indexes_and_checks_are_those_of_the_models_to_the_letter(two_schemas: tuple[Database, Database]) -> None:
    # Alembic's comparison looks neither at an index's predicate nor at a check.
    migrated, made = two_schemas
    with migrated.read() as one, made.read() as other:
        assert _definitions(one) == _definitions(other)


def test_an_empty_database_is_brought_up_and_upgrading_again_changes_nothing(empty_url: str) -> None:
    upgrade(empty_url)
    upgrade(empty_url)
    database = Database(empty_url)
    with database.read() as connection:
        assert is_current(connection)
    database.close()


def test_processes_that_start_together_upgrade_once(empty_url: str, tmp_path: Path) -> None:
    (tmp_path / "not/yet/there").mkdir(parents=True)
    database = Database(empty_url)
    with database.read() as connection:
        assert not is_current(connection)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(_upgrade_in_a_process, [empty_url, empty_url]))
    with database.read() as connection:
        assert is_current(connection)
    database.close()


def test_the_newest_revision_is_known_without_alembic() -> None:
    assert newest_revision() == ScriptDirectory(str(MIGRATIONS)).get_current_head()


@pytest.mark.parametrize("name", ["event", "journal_entry", "journal_line"])
@pytest.mark.parametrize("change", ["UPDATE {} SET street_id = 2", "DELETE FROM {}"])
def test_what_was_recorded_can_be_neither_altered_nor_removed(database: Database, name: str, change: str) -> None:
    database.write(_record_something)
    with pytest.raises(DatabaseError, match="append-only"):
        database.write(lambda connection: connection.execute(text(change.format(name))))
    with database.read() as connection:
        assert connection.scalar(text(f"SELECT count(*) FROM {name} WHERE street_id = 1")) == 1


def _upgrade_in_a_process(url: str) -> None:
    import subprocess
    import sys

    program = f"from incubator.services.upgrade import upgrade; upgrade({url!r})"
    subprocess.run([sys.executable, "-c", program], check=True)


def _record_something(connection: Connection) -> None:
    at = "'2026-09-18 01:00:00'"
    for statement in (
        "INSERT INTO street (id, public_id, code, name, district) VALUES (1, 'a', 'A', 'A', '')",
        "INSERT INTO money_book (id, street_id, year, head_seq, head_hash) VALUES (1, 1, 2026, 0, '')",
        "INSERT INTO money_account (id, street_id, code, title_zh, title_en, guarded, balance, version)"
        " VALUES (1, 1, 'x', 'x', 'x', true, 0, 1)",
        "INSERT INTO event (id, street_id, stream, subject_id, seq, type, effective_on, recorded_at, actor_id, body,"
        f" prev_hash, hash) VALUES (1, 1, 'money', 1, 1, 'x', '2026-09-18', {at}, 0, '', '', '')",
        "INSERT INTO journal_entry (id, street_id, book_id, case_id, cause, purpose, effective_on, recorded_at,"
        f" actor_id, memo) VALUES (1, 1, 1, 0, 'x', 'x', '2026-09-18', {at}, 0, '')",
        "INSERT INTO journal_line (id, street_id, entry_id, account_id, fen) VALUES (1, 1, 1, 1, 1)",
    ):
        connection.execute(text(statement))


def _definitions(connection: Connection) -> dict[str, str]:
    if connection.dialect.name == "postgresql":
        rows = connection.execute(
            text(
                "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' UNION ALL "
                "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
            )
        )
        return {name: definition for name, definition in rows if "alembic_version" not in name}
    found = {}
    inspector = inspect(connection)
    for name in inspector.get_table_names():
        if name != "alembic_version":
            for check in inspector.get_check_constraints(name):
                found[f"{name}.{check['name']}"] = check["sqltext"]
    rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"))
    return found | {name: re.sub(r"\s+", " ", sql) for name, sql in rows}

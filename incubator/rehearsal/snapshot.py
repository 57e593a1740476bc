"""A view of the database that stands still while one looks, and in which nothing can be written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from incubator.database import Database


@contextmanager
def snapshot(database: Database) -> Iterator[Connection]:
    """One transaction for many statements: all see the same caseload, however long they take.

    PostgreSQL refuses to write in it. On SQLite a reader sees the state of its first statement anyway.
    """
    with database.read() as connection:
        if not database.is_sqlite:
            connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        yield connection

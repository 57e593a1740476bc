"""The door to the database: what it asks of PostgreSQL, so that nobody waits for ever."""

from __future__ import annotations

from sqlalchemy import text

from incubator.database import Database


def test_nobody_waits_for_ever_for_rows_that_a_vanished_machine_holds(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    with database.read() as connection:
        assert connection.scalar(text("SHOW lock_timeout")) == "30s"
        assert connection.scalar(text("SHOW idle_in_transaction_session_timeout")) == "5min"
    database.close()

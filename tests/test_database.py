"""The door to the database: waiting has an end, and who shares a commit does not share a failure."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, text

from incubator.database import Database
from incubator.services.streets import create_street


def test_nobody_waits_for_ever_for_rows_that_a_vanished_machine_holds(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    with database.read() as connection:
        assert connection.scalar(text("SHOW lock_timeout")) == "30s"
        assert connection.scalar(text("SHOW idle_in_transaction_session_timeout")) == "5min"
    database.close()


def test_of_actions_that_wait_together_one_that_fails_takes_nothing_of_the_others_with_it(database: Database) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def write(code: str) -> None:
        database.write(lambda connection: act(connection, code))

    def act(connection: Connection, code: str) -> None:
        begun.set()
        go_on.wait(30)  # so that the others come to wait behind the first
        create_street(connection, code=code, name=f"街道{code}")
        if code == "2":
            raise RuntimeError("the power of judgement went")

    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(write, "1")
        begun.wait(30)
        failing, last = pool.submit(write, "2"), pool.submit(write, "3")
        go_on.set()
        with pytest.raises(RuntimeError, match="judgement"):
            failing.result()
        first.result()
        last.result()
    with database.read() as connection:
        assert connection.scalars(text("SELECT code FROM street ORDER BY code")).all() == ["1", "3"]


def test_what_fails_after_a_glance_on_the_same_connection_still_leaves_nothing_behind(database: Database) -> None:
    with database.glance() as connection:
        connection.scalar(text("SELECT 1"))

    def fail(connection: Connection) -> None:
        create_street(connection, code="1", name="街道1")
        raise RuntimeError("the power of judgement went")

    with pytest.raises(RuntimeError, match="judgement"):
        database.write(fail)
    with database.read() as connection:
        assert connection.scalar(text("SELECT count(*) FROM street")) == 0

"""Many keys in one parameter: as many as one likes, and still looked up by the index."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event, select

from incubator.database import Database
from incubator.facts.bulk import among
from incubator.models.base import table
from incubator.models.organizations import Organization

ORGANIZATIONS = table(Organization)


@pytest.mark.parametrize(("column", "keys"), [("id", [1, 2]), ("community_id", [1, 2]), ("public_id", ["a", "b"])])
def test_keys_in_a_list_are_looked_up_by_the_index(database: Database, column: str, keys: list[Any]) -> None:
    query = select(ORGANIZATIONS.c.name).where(among(ORGANIZATIONS.c[column], "keys"))
    with database.read() as connection:
        if not database.is_sqlite:
            connection.exec_driver_sql("SET enable_seqscan = off")  # an empty table is otherwise read whole

        def explain(_: Any, __: Any, statement: str, parameters: Any, *rest: Any) -> tuple[str, Any]:
            return f"EXPLAIN {'QUERY PLAN ' if database.is_sqlite else ''}{statement}", parameters

        event.listen(connection, "before_cursor_execute", explain, retval=True)
        plan = str(connection.execute(query, {"keys": keys}).all())
    assert ("SEARCH organization" if database.is_sqlite else "Index") in plan
    assert "SCAN organization" not in plan
    assert "Seq Scan" not in plan

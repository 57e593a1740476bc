"""What an advance writes, written by the database's driver alone: no rule is asked, nothing is read or computed."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from typing import Any

import psycopg

from incubator.canonical import sha256
from tests.benchmarks.district import Waiting
from tests.benchmarks.measuring import dealt, together

Row = dict[str, Any]
Statement = tuple[str, tuple[Any, ...]]

# The rows that hang on a case, and how a person who writes SQL by hand would name those that an advance changes.
_OF_CASE = {
    "case_file": "id",
    "work_item": "case_id",
    "timer": "case_id",
    "deadline": "case_id",
    "outbox": "case_id",
    "event": "subject_id",
}
_CHANGED = {
    "case_file": "id = {mark} AND version = {version}",
    "work_item": "case_id = {mark} AND done_at IS NULL",
    "timer": "case_id = {mark} AND fired_at IS NULL",
    "deadline": "case_id = {mark} AND state = 'running'",
}


def connect(url: str) -> Any:
    """A connection of the driver, with the settings that the service uses."""
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
            connection.execute(f"PRAGMA {pragma}")
        return connection
    return psycopg.connect(url.replace("postgresql+psycopg", "postgresql"))


@dataclass(frozen=True, slots=True)
class Pattern:
    """What an advance of `case` by the engine changed and inserted, table by table."""

    case: Waiting
    changed: Mapping[str, Row]
    inserted: Mapping[str, list[Row]]

    def statements(self, case: Waiting, mark: str) -> list[Statement]:
        """The same for another case: one statement for each table changed or added to. `mark` stands for a parameter."""
        statements: list[Statement] = []
        for name, values in self.changed.items():
            assignments = ", ".join(f"{column} = {mark}" for column in values)
            where = _CHANGED[name].format(mark=mark, version=case.version)
            statements.append(
                (f"UPDATE {name} SET {assignments} WHERE {where}", (*self._own(name, values, case).values(), case.id))
            )
        for name, rows in self.inserted.items():
            row = "(" + ", ".join([mark] * len(rows[0])) + ")"
            statements.append(
                (
                    f"INSERT INTO {name} ({', '.join(rows[0])}) VALUES {', '.join([row] * len(rows))}",
                    tuple(value for each in rows for value in self._own(name, each, case).values()),
                )
            )
        return statements

    def _own(self, name: str, row: Row, case: Waiting) -> Row:
        """A row of this case as the other has it."""
        own = {
            column: value.replace(self.case.public_id, case.public_id) if isinstance(value, str) else value
            for column, value in row.items()
        }
        if _OF_CASE.get(name) in own:
            own[_OF_CASE[name]] = case.id
        if name == "event":
            own["hash"] = sha256(own["prev_hash"] + own["body"])
        return own


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Every row of a case, table by table, by its key."""

    rows: Mapping[str, Mapping[int, Row]]

    @classmethod
    def of(cls, connection: Any, case: Waiting) -> Snapshot:
        """The rows of the case and of the answer remembered for it, as the driver gives them."""
        mark = "?" if isinstance(connection, sqlite3.Connection) else "%s"
        asked: dict[str, tuple[str, Any]] = {name: (column, case.id) for name, column in _OF_CASE.items()}
        asked["idempotent_answer"] = ("idempotency_key", case.key)
        found: dict[str, dict[int, Row]] = {}
        for name, (column, value) in asked.items():
            only = " AND stream = 'case'" if name == "event" else ""
            cursor = connection.execute(f"SELECT * FROM {name} WHERE {column} = {mark}{only} ORDER BY id", (value,))
            names = [column[0] for column in cursor.description]
            found[name] = {row["id"]: row for row in (_writable(names, values) for values in cursor.fetchall())}
        return cls(found)

    def pattern(self, after: Snapshot, case: Waiting) -> Pattern:
        """What changed from here to there."""
        changed: dict[str, Row] = {}
        inserted: dict[str, list[Row]] = {}
        for name, rows in after.rows.items():
            before = self.rows[name]
            for key, row in rows.items():
                if key not in before:
                    inserted.setdefault(name, []).append({c: value for c, value in row.items() if c != "id"})
                elif row != before[key]:
                    changed[name] = {c: value for c, value in row.items() if value != before[key][c]}
        return Pattern(case, changed, inserted)


def _writable(names: Sequence[str], values: Sequence[Any]) -> Row:
    return {
        name: json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
        for name, value in zip(names, values, strict=True)
    }


def rate(url: str, pattern: Pattern, cases: Sequence[Waiting], processes: int) -> float:
    """Write the pattern for each case, a commit each, in so many processes at once; cases a second."""
    return len(cases) / together(_write_all, dealt(cases, processes), url, pattern)


def _write_all(cases: Sequence[Waiting], start: Barrier, finish: Barrier, url: str, pattern: Pattern) -> None:
    mark = "?" if url.startswith("sqlite") else "%s"
    ready = [pattern.statements(case, mark) for case in cases]
    connection = connect(url)
    start.wait()
    for statements in ready:
        if mark == "?":
            connection.execute("BEGIN IMMEDIATE")
        for statement, parameters in statements:
            connection.execute(statement, parameters)
        connection.commit()
    finish.wait()
    connection.close()

"""Tasks: automation's work by name. A task prepares outside any transaction and returns its effect for the settlement."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from incubator.database import Database


@dataclass(frozen=True, slots=True)
class Work:
    """One row of the outbox as a task sees it. `case_id` is the case's key, 0 where there is none."""

    outbox_id: int
    street_id: int
    case_id: int
    task: str
    payload: Mapping[str, Any]
    attempt: int
    now: datetime
    database: Database


# Runs in the transaction that settles the outbox row; what it returns is kept as the row's result (JSON-ready).
Settlement = Callable[[Connection], Mapping[str, Any]]
Task = Callable[[Work], Settlement]

TASKS: dict[str, Task] = {}


def task(name: str) -> Callable[[Task], Task]:
    """Register automation's work under the name that definitions and the outbox use."""

    def register(run: Task) -> Task:
        if name in TASKS and TASKS[name].__qualname__ != run.__qualname__:
            raise ValueError(f"two tasks are called {name!r}")
        TASKS[name] = run
        return run

    return register

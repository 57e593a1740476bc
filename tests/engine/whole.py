"""What must hold of a case at every moment, whatever people, clocks and crashes do; and everything that a database says."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import SQLModel

from incubator.database import Database
from incubator.engine import library, streams
from incubator.engine.definition import StepKind
from incubator.engine.loading import case_view
from incubator.models.base import table
from incubator.models.cases import Deadline, Timer, WorkItem
from incubator.models.events import Event


def assert_whole(connection: Connection, case_id: str) -> None:
    """The case stands in one place: its chain, work items, timers and limits all say so."""
    case = case_view(connection, case_id)
    assert case is not None
    step = library.definition(connection, case.definition_hash).step(case.step)

    def rows(model: Any, *conditions: Any) -> list[Any]:
        found = table(model)
        return list(connection.execute(select(found).where(found.c.case_id == case.id, *conditions)))

    assert streams.verify(connection, "case", case.id) == []
    events = table(Event)
    bodies = connection.scalars(
        select(events.c.body).where(events.c.stream == "case", events.c.subject_id == case.id).order_by(events.c.seq)
    )
    moves = [change for body in bodies if "to" in (change := json.loads(body)["change"])]
    assert (moves[-1]["to"], moves[-1]["version"]) == (case.step, case.version)
    assert len(moves) == case.version
    own = [item for item in rows(WorkItem, table(WorkItem).c.done_at.is_(None)) if item.kind == "step"]
    assert len(own) == (1 if step.kind in (StepKind.HUMAN, StepKind.PANEL) else 0)
    assert all((item.step, item.visit, item.due_on) == (case.step, case.visit, case.due_on) for item in own)
    timers = rows(Timer, table(Timer).c.fired_at.is_(None))
    assert all(timer.visit == case.visit for timer in timers)
    assert [timer.action for timer in timers if timer.action != "remind"] == ([step.elapsed] if step.elapsed else [])
    assert case.open == (step.kind is not StepKind.END and not step.after_end)
    running = rows(Deadline, table(Deadline).c.state == "running")
    assert [limit.due_on for limit in running] == ([case.due_on] if step.due or step.lasts else [])


def everything(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with database.read() as connection:
        return {
            each.name: sorted((tuple(row) for row in connection.execute(select(each))), key=repr)
            for each in SQLModel.metadata.sorted_tables
        }

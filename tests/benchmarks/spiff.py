"""The same step in SpiffWorkflow: load a filing from its row, complete its one user task, save it."""

from __future__ import annotations

from collections.abc import Sequence
from multiprocessing.synchronize import Barrier
from typing import Any

from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.serializer.workflow import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from incubator.procedures.filing.procedure import FILING
from tests.benchmarks.bare import connect
from tests.benchmarks.bpmn import executable
from tests.benchmarks.measuring import together
from tests.procedures.world import APPLICATION, CHECKED, OPINION

_BEFORE = (
    ("application", {**APPLICATION, "decision": "submit"}),
    ("screening", {"decision": "pass"}),
    ("committee_opinion", {**OPINION, "decision": "give_opinion"}),
)


def fill(url: str, cases: int, *, reminders: bool) -> None:
    """Store so many filings that await acceptance, each a row with the workflow's whole state as JSON."""
    parser = BpmnParser()
    parser.add_bpmn_str(executable(FILING, reminders=reminders))
    workflow = BpmnWorkflow(parser.get_spec(FILING.key))
    for name, answer in _BEFORE:
        _complete(workflow, name, answer)
    state = BpmnWorkflowSerializer().serialize_json(workflow)
    connection = connect(url)
    mark = _mark(url)
    connection.execute("DROP TABLE IF EXISTS spiff_workflow")
    connection.execute("CREATE TABLE spiff_workflow (id INTEGER PRIMARY KEY, state TEXT NOT NULL)")
    if mark == "?":
        connection.execute("BEGIN")
    for key in range(1, cases + 1):
        connection.execute(f"INSERT INTO spiff_workflow VALUES ({mark}, {mark})", (key, state))
    connection.commit()
    connection.close()


def rate(url: str, keys: Sequence[int]) -> float:
    """Move each of these one step in one process, a commit each; steps a second."""
    return len(keys) / together(_move_all, [keys], url)


def _move_all(keys: Sequence[int], start: Barrier, finish: Barrier, url: str) -> None:
    serializer = BpmnWorkflowSerializer()
    connection = connect(url)
    mark = _mark(url)
    start.wait()
    for key in keys:
        if mark == "?":
            connection.execute("BEGIN IMMEDIATE")
        (state,) = connection.execute(f"SELECT state FROM spiff_workflow WHERE id = {mark}", (key,)).fetchone()
        workflow = serializer.deserialize_json(state)
        _complete(workflow, "acceptance", {**CHECKED, "decision": "accept"})
        changed = serializer.serialize_json(workflow)
        connection.execute(f"UPDATE spiff_workflow SET state = {mark} WHERE id = {mark}", (changed, key))
        connection.commit()
    finish.wait()
    connection.close()


def _complete(workflow: Any, name: str, answer: dict[str, Any]) -> None:
    workflow.do_engine_steps()
    workflow.refresh_timers()
    (task,) = workflow.get_tasks(state=TaskState.READY, manual=True)
    if task.task_spec.name != name:
        raise RuntimeError(f"the workflow awaits {task.task_spec.name}, not {name}")
    task.data.update(answer)
    task.run()
    workflow.do_engine_steps()


def _mark(url: str) -> str:
    return "?" if url.startswith("sqlite") else "%s"

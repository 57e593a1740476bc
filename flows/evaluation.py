"""The automated work of evaluation: screening, certificates and notices of results."""

from __future__ import annotations

from prefect import State, flow

from flows.shell import performed


@flow(name="evaluation", flow_run_name="{task}", persist_result=False)
async def perform_evaluation(task: str, rows: list[tuple[int, int]]) -> State[None]:
    """Perform leased rows whose task is evaluation's."""
    return await performed(rows)

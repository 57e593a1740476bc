"""The automated work of the yearly review: the checks of the report."""

from __future__ import annotations

from prefect import State, flow

from flows.shell import performed


@flow(name="yearly-review", flow_run_name="{task}", persist_result=False)
async def perform_yearly_review(task: str, rows: list[tuple[int, int]]) -> State[None]:
    """Perform leased rows whose task is the yearly review's."""
    return await performed(rows)

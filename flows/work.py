"""Automated work of procedures that have no flow of their own."""

from __future__ import annotations

from prefect import State, flow

from flows.shell import performed


@flow(name="work", flow_run_name="{task}", persist_result=False)
async def perform_work(task: str, rows: list[tuple[int, int]]) -> State[None]:
    """Perform leased rows of any task."""
    return await performed(rows)

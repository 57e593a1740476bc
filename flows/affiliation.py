"""The automated work of affiliation: what is open between a hub and an organization that part."""

from __future__ import annotations

from prefect import State, flow

from flows.shell import performed


@flow(name="affiliation", flow_run_name="{task}", persist_result=False)
async def perform_affiliation(task: str, rows: list[tuple[int, int]]) -> State[None]:
    """Perform leased rows whose task is affiliation's."""
    return await performed(rows)

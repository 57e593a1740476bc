"""The automated work of funding: the screening of applications."""

from __future__ import annotations

from prefect import State, flow

from flows.shell import performed


@flow(name="funding", flow_run_name="{task}", persist_result=False)
async def perform_funding(task: str, rows: list[tuple[int, int]]) -> State[None]:
    """Perform leased rows whose task is funding's."""
    return await performed(rows)

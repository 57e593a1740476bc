"""The automated work of filing: screening, the certificate."""

from __future__ import annotations

from prefect import State, flow

from flows.shell import performed


@flow(name="filing", flow_run_name="{task}", persist_result=False)
async def perform_filing(task: str, rows: list[tuple[int, int]]) -> State[None]:
    """Perform leased rows whose task is filing's."""
    return await performed(rows)

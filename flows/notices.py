"""Notices, reminders and escalations."""

from __future__ import annotations

from prefect import State, flow

from flows.shell import performed


@flow(name="notices", flow_run_name="{task}", persist_result=False)
async def send_notices(task: str, rows: list[tuple[int, int]]) -> State[None]:
    """Perform leased rows that tell somebody something."""
    return await performed(rows)

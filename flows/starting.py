"""Starts flows: in this process against the Prefect server, or as runs of deployments on a work pool."""

from __future__ import annotations

from typing import Any

import httpx
from prefect import State
from prefect.deployments.flow_runs import arun_deployment
from prefect.exceptions import ObjectNotFound

from flows.catalogue import AnyFlow
from incubator.services.automation.prefect_environment import prefect_api_url
from incubator.settings import Settings

DEPLOYMENT = "incubator"
POOL_READY = "READY"


class PrefectUnreachable(Exception):  # noqa: N818 - it states the fact, as all errors here do
    """The flow was not started, or its end not reported, because Prefect does not answer."""


async def is_up(settings: Settings) -> bool:
    """Whether Prefect takes work: its server answers and, in a distributed set-up, some Prefect worker serves the pool."""
    distributed = settings.automation == "distributed"
    asked = f"work_pools/{settings.work_pool}" if distributed else "ready"
    try:
        async with httpx.AsyncClient(timeout=3, trust_env=False) as client:
            answer = await client.get(f"{prefect_api_url(settings)}/{asked}")
    except httpx.HTTPError:
        return False
    return answer.status_code == httpx.codes.OK and (not distributed or answer.json()["status"] == POOL_READY)


async def run_here(flow: AnyFlow, parameters: dict[str, Any], key: str) -> State[Any] | None:
    """Run the flow in this process to its end; its effects are settled in SQL, whatever Prefect says."""
    try:
        state: State[Any] = await flow(**parameters, return_state=True)  # type: ignore[misc]
    except (httpx.HTTPError, OSError, RuntimeError) as error:
        raise PrefectUnreachable(f"{flow.name} ({key}): {error}") from error
    return state


async def submit(flow: AnyFlow, parameters: dict[str, Any], key: str) -> None:
    """Hand the flow to the work pool and return at once. `key` keeps one attempt from being submitted twice."""
    name = f"{flow.name}/{DEPLOYMENT}"
    try:
        # Prefect types the function that its decorator returns as one without a result.
        await arun_deployment(name, parameters=parameters, timeout=0, idempotency_key=key, as_subflow=False)
    except ObjectNotFound as error:
        raise PrefectUnreachable(f"{name} is not deployed: run `python -m flows.deploy`") from error
    except (httpx.HTTPError, OSError) as error:
        raise PrefectUnreachable(f"{name} ({key}): {error}") from error

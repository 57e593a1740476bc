"""Makes known to Prefect what a distributed set-up runs: the work pool, and a deployment of every flow."""

from __future__ import annotations

from contextlib import suppress

from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.exceptions import ObjectAlreadyExists
from prefect.types.entrypoint import EntrypointType
from prefect.workers.process import ProcessWorker

from flows.catalogue import all_flows
from flows.starting import DEPLOYMENT
from incubator.settings import Settings

POOL_TYPE = "process"


async def deploy(settings: Settings) -> list[str]:
    """Deploy every flow onto the work pool, which is made where there is none; returns the deployments' names.

    Run again it changes nothing, or brings what an older version deployed to this one. The flows are loaded from the
    installed package, so every machine with a Prefect worker needs the same version of it.
    """
    async with get_client() as client:
        await _make_pool(client, settings.work_pool)
    names = []
    for flow in all_flows():
        deployment = await flow.ato_deployment(
            DEPLOYMENT, work_pool_name=settings.work_pool, entrypoint_type=EntrypointType.MODULE_PATH
        )
        await deployment.aapply()
        names.append(deployment.full_name)
    return names


async def _make_pool(client: PrefectClient, name: str) -> None:
    template = ProcessWorker.get_default_base_job_template()
    with suppress(ObjectAlreadyExists):
        await client.create_work_pool(WorkPoolCreate(name=name, type=POOL_TYPE, base_job_template=template))

"""Deploys the flows of this version to the Prefect server of the settings. `python -m flows.deploy`."""

from __future__ import annotations

import asyncio
import sys

from pydantic import ValidationError

from incubator.services.automation.prefect_environment import prefect_api_url, prepare_process
from incubator.settings import Settings


def main() -> int:
    """Deploy and name what was deployed; 1 where a setting is wrong or Prefect does not answer."""
    try:
        settings = Settings()
    except ValidationError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    prepare_process(settings)
    # Prefect reads its settings when it is imported.
    import httpx

    from flows.deployments import deploy

    try:
        names = asyncio.run(deploy(settings))
    except (httpx.HTTPError, RuntimeError) as error:
        where = prefect_api_url(settings)
        zh = f"无法连接 Prefect（{where}）：{error}。请检查 INCUBATOR_PREFECT_API_URL 以及 Prefect 是否已启动。"
        en = f"Prefect at {where}: {error}. Check INCUBATOR_PREFECT_API_URL, and that Prefect runs."
        print(f"{zh}\n{en}", file=sys.stderr)  # noqa: T201
        return 1
    print("\n".join(names))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())

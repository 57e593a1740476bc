"""The web process: `python -m api`."""

from __future__ import annotations

import gc
import os
import shutil
import sys
from typing import Any

from pydantic import ValidationError

from incubator import logging
from incubator.errors import Refused
from incubator.settings import Settings


def main() -> int:
    """Serve until SIGTERM or SIGINT; 1 where a setting or the database refuses."""
    # Loading makes hundreds of thousands of objects that all stay; looking for garbage among them is a sixth of the start.
    gc.disable()
    logging.configure("web")
    try:
        settings = Settings()
    except ValidationError as error:
        print(error, file=sys.stderr)  # noqa: T201 - the log is for what happens later
        return 1
    if settings.web_processes > 1:
        # Each process counts for itself, and one of them tells what all counted.
        folder = settings.data_dir / "metrics"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    import uvicorn

    served: Any = "api.serving:application"  # each of several processes makes its own
    if settings.web_processes == 1:
        from api.serving import application

        try:
            served = application()
        except Refused as refusal:
            print(f"{refusal.detail.zh}\n{refusal.detail.en}", file=sys.stderr)  # noqa: T201
            return 1
    gc.freeze()
    gc.enable()
    uvicorn.run(
        served,
        factory=settings.web_processes > 1,
        host=settings.host,
        port=settings.port,
        workers=settings.web_processes if settings.web_processes > 1 else None,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=8,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())

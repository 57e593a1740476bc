"""The worker process: the clock, the relay and the flows in one event loop. `python -m schedules`."""

from __future__ import annotations

import sys

from pydantic import ValidationError

from incubator import logging
from incubator.errors import Refused
from incubator.services.automation.prefect_environment import prepare_process
from incubator.settings import Settings


def main() -> int:
    """Run until SIGTERM or SIGINT; 1 where a setting or the database refuses."""
    logging.configure("worker")
    try:
        settings = Settings()
    except ValidationError as error:
        print(error, file=sys.stderr)  # noqa: T201 - the log is for what happens later
        return 1
    prepare_process(settings)
    # Prefect reads its settings when it is imported.
    from schedules.worker import run

    try:
        return run(settings)
    except Refused as refusal:
        print(f"{refusal.detail.zh}\n{refusal.detail.en}", file=sys.stderr)  # noqa: T201
        return 1


if __name__ == "__main__":
    sys.exit(main())

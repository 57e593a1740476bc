"""How Prefect is set in the service's processes: offline, without telemetry, never a server of its own accord."""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from pathlib import Path

from incubator.settings import Settings

LOOPBACK = "127.0.0.1"
# The variable that tells a child the process that supervises it.
SUPERVISOR = "INCUBATOR_SUPERVISOR"
HISTORY = timedelta(days=14)
# Flows run where the worker looks whether Prefect answers, and on no server that Prefect starts by itself.
_OURS = frozenset({"PREFECT_API_URL", "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE"})


def prefect_api_url(settings: Settings) -> str:
    """Where Prefect's API is: the address that is set, else the embedded server's."""
    return settings.prefect_api_url or f"http://{LOOPBACK}:{settings.prefect_port}/api"


def prefect_home(settings: Settings) -> Path:
    """Where the embedded Prefect keeps its files."""
    return (settings.data_dir / "prefect").resolve()


def client_environment(settings: Settings) -> dict[str, str]:
    """The variables for a process that runs flows."""
    return {
        "PREFECT_API_URL": prefect_api_url(settings),
        "PREFECT_HOME": str(prefect_home(settings)),
        # Without a server nothing runs: a run that only this process knows of could not be told from a lost one.
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        # A server that accepts and never answers is given up after some three minutes instead of eight.
        "PREFECT_API_REQUEST_TIMEOUT": "20",
        **_offline(),
    }


def prepare_process(settings: Settings) -> None:
    """Set this process up for Prefect's client, before Prefect is imported: it reads its settings then.

    What an operator set for Prefect stands, except where the service itself must be sure.
    """
    environment = client_environment(settings)
    prefect_home(settings).mkdir(parents=True, exist_ok=True)
    for name, value in environment.items():
        if name in _OURS:
            os.environ[name] = value
        else:
            os.environ.setdefault(name, value)


def server_environment(settings: Settings) -> dict[str, str]:
    """The variables for the embedded Prefect server; it serves this machine alone."""
    home = prefect_home(settings)
    return {
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": prefect_api_url(settings),
        "PREFECT_API_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{home / 'prefect.db'}",
        "PREFECT_SERVER_API_HOST": LOOPBACK,
        "PREFECT_SERVER_API_PORT": str(settings.prefect_port),
        # The workbench shows what people need; the interface's files would only cost memory.
        "PREFECT_UI_ENABLED": "false",
        # The clock is ours, and nothing here is deployed: these only poll an empty table.
        "PREFECT_API_SERVICES_SCHEDULER_ENABLED": "false",
        "PREFECT_API_SERVICES_LATE_RUNS_ENABLED": "false",
        "PREFECT_API_SERVICES_PAUSE_EXPIRATIONS_ENABLED": "false",
        "PREFECT_API_SERVICES_FOREMAN_ENABLED": "false",
        "PREFECT_API_SERVICES_TRIGGERS_ENABLED": "false",
        "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
        # The outbox remembers; Prefect's history, 18 KB a run, is for looking into what went wrong lately.
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(int(HISTORY.total_seconds())),
        **_offline(),
    }


def server_command(settings: Settings) -> list[str]:
    """The command of the embedded Prefect server: the server itself, since `prefect server start` keeps a second process."""
    return [
        sys.executable, "-m", "uvicorn", "--factory", "prefect.server.api.server:create_app",
        "--host", LOOPBACK, "--port", str(settings.prefect_port),
        "--log-level", "warning", "--no-access-log", "--timeout-keep-alive", "5",
        "--timeout-graceful-shutdown", "3", "--no-proxy-headers",
    ]  # fmt: skip


def _offline() -> dict[str, str]:
    return {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}

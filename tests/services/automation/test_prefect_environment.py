"""Prefect as the service sets it: asked of Prefect itself, which ignores a setting whose name it does not know."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from incubator.services.automation.prefect_environment import client_environment, prepare_process, server_environment
from incubator.settings import Settings

ASK = """
import json
from prefect.settings import get_current_settings
settings = get_current_settings()
server = settings.server
services = ("scheduler", "late_runs", "pause_expirations", "foreman", "triggers")
print(json.dumps({
    "api": settings.api.url,
    "patience": settings.api.request_timeout,
    "home": str(settings.home),
    "ephemeral": server.ephemeral.enabled,
    "analytics": server.analytics_enabled,
    "interface": server.ui.enabled,
    "database": server.database.connection_url.get_secret_value(),
    "vacuum": sorted(server.services.db_vacuum.enabled_vacuum_types),
    "history_days": server.services.db_vacuum.retention_period.days,
    "running": [name for name in services if getattr(server.services, name).enabled],
}))
"""


def prefect_with(environment: dict[str, str]) -> dict[str, Any]:
    """What Prefect takes from these variables."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    asked = subprocess.run([sys.executable, "-c", ASK], env={**kept, **environment}, capture_output=True, check=True)
    read: dict[str, Any] = json.loads(asked.stdout)
    return read


def test_the_server_stays_on_this_machine_tells_nobody_and_forgets_after_two_weeks(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, prefect_port=4299)
    prefect = prefect_with(server_environment(settings))
    assert prefect["home"] == str(tmp_path / "prefect")
    assert prefect["database"] == f"sqlite+aiosqlite:///{tmp_path / 'prefect' / 'prefect.db'}"
    assert (prefect["analytics"], prefect["interface"], prefect["running"]) == (False, False, [])
    assert prefect["vacuum"] == ["events", "flow_runs", "orphans"]
    assert prefect["history_days"] == 14


def test_flows_run_against_the_server_of_the_settings_and_no_other_is_ever_started(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, prefect_api_url="http://prefect.example:4200/api")
    prefect = prefect_with(client_environment(settings))
    assert prefect["api"] == "http://prefect.example:4200/api"
    assert (prefect["ephemeral"], prefect["analytics"], prefect["patience"]) == (False, False, 20)


def test_what_an_operator_set_for_prefect_stands_except_where_it_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(data_dir=tmp_path, prefect_port=4299)
    monkeypatch.setattr(
        os, "environ", {**os.environ, "PREFECT_HOME": "/elsewhere", "PREFECT_API_URL": "http://other/api"}
    )
    prepare_process(settings)
    assert os.environ["PREFECT_HOME"] == "/elsewhere"
    assert os.environ["PREFECT_API_URL"] == "http://127.0.0.1:4299/api"
    assert os.environ["PREFECT_SERVER_ALLOW_EPHEMERAL_MODE"] == "false"

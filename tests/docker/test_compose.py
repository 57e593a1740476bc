"""The container set-up speaks of settings, commands and files that exist; no container engine is needed to see that."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from incubator.cli import app
from incubator.settings import Settings

DOCKER = Path(__file__).resolve().parents[2] / "docker"
COMPOSE = DOCKER / "compose.yaml"


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    """The services of the compose file, its anchors resolved."""
    read: dict[str, dict[str, dict[str, Any]]] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    return read["services"]


def test_every_setting_that_is_given_is_one_that_the_service_knows(services: dict[str, dict[str, Any]]) -> None:
    known = {f"INCUBATOR_{name.upper()}" for name in Settings.model_fields}
    given = {name for service in services.values() for name in service["environment"] if name.startswith("INCUBATOR_")}
    assert given
    assert given <= known


def test_every_variable_stands_in_the_example() -> None:
    asked = set(re.findall(r"\$\{(\w+)", COMPOSE.read_text(encoding="utf-8")))
    example = (DOCKER / "example.env").read_text(encoding="utf-8")
    assert asked == set(re.findall(r"^(\w+)=", example, re.MULTILINE))


def test_every_command_exists(services: dict[str, dict[str, Any]]) -> None:
    commands = [" ".join(service["command"]) for service in services.values() if "command" in service]
    assert len(commands) == 5
    ours = get_command(app).commands  # type: ignore[attr-defined]
    for words in commands:
        for name in re.findall(r"\bincubator (\w+)", words.removesuffix("incubator --type process")):
            assert name in ours
        for module in re.findall(r"python -m ([\w.]+)", words):
            assert find_spec(module)


def test_whoever_waits_waits_for_somebody_who_says_when_he_is_ready(services: dict[str, dict[str, Any]]) -> None:
    for service in services.values():
        for name, how in service.get("depends_on", {}).items():
            assert how["condition"] != "service_healthy" or "test" in services[name]["healthcheck"]


def test_what_is_mounted_and_copied_is_there(services: dict[str, dict[str, Any]]) -> None:
    mounted = [volume.split(":")[0] for service in services.values() for volume in service["volumes"]]
    for path in mounted:
        assert not path.startswith("./") or (DOCKER / path).is_file()
    for path in re.findall(r"^COPY (\S+\.txt)", (DOCKER / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE):
        assert (DOCKER.parent / path).is_file()


def test_no_secret_and_no_address_of_a_package_index_is_written_down() -> None:
    for file in set(DOCKER.iterdir()) - {DOCKER / ".env"}:
        text = file.read_text(encoding="utf-8")
        hosts = set(re.findall(r"https?://([^/\s:]+)", text))
        assert hosts <= {"localhost", "127.0.0.1", "prefect"}
        assert not re.search(r"^\s*\w*(PASSWORD|SECRET_KEY)(: |=)(?!change-this|\$\{)\S", text, re.MULTILINE)

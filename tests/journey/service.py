"""The whole service as an operator runs it: `incubator serve` over a database, people with tokens, one clock for all."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2 as httpx
from sqlalchemy import Connection, select

from incubator.clock import SHANGHAI
from incubator.database import Database
from incubator.engine.roles import WHOLE_STREET, Role
from incubator.models.base import table
from incubator.models.streets import Street
from incubator.services.accounts import add_user, console
from incubator.services.passwords import hash_password
from incubator.services.people import RoleInArea
from incubator.services.service_clock import clock_for, move_to
from incubator.services.streets import communities_of
from tests.processes import SEALING_SECRET, Process, answers, free_port, python, started, until

PASSWORD = "Riverside-2026"


@dataclass
class Running:
    """A service that runs, and the machine's command line beside it."""

    environment: dict[str, str]
    port: int
    database: Database
    serve: Process
    doors: ExitStack

    @property
    def address(self) -> str:
        """Where the web listens."""
        return f"http://127.0.0.1:{self.port}"

    def move_to(self, moment: str) -> None:
        """Let it be this moment of Shanghai (`2026-09-18 09:00`) for every process."""
        move_to(self.database, datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI))

    def command(self, *arguments: str) -> str:
        """Run a command of the console and return what it prints."""
        return run_command(self.environment, *arguments)

    def person(self, username: str) -> Person:
        """Somebody with a token that outlives the clock's leaps."""
        with httpx.Client(base_url=f"{self.address}/api/v1/", timeout=30) as client:
            made = client.post("session", json={"username": username, "password": PASSWORD}).json()
            answer = client.post(
                "tokens",
                json={"name": "journey", "scopes": ["read", "cases:write", "import"], "expires_at": self._in_a_year()},
                headers={"x-csrf-token": made["csrf_token"]},
            )  # fmt: skip
        assert answer.status_code == 201, answer.text
        headers = {"authorization": f"Bearer {answer.json()['token']}"}
        client = httpx.Client(base_url=f"{self.address}/api/v1/", headers=headers, timeout=30)
        return Person(self.doors.enter_context(client))

    def _in_a_year(self) -> str:
        return (clock_for(self.database, "test").now() + timedelta(days=360)).isoformat()


@dataclass
class Person:
    """Somebody at work through the API."""

    client: httpx.Client

    def get(self, path: str, **query: Any) -> Any:
        answer = self.client.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, **body: Any) -> Any:
        answer = self.client.post(path, **body)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    def act(self, case: str, action: str, data: dict[str, Any] | None = None, **more: Any) -> Any:
        """Take an action on the case as it stands now."""
        version = self.get(f"cases/{case}")["version"]
        body = {"expected_version": version, "data": data or {}, **more}
        return self.post(f"cases/{case}/actions/{action}", json=body)

    def upload(self, case: str, content: bytes, *kinds: str) -> None:
        for kind in kinds:
            self.post(f"cases/{case}/documents", data={"kind": kind}, files={"file": (f"{kind}.pdf", content)})

    def until_at(self, case: str, step: str) -> Any:
        """Wait until automation has brought the case to a step, and read it there."""
        until(lambda: self.get(f"cases/{case}")["step"] == step, f"the case at {step}")
        return self.get(f"cases/{case}")


def run_command(environment: dict[str, str], *arguments: str) -> str:
    """Run a command of the console to its end; it must succeed."""
    done = subprocess.run(
        python("incubator.cli", *arguments), env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


# Who works in every centre; the worker for one community alone.
_OF_ONE_COMMUNITY, _EVERYBODY = (
    ("worker", Role.COMMUNITY_WORKER),
    (("officer", Role.OFFICER), ("director", Role.DIRECTOR), ("manager", Role.MANAGER)),
)


def _add(database: Database, people: Sequence[tuple[str, Role]], now: datetime) -> None:
    """Let these people work, with the password of all; one by one the console would take a second and more each."""
    password_hash = hash_password(PASSWORD)

    def write(connection: Connection) -> None:
        (street_id,) = connection.scalars(select(table(Street).c.id))
        community = communities_of(connection, street_id)["桂花社区"]
        areas = [(*_OF_ONE_COMMUNITY, community), *((*each, WHOLE_STREET) for each in (*_EVERYBODY, *people))]
        for username, role, area in areas:
            add_user(
                connection, street_id=street_id, username=username, password=PASSWORD, password_hash=password_hash,
                name=f"示例{username}", roles=[RoleInArea(role, area)], actor=console(street_id), now=now,
            )  # fmt: skip

    database.write(write)


@contextmanager
def running(database_url: str, folder: Path, *, now: str, people: Sequence[tuple[str, Role]] = ()) -> Iterator[Running]:
    """The service from before its first start: a street, four people and `people`, a clock that shows `now`."""
    port = free_port()
    environment = {
        "INCUBATOR_DATABASE_URL": database_url,
        "INCUBATOR_DATA_DIR": str(folder),
        "INCUBATOR_SECRET_KEY": SEALING_SECRET,
        "INCUBATOR_CLOCK": "test",
        "INCUBATOR_PORT": str(port),
        "INCUBATOR_PREFECT_PORT": str(free_port()),
        "INCUBATOR_PASSWORD": PASSWORD,
    }
    database = Database(database_url)
    process = Process(python("incubator.cli", "serve"), environment, folder / "serve.log")
    service = Running(environment, port, database, process, ExitStack())
    service.move_to(now)
    communities = ("桂花社区", "东门社区", "书院社区", "水井社区", "新桥社区", "北塔社区", "望江社区")
    named = [part for name in communities for part in ("--community", name)]
    service.command("street", "add", "--code", "510104001", "--name", "示例街道", "--district", "示例区", *named)
    _add(database, people, datetime.fromisoformat(now).replace(tzinfo=SHANGHAI).astimezone(UTC))
    try:
        with started(process), service.doors:
            until(lambda: answers(f"{service.address}/readyz"), "the web answers")
            yield service
    finally:
        database.close()

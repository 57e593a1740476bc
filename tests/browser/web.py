"""The web process alone over a centre's database, for stories that need neither worker nor Prefect; it may die in the middle."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from incubator.services.service_clock import move_to
from tests.api.centre import WebCentre
from tests.processes import SEALING_SECRET, Process, answers, free_port, python, started, until


@dataclass(frozen=True)
class Web:
    """The process and where it listens."""

    process: Process
    address: str

    def up(self) -> None:
        """Start it again, and wait until it answers."""
        self.process.start()
        until(lambda: answers(f"{self.address}/readyz"), "the web answers")


@contextmanager
def served(centre: WebCentre, url: str, folder: Path, *, now: datetime) -> Iterator[Web]:
    """The web over the centre's database at this moment."""
    port = free_port()
    move_to(centre.database, now)
    environment = {
        "INCUBATOR_DATABASE_URL": url, "INCUBATOR_DATA_DIR": str(folder), "INCUBATOR_SECRET_KEY": SEALING_SECRET,
        "INCUBATOR_CLOCK": "test", "INCUBATOR_PORT": str(port),
    }  # fmt: skip
    web = Web(Process(python("api"), environment, folder / "web.log"), f"http://127.0.0.1:{port}")
    with started(web.process):
        until(lambda: answers(f"{web.address}/readyz"), "the web answers")
        yield web

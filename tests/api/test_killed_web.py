"""A web process killed between any two statements of a request: nothing acknowledged is lost, nothing is done twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from sqlalchemy import func, select

from incubator.engine.streams import verify
from incubator.models.automation import Outbox
from incubator.models.base import table
from incubator.models.cases import IdempotentAnswer, WorkItem
from incubator.models.events import Event
from incubator.services.case_documents import attach
from incubator.services.opening import open_for_organization
from incubator.services.uploads import keep_upload
from tests.api.centre import PDF, WebCentre
from tests.procedures.world import APPLICATION, APPLICATION_PAPERS
from tests.processes import SEALING_SECRET, answers, free_port, until

pytestmark = pytest.mark.xdist_group("processes")


class KillableWeb:
    """Web processes of one database, each living as long as it is told."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process, self.port = process, port

    def up_to(self, statement: int) -> None:
        """Start one that dies before this statement; with 0 it lives on."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{statement}\n")
        self.process.stdin.flush()
        until(lambda: answers(f"http://127.0.0.1:{self.port}/healthz"), "the web answers")

    def gone(self) -> None:
        """Wait until it is."""
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "gone\n"

    def end(self) -> None:
        """End the one that lives."""
        for child in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split():
            os.kill(int(child), signal.SIGKILL)
        self.gone()

    def submit(self, token: str, case: str) -> httpx.Response:
        """Hand in the application of a case, under one key however often."""
        return httpx.post(
            f"http://127.0.0.1:{self.port}/api/v1/cases/{case}/actions/submit",
            json={"expected_version": 1, "data": {**APPLICATION, "name": f"桂花社区{case[:6]}合唱团"}},
            headers={"authorization": token, "idempotency-key": f"submit-{case}"},
            timeout=30,
        )


@contextmanager
def killable_web(centre: WebCentre, database_url: str) -> Iterator[KillableWeb]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.api.killable_web"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={
            **os.environ,
            "INCUBATOR_DATABASE_URL": database_url,
            "INCUBATOR_DATA_DIR": str(centre.service.settings.data_dir),
            "INCUBATOR_SECRET_KEY": SEALING_SECRET,
            "INCUBATOR_PORT": str(port),
        },
    )
    try:
        yield KillableWeb(process, port)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def ready_case(centre: WebCentre, name: str) -> str:
    """A filing whose papers lie there, so that handing it in is all that is left."""
    organization = centre.enter(name)
    upload = keep_upload(centre.service.settings.data_dir, filename="材料.pdf", content=PDF, most_mb=1)
    worker = centre.people["worker"]

    def make(connection: Any) -> str:
        now = centre.clock.now()
        case = open_for_organization(connection, organization=organization, procedure="filing", actor=worker, now=now)
        for kind in APPLICATION_PAPERS:
            attach(connection, case=case.case_id, kind=kind, upload=upload, actor=worker, now=now)
        return case.case_id

    return centre.database.write(make)


def what_stands(centre: WebCentre, case: str) -> tuple[Any, ...]:
    """Step, version, hand-ins recorded, open work items, outbox rows and kept answers of a case; its chain must hold."""
    row = centre.case_row(case)

    def count(connection: Any, model: Any, *conditions: Any) -> int:
        return connection.scalar(select(func.count()).select_from(table(model)).where(*conditions)) or 0

    events, items, outbox, kept = table(Event).c, table(WorkItem).c, table(Outbox).c, table(IdempotentAnswer).c
    with centre.database.read() as connection:
        assert verify(connection, "case", row.id) == []
        assert verify(connection, "organization", row.organization_id) == []
        return (
            row.step,
            row.version,
            count(connection, Event, events.subject_id == row.id, events.type == "case.submit"),
            count(connection, WorkItem, items.case_id == row.id, items.done_at.is_(None)),
            count(connection, Outbox, outbox.case_id == row.id, outbox.task == "filing.screen"),
            count(connection, IdempotentAnswer, kept.idempotency_key == f"submit-{case}"),
        )


BEFORE, AFTER = ("application", 1, 0, 1, 0, 0), ("screening", 2, 1, 0, 1, 1)


def test_a_web_process_killed_between_any_two_statements_loses_and_doubles_nothing(
    centre: WebCentre, database_url: str
) -> None:
    token = centre.program("worker").headers["authorization"]
    killed: list[str] = []
    with killable_web(centre, database_url) as web:
        for statement in range(1, 200):
            case = ready_case(centre, f"第{statement}支合唱团")
            web.up_to(statement)
            try:
                answer = web.submit(token, case)
            except httpx.HTTPError:
                web.gone()
                assert what_stands(centre, case) in (BEFORE, AFTER), statement
                killed.append(case)
                continue
            assert answer.status_code == 200, answer.text
            assert what_stands(centre, case) == AFTER
            break
        assert len(killed) > 4
        assert what_stands(centre, killed[0]) == BEFORE
        web.end()
        web.up_to(0)
        for case in killed:
            answer = web.submit(token, case)
            assert (answer.status_code, answer.json()["step"]) == (200, "screening"), answer.text
            assert what_stands(centre, case) == AFTER
        web.end()

"""`incubator serve`: refuses what cannot work before it starts anything, and keeps the processes of the service running."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import psutil
import pytest

from incubator.database import Database
from incubator.services.automation import heartbeat
from incubator.services.service_clock import clock_for
from tests.cli.console import console_of
from tests.processes import Process, answers, free_port, python, started, until


@pytest.fixture
def environment(sqlite_url: str, tmp_path: Path) -> dict[str, str]:
    """The settings of a service on a migrated SQLite database, its ports free."""
    return {
        "INCUBATOR_DATABASE_URL": sqlite_url,
        "INCUBATOR_DATA_DIR": str(tmp_path),
        "INCUBATOR_PORT": str(free_port()),
        "INCUBATOR_PREFECT_PORT": str(free_port()),
    }


def served(environment: dict[str, str], log: Path) -> Process:
    return Process(python("incubator.cli", "serve"), environment, log)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        (
            "INCUBATOR_PORT",
            "eighty",
            ("INCUBATOR_PORT=eighty", "请更正该环境变量", "Correct this environment variable"),
        ),
        ("INCUBATOR_CLOCK", "moon", ("INCUBATOR_CLOCK=moon", "请更正该环境变量", "Correct this environment variable")),
        (
            "INCUBATOR_WEB_PROCESSES",
            "4",
            ("INCUBATOR_WEB_PROCESSES", "SQLite 只支持一个网页进程", "SQLite serves one web"),
        ),
        ("INCUBATOR_DATA_DIR", "{file}/data", ("{file}/data", "无法写入", "cannot be written")),
        ("INCUBATOR_PORT", "{busy}", ("{busy}", "请停止占用该端口的程序", "Stop what uses it")),
        ("INCUBATOR_PREFECT_PORT", "{busy}", ("{busy}", "INCUBATOR_PREFECT_PORT", "Stop what uses it")),
    ],
)
def test_what_cannot_work_is_refused_in_both_languages_before_anything_starts(
    name: str, value: str, words: tuple[str, ...], environment: dict[str, str], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    running = psutil.Process().children()
    file = tmp_path / "file"
    file.write_text("no folder")
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        for each, its_value in {**environment, name: value.format(file=file, busy=port)}.items():
            monkeypatch.setenv(each, its_value)
        said = console_of(monkeypatch, capsys)("serve")
    assert said.code == 1
    for word in words:
        assert word.format(file=file, busy=port) in said.err
    assert psutil.Process().children() == running


@pytest.mark.parametrize("fault", ["newer", "unreachable", "damaged"])
def test_a_database_that_cannot_be_used_is_refused_in_both_languages(
    fault: str, environment: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "incubator.db"
    if fault == "newer":
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
            connection.commit()
    elif fault == "damaged":
        path.write_bytes(b"no database, whatever its name says" * 1000)
    else:
        address = f"postgresql://nobody@127.0.0.1:{free_port()}/incubator"
        environment["INCUBATOR_DATABASE_URL"] = address
    process = served(environment, tmp_path / "log")
    with started(process):
        assert process.wait() == 1
    assert "请检查 INCUBATOR_DATABASE_URL" in process.output
    assert "Check INCUBATOR_DATABASE_URL" in process.output
    assert "Traceback" not in process.output


@pytest.mark.xdist_group("processes")
def test_the_service_survives_the_death_of_its_web_and_leaves_nothing_running(
    environment: dict[str, str], tmp_path: Path
) -> None:
    # The test clock, not moved: the worker then looks more often.
    supervisor = served({**environment, "INCUBATOR_CLOCK": "test"}, tmp_path / "log")
    page = f"http://127.0.0.1:{environment['INCUBATOR_PORT']}/healthz"
    database = Database(environment["INCUBATOR_DATABASE_URL"])

    def automation_works() -> bool:
        with database.read() as connection:
            return heartbeat.automation(connection, clock_for(database, "system").now()).works

    def child(module: str) -> int:
        for each in psutil.Process(supervisor.pid).children():
            with suppress(psutil.Error):  # it has just ended
                if module in each.cmdline():
                    return each.pid
        return 0

    with started(supervisor):
        until(lambda: answers(page), "the first page")
        web = child("api")
        os.kill(web, signal.SIGKILL)
        until(lambda: child("api") not in {0, web}, "another web process")
        until(lambda: answers(page), "its first page")
        until(automation_works, "automation, which starts after the web")
        everybody = psutil.Process(supervisor.pid).children(recursive=True)
        assert {"api", "schedules"} <= {word for each in everybody for word in each.cmdline()}
        assert supervisor.stop() == 0
        assert not [each for each in everybody if each.is_running()]
    database.close()
    assert environment["INCUBATOR_PORT"] in supervisor.output
    assert "服务已启动" in supervisor.output
    assert "The service is up" in supervisor.output

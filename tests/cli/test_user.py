"""`incubator user add`: an account with its role, its password never an argument."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from incubator.clock import SystemClock
from incubator.database import Database
from incubator.engine.roles import Grant, Role
from incubator.models.base import table
from incubator.models.streets import Account
from incubator.services.passwords import fits
from incubator.services.people import actor_of
from incubator.services.streets import communities_of
from tests.cli.console import Console, console_of

STREET = ["street", "add", "--code", "000001", "--name", "示例街道", "--community", "东社区", "--community", "西社区"]
PASSWORD = "Riverside-2026"


def account(database: Database, username: str) -> tuple[int, str]:
    accounts = table(Account)
    with database.read() as connection:
        row = connection.execute(select(accounts).where(accounts.c.username == username)).one()
    return row.person_id, row.password_hash


def test_a_community_worker_gets_the_communities_that_were_named(console: Console, database: Database) -> None:
    console(*STREET)
    added = console(
        "user", "add", "Worker", "--name", "示例甲", "--role", "community_worker", "--community", "东社区",
        "--community", "西社区", typed=f"{PASSWORD}\n",
    )  # fmt: skip
    assert (added.code, "已添加用户 worker" in added.out) == (0, True)
    person, password_hash = account(database, "worker")
    assert fits(PASSWORD, password_hash)
    with database.read() as connection:
        communities = communities_of(connection, 1)
        # A role holds from the machine's own day on.
        actor = actor_of(connection, person, SystemClock().now())
    assert actor.grants == tuple(Grant(Role.COMMUNITY_WORKER, 1, key) for key in communities.values())


def test_the_password_may_come_from_the_environment(
    console: Console, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    console(*STREET)
    monkeypatch.setenv("INCUBATOR_PASSWORD", PASSWORD)
    assert console("user", "add", "director", "--name", "示例乙", "--role", "director").code == 0
    assert fits(PASSWORD, account(database, "director")[1])


OFFICER = ["--name", "示例甲", "--role", "officer"]
UNFIT = [
    (["officer", *OFFICER], "short\n", "密码长度须为10至200个字符"),
    (["officer", *OFFICER], "", "密码长度须为10至200个字符"),
    (["o", *OFFICER], f"{PASSWORD}\n", "用户名为2至40位"),
    (["officer", "--name", " ", "--role", "officer"], f"{PASSWORD}\n", "请填写姓名"),
    (["worker", "--name", "示例甲", "--role", "community_worker"], f"{PASSWORD}\n", "社区工作者须指定所在社区"),
    (["officer", *OFFICER, "--community", "南社区"], f"{PASSWORD}\n", "本街道没有社区“南社区”"),
]


def test_what_does_not_fit_is_refused_in_words_and_adds_nobody(console: Console, database: Database) -> None:
    console(*STREET)
    for arguments, typed, says in UNFIT:
        refused = console("user", "add", *arguments, typed=typed)
        assert (refused.code, says in refused.err) == (1, True)
    with database.read() as connection:
        assert connection.execute(select(table(Account).c.id)).all() == []


def test_at_a_terminal_the_password_is_typed_twice_and_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    console_of(monkeypatch, capsys)(*STREET, "--data-dir", str(tmp_path))
    terminal, theirs = pty.openpty()
    command = [sys.executable, "-m", "incubator.cli", "user", "add", "officer", *OFFICER, "--data-dir", str(tmp_path)]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True) as process:
        os.close(theirs)
        shown = read_until(terminal, "Password: ")
        os.write(terminal, f"{PASSWORD}\n".encode())
        shown += read_until(terminal, "Again: ")
        os.write(terminal, f"{PASSWORD}\n".encode())
        shown += read_until(terminal, "User added")
    os.close(terminal)
    assert process.returncode == 0
    assert PASSWORD not in shown


def read_until(terminal: int, words: str) -> str:
    # The space behind a prompt comes last, once what is typed is no longer shown.
    shown = ""
    while words not in shown:
        shown += os.read(terminal, 1024).decode(errors="replace")
    return shown


def test_an_unknown_role_is_a_usage_error(console: Console) -> None:
    assert console("user", "add", "officer", "--name", "示例甲", "--role", "king").code == 2

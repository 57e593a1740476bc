"""`incubator demo`: the service with a sample street, prepared once and served from then on."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from incubator.cli.options import DataDir, settings_with
from incubator.settings import Settings
from incubator.text import Text

FOLDER = Path("data") / "demo"


def demo(
    host: Annotated[str | None, typer.Option(help="监听地址 / Where the web listens")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="网页端口 / The web's port")] = None,
    data_dir: DataDir = None,
) -> None:
    """启动示例街道（首次启动时先准备数据） / Serve a sample street, prepared at the first start"""
    from incubator.cli.serve import SettingsDisagree, check

    settings = settings_with(host=host, port=port, data_dir=data_dir)
    if "data_dir" not in settings.model_fields_set:
        settings = settings_with(host=host, port=port, data_dir=FOLDER)
    if settings.database_url:
        raise SettingsDisagree(
            Text(
                "示例街道使用数据目录中的 SQLite 数据库：请先取消 INCUBATOR_DATABASE_URL。",
                "The sample street keeps its own SQLite database in the data folder: unset INCUBATOR_DATABASE_URL first.",
            )
        )
    check(settings)
    prepare(settings)
    _tell_accounts()
    sys.stdout.flush()
    # The service takes this process's place: what the preparation loaded need not stay in memory.
    command = ["serve", "--host", settings.host, "--port", str(settings.port), "--data-dir", str(settings.data_dir)]
    os.execv(sys.executable, [sys.executable, "-m", "incubator.cli", *command])  # noqa: S606


def prepare(settings: Settings) -> None:
    """Prepare the sample street in the data folder unless it is there. Raises FolderHoldsOtherData."""
    import logging

    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn

    from incubator.clock import SystemClock
    from incubator.logging import configure
    from incubator.samples.preparing import prepare as prepare_folder

    configure("demo", level=logging.WARNING)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        doing = progress.add_task("准备示例街道 / Preparing the sample street", total=None)
        prepare_folder(
            settings.data_dir,
            SystemClock().now(),
            lambda done, moves: progress.update(doing, completed=done, total=moves),
        )


def _tell_accounts() -> None:
    from rich.console import Console
    from rich.table import Table

    from incubator.engine.roles import ROLE_NAMES
    from incubator.samples.people import ACCOUNTS, PASSWORD

    shown = Table(title=f"示例账号，密码均为 {PASSWORD}\nDemo accounts, all with the password {PASSWORD}")
    for column in ("用户名 / username", "角色 / role", "社区 / communities"):
        shown.add_column(column)
    for account in ACCOUNTS:
        role = ROLE_NAMES[account.role]
        shown.add_row(account.username, f"{role.zh} / {role.en}", "、".join(account.communities))
    Console(highlight=False).print(shown)

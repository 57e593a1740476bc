"""Brings the database to this version's schema, and says in words why it cannot be reached."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import ClassVar

from incubator.errors import Refused
from incubator.migrations import newest_revision
from incubator.settings import Settings
from incubator.text import Text


class DataFolderUnusable(Refused):
    """The data folder cannot be made or written."""

    status: ClassVar[int] = 503
    code: ClassVar[str] = "data_folder_unusable"
    title: ClassVar[Text] = Text("数据目录不可用", "The data folder cannot be used")


def check_data_folder(settings: Settings) -> None:
    """Make the data folder; DataFolderUnusable where it cannot be made or written."""
    folder = settings.data_dir.resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        usable = os.access(folder, os.W_OK | os.X_OK)
    except OSError:
        usable = False
    if not usable:
        raise DataFolderUnusable(
            Text(
                f"无法写入 {folder}。请检查目录权限，或用 --data-dir（INCUBATOR_DATA_DIR）另指定目录。",
                f"{folder} cannot be written. Check its permissions, or name another with --data-dir (INCUBATOR_DATA_DIR).",
            )
        )


def seen_current(settings: Settings) -> bool:
    """Whether a look into the SQLite file, which costs nothing, shows this version's schema; False also for PostgreSQL."""
    url = settings.effective_database_url
    path = Path(url.removeprefix("sqlite:///"))
    if not url.startswith("sqlite:///") or not path.is_file():
        return False
    try:
        with closing(sqlite3.connect(path)) as connection:
            stored = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    except sqlite3.Error:
        return False
    return stored == [(newest_revision(),)]


def upgrade(settings: Settings) -> None:
    """Run the missing migrations; DatabaseUnusable where the database does not answer or is not ours."""
    from alembic.util import CommandError
    from sqlalchemy.exc import SQLAlchemyError

    from incubator.services import upgrade as migrations

    check_data_folder(settings)
    try:
        migrations.upgrade(settings.effective_database_url)
    except (SQLAlchemyError, CommandError, OSError) as error:
        raise migrations.DatabaseUnusable.because_of(error) from error

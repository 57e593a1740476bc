"""The sample street's data folder: prepared in a folder beside, and moved into place once it is whole."""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from incubator.database import Database
from incubator.errors import Conflict
from incubator.models.base import table
from incubator.models.streets import Street
from incubator.samples.street import CODE, Progress, build
from incubator.text import Text

DATABASE = "incubator.db"


class FolderHoldsOtherData(Conflict):
    """The data folder is somebody's, and not the sample's."""

    code = "folder_holds_other_data"
    title = Text("数据目录中已有其他数据", "The data folder holds other data")


def is_prepared(data_dir: Path) -> bool:
    """Whether the sample street lies in the data folder. Raises FolderHoldsOtherData where something else does."""
    if not data_dir.exists() or not any(data_dir.iterdir()):
        return False
    if (data_dir / DATABASE).exists():
        database = Database(f"sqlite:///{(data_dir / DATABASE).resolve()}", pool_size=1)
        try:
            with database.read() as connection:
                if connection.dialect.has_table(connection, "street"):
                    streets = table(Street)
                    if connection.scalar(select(streets.c.id).where(streets.c.code == CODE)) is not None:
                        return True
        finally:
            database.close()
    raise FolderHoldsOtherData(
        Text(
            f"{data_dir} 中没有示例街道，却有其他文件。请用 --data-dir 指定一个空目录。",
            f"{data_dir} holds something, but not the sample street. Name an empty folder with --data-dir.",
        )
    )


def prepare(data_dir: Path, now: datetime, progress: Progress = lambda done, moves: None) -> bool:
    """Prepare the sample street in the data folder, all or nothing; False where it is there already.

    It is prepared in a folder beside and moved into place, so that an interrupted attempt leaves nothing that counts.
    """
    data_dir = data_dir.resolve()
    if is_prepared(data_dir):
        return False
    _remove_abandoned(data_dir)
    aside = _aside(data_dir, os.getpid())
    try:
        build(aside, now, progress)
        _sync(aside / DATABASE)
        if data_dir.exists():
            data_dir.rmdir()
        data_dir.parent.mkdir(parents=True, exist_ok=True)
        aside.rename(data_dir)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return True


def _sync(path: Path) -> None:
    """Let the disk have a file that was written without waiting for it."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _aside(data_dir: Path, process: int) -> Path:
    return data_dir.with_name(f".{data_dir.name}.preparing.{process}")


def _remove_abandoned(data_dir: Path) -> None:
    """Remove what attempts left that were killed; one of a process that runs is its own."""
    for left in data_dir.parent.glob(f".{data_dir.name}.preparing.*"):
        if not _runs(int(left.suffix[1:])):
            shutil.rmtree(left, ignore_errors=True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True

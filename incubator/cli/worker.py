"""`incubator worker`: one worker process in the foreground, for a set-up with several machines."""

from __future__ import annotations

import os
import sys

from incubator.cli.options import DataDir, settings_with


def worker(data_dir: DataDir = None) -> None:
    """启动自动办理进程 / Run a worker: the clock, the relay and the flows"""
    from incubator.cli.schema import check_data_folder

    settings = settings_with(data_dir=data_dir)
    check_data_folder(settings)
    # The worker takes this process's place: signals and the exit code are its own.
    os.environ["INCUBATOR_DATA_DIR"] = str(settings.data_dir)
    os.execv(sys.executable, [sys.executable, "-m", "schedules"])  # noqa: S606

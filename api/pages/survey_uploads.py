"""A survey's file between its preview and its confirmation: kept for the person who sent it, for an hour."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta
from pathlib import Path

from incubator.errors import NotFound
from incubator.text import Text

KEPT_FOR = timedelta(hours=1)
_FOLDER = "survey-uploads"
_SHA256 = re.compile("[0-9a-f]{64}")


def keep(data_dir: Path, person_id: int, content: bytes, now: datetime) -> str:
    """Keep the file and return what it is asked for by; whatever lies longer than its time is deleted."""
    folder = data_dir / _FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    forget_old(folder, now)
    sha256 = hashlib.sha256(content).hexdigest()
    path = _path(data_dir, person_id, sha256, now)
    path.write_bytes(content)
    return sha256


def kept(data_dir: Path, person_id: int, upload: str, now: datetime) -> bytes:
    """The file that this person sent. NotFound where it is not there any more."""
    if _SHA256.fullmatch(upload):
        for path in (data_dir / _FOLDER).glob(f"{person_id}-{upload}-*"):
            if not _is_old(path, now):
                return path.read_bytes()
    raise NotFound(
        Text(
            "预览已过期，未写入任何内容。请重新上传摸底表。",
            "The preview is too old and nothing was written: send the survey again.",
        )
    )


def forget_old(folder: Path, now: datetime) -> None:
    """Delete what nobody confirmed in time: it holds telephone numbers."""
    for path in folder.glob("*-*-*"):
        if _is_old(path, now):
            path.unlink(missing_ok=True)


def _path(data_dir: Path, person_id: int, sha256: str, now: datetime) -> Path:
    # The moment stands in the name, by the service's clock and not by the disk's.
    return data_dir / _FOLDER / f"{person_id}-{sha256}-{int(now.timestamp())}"


def _is_old(path: Path, now: datetime) -> bool:
    since = now - datetime.fromtimestamp(int(path.name.rpartition("-")[2]), tz=now.tzinfo)
    return not timedelta() <= since < KEPT_FOR

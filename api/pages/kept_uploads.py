"""A file to import, between its preview and its confirmation: kept for the person who sent it, for an hour."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime, timedelta
from pathlib import Path

from incubator.errors import NotFound
from incubator.text import Text

KEPT_FOR = timedelta(hours=1)
_MOST = 5  # files of one person: who tries again and again fills no disk
_FOLDER = "kept-uploads"
_SHA256 = re.compile("[0-9a-f]{64}")


def keep(data_dir: Path, person_id: int, content: bytes, now: datetime) -> str:
    """Keep the file and return what it is asked for by: its hash."""
    folder = data_dir / _FOLDER
    # It holds telephone numbers: nobody but the service looks into it.
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    sha256 = hashlib.sha256(content).hexdigest()
    for path in folder.glob(f"{person_id}-{sha256}-*"):
        path.unlink(missing_ok=True)
    # The moment stands in the name, by the service's clock and not by the disk's.
    moment = int(now.timestamp())
    # Written aside and renamed, so that nobody ever reads half a file.
    aside = folder / f"part-{secrets.token_hex(8)}-{moment}"
    aside.write_bytes(content)
    aside.replace(folder / f"{person_id}-{sha256}-{moment}")
    for old in sorted(folder.glob(f"{person_id}-*"), key=_since, reverse=True)[_MOST:]:
        old.unlink(missing_ok=True)
    forget_old(data_dir, now)
    return sha256


def kept(data_dir: Path, person_id: int, upload: str, now: datetime) -> bytes:
    """The file that this person sent. NotFound where it is not there any more."""
    if _SHA256.fullmatch(upload):
        for path in (data_dir / _FOLDER).glob(f"{person_id}-{upload}-*"):
            if not _is_old(path, now):
                try:
                    return path.read_bytes()
                except FileNotFoundError:  # deleted just now by another request
                    continue
    raise NotFound(
        Text(
            "预览已过期，未写入任何内容。请重新上传文件。",
            "The preview is too old and nothing was written: send the file again.",
        )
    )


def forget_old(data_dir: Path, now: datetime) -> None:
    """Delete what nobody confirmed in time, and what a kill left half written."""
    for path in (data_dir / _FOLDER).glob("*-*-*"):
        if _is_old(path, now):
            path.unlink(missing_ok=True)


def _since(path: Path) -> int:
    return int(path.name.rpartition("-")[2])


def _is_old(path: Path, now: datetime) -> bool:
    since = now - datetime.fromtimestamp(_since(path), tz=now.tzinfo)
    return not timedelta() <= since < KEPT_FOR

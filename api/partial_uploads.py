"""Files that are still arriving through a link: appended piece by piece in the data folder, where several processes share it.

How much of a file is there is what its size on the disk says, so that a process that is killed in the middle loses
nothing that it wrote and claims nothing that it did not.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from incubator.errors import Conflict, NotFound
from incubator.text import Text

KEPT_FOR = timedelta(days=7)  # what nobody goes on with in that time is thrown away
_FOLDER = "link-uploads"
_NAME = re.compile("[0-9a-f]{32}")


class NotThere(NotFound):
    """No upload of that name is under way through this link."""

    def __init__(self) -> None:
        super().__init__(Text("这个文件未在上传，请重新选择", "This file is not being uploaded: choose it again"))


class AnotherOffset(Conflict):
    """The piece does not begin where the file ends: another try was quicker."""

    def __init__(self) -> None:
        super().__init__(Text("上传进度已变化，将自动接续", "The upload stands elsewhere: it goes on by itself"))


@dataclass(frozen=True, slots=True)
class Begun:
    """What is known of a file before it is there."""

    filename: str
    size: int
    point: int
    begun: int  # seconds since 1970, by the service's clock


@dataclass(frozen=True, slots=True)
class Partial:
    """A file that is arriving: its name among the link's, what was announced of it, and how many bytes are there."""

    name: str
    begun: Begun
    offset: int


class PartialUploads:
    """The unfinished files of one link, by the link's public id."""

    def __init__(self, data_dir: Path, link: str) -> None:
        if not _NAME.fullmatch(link):
            raise NotThere
        self._all = data_dir / _FOLDER
        self._own = self._all / link

    def begin(self, begun: Begun) -> str:
        """Make room for a file; returns the name that it is gone on with."""
        # It holds photos of people's papers: nobody but the service looks into it.
        self._own.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = secrets.token_hex(16)
        self._path(name, "json").write_text(json.dumps(asdict(begun), ensure_ascii=False), encoding="utf-8")
        self._path(name, "part").touch(mode=0o600)  # an upload is there once this file is
        return name

    def find(self, name: str) -> Partial:
        """The upload of that name. Raises NotThere."""
        try:
            offset = self._path(name, "part").stat().st_size
            begun = Begun(**json.loads(self._path(name, "json").read_text(encoding="utf-8")))
            return Partial(name, begun, offset)
        except FileNotFoundError:
            raise NotThere from None

    def all(self) -> list[Partial]:
        """The link's uploads, the oldest first."""
        found = []
        for path in self._own.glob("*.part"):
            try:
                found.append(self.find(path.stem))
            except NotThere:  # finished just now by another request
                continue
        return sorted(found, key=lambda each: (each.begun.begun, each.name))

    def append(self, name: str, offset: int, piece: bytes) -> int:
        """Add a piece that begins at `offset`; returns where the file ends now. Raises AnotherOffset, NotThere.

        The lock lasts for this one piece: a connection that was lost and does not know it yet holds up nobody, and the
        first of two tries that go on from the same place wins.
        """
        try:
            file = os.open(self._path(name, "part"), os.O_WRONLY | os.O_APPEND)
        except FileNotFoundError:
            raise NotThere from None
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            if os.fstat(file).st_size != offset:
                raise AnotherOffset
            view = memoryview(piece)
            while view:
                view = view[os.write(file, view) :]
            return offset + len(piece)
        finally:
            os.close(file)

    def content(self, name: str) -> bytes:
        """What has arrived of a file. Raises NotThere."""
        try:
            return self._path(name, "part").read_bytes()
        except FileNotFoundError:
            raise NotThere from None

    def forget(self, name: str) -> None:
        """Throw a file away."""
        for ending in ("part", "json"):
            self._path(name, ending).unlink(missing_ok=True)

    def forget_old(self, now: datetime) -> None:
        """Throw away what nobody went on with, of whatever link; whoever begins an upload clears up."""
        oldest = (now - KEPT_FOR).timestamp()
        for path in self._all.glob("*/*.json"):
            try:
                begun = json.loads(path.read_text(encoding="utf-8"))["begun"]
            except FileNotFoundError:
                continue
            except ValueError:  # being written just now, or left so by a kill
                begun = path.stat().st_mtime
            if begun < oldest:
                path.unlink(missing_ok=True)
                path.with_suffix(".part").unlink(missing_ok=True)

    def _path(self, name: str, ending: str) -> Path:
        if not _NAME.fullmatch(name):
            raise NotThere
        return self._own / f"{name}.{ending}"

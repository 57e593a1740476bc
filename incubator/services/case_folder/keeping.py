"""A folder that was made waits for its maker for an hour; who made it, and its hash, stay on record for good."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Connection, select

from incubator.engine.roles import Actor
from incubator.engine.streams import Entry, append
from incubator.errors import NotAllowed, NotFound
from incubator.models.base import table
from incubator.models.cases import Case
from incubator.models.events import Event
from incubator.queries.case_file import read_case
from incubator.queries.visibility import visible_to
from incubator.services.personal import Subject, reveal
from incubator.text import Text

MADE = "access.folder_made"
_FOLDER = "folders"
_WAITS = timedelta(hours=1)
_LOOKED_AT = 200  # of an account's latest folders
_EVENTS, _CASES = table(Event), table(Case)


@contextmanager
def new_file(data_dir: Path) -> Iterator[BinaryIO]:
    """A file to write a folder to; gone afterwards unless it was kept."""
    place = data_dir / _FOLDER
    place.mkdir(parents=True, exist_ok=True)
    path = place / f"making.{secrets.token_hex(8)}"
    try:
        with path.open("w+b") as file:
            path.chmod(0o600)
            yield file
    finally:
        path.unlink(missing_ok=True)


def keep(data_dir: Path, file: BinaryIO, sha256: str, now: datetime) -> None:
    """Let a made folder wait under its hash; what waited for longer than an hour is cleared away."""
    file.flush()
    clear(data_dir, now)
    path = data_dir / _FOLDER / sha256
    Path(file.name).replace(path)
    os.utime(path, (now.timestamp(), now.timestamp()))


def clear(data_dir: Path, now: datetime) -> None:
    """Remove the folders that nobody fetched in time."""
    for path in (data_dir / _FOLDER).glob("*"):
        try:
            if path.stat().st_mtime < (now - _WAITS).timestamp():
                path.unlink()
        except FileNotFoundError:  # another request was quicker
            continue


def waiting(connection: Connection, data_dir: Path, actor: Actor, case_id: str, sha256: str, now: datetime) -> Path:
    """Where the folder lies that this very account made of that case. NotFound where there is none (any more)."""
    bodies = connection.scalars(
        select(_EVENTS.c.body)
        .where(_EVENTS.c.stream == "access", _EVENTS.c.subject_id == actor.account_id, _EVENTS.c.type == MADE)
        .order_by(_EVENTS.c.id.desc())
        .limit(_LOOKED_AT)
    )
    made = ((change["case"], change["sha256"]) for change in (json.loads(body)["change"] for body in bodies))
    seen = select(_CASES.c.id).where(_CASES.c.public_id == case_id, visible_to(actor, _CASES))
    path = data_dir / _FOLDER / sha256
    known = (case_id, sha256) in made and connection.scalar(seen) is not None
    if not known or not path.is_file() or path.stat().st_mtime < (now - _WAITS).timestamp():
        raise NotFound(
            Text("该案卷已不再保留，请重新成册", "The folder is not kept any more: make it again"),
        )
    return path


def reveal_all(connection: Connection, *, case_id: str, reason: str, actor: Actor, now: datetime) -> dict[str, str]:
    """The personal values of a case in full, by 'step.field', each reveal recorded with its reason.

    Raises Invalid without a reason, NotAllowed for a role that may not, NotFound outside the area.
    """
    file = read_case(connection, actor, case_id, now)
    subject = Subject("case", file.case.id)
    return {
        field: reveal(connection, subject=subject, field=field, reason=reason, actor=actor, now=now)
        for field in file.personal
    }


def note_made(
    connection: Connection, *, case_id: str, street_id: int, sha256: str, pages: int, masked: bool, reason: str,
    actor: Actor, now: datetime,
) -> None:  # fmt: skip
    """Write on the maker's access stream that a folder was made: of which case, and the hash that it can be known by."""
    if not actor.account_id:
        raise NotAllowed(Text("请先登录再成册", "Sign in first: the folder is recorded on the account"))
    change = {"case": case_id, "sha256": sha256, "pages": pages, "masked": masked}
    entry = Entry("access", actor.account_id, street_id, MADE, actor, change, comment=reason.strip())
    append(connection, entry, now=now)

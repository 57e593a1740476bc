"""The audit of the whole record: every stream's chain, every personal commitment, every document's content."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, func, select

from incubator.engine.streams import HEADS, verify
from incubator.models.base import table
from incubator.models.events import PersonalValue
from incubator.models.organizations import Document
from incubator.sealing import Sealer, current_sealer
from incubator.services.documents import content_path


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that does not hold: what (`case 12 event 3`), and how (gap, hash, columns, head, commitment, content)."""

    what: str
    fault: str


@dataclass(frozen=True, slots=True)
class Audit:
    """What was looked at, and what does not hold."""

    streams: int
    personal_values: int
    documents: int
    faults: tuple[Fault, ...]


def audit(
    connection: Connection, data_dir: Path, *, progress: Callable[[int, int], None] = lambda done, all_of_it: None
) -> Audit:
    """Look at everything recorded; `progress` is told how much of how much is done."""
    subjects = [
        (stream, key)
        for stream, model in HEADS.items()
        for key in connection.scalars(select(table(model).c.id).order_by(table(model).c.id))
    ]
    values, documents = table(PersonalValue), table(Document)
    count_values = connection.scalar(select(func.count()).select_from(values).where(values.c.erased_at.is_(None))) or 0
    contents = set(connection.scalars(select(documents.c.sha256)))
    whole = len(subjects) + count_values + len(contents)
    faults: list[Fault] = []
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        progress(done, whole)

    for stream, key in subjects:
        found = verify(connection, stream, key)
        faults += [Fault(f"{each.stream} {each.subject_id} event {each.seq}", each.fault) for each in found]
        step()
    for row in connection.execute(select(values).where(values.c.erased_at.is_(None)).order_by(values.c.id)):
        if Sealer.commitment(row.salt, current_sealer().open(row.sealed)) != row.commitment:
            faults.append(Fault(f"{row.stream} {row.subject_id} {row.field}", "commitment"))
        step()
    for sha256 in sorted(contents):
        if not _holds(data_dir, sha256):
            faults.append(Fault(f"document {sha256}", "content"))
        step()
    return Audit(len(subjects), count_values, len(contents), tuple(faults))


def _holds(data_dir: Path, sha256: str) -> bool:
    path = content_path(data_dir, sha256)
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256

"""Documents: content kept once under its hash in the data folder, and the rows that say what it is to a case."""

from __future__ import annotations

import hashlib
import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, insert, update

from incubator.canonical import public_id
from incubator.errors import NotFound
from incubator.models.base import table
from incubator.models.organizations import Document
from incubator.text import Text

FOLDER = "documents"


@dataclass(frozen=True, slots=True)
class Added:
    """A document's row as it was added."""

    id: int
    public_id: str
    sha256: str


def content_path(data_dir: Path, sha256: str) -> Path:
    """Where the content of that hash lies."""
    return data_dir / FOLDER / sha256[:2] / sha256


def store_content(data_dir: Path, content: bytes) -> str:
    """Keep the content and return its SHA-256 in hex. The same content is kept once.

    It is on the disk before this returns, so a row that refers to it never outlives it; a transaction that fails leaves
    at most content that nothing refers to.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    path = content_path(data_dir, sha256)
    if path.exists():
        return sha256
    path.parent.mkdir(parents=True, exist_ok=True)
    # Written aside and renamed, so that nobody ever reads half a file.
    aside = path.with_name(f"{sha256}.{secrets.token_hex(8)}")
    with aside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    return sha256


def read_content(data_dir: Path, sha256: str) -> bytes:
    """The content of that hash. NotFound where the data folder does not hold it."""
    try:
        return content_path(data_dir, sha256).read_bytes()
    except FileNotFoundError:
        raise NotFound(
            Text(
                "该文件的内容不在数据目录中，请联系系统管理员从备份恢复",
                "The file's content is not in the data folder: ask the administrator to restore it from a backup",
            )
        ) from None


def add_document(
    connection: Connection, *, street_id: int, organization_id: int, case_id: int, kind: str, filename: str,
    media_type: str, size: int, sha256: str, made_by: int, now: datetime, replaces: bool = True,
) -> Added:  # fmt: skip
    """Say that stored content is a document of this kind; where it `replaces`, earlier ones of the kind in the case go.

    `made_by` is a person, or 0 for automation; `case_id` 0 is the organization's own. What was replaced stays readable.
    """
    documents = table(Document)
    if replaces:
        connection.execute(
            update(documents)
            .where(
                documents.c.organization_id == organization_id,
                documents.c.case_id == case_id,
                documents.c.kind == kind,
                documents.c.replaced_at.is_(None),
            )
            .values(replaced_at=now)
        )
    fresh = public_id()
    document_id = connection.execute(
        insert(documents)
        .values(
            public_id=fresh,
            street_id=street_id,
            organization_id=organization_id,
            case_id=case_id,
            kind=kind,
            filename=filename,
            media_type=media_type,
            size=size,
            sha256=sha256,
            made_by=made_by,
            recorded_at=now,
        )
        .returning(documents.c.id)
    ).scalar_one()
    return Added(int(document_id), fresh, sha256)

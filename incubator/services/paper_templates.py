"""The templates that a street's papers are made from: the shipped ones, until the office puts its own in their place.

Every change is a version of its own and stays readable; the newest one says what is used. Papers already made stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import Connection, Row, insert, select

from incubator.canonical import public_id
from incubator.engine.roles import Actor
from incubator.errors import Invalid, NotFound
from incubator.models.base import table
from incubator.models.organizations import PaperTemplate
from incubator.models.streets import Person
from incubator.papers.catalogue import paper_of
from incubator.papers.checking import Fault, faults_of
from incubator.papers.filling import shipped
from incubator.queries.visibility import Permission, require, visible_to
from incubator.services.documents import read_content
from incubator.services.policies.stream import lock_policies, record
from incubator.services.uploads import Upload, UploadRefused, keep_upload
from incubator.text import Text

STREAM, CHANGED = "papers", "papers.template_changed"
LONGEST_REASON = 200
MOST_MB = 5  # a paper with a letterhead and a seal's outline is far below
_TEMPLATES, _PEOPLE = table(PaperTemplate), table(Person)


class TemplateFaulty(UploadRefused):
    """A template does not fit its paper; every fault with its place."""

    code: ClassVar[str] = "template_faulty"
    title: ClassVar[Text] = Text("模板有误", "The template does not fit")

    def __init__(self, faults: Sequence[Fault]) -> None:
        detail = Text(
            f"模板有 {len(faults)} 处错误，请修改后重新上传",
            f"The template has {len(faults)} faults: mend them and send it again",
        )
        told = [{"where": fault.where.as_pair(), "words": fault.words.as_pair()} for fault in faults]
        super().__init__(detail, extra={"faults": told})
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class InUse:
    """What a paper is made from now: version 0 is the shipped template before anything was changed."""

    content: bytes
    version: int
    own: bool


def in_use(connection: Connection, street_id: int, key: str, data_dir: Path) -> InUse:
    """The template that a street's next paper of this kind is made from."""
    newest = connection.execute(
        select(_TEMPLATES)
        .where(_TEMPLATES.c.street_id == street_id, _TEMPLATES.c.paper == key)
        .order_by(_TEMPLATES.c.version.desc())
        .limit(1)
    ).one_or_none()
    if newest is None or not newest.used:
        return InUse(shipped(key), 0 if newest is None else newest.version, own=False)
    return InUse(read_content(data_dir, newest.sha256), newest.version, own=True)


def versions(connection: Connection, actor: Actor, key: str) -> list[Row[Any]]:
    """The versions of a paper's template, newest first, with `added_by_name`."""
    return list(
        connection.execute(
            select(_TEMPLATES, _PEOPLE.c.name.label("added_by_name"))
            .join_from(_TEMPLATES, _PEOPLE, _PEOPLE.c.id == _TEMPLATES.c.added_by)
            .where(_TEMPLATES.c.paper == key, visible_to(actor, _TEMPLATES))
            .order_by(_TEMPLATES.c.version.desc())
        )
    )


def checked(data_dir: Path, key: str, *, filename: str, content: bytes) -> Upload:
    """Check an office's own template and keep its content. Raises UploadRefused, and TemplateFaulty with every fault."""
    if not filename.lower().endswith(".docx"):
        raise UploadRefused(
            Text("请上传 Word 文档（.docx）", "Send a Word document (.docx)"),
        )
    upload = keep_upload(data_dir, filename=filename, content=content, most_mb=MOST_MB)
    faults = faults_of(paper_of(key), content)
    if faults:
        raise TemplateFaulty(faults)
    return upload


def use_own(connection: Connection, *, key: str, upload: Upload, reason: str, actor: Actor, now: datetime) -> int:
    """Make a paper from an upload that `checked` took, from now on; the version. Raises NotAllowed, NotFound, Invalid."""
    require(actor, Permission.MANAGE_TEMPLATES, street_id=actor.street_id)
    return _change(
        connection, paper_of(key).key, actor, now, reason=_reasoned(reason), filename=upload.filename, size=upload.size,
        sha256=upload.sha256,
    )  # fmt: skip


def use_version(
    connection: Connection, *, key: str, version: int, reason: str, data_dir: Path, actor: Actor, now: datetime
) -> int:
    """Go back to an earlier version, or with 0 to the shipped template. Raises NotFound, Invalid, TemplateFaulty."""
    require(actor, Permission.MANAGE_TEMPLATES, street_id=actor.street_id)
    paper, reason = paper_of(key), _reasoned(reason)
    if version == 0:
        return _change(connection, key, actor, now, reason=reason, used=False)
    row = next((each for each in versions(connection, actor, key) if each.version == version and each.used), None)
    if row is None:
        raise NotFound(Text("没有这个版本的模板", "There is no such version of the template"))
    # What fitted once may ask for a field that the paper has no more.
    faults = faults_of(paper, read_content(data_dir, row.sha256))
    if faults:
        raise TemplateFaulty(faults)
    return _change(connection, key, actor, now, reason=reason, filename=row.filename, size=row.size, sha256=row.sha256)


def content_of(connection: Connection, actor: Actor, key: str, version: int, data_dir: Path) -> tuple[str, bytes]:
    """A version's file name and content; 0 is the shipped template, whatever is in use."""
    if version == 0:
        return f"{paper_of(key).title.zh}（原模板）.docx", shipped(key)
    row = next((each for each in versions(connection, actor, key) if each.version == version and each.used), None)
    if row is None:
        raise NotFound(Text("没有这个版本的模板", "There is no such version of the template"))
    return row.filename, read_content(data_dir, row.sha256)


def _change(
    connection: Connection, key: str, actor: Actor, now: datetime, *, reason: str, filename: str = "", size: int = 0,
    sha256: str = "", used: bool = True,
) -> int:  # fmt: skip
    lock_policies(connection, actor.street_id)
    before = connection.execute(
        select(_TEMPLATES.c.version, _TEMPLATES.c.sha256, _TEMPLATES.c.used)
        .where(_TEMPLATES.c.street_id == actor.street_id, _TEMPLATES.c.paper == key)
        .order_by(_TEMPLATES.c.version.desc())
        .limit(1)
    ).one_or_none()
    if (sha256 if used else "") == (before.sha256 if before is not None and before.used else ""):
        words = Text("该模板就是目前使用的模板，无需更换", "That is the template in use already")
        raise Invalid(words, fields={"file": [words]})
    version = 1 if before is None else before.version + 1
    connection.execute(
        insert(_TEMPLATES).values(
            public_id=public_id(), street_id=actor.street_id, paper=key, version=version, filename=filename, size=size,
            sha256=sha256, used=used, reason=reason, added_by=actor.person_id, added_at=now,
        )
    )  # fmt: skip
    change = {"paper": key, "version": version, "own": used, "filename": filename, "sha256": sha256}
    record(
        connection, street_id=actor.street_id, name=STREAM, event=CHANGED, change=change, actor=actor, now=now,
        comment=reason,
    )  # fmt: skip
    return version


def _reasoned(reason: str) -> str:
    if not 0 < len(reason.strip()) <= LONGEST_REASON:
        words = Text(f"请填写更换的理由，不超过{LONGEST_REASON}字", f"Say why, in at most {LONGEST_REASON} characters")
        raise Invalid(words, fields={"reason": [words]})
    return reason.strip()

"""A policy pack as somebody sends it: its text, the versions it is cut into from a day on, and the rehearsal of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from incubator.database import Database
from incubator.engine.policy import Policy
from incubator.engine.roles import Actor
from incubator.errors import Invalid
from incubator.policies import packs
from incubator.policies.reading import LARGEST, PackFault
from incubator.queries.visibility import Permission, require
from incubator.rehearsal import rehearse, snapshot
from incubator.services.policies.proposing import (
    Version,
    check_proposal,
    propose_all,
    proposed_before,
    versions_from,
)
from incubator.text import Text

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class PackFile:
    """A pack as it was written, comments and all."""

    name: str
    text: str

    def faults(self) -> list[PackFault]:
        """Everything that is wrong with it."""
        return packs.check_text(self.name, self.text)

    def versions(self) -> list[tuple[date, Policy]]:
        """The versions it is cut into, each with its first day. Raises PackInvalid."""
        return [(since, Policy(content)) for since, content in packs.versions_of_text(self.name, self.text)]


def pack_file(name: str, content: bytes) -> PackFile:
    """The pack of an upload. Raises Invalid (field `file`) for one that is empty, too large, or not UTF-8."""
    if not content.strip():
        raise _invalid(Text("文件是空的，请选择政策包文件", "The file is empty: choose a policy pack"))
    if len(content) > LARGEST:
        raise _invalid(
            Text(
                "文件超过 1 MB，不像是政策包，请检查", "The file is larger than 1 MB, which no policy pack is: check it"
            )
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _invalid(Text("文件不是 UTF-8 编码，请另存为 UTF-8", "The file is not UTF-8: save it as UTF-8")) from None
    return PackFile(name or "pack.yaml", text)


def versions_to_propose(pack: PackFile, day: date) -> list[tuple[date, Policy]]:
    """The version of a pack that holds on a day, from that day, and those that come after it. Raises PackInvalid."""
    return versions_from(pack.versions(), day)


def rehearsed(
    connection: Connection, versions: Sequence[tuple[date, Policy]], *, street_id: int, actor: Actor, now: datetime,
    progress: Progress | None = None,
) -> list[Version]:  # fmt: skip
    """Each version with the rehearsal of what it would do to the street's whole caseload. Reads only; NotAllowed."""
    require(actor, Permission.ACTIVATE_POLICY, street_id=street_id)
    return [
        Version(
            policy,
            since,
            rehearse(connection, street_id=street_id, policy=policy, now=now, on=since, progress=progress),
        )
        for since, policy in versions
    ]


def propose_pack(
    database: Database, pack: PackFile, versions: Sequence[tuple[date, Policy]], *, street_id: int, reason: str,
    actor: Actor, now: datetime, key: str = "", progress: Progress | None = None,
) -> list[str]:  # fmt: skip
    """Rehearse a pack's versions and propose them, all or none; their public ids.

    Takes the database, not a connection: a rehearsal takes long and must not hold what others write. What is refused for
    another reason is refused before it. Errors as for `propose_all`.
    """
    with database.read() as connection:
        before = proposed_before(
            connection, street_id=street_id, versions=versions, reason=reason, file_name=pack.name, actor=actor, key=key
        )
        if before is not None:
            return before
        check_proposal(connection, street_id=street_id, versions=versions, reason=reason, actor=actor, now=now)
    with snapshot(database) as connection:
        made = rehearsed(connection, versions, street_id=street_id, actor=actor, now=now, progress=progress)
    return database.write(
        lambda connection: propose_all(
            connection, street_id=street_id, versions=made, reason=reason, file_name=pack.name, file_text=pack.text,
            actor=actor, now=now, key=key,
        )
    )  # fmt: skip


def _invalid(words: Text) -> Invalid:
    return Invalid(words, fields={"file": [words]})

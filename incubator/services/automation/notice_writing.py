"""Writes notices: one row a cause, to a role in an area or to one person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from incubator.canonical import public_id
from incubator.models.automation import Notice
from incubator.models.base import NOBODY, WHOLE_STREET, table
from incubator.services.automation.notice_delivery import deliver_at_once
from incubator.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNotice:
    """A notice to be written. `role` in the area of `community_id` reads it, or the person where one is named."""

    cause: str
    kind: str
    street_id: int
    title: Text
    body: Text
    community_id: int = WHOLE_STREET
    case_id: int = 0
    role: str = ""
    person_id: int = NOBODY


def write_notice(connection: Connection, notice: NewNotice, *, now: datetime) -> bool:
    """Write the notice, and ask for it to be sent by the channels that take it; False where its cause already has one."""
    fresh = public_id()
    make = sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
    written = connection.execute(
        make(table(Notice))
        .values(
            public_id=fresh,
            street_id=notice.street_id,
            community_id=notice.community_id,
            case_id=notice.case_id,
            cause=notice.cause,
            kind=notice.kind,
            role=notice.role,
            person_id=notice.person_id,
            title_zh=notice.title.zh,
            title_en=notice.title.en,
            body_zh=notice.body.zh,
            body_en=notice.body.en,
            recorded_at=now,
        )
        .on_conflict_do_nothing(index_elements=["cause"])
        .returning(table(Notice).c.id)
    )
    row = written.first()
    if row is None:
        return False
    deliver_at_once(
        connection, notice_id=row.id, notice=fresh, kind=notice.kind, street_id=notice.street_id,
        community_id=notice.community_id, role=notice.role, person_id=notice.person_id, now=now,
    )  # fmt: skip
    return True

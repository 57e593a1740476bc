"""Notices: what automation told a person, or a role the person holds over the area, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, false, or_, select

from incubator.engine.roles import WHOLE_STREET, Actor
from incubator.models.automation import Notice
from incubator.models.base import NOBODY, table
from incubator.models.cases import Case
from incubator.queries.paging import USUAL, Page, page_of, window
from incubator.queries.visibility import visible_to
from incubator.text import Text

_NOTICES, _CASES = table(Notice), table(Case)


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """A notice; `case_id` is a public id, empty where it is about no case."""

    public_id: str
    kind: str
    title: Text
    body: Text
    recorded_at: datetime
    case_id: str
    case_number: str


def notices(connection: Connection, actor: Actor, *, cursor: str = "", limit: int = USUAL) -> Page[NoticeLine]:
    """A page of the actor's notices; one statement. Invalid for a cursor or a limit that cannot be."""
    to_me = [_NOTICES.c.person_id == actor.person_id] if actor.person_id != NOBODY else []
    to_my_roles = [
        (_NOTICES.c.street_id == grant.street_id)
        & (_NOTICES.c.role == grant.role.value)
        & (_NOTICES.c.community_id.in_([WHOLE_STREET, grant.community_id]) if grant.community_id else True)
        for grant in actor.grants
    ]
    query = (
        select(_NOTICES, _CASES.c.public_id.label("case_public_id"), _CASES.c.number)
        .join_from(_NOTICES, _CASES, _CASES.c.id == _NOTICES.c.case_id, isouter=True)
        .where(visible_to(actor, _NOTICES), or_(false(), *to_me, *to_my_roles))
    )
    rows = connection.execute(window(query, (_NOTICES.c.id,), cursor, limit, newest_first=True)).all()
    shown, next_cursor = page_of(rows, limit, lambda row: (row.id,))
    return Page(
        tuple(
            NoticeLine(
                row.public_id,
                row.kind,
                Text(row.title_zh, row.title_en),
                Text(row.body_zh, row.body_en),
                row.recorded_at,
                row.case_public_id or "",
                row.number or "",
            )
            for row in shown
        ),
        next_cursor,
    )

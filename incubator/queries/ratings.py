"""The ratings of an organization, the street's and the registrar's, with what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from incubator.engine.roles import Actor
from incubator.models.base import NO_DATE, table
from incubator.models.cases import Case
from incubator.models.evaluations import Rating, RatingStatus
from incubator.queries.visibility import visible_to
from incubator.text import Text

_RATINGS, _CASES = table(Rating), table(Case)

STATUS_NAMES: dict[RatingStatus, Text] = {
    RatingStatus.VALID: Text("有效", "in force"),
    RatingStatus.REPLACED: Text("已更替", "replaced"),
    RatingStatus.LOWERED: Text("已降级", "lowered"),
    RatingStatus.REVOKED: Text("已撤销", "revoked"),
    RatingStatus.ENDED: Text("随备案终止", "ended with the filing"),
}
EXPIRED = Text("已到期", "ended")
NOT_YET = Text("尚未生效", "not in force yet")


def ratings_of(connection: Connection, actor: Actor, organization_id: int) -> Sequence[Row[Any]]:
    """The ratings as the actor may see them, newest first: all columns, and the case's `case_public_id` and `case_number`."""
    return connection.execute(
        select(_RATINGS, _CASES.c.public_id.label("case_public_id"), _CASES.c.number.label("case_number"))
        .join_from(_RATINGS, _CASES, _CASES.c.id == _RATINGS.c.case_id, isouter=True)
        .where(_RATINGS.c.organization_id == organization_id, visible_to(actor, _RATINGS))
        .order_by(_RATINGS.c.valid_from.desc(), _RATINGS.c.id.desc())
    ).all()


def holds(row: Row[Any], day: date) -> bool:
    """Whether a rating is in force on a day; one that gave way to another holds until that one begins."""
    return bool(row.valid_from <= day <= row.valid_until and row.ended_on > day)


def state_of(row: Row[Any], day: date) -> Text:
    """What a rating is on a day, in a word: in force, replaced, ended."""
    if row.ended_on == NO_DATE and row.valid_until < day:
        return EXPIRED
    if holds(row, day):
        return STATUS_NAMES[RatingStatus.VALID]
    return NOT_YET if row.ended_on == NO_DATE else STATUS_NAMES[RatingStatus(row.status)]

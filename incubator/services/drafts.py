"""Drafts: what a person has typed into a decision's form is kept for that person, sealed, until it is sent or cleared."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from incubator.canonical import canonical
from incubator.engine.refusals import case_not_found
from incubator.engine.roles import Actor
from incubator.errors import Conflict, Invalid, NotAllowed
from incubator.models.base import NOBODY, table
from incubator.models.cases import Case
from incubator.models.desk import Draft
from incubator.queries.drafts import KEPT_FOR
from incubator.queries.visibility import visible_to
from incubator.sealing import current_sealer
from incubator.text import Text

LARGEST = 200_000  # bytes of one form's values
_CASES, _DRAFTS = table(Case), table(Draft)


def keep_draft(
    connection: Connection,
    *,
    case_id: str,
    action: str,
    step: str,
    visit: int,
    values: Mapping[str, Any],
    actor: Actor,
    now: datetime,
) -> None:
    """Keep what the actor has typed for an action of a case (by public id) in place of what was kept of it before.

    `step` and `visit` are where the form stood when it was opened, which the case may have left since. No event tells of
    it: a draft is nobody's record yet. NotFound outside the area, Conflict where the case has ended, Invalid for too much.
    """
    if actor.person_id == NOBODY:
        raise NotAllowed(Text("请先登录再暂存", "Sign in first: a draft belongs to a person"))
    case = connection.execute(
        select(_CASES.c.id, _CASES.c.street_id, _CASES.c.open).where(
            _CASES.c.public_id == case_id, visible_to(actor, _CASES)
        )
    ).one_or_none()
    if case is None:
        raise case_not_found()
    if not case.open:
        raise Conflict(Text("本案已办结，不再暂存填写的内容", "The case has ended: nothing is kept for it any more"))
    written = canonical(values)
    if len(written.encode()) > LARGEST:
        raise Invalid(
            Text("填写的内容过长，无法暂存，请精简后再试", "This is too much to be kept as a draft: shorten it first")
        )
    # Whoever keeps a draft clears away what its owner has not come back to.
    connection.execute(
        delete(_DRAFTS).where(_DRAFTS.c.street_id == case.street_id, _DRAFTS.c.saved_at <= now - KEPT_FOR)
    )
    make = sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
    whose = {"person_id": actor.person_id, "case_id": case.id, "action": action}
    left = {"step": step, "visit": visit, "sealed": current_sealer().seal(written), "saved_at": now}
    insertion = make(_DRAFTS).values({"street_id": case.street_id, **whose, **left})
    connection.execute(insertion.on_conflict_do_update(index_elements=list(whose), set_=left))


def discard_drafts(connection: Connection, *, case_id: str, actor: Actor, action: str = "") -> int:
    """Throw away the actor's own drafts of a case (by public id), or that of one action; returns how many there were."""
    own = [
        _DRAFTS.c.person_id == actor.person_id,
        _DRAFTS.c.case_id == select(_CASES.c.id).where(_CASES.c.public_id == case_id).scalar_subquery(),
    ]
    if action:
        own.append(_DRAFTS.c.action == action)
    return connection.execute(delete(_DRAFTS).where(*own)).rowcount

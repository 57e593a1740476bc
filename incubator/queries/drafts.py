"""What a person has typed into a case's forms and not sent: read for that person alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from incubator.engine.roles import Actor
from incubator.models.base import NOBODY, table
from incubator.models.desk import Draft
from incubator.sealing import current_sealer

KEPT_FOR = timedelta(days=90)  # what nobody came back to in that time is not shown any more
_DRAFTS = table(Draft)


@dataclass(frozen=True, slots=True)
class Drafted:
    """A form as it was left: the action, the step and the visit that it was typed in, and the values by the field's name."""

    action: str
    step: str
    visit: int
    saved_at: datetime
    values: Mapping[str, Any]


def drafts_of(connection: Connection, actor: Actor, case_id: int, now: datetime) -> tuple[Drafted, ...]:
    """The actor's own drafts of a case (its key), the latest first. That the actor sees the case is for the caller to know."""
    if actor.person_id == NOBODY:
        return ()
    rows = connection.execute(
        select(_DRAFTS)
        .where(_DRAFTS.c.person_id == actor.person_id, _DRAFTS.c.case_id == case_id)
        .where(_DRAFTS.c.saved_at > now - KEPT_FOR)
        .order_by(_DRAFTS.c.saved_at.desc(), _DRAFTS.c.id.desc())
    )
    sealer = current_sealer()
    return tuple(
        Drafted(row.action, row.step, row.visit, row.saved_at, json.loads(sealer.open(row.sealed))) for row in rows
    )

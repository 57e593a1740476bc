"""Absences: who is away and who looks after the work, recorded, ended early or withdrawn: `/absences`."""

from __future__ import annotations

from datetime import date, datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from api.addresses import PublicId
from api.callers import Caller, Reading, Working
from api.json.refs import PersonRef
from api.json.shapes import Body, IdempotencyKey, Listed, refusals
from incubator.clock import SHANGHAI, today
from incubator.queries.absences import AbsenceLine, AbsenceState, absence, absences
from incubator.queries.people import PersonName
from incubator.services.absences import LONGEST_REASON, end_absence, record_absence

router = APIRouter(tags=["absences"])


class NewAbsence(Body):
    """Who is away (the caller where null), from the first day to the last, and who looks after the work."""

    person_id: str | None = Field(default=None, max_length=64)
    deputy_id: str = Field(max_length=64)
    since: date
    until: date
    reason: str = Field(default="", max_length=LONGEST_REASON)


class AbsenceOut(BaseModel):
    """An absence; `until` is the last day away as it came to be, the reason empty for those whom it does not concern."""

    id: str
    person: PersonRef
    deputy: PersonRef
    since: date
    until: date
    state: AbsenceState
    reason: str
    named_by: PersonRef
    recorded_at: datetime
    ended_at: datetime | None


@router.get("/absences", responses=refusals(403))
def list_absences(caller: Reading) -> Listed[AbsenceOut]:
    """Who is away today or will be, whole: a street has a handful."""
    day = today(caller.now)
    found = caller.read(lambda connection: absences(connection, caller.actor, until_at_least=day))
    return Listed(items=[_out(each, day) for each in found], next_cursor="")


@router.post("/absences", status_code=201, responses=refusals(403, 404, 422))
def post_absence(caller: Working, body: NewAbsence, idempotency_key: IdempotencyKey = "") -> AbsenceOut:
    """Record an absence; the deputy, who must hold a role of the person over its area, is told."""

    def work(connection: Connection) -> AbsenceLine:
        made = record_absence(
            connection, person=body.person_id or caller.actor.public_id, deputy=body.deputy_id, since=body.since,
            until=body.until, reason=body.reason, actor=caller.actor, now=caller.now, key=idempotency_key,
        )  # fmt: skip
        return absence(connection, caller.actor, made)

    return _said(caller, caller.write(work))


@router.post("/absences/{absence_id}/end", responses=refusals(403, 404, 422))
def post_absence_end(caller: Working, absence_id: PublicId) -> AbsenceOut:
    """Let an absence be over from today on, or never begin where it lies ahead."""
    ended = caller.write(
        lambda connection: end_absence(connection, absence_id=absence_id, actor=caller.actor, now=caller.now)
    )
    return _said(caller, ended)


def _said(caller: Caller, found: AbsenceLine) -> AbsenceOut:
    return _out(found, today(caller.now))


def _out(found: AbsenceLine, day: date) -> AbsenceOut:
    return AbsenceOut(
        id=found.public_id, person=_ref(found.person), deputy=_ref(found.deputy), since=found.since, until=found.until,
        state=found.state(day), reason=found.reason, named_by=_ref(found.named_by),
        recorded_at=found.recorded_at.astimezone(SHANGHAI),
        ended_at=found.ended_at.astimezone(SHANGHAI) if found.ended_at else None,
    )  # fmt: skip


def _ref(person: PersonName) -> PersonRef:
    return PersonRef(id=person.public_id, name=person.name)

"""Whose a case's present step is, changed: `/cases/{case_id}/assignment`."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from api.addresses import PublicId
from api.callers import Working
from api.json.refs import PersonRef
from api.json.shapes import Body, refusals
from incubator.queries.holding import Holding
from incubator.services.assignments import LONGEST_REASON, assign, claim, release

router = APIRouter(tags=["cases"])


class AssignmentIn(Body):
    """Who is to have the step: the caller, who thereby claims it; a colleague, assigned; null gives it back to the role."""

    person_id: str | None = Field(max_length=64)
    comment: str = Field(default="", max_length=LONGEST_REASON)


class AssignmentOut(BaseModel):
    """Whose the step is now; `assignee` is null while it belongs to the role."""

    step: str
    role: str
    assignee: PersonRef | None


@router.post("/cases/{case_id}/assignment", responses=refusals(403, 404, 409, 422))
def post_assignment(caller: Working, case_id: PublicId, body: AssignmentIn) -> AssignmentOut:
    """Claim, release or assign the present step of a case; asked again, nothing changes, and the case's version stays."""

    def work(connection: Connection) -> Holding:
        actor, now = caller.actor, caller.now
        if body.person_id is None:
            return release(connection, case=case_id, actor=actor, now=now, reason=body.comment)
        if body.person_id == actor.public_id:
            return claim(connection, case=case_id, actor=actor, now=now)
        return assign(
            connection, case=case_id, person=body.person_id, actor=actor, now=now, reason=body.comment
        )  # fmt: skip

    held = caller.write(work)
    assignee = PersonRef(id=held.public_id, name=held.name) if held.public_id else None
    return AssignmentOut(step=held.step, role=held.role.value, assignee=assignee)

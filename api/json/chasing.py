"""Whom to chase for what, and what came of it: `/chasing`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import Connection, select

from api.callers import Caller, Reading, Working
from api.json.refs import PersonRef
from api.json.shapes import Body, IdempotencyKey, due_out, refusals
from incubator.clock import SHANGHAI, today
from incubator.models.base import table
from incubator.models.streets import Street
from incubator.queries.chase_matters import MOST, Chased, Matter
from incubator.queries.chase_words import message_of
from incubator.queries.chasing import Kind, Recipient, chasing
from incubator.queries.visibility import Permission, require
from incubator.services.chasing import LONGEST_NOTE, Means, Result, log_chase

router = APIRouter(tags=["chasing"])
CaseId = Annotated[str, Field(min_length=1, max_length=64, pattern="^[0-9a-f]+$")]


class ChasedOut(BaseModel):
    """When somebody was last chased in a case, and what came of it."""

    at: datetime
    by: str
    whom: str
    means: Means
    result: Result
    promised_by: date | None
    note: str


class MatterOut(BaseModel):
    """What waits. `wanted` is what is missing, or with `to_mend` what is to be corrected."""

    case_id: str
    number: str
    procedure: str
    step: str
    organization_id: str
    organization: str
    community: str
    due: date | None
    overdue: bool
    wanted: list[str]
    to_mend: bool
    last_chased: ChasedOut | None


class RecipientOut(BaseModel):
    """Somebody with the one message for all that waits: an organization's leader, or staff (`people`)."""

    kind: Kind
    name: str
    people: list[PersonRef]
    organization_id: str | None
    phone: str = Field(description="Masked; empty where none is known")
    message: str
    matters: list[MatterOut]


class ChasingOut(BaseModel):
    """Whom to chase, and the chosen cases in which there is nobody to chase."""

    recipients: list[RecipientOut]
    nobody: list[MatterOut]


class NewContact(Body):
    """What came of chasing the leader of the cases' organization, or with `person_ids` colleagues, today."""

    case_ids: list[CaseId] = Field(min_length=1, max_length=MOST)
    person_ids: list[CaseId] = Field(default=[], max_length=50)
    means: Means = Means.PHONE
    result: Result
    promised_by: date | None = Field(default=None, description="Of a promise: by which day")
    note: str = Field(default="", max_length=LONGEST_NOTE)


class ContactOut(BaseModel):
    """What was written; `activity_id` is null where it is no contact of the organization."""

    case_ids: list[str]
    activity_id: str | None


@router.get("/chasing", responses=refusals(403, 422))
def get_chasing(
    caller: Reading,
    case: Annotated[
        list[CaseId] | None, Query(max_length=MOST, description="Cases; without any, all that are overdue or due soon")
    ] = None,
    community: Annotated[str, Query(max_length=64, description="A community's id")] = "",
) -> ChasingOut:
    """Whom the caller may chase, each with a message in the caller's language."""
    require(caller.actor, Permission.RECORD_ACTIVITY)
    day = today(caller.now)

    def look(connection: Connection) -> ChasingOut:
        found = chasing(connection, caller.actor, day=day, cases=case or (), community=community)
        streets = table(Street)
        street = connection.scalar(select(streets.c.name).where(streets.c.id == caller.actor.street_id)) or ""
        return ChasingOut(
            recipients=[_recipient(each, caller, street, day) for each in found.recipients],
            nobody=[_matter(each, caller, day) for each in found.nobody],
        )

    return caller.read(look)


@router.post("/chasing/contacts", status_code=201, responses=refusals(403, 404, 409, 422))
def post_contact(caller: Working, body: NewContact, idempotency_key: IdempotencyKey = "") -> ContactOut:
    """Write down what came of it, in every case and as a contact of the organization."""
    logged = caller.write(
        lambda connection: log_chase(
            connection, cases=body.case_ids, persons=body.person_ids, means=body.means, result=body.result,
            promised_by=body.promised_by, note=body.note, actor=caller.actor, now=caller.now, key=idempotency_key,
        )
    )  # fmt: skip
    return ContactOut(case_ids=list(logged.cases), activity_id=logged.activity or None)


def _recipient(each: Recipient, caller: Caller, street: str, day: date) -> RecipientOut:
    message = message_of(each, sender=caller.actor.name, street=street, day=day)
    return RecipientOut(
        kind=each.kind,
        name=each.name,
        people=[PersonRef(id=person.id, name=person.name) for person in each.people],
        organization_id=each.organization_id or None,
        phone=each.phone,
        message=message.read(caller.language),
        matters=[_matter(matter, caller, day) for matter in each.matters],
    )


def _matter(matter: Matter, caller: Caller, day: date) -> MatterOut:
    return MatterOut(
        case_id=matter.case_id,
        number=matter.number,
        procedure=matter.procedure.read(caller.language),
        step=matter.step.read(caller.language),
        organization_id=matter.organization_id,
        organization=matter.organization,
        community=matter.community,
        due=due_out(matter.due_on),
        overdue=matter.due_on < day,
        wanted=[each.read(caller.language) for each in matter.wanted],
        to_mend=matter.to_mend,
        last_chased=_chased(matter.last) if matter.last else None,
    )


def _chased(last: Chased) -> ChasedOut:
    return ChasedOut(
        at=last.at.astimezone(SHANGHAI), by=last.by, whom=last.whom, means=Means(last.means), result=Result(last.result),
        promised_by=last.promised_by, note=last.note,
    )  # fmt: skip

"""Activities, visits and contacts of an organization, and what holds it back."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from api.addresses import PublicId
from api.callers import Caller, Reading, Working
from api.json.shapes import Body, Cursor, IdempotencyKey, Limit, Listed, due_out, refusals
from incubator.clock import SHANGHAI, today
from incubator.models.activities import ActivityKind, RestrictionKind
from incubator.queries.activities import ActivityLine, RestrictionLine, activities_of, restrictions_of
from incubator.queries.organizations import find_organization
from incubator.queries.paging import USUAL
from incubator.services.activities import LONGEST_NOTE, LONGEST_REASON, LONGEST_TITLE, MOST_PARTICIPANTS
from incubator.services.following import end_supervision, record, supervise, void

router = APIRouter(tags=["organizations"])


class ByHand(StrEnum):
    """What is recorded by hand."""

    ACTIVITY = "activity"
    VISIT = "visit"
    CONTACT = "contact"


class NewActivity(Body):
    """What happened on a day, today at the latest. `reached` says of a visit or a contact whether anybody was met."""

    kind: ByHand
    held_on: date
    title: str = Field(default="", max_length=LONGEST_TITLE, description="Of an activity: what it was")
    participants: int = Field(default=0, ge=0, le=MOST_PARTICIPANTS)
    reached: bool = True
    note: str = Field(default="", max_length=LONGEST_NOTE)


class Void(Body):
    """Why a record is void."""

    reason: str = Field(min_length=1, max_length=LONGEST_REASON)


class NewSupervision(Body):
    """Closer supervision; without `until` it lasts for the policy's term."""

    since: date
    until: date | None = None
    reason: str = Field(min_length=1, max_length=2000)


class Lifting(Body):
    """From which day closer supervision holds no more, and why."""

    on: date
    reason: str = Field(min_length=1, max_length=2000)


class ActivityOut(BaseModel):
    """A record; `voided_at` is null while it stands."""

    id: str
    kind: ActivityKind
    held_on: date
    title: str
    participants: int
    reached: bool
    note: str
    duty: str
    done_for: str
    recorded_by: str
    recorded_at: datetime
    voided_at: datetime | None
    void_reason: str


class RestrictionOut(BaseModel):
    """A restriction; `until` is null without an end. `review_from` says when closer supervision is looked at again."""

    id: str
    kind: RestrictionKind
    since: date
    until: date | None
    in_force: bool
    document_number: str
    reason: str
    case_id: str | None
    review_from: date | None
    lifted_on: date | None
    lift_reason: str


@router.get("/organizations/{organization_id}/activities", responses=refusals(403, 404, 422))
def list_activities(
    caller: Reading, organization_id: PublicId, cursor: Cursor = "", limit: Limit = USUAL
) -> Listed[ActivityOut]:
    """A page of an organization's activities, visits, contacts and duties, the latest first; voided ones included."""

    def look(connection: Connection) -> Listed[ActivityOut]:
        row = find_organization(connection, caller.actor, organization_id)
        page = activities_of(connection, caller.actor, row.id, cursor=cursor, limit=limit)
        return Listed(items=[_activity(line) for line in page.items], next_cursor=page.next_cursor)

    return caller.read(look)


@router.post("/organizations/{organization_id}/activities", status_code=201, responses=refusals(403, 404, 409, 422))
def create_activity(
    caller: Working, organization_id: PublicId, body: NewActivity, idempotency_key: IdempotencyKey = ""
) -> ActivityOut:
    """Record an activity, a visit or a contact."""

    def work(connection: Connection) -> ActivityOut:
        made = record(
            connection, organization=organization_id, kind=ActivityKind(body.kind),
            values=body.model_dump(exclude={"kind"}), actor=caller.actor, now=caller.now, key=idempotency_key,
        )  # fmt: skip
        return _written(connection, caller, organization_id, made)

    return caller.write(work)


@router.post("/activities/{activity_id}/void", responses=refusals(403, 404, 409, 422))
def void_activity(caller: Working, activity_id: PublicId, body: Void) -> ActivityOut:
    """Void a wrong record; it stays to be read."""

    def work(connection: Connection) -> ActivityOut:
        organization = void(
            connection, activity=activity_id, reason=body.reason, actor=caller.actor, now=caller.now
        )  # fmt: skip
        return _written(connection, caller, organization, activity_id)

    return caller.write(work)


@router.get("/organizations/{organization_id}/restrictions", responses=refusals(403, 404, 422))
def list_restrictions(caller: Reading, organization_id: PublicId) -> list[RestrictionOut]:
    """Every restriction, in force or over, the latest first."""
    return caller.read(lambda connection: _restrictions(connection, caller, organization_id))


@router.post(
    "/organizations/{organization_id}/closer-supervision", status_code=201, responses=refusals(403, 404, 409, 422)
)
def create_supervision(
    caller: Working, organization_id: PublicId, body: NewSupervision, idempotency_key: IdempotencyKey = ""
) -> RestrictionOut:
    """Put an organization under closer supervision."""

    def work(connection: Connection) -> RestrictionOut:
        made = supervise(
            connection, organization=organization_id, since=body.since, until=body.until, reason=body.reason,
            actor=caller.actor, now=caller.now, key=idempotency_key,
        )  # fmt: skip
        return next(each for each in _restrictions(connection, caller, organization_id) if each.id == made)

    return caller.write(work)


@router.post("/restrictions/{restriction_id}/lift", responses=refusals(403, 404, 409, 422))
def lift_supervision(caller: Working, restriction_id: PublicId, body: Lifting) -> RestrictionOut:
    """Lift closer supervision before its term is over; any other restriction ends by its case."""

    def work(connection: Connection) -> RestrictionOut:
        organization = end_supervision(
            connection, restriction=restriction_id, on=body.on, reason=body.reason, actor=caller.actor, now=caller.now
        )
        return next(each for each in _restrictions(connection, caller, organization) if each.id == restriction_id)

    return caller.write(work)


def _written(connection: Connection, caller: Caller, organization: str, activity: str) -> ActivityOut:
    row = find_organization(connection, caller.actor, organization)
    return _activity(activities_of(connection, caller.actor, row.id, only=activity).items[0])


def _activity(line: ActivityLine) -> ActivityOut:
    return ActivityOut(
        id=line.public_id,
        kind=line.kind,
        held_on=line.held_on,
        title=line.title,
        participants=line.participants,
        reached=line.reached,
        note=line.note,
        duty=line.duty,
        done_for=line.other_name,
        recorded_by=line.recorded_by_name,
        recorded_at=line.recorded_at.astimezone(SHANGHAI),
        voided_at=line.voided_at.astimezone(SHANGHAI) if line.voided_at else None,
        void_reason=line.void_reason,
    )


def _restrictions(connection: Connection, caller: Caller, organization: str) -> list[RestrictionOut]:
    row, day = find_organization(connection, caller.actor, organization), today(caller.now)
    return [_restriction(line, day) for line in restrictions_of(connection, caller.actor, row, day)]


def _restriction(line: RestrictionLine, day: date) -> RestrictionOut:
    return RestrictionOut(
        id=line.public_id,
        kind=line.kind,
        since=line.since,
        until=due_out(line.until),
        in_force=line.holds(day),
        document_number=line.document_number,
        reason=line.reason,
        case_id=line.case_public_id or None,
        review_from=line.review_from,
        lifted_on=due_out(line.lifted_on),
        lift_reason=line.lift_reason,
    )

"""Service centres: the area's list, entering one, handing it over to an organization and taking it back."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from api.addresses import PublicId
from api.callers import Reading, Working
from api.json.refs import CommunityRef
from api.json.shapes import Body, Cursor, IdempotencyKey, Limit, Listed, due_out, refusals
from incubator.models.base import NO_DATE
from incubator.queries.paging import USUAL
from incubator.queries.premises import CentreLine, read_centre, service_centres
from incubator.services.premises import LARGEST_AREA, enter_centre, hand_over, take_back

router = APIRouter(tags=["service centres"])


class NewCentre(Body):
    """A service centre; area in square metres."""

    community_id: str = Field(max_length=64)
    name: str = Field(min_length=1, max_length=100)
    address: str = Field(default="", max_length=200)
    area: int = Field(default=0, ge=0, le=LARGEST_AREA)
    provider: str = Field(default="", max_length=100)
    rent_free: bool = True
    purpose: str = Field(default="", max_length=1000)


class HandOver(Body):
    """To whom it is handed over, from when, and until when where a term is agreed."""

    organization_id: str = Field(max_length=64)
    on: date
    until: date | None = None
    comment: str = Field(default="", max_length=2000)


class TakeBack(Body):
    """From when it is taken back, and why."""

    on: date
    reason: str = Field(min_length=1, max_length=2000)


class OperatorRef(BaseModel):
    """The organization that runs a service centre."""

    id: str
    name: str


class CentreOut(BaseModel):
    """A service centre; area in square metres. `operator` is null while nobody runs it."""

    id: str
    name: str
    community: CommunityRef
    address: str
    area: int
    provider: str
    rent_free: bool
    purpose: str
    operator: OperatorRef | None
    handed_over_on: date | None
    agreed_until: date | None
    version: int


@router.get("/service-centres", responses=refusals(403, 422))
def list_centres(caller: Reading, cursor: Cursor = "", limit: Limit = USUAL) -> Listed[CentreOut]:
    """A page of the area's service centres by name."""
    page = caller.read(lambda connection: service_centres(connection, caller.actor, cursor=cursor, limit=limit))
    return Listed(items=[_out(line) for line in page.items], next_cursor=page.next_cursor)


@router.get("/service-centres/{centre_id}", responses=refusals(403, 404, 422))
def get_centre(caller: Reading, centre_id: PublicId) -> CentreOut:
    """One service centre."""
    return _out(caller.read(lambda connection: read_centre(connection, caller.actor, centre_id)))


@router.post("/service-centres", status_code=201, responses=refusals(403, 404, 409, 422))
def create_centre(caller: Working, body: NewCentre, idempotency_key: IdempotencyKey = "") -> CentreOut:
    """Enter a service centre."""
    values = body.model_dump(exclude={"community_id"})

    def work(connection: Connection) -> CentreLine:
        centre = enter_centre(
            connection, community=body.community_id, values=values, actor=caller.actor, now=caller.now,
            key=idempotency_key,
        )  # fmt: skip
        return read_centre(connection, caller.actor, centre.public_id)

    return _out(caller.write(work))


@router.post("/service-centres/{centre_id}/hand-over", responses=refusals(403, 404, 409, 422))
def post_hand_over(caller: Working, centre_id: PublicId, body: HandOver) -> CentreOut:
    """Hand a free service centre over to a filed or registered organization."""

    def work(connection: Connection) -> CentreLine:
        hand_over(
            connection, centre_id, organization=body.organization_id, on=body.on, until=body.until or NO_DATE,
            actor=caller.actor, now=caller.now, comment=body.comment,
        )  # fmt: skip
        return read_centre(connection, caller.actor, centre_id)

    return _out(caller.write(work))


@router.post("/service-centres/{centre_id}/take-back", responses=refusals(403, 404, 409, 422))
def post_take_back(caller: Working, centre_id: PublicId, body: TakeBack) -> CentreOut:
    """Take a service centre back from who runs it."""

    def work(connection: Connection) -> CentreLine:
        take_back(connection, centre_id, on=body.on, reason=body.reason, actor=caller.actor, now=caller.now)
        return read_centre(connection, caller.actor, centre_id)

    return _out(caller.write(work))


def _out(line: CentreLine) -> CentreOut:
    operator = OperatorRef(id=line.operator_public_id, name=line.operator_name) if line.operator_public_id else None
    return CentreOut(
        id=line.public_id,
        name=line.name,
        community=CommunityRef(id=line.community_public_id, name=line.community_name),
        address=line.address,
        area=line.area,
        provider=line.provider,
        rent_free=line.rent_free,
        purpose=line.purpose,
        operator=operator,
        handed_over_on=due_out(line.handed_over_on),
        agreed_until=due_out(line.agreed_until),
        version=line.version,
    )

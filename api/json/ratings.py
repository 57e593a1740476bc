"""The ratings of an organization, the street's stars and the registrar's grades: `/organizations/{id}/ratings`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import Connection, Row

from api.addresses import PublicId
from api.callers import Caller, Reading
from api.json.shapes import due_out, refusals
from incubator.clock import SHANGHAI, today
from incubator.models.evaluations import RatingKind, RatingStatus
from incubator.queries.organizations import find_organization
from incubator.queries.ratings import holds, ratings_of
from incubator.text import Text

router = APIRouter(tags=["organizations"])


class RatingOut(BaseModel):
    """A rating. `in_force` is of today; `ended_on` is the first day on which it no longer held, where it ended early."""

    id: str
    kind: RatingKind
    band: str = Field(description="The code in the policy, such as star_3 or 3A")
    title: str
    score: str = Field(description="To two decimals; empty where no panel of the street gave one")
    document_number: str
    source: str = Field(description="The registrar that announced it, or the paper that the opening stock cites")
    status: RatingStatus
    in_force: bool
    announced_on: date
    valid_from: date
    valid_until: date
    ended_on: date | None
    recorded_at: datetime
    case_id: str | None


@router.get("/organizations/{organization_id}/ratings", responses=refusals(403, 404, 422))
def get_ratings(caller: Reading, organization_id: PublicId) -> list[RatingOut]:
    """Every rating of an organization, newest first, with what became of it."""

    def look(connection: Connection) -> list[RatingOut]:
        organization = find_organization(connection, caller.actor, organization_id)
        return [_out(row, caller) for row in ratings_of(connection, caller.actor, organization.id)]

    return caller.read(look)


def _out(row: Row[Any], caller: Caller) -> RatingOut:
    return RatingOut(
        id=row.public_id,
        kind=RatingKind(row.kind),
        band=row.band,
        title=Text(row.title_zh, row.title_en).read(caller.language),
        score=row.score,
        document_number=row.document_number,
        source=row.paper,
        status=RatingStatus(row.status),
        in_force=holds(row, today(caller.now)),
        announced_on=row.announced_on,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        ended_on=due_out(row.ended_on),
        recorded_at=row.recorded_at.astimezone(SHANGHAI),
        case_id=row.case_public_id,
    )

"""What automation told the caller: `/notices`."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from api.callers import Reading
from api.json.shapes import Cursor, Limit, Listed, refusals
from incubator.clock import SHANGHAI
from incubator.queries.notices import notices
from incubator.queries.paging import USUAL

router = APIRouter(tags=["notices"])


class NoticeOut(BaseModel):
    """A notice to the caller, or to a role that the caller holds."""

    id: str
    kind: str
    title: str
    body: str
    recorded_at: datetime
    case_id: str | None
    case_number: str | None


@router.get("/notices", responses=refusals(403, 422))
def list_notices(caller: Reading, cursor: Cursor = "", limit: Limit = USUAL) -> Listed[NoticeOut]:
    """A page of the caller's notices, newest first."""
    page = caller.read(lambda connection: notices(connection, caller.actor, cursor=cursor, limit=limit))
    items = [
        NoticeOut(
            id=line.public_id,
            kind=line.kind,
            title=line.title.read(caller.language),
            body=line.body.read(caller.language),
            recorded_at=line.recorded_at.astimezone(SHANGHAI),
            case_id=line.case_id or None,
            case_number=line.case_number or None,
        )
        for line in page.items
    ]
    return Listed(items=items, next_cursor=page.next_cursor)

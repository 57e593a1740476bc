"""Bulk actions: one thing asked of many cases, then done a few at a time with a result and a reason for each: `/bulk-actions`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from api.addresses import PublicId
from api.callers import Caller, Reading, Working
from api.json.shapes import Body, Cursor, IdempotencyKey, Limit, Listed, refusals
from api.problems import BlockerOut
from incubator.clock import SHANGHAI
from incubator.models.desk import BulkItemState, BulkKind
from incubator.queries.bulk import BulkLine, BulkPart, bulk_actions, bulk_line, parts_of
from incubator.queries.paging import USUAL
from incubator.services.bulk.asking import MOST, Chosen, Wanted, ask
from incubator.services.bulk.going_on import go_on, try_again
from incubator.text import Text

router = APIRouter(tags=["bulk actions"])


class ChosenIn(Body):
    """A case, the version that the caller saw and, of an assignment or a release, who was seen having the step."""

    id: str = Field(max_length=64)
    expected_version: int = Field(ge=1, le=2**31 - 1)
    assignee_id: str | None = Field(default=None, max_length=64, description="Empty: nobody; null: not asked")


class BulkActionIn(Body):
    """What is asked of each of the cases. `action`, `data` and `effective_on` are of `advance`, `person_id` of `assign`."""

    kind: BulkKind
    cases: Annotated[list[ChosenIn], Field(min_length=1, max_length=MOST)]
    action: str = Field(default="", max_length=60)
    data: dict[str, Any] = Field(default_factory=dict, max_length=100)
    effective_on: date | None = None
    comment: str = Field(default="", max_length=2000)
    person_id: str = Field(default="", max_length=64)


class BulkItemOut(BaseModel):
    """What came of one case; `title` and `detail` tell where it stands then, or why it was not done."""

    case_id: str
    number: str
    organization: str
    seen_version: int
    state: BulkItemState
    code: str = Field(description="Of a refusal, as in its problem document")
    title: str
    detail: str
    blockers: list[BlockerOut]
    done_at: datetime | None


class BulkActionOut(BaseModel):
    """A bulk action of the caller's own, and how many of its cases came to what."""

    id: str
    kind: BulkKind
    asked_at: datetime
    finished_at: datetime | None
    total: int
    waiting: int
    done: int
    refused: int
    failed: int


class WholeBulkActionOut(BulkActionOut):
    """The same with each of its cases, in the order in which they were chosen."""

    items: list[BulkItemOut]


@router.post("/bulk-actions", status_code=201, responses=refusals(403, 404, 409, 422))
def post_bulk_action(caller: Working, body: BulkActionIn, idempotency_key: IdempotencyKey = "") -> WholeBulkActionOut:
    """Ask one thing of many cases. It is kept and nothing done yet: `continue` does it, a few cases at a request."""
    wanted = Wanted(body.kind, body.action, body.data, body.effective_on, body.comment, body.person_id)
    chosen = [Chosen(each.id, each.expected_version, each.assignee_id) for each in body.cases]
    bulk = caller.write(
        lambda connection: ask(
            connection, actor=caller.actor, wanted=wanted, chosen=chosen, now=caller.now, key=idempotency_key
        )
    )
    return _whole(caller, bulk)


@router.get("/bulk-actions", responses=refusals(403, 422))
def get_bulk_actions(caller: Reading, cursor: Cursor = "", limit: Limit = USUAL) -> Listed[BulkActionOut]:
    """The caller's own bulk actions, the newest first."""
    page = caller.read(lambda connection: bulk_actions(connection, caller.actor, cursor=cursor, limit=limit))
    return Listed(items=[BulkActionOut(**_line(line)) for line in page.items], next_cursor=page.next_cursor)


@router.get("/bulk-actions/{bulk_id}", responses=refusals(403, 404, 422))
def get_bulk_action(caller: Reading, bulk_id: PublicId) -> WholeBulkActionOut:
    """One of the caller's own bulk actions with the result and the reason of each case."""
    return _whole(caller, bulk_id)


@router.post("/bulk-actions/{bulk_id}/continue", responses=refusals(403, 404, 422))
def continue_bulk_action(caller: Working, bulk_id: PublicId) -> WholeBulkActionOut:
    """Deal with the next few of its waiting cases; asked again until none waits. Each case is dealt with once."""
    go_on(caller.service.database, actor=caller.actor, bulk=bulk_id, now=caller.now)
    return _whole(caller, bulk_id)


@router.post("/bulk-actions/{bulk_id}/retry", responses=refusals(403, 404, 409, 422))
def retry_bulk_action(caller: Working, bulk_id: PublicId) -> WholeBulkActionOut:
    """Let its refused and failed cases wait again, as they were seen; not those that somebody else has moved."""
    caller.write(lambda connection: try_again(connection, actor=caller.actor, bulk=bulk_id))
    return _whole(caller, bulk_id)


def _whole(caller: Caller, bulk: str) -> WholeBulkActionOut:
    def look(connection: Connection) -> WholeBulkActionOut:
        line = bulk_line(connection, caller.actor, bulk)
        items = [_item(part, caller.language) for part in parts_of(connection, caller.actor, line)]
        return WholeBulkActionOut(**_line(line), items=items)

    return caller.read(look)


def _line(line: BulkLine) -> dict[str, Any]:
    return {
        "id": line.public_id,
        "kind": line.kind,
        "asked_at": line.asked_at.astimezone(SHANGHAI),
        "finished_at": line.finished_at.astimezone(SHANGHAI) if line.finished_at else None,
        "total": line.total,
        **{state.value: line.counts.get(state, 0) for state in BulkItemState},
    }


def _item(part: BulkPart, language: str) -> BulkItemOut:
    def said(pair: dict[str, str] | None) -> str:
        return Text.from_pair(pair).read(language) if pair else ""

    reason = part.reason
    blockers = [
        BlockerOut(
            code=each["code"],
            kind=each["kind"],
            message=said(each["message"]),
            who=said(each["who"]),
            next=said(each["next"]),
            cite=said(each["cite"]) or None,
        )
        for each in reason.get("blockers", ())
    ]
    return BulkItemOut(
        case_id=part.case_id,
        number=part.number,
        organization=part.organization_name,
        seen_version=part.seen_version,
        state=part.state,
        code=reason.get("code", ""),
        title=said(reason.get("title")),
        detail=said(reason.get("detail")),
        blockers=blockers,
        done_at=part.done_at.astimezone(SHANGHAI) if part.done_at else None,
    )

"""Calls: the street's list, one call with its applications, and what becomes of it from draft to close."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from api.addresses import PublicId
from api.callers import Caller, Reading, Working
from api.json.refs import OrganizationRef
from api.json.shapes import Body, Cursor, IdempotencyKey, Limit, Listed, refusals
from incubator.clock import today
from incubator.models.funding import CallStatus
from incubator.queries.calls import Application, CallLine, calls, is_open_on, read_call
from incubator.queries.paging import USUAL
from incubator.services.call_values import LONGEST, MOST_FEN, CallValues
from incubator.services.calls import (
    cancel_call,
    change_call,
    close_call,
    draft_call,
    publish_call,
)

router = APIRouter(tags=["calls"])

_TERMS = (
    "What this call says for itself, by policy path: `funding.fields` (codes), `funding.cap` ({fen} or {share}),"
    " `funding.tranches`, `funding.actual_cost`, `funding.review.sheet`, `.size`, `.quorum`, `.least`,"
    " `project.midterm.enabled`, `project.midterm.report_due` and `project.final.report_due` (days)"
)


class CallIn(Body):
    """What a call says; amounts in fen."""

    title: str = Field(min_length=1, max_length=LONGEST["title"])
    fund_source: str = Field(max_length=40, description="A fund's code in the policy")
    budget_fen: int = Field(ge=1, le=MOST_FEN)
    opens_on: date
    closes_on: date = Field(description="The last day to apply")
    document_number: str = Field(
        default="", max_length=LONGEST["document_number"], description="Of the announcement; needed to publish"
    )
    terms: dict[str, Any] = Field(default_factory=dict, max_length=20, description=_TERMS)


class ChangedCall(CallIn):
    """The call as it shall stand, and the version that it had when it was looked at."""

    expected_version: int | None = Field(default=None, ge=0)


class Act(Body):
    """The version that the call had when it was looked at."""

    expected_version: int | None = Field(default=None, ge=0)


class Cancel(Act):
    """Why it is cancelled."""

    reason: str = Field(min_length=1, max_length=2000)


class ApplicationOut(BaseModel):
    """An application under a call; amounts in fen, `score` with two decimals once a panel concluded."""

    case_id: str
    number: str
    organization: OrganizationRef
    title: str
    step: str
    open: bool
    outcome: str
    score: str | None
    asked_fen: int
    awarded_fen: int
    project_number: str | None
    project_status: str | None


class CallLineOut(BaseModel):
    """A call with what is asked for, awarded and left; amounts in fen."""

    id: str
    number: str
    title: str
    status: CallStatus
    open: bool
    fund_source: str
    document_number: str
    budget_fen: int
    opens_on: date
    closes_on: date
    applications: int
    open_applications: int
    asked_fen: int
    awarded_fen: int
    left_fen: int
    version: int


class CallOut(CallLineOut):
    """A call with its terms and the applications of the caller's area."""

    terms: dict[str, Any]
    policy: str | None
    listed: list[ApplicationOut]


@router.get("/calls", responses=refusals(403, 422))
def list_calls(
    caller: Reading, status: CallStatus | None = None, cursor: Cursor = "", limit: Limit = USUAL
) -> Listed[CallLineOut]:
    """A page of the street's calls, newest first."""
    page = caller.read(
        lambda connection: calls(connection, caller.actor, status=status, cursor=cursor, limit=limit)
    )  # fmt: skip
    items = [CallLineOut(**_line(call, caller)) for call in page.items]
    return Listed(items=items, next_cursor=page.next_cursor)


@router.post("/calls", status_code=201, responses=refusals(403, 409, 422))
def post_call(caller: Working, body: CallIn, idempotency_key: IdempotencyKey = "") -> CallOut:
    """Draft a call."""

    def work(connection: Connection) -> CallLine:
        written = draft_call(connection, _values(body), actor=caller.actor, now=caller.now, key=idempotency_key)
        return read_call(connection, caller.actor, written.public_id)

    return _out(caller.write(work), caller)


@router.get("/calls/{call_id}", responses=refusals(403, 404, 422))
def get_call(caller: Reading, call_id: PublicId) -> CallOut:
    """One call with its applications."""
    return _out(caller.read(lambda connection: read_call(connection, caller.actor, call_id)), caller)


@router.patch("/calls/{call_id}", responses=refusals(403, 404, 409, 422))
def patch_call(caller: Working, call_id: PublicId, body: ChangedCall) -> CallOut:
    """Let a draft say something else."""

    def work(connection: Connection) -> CallLine:
        change_call(
            connection, call_id, _values(body), expected_version=body.expected_version, actor=caller.actor,
            now=caller.now,
        )  # fmt: skip
        return read_call(connection, caller.actor, call_id)

    return _out(caller.write(work), caller)


@router.post("/calls/{call_id}/publish", responses=refusals(403, 404, 409, 422))
def post_publish(caller: Working, call_id: PublicId, body: Act) -> CallOut:
    """Publish a draft that somebody else made; its terms are pinned and its budget is set aside."""

    def work(connection: Connection) -> CallLine:
        publish_call(
            connection, call_id, expected_version=body.expected_version, actor=caller.actor, now=caller.now
        )  # fmt: skip
        return read_call(connection, caller.actor, call_id)

    return _out(caller.write(work), caller)


@router.post("/calls/{call_id}/close", responses=refusals(403, 404, 409, 422))
def post_close(caller: Working, call_id: PublicId, body: Act) -> CallOut:
    """Close a call whose applications have all ended; what is left goes back to its fund."""

    def work(connection: Connection) -> CallLine:
        close_call(connection, call_id, expected_version=body.expected_version, actor=caller.actor, now=caller.now)
        return read_call(connection, caller.actor, call_id)

    return _out(caller.write(work), caller)


@router.post("/calls/{call_id}/cancel", responses=refusals(403, 404, 409, 422))
def post_cancel(caller: Working, call_id: PublicId, body: Cancel) -> CallOut:
    """Cancel a draft, or a published call that has awarded nothing."""

    def work(connection: Connection) -> CallLine:
        cancel_call(
            connection, call_id, reason=body.reason, expected_version=body.expected_version, actor=caller.actor,
            now=caller.now,
        )  # fmt: skip
        return read_call(connection, caller.actor, call_id)

    return _out(caller.write(work), caller)


def _values(body: CallIn) -> CallValues:
    return CallValues(**body.model_dump(exclude={"expected_version"}))


def _line(call: CallLine, caller: Caller) -> dict[str, Any]:
    row = call.row
    return {
        "id": row.public_id,
        "number": row.number,
        "title": row.title,
        "status": call.status,
        "open": is_open_on(row, today(caller.now)),
        "fund_source": row.fund_source,
        "document_number": row.document_number,
        "budget_fen": row.budget_fen,
        "opens_on": row.opens_on,
        "closes_on": row.closes_on,
        "applications": len(call.applications),
        "open_applications": len(call.running),
        "asked_fen": call.asked_fen,
        "awarded_fen": call.awarded_fen,
        "left_fen": call.left_fen,
        "version": row.head_seq,
    }


def _out(call: CallLine, caller: Caller) -> CallOut:
    return CallOut(
        **_line(call, caller),
        terms=call.row.terms,
        policy=call.row.policy_hash or None,
        listed=[_application(each) for each in call.applications],
    )


def _application(each: Application) -> ApplicationOut:
    return ApplicationOut(
        case_id=each.case_id,
        number=each.number,
        organization=OrganizationRef(id=each.organization_id, name=each.organization),
        title=each.title,
        step=each.step,
        open=each.open,
        outcome=each.outcome,
        score=each.score or None,
        asked_fen=each.asked_fen,
        awarded_fen=each.awarded_fen,
        project_number=each.project_number or None,
        project_status=each.project_status or None,
    )

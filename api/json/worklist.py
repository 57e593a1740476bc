"""What awaits the caller or the caller's team, by due date: `/worklist`."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.callers import Reading
from api.json.refs import CommunityRef, OrganizationRef, PersonRef
from api.json.shapes import Cursor, Limit, Listed, due_out, refusals
from incubator.clock import today
from incubator.queries.paging import USUAL
from incubator.queries.worklist import Filters, View, WorkLine, worklist

router = APIRouter(tags=["worklist"])


class WorkLineOut(BaseModel):
    """Something that awaits somebody, or a case of the area."""

    case_id: str
    number: str
    procedure: str
    procedure_title: str
    step: str
    step_title: str
    kind: str
    role: str
    assignee: PersonRef | None
    organization: OrganizationRef
    community: CommunityRef
    due: date | None
    provisional: bool
    overdue: bool
    outcome: str
    version: int
    opened_on: date


@router.get("/worklist", responses=refusals(403, 422))
def get_worklist(
    caller: Reading,
    view: Annotated[
        View, Query(description="mine: what awaits the caller; team; unassigned; all: every case in hand; ended")
    ] = View.MINE,
    procedure: Annotated[str, Query(max_length=60)] = "",
    step: Annotated[str, Query(max_length=60)] = "",
    community: Annotated[str, Query(max_length=64, description="A community's id")] = "",
    assignee: Annotated[str, Query(max_length=64, description="A person's id")] = "",
    hub: Annotated[str, Query(max_length=64, description="The id of the hub that carries the organization")] = "",
    category: Annotated[str, Query(max_length=60, description="The organization's category")] = "",
    overdue: bool | None = None,
    due_from: date | None = None,
    due_by: date | None = None,
    moved_since: Annotated[date | None, Query(description="Came to its step since, by somebody else")] = None,
    handed_on: Annotated[bool, Query(description="The caller acted last, and it awaits somebody else")] = False,
    outcome: Annotated[str, Query(max_length=60)] = "",
    ended_in: Annotated[int | None, Query(ge=1900, le=9000)] = None,
    q: Annotated[
        str, Query(max_length=100, description="Part of a name, a leader's name or a number, or pinyin initials")
    ] = "",
    cursor: Cursor = "",
    limit: Limit = USUAL,
) -> Listed[WorkLineOut]:
    """A page of the list, the earliest due date first."""
    filters = Filters(
        view=view,
        procedure=procedure,
        step=step,
        community=community,
        assignee=assignee,
        hub=hub,
        category=category,
        overdue=overdue,
        due_from=due_from,
        due_by=due_by,
        moved_since=moved_since,
        handed_on=handed_on,
        outcome=outcome,
        ended_in=ended_in,
        query=q,
    )
    day = today(caller.now)
    page = caller.read(
        lambda connection: worklist(connection, caller.actor, filters, day=day, cursor=cursor, limit=limit)
    )
    return Listed(items=[_out(line, caller.language, day) for line in page.items], next_cursor=page.next_cursor)


def _out(line: WorkLine, language: str, day: date) -> WorkLineOut:
    return WorkLineOut(
        case_id=line.case_id,
        number=line.number,
        procedure=line.procedure,
        procedure_title=line.procedure_title.read(language),
        step=line.step,
        step_title=line.step_title.read(language),
        kind=line.kind,
        role=line.role,
        assignee=PersonRef(id=line.assignee_id, name=line.assignee_name) if line.assignee_id else None,
        organization=OrganizationRef(id=line.organization_id, name=line.organization_name),
        community=CommunityRef(id=line.community_id, name=line.community_name),
        due=due_out(line.due_on),
        provisional=line.provisional,
        overdue=line.due_on < day,
        outcome=line.outcome,
        version=line.version,
        opened_on=line.opened_on,
    )

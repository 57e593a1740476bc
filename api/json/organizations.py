"""Organizations: the list of the caller's area, one whole, its path, and entering one: `/organizations`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from api.addresses import PublicId
from api.callers import Caller, Reading, Working
from api.json.refs import CommunityRef
from api.json.shapes import Body, Cursor, IdempotencyKey, Limit, Listed, blockers_out, due_out, refusals
from api.problems import BlockerOut
from incubator.clock import SHANGHAI
from incubator.models.organizations import Standing
from incubator.queries.organizations import (
    Filters,
    OrganizationFile,
    find_organization,
    organizations,
    read_organization,
)
from incubator.queries.paging import USUAL
from incubator.queries.path import LineKind, Stage, StageState, openings, path
from incubator.services.entry import enter_organization

router = APIRouter(tags=["organizations"])


class NewOrganization(Body):
    """A group that is entered by hand; the telephone is a personal value, sealed and shown masked."""

    community_id: str = Field(max_length=64)
    name: str = Field(min_length=1, max_length=100)
    category: str = Field(default="", max_length=60)
    leader: str = Field(default="", max_length=60)
    leader_phone: str = Field(default="", max_length=20, pattern=r"^([0-9+\- ]{7,20})?$")
    members: int = Field(default=0, ge=0, le=1_000_000)
    founded_on: str = Field(default="", pattern=r"^([0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?)?$")
    premises: str = Field(default="", max_length=200)
    activity_frequency: str = Field(default="", max_length=100)
    remark: str = Field(default="", max_length=2000)
    registration_number: str = Field(
        default="",
        max_length=40,
        description="Of a body that the registrar has registered: its unified social credit code",
    )


class OrganizationLineOut(BaseModel):
    """An organization in the list."""

    id: str
    name: str
    community: CommunityRef
    standing: Standing
    category: str
    leader: str
    members: int
    filing_number: str
    filing_valid_until: date | None


class CaseRef(BaseModel):
    """A case in brief."""

    id: str
    number: str
    procedure: str
    period: str
    step: str
    open: bool
    outcome: str
    due: date | None
    opened_on: date


class CertificateOut(BaseModel):
    """A filing certificate and what became of it; `paper` is what one from before the service is known by."""

    number: str
    status: str
    signed_on: date
    valid_from: date
    valid_until: date
    paper: str


class OpeningOut(BaseModel):
    """A procedure that may be opened for the organization, or why not by this caller now."""

    procedure: str
    title: str
    period: str
    allowed: bool
    blockers: list[BlockerOut]


class OrganizationOut(OrganizationLineOut):
    """An organization whole. `personal` holds masked values by field."""

    founded_on: str
    premises: str
    activity_frequency: str
    remark: str
    registration_number: str | None
    filed_on: date | None
    registered_at: datetime
    version: int
    personal: dict[str, str]
    cases: list[CaseRef]
    certificates: list[CertificateOut]
    openings: list[OpeningOut]


class StageLineOut(BaseModel):
    """One thing of several in a stage: an application, a project, the year's review, the rating. Money in fen."""

    kind: LineKind
    state: StageState
    title: str
    text: str
    case_id: str | None
    case_number: str | None
    amount_fen: int
    paid_fen: int
    next_on: date | None


class StageOut(BaseModel):
    """One stage of the path; `lines` where several things stand side by side in it."""

    stage: str
    title: str
    state: StageState
    text: str
    case_id: str | None
    case_number: str | None
    valid_from: date | None
    valid_until: date | None
    blockers: list[BlockerOut]
    lines: list[StageLineOut]


@router.get("/organizations", responses=refusals(403, 422))
def list_organizations(
    caller: Reading,
    q: Annotated[str, Query(max_length=100, description="Part of a name or a leader's name, or pinyin initials")] = "",
    community: Annotated[str, Query(max_length=64, description="A community's id")] = "",
    standing: Standing | None = None,
    category: Annotated[str, Query(max_length=60, description="A category's code")] = "",
    cursor: Cursor = "",
    limit: Limit = USUAL,
) -> Listed[OrganizationLineOut]:
    """A page of the area's organizations by name."""
    filters = Filters(query=q, community=community, standing=standing.value if standing else "", category=category)
    page = caller.read(lambda connection: organizations(connection, caller.actor, filters, cursor=cursor, limit=limit))
    lines = [
        OrganizationLineOut(
            id=line.public_id,
            name=line.name,
            community=CommunityRef(id=line.community_id, name=line.community_name),
            standing=line.standing,
            category=line.category,
            leader=line.leader,
            members=line.members,
            filing_number=line.filing_number,
            filing_valid_until=due_out(line.filing_valid_until),
        )
        for line in page.items
    ]
    return Listed(items=lines, next_cursor=page.next_cursor)


@router.post("/organizations", status_code=201, responses=refusals(403, 409, 422))
def create_organization(
    caller: Working, body: NewOrganization, idempotency_key: IdempotencyKey = ""
) -> OrganizationOut:
    """Enter an organization in a community of the caller's area."""
    values = body.model_dump(exclude={"community_id", "leader_phone"})
    personal = {"leader_phone": body.leader_phone} if body.leader_phone else None
    written = caller.write(
        lambda connection: enter_organization(
            connection,
            community=body.community_id,
            values=values,
            personal=personal,
            actor=caller.actor,
            key=idempotency_key,
            now=caller.now,
        )
    )
    return get_organization(caller, written.public_id)


@router.get("/organizations/{organization_id}", responses=refusals(403, 404, 422))
def get_organization(caller: Reading, organization_id: PublicId) -> OrganizationOut:
    """An organization with its cases, certificates and what may be opened for it."""

    def look(connection: Connection) -> OrganizationOut:
        file = read_organization(connection, caller.actor, organization_id)
        may_open = openings(connection, caller.actor, file.organization, caller.now)
        offered = [
            OpeningOut(
                procedure=each.definition.key,
                title=each.definition.title.read(caller.language),
                period=each.period,
                allowed=each.allowed,
                blockers=blockers_out(each.blockers, caller.language),
            )
            for each in may_open
        ]
        return _out(file, offered)

    return caller.read(look)


@router.get("/organizations/{organization_id}/path", responses=refusals(403, 404, 422))
def get_path(caller: Reading, organization_id: PublicId) -> list[StageOut]:
    """The five stages: each done, running, next, blocked (with blockers) or not applicable."""

    def look(connection: Connection) -> list[StageOut]:
        row = find_organization(connection, caller.actor, organization_id)
        return [_stage(each, caller) for each in path(connection, caller.actor, row, caller.now)]

    return caller.read(look)


def _stage(stage: Stage, caller: Caller) -> StageOut:
    return StageOut(
        stage=stage.key,
        title=stage.title.read(caller.language),
        state=stage.state,
        text=stage.words.read(caller.language),
        case_id=stage.case_id or None,
        case_number=stage.case_number or None,
        valid_from=stage.valid_from,
        valid_until=stage.valid_until,
        blockers=blockers_out(stage.blockers, caller.language),
        lines=[
            StageLineOut(
                kind=line.kind,
                state=line.state,
                title=line.title.read(caller.language),
                text=line.words.read(caller.language),
                case_id=line.case_id or None,
                case_number=line.case_number or None,
                amount_fen=line.amount_fen,
                paid_fen=line.paid_fen,
                next_on=line.next_on,
            )
            for line in stage.lines
        ],
    )


def _out(file: OrganizationFile, offered: list[OpeningOut]) -> OrganizationOut:
    row = file.organization
    return OrganizationOut(
        id=row.public_id,
        name=row.name,
        community=CommunityRef(id=row.community_public_id, name=row.community_name),
        standing=Standing(row.standing),
        category=row.category,
        leader=row.leader,
        members=row.members,
        filing_number=row.filing_number,
        filing_valid_until=due_out(row.filing_valid_until),
        founded_on=row.founded_on,
        premises=row.premises,
        activity_frequency=row.activity_frequency,
        remark=row.remark,
        registration_number=row.details.get("registration_number"),
        filed_on=due_out(row.filed_on),
        registered_at=row.registered_at.astimezone(SHANGHAI),
        version=row.version,
        personal=dict(file.personal),
        cases=[
            CaseRef(
                id=case.public_id,
                number=case.number,
                procedure=case.definition.key,
                period=case.period,
                step=case.step,
                open=case.open,
                outcome=case.outcome,
                due=due_out(case.due_on),
                opened_on=case.opened_on,
            )
            for case in file.cases
        ],
        certificates=[
            CertificateOut(
                number=each.number,
                status=each.status,
                signed_on=each.signed_on,
                valid_from=each.valid_from,
                valid_until=each.valid_until,
                paper=each.paper,
            )
            for each in file.certificates
        ],
        openings=offered,
    )

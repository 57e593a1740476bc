"""Hubs with those they carry, their duties and who speaks for them; sub-teams under a filed organization."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from api.addresses import PublicId
from api.callers import Caller, Reading, Working
from api.json.refs import OrganizationRef
from api.json.shapes import Body, IdempotencyKey, Listed, due_out, refusals, words
from incubator.clock import today
from incubator.models.organizations import Standing
from incubator.procedures.affiliation.duties import DutyState, Owed
from incubator.queries.hubs import HubFile, Member, read_hub, sub_teams
from incubator.queries.hubs import hubs as hubs_of
from incubator.queries.organizations import find_organization
from incubator.services.hub_duties import record_duty
from incubator.services.hub_representatives import end_representative, name_representative
from incubator.services.sub_teams import LENGTHS, MOST_MEMBERS, add_sub_team, change_sub_team, end_sub_team

router = APIRouter(tags=["hubs"])
LONGEST_REASON = 2000


class DutyOut(BaseModel):
    """A duty of a hub in one of its times; `done_on` is null until it is done."""

    code: str
    name: str
    since: date
    until: date
    due: date
    state: DutyState
    done_on: date | None


class MemberOut(OrganizationRef):
    """An organization that a hub carries, by which agreement, and what the hub owes it."""

    community: str
    agreement_number: str
    since: date
    until: date
    duties: list[DutyOut]


class RepresentativeOut(BaseModel):
    """Who speaks for a hub."""

    person_id: str
    name: str
    since: date


class ReportOut(BaseModel):
    """A quarterly report of a hub; `due` is null once it needs nothing more."""

    case_id: str
    period: str
    open: bool
    state: str
    due: date | None


class HubOut(OrganizationRef):
    """A hub; `until` is null without an end. `duties` are those owed once for all members."""

    community: str
    standing: Standing
    since: date
    until: date | None
    overdue: int
    members: list[MemberOut]
    duties: list[DutyOut]
    representatives: list[RepresentativeOut]
    reports: list[ReportOut]


class NewRepresentative(Body):
    """Who is to speak for the hub, and from when; today where nothing is said."""

    person_id: str = Field(max_length=64)
    since: date | None = None


class End(Body):
    """From which day it ends; today where nothing is said."""

    on: date | None = None


class NewDuty(Body):
    """A duty done, by its code, for a member or, without one, for all."""

    duty: str = Field(max_length=60)
    held_on: date
    member_id: str = Field(default="", max_length=64)
    note: str = Field(default="", max_length=2000)


class DutyDone(BaseModel):
    """The record of a duty done."""

    id: str


class SubTeamFields(Body):
    """What is known of a sub-team."""

    name: str = Field(min_length=1, max_length=LENGTHS["name"])
    leader: str = Field(default="", max_length=LENGTHS["leader"])
    members: int = Field(default=0, ge=0, le=MOST_MEMBERS)
    place: str = Field(default="", max_length=LENGTHS["place"])
    remark: str = Field(default="", max_length=LENGTHS["remark"])


class NewSubTeam(SubTeamFields):
    """A sub-team, and since when there is one; today where nothing is said."""

    since: date | None = None


class EndSubTeam(Body):
    """Why a sub-team ends, and when; today where nothing is said."""

    reason: str = Field(min_length=1, max_length=LONGEST_REASON)
    on: date | None = None


class SubTeamOut(BaseModel):
    """A sub-team; `ended_on` is null while there is one."""

    id: str
    name: str
    leader: str
    members: int
    place: str
    remark: str
    since: date
    ended_on: date | None


@router.get("/hubs", responses=refusals(403))
def list_hubs(caller: Reading) -> Listed[HubOut]:
    """The recognised hubs of the area by name, whole: a street has a handful."""
    found = caller.read(lambda connection: hubs_of(connection, caller.actor, today(caller.now)))
    return Listed(items=[_hub(each, caller) for each in found], next_cursor="")


@router.get("/hubs/{hub_id}", responses=refusals(403, 404))
def get_hub(caller: Reading, hub_id: PublicId) -> HubOut:
    """One hub, by its organization's id."""
    return caller.read(lambda connection: _read(connection, caller, hub_id))


@router.post("/hubs/{hub_id}/representatives", status_code=201, responses=refusals(403, 404, 422))
def post_representative(caller: Working, hub_id: PublicId, body: NewRepresentative) -> HubOut:
    """Let a person with the role speak for the hub."""

    def work(connection: Connection) -> HubOut:
        name_representative(
            connection, organization=hub_id, person=body.person_id, since=body.since, actor=caller.actor, now=caller.now
        )
        return _read(connection, caller, hub_id)

    return caller.write(work)


@router.post("/hubs/{hub_id}/representatives/{person_id}/end", responses=refusals(403, 404, 422))
def post_representative_end(caller: Working, hub_id: PublicId, person_id: PublicId, body: End) -> HubOut:
    """Let a person speak for the hub no more."""

    def work(connection: Connection) -> HubOut:
        end_representative(
            connection, organization=hub_id, person=person_id, on=body.on, actor=caller.actor, now=caller.now
        )
        return _read(connection, caller, hub_id)

    return caller.write(work)


@router.post("/hubs/{hub_id}/duties", status_code=201, responses=refusals(403, 404, 409, 422))
def post_duty(caller: Working, hub_id: PublicId, body: NewDuty, idempotency_key: IdempotencyKey = "") -> DutyDone:
    """Record that the hub did one of its duties."""
    made = caller.write(
        lambda connection: record_duty(
            connection, hub=hub_id, duty=body.duty, held_on=body.held_on, member=body.member_id, note=body.note,
            actor=caller.actor, now=caller.now, key=idempotency_key,
        )
    )  # fmt: skip
    return DutyDone(id=made)


@router.get("/organizations/{organization_id}/sub-teams", responses=refusals(403, 404))
def list_sub_teams(caller: Reading, organization_id: PublicId) -> Listed[SubTeamOut]:
    """An organization's sub-teams, those that have ended last."""
    return caller.read(lambda connection: _teams(connection, caller, organization_id))


@router.post("/organizations/{organization_id}/sub-teams", status_code=201, responses=refusals(403, 404, 409, 422))
def post_sub_team(
    caller: Working, organization_id: PublicId, body: NewSubTeam, idempotency_key: IdempotencyKey = ""
) -> SubTeamOut:
    """Add a sub-team under a filed organization."""

    def work(connection: Connection) -> SubTeamOut:
        made = add_sub_team(
            connection, organization=organization_id, values=body.model_dump(exclude={"since"}), since=body.since,
            actor=caller.actor, now=caller.now, key=idempotency_key,
        )  # fmt: skip
        return _team(connection, caller, organization_id, made)

    return caller.write(work)


@router.post("/organizations/{organization_id}/sub-teams/{sub_id}", responses=refusals(403, 404, 409, 422))
def post_sub_team_change(
    caller: Working, organization_id: PublicId, sub_id: PublicId, body: SubTeamFields
) -> SubTeamOut:
    """Change what is known of a sub-team."""

    def work(connection: Connection) -> SubTeamOut:
        change_sub_team(
            connection, organization=organization_id, team=sub_id, values=body.model_dump(exclude_unset=True),
            actor=caller.actor, now=caller.now,
        )  # fmt: skip
        return _team(connection, caller, organization_id, sub_id)

    return caller.write(work)


@router.post("/organizations/{organization_id}/sub-teams/{sub_id}/end", responses=refusals(403, 404, 409, 422))
def post_sub_team_end(caller: Working, organization_id: PublicId, sub_id: PublicId, body: EndSubTeam) -> SubTeamOut:
    """End a sub-team."""

    def work(connection: Connection) -> SubTeamOut:
        end_sub_team(
            connection, organization=organization_id, team=sub_id, reason=body.reason, on=body.on, actor=caller.actor,
            now=caller.now,
        )  # fmt: skip
        return _team(connection, caller, organization_id, sub_id)

    return caller.write(work)


def _read(connection: Connection, caller: Caller, hub_id: str) -> HubOut:
    return _hub(read_hub(connection, caller.actor, hub_id, today(caller.now)), caller)


def _hub(file: HubFile, caller: Caller) -> HubOut:
    language = caller.language
    return HubOut(
        id=file.public_id,
        name=file.name,
        community=file.community_name,
        standing=Standing(file.standing),
        since=file.since,
        until=due_out(file.until),
        overdue=file.overdue,
        members=[_member(each, language) for each in file.members],
        duties=[_duty(each, language) for each in file.duties],
        representatives=[
            RepresentativeOut(person_id=person, name=name, since=since) for person, name, since in file.representatives
        ],
        reports=[
            ReportOut(
                case_id=each.public_id, period=each.period, open=each.open, state=words(each.words, language),
                due=due_out(each.due_on),
            )
            for each in file.reports
        ],
    )  # fmt: skip


def _member(member: Member, language: str) -> MemberOut:
    return MemberOut(
        id=member.public_id,
        name=member.name,
        community=member.community_name,
        agreement_number=member.agreement_number,
        since=member.since,
        until=member.until,
        duties=[_duty(each, language) for each in member.duties],
    )


def _duty(duty: Owed, language: str) -> DutyOut:
    return DutyOut(
        code=duty.code, name=words(duty.name, language), since=duty.since, until=duty.until, due=duty.due_on,
        state=duty.state, done_on=duty.done_on,
    )  # fmt: skip


def _teams(connection: Connection, caller: Caller, organization_id: str) -> Listed[SubTeamOut]:
    row = find_organization(connection, caller.actor, organization_id)
    return Listed(items=[_team_out(each) for each in sub_teams(connection, caller.actor, row.id)], next_cursor="")


def _team(connection: Connection, caller: Caller, organization_id: str, team: str) -> SubTeamOut:
    return next(each for each in _teams(connection, caller, organization_id).items if each.id == team)


def _team_out(row: Any) -> SubTeamOut:
    return SubTeamOut(
        id=row.public_id, name=row.name, leader=row.leader, members=row.members, place=row.place, remark=row.remark,
        since=row.since, ended_on=due_out(row.ended_on),
    )  # fmt: skip

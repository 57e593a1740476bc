"""The people of an organization: who leads it and its teams, who speaks for it as a hub, and who looks after it at the centre."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from incubator.engine.roles import ROLE_NAMES, Actor, Role
from incubator.models.base import NO_DATE, table
from incubator.models.cases import Case, WorkItem
from incubator.models.hubs import HubRepresentative, SubTeam
from incubator.models.streets import Person
from incubator.queries.people import holders_of
from incubator.queries.visibility import covers_area, visible_to
from incubator.text import Text

_ITEMS, _CASES, _PEOPLE, _SPEAKERS, _TEAMS = (
    table(WorkItem), table(Case), table(Person), table(HubRepresentative), table(SubTeam)
)  # fmt: skip
_LEADER = Text("负责人", "Leader")
_SPEAKER = Text("枢纽代表", "Representative of the hub")
_WORKER = ROLE_NAMES[Role.COMMUNITY_WORKER]
_HAS_A_CASE = Text("经手案件", "Has a case of it")


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person and what the person is to the organization; `about` says of what, such as a team's name or a case's number."""

    role: Text
    name: str
    about: str
    href: str


def people_of(connection: Connection, actor: Actor, organization: Row[Any], day: date) -> tuple[Somebody, ...]:
    """Everybody who is anything to the organization today, its own people first; four statements."""
    own = f"/organizations/{organization.public_id}"
    found = [Somebody(_LEADER, organization.leader, "", "")] if organization.leader else []
    for row in connection.execute(
        select(_TEAMS.c.name, _TEAMS.c.leader)
        .where(_TEAMS.c.organization_id == organization.id, _TEAMS.c.ended_on == NO_DATE, _TEAMS.c.leader != "")
        .where(visible_to(actor, _TEAMS))
        .order_by(_TEAMS.c.name)
    ):
        found.append(Somebody(Text("小队负责人", "Leads a sub-team"), row.leader, row.name, f"{own}#sub-teams"))
    if not covers_area(actor, organization.street_id, organization.community_id):
        return tuple(found)
    for speaker in connection.execute(
        select(_PEOPLE.c.name)
        .join_from(_SPEAKERS, _PEOPLE, _PEOPLE.c.id == _SPEAKERS.c.person_id)
        .where(_SPEAKERS.c.organization_id == organization.id, _SPEAKERS.c.since <= day, _SPEAKERS.c.until >= day)
        .order_by(_PEOPLE.c.name)
    ):
        found.append(Somebody(_SPEAKER, speaker.name, "", f"/hubs/{organization.public_id}"))
    workers = holders_of(
        connection, street_id=organization.street_id, role=Role.COMMUNITY_WORKER, day=day,
        community_id=organization.community_id,
    )  # fmt: skip
    found += [Somebody(_WORKER, each.name, organization.community_name, "") for each in workers]
    for held in connection.execute(
        select(_PEOPLE.c.name, _CASES.c.number, _CASES.c.public_id)
        .join_from(_ITEMS, _PEOPLE, _PEOPLE.c.id == _ITEMS.c.person_id)
        .join(_CASES, _CASES.c.id == _ITEMS.c.case_id)
        .where(_CASES.c.organization_id == organization.id, _ITEMS.c.done_at.is_(None), _ITEMS.c.kind == "step")
        .where(visible_to(actor, _CASES))
        .order_by(_PEOPLE.c.name, _CASES.c.id)
    ):
        found.append(Somebody(_HAS_A_CASE, held.name, held.number, f"/cases/{held.public_id}"))
    return tuple(found)

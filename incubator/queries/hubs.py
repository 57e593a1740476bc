"""Hubs of the actor's area, each with its members, agreements, duties and reports; sub-teams of an organization."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from incubator.engine import library
from incubator.engine.policy import Policy
from incubator.engine.roles import Actor
from incubator.facts.bulk import among
from incubator.models.base import NO_DATE, table
from incubator.models.cases import Case
from incubator.models.hubs import Affiliation, AffiliationStatus, Hub, HubRepresentative, HubStatus, SubTeam
from incubator.models.organizations import Organization
from incubator.models.streets import Community, Person
from incubator.procedures.affiliation.duties import DutyState, Owed
from incubator.queries.hub_duties import duties_done, duties_of, owed_by
from incubator.queries.outcomes import outcome_title
from incubator.queries.visibility import visible_to
from incubator.services.organizations import organization_not_found
from incubator.text import Text

_HUBS, _AGREEMENTS, _ORGANIZATIONS, _COMMUNITIES = (table(each) for each in (Hub, Affiliation, Organization, Community))
_SPEAKERS, _PEOPLE, _TEAMS, _CASES = (table(each) for each in (HubRepresentative, Person, SubTeam, Case))
_LAST_REPORTS = 8


@dataclass(frozen=True, slots=True)
class Member:
    """An organization under a hub, its agreement, and what the hub owes it."""

    public_id: str
    name: str
    community_name: str
    agreement_number: str
    since: date
    until: date
    duties: tuple[Owed, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A quarterly report of a hub: the case, and how it stands."""

    public_id: str
    period: str
    open: bool
    words: Text
    due_on: date  # NO_DATE once it needs nothing more


@dataclass(frozen=True, slots=True)
class HubFile:
    """A hub whole, as it stands on a day; `until` is NO_DATE without an end. Duties owed once for all stand apart."""

    organization_id: int
    public_id: str
    name: str
    community_name: str
    standing: str
    since: date
    until: date
    members: tuple[Member, ...]
    duties: tuple[Owed, ...]
    representatives: tuple[tuple[str, str, date], ...]  # public id, name, since
    reports: tuple[Report, ...]

    @property
    def overdue(self) -> int:
        """How many duties are overdue."""
        return sum(duty.state is DutyState.OVERDUE for duty in self.all_duties())

    def all_duties(self) -> Iterable[Owed]:
        """What it owes to all and to each."""
        yield from self.duties
        for member in self.members:
            yield from member.duties


def hubs(connection: Connection, actor: Actor, day: date) -> tuple[HubFile, ...]:
    """The recognised hubs of the actor's area by name. A fixed number of statements."""
    return _files(connection, actor, connection.execute(_recognised(actor, day)).all(), day)


def read_hub(connection: Connection, actor: Actor, public_id: str, day: date) -> HubFile:
    """One hub by its organization's public id; NotFound where there is none in the area, or it is none today."""
    rows = connection.execute(_recognised(actor, day).where(_ORGANIZATIONS.c.public_id == public_id)).all()
    if not rows:
        raise organization_not_found()
    return _files(connection, actor, rows, day)[0]


@dataclass(frozen=True, slots=True)
class Ties:
    """How an organization is tied to hubs: whether it is one until a day, and by which agreement one carries it."""

    recognised_until: date | None
    hub: Row[Any, Any, Any, Any, Any] | None  # public_id, name, agreement_number, since, until


def ties_of(connection: Connection, organization_id: int, day: date) -> Ties:
    """An organization's recognition and its agreement, as they hold on a day; two statements."""
    until = connection.scalar(
        select(_HUBS.c.until).where(
            _HUBS.c.organization_id == organization_id, _HUBS.c.status == HubStatus.VALID.value, _HUBS.c.until >= day
        )
    )
    hub: Row[Any, Any, Any, Any, Any] | None = connection.execute(
        select(
            _ORGANIZATIONS.c.public_id, _ORGANIZATIONS.c.name, _AGREEMENTS.c.agreement_number, _AGREEMENTS.c.since,
            _AGREEMENTS.c.until,
        )
        .join_from(_AGREEMENTS, _ORGANIZATIONS, _ORGANIZATIONS.c.id == _AGREEMENTS.c.hub_id)
        .where(
            _AGREEMENTS.c.organization_id == organization_id, _AGREEMENTS.c.status == AffiliationStatus.VALID.value,
            _AGREEMENTS.c.until >= day,
        )
    ).one_or_none()  # fmt: skip
    return Ties(until, hub)


def sub_teams(connection: Connection, actor: Actor, organization_id: int) -> Sequence[Row[Any]]:
    """All sub-teams of an organization that the actor may see, those that have ended last."""
    return connection.execute(
        select(_TEAMS).where(_TEAMS.c.organization_id == organization_id, visible_to(actor, _TEAMS)).order_by(_TEAMS.c.ended_on.desc(), _TEAMS.c.name)
    ).all()  # fmt: skip


def _recognised(actor: Actor, day: date) -> Select[Any]:
    return (
        select(
            _HUBS.c.organization_id,
            _HUBS.c.street_id,
            _HUBS.c.since,
            _HUBS.c.until,
            _ORGANIZATIONS.c.public_id,
            _ORGANIZATIONS.c.name,
            _ORGANIZATIONS.c.standing,
            _COMMUNITIES.c.name.label("community_name"),
        )
        .join_from(_HUBS, _ORGANIZATIONS, _ORGANIZATIONS.c.id == _HUBS.c.organization_id)
        .join(_COMMUNITIES, _COMMUNITIES.c.id == _ORGANIZATIONS.c.community_id)
        .where(visible_to(actor, _ORGANIZATIONS), _HUBS.c.status == HubStatus.VALID.value, _HUBS.c.until >= day)
        .order_by(_ORGANIZATIONS.c.name, _HUBS.c.id)
    )


def _files(connection: Connection, actor: Actor, rows: Sequence[Row[Any]], day: date) -> tuple[HubFile, ...]:
    ids = {"hubs": [row.organization_id for row in rows]}
    if not rows:
        return ()
    policies: dict[int, Policy] = {}
    done = duties_done(connection, ids["hubs"])
    members: dict[int, list[Row[Any]]] = defaultdict(list)
    for member in connection.execute(_members(), {**ids}):
        if member.until >= day:
            members[member.hub_id].append(member)
    speakers: dict[int, list[tuple[str, str, date]]] = defaultdict(list)
    for row in connection.execute(_speaking(day), ids):
        speakers[row.organization_id].append((row.public_id, row.name, row.since))
    reports: dict[int, list[Report]] = defaultdict(list)
    for row in connection.execute(_reports(actor), ids):
        reports[row.organization_id].append(_report(connection, row))
    files = []
    for row in rows:
        if row.street_id not in policies:
            policies[row.street_id] = library.policy_in_force(connection, row.street_id, day)
        duties, key = duties_of(policies[row.street_id]), row.organization_id
        files.append(
            HubFile(
                key, row.public_id, row.name, row.community_name, row.standing, row.since, row.until,
                tuple(
                    Member(
                        each.public_id, each.name, each.community_name, each.agreement_number, each.since, each.until,
                        owed_by(duties, done.get(key, {}), each.organization_id, each.since, each.until, day),
                    )
                    for each in members[key]
                ),
                owed_by(duties, done.get(key, {}), 0, row.since, row.until, day),
                tuple(speakers[key]),
                tuple(reports[key][:_LAST_REPORTS]),
            )
        )  # fmt: skip
    return tuple(files)


def _members() -> Select[Any]:
    return (
        select(
            _AGREEMENTS.c.hub_id,
            _AGREEMENTS.c.organization_id,
            _AGREEMENTS.c.agreement_number,
            _AGREEMENTS.c.since,
            _AGREEMENTS.c.until,
            _ORGANIZATIONS.c.public_id,
            _ORGANIZATIONS.c.name,
            _COMMUNITIES.c.name.label("community_name"),
        )
        .join_from(_AGREEMENTS, _ORGANIZATIONS, _ORGANIZATIONS.c.id == _AGREEMENTS.c.organization_id)
        .join(_COMMUNITIES, _COMMUNITIES.c.id == _ORGANIZATIONS.c.community_id)
        # A hub's page names all that it carries, in whichever community they are: the hub is asked about them.
        .where(among(_AGREEMENTS.c.hub_id, "hubs"), _AGREEMENTS.c.status == AffiliationStatus.VALID.value)
        .order_by(_ORGANIZATIONS.c.name, _AGREEMENTS.c.id)
    )


def _speaking(day: date) -> Select[Any]:
    return (
        select(_SPEAKERS.c.organization_id, _SPEAKERS.c.since, _PEOPLE.c.public_id, _PEOPLE.c.name)
        .join_from(_SPEAKERS, _PEOPLE, _PEOPLE.c.id == _SPEAKERS.c.person_id)
        .where(among(_SPEAKERS.c.organization_id, "hubs"), _SPEAKERS.c.since <= day, _SPEAKERS.c.until >= day)
        .order_by(_PEOPLE.c.name, _PEOPLE.c.id)
    )


def _reports(actor: Actor) -> Select[Any]:
    return (
        select(_CASES)
        .where(among(_CASES.c.organization_id, "hubs"), _CASES.c.procedure == "hub_report", visible_to(actor, _CASES))
        .order_by(_CASES.c.period.desc(), _CASES.c.id.desc())
    )


def _report(connection: Connection, row: Row[Any]) -> Report:
    definition = library.definition(connection, row.definition_hash)
    words = definition.step(row.step).title if row.open else outcome_title(definition, row.outcome)
    return Report(row.public_id, row.period, row.open, words, row.due_on if row.open else NO_DATE)

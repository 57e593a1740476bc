"""Reading policies: which versions a street has in force, coming and past, what is proposed, and one version's content."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select

from incubator.clock import today
from incubator.engine import library
from incubator.engine.policy import Policy
from incubator.engine.roles import Actor
from incubator.errors import NotFound
from incubator.models.base import table
from incubator.models.cases import Case
from incubator.models.events import PolicyInForce, PolicyProposal, ProposalState
from incubator.models.funding import Call
from incubator.models.streets import Person
from incubator.queries.people import PersonName
from incubator.queries.visibility import visible_to
from incubator.text import Text

_IN_FORCE, _PROPOSALS, _PEOPLE = table(PolicyInForce), table(PolicyProposal), table(Person)

# All of a proposal but the file and the rehearsal, which may hold megabytes.
_SHORT = [column for column in _PROPOSALS.c if column.name not in ("file_text", "rehearsal")]


@dataclass(frozen=True, slots=True)
class VersionInForce:
    """A version that new cases come under from `since` until another takes its place: `until` is its last day, if known.

    `proposal` is the public id of the proposal that put it there; empty where none did.
    """

    policy_hash: str
    name: str
    jurisdiction: Text
    since: date
    until: date | None
    recorded_at: datetime
    proposal: str
    expires_on: date | None  # the last day that the pack itself says; it governs on until another takes its place


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal with who proposed and who decided it, None for the console or nobody; `row` as deciding asks for it."""

    row: Row[Any]
    name: str
    state: ProposalState
    proposed_by: PersonName | None
    decided_by: PersonName | None

    @property
    def names(self) -> dict[int, str]:
        """The names of the persons it speaks of, by key."""
        return {person.id: person.name for person in (self.proposed_by, self.decided_by) if person is not None}


@dataclass(frozen=True, slots=True)
class Policies:
    """A street's policies on a day; each list newest first, and a street has a handful."""

    in_force: VersionInForce | None
    coming: tuple[VersionInForce, ...]
    past: tuple[VersionInForce, ...]
    proposals: tuple[Proposal, ...]


def policies(connection: Connection, actor: Actor, now: datetime) -> Policies:
    """The street's versions and proposals as they stand now."""
    day = today(now)
    versions = _versions(connection, actor)
    begun = [version for version in versions if version.since <= day]
    coming = [version for version in versions if version.since > day]
    return Policies(begun[0] if begun else None, tuple(coming), tuple(begun[1:]), tuple(_proposals(connection, actor)))


def find_proposal(connection: Connection, actor: Actor, public_id: str) -> Proposal:
    """One proposal of the street. Raises NotFound."""
    found = _proposals(connection, actor, _PROPOSALS.c.public_id == public_id)
    if not found:
        raise NotFound(Text("本街道没有这一提议，请从政策列表进入", "The street has no such proposal: go by the list"))
    return found[0]


def waiting_proposal(connection: Connection, street_id: int, policy_hash: str, day: date) -> str | None:
    """The public id of the proposal of this very version for this day that waits to be decided."""
    return connection.scalar(
        select(_PROPOSALS.c.public_id).where(
            _PROPOSALS.c.street_id == street_id,
            _PROPOSALS.c.policy_hash == policy_hash,
            _PROPOSALS.c.effective_from == day,
            _PROPOSALS.c.state == ProposalState.PROPOSED.value,
        )
    )


def rehearsal_of(connection: Connection, proposal: Proposal) -> Mapping[str, Any]:
    """The rehearsal that a proposal was made with, as it was stored."""
    found: Mapping[str, Any] = json.loads(
        connection.execute(select(_PROPOSALS.c.rehearsal).where(_PROPOSALS.c.id == proposal.row.id)).scalar_one()
    )
    return found


def find_policy(connection: Connection, actor: Actor, digest: str) -> Policy:
    """A version that the street has, or had, or proposes, or that a call or a case of the actor's is under. Raises NotFound."""
    calls, cases = table(Call), table(Case)
    # The cases last: nothing finds them by their policy, so that all of them are looked through.
    for rows in (_IN_FORCE, _PROPOSALS, calls, cases):
        found = select(rows.c.id).where(rows.c.policy_hash == digest, visible_to(actor, rows)).limit(1)
        if connection.scalar(found) is not None:
            return library.policy(connection, digest)
    raise NotFound(Text("本街道没有这一政策版本，请从政策列表进入", "The street has no such version: go by the list"))


def file_of(connection: Connection, actor: Actor, digest: str) -> tuple[str, str] | None:
    """Name and text of the file that a version was last proposed with; None where it came without one."""
    row = connection.execute(
        select(_PROPOSALS.c.file_name, _PROPOSALS.c.file_text)
        .where(_PROPOSALS.c.policy_hash == digest, visible_to(actor, _PROPOSALS))
        .order_by(_PROPOSALS.c.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else (row.file_name, row.file_text)


def _versions(connection: Connection, actor: Actor) -> list[VersionInForce]:
    rows: Sequence[Row[Any]] = connection.execute(
        select(_IN_FORCE)
        .where(visible_to(actor, _IN_FORCE), _IN_FORCE.c.street_id == actor.street_id)
        .order_by(_IN_FORCE.c.effective_from.desc())
    ).all()
    by_day = {
        row.effective_from: row.public_id
        for row in connection.execute(
            select(_PROPOSALS.c.effective_from, _PROPOSALS.c.public_id).where(
                visible_to(actor, _PROPOSALS),
                _PROPOSALS.c.street_id == actor.street_id,
                _PROPOSALS.c.state == ProposalState.ACTIVATED.value,
            )
        )
    }
    versions, until = [], None
    for row in rows:
        policy = library.policy(connection, row.policy_hash)
        jurisdiction = Text.from_pair(policy.content["jurisdiction"])
        proposal = by_day.get(row.effective_from, "")
        versions.append(
            VersionInForce(
                policy.hash,
                policy.name,
                jurisdiction,
                row.effective_from,
                until,
                row.recorded_at,
                proposal,
                date.fromisoformat(ends) if (ends := policy.content.get("effective_until")) else None,
            )
        )
        until = row.effective_from - timedelta(days=1)
    return versions


def _proposals(connection: Connection, actor: Actor, *which: ColumnElement[bool]) -> list[Proposal]:
    rows = connection.execute(
        select(*_SHORT)
        .where(visible_to(actor, _PROPOSALS), _PROPOSALS.c.street_id == actor.street_id, *which)
        .order_by(_PROPOSALS.c.id.desc())
    ).all()
    people = _people(connection, (key for row in rows for key in (row.proposed_by, row.decided_by)))
    return [
        Proposal(
            row,
            library.policy(connection, row.policy_hash).name,
            ProposalState(row.state),
            people.get(row.proposed_by),
            people.get(row.decided_by),
        )
        for row in rows
    ]


def _people(connection: Connection, keys: Iterable[int]) -> dict[int, PersonName]:
    rows = connection.execute(
        select(_PEOPLE.c.id, _PEOPLE.c.public_id, _PEOPLE.c.name).where(_PEOPLE.c.id.in_(set(keys)))
    )
    return {row.id: PersonName(row.id, row.public_id, row.name) for row in rows}

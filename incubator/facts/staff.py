"""Facts the engine itself asks: who holds which role over a case, who is named as substitute, which documents lie there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, or_, select

from incubator.clock import today
from incubator.facts.bulk import among
from incubator.facts.registry import AsOf, CaseRef, Fact, provides
from incubator.models.base import WHOLE_STREET, table
from incubator.models.organizations import Document
from incubator.models.streets import Person, RoleGrant, Substitute

Facts = Sequence[Mapping[str, Any]]


@provides(Fact("staff.holders", dict))
def holders(connection: Connection, cases: Sequence[CaseRef], as_of: AsOf) -> Facts:
    """Role -> persons who hold it over the case's community, whether or not they could sign in today."""
    grants = table(RoleGrant)
    streets = {case.street_id for case in cases}
    day = today(as_of.moment)
    query = select(grants).where(grants.c.street_id.in_(streets), grants.c.since <= day, grants.c.until >= day)
    held: dict[tuple[int, int], dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for row in connection.execute(query):
        held[row.street_id, row.community_id][row.role].add(row.person_id)
    answer = []
    for case in cases:
        roles: dict[str, set[int]] = defaultdict(set)
        for area in (WHOLE_STREET, case.community_id):
            for role, people in held[case.street_id, area].items():
                roles[role] |= people
        answer.append({"staff.holders": {role: frozenset(people) for role, people in roles.items()}})
    return answer


@provides(Fact("staff.substitutes", dict))
def substitutes(connection: Connection, cases: Sequence[CaseRef], as_of: AsOf) -> Facts:
    """Role -> {person: name} of those named as substitutes in the street."""
    named, people = table(Substitute), table(Person)
    query = (
        select(named.c.street_id, named.c.role, named.c.person_id, people.c.name)
        .join_from(named, people, people.c.id == named.c.person_id)
        .where(named.c.street_id.in_({case.street_id for case in cases}))
        .where(named.c.named_at <= as_of.moment, named.c.until >= today(as_of.moment))
    )
    found: dict[int, dict[str, dict[int, str]]] = defaultdict(lambda: defaultdict(dict))
    for row in connection.execute(query):
        found[row.street_id][row.role][row.person_id] = row.name
    return [{"staff.substitutes": {role: dict(who) for role, who in found[case.street_id].items()}} for case in cases]


@provides(Fact("staff.people", dict))
def people(connection: Connection, cases: Sequence[CaseRef], as_of: AsOf) -> Facts:
    """Public id -> person of the street."""
    rows = table(Person)
    known: dict[int, dict[str, int]] = defaultdict(dict)
    for row in connection.execute(
        select(rows.c.street_id, rows.c.public_id, rows.c.id).where(
            rows.c.street_id.in_({case.street_id for case in cases})
        )
    ):
        known[row.street_id][row.public_id] = row.id
    return [{"staff.people": known[case.street_id]} for case in cases]


@provides(Fact("case.documents", frozenset))
def documents(connection: Connection, cases: Sequence[CaseRef], as_of: AsOf) -> Facts:
    """The kinds of documents that lie in the case."""
    rows = table(Document)
    # A case that is not open yet has the key 0, which in a document means the organization's own.
    opened = {case.id for case in cases if case.id}
    query = select(rows.c.case_id, rows.c.kind).where(among(connection, rows.c.case_id, opened))
    if as_of.is_past:
        since = rows.c.replaced_at > as_of.moment
        query = query.where(rows.c.recorded_at <= as_of.moment, or_(rows.c.replaced_at.is_(None), since))
    else:
        query = query.where(rows.c.replaced_at.is_(None))
    kinds: dict[int, set[str]] = defaultdict(set)
    for row in connection.execute(query):
        kinds[row.case_id].add(row.kind)
    return [{"case.documents": frozenset(kinds[case.id])} for case in cases]

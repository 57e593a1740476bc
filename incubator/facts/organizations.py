"""Facts about organizations: what is known of them now, or was known at a past moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select

from incubator.facts.bulk import among
from incubator.facts.registry import AsOf, CaseRef, Fact, provides
from incubator.models.base import NO_DATE, table
from incubator.models.cases import Case
from incubator.models.organizations import Organization, OrganizationRevision, Standing
from incubator.models.streets import Community, Street
from incubator.services.survey.communities import name_key

Facts = Sequence[Mapping[str, Any]]

_GUARD = "organization"
_KNOWN = ("name", "standing", "category", "leader", "members", "premises", "remark", "filing_number")
_DATES = ("filed_on", "filing_valid_until")
_NOTHING_KNOWN: dict[str, Any] = dict.fromkeys(_KNOWN, "") | {"members": 0, "standing": Standing.INFORMAL.value}


@provides(
    Fact("organization.name", str),
    Fact("organization.standing", str, guard=_GUARD),
    Fact("organization.category", str),
    Fact("organization.leader", str),
    Fact("organization.members", int),
    Fact("organization.premises", str),
    Fact("organization.remark", str),
    Fact("organization.filing_number", str),
    Fact("organization.filed_on", date, guard=_GUARD),  # None while it was never filed
    Fact("organization.filing_valid_until", date, guard=_GUARD),  # None without a certificate
)
def what_is_known(connection: Connection, cases: Sequence[CaseRef], as_of: AsOf) -> Facts:
    """The organization's own particulars; of a moment before it was entered, nothing is known."""
    ids = {case.organization_id for case in cases}
    found: dict[int, Mapping[str, Any]] = {}
    if as_of.is_past:
        found = dict(_states(connection, ids, as_of))
    else:
        organizations = table(Organization)
        columns = [organizations.c[name] for name in ("id", *_KNOWN, *_DATES)]
        rows = connection.execute(select(*columns).where(among(connection, organizations.c.id, ids)))
        found = {row.id: dict(row._mapping) for row in rows}
    return [_facts(found.get(case.organization_id, {})) for case in cases]


@provides(
    Fact("organization.community_name", str), Fact("organization.street_name", str), Fact("organization.district", str)
)
def where_it_is(connection: Connection, cases: Sequence[CaseRef], as_of: AsOf) -> Facts:
    """The names of the areas that it lies in; these are not versioned."""
    communities, streets = table(Community), table(Street)
    rows = connection.execute(
        select(communities.c.id, communities.c.name, streets.c.name.label("street"), streets.c.district)
        .join_from(communities, streets, streets.c.id == communities.c.street_id)
        .where(among(connection, communities.c.id, {case.community_id for case in cases}))
    )
    found = {
        row.id: {
            "organization.community_name": row.name,
            "organization.street_name": row.street,
            "organization.district": row.district,
        }
        for row in rows
    }
    return [found[case.community_id] for case in cases]


@provides(Fact("organization.name_taken", bool))
def name_taken(connection: Connection, cases: Sequence[CaseRef], as_of: AsOf) -> Facts:
    """Whether another organization of the community bears the name that the case applies for, or else its own name.

    The name applied for is what the forms `application` and `correction` of the case say, the later standing over the
    earlier. A filing's name becomes the organization's, and its key is unique in the community, exited ones included.
    """
    applied = _names_applied_for(connection, cases)
    own = what_is_known(connection, cases, as_of)
    community_names = where_it_is(connection, cases, as_of)
    keys = [
        name_key(applied.get(case.id) or known["organization.name"], place["organization.community_name"])
        for case, known, place in zip(cases, own, community_names, strict=True)
    ]
    bearers = _bearers(connection, cases, set(keys), as_of)
    return [
        {"organization.name_taken": bool(bearers.get((case.community_id, key), set()) - {case.organization_id})}
        for case, key in zip(cases, keys, strict=True)
    ]


def _names_applied_for(connection: Connection, cases: Sequence[CaseRef]) -> dict[int, str]:
    files = table(Case)
    rows = connection.execute(
        select(files.c.id, files.c.data).where(among(connection, files.c.id, {case.id for case in cases if case.id}))
    )
    names = {}
    for row in rows:
        said = {**row.data.get("application", {}), **row.data.get("correction", {})}
        if said.get("name"):
            names[row.id] = str(said["name"])
    return names


def _bearers(
    connection: Connection, cases: Sequence[CaseRef], keys: set[str], as_of: AsOf
) -> dict[tuple[int, str], set[int]]:
    organizations = table(Organization)
    communities = {case.community_id for case in cases}
    within = among(connection, organizations.c.community_id, communities)
    bearers: dict[tuple[int, str], set[int]] = {}
    if as_of.is_past:
        places = {
            row.id: row
            for row in connection.execute(
                select(organizations.c.id, organizations.c.community_id, table(Community).c.name)
                .join_from(organizations, table(Community), table(Community).c.id == organizations.c.community_id)
                .where(within)
            )
        }
        for key, state in _states(connection, set(places), as_of):
            place = places[key]
            bearers.setdefault((place.community_id, name_key(state["name"], place.name)), set()).add(key)
        return bearers
    rows = connection.execute(
        select(organizations.c.id, organizations.c.community_id, organizations.c.name_key).where(within)
    )
    for row in rows:
        if row.name_key in keys:
            bearers.setdefault((row.community_id, row.name_key), set()).add(row.id)
    return bearers


def _states(connection: Connection, ids: set[int], as_of: AsOf) -> list[tuple[int, Mapping[str, Any]]]:
    """What was known of each organization at that moment: its last revision recorded by then."""
    revisions = table(OrganizationRevision)
    ranked = (
        select(
            revisions.c.organization_id,
            revisions.c.state,
            func.row_number()
            .over(partition_by=revisions.c.organization_id, order_by=revisions.c.version.desc())
            .label("age"),
        )
        .where(among(connection, revisions.c.organization_id, ids), revisions.c.recorded_at <= as_of.moment)
        .subquery()
    )
    rows = connection.execute(select(ranked.c.organization_id, ranked.c.state).where(ranked.c.age == 1))
    return [(row.organization_id, row.state) for row in rows]


def _facts(known: Mapping[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {f"organization.{name}": known.get(name, _NOTHING_KNOWN[name]) for name in _KNOWN}
    for name in _DATES:
        value = known.get(name, NO_DATE)
        day = date.fromisoformat(value) if isinstance(value, str) else value
        facts[f"organization.{name}"] = None if day == NO_DATE else day
    return facts

"""Facts about organizations: what is known of them now, or was known at a past moment."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import bindparam, func, select

from incubator.facts.bulk import among
from incubator.facts.registry import Asking, AsOf, CaseRef, Fact, Facts, provides
from incubator.facts.together import Question
from incubator.models.base import NO_DATE, table
from incubator.models.organizations import Organization, OrganizationRevision, Standing
from incubator.models.streets import Community, Street
from incubator.services.survey.communities import name_key

_GUARD = "organization"
_KNOWN = ("name", "standing", "category", "leader", "members", "premises", "remark", "filing_number")
_DATES = ("filed_on", "filing_valid_until")
_AREA_NAMES = ("community_name", "street_name", "district")
_NOTHING_KNOWN: dict[str, Any] = dict.fromkeys((*_KNOWN, *_AREA_NAMES), "") | {
    "members": 0,
    "standing": Standing.INFORMAL.value,
}

# Built once: on the hot path of advance, putting a statement together costs more than executing it.
_ORGANIZATIONS, _COMMUNITIES, _STREETS = table(Organization), table(Community), table(Street)
_REVISIONS = table(OrganizationRevision)
_AREAS = (
    _COMMUNITIES.c.name.label("community_name"),
    _STREETS.c.name.label("street_name"),
    _STREETS.c.district.label("district"),
)
_LOCATED = (
    select(_ORGANIZATIONS.c.id, *_AREAS)
    .join_from(_ORGANIZATIONS, _COMMUNITIES, _COMMUNITIES.c.id == _ORGANIZATIONS.c.community_id)
    .join(_STREETS, _STREETS.c.id == _COMMUNITIES.c.street_id)
    .where(among(_ORGANIZATIONS.c.id, "organizations"))
)
_PARTICULARS = _LOCATED.add_columns(*(_ORGANIZATIONS.c[name] for name in (*_KNOWN, *_DATES)))
_IN_COMMUNITIES = among(_ORGANIZATIONS.c.community_id, "communities")
_BEARERS = select(_ORGANIZATIONS.c.id, _ORGANIZATIONS.c.community_id, _ORGANIZATIONS.c.name_key).where(
    _IN_COMMUNITIES, among(_ORGANIZATIONS.c.name_key, "keys")
)
_PLACES = (
    select(_ORGANIZATIONS.c.id, _ORGANIZATIONS.c.community_id, _COMMUNITIES.c.name)
    .join_from(_ORGANIZATIONS, _COMMUNITIES, _COMMUNITIES.c.id == _ORGANIZATIONS.c.community_id)
    .where(_IN_COMMUNITIES)
)
_RANKED = (
    select(
        _REVISIONS.c.organization_id,
        _REVISIONS.c.state,
        func.row_number()
        .over(partition_by=_REVISIONS.c.organization_id, order_by=_REVISIONS.c.version.desc())
        .label("age"),
    )
    .where(among(_REVISIONS.c.organization_id, "organizations"), _REVISIONS.c.recorded_at <= bindparam("moment"))
    .subquery()
)
_STATES_THEN = select(_RANKED.c.organization_id, _RANKED.c.state).where(_RANKED.c.age == 1)


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
    Fact("organization.community_name", str),
    Fact("organization.street_name", str),
    Fact("organization.district", str),
)
def what_is_known(cases: Sequence[CaseRef], as_of: AsOf) -> Asking:
    """The organization's own particulars, of a moment before it was entered none; the names of the areas it lies in."""
    ids = {case.organization_id for case in cases}
    rows = yield Question(_LOCATED if as_of.is_past else _PARTICULARS, {"organizations": ids})
    found: dict[int, dict[str, Any]] = {row.id: dict(row._mapping) for row in rows}
    if as_of.is_past:  # the areas' names are not versioned
        for told in (yield _states(ids, as_of)):
            found[told.organization_id] |= told.state
    return [_facts(found.get(case.organization_id, {})) for case in cases]


@provides(Fact("organization.name_taken", bool), after=(what_is_known,))
def name_taken(cases: Sequence[CaseRef], as_of: AsOf, known: Facts) -> Asking:
    """Whether another organization of the community bears the name that the case applies for, or else its own name.

    The name applied for is what the forms `application` and `correction` of the case say, the later standing over the
    earlier. A filing's name becomes the organization's, and its key is unique in the community, exited ones included.
    """
    keys = [
        name_key(_name_applied_for(case) or own["organization.name"], own["organization.community_name"])
        for case, own in zip(cases, known, strict=True)
    ]
    bearers = yield from _bearers(cases, set(keys), as_of)
    return [
        {"organization.name_taken": bool(bearers.get((case.community_id, key), set()) - {case.organization_id})}
        for case, key in zip(cases, keys, strict=True)
    ]


def _name_applied_for(case: CaseRef) -> str:
    said = {**case.data.get("application", {}), **case.data.get("correction", {})}
    return str(said.get("name") or "")


def _bearers(
    cases: Sequence[CaseRef], keys: set[str], as_of: AsOf
) -> Generator[Question, Any, dict[tuple[int, str], set[int]]]:
    communities = {case.community_id for case in cases}
    bearers: dict[tuple[int, str], set[int]] = {}
    if as_of.is_past:
        rows = yield Question(_PLACES, {"communities": communities})
        places = {row.id: row for row in rows}
        for told in (yield _states(set(places), as_of)):
            place = places[told.organization_id]
            bearers.setdefault((place.community_id, name_key(told.state["name"], place.name)), set()).add(place.id)
        return bearers
    for row in (yield Question(_BEARERS, {"communities": communities, "keys": keys})):
        bearers.setdefault((row.community_id, row.name_key), set()).add(row.id)
    return bearers


def _states(ids: set[int], as_of: AsOf) -> Question:
    """What was known of each organization at that moment: its last revision recorded by then."""
    return Question(_STATES_THEN, {"organizations": ids, "moment": as_of.moment})


def _facts(known: Mapping[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {
        f"organization.{name}": known.get(name, nothing) for name, nothing in _NOTHING_KNOWN.items()
    }
    for name in _DATES:
        value = known.get(name, NO_DATE)
        day = date.fromisoformat(value) if isinstance(value, str) else value
        facts[f"organization.{name}"] = None if day == NO_DATE else day
    return facts

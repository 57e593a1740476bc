"""Facts about hubs: which there are and whom each carries, an organization's own recognition and agreement, who speaks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, select

from incubator.clock import today
from incubator.facts.bulk import among
from incubator.facts.registry import Asking, AsOf, CaseRef, Fact, Facts, provides
from incubator.facts.together import Question
from incubator.models.base import table
from incubator.models.hubs import Affiliation, AffiliationStatus, Hub, HubRepresentative, HubStatus
from incubator.models.organizations import Organization

_GUARD = "organization"
# Whom one hub carries hangs on what the others of the street do: these are read and changed one at a time.
_STREET_GUARD = "affiliations"

# Built once: on the hot path of advance, putting a statement together costs more than executing it.
_HUBS, _AGREEMENTS, _ORGANIZATIONS = table(Hub), table(Affiliation), table(Organization)
_CARRIERS = _ORGANIZATIONS.alias("carrier")
_SPEAKERS = table(HubRepresentative)
_RECOGNISED = (
    select(
        _HUBS.c.street_id,
        _HUBS.c.organization_id,
        _HUBS.c.since,
        _HUBS.c.until,
        _ORGANIZATIONS.c.public_id,
        _ORGANIZATIONS.c.name,
    )
    .join_from(_HUBS, _ORGANIZATIONS, _ORGANIZATIONS.c.id == _HUBS.c.organization_id)
    .where(among(_HUBS.c.street_id, "streets"), _HUBS.c.until >= bindparam("day"))
    .order_by(_ORGANIZATIONS.c.name, _HUBS.c.id)
)
_RECOGNISED_NOW = _RECOGNISED.where(_HUBS.c.status == HubStatus.VALID.value)
_RECOGNISED_THEN = _RECOGNISED.where(_HUBS.c.recorded_at <= bindparam("moment"), _HUBS.c.ended_on > bindparam("day"))
_AGREED = (
    select(
        _AGREEMENTS.c.street_id,
        _AGREEMENTS.c.organization_id,
        _AGREEMENTS.c.hub_id,
        _AGREEMENTS.c.agreement_number,
        _AGREEMENTS.c.since,
        _AGREEMENTS.c.until,
        _ORGANIZATIONS.c.public_id,
        _CARRIERS.c.public_id.label("hub"),
        _CARRIERS.c.name.label("hub_name"),
    )
    .join_from(_AGREEMENTS, _ORGANIZATIONS, _ORGANIZATIONS.c.id == _AGREEMENTS.c.organization_id)
    .join(_CARRIERS, _CARRIERS.c.id == _AGREEMENTS.c.hub_id)
    .order_by(_AGREEMENTS.c.id)
)
_AGREED_NOW = _AGREED.where(_AGREEMENTS.c.status == AffiliationStatus.VALID.value)
_AGREED_THEN = _AGREED.where(
    _AGREEMENTS.c.recorded_at <= bindparam("moment"), _AGREEMENTS.c.ended_on > bindparam("day")
)  # fmt: skip
_OF_ORGANIZATIONS, _OF_STREETS = (
    among(_AGREEMENTS.c.organization_id, "organizations"),
    among(_AGREEMENTS.c.street_id, "streets"),
)
_OWN_NOW, _OWN_THEN = _AGREED_NOW.where(_OF_ORGANIZATIONS), _AGREED_THEN.where(_OF_ORGANIZATIONS)
_ALL_NOW, _ALL_THEN = _AGREED_NOW.where(_OF_STREETS), _AGREED_THEN.where(_OF_STREETS)
_SPEAKING = (
    select(_SPEAKERS.c.street_id, _SPEAKERS.c.person_id, _ORGANIZATIONS.c.public_id, _ORGANIZATIONS.c.id)
    .join_from(_SPEAKERS, _ORGANIZATIONS, _ORGANIZATIONS.c.id == _SPEAKERS.c.organization_id)
    .where(
        and_(
            among(_SPEAKERS.c.street_id, "streets"),
            _SPEAKERS.c.since <= bindparam("day"),
            _SPEAKERS.c.until >= bindparam("day"),
        )
    )
)


@provides(
    Fact("street.hubs", dict),
    Fact("organization.is_hub", bool, guard=_GUARD),
    Fact("organization.hub_id", str),  # by which public id it is offered as a hub; empty where it is none
    Fact("organization.recognition", dict, guard=_GUARD),  # {"since", "until"} as dates, or None
)
def recognised(cases: Sequence[CaseRef], as_of: AsOf) -> Asking:
    """The hubs of the street on the day, public id -> name by name; and whether the organization is one of them."""
    rows: dict[int, dict[int, Row[Any]]] = defaultdict(dict)
    recognised_hubs = yield _asked(_RECOGNISED_NOW, _RECOGNISED_THEN, as_of, {"streets": _streets(cases)}, day=True)
    for row in recognised_hubs:
        rows[row.street_id][row.organization_id] = row
    answers = []
    for case in cases:
        own = rows[case.street_id].get(case.organization_id)
        answers.append(
            {
                "street.hubs": {row.public_id: row.name for row in rows[case.street_id].values()},
                "organization.is_hub": own is not None,
                "organization.hub_id": "" if own is None else own.public_id,
                "organization.recognition": None if own is None else {"since": own.since, "until": own.until},
            }
        )
    return answers


@provides(
    Fact(
        "organization.agreement", dict, guard=_GUARD
    ),  # the last one that nothing ended, its term over or not; or None
    Fact("organization.hub", dict, guard=_GUARD),  # {"public_id", "name", "until"} of the one in force, or None
)
def agreed(cases: Sequence[CaseRef], as_of: AsOf) -> Asking:
    """By which hub the organization is carried, until when: {"hub", "name", "number", "since", "until"}."""
    asked = {"organizations": {case.organization_id for case in cases}}
    agreements = yield _asked(_OWN_NOW, _OWN_THEN, as_of, asked)
    found = {row.organization_id: row for row in agreements}
    day = today(as_of.moment)
    answers: list[dict[str, Any]] = []
    for case in cases:
        row = found.get(case.organization_id)
        agreement = hub = None
        if row is not None:
            agreement = {
                "hub": row.hub, "name": row.hub_name, "number": row.agreement_number, "since": row.since,
                "until": row.until,
            }  # fmt: skip
        if row is not None and row.until >= day:
            hub = {"public_id": row.hub, "name": row.hub_name, "until": row.until}
        answers.append({"organization.agreement": agreement, "organization.hub": hub})
    return answers


@provides(
    Fact("street.hub_members", dict, guard=_STREET_GUARD),
    Fact("organization.carries", frozenset, guard=_STREET_GUARD),
    after=(recognised,),
)
def carried(cases: Sequence[CaseRef], as_of: AsOf, hubs: Facts) -> Asking:
    """How many each hub of the street carries, by public id; and whom the organization carries, through others too."""
    day = today(as_of.moment)
    below: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    names: dict[int, str] = {}
    agreements = yield _asked(_ALL_NOW, _ALL_THEN, as_of, {"streets": _streets(cases)})
    for row in agreements:
        names[row.hub_id], names[row.organization_id] = row.hub, row.public_id
        if row.until >= day:
            below[row.street_id][row.hub].add(row.public_id)
    answers = []
    for case, known in zip(cases, hubs, strict=True):
        members = below[case.street_id]
        answers.append(
            {
                "street.hub_members": {hub: len(members.get(hub, ())) for hub in known["street.hubs"]},
                "organization.carries": _all_below(members, names.get(case.organization_id, "")),
            }
        )
    return answers


@provides(
    Fact("affiliation.representatives", frozenset),
    Fact("hub.representatives", frozenset),
    after=(agreed,),
)
def representatives(cases: Sequence[CaseRef], as_of: AsOf, agreements: Facts) -> Asking:
    """Who speaks for the hub that the case's application picks, or else the organization's own; and for itself as a hub."""
    asked = {"streets": _streets(cases), "day": today(as_of.moment)}
    of_hub: dict[str, set[int]] = defaultdict(set)
    own: dict[int, set[int]] = defaultdict(set)
    for row in (yield Question(_SPEAKING, asked)):
        of_hub[row.public_id].add(row.person_id)
        own[row.id].add(row.person_id)
    answers = []
    for case, known in zip(cases, agreements, strict=True):
        agreement = known["organization.agreement"]
        picked = case.data.get("application", {}).get("hub") or (agreement["hub"] if agreement else "")
        answers.append(
            {
                "affiliation.representatives": frozenset(of_hub.get(str(picked), ())),
                "hub.representatives": frozenset(own.get(case.organization_id, ())),
            }
        )
    return answers


def _asked(now: Select[Any], then: Select[Any], as_of: AsOf, asked: dict[str, Any], *, day: bool = False) -> Question:
    if as_of.is_past:
        return Question(then, {**asked, "moment": as_of.moment, "day": today(as_of.moment)})
    return Question(now, {**asked, **({"day": today(as_of.moment)} if day else {})})


def _all_below(members: Mapping[str, set[str]], organization: str) -> frozenset[str]:
    """Whom an organization carries, directly or through others; each is looked at once."""
    found: set[str] = set()
    waiting = [organization]
    while waiting:
        for member in members.get(waiting.pop(), ()):
            if member not in found:
                found.add(member)
                waiting.append(member)
    return frozenset(found)


def _streets(cases: Sequence[CaseRef]) -> set[int]:
    return {case.street_id for case in cases}

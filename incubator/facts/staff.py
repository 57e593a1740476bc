"""Facts the engine itself asks: who holds which role over a case, who is named as substitute, which documents lie there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, literal, or_, select, union_all

from incubator.clock import today
from incubator.engine.roles import Role
from incubator.facts.bulk import among
from incubator.facts.registry import Asking, AsOf, CaseRef, Fact, Facts, provides
from incubator.facts.together import Question
from incubator.models.base import WHOLE_STREET, table
from incubator.models.organizations import Document
from incubator.models.streets import Person, RoleGrant, Substitute

# Built once: on the hot path of advance, putting a statement together costs more than executing it.
_GRANTS, _NAMED, _PEOPLE, _DOCUMENTS = table(RoleGrant), table(Substitute), table(Person), table(Document)
# Who holds a role over an area and, beside them, who is named to stand in for one in the street: `named` tells which.
_STAFFED = union_all(
    select(_GRANTS.c.street_id, _GRANTS.c.community_id, _GRANTS.c.role, _GRANTS.c.person_id, literal("").label("named"))
    .where(among(_GRANTS.c.street_id, "streets"), _GRANTS.c.since <= bindparam("day"), _GRANTS.c.until >= bindparam("day")),
    select(_NAMED.c.street_id, literal(WHOLE_STREET), _NAMED.c.role, _NAMED.c.person_id, _PEOPLE.c.name)
    .join_from(_NAMED, _PEOPLE, _PEOPLE.c.id == _NAMED.c.person_id)
    .where(
        among(_NAMED.c.street_id, "streets"),
        _NAMED.c.named_at <= bindparam("moment"),
        _NAMED.c.until >= bindparam("day"),
    ),
)  # fmt: skip
_STAFF = select(_PEOPLE.c.street_id, _PEOPLE.c.public_id, _PEOPLE.c.id).where(among(_PEOPLE.c.street_id, "streets"))
_NAMES = select(_PEOPLE.c.street_id, _PEOPLE.c.id, _PEOPLE.c.public_id, _PEOPLE.c.name).where(
    among(_PEOPLE.c.street_id, "streets")
)
_KINDS = select(_DOCUMENTS.c.case_id, _DOCUMENTS.c.kind).where(among(_DOCUMENTS.c.case_id, "cases"))
_KINDS_NOW = _KINDS.where(_DOCUMENTS.c.replaced_at.is_(None))
_KINDS_THEN = _KINDS.where(
    _DOCUMENTS.c.recorded_at <= bindparam("moment"),
    or_(_DOCUMENTS.c.replaced_at.is_(None), _DOCUMENTS.c.replaced_at > bindparam("moment")),
)


@provides(Fact("staff.holders", dict), Fact("staff.substitutes", dict))
def staffed(cases: Sequence[CaseRef], as_of: AsOf) -> Asking:
    """Who holds each role over the case's community, signed in or not, and the names of those who stand in for it."""
    asked = {"streets": _streets(cases), "moment": as_of.moment, "day": today(as_of.moment)}
    held: dict[tuple[int, int], dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    named: dict[int, dict[str, dict[int, str]]] = defaultdict(lambda: defaultdict(dict))
    for row in (yield Question(_STAFFED, asked)):
        if row.named:
            named[row.street_id][row.role][row.person_id] = row.named
        else:
            held[row.street_id, row.community_id][row.role].add(row.person_id)
    answer = []
    for case in cases:
        roles: dict[str, set[int]] = defaultdict(set)
        for area in (WHOLE_STREET, case.community_id):
            for role, people in held[case.street_id, area].items():
                roles[role] |= people
        answer.append(
            {
                "staff.holders": {role: frozenset(people) for role, people in roles.items()},
                "staff.substitutes": {role: dict(who) for role, who in named[case.street_id].items()},
            }
        )
    return answer


@provides(Fact("staff.people", dict))
def people(cases: Sequence[CaseRef], as_of: AsOf) -> Asking:
    """Public id -> person of the street."""
    known: dict[int, dict[str, int]] = defaultdict(dict)
    for row in (yield Question(_STAFF, {"streets": _streets(cases)})):
        known[row.street_id][row.public_id] = row.id
    return [{"staff.people": known[case.street_id]} for case in cases]


@provides(Fact("staff.experts", dict), after=(staffed,))
def experts(cases: Sequence[CaseRef], as_of: AsOf, held: Facts) -> Asking:
    """Public id -> name of those in the pool of experts, in the order of their names: whom a panel is drawn from."""
    pools: dict[int, dict[int, tuple[str, str]]] = defaultdict(dict)
    for row in (yield Question(_NAMES, {"streets": _streets(cases)})):
        pools[row.street_id][row.id] = (row.public_id, row.name)
    answers = []
    for case, known in zip(cases, held, strict=True):
        people = (pools[case.street_id][person] for person in known["staff.holders"].get(Role.EXPERT.value, ()))
        answers.append({"staff.experts": dict(sorted(people, key=lambda each: each[1]))})
    return answers


@provides(Fact("case.documents", frozenset))
def documents(cases: Sequence[CaseRef], as_of: AsOf) -> Asking:
    """The kinds of documents that lie in the case."""
    # A case that is not open yet has the key 0, which in a document means the organization's own.
    asked: dict[str, Any] = {"cases": {case.id for case in cases if case.id}}
    if as_of.is_past:
        asked["moment"] = as_of.moment
    kinds: dict[int, set[str]] = defaultdict(set)
    for row in (yield Question(_KINDS_THEN if as_of.is_past else _KINDS_NOW, asked)):
        kinds[row.case_id].add(row.kind)
    return [{"case.documents": frozenset(kinds[case.id])} for case in cases]


def _streets(cases: Sequence[CaseRef]) -> set[int]:
    return {case.street_id for case in cases}

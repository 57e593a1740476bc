"""Whose a step is, as far as moving a case asks it: in whose stead a deputy acts, and who has a step that a case comes back to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, exists, or_, select

from incubator.clock import today
from incubator.engine.case import CaseView
from incubator.engine.decide import Transition
from incubator.engine.definition import Decision, Step, StepKind
from incubator.engine.eligibility import PERSONAL_ROLES, roles_for
from incubator.engine.roles import Actor
from incubator.models.base import NOBODY, WHOLE_STREET, table
from incubator.models.cases import WorkItem
from incubator.models.streets import RoleGrant

_ITEMS, _GRANTS = table(WorkItem), table(RoleGrant)
# Built once: on the hot path of advance, putting a statement together costs more than executing it.
_IN_HAND = select(_ITEMS.c.role, _ITEMS.c.person_id).where(
    _ITEMS.c.case_id == bindparam("case"),
    _ITEMS.c.done_at.is_(None),
    _ITEMS.c.kind == "step",
    _ITEMS.c.person_id != NOBODY,
)
_LAST = (
    select(_ITEMS)
    .where(
        _ITEMS.c.case_id == bindparam("case"),
        _ITEMS.c.kind == "step",
        _ITEMS.c.step == bindparam("step"),
        _ITEMS.c.role == bindparam("role"),
    )
    .order_by(_ITEMS.c.visit.desc(), _ITEMS.c.id.desc())
    .limit(1)
    .subquery("last")
)
_HAD_IT = select(_LAST.c.person_id).where(
    exists().where(
        _GRANTS.c.person_id == _LAST.c.person_id,
        _GRANTS.c.street_id == _LAST.c.street_id,
        _GRANTS.c.role == _LAST.c.role,
        or_(_GRANTS.c.community_id == WHOLE_STREET, _GRANTS.c.community_id == _LAST.c.community_id),
        _GRANTS.c.since <= bindparam("day"),
        _GRANTS.c.until >= bindparam("day"),
    )
)


def in_stead(connection: Connection, case: CaseView, step: Step, decision: Decision, actor: Actor) -> Actor:
    """The actor, on behalf of the absent colleague who has the step where the actor is that colleague's deputy today.

    One statement, and none for whoever is nobody's deputy. Four eyes go by the person all the same.
    """
    if not actor.deputy_for:
        return actor
    absent = {each.person_id: each for each in actor.deputy_for}
    roles = actor.roles_at(case.street_id, case.community_id).intersection(roles_for(step, decision))
    for held in connection.execute(_IN_HAND, {"case": case.id}):
        if held.person_id in absent and held.role in roles:
            return replace(actor, on_behalf_of=absent[held.person_id].name)
    return actor


def had_before(
    connection: Connection, case: CaseView, transition: Transition, acts: Mapping[str, Any], now: datetime
) -> int:
    """Who had the step that a case comes back to and holds its role still; NOBODY on a first visit, or where nobody had it.

    `acts` are the case's with this transition. Nor does it go back to somebody whom four eyes keep from a decision there:
    it would lie where it cannot be done. One statement, and none on a first visit.
    """
    target = transition.target
    if not transition.moves or target.kind not in (StepKind.HUMAN, StepKind.PANEL) or not target.by:
        return NOBODY
    role = target.by[0]
    if role in PERSONAL_ROLES or not any(act.startswith(f"{target.key}.") for act in acts):
        return NOBODY
    asked = {"case": case.id, "step": target.key, "role": role.value, "day": today(now)}
    person = connection.scalar(_HAD_IT, asked) or NOBODY
    barred = any(person in acts.get(act, ()) for decision in target.decisions for act in decision.distinct_from)
    return NOBODY if barred else person

"""What a failed review, evaluation or project leads to: rectification where the street may order it, referral where not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from incubator.clock import today
from incubator.engine import library
from incubator.engine.effects import EffectContext
from incubator.engine.opening import open_case
from incubator.engine.roles import automation
from incubator.models.base import table
from incubator.models.cases import Case
from incubator.models.organizations import Organization
from incubator.procedures.shared.jurisdiction import RECORDS, standings_for

_REFERRED = ("abnormal_list", "serious_breach_list", "yearly_inspection")


def call_to_account(context: EffectContext) -> Mapping[str, Any]:
    """Open the case that follows from a failure; where one runs already, that one is answered.

    Answers `{procedure: case's public id}`; nothing where policy gives the organization to neither the street nor the registrar.
    """
    organizations = table(Organization)
    standing = context.connection.execute(
        select(organizations.c.standing).where(organizations.c.id == context.case.organization_id)
    ).scalar_one()
    # By the policy that the case which follows comes under.
    policy = library.policy_in_force(context.connection, context.case.street_id, today(context.now))
    if standing in standings_for(policy, "rectification"):
        return {"rectification": open_following(context, "rectification")}
    if any(standing in standings_for(policy, act, RECORDS) for act in _REFERRED):
        return {"referral": open_following(context, "referral")}
    return {}


def open_following(context: EffectContext, procedure: str) -> str:
    """The organization's running case of a procedure, opened by automation where there is none; its public id."""
    cases = table(Case)
    running = context.connection.execute(
        select(cases.c.public_id)
        .where(
            cases.c.organization_id == context.case.organization_id,
            cases.c.procedure == procedure,
            cases.c.open.is_(True),
        )
        .limit(1)
    ).scalar_one_or_none()
    if running is not None:
        return str(running)
    return open_case(
        context.connection,
        procedure=procedure,
        organization_id=context.case.organization_id,
        actor=automation(context.case.street_id),
        now=context.now,
    ).case_id

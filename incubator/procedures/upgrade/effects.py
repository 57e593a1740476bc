"""What the registrar's registration does here: the group goes on as a registered body, its filing has ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from incubator.engine.effects import EffectContext, effect
from incubator.models.base import table
from incubator.models.organizations import Organization, Standing
from incubator.procedures.filing.ending import end_filing


@effect("upgrade.take_effect")
def take_effect(context: EffectContext) -> Mapping[str, Any]:
    """The organization bears its registered name and number from now on."""
    answer = context.case.data["answer"]
    organizations = table(Organization)
    details = context.connection.execute(
        select(organizations.c.details).where(organizations.c.id == context.case.organization_id)
    ).scalar_one()
    return end_filing(
        context,
        "upgraded",
        status="upgraded",
        standing=Standing.REGISTERED,
        changes={
            "name": answer["registered_name"],
            "details": {**details, "registration_number": answer["number"], "registered_on": answer["registered_on"]},
        },
        registration_number=answer["number"],
    )

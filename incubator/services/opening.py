"""Opening a case for an organization as people and programs ask for it: by public id, once for a key."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection

from incubator.engine import idempotency
from incubator.engine.advance import Advanced
from incubator.engine.opening import open_case
from incubator.engine.roles import Actor
from incubator.services.organizations import organization_by_public_id


def open_for_organization(
    connection: Connection,
    *,
    organization: str,
    procedure: str,
    actor: Actor,
    now: datetime,
    period: str = "",
    effective_on: date | None = None,
    key: str = "",
) -> Advanced:
    """Open a case; asked again under the same `key`, the same case is answered. Errors as for `open_case`."""
    asked = ["open", organization, procedure, period, effective_on]

    def act() -> dict[str, object]:
        row = organization_by_public_id(connection, organization)
        opened = open_case(
            connection,
            procedure=procedure,
            organization_id=row.id,
            actor=actor,
            now=now,
            effective_on=effective_on,
            period=period,
        )
        return opened.as_json()

    return Advanced(**idempotency.once(connection, actor, key, asked, act, now=now))

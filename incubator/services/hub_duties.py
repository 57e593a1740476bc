"""Recording that a hub did one of its duties, for one of those that it carries or for all of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from incubator.clock import today
from incubator.engine import idempotency, library
from incubator.engine.roles import Actor
from incubator.errors import Invalid
from incubator.models.activities import ActivityKind
from incubator.models.base import table
from incubator.models.hubs import Affiliation, AffiliationStatus
from incubator.models.organizations import Organization
from incubator.queries.hub_duties import duties_of
from incubator.queries.hubs import read_hub
from incubator.queries.visibility import Permission, require
from incubator.services.activities import record_activity
from incubator.services.organizations import organization_by_public_id
from incubator.text import Text

_AGREEMENTS, _ORGANIZATIONS = table(Affiliation), table(Organization)


def record_duty(
    connection: Connection, *, hub: str, duty: str, held_on: date, member: str = "", note: str = "", actor: Actor,
    now: datetime, key: str = "",
) -> str:  # fmt: skip
    """Record a duty done by a hub on a day, for a member (both by public id) or for all; the record's public id.

    Raises NotFound, NotAllowed, Invalid: for a duty that policy does not name or that the quarterly report does, and for
    a member that the hub does not carry.
    """
    organization = organization_by_public_id(connection, hub)
    read_hub(connection, actor, hub, today(now))
    area = {"street_id": organization.street_id, "community_id": organization.community_id}
    require(actor, Permission.RECORD_ACTIVITY, **area)
    policy = library.policy_in_force(connection, organization.street_id, today(now))
    known = next((each for each in duties_of(policy) if each.code == duty and not each.reported), None)
    if known is None:
        raise _invalid("duty", Text("请从政策规定的职责中选择", "Choose one of the duties that the policy names"))
    member_id = _member(connection, organization.id, member) if member else 0

    def record() -> dict[str, Any]:
        made = record_activity(
            connection, organization_id=organization.id, kind=ActivityKind.DUTY, held_on=held_on, title=known.name.zh,
            note=note, duty=duty, other_organization_id=member_id, actor=actor, now=now,
        )  # fmt: skip
        return {"activity": made}

    asked = ["duty", hub, duty, held_on.isoformat(), member, note]
    return str(idempotency.once(connection, actor, key, asked, record, now=now)["activity"])


def _member(connection: Connection, hub_id: int, member: str) -> int:
    found = connection.scalar(
        select(_ORGANIZATIONS.c.id)
        .join(_AGREEMENTS, _AGREEMENTS.c.organization_id == _ORGANIZATIONS.c.id)
        .where(
            _ORGANIZATIONS.c.public_id == member,
            _AGREEMENTS.c.hub_id == hub_id,
            _AGREEMENTS.c.status == AffiliationStatus.VALID.value,
        )
    )
    if found is None:
        raise _invalid("member_id", Text("该组织未挂靠本枢纽", "The hub does not carry this organization"))
    return int(found)


def _invalid(field: str, words: Text) -> Invalid:
    detail = Text("填写内容有误，请改正后重新提交", "The input does not fit: correct what is marked")
    return Invalid(detail, fields={field: [words]})

"""What officers and community workers record of an organization by themselves: its life, and closer supervision."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from incubator.clock import today
from incubator.engine import idempotency, library
from incubator.engine.roles import Actor
from incubator.errors import Conflict, Invalid
from incubator.models.activities import ActivityKind, Restriction, RestrictionKind
from incubator.models.base import table
from incubator.models.organizations import Organization
from incubator.policies.values import Validity
from incubator.queries.organizations import find_organization
from incubator.queries.visibility import Permission, require, visible_to
from incubator.services.activities import activity_by_public_id, record_activity, void_activity
from incubator.services.organizations import organization_not_found
from incubator.services.restrictions import lift, restrict, restriction_by_public_id
from incubator.text import Text

# What people record by hand; a hub's duties come from its reports.
BY_HAND = (ActivityKind.ACTIVITY, ActivityKind.VISIT, ActivityKind.CONTACT)


class SupervisedAlready(Conflict):
    """Closer supervision is in force, and a second one would say nothing."""

    code = "supervised_already"
    title = Text("已处于重点监管期", "It is under closer supervision already")


class NotForTheStreet(Conflict):
    """The restriction is another's to lift: the registrar's, or that of the case that brought it."""

    code = "not_for_the_street"
    title = Text("该限制不能在此解除", "This restriction is not lifted here")


def record(
    connection: Connection, *, organization: str, kind: ActivityKind, values: Mapping[str, Any], actor: Actor,
    now: datetime, key: str = "",
) -> str:  # fmt: skip
    """Record an activity, a visit or a contact of an organization, by its public id; answers the record's public id.

    `values` are held_on, title, note, participants, reached. Asked again under the same key, it is recorded once. Raises
    NotFound, NotAllowed, Invalid.
    """
    row = find_organization(connection, actor, organization)
    _require(actor, Permission.RECORD_ACTIVITY, row)
    if kind not in BY_HAND:
        words = Text("此类记录不能手工录入", "This kind is not recorded by hand")
        raise Invalid(words, fields={"kind": [words]})

    def act() -> dict[str, Any]:
        made = record_activity(connection, organization_id=row.id, kind=kind, actor=actor, now=now, **values)
        return {"public_id": made}

    asked = ["record", organization, kind.value, dict(values)]
    return str(idempotency.once(connection, actor, key, asked, act, now=now)["public_id"])


def void(connection: Connection, *, activity: str, reason: str, actor: Actor, now: datetime) -> str:
    """Void a record with a reason; answers the organization's public id. Raises NotFound, NotAllowed, Invalid, AlreadyVoided."""
    row = _organization_of(connection, actor, activity_by_public_id(connection, activity).organization_id)
    _require(actor, Permission.RECORD_ACTIVITY, row)
    void_activity(connection, activity=activity, reason=reason, actor=actor, now=now)
    return str(row.public_id)


def supervise(
    connection: Connection, *, organization: str, since: date, until: date | None, reason: str, actor: Actor,
    now: datetime, key: str = "",
) -> str:  # fmt: skip
    """Put an organization under closer supervision, without `until` for the policy's term; the restriction's public id.

    Raises NotFound, NotAllowed, Invalid, SupervisedAlready.
    """
    row = find_organization(connection, actor, organization)
    _require(actor, Permission.SUPERVISE, row)

    def act() -> dict[str, Any]:
        day = today(now)
        if since > day:
            raise _invalid("since", Text("起始日期不能晚于今天", "It cannot begin in the future"))
        if not reason.strip():
            raise _invalid("reason", Text("请填写理由", "Give the reason"))
        # Locked: two officers may supervise at once.
        connection.execute(select(table(Organization).c.id).where(table(Organization).c.id == row.id).with_for_update())
        if _supervised(connection, row.id, day):
            raise SupervisedAlready(Text("请先解除原有的重点监管", "Lift the one in force first"))
        term = Validity.model_validate(library.policy_in_force(connection, row.street_id, day).get("supervision.term"))
        made = restrict(
            connection, organization_id=row.id, kind=RestrictionKind.CLOSER_SUPERVISION, since=since,
            until=until or term.until(since), reason=reason.strip(), actor=actor, now=now,
        )  # fmt: skip
        found = connection.execute(
            select(table(Restriction).c.public_id).where(table(Restriction).c.id == made)
        ).scalar_one()
        return {"public_id": found}

    asked = ["supervise", organization, since, until, reason]
    return str(idempotency.once(connection, actor, key, asked, act, now=now)["public_id"])


def end_supervision(
    connection: Connection, *, restriction: str, on: date, reason: str, actor: Actor, now: datetime
) -> str:  # fmt: skip
    """Lift closer supervision before its term is over; answers the organization's public id.

    Raises NotFound, NotAllowed, Invalid, AlreadyLifted, and NotForTheStreet for any other restriction.
    """
    row = restriction_by_public_id(connection, restriction)
    organization = _organization_of(connection, actor, row.organization_id)
    _require(actor, Permission.SUPERVISE, organization)
    if row.kind != RestrictionKind.CLOSER_SUPERVISION:
        words = Text(
            "此项限制由登记机关文书或相应案件解除",
            "It ends by the registrar's document, or by the case that brought it",
        )
        raise NotForTheStreet(words)
    lift(connection, restriction_id=row.id, on=on, reason=reason, actor=actor, now=now)
    return str(organization.public_id)


def _supervised(connection: Connection, organization_id: int, day: date) -> bool:
    rows = table(Restriction)
    found = connection.execute(
        select(rows.c.id).where(
            rows.c.organization_id == organization_id,
            rows.c.kind == RestrictionKind.CLOSER_SUPERVISION.value,
            rows.c.until >= day,
            rows.c.lifted_on > day,
        )
    ).first()
    return found is not None


def _organization_of(connection: Connection, actor: Actor, organization_id: int) -> Row[Any]:
    organizations = table(Organization)
    row = connection.execute(
        select(organizations).where(organizations.c.id == organization_id, visible_to(actor, organizations))
    ).one_or_none()
    if row is None:
        raise organization_not_found()
    return row


def _require(actor: Actor, permission: Permission, organization: Row[Any]) -> None:
    require(actor, permission, street_id=organization.street_id, community_id=organization.community_id)


def _invalid(field: str, words: Text) -> Invalid:
    return Invalid(
        Text("填写有误，请改正后重新提交", "It does not fit: correct what is marked"), fields={field: [words]}
    )

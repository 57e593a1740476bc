"""Who speaks for a hub: persons with that role, named and let go by the director or the administrator."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from incubator.clock import today
from incubator.engine.roles import Actor, Role
from incubator.errors import Invalid, NotFound
from incubator.models.base import NO_DATE, table
from incubator.models.hubs import Hub, HubRepresentative, HubStatus
from incubator.models.organizations import Organization
from incubator.models.streets import RoleGrant
from incubator.queries.people import PersonName, find_person
from incubator.queries.visibility import Permission, require, visible_to
from incubator.services.organizations import change_organization, organization_not_found
from incubator.text import Text

SPEAKERS, ORGANIZATIONS, GRANTS, HUBS = (table(each) for each in (HubRepresentative, Organization, RoleGrant, Hub))
ONE_DAY = timedelta(days=1)


def name_representative(
    connection: Connection, *, organization: str, person: str, actor: Actor, now: datetime, since: date | None = None
) -> None:
    """Let a person speak for a recognised hub from a day on (today unless told), by their public ids.

    Named again, nothing changes. Raises NotFound, NotAllowed, Invalid for who does not hold the role, or no hub.
    """
    hub, somebody = _hub(connection, organization, actor), find_person(connection, actor, person)
    day = since or today(now)
    if day > today(now):
        raise _invalid("since", Text("日期不能晚于今天", "The day lies in the future"))
    _refuse_no_hub(connection, hub.id, today(now))
    _refuse_lacking(connection, hub.street_id, somebody.id, today(now))
    known = _speaking(connection, hub.id, somebody.id)
    if known is not None and known.until >= today(now):
        return
    _note(connection, hub.id, "organization.representative_named", somebody, day, actor, now)
    if known is not None:
        connection.execute(update(SPEAKERS).where(SPEAKERS.c.id == known.id).values(since=day, until=NO_DATE))
        return
    connection.execute(
        insert(SPEAKERS).values(
            street_id=hub.street_id, organization_id=hub.id, person_id=somebody.id, since=day, until=NO_DATE
        )
    )


def end_representative(
    connection: Connection, *, organization: str, person: str, actor: Actor, now: datetime, on: date | None = None
) -> None:
    """Let a person speak for the hub no more from a day on (today unless told). Raises NotFound, NotAllowed, Invalid."""
    hub, somebody = _hub(connection, organization, actor), find_person(connection, actor, person)
    day = on or today(now)
    if day > today(now):
        raise _invalid("on", Text("日期不能晚于今天", "The day lies in the future"))
    known = _speaking(connection, hub.id, somebody.id)
    if known is None or known.until < today(now):
        raise NotFound(Text("此人不是该枢纽的代表", "This person does not speak for the hub"))
    _note(connection, hub.id, "organization.representative_ended", somebody, day, actor, now)
    connection.execute(update(SPEAKERS).where(SPEAKERS.c.id == known.id).values(until=day - ONE_DAY))


def _hub(connection: Connection, organization: str, actor: Actor) -> Row[Any, Any, Any]:
    """The hub's organization, locked."""
    row = connection.execute(
        select(ORGANIZATIONS.c.id, ORGANIZATIONS.c.street_id, ORGANIZATIONS.c.community_id)
        .where(ORGANIZATIONS.c.public_id == organization, visible_to(actor, ORGANIZATIONS))
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise organization_not_found()
    require(actor, Permission.NAME_HUB_REPRESENTATIVE, street_id=row.street_id, community_id=row.community_id)
    return row


def _speaking(connection: Connection, hub_id: int, person_id: int) -> Row[Any] | None:
    return connection.execute(
        select(SPEAKERS).where(SPEAKERS.c.organization_id == hub_id, SPEAKERS.c.person_id == person_id)
    ).one_or_none()


def _refuse_no_hub(connection: Connection, organization_id: int, day: date) -> None:
    found = connection.execute(
        select(HUBS.c.id).where(
            HUBS.c.organization_id == organization_id, HUBS.c.status == HubStatus.VALID.value, HUBS.c.until >= day
        )
    ).first()
    if found is None:
        raise _invalid(
            "organization_id", Text("该组织不是枢纽型组织，请先办理枢纽认定", "The organization is no hub: let it be recognised first")
        )  # fmt: skip


def _refuse_lacking(connection: Connection, street_id: int, person_id: int, day: date) -> None:
    held = connection.execute(
        select(GRANTS.c.id).where(
            GRANTS.c.street_id == street_id,
            GRANTS.c.person_id == person_id,
            GRANTS.c.role == Role.HUB_REPRESENTATIVE.value,
            GRANTS.c.since <= day,
            GRANTS.c.until >= day,
        )
    ).first()
    if held is None:
        words = Text(
            "此人没有“枢纽组织代表”角色，请系统管理员先授予该角色",
            "This person does not hold the role of a hub representative: ask the administrator to grant it first",
        )
        raise _invalid("person_id", words)


def _note(
    connection: Connection,
    hub_id: int,
    event: str,
    somebody: PersonName,
    day: date,
    actor: Actor,
    now: datetime,
) -> None:
    also = {"person": somebody.public_id, "name": somebody.name, "on": day.isoformat()}
    change_organization(
        connection, hub_id, event=event, changes={}, actor=actor, now=now, effective_on=day, also=also
    )  # fmt: skip


def _invalid(field: str, words: Text) -> Invalid:
    detail = Text("填写内容有误，请改正后重新提交", "The input does not fit: correct what is marked")
    return Invalid(detail, fields={field: [words]})

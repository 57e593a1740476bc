"""Entering an organization by hand, and mending what is known of one that is not filed: as people and programs ask for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from incubator.clock import today
from incubator.engine import idempotency, library
from incubator.engine.roles import Actor
from incubator.errors import Conflict, Invalid
from incubator.models.base import table
from incubator.models.organizations import Organization, Standing
from incubator.models.streets import Community
from incubator.procedures.filing.applied import category_code
from incubator.queries.organizations import find_organization
from incubator.queries.visibility import Permission, require, visible_to
from incubator.services.organizations import Written, change_organization, create_organization
from incubator.text import Text

REGISTRATION_NUMBER = "registration_number"


def enter_organization(
    connection: Connection,
    *,
    community: str,
    values: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    personal: Mapping[str, str] | None = None,
    key: str = "",
) -> Written:
    """Enter a group that the survey missed. `values` as for `create_organization`; a category in words becomes its code.

    A `registration_number` makes it a body that the registrar has registered. Raises NotAllowed, Invalid (fields
    community_id, category, founded_on, registration_number and those of `create_organization`), NameTaken.
    """
    _check_founding(values, today(now))
    asked = ["enter", community, dict(values), sorted(personal or {})]

    def act() -> Mapping[str, Any]:
        communities = table(Community)
        place = connection.execute(
            select(communities.c.id, communities.c.street_id).where(
                communities.c.public_id == community, visible_to(actor, communities)
            )
        ).one_or_none()
        if place is None:
            problem = Text("请选择您管辖范围内的社区", "Choose a community of your area")
            raise Invalid(problem, fields={"community_id": [problem]})
        require(actor, Permission.ADD_ORGANIZATION, street_id=place.street_id, community_id=place.id)
        written = create_organization(
            connection,
            street_id=place.street_id,
            community_id=place.id,
            values=_as_kept(connection, place.street_id, values, {}, 0, now),
            personal=personal,
            actor=actor,
            now=now,
        )
        return {"id": written.id, "public_id": written.public_id, "version": written.version}

    return Written(**idempotency.once(connection, actor, key, asked, act, now=now))


class ChangeOfFilingNeeded(Conflict):
    """What is known of a filed organization stands on its certificate; it changes by its own procedure."""

    code = "change_of_filing_needed"
    title = Text("须办理变更备案", "A change of the filing is needed")


def correct_organization(
    connection: Connection,
    *,
    organization: str,
    values: Mapping[str, Any],
    reason: str,
    expected_version: int,
    actor: Actor,
    now: datetime,
    personal: Mapping[str, str] | None = None,
) -> Written:
    """Mend what was entered wrongly of an organization (by its public id) that is not filed; the event keeps old and new.

    A number of members said by hand is no estimate any more, and a registration number makes it a registered body. Raises NotFound, NotAllowed, Invalid (fields comment,
    category, founded_on and those of the values), NameTaken, OrganizationHasChanged, ChangeOfFilingNeeded.
    """
    row = find_organization(connection, actor, organization)
    require(actor, Permission.ADD_ORGANIZATION, street_id=row.street_id, community_id=row.community_id)
    if row.standing == Standing.FILED:
        raise ChangeOfFilingNeeded(
            Text(
                "该组织已备案，信息以备案证为准；有变化的，请发起变更备案",
                "It is filed and stands as its certificate says: what changes needs a change of the filing",
            )
        )
    if not reason.strip():
        needed = Text("请说明更正的理由", "Say why it is corrected")
        raise Invalid(needed, fields={"comment": [needed]})
    _check_founding(values, today(now))
    details = dict(row.details)
    if "members" in values and values["members"] != row.members:
        details.pop("members_approximate", None)
    changes = _as_kept(connection, row.street_id, values, details, row.id, now)
    return change_organization(
        connection,
        row.id,
        event="organization.corrected",
        changes=changes,
        personal=personal,
        actor=actor,
        now=now,
        comment=reason.strip(),
        expected_version=expected_version,
    )


def _check_founding(values: Mapping[str, Any], day: date) -> None:
    """Refuse a founding on a day that is none or is yet to come; a year or a month alone is enough."""
    founded = str(values.get("founded_on") or "")
    if not founded:
        return
    try:
        if not re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", founded):
            raise ValueError(founded)
        first = date.fromisoformat(founded + "0000-01-01"[len(founded) :])
    except ValueError:
        problem = Text(
            "请填写真实的日期，可只填年或年月，如 2013、2013-05",
            "Not a date: a year or a month is enough, 2013 or 2013-05",
        )
        raise Invalid(problem, fields={"founded_on": [problem]}) from None
    if first > day:
        problem = Text("成立时间不得晚于今天", "It cannot have been founded after today")
        raise Invalid(problem, fields={"founded_on": [problem]})


def _as_kept(
    connection: Connection, street_id: int, values: Mapping[str, Any], details: Mapping[str, Any],
    organization_id: int, now: datetime,
) -> dict[str, Any]:  # fmt: skip
    """The values as the organization's columns take them: a category by its code, a registration as a standing."""
    kept = {**_with_category_code(connection, street_id, values, now), "details": dict(details)}
    number = str(kept.pop(REGISTRATION_NUMBER, "") or "").strip()
    if number:
        _refuse_known_registration(connection, street_id, number, organization_id)
        kept |= {"standing": Standing.REGISTERED.value, "details": {**details, REGISTRATION_NUMBER: number}}
    return kept


def _refuse_known_registration(connection: Connection, street_id: int, number: str, organization_id: int) -> None:
    organizations = table(Organization)
    other = connection.execute(
        select(organizations.c.name).where(
            organizations.c.street_id == street_id,
            organizations.c.standing == Standing.REGISTERED.value,
            organizations.c.details[REGISTRATION_NUMBER].as_string() == number,
            organizations.c.id != organization_id,
        )
    ).first()
    if other is not None:
        problem = Text(
            f"“{other.name}”已登记为此证号，请核对", f"{other.name!r} bears this number: check which of them is right"
        )
        raise Invalid(problem, fields={REGISTRATION_NUMBER: [problem]})


def _with_category_code(
    connection: Connection, street_id: int, values: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    word = str(values.get("category") or "")
    if not word:
        return dict(values)
    categories = library.policy_in_force(connection, street_id, today(now)).get("filing.conditions.categories")
    code = category_code(categories, word)
    if code is None:
        listed = "、".join(each["name"]["zh"] for each in categories)
        listed_en = ", ".join(each["name"]["en"] for each in categories)
        problem = Text(f"没有这个类别，可选：{listed}", f"There is no such category; there are: {listed_en}")
        raise Invalid(problem, fields={"category": [problem]})
    return {**values, "category": code}

"""Restrictions on organizations: imposed for a time, lifted with a reason, never removed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from incubator.canonical import public_id
from incubator.clock import today
from incubator.engine.roles import Actor
from incubator.engine.streams import Entry, append
from incubator.errors import Conflict, Invalid, NotFound
from incubator.models.activities import Restriction, RestrictionKind
from incubator.models.base import NO_DATE, table
from incubator.models.organizations import Organization
from incubator.services.organizations import organization_not_found
from incubator.text import Text

KIND_NAMES: dict[RestrictionKind, Text] = {
    RestrictionKind.PROJECT_BAN: Text("禁止申报项目", "barred from projects"),
    RestrictionKind.ABNORMAL_LIST: Text("列入活动异常名录", "on the abnormal list"),
    RestrictionKind.SERIOUS_BREACH_LIST: Text("列入严重违法失信名单", "on the serious-breach list"),
    RestrictionKind.CLOSER_SUPERVISION: Text("重点监管", "under closer supervision"),
    RestrictionKind.DORMANT: Text("疑似僵尸组织，处置中", "thought dormant"),
}


class AlreadyLifted(Conflict):
    """The restriction was lifted before."""

    code = "already_lifted"
    title = Text("该限制已解除", "The restriction is lifted already")


def restrict(
    connection: Connection, *, organization_id: int, kind: RestrictionKind, since: date, until: date = NO_DATE,
    case_id: int = 0, document_number: str = "", reason: str, actor: Actor, now: datetime,
) -> int:  # fmt: skip
    """Restrict an organization from `since` to `until`, its last day; answers the restriction's key.

    Raises NotFound, Invalid for an end before the beginning.
    """
    kind = RestrictionKind(kind)
    if until < since:
        raise _invalid("until", Text("截止日期不能早于起始日期", "It ends before it begins"))
    organizations, restrictions = table(Organization), table(Restriction)
    street_id = connection.execute(
        select(organizations.c.street_id).where(organizations.c.id == organization_id).with_for_update()
    ).scalar_one_or_none()
    if street_id is None:
        raise organization_not_found()
    fresh = public_id()
    key = connection.execute(
        insert(restrictions)
        .values(
            public_id=fresh, street_id=street_id, organization_id=organization_id, kind=kind.value, since=since,
            until=until, case_id=case_id, document_number=document_number, reason=reason, recorded_at=now,
            lifted_on=NO_DATE, lift_reason="",
        )
        .returning(restrictions.c.id)
    ).scalar_one()  # fmt: skip
    change = {"restriction": fresh, "kind": kind.value}
    if until < NO_DATE:
        change["until"] = until.isoformat()
    if document_number:
        change["document_number"] = document_number
    append(
        connection,
        Entry(
            "organization", organization_id, street_id, "organization.restricted", actor, change, effective_on=since,
            comment=reason,
        ),
        now=now,
    )  # fmt: skip
    return int(key)


def lift(
    connection: Connection, *, restriction_id: int, on: date, reason: str, actor: Actor, now: datetime
) -> None:  # fmt: skip
    """Lift a restriction: from the day `on` it holds no more. Raises NotFound, Invalid, AlreadyLifted."""
    row = _locked(connection, restriction_id)
    if row.lifted_on < NO_DATE:
        raise AlreadyLifted(Text("该限制已经解除，无需重复操作", "It was lifted before: there is nothing more to do"))
    if on > today(now):
        raise _invalid("on", Text("解除日期不能晚于今天", "The day lies in the future"))
    if on < row.since:
        raise _invalid("on", Text("解除日期不能早于起始日期", "It cannot be lifted before it began"))
    if not reason.strip():
        raise _invalid("reason", Text("请填写解除理由", "Give the reason"))
    restrictions = table(Restriction)
    connection.execute(
        update(restrictions)
        .where(restrictions.c.id == restriction_id)
        .values(lifted_on=on, lift_reason=reason.strip(), lifted_at=now)
    )
    append(
        connection,
        Entry(
            "organization", row.organization_id, row.street_id, "organization.restriction_lifted", actor,
            {"restriction": row.public_id, "kind": row.kind}, effective_on=on, comment=reason.strip(),
        ),
        now=now,
    )  # fmt: skip


def restriction_by_public_id(connection: Connection, restriction: str) -> Row[Any]:
    """The restriction's row by its public id; NotFound. Whether the caller may see it is the caller's question."""
    restrictions = table(Restriction)
    row = connection.execute(select(restrictions).where(restrictions.c.public_id == restriction)).one_or_none()
    if row is None:
        raise _not_found()
    return row


def in_force_of_case(connection: Connection, case_id: int, kind: RestrictionKind) -> list[int]:
    """The keys of the restrictions of a kind that a case brought and nobody has lifted."""
    restrictions = table(Restriction)
    return list(
        connection.scalars(
            select(restrictions.c.id)
            .where(
                restrictions.c.case_id == case_id,
                restrictions.c.kind == kind.value,
                restrictions.c.lifted_on == NO_DATE,
            )
            .order_by(restrictions.c.id)
        )
    )


def _locked(connection: Connection, restriction_id: int) -> Row[Any]:
    restrictions = table(Restriction)
    row = connection.execute(
        select(restrictions).where(restrictions.c.id == restriction_id).with_for_update()
    ).one_or_none()
    if row is None:
        raise _not_found()
    return row


def _not_found() -> NotFound:
    words = Text("没有这项限制，或不在您的管辖范围内", "There is no such restriction, or it lies outside your area")
    return NotFound(words)


def _invalid(field: str, words: Text) -> Invalid:
    return Invalid(
        Text("填写有误，请改正后重新提交", "It does not fit: correct what is marked"), fields={field: [words]}
    )

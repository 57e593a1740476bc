"""The record of an organization's life: what it did, who went there, who tried to reach it, what a hub did for others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from incubator.canonical import public_id
from incubator.clock import today
from incubator.engine.roles import Actor
from incubator.engine.streams import Entry, append
from incubator.errors import Conflict, Invalid, NotFound
from incubator.models.activities import Activity, ActivityKind
from incubator.models.base import table
from incubator.models.organizations import Organization
from incubator.services.organizations import organization_not_found
from incubator.text import Text

RECORDED: dict[ActivityKind, str] = {
    ActivityKind.ACTIVITY: "organization.activity_recorded",
    ActivityKind.VISIT: "organization.visited",
    ActivityKind.CONTACT: "organization.contacted",
    ActivityKind.DUTY: "organization.duty_done",
}
LONGEST_TITLE, LONGEST_NOTE, LONGEST_REASON = 100, 2000, 500
MOST_PARTICIPANTS = 100_000


class AlreadyVoided(Conflict):
    """The record was voided before."""

    code = "already_voided"
    title = Text("该记录已作废", "The record is void already")


def record_activity(
    connection: Connection, *, organization_id: int, kind: ActivityKind, held_on: date, title: str, note: str = "",
    participants: int = 0, reached: bool = True, duty: str = "", other_organization_id: int = 0, actor: Actor,
    now: datetime, details: Mapping[str, Any] = MappingProxyType({}),
) -> str:  # fmt: skip
    """Record what happened on a day, today at the latest, and answer the record's public id.

    `reached` says of a visit or a contact whether somebody of the organization was met; `duty` is a hub's duty by the
    policy's code, done for `other_organization_id`; `details` (JSON-ready) say what else it belongs to, such as the cases
    that a contact was about. Raises NotFound, Invalid.
    """
    kind = ActivityKind(kind)
    _check(kind, held_on, title, note, participants, duty, now)
    organizations, activities = table(Organization), table(Activity)
    # Locked: a dormancy is decided by these records.
    organization = connection.execute(
        select(organizations.c.street_id, organizations.c.community_id)
        .where(organizations.c.id == organization_id)
        .with_for_update()
    ).one_or_none()
    if organization is None:
        raise organization_not_found()
    fresh = public_id()
    said = {
        "kind": kind.value, "held_on": held_on, "title": title.strip(), "reached": reached or not _may_fail(kind),
        "participants": participants, "note": note.strip(), "duty": duty, "other_organization_id": other_organization_id,
    }  # fmt: skip
    connection.execute(
        insert(activities).values(
            **said, public_id=fresh, street_id=organization.street_id, community_id=organization.community_id,
            organization_id=organization_id, details=dict(details), recorded_by=actor.person_id, recorded_at=now, void_reason="",
        )
    )  # fmt: skip
    change = {name: value for name, value in said.items() if value not in ("", 0, None) and name != "held_on"}
    append(
        connection,
        Entry(
            "organization", organization_id, organization.street_id, RECORDED[kind], actor,
            {**change, "activity": fresh, "reached": said["reached"]}, effective_on=held_on,
        ),
        now=now,
    )  # fmt: skip
    return fresh


def void_activity(connection: Connection, *, activity: str, reason: str, actor: Actor, now: datetime) -> None:
    """Void a record by its public id, with a reason; it stays to be read. Raises NotFound, Invalid, AlreadyVoided."""
    row = activity_by_public_id(connection, activity, lock=True)
    if row.voided_at is not None:
        raise AlreadyVoided(Text("该记录已经作废，无需重复操作", "It was voided before: there is nothing more to do"))
    if not reason.strip() or len(reason) > LONGEST_REASON:
        words = Text(
            f"请填写作废原因，最多 {LONGEST_REASON} 个字", f"Give the reason, {LONGEST_REASON} characters at most"
        )
        raise _invalid("reason", words)
    activities = table(Activity)
    connection.execute(
        update(activities).where(activities.c.id == row.id).values(voided_at=now, void_reason=reason.strip())
    )
    append(
        connection,
        Entry(
            "organization", row.organization_id, row.street_id, "organization.record_voided", actor,
            {"activity": row.public_id, "kind": row.kind, "title": row.title, "held_on": row.held_on.isoformat()},
            comment=reason.strip(),
        ),
        now=now,
    )  # fmt: skip


def activity_by_public_id(connection: Connection, activity: str, *, lock: bool = False) -> Row[Any]:
    """The record's row by its public id; NotFound. Whether the caller may see it is the caller's question."""
    activities, organizations = table(Activity), table(Organization)
    query = select(activities).where(activities.c.public_id == activity)
    row = connection.execute(query).one_or_none()
    if row is not None and lock:  # the organization first, as whoever records does
        mine = organizations.c.id == row.organization_id
        connection.execute(select(organizations.c.id).where(mine).with_for_update())
        row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(
            Text("没有这条记录，或不在您的管辖范围内", "There is no such record, or it lies outside your area")
        )
    return row


def _may_fail(kind: ActivityKind) -> bool:
    """Only who goes or calls may meet nobody."""
    return kind in (ActivityKind.VISIT, ActivityKind.CONTACT)


def _check(
    kind: ActivityKind, held_on: date, title: str, note: str, participants: int, duty: str, now: datetime
) -> None:
    if held_on > today(now):
        raise _invalid("held_on", Text("日期不能晚于今天", "The day lies in the future"))
    if kind is ActivityKind.ACTIVITY and not title.strip():
        raise _invalid("title", Text("请填写活动名称", "Say what the activity was"))
    if kind is ActivityKind.DUTY and not duty:
        raise _invalid("duty", Text("请选择履行的职责", "Choose the duty that was done"))
    for name, value, longest in (("title", title, LONGEST_TITLE), ("note", note, LONGEST_NOTE)):
        if len(value) > longest:
            raise _invalid(name, Text(f"最多 {longest} 个字", f"At most {longest} characters"))
    if not 0 <= participants <= MOST_PARTICIPANTS:
        words = Text(f"人数应在 0 至 {MOST_PARTICIPANTS} 之间", f"Participants are between 0 and {MOST_PARTICIPANTS:,}")
        raise _invalid("participants", words)


def _invalid(field: str, words: Text) -> Invalid:
    detail = Text("记录填写有误，请改正后重新提交", "The record does not fit: correct what is marked")
    return Invalid(detail, fields={field: [words]})

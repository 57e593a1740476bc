"""Personal values: stored sealed, shown masked, revealed for a recorded reason, found by keyed hash, erased for good."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from incubator.engine.roles import WHOLE_STREET, Actor
from incubator.engine.streams import HEADS, Entry, append
from incubator.errors import Invalid, NotAllowed, NotFound
from incubator.facts.bulk import among
from incubator.models.base import table
from incubator.models.events import PersonalValue
from incubator.queries.visibility import Permission, require, visible_to
from incubator.sealing import current_sealer, normalised
from incubator.text import Text

_VALUES = table(PersonalValue)
# Everything that is kept of the `subjects` of a `stream`, the oldest first; what was erased is left out.
SEALED = (
    select(_VALUES.c.subject_id, _VALUES.c.field, _VALUES.c.sealed)
    .where(_VALUES.c.stream == bindparam("stream"), among(_VALUES.c.subject_id, "subjects"), _VALUES.c.sealed != "")
    .order_by(_VALUES.c.id)
)


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom personal values belong to: the head of a stream (case, organization, person) and its internal key."""

    stream: str
    id: int


@dataclass(frozen=True, slots=True)
class SameValue:
    """Another place where the same value is stored."""

    subject: Subject
    field: str


def store_personal(
    connection: Connection,
    *,
    subject: Subject,
    values: Mapping[str, str],
    actor: Actor,
    now: datetime,
    comment: str = "",
) -> None:
    """Store values by field name (phone, identity_number); empty ones are left out, the latest of a field counts.

    The subject's stream gets an event that holds salted commitments and no value. NotFound outside the actor's area.
    """
    given = {field: value.strip() for field, value in values.items() if value.strip()}
    if not given:
        return
    head = _seen(connection, subject, actor)
    entry = Entry(
        subject.stream,
        subject.id,
        head.street_id,
        f"{subject.stream}.personal_values_recorded",
        actor,
        {"fields": sorted(given)},
        comment=comment,
        personal=given,
    )
    append(connection, entry, now=now)


def masked_values(
    connection: Connection, stream: str, subject_ids: Collection[int], *, recorded_at: datetime | None = None
) -> dict[int, dict[str, str]]:
    """What may be shown without a reason: for each subject, field to masked value. The caller has checked the area.

    The latest values, or those that were recorded at that very moment.
    """
    query = SEALED if recorded_at is None else SEALED.where(_VALUES.c.recorded_at == recorded_at)
    return masked(connection.execute(query, {"stream": stream, "subjects": subject_ids}).all(), subject_ids)


def masked(rows: Iterable[Any], subject_ids: Collection[int]) -> dict[int, dict[str, str]]:
    """Of the rows that `SEALED` brings, the latest values, masked: for each subject, field to masked value."""
    sealer = current_sealer()
    latest = {(row.subject_id, row.field): row.sealed for row in rows}
    shown: dict[int, dict[str, str]] = {subject_id: {} for subject_id in subject_ids}
    for (subject_id, field), sealed in latest.items():
        shown[subject_id][field] = mask(sealer.open(sealed))
    return shown


def reveal(connection: Connection, *, subject: Subject, field: str, reason: str, actor: Actor, now: datetime) -> str:
    """The value in full, after writing on the actor's access stream who saw whose value and why.

    Raises Invalid without a reason, NotAllowed for a role that may not or an actor who is not signed in, NotFound
    outside the area, for a field never stored, and for one that was erased.
    """
    _needs_reason(reason)
    head = _seen(connection, subject, actor)
    require(actor, Permission.SEE_PERSONAL_VALUES, street_id=head.street_id, community_id=_community(head))
    if not actor.account_id:
        raise NotAllowed(Text("请先登录再查看个人信息", "Sign in first: a reveal is recorded on the account"))
    sealed = connection.scalar(
        select(_VALUES.c.sealed)
        .where(_VALUES.c.stream == subject.stream, _VALUES.c.subject_id == subject.id, _VALUES.c.field == field)
        .where(_VALUES.c.sealed != "")
        .order_by(_VALUES.c.id.desc())
        .limit(1)
    )
    if sealed is None:
        raise NotFound(Text("没有登记此项个人信息，或已被删除", "No such value is stored, or it has been erased"))
    value = current_sealer().open(sealed)
    change = {"stream": subject.stream, "subject": subject.id, "field": field}
    kind = "access.personal_value_revealed"
    append(
        connection,
        Entry("access", actor.account_id, head.street_id, kind, actor, change, comment=reason.strip()),
        now=now,
    )
    return value


def erase(
    connection: Connection,
    *,
    subject: Subject,
    reason: str,
    actor: Actor,
    now: datetime,
    fields: Sequence[str] | None = None,
) -> int:
    """Erase a subject's values, all or these fields, every earlier one included; returns how many were there.

    Ciphertext, salt and search hash go, so that what the events committed to can no longer be guessed. The event of
    the erasure keeps the reason.
    """
    _needs_reason(reason)
    head = _seen(connection, subject, actor)
    require(actor, Permission.ERASE_PERSONAL_VALUES, street_id=head.street_id)
    there = [_VALUES.c.stream == subject.stream, _VALUES.c.subject_id == subject.id, _VALUES.c.erased_at.is_(None)]
    if fields is not None:
        there.append(_VALUES.c.field.in_(fields))
    gone = {"sealed": "", "salt": "", "search_hash": "", "erased_at": now}
    erased = connection.execute(update(_VALUES).where(*there).values(**gone)).rowcount
    if erased:
        change = {"fields": sorted(fields) if fields is not None else [], "values": erased}
        kind = f"{subject.stream}.personal_values_erased"
        entry = Entry(subject.stream, subject.id, head.street_id, kind, actor, change, comment=reason.strip())
        append(connection, entry, now=now)
    return erased


def places_of(connection: Connection, *, street_id: int, value: str) -> list[SameValue]:
    """Where the street stores this telephone or identity number already, however it was typed; nothing is decrypted."""
    rows = connection.execute(
        select(_VALUES.c.stream, _VALUES.c.subject_id, _VALUES.c.field)
        .where(_VALUES.c.street_id == street_id, _VALUES.c.search_hash == current_sealer().search_hash(value))
        .distinct()
        .order_by(_VALUES.c.stream, _VALUES.c.subject_id, _VALUES.c.field)
    )
    return [SameValue(Subject(row.stream, row.subject_id), row.field) for row in rows]


def mask(value: str) -> str:
    """A value as it is shown by default, by its shape: an identity number, or else as a telephone number."""
    return mask_identity(value) if len(normalised(value)) in (15, 18) else mask_phone(value)


def mask_phone(value: str) -> str:
    """`138****1234`; a shorter number shows its last two digits alone, anything of four or fewer nothing."""
    return _mask(value, first=3, last=4)


def mask_identity(value: str) -> str:
    """`110101********1234`: the place of birth and the last four, without the date of birth."""
    return _mask(value, first=6, last=4)


def _mask(value: str, *, first: int, last: int) -> str:
    plain = normalised(value)
    if len(plain) >= first + 4 + last:
        return plain[:first] + "*" * (len(plain) - first - last) + plain[-last:]
    return "*" * len(plain) if len(plain) <= 4 else "*" * (len(plain) - 2) + plain[-2:]


def _seen(connection: Connection, subject: Subject, actor: Actor) -> Row[*tuple[Any, ...]]:
    heads = table(HEADS[subject.stream])
    found = connection.execute(select(heads).where(heads.c.id == subject.id, visible_to(actor, heads))).one_or_none()
    if found is None:
        raise NotFound(Text("没有找到，或不在您的辖区", "It does not exist, or lies outside your area"))
    return found


def _community(head: Row[*tuple[Any, ...]]) -> int:
    return int(head._mapping.get("community_id", WHOLE_STREET))


def _needs_reason(reason: str) -> None:
    if not reason.strip():
        fields = {"reason": [Text("请说明理由", "Give the reason")]}
        raise Invalid(
            Text("查看或删除个人信息须说明理由", "Personal values are shown or erased for a reason"), fields=fields
        )

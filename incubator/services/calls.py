"""Calls (批次): drafted, changed while drafts, published by somebody else, closed once all is awarded, or cancelled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import Connection, Row, func, insert, select, update

from incubator.canonical import public_id
from incubator.clock import today
from incubator.engine import idempotency, library
from incubator.engine.opening import NotYetOpen
from incubator.engine.policy import Policy
from incubator.engine.roles import Actor, Role
from incubator.engine.streams import Entry, append
from incubator.errors import Conflict, Invalid, NotAllowed
from incubator.facts import registry
from incubator.models.base import table
from incubator.models.cases import Case
from incubator.models.events import Event
from incubator.models.funding import Call, CallStatus, Project, ProjectStatus
from incubator.queries.calls import find_call
from incubator.queries.visibility import Permission, may, require
from incubator.services.call_terms import Leaf, checked, laid_over
from incubator.services.call_values import CallValues, check, columns
from incubator.services.numbers import next_number, void_number
from incubator.services.projects import defund_call, fund_call
from incubator.text import Text

__all__ = [
    "SERIES",
    "CallHasMoved",
    "CallNotDone",
    "CallValues",
    "FourEyes",
    "Written",
    "cancel_call",
    "change_call",
    "close_call",
    "draft_call",
    "may_publish",
    "policy_of_call",
    "publish_call",
]

SERIES = "PC"  # 批次
AUTHORING = ("call.drafted", "call.changed")


class CallHasMoved(Conflict):
    """The call was changed since the caller looked at it, or is no longer in the state that this needs."""

    code: ClassVar[str] = "call_has_moved"
    title: ClassVar[Text] = Text("批次状态已变化", "The call has moved on")


class CallNotDone(Conflict):
    """Something under the call is still to be done."""

    code: ClassVar[str] = "call_not_done"
    title: ClassVar[Text] = Text("批次尚未办结", "The call is not done")


class FourEyes(NotAllowed):
    """Whoever drafted or changed a call does not publish it."""

    code: ClassVar[str] = "four_eyes"
    title: ClassVar[Text] = Text("须由他人发布", "Somebody else must publish it")


@dataclass(frozen=True, slots=True)
class Written:
    """A call that was written. `version` counts its changes."""

    public_id: str
    number: str
    version: int


def draft_call(connection: Connection, values: CallValues, *, actor: Actor, now: datetime, key: str = "") -> Written:
    """Draft a call of the actor's street; asked again under the same `key`, the same call is answered.

    Raises NotAllowed, Invalid (by field), NoPolicyInForce.
    """

    def act() -> dict[str, Any]:
        street_id = actor.street_id
        require(actor, Permission.MANAGE_CALL, street_id=street_id)
        check(connection, street_id, values, now)
        number = next_number(connection, street_id, SERIES, today(now).year, now, 0)
        calls, fresh = table(Call), public_id()
        call_id = connection.execute(
            insert(calls)
            .values(
                **columns(values), public_id=fresh, street_id=street_id, number=number, status=CallStatus.DRAFT.value,
                policy_hash="", made_by=actor.person_id, published_by=0, recorded_at=now, head_seq=0, head_hash="",
            )
            .returning(calls.c.id)
        ).scalar_one()  # fmt: skip
        _record(connection, call_id, street_id, "call.drafted", actor, {"number": number, **values.as_json()}, now)
        return {"public_id": fresh, "number": number, "version": 1}

    return Written(**idempotency.once(connection, actor, key, ["call", values.as_json()], act, now=now))


def change_call(
    connection: Connection, call: str, values: CallValues, *, expected_version: int | None, actor: Actor, now: datetime
) -> Written:
    """Let a draft (by its public id) say something else. Raises NotFound, NotAllowed, Invalid, CallHasMoved."""
    row = _locked(connection, actor, call, Permission.MANAGE_CALL, expected_version)
    _refuse_unless(row, CallStatus.DRAFT, Text("只有草稿可以修改", "Only a draft can be changed"))
    check(connection, row.street_id, values, now)
    before = {name: getattr(row, name) for name in columns(values)}
    after = columns(values)
    changed = {name: [_plain(before[name]), _plain(after[name])] for name in after if before[name] != after[name]}
    if not changed:
        return _written(row)
    connection.execute(update(table(Call)).where(table(Call).c.id == row.id).values(**after))
    return _done(connection, row, "call.changed", actor, {"changed": changed}, now)


def publish_call(
    connection: Connection, call: str, *, expected_version: int | None = None, actor: Actor, now: datetime
) -> Written:
    """Publish a draft: its terms are laid over the pack in force and pinned, and its budget is set aside.

    By somebody else than whoever drafted or changed it: a director, or, where none is left, the substitute named
    beforehand. Raises NotFound, NotAllowed, FourEyes, Invalid, CallHasMoved.
    """
    row = _locked(connection, actor, call, None, expected_version)
    _refuse_unless(row, CallStatus.DRAFT, Text("只有草稿可以发布", "Only a draft can be published"))
    _require_other_eyes(connection, row, actor, now)
    day = today(now)
    if not row.document_number:
        raise _invalid("document_number", Text("发布前须填写公告文号", "The announcement's number is needed"))
    if row.closes_on < day:
        raise _invalid("closes_on", Text("截止日期已过，请先修改", "The last day has passed: change it first"))
    policy = library.policy_in_force(connection, row.street_id, day)
    leaves = checked(row.terms, policy, fund_source=row.fund_source, budget_fen=row.budget_fen)
    pinned = library.store_policy(connection, _laid_over(policy, leaves, row), now)
    published = connection.execute(
        update(table(Call))
        .where(table(Call).c.id == row.id)
        .values(
            status=CallStatus.PUBLISHED.value, policy_hash=pinned.hash, published_by=actor.person_id, published_at=now
        )
        .returning(table(Call))
    ).one()
    fund_call(connection, call=published, actor=actor, now=now, effective_on=day)
    change = {"policy": pinned.hash, "over": policy.hash, "paths": sorted(leaves), "budget_fen": row.budget_fen}
    return _done(connection, row, "call.published", actor, change, now)


def close_call(
    connection: Connection, call: str, *, expected_version: int | None = None, actor: Actor, now: datetime
) -> Written:
    """Close a call whose last day has passed and whose applications have all ended; the rest of its budget goes back.

    Raises NotFound, NotAllowed, CallHasMoved, CallNotDone.
    """
    row = _locked(connection, actor, call, Permission.PUBLISH_CALL, expected_version)
    _refuse_unless(row, CallStatus.PUBLISHED, Text("只有已发布的批次可以结束", "Only a published call can be closed"))
    if today(now) <= row.closes_on:
        raise CallNotDone(Text("申报尚未截止", "Applications are still taken"))
    running = _open_applications(connection, row)
    if running:
        raise CallNotDone(
            Text(f"还有 {running} 件申请未办结，请先办结", f"{running} applications have not ended: end them first"),
            extra={"open_applications": running},
        )
    left = defund_call(connection, call=row, actor=actor, now=now, effective_on=today(now))
    connection.execute(
        update(table(Call)).where(table(Call).c.id == row.id).values(status=CallStatus.CLOSED.value, closed_at=now)
    )
    return _done(connection, row, "call.closed", actor, {"returned_fen": left}, now)


def cancel_call(
    connection: Connection, call: str, *, reason: str, expected_version: int | None = None, actor: Actor, now: datetime
) -> Written:
    """Cancel a draft, or a published call without an award, with a reason; its budget goes back.

    A draft is cancelled by whoever may draft, a published call by whoever may publish. Raises NotFound, NotAllowed,
    Invalid (field `reason`), CallHasMoved, CallNotDone.
    """
    row = _locked(connection, actor, call, None, expected_version)
    draft = row.status == CallStatus.DRAFT
    require(actor, Permission.MANAGE_CALL if draft else Permission.PUBLISH_CALL, street_id=row.street_id)
    if not reason.strip():
        raise _invalid("reason", Text("请说明取消的理由", "Say why it is cancelled"))
    if not draft:
        words = Text("只有草稿和未立项的批次可以取消", "Only a draft, or a call without an award, can be cancelled")
        _refuse_unless(row, CallStatus.PUBLISHED, words)
        projects = table(Project)
        awarded = connection.scalar(
            select(func.count()).where(
                projects.c.call_id == row.id, projects.c.status != ProjectStatus.LAPSED.value
            )
        )  # fmt: skip
        if awarded:
            raise CallNotDone(
                Text(f"本批次已立项 {awarded} 个项目，不能取消", f"{awarded} projects were awarded: it stands")
            )
        defund_call(connection, call=row, actor=actor, now=now, effective_on=today(now))
    void_number(connection, row.street_id, row.number, reason.strip(), now)
    connection.execute(
        update(table(Call)).where(table(Call).c.id == row.id).values(status=CallStatus.CANCELLED.value, closed_at=now)
    )
    return _done(connection, row, "call.cancelled", actor, {"was": row.status}, now, comment=reason.strip())


def policy_of_call(connection: Connection, row: Row[Any], day: date) -> Policy:
    """What the call's cases come under: what was pinned, and for one not published what would be pinned on that day."""
    if row.policy_hash:
        return library.policy(connection, row.policy_hash)
    policy = library.policy_in_force(connection, row.street_id, day)
    try:
        leaves = checked(row.terms, policy, fund_source=row.fund_source, budget_fen=row.budget_fen)
    except Invalid:  # the pack has changed since: whoever publishes will be told
        return policy
    return Policy(_laid_over(policy, leaves, row))


def _laid_over(policy: Policy, leaves: Mapping[str, Leaf], row: Row[Any]) -> dict[str, Any]:
    return laid_over(policy, leaves, title=row.title, document_number=row.document_number, on=row.opens_on)


def may_publish(connection: Connection, row: Row[Any], actor: Actor, now: datetime) -> bool:
    """Whether this person may publish the draft."""
    try:
        _require_other_eyes(connection, row, actor, now)
    except NotAllowed:
        return False
    return True


def _require_other_eyes(connection: Connection, row: Row[Any], actor: Actor, now: datetime) -> None:
    authors = _authors(connection, row)
    if actor.person_id in authors:
        raise FourEyes(
            Text(
                "您起草或修改过本批次，须由其他负责人发布；无其他人可办的，由事先指定的代理人发布",
                "You drafted or changed it: another director publishes it, or the substitute named where none is left",
            )
        )
    if may(actor, Permission.PUBLISH_CALL, street_id=row.street_id):
        return
    names = {"staff.holders", "staff.substitutes"}
    whole_street = NotYetOpen(0, row.street_id, 0)
    (known,) = registry.load(connection, [whole_street], names, registry.AsOf(now))
    left = known["staff.holders"].get(Role.DIRECTOR.value, frozenset()) - authors
    if not left and actor.person_id in known["staff.substitutes"].get(Role.DIRECTOR.value, {}):
        return
    require(actor, Permission.PUBLISH_CALL, street_id=row.street_id)


def _authors(connection: Connection, row: Row[Any]) -> frozenset[int]:
    events = table(Event)
    found = connection.scalars(
        select(events.c.actor_id).where(
            events.c.stream == "call", events.c.subject_id == row.id, events.c.type.in_(AUTHORING)
        )
    )
    return frozenset(found)


def _open_applications(connection: Connection, row: Row[Any]) -> int:
    cases = table(Case)
    return int(
        connection.scalar(
            select(func.count()).where(
                cases.c.street_id == row.street_id,
                cases.c.procedure == "funding",
                cases.c.period == row.number,
                cases.c.open.is_(True),
            )
        )
        or 0
    )


def _locked(
    connection: Connection, actor: Actor, call: str, permission: Permission | None, expected_version: int | None
) -> Row[Any]:
    row = find_call(connection, actor, call, lock=True)
    if permission is not None:
        require(actor, permission, street_id=row.street_id)
    if expected_version is not None and expected_version != row.head_seq:
        raise CallHasMoved(
            Text("您打开后该批次已被修改，请刷新后重试", "It was changed since you opened it: reload and try again"),
            extra={"expected_version": expected_version, "version": row.head_seq},
        )
    return row


def _refuse_unless(row: Row[Any], status: CallStatus, words: Text) -> None:
    if row.status != status:
        raise CallHasMoved(words, extra={"status": row.status})


def _record(
    connection: Connection, call_id: int, street_id: int, event: str, actor: Actor, change: dict[str, Any], now: datetime,
    comment: str = "",
) -> None:  # fmt: skip
    append(connection, Entry("call", call_id, street_id, event, actor, change, comment=comment), now=now)


def _done(
    connection: Connection, row: Row[Any], event: str, actor: Actor, change: dict[str, Any], now: datetime,
    comment: str = "",
) -> Written:  # fmt: skip
    _record(connection, row.id, row.street_id, event, actor, change, now, comment)
    return Written(row.public_id, row.number, row.head_seq + 1)


def _written(row: Row[Any]) -> Written:
    return Written(row.public_id, row.number, row.head_seq)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _invalid(name: str, words: Text) -> Invalid:
    return Invalid(words, fields={name: [words]})

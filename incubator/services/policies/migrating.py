"""Moving chosen running cases to another policy version: tried first, reasoned, each with an event of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from incubator.clock import today
from incubator.engine import idempotency, library
from incubator.engine.case import CaseView
from incubator.engine.loading import case_view
from incubator.engine.policy import Policy
from incubator.engine.refusals import case_not_found
from incubator.engine.repinning import CannotRepin, carry_out, repinning
from incubator.engine.roles import Actor
from incubator.errors import Conflict, Invalid, Refused
from incubator.models.base import table
from incubator.models.events import PolicyInForce
from incubator.queries.visibility import Permission, require, sees_case
from incubator.rehearsal import rehearse
from incubator.rehearsal.terms import call_paths
from incubator.text import Text

AT_MOST = 500
MIGRATED = "case.migrated"


class NotInForce(Conflict):
    """The version has not come into force in this street, so no case can run under it."""

    code = "policy_not_in_force"
    title = Text("该版本尚未生效", "The version is not in force")


@dataclass(frozen=True, slots=True)
class Migrated:
    """What became, or would become, of one case: `change` in plain data as its event holds it, or why nothing did.

    `found` is what the rehearsal says of the case under that version, each with `kind`, `step`, `words`, `before`, `after`.
    """

    case_id: str
    number: str = ""
    change: dict[str, Any] | None = None
    refused: Refused | None = None
    found: tuple[dict[str, Any], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """JSON-ready, both languages."""
        refused = None
        if self.refused is not None:
            refused = {"code": self.refused.code, "detail": self.refused.detail.as_pair(), "extra": self.refused.extra}
        return {
            "case_id": self.case_id,
            "number": self.number,
            "change": self.change,
            "refused": refused,
            "found": list(self.found),
        }


def migrate(
    connection: Connection, *, cases: Sequence[str], policy_hash: str, actor: Actor, reason: str, now: datetime,
    key: str = "",
) -> list[dict[str, Any]]:  # fmt: skip
    """Move these running cases, by public id, to a version that is or was in force; `Migrated` of each, JSON-ready.

    They are rehearsed under it first, and each event says what was found. A case that cannot be moved says why and holds
    up no other. Raises Invalid (fields `reason`, `cases`), NotAllowed,
    NotInForce.
    """
    if not reason.strip():
        words = Text("请说明改用该版本的理由", "Say why the cases are moved")
        raise Invalid(words, fields={"reason": [words]})
    policy = _policy(connection, cases, policy_hash, actor, now)

    def act() -> dict[str, Any]:
        found = _rehearsed(connection, cases, policy, actor, now)
        moved = [
            _moved(connection, case, policy, found.get(case, ()), actor, reason.strip(), now).as_json()
            for case in cases
        ]
        return {"results": moved}

    asked = ["migrate", list(cases), policy_hash, reason]
    return list(idempotency.once(connection, actor, key, asked, act, now=now)["results"])


def would_migrate(
    connection: Connection, *, cases: Sequence[str], policy_hash: str, actor: Actor, now: datetime
) -> list[dict[str, Any]]:
    """What `migrate` would do, and nothing is written. Errors as there."""
    policy = _policy(connection, cases, policy_hash, actor, now)
    found = _rehearsed(connection, cases, policy, actor, now)
    return [_tried(connection, case, policy, found.get(case, ()), actor, now).as_json() for case in cases]


def _rehearsed(
    connection: Connection, cases: Sequence[str], policy: Policy, actor: Actor, now: datetime
) -> dict[str, tuple[dict[str, Any], ...]]:  # fmt: skip
    """What the rehearsal over just these cases finds in each."""
    rehearsal = rehearse(
        connection, street_id=actor.street_id, policy=policy, now=now, actor=actor, only=cases
    )  # fmt: skip
    found: dict[str, tuple[dict[str, Any], ...]] = {}
    for group in rehearsal.groups:
        told = {"kind": group.kind.value, "step": group.step, "words": group.words.as_pair()}
        for line in group.cases:
            sides = {"before": line.before.as_pair(), "after": line.after.as_pair()}
            found[line.public_id] = (*found.get(line.public_id, ()), {**told, **sides})
    return found


def _policy(
    connection: Connection, cases: Sequence[str], policy_hash: str, actor: Actor, now: datetime
) -> Policy:  # fmt: skip
    require(actor, Permission.ACTIVATE_POLICY)
    if not 1 <= len(cases) <= AT_MOST or len(set(cases)) < len(cases):
        words = Text(
            f"一次请选择 1 至 {AT_MOST} 件案件，每件只选一次",
            f"Choose between 1 and {AT_MOST} cases, each of them once",
        )
        raise Invalid(words, fields={"cases": [words]})
    given = table(PolicyInForce)
    since = connection.scalar(
        select(given.c.effective_from)
        .where(given.c.street_id == actor.street_id, given.c.policy_hash == policy_hash)
        .order_by(given.c.effective_from)
        .limit(1)
    )
    if since is None or since > today(now):
        when = _day_words(since)
        raise NotInForce(
            Text(
                f"{when.zh}，案件不能改用；请选择已生效的版本",
                f"{when.en}, and no case can run under it: choose one that is in force",
            )
        )
    return library.policy(connection, policy_hash)


def _day_words(since: date | None) -> Text:
    if since is None:
        return Text("本街道没有启用过这一版本", "This version was never activated in this street")
    return Text(f"这一版本自 {since} 起才生效", f"This version comes into force only on {since}")


def _moved(
    connection: Connection, case_id: str, policy: Policy, found: tuple[dict[str, Any], ...], actor: Actor, reason: str,
    now: datetime,
) -> Migrated:  # fmt: skip
    number = ""
    try:
        # Each by itself: what cannot be moved undoes nothing of the others.
        with connection.begin_nested():
            case = _movable(connection, case_id, policy, actor, lock=True)
            number = case.number
            planned = repinning(connection, case, now, policy=policy)
            carry_out(
                connection, planned, event=MIGRATED, actor=actor, now=now, comment=reason, told={"found": list(found)}
            )
    except Refused as refused:
        return Migrated(case_id, number, refused=refused, found=found)
    return Migrated(case_id, number, change=planned.as_json(), found=found)


def _tried(
    connection: Connection, case_id: str, policy: Policy, found: tuple[dict[str, Any], ...], actor: Actor, now: datetime
) -> Migrated:
    number = ""
    try:
        case = _movable(connection, case_id, policy, actor, lock=False)
        number = case.number
        return Migrated(case_id, number, change=repinning(connection, case, now, policy=policy).as_json(), found=found)
    except Refused as refused:
        return Migrated(case_id, number, refused=refused, found=found)


def _movable(connection: Connection, case_id: str, policy: Policy, actor: Actor, *, lock: bool) -> CaseView:
    """The case, where it may be moved to this policy; else why not."""
    if not sees_case(connection, actor, case_id):
        raise case_not_found()
    case = case_view(connection, case_id, lock=lock)
    assert case is not None
    require(actor, Permission.ACTIVATE_POLICY, street_id=case.street_id, community_id=case.community_id)
    if not case.open:
        raise CannotRepin(
            Text(
                "本案已办结，其结果按办理时的规定成立，不再改用其他版本",
                "The case has ended; its result stands as it was decided and it is not moved",
            )
        )
    if case.policy_hash == policy.hash:
        raise CannotRepin(Text("本案已按该版本办理，无须改用", "The case runs under this version already"))
    if call_paths(library.policy(connection, case.policy_hash)):
        raise CannotRepin(
            Text(
                "本案按申报批次公布的条件或项目协议办理，该条件对各方已经确定，不改用其他版本",
                "The case runs under the published terms of its call or the agreement of its project, which are settled "
                "for everybody, and is not moved",
            )
        )
    return case

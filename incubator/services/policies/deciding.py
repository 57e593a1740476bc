"""Deciding on a proposed policy version: another person activates or rejects it, the proposer withdraws it, an activation is revoked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from incubator.clock import today
from incubator.engine import idempotency, library
from incubator.engine.roles import Actor
from incubator.errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from incubator.models.base import NOBODY, table
from incubator.models.events import PolicyInForce, PolicyProposal, ProposalState
from incubator.queries.people import names_of_people
from incubator.queries.visibility import Permission, require, visible_to
from incubator.services.policies.stream import lock_policies, record
from incubator.text import Text

STATE_NAMES: dict[ProposalState, Text] = {
    ProposalState.PROPOSED: Text("待审核", "waiting to be decided"),
    ProposalState.ACTIVATED: Text("已启用", "activated"),
    ProposalState.REJECTED: Text("未予启用", "rejected"),
    ProposalState.WITHDRAWN: Text("已撤回", "withdrawn"),
    ProposalState.REVOKED: Text("已撤销启用", "revoked"),
}

_NOBODY_KNOWN: Mapping[int, str] = MappingProxyType({})
_PROPOSALS, _IN_FORCE = table(PolicyProposal), table(PolicyInForce)


class Act(StrEnum):
    """What may be done with a proposal."""

    ACTIVATE = "activate"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    REVOKE = "revoke"


_BECOMES = {
    Act.ACTIVATE: ProposalState.ACTIVATED,
    Act.REJECT: ProposalState.REJECTED,
    Act.WITHDRAW: ProposalState.WITHDRAWN,
    Act.REVOKE: ProposalState.REVOKED,
}


class ProposalHasMoved(Conflict):
    """The proposal is no longer in the state that this needs; somebody was quicker."""

    code = "proposal_has_moved"
    title = Text("提议状态已变化", "The proposal has moved on")


class FourEyes(NotAllowed):
    """Whoever proposed a version does not decide on it, and nobody but a person does."""

    code = "four_eyes"
    title = Text("须由他人审核", "Somebody else must decide")


class DayHasPassed(Conflict):
    """The day on which the version was to come into force, or came into force, lies behind."""

    code = "day_has_passed"
    title = Text("生效日期已过", "The day has passed")


def activate(
    connection: Connection, *, proposal: str, actor: Actor, comment: str = "", now: datetime, key: str = ""
) -> None:
    """Let new cases come under the proposed version from its day. Raises as `refused_because`, and DayTaken."""

    def put(row: Row[Any]) -> None:
        policy = library.policy(connection, row.policy_hash)
        library.put_policy_in_force(connection, row.street_id, policy, row.effective_from, now)

    _decide(connection, Act.ACTIVATE, proposal, actor, comment, now, key, put)


def reject(connection: Connection, *, proposal: str, actor: Actor, comment: str, now: datetime, key: str = "") -> None:
    """Do not let it come into force; `comment` is the reason. Raises as `refused_because`, and Invalid."""
    _decide(connection, Act.REJECT, proposal, actor, _reason(comment), now, key)


def withdraw(
    connection: Connection, *, proposal: str, actor: Actor, comment: str = "", now: datetime, key: str = ""
) -> None:
    """Take back one's own proposal before it is decided. Raises as `refused_because`."""
    _decide(connection, Act.WITHDRAW, proposal, actor, comment, now, key)


def revoke(connection: Connection, *, proposal: str, actor: Actor, comment: str, now: datetime, key: str = "") -> None:
    """Take back an activation whose day has not come; `comment` is the reason. Raises as `refused_because`, and Invalid."""

    def remove(row: Row[Any]) -> None:
        which = (_IN_FORCE.c.street_id == row.street_id, _IN_FORCE.c.effective_from == row.effective_from)
        connection.execute(delete(_IN_FORCE).where(*which))

    _decide(connection, Act.REVOKE, proposal, actor, _reason(comment), now, key, remove)


def refused_because(
    act: Act, row: Row[Any], actor: Actor, now: datetime, names: Mapping[int, str] = _NOBODY_KNOWN
) -> Refused | None:
    """Why the actor may not do this with a proposal's row now, or None; pages ask the same before they show a button.

    `names` are of the persons that the row speaks of, by key.
    """
    try:
        require(actor, Permission.ACTIVATE_POLICY, street_id=row.street_id)
    except NotAllowed as refused:
        return refused
    needed = ProposalState.ACTIVATED if act is Act.REVOKE else ProposalState.PROPOSED
    if row.state != needed:
        return _moved(row, names)
    if act is Act.WITHDRAW:
        return None if row.proposed_by == actor.person_id else _not_the_proposer(row, names)
    if actor.person_id == NOBODY:
        return FourEyes(
            Text(
                "命令行和自动化程序只能提议，须由中心主任或系统管理员本人登录后审核",
                "The console and automation can only propose: a director or an administrator must decide in person",
            )
        )
    if act is not Act.REVOKE and row.proposed_by == actor.person_id:
        return FourEyes(
            Text(
                "您是这一版本的提议人，不能由您本人审核，请另一位中心主任或系统管理员审核；如需收回，请撤回提议",
                "You proposed this version and cannot decide on it: another director or administrator must; "
                "to take it back, withdraw it",
            )
        )
    return _day_refusal(act, row, now)


def _day_refusal(act: Act, row: Row[Any], now: datetime) -> Refused | None:
    if act is Act.ACTIVATE and row.effective_from < today(now):
        return DayHasPassed(
            Text(
                f"提议的生效日期 {row.effective_from} 已过，不能追溯启用，请不予启用并请提议人另选日期重新提议",
                f"It was to come into force on {row.effective_from}, which has passed: reject it, and have it proposed "
                "for another day",
            )
        )
    if act is Act.REVOKE and row.effective_from <= today(now):
        return DayHasPassed(
            Text(
                f"该版本已自 {row.effective_from} 起生效，已有案件可能依此办理，不能撤销；如需更改，请提议启用另一版本",
                f"It has been in force since {row.effective_from} and cases may have come under it, so it stands: "
                "propose another version instead",
            )
        )
    return None


def _decide(
    connection: Connection, act: Act, proposal: str, actor: Actor, comment: str, now: datetime, key: str,
    carry_out: Callable[[Row[Any]], None] = lambda row: None,
) -> None:  # fmt: skip
    street_id = connection.scalar(
        select(_PROPOSALS.c.street_id).where(_PROPOSALS.c.public_id == proposal, visible_to(actor, _PROPOSALS))
    )
    if street_id is None:
        raise NotFound(Text("本街道没有这一提议，请从政策列表进入", "The street has no such proposal: go by the list"))

    def done() -> dict[str, Any]:
        lock_policies(connection, street_id)
        row = connection.execute(
            select(_PROPOSALS).where(_PROPOSALS.c.public_id == proposal).with_for_update()
        ).one()  # fmt: skip
        refused = refused_because(act, row, actor, now, names_of_people(connection, {row.proposed_by, row.decided_by}))
        if refused is not None:
            raise refused
        carry_out(row)
        state = _BECOMES[act]
        decided = {"state": state.value, "decided_by": actor.person_id, "decided_at": now, "decision_comment": comment}
        connection.execute(update(_PROPOSALS).where(_PROPOSALS.c.id == row.id).values(decided))
        change = {"proposal": proposal, "policy": row.policy_hash, "effective_from": row.effective_from.isoformat()}
        record(
            connection, street_id=row.street_id, name=library.policy(connection, row.policy_hash).name,
            event=f"policy.{state.value}", change=change, actor=actor, now=now, comment=comment,
            policy_hash=row.policy_hash,
        )  # fmt: skip
        return {}

    idempotency.once(connection, actor, key, ["policy", act.value, proposal, comment], done, now=now)


def _moved(row: Row[Any], names: Mapping[int, str]) -> ProposalHasMoved:
    state = STATE_NAMES[ProposalState(row.state)]
    by = names.get(row.decided_by, "")
    if not by:
        return ProposalHasMoved(
            Text("该提议{state}，不能这样办理。请刷新后查看。", "The proposal is {state}: look at it again.").fill(
                state=state
            )
        )
    return ProposalHasMoved(
        Text(
            "该提议{state}（{by}办理），不能再办理。请刷新后查看。",
            "The proposal is {state}, by {by}: look at it again.",
        ).fill(state=state, by=by)
    )


def _not_the_proposer(row: Row[Any], names: Mapping[int, str]) -> NotAllowed:
    by = names.get(row.proposed_by, "")
    who = Text(by, by) if by else Text("命令行", "the console")
    return NotAllowed(
        Text(
            "只有提议人（{who}）可以撤回；您可以审核：启用或不予启用",
            "Only the proposer, {who}, can withdraw it; you may activate or reject it",
        ).fill(who=who)
    )


def _reason(comment: str) -> str:
    if not comment.strip():
        words = Text("请填写理由", "Give the reason")
        raise Invalid(words, fields={"comment": [words]})
    return comment.strip()

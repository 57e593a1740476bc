"""A proposed policy version: what it would do, and the person who proposed it kept apart from the one who decides."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request
from sqlalchemy import Connection
from starlette.responses import Response

from api.addresses import PublicId
from api.pages import policies_view as view
from api.pages import rehearsal_view
from api.pages.kept_rehearsals import keep_rehearsals, leads, whole_group
from api.pages.policies import effects, may_act
from api.pages.rendering import go, page
from api.pages.submitted import one
from api.pages.visitors import Sending, Visiting, Visitor, require_staff
from incubator.engine import library
from incubator.engine.deadline_words import in_words
from incubator.engine.library import NoPolicyInForce
from incubator.engine.policy import Policy
from incubator.engine.refusals import IdempotencyKeyReused
from incubator.engine.roles import ROLE_NAMES, Role
from incubator.errors import Conflict, Invalid, NotFound, Refused
from incubator.models.events import ProposalState
from incubator.queries import policies as reading
from incubator.queries.people import holders_of
from incubator.queries.policies import Proposal
from incubator.queries.policy_cases import history
from incubator.queries.visibility import Permission, require
from incubator.rehearsal import Group, Rehearsal, rehearse, snapshot
from incubator.services.policies import deciding
from incubator.services.policies.deciding import STATE_NAMES, Act, refused_because
from incubator.services.policies.proposing import Version
from incubator.text import Text

ADDRESS = f"{view.ADDRESS}/proposals"
router = APIRouter(prefix=ADDRESS)

_TONES = {
    ProposalState.PROPOSED: "info",
    ProposalState.ACTIVATED: "good",
    ProposalState.REJECTED: "bad",
    ProposalState.WITHDRAWN: "neutral",
    ProposalState.REVOKED: "bad",
}
_DONE = {
    Act.ACTIVATE: Text("已启用", "Activated"),
    Act.REJECT: Text("已不予启用", "Rejected"),
    Act.WITHDRAW: Text("提议已撤回", "The proposal is withdrawn"),
    Act.REVOKE: Text("已撤销启用", "The activation is revoked"),
}
_DECIDE = {
    Act.ACTIVATE: deciding.activate,
    Act.REJECT: deciding.reject,
    Act.WITHDRAW: deciding.withdraw,
    Act.REVOKE: deciding.revoke,
}
_OFFERED = {
    ProposalState.PROPOSED: (Act.ACTIVATE, Act.REJECT, Act.WITHDRAW),
    ProposalState.ACTIVATED: (Act.REVOKE,),
}

Errors = Mapping[str, Sequence[Text]]


@router.get("/{proposal_id}")
def proposal_page(request: Request, visiting: Visiting, proposal_id: PublicId) -> Response:
    """A proposal as it stands."""
    require_staff(visiting.actor)
    return _page(request, visiting, proposal_id)


@router.get("/{proposal_id}/cases")
def group_page(
    request: Request, visiting: Visiting, proposal_id: PublicId, group: Annotated[str, Query(max_length=300)],
    number: Annotated[int, Query(alias="page", ge=1, le=100_000)] = 1,
) -> Response:  # fmt: skip
    """All cases of one group of the rehearsal that the proposal was made with."""
    _require(visiting)

    def look(connection: Connection) -> Rehearsal:
        return _attached(connection, reading.find_proposal(connection, visiting.actor, proposal_id))

    here = f"{ADDRESS}/{proposal_id}/cases?{urlencode({'group': group})}"
    return whole_group(
        request, visiting, visiting.caller.read(look), group, number, here, f"{ADDRESS}/{proposal_id}"
    )  # fmt: skip


@router.post("/{proposal_id}/rehearse")
def rehearse_again(request: Request, sending: Sending, proposal_id: PublicId) -> Response:
    """Rehearse it on the cases of today and show what changed since; the proposal keeps its own rehearsal."""
    visitor = sending.visitor
    _require(visitor)
    found = visitor.caller.read(lambda connection: reading.find_proposal(connection, visitor.actor, proposal_id))
    with snapshot(visitor.service.database) as connection:
        policy = library.policy(connection, found.row.policy_hash)
        again = rehearse(
            connection, street_id=found.row.street_id, policy=policy, now=visitor.now, on=found.row.effective_from
        )
    version = Version(policy, found.row.effective_from, again)
    return _page(request, visitor, proposal_id, again=again, kept=keep_rehearsals(visitor, [version]))


@router.post("/{proposal_id}/{act}")
def decide(
    request: Request, sending: Sending, proposal_id: PublicId, act: Annotated[str, Path(max_length=20)]
) -> Response:
    """Activate, reject, withdraw or revoke it; or say why not."""
    visitor = sending.visitor
    _require(visitor)
    if act not in tuple(Act):
        raise NotFound(Text("没有这一操作", "There is no such thing to do"))
    chosen = Act(act)
    comment = one(sending.form, "comment")[:2000]
    key = one(sending.form, "idempotency_key")[:200]
    try:
        visitor.caller.write(
            lambda connection: _DECIDE[chosen](
                connection, proposal=proposal_id, actor=visitor.actor, comment=comment, now=visitor.now, key=key
            )
        )  # fmt: skip
    except Invalid as refusal:
        return _page(request, visitor, proposal_id, errors={chosen: refusal.fields}, status=refusal.status)
    except IdempotencyKeyReused as refusal:
        words = Text("本页此前已提交过一次，请核对现状后再办理", "This page was sent before: look at how it stands now")
        return _page(request, visitor, proposal_id, refused=words, status=refusal.status)
    except Conflict as refusal:
        return _page(request, visitor, proposal_id, refused=refusal.detail, status=refusal.status)
    except Refused as refusal:
        if isinstance(refusal, NotFound):
            raise
        return _page(request, visitor, proposal_id, refused=refusal.detail, status=refusal.status)
    return go(request, f"{ADDRESS}/{proposal_id}", _DONE[chosen])


def _require(visitor: Visitor) -> None:
    require(visitor.actor, Permission.ACTIVATE_POLICY, street_id=visitor.actor.street_id)


def _attached(connection: Connection, proposal: Proposal) -> Rehearsal:
    return Rehearsal.from_json(reading.rehearsal_of(connection, proposal))


def _page(
    request: Request, visitor: Visitor, proposal_id: str, *, again: Rehearsal | None = None, kept: str = "",
    errors: Mapping[Act, Errors] | None = None, refused: Text | None = None, status: int = 200,
) -> Response:  # fmt: skip
    def look(connection: Connection) -> dict[str, Any]:
        found = reading.find_proposal(connection, visitor.actor, proposal_id)
        policy = library.policy(connection, found.row.policy_hash)
        before = _before(connection, found)
        shown: dict[str, Any] = {
            "proposal": _proposal(found, policy),
            "before": {"name": view.named(before), "hash": before.hash} if before else None,
            "compared": view.compared(before, policy) if before else None,
            **_acts(connection, visitor, found, policy, errors or {}),
        }
        if may_act(visitor):
            attached = _attached(connection, found)
            shown["told"] = rehearsal_view.told(attached, lambda group: _leads(proposal_id, group))
            if again is not None:
                shown["changes"] = rehearsal_view.compared(attached, again)
                shown["again"] = rehearsal_view.told(again, leads(kept))
        else:
            # What it would do to the cases of other communities is for those who decide.
            shown["effect"] = effects(history(connection, visitor.actor)).get(proposal_id)
        return shown

    return page(
        request, visitor.reader, "policies_proposal.html", here="policies", status=status, refused=refused,
        **visitor.caller.read(look),
    )  # fmt: skip


def _leads(proposal_id: str, group: Group) -> str:
    return f"{ADDRESS}/{proposal_id}/cases?{urlencode({'group': group.key})}"


def _before(connection: Connection, proposal: Proposal) -> Policy | None:
    """The version whose place it takes, or took."""
    eve = proposal.row.effective_from - timedelta(days=1)
    try:
        return library.policy_in_force(connection, proposal.row.street_id, eve)
    except NoPolicyInForce:
        return None


def _proposal(found: Proposal, policy: Policy) -> dict[str, Any]:
    row = found.row
    decided = None
    if row.decided_at is not None:
        decided = {
            "by": Text(found.decided_by.name, found.decided_by.name) if found.decided_by else view.CONSOLE,
            "when": row.decided_at,
            "comment": row.decision_comment,
        }
    return {
        "id": row.public_id,
        "name": view.named(policy),
        "hash": policy.hash,
        "mark": view.mark_of(policy.hash),
        "day": row.effective_from,
        "state": STATE_NAMES[found.state],
        "tone": _TONES[found.state],
        "by": view.proposed_by(found),
        "when": row.proposed_at,
        "reason": row.reason,
        "file": row.file_name,
        "decided": decided,
    }


def _acts(
    connection: Connection, visitor: Visitor, found: Proposal, policy: Policy, errors: Mapping[Act, Errors]
) -> dict[str, Any]:
    """What the reader may do with it, and for what is not the reader's why, and who may."""
    offered, reasons = [], []
    for act in _OFFERED.get(found.state, ()):
        why = refused_because(act, found.row, visitor.actor, visitor.now, found.names)
        if why is None:
            offered.append(_act(act, found, policy, errors.get(act, {})))
        elif act is Act.WITHDRAW or (act is Act.REVOKE and not may_act(visitor)):
            continue  # whoever did not propose it, or only reads, does not miss that
        elif why.detail not in reasons:
            reasons.append(why.detail)
    others = _others(connection, visitor, found) if found.state is ProposalState.PROPOSED and reasons else []
    return {"acts": offered, "reasons": reasons, "others": others}


def _others(connection: Connection, visitor: Visitor, found: Proposal) -> list[Text]:
    """Who else may decide on it."""
    people: dict[int, Text] = {}
    for role in (Role.DIRECTOR, Role.ADMINISTRATOR):
        title = ROLE_NAMES[role]
        for person in holders_of(connection, street_id=found.row.street_id, role=role, day=visitor.today):
            if person.id not in (found.row.proposed_by, visitor.actor.person_id):
                known_as = Text(f"{person.name}（{title.zh}）", f"{person.name} ({title.en})")
                people.setdefault(person.id, known_as)
    return list(people.values())


def _act(act: Act, found: Proposal, policy: Policy, errors: Errors) -> dict[str, Any]:
    day, name = in_words(found.row.effective_from), view.named(policy)
    match act:
        case Act.ACTIVATE:
            title, button = Text("启用", "Activate"), Text("启用", "Activate")
            asked = Text(
                f"自{day.zh}起，新发起的案件按“{name.zh}”办理，在办案件仍按原版本办理。"
                "启用须由提议人以外的人办理，生效日期之前可以撤销。",
                f"From {day.en} new cases come under {name.en}; running cases stay on their version. Whoever proposed it "
                "cannot activate it, and until that day it can be revoked.",
            )
            field, required, style = Text("审核意见", "Remark"), False, "primary"
        case Act.REJECT:
            title, button = Text("不予启用", "Reject"), Text("不予启用", "Reject")
            asked = Text("提议将终结，如需启用须重新提议。", "The proposal ends here; it can be proposed anew.")
            field, required, style = Text("不予启用的理由", "Why it is rejected"), True, "danger"
        case Act.WITHDRAW:
            title, button = Text("撤回提议", "Withdraw"), Text("撤回提议", "Withdraw")
            asked = Text("提议将终结，如需启用须重新提议。", "The proposal ends here; it can be proposed anew.")
            field, required, style = Text("撤回说明", "Remark"), False, "danger"
        case Act.REVOKE:
            title, button = Text("撤销启用", "Revoke the activation"), Text("撤销启用", "Revoke")
            asked = Text(
                f"“{name.zh}”将不再于{day.zh}生效，届时继续按之前的版本办理。",
                f"{name.en} will not come into force on {day.en}; the version before it stays.",
            )
            field, required, style = Text("撤销的理由", "Why it is revoked"), True, "danger"
    return {
        "name": act.value, "title": title, "button": button, "asked": asked, "field": field, "required": required,
        "style": style, "errors": [words for sentences in errors.values() for words in sentences],
        "key": secrets.token_urlsafe(16),
    }  # fmt: skip

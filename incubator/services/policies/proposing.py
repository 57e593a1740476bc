"""Proposing that a checked policy version comes into force from a day, with the rehearsal of what it would do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select

from incubator.canonical import canonical, public_id, sha256
from incubator.clock import today
from incubator.engine import idempotency, library
from incubator.engine.deadline_words import in_words
from incubator.engine.policy import Policy
from incubator.engine.roles import Actor
from incubator.errors import Conflict, Invalid
from incubator.models.base import table
from incubator.models.events import PolicyInForce, PolicyProposal, ProposalState
from incubator.models.streets import Street
from incubator.queries.visibility import Permission, require
from incubator.rehearsal.result import Kind, Rehearsal
from incubator.services.policies.stream import lock_policies, record
from incubator.text import Text

REHEARSAL_HOLDS = timedelta(days=7)

_PROPOSALS, _IN_FORCE = table(PolicyProposal), table(PolicyInForce)


class RehearsalNeeded(Conflict):
    """The rehearsal is not of this version, not of this street, or too old."""

    code = "rehearsal_needed"
    title = Text("请先预演", "Rehearse it first")


@dataclass(frozen=True, slots=True)
class Version:
    """A policy version, the day from which it is to hold, and what it would do to the caseload."""

    policy: Policy
    effective_from: date
    rehearsal: Rehearsal


def versions_from(versions: Sequence[tuple[date, Policy]], day: date) -> list[tuple[date, Policy]]:
    """Of a file's versions, in the order of their days: the one that holds on a day, from that day, and all later ones."""
    holding = [policy for since, policy in versions if since <= day]
    later = [(since, policy) for since, policy in versions if since > day]
    # Before its first day the pack says nothing; that is told where the day is checked.
    return [(day, (holding or [versions[0][1]])[-1]), *(later if holding else later[1:])]


def propose(
    connection: Connection, *, street_id: int, content: Mapping[str, Any], effective_from: date, reason: str,
    rehearsal: Rehearsal, file_name: str, file_text: str, actor: Actor, now: datetime, key: str = "",
) -> str:  # fmt: skip
    """Propose one version; its public id. `file_text` is the pack as it was written. Errors as for `propose_all`."""
    version = Version(Policy(content), effective_from, rehearsal)
    (proposed,) = propose_all(
        connection, street_id=street_id, versions=[version], reason=reason, file_name=file_name, file_text=file_text,
        actor=actor, now=now, key=key,
    )  # fmt: skip
    return proposed


def propose_all(
    connection: Connection, *, street_id: int, versions: Iterable[Version], reason: str, file_name: str,
    file_text: str, actor: Actor, now: datetime, key: str = "",
) -> list[str]:  # fmt: skip
    """Propose the versions of one file, all or none; their public ids. Asked again under the same `key`, the same are answered.

    Raises NotAllowed, Invalid (fields `reason`, `effective_from`), RehearsalNeeded, and DayTaken where another version
    holds from such a day or is proposed for it.
    """
    wanted = list(versions)

    def act() -> dict[str, Any]:
        lock_policies(connection, street_id)
        days = [(version.effective_from, version.policy) for version in wanted]
        check_proposal(connection, street_id=street_id, versions=days, reason=reason, actor=actor, now=now)
        streets = table(Street)
        street = connection.execute(select(streets.c.public_id).where(streets.c.id == street_id)).scalar_one()
        for version in wanted:
            _check_rehearsal(version, street, now)
        proposed = [
            _write(connection, street_id, version, reason.strip(), file_name, file_text, actor, now)
            for version in wanted
        ]
        return {"proposals": proposed}

    asked = _asked(street_id, [(each.effective_from, each.policy) for each in wanted], reason, file_name)
    return list(idempotency.once(connection, actor, key, asked, act, now=now)["proposals"])


def proposed_before(
    connection: Connection, *, street_id: int, versions: Sequence[tuple[date, Policy]], reason: str, file_name: str,
    actor: Actor, key: str,
) -> list[str] | None:  # fmt: skip
    """What the same request under this key was answered by `propose_all`; None where it was not. IdempotencyKeyReused."""
    asked = sha256(canonical(_asked(street_id, versions, reason, file_name)))
    before = idempotency.answered(connection, actor, key, asked) if key else None
    return None if before is None else list(before["proposals"])


def _asked(street_id: int, versions: Sequence[tuple[date, Policy]], reason: str, file_name: str) -> list[Any]:
    """What makes two requests the same: the versions and their days, and not when they were rehearsed."""
    return ["propose", street_id, [(policy.hash, day) for day, policy in versions], reason, file_name]


def check_proposal(
    connection: Connection, *, street_id: int, versions: Sequence[tuple[date, Policy]], reason: str, actor: Actor,
    now: datetime,
) -> None:  # fmt: skip
    """Refuse what `propose_all` refuses for anything but its rehearsals: ask it before rehearsing, which takes long."""
    require(actor, Permission.ACTIVATE_POLICY, street_id=street_id)
    if not reason.strip():
        raise _invalid("reason", Text("请说明启用的理由", "Say why it is to come into force"))
    check_days(connection, street_id=street_id, versions=versions, now=now)


def check_days(
    connection: Connection, *, street_id: int, versions: Sequence[tuple[date, Policy]], now: datetime
) -> None:
    """Refuse days on which these versions cannot come into force: Invalid (field `effective_from`), DayTaken."""
    for day, policy in versions:
        _check_day(policy, day, now)
        _check_free(connection, street_id, day)


def _check_day(policy: Policy, day: date, now: datetime) -> None:
    """Refuse (`Invalid`) a day in the past, or outside the pack's own dates of effect."""
    since = date.fromisoformat(policy.content["effective_from"])
    ends = policy.content.get("effective_until")
    until = date.fromisoformat(ends) if ends else None
    if day < today(now):
        raise _invalid(
            "effective_from",
            Text(
                f"生效日期 {day} 已过，在办案件和已办案件不能追溯改变，请选择今天或以后的日期",
                f"{day} has passed, and what was done is not changed afterwards: choose today or a later day",
            ),
        )
    if day < since or (until is not None and day > until):
        span = Text("自{since}起", "from {since}").fill(since=in_words(since))
        if until is not None:
            span = Text("自{since}至{until}", "from {since} to {until}").fill(
                since=in_words(since), until=in_words(until)
            )
        raise _invalid(
            "effective_from",
            Text(
                "该政策包{span}有效，生效日期不在其中，请改选日期或修改政策包",
                "The pack holds {span}; the day lies outside: choose another, or change the pack",
            ).fill(span=span),
        )


def counts_of(rehearsal: Rehearsal) -> dict[str, Any]:
    """What a rehearsal comes to: cases considered, cases touched, and the cases of each kind of change, by its name."""
    # A case may be in two groups of one kind: blocked here by a rule and there by a document.
    kinds = {
        kind.value: len({case.public_id for group in rehearsal.of_kind(kind) for case in group.cases}) for kind in Kind
    }
    return {
        "live": rehearsal.live,
        "decided": rehearsal.decided,
        "touched": rehearsal.touched,
        "kinds": {kind: count for kind, count in kinds.items() if count},
        "not_rehearsed": sum(len(each.cases) for each in rehearsal.not_rehearsed),
    }


def _check_rehearsal(version: Version, street: str, now: datetime) -> None:
    rehearsal = version.rehearsal
    if (rehearsal.policy_hash, rehearsal.street) != (version.policy.hash, street):
        raise RehearsalNeeded(
            Text(
                "所附预演不是本街道对这一版本的预演，请对该文件重新预演后再提交",
                "The rehearsal attached is not one of this version in this street: rehearse this file and send it again",
            )
        )
    if now - rehearsal.rehearsed_at > REHEARSAL_HOLDS:
        raise RehearsalNeeded(
            Text(
                f"预演已超过 {REHEARSAL_HOLDS.days} 天，在办案件已有变化，请重新预演后再提交",
                f"The rehearsal is more than {REHEARSAL_HOLDS.days} days old and the caseload has moved: rehearse again",
            )
        )


def _check_free(connection: Connection, street_id: int, day: date) -> None:
    held = connection.scalar(
        select(_IN_FORCE.c.id).where(_IN_FORCE.c.street_id == street_id, _IN_FORCE.c.effective_from == day)
    )
    if held is not None:
        raise library.DayTaken(
            Text(
                f"{day} 起已有政策生效，请换一个生效日期；尚未生效的，可先撤销其启用",
                f"Another policy comes into force on {day}: choose another day, or revoke that one while its day has not come",
            )
        )
    waiting = connection.scalar(
        select(_PROPOSALS.c.public_id).where(
            _PROPOSALS.c.street_id == street_id,
            _PROPOSALS.c.effective_from == day,
            _PROPOSALS.c.state == ProposalState.PROPOSED.value,
        )
    )
    if waiting is not None:
        raise library.DayTaken(
            Text(
                f"已有自 {day} 起生效的提议在等待审核，请先由他人审核或由提议人撤回，或换一个生效日期",
                f"Another proposal for {day} waits to be decided: have it decided or withdrawn first, or choose another day",
            ),
            extra={"proposal": waiting},
        )


def _write(
    connection: Connection, street_id: int, version: Version, reason: str, file_name: str, file_text: str, actor: Actor,
    now: datetime,
) -> str:  # fmt: skip
    policy = library.store_policy(connection, version.policy.content, now)
    rehearsal = canonical(version.rehearsal.as_json())
    proposal = public_id()
    connection.execute(
        insert(_PROPOSALS).values(
            public_id=proposal, street_id=street_id, policy_hash=policy.hash, effective_from=version.effective_from,
            state=ProposalState.PROPOSED.value, reason=reason, file_name=file_name, file_text=file_text,
            rehearsal=rehearsal, rehearsed_at=version.rehearsal.rehearsed_at, proposed_by=actor.person_id,
            proposed_at=now, decided_by=0, decision_comment="",
        )
    )  # fmt: skip
    change = {
        "proposal": proposal,
        "policy": policy.hash,
        "effective_from": version.effective_from.isoformat(),
        "file": {"name": file_name, "sha256": sha256(file_text)},
        "rehearsal": {"sha256": sha256(rehearsal), "counts": counts_of(version.rehearsal)},
    }
    record(
        connection, street_id=street_id, name=policy.name, event="policy.proposed", change=change, actor=actor, now=now,
        comment=reason, policy_hash=policy.hash,
    )  # fmt: skip
    return proposal


def _invalid(field: str, words: Text) -> Invalid:
    return Invalid(words, fields={field: [words]})

"""A rehearsal as the API tells it, in the caller's language: groups of cases that a policy would treat in another way."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel

from incubator.rehearsal import CaseLine, Group, Kind, NotRehearsed, OldPolicy, Rehearsal


class CaseLineOut(BaseModel):
    """A case: what is so now, what would be so. `delta` is in the group's unit."""

    id: str
    number: str
    organization: str
    before: str
    after: str
    delta: int | None


class SpreadOut(BaseModel):
    """Least, median and most of what changes, in the group's unit."""

    least: int
    median: int
    most: int


class GroupOut(BaseModel):
    """Cases to which the same would happen for the same reason; `unit` is `days`, `fen` or empty."""

    kind: Kind
    procedure: str
    procedure_title: str
    step: str
    step_title: str
    subject: str
    path: str
    words: str
    cite: str | None
    decisions: list[str]
    unit: str
    overdue: int
    count: int
    spread: SpreadOut | None
    cases: list[CaseLineOut]


class NotRehearsedOut(BaseModel):
    """What could not be worked out, and the numbers of the cases."""

    procedure: str
    subject: str
    reason: str
    cases: list[str]


class OldPolicyOut(BaseModel):
    """A version that cases run under now, and the paths at which the new one says something else."""

    hash: str
    name: str
    live: int
    decided: int
    changed: list[str]
    call: str


class RehearsalOut(BaseModel):
    """What a policy would do to the caseload; `inert` are changed paths that bear on none of these cases."""

    rehearsed_at: datetime
    as_of: date
    policy: str
    policy_name: str
    live: int
    decided: int
    touched: int
    old: list[OldPolicyOut]
    inert: list[str]
    groups: list[GroupOut]
    not_rehearsed: list[NotRehearsedOut]


def rehearsal_out(rehearsal: Rehearsal, language: str) -> RehearsalOut:
    """The rehearsal in a reader's language."""
    return RehearsalOut(
        rehearsed_at=rehearsal.rehearsed_at,
        as_of=rehearsal.as_of,
        policy=rehearsal.policy_hash,
        policy_name=rehearsal.policy_name,
        live=rehearsal.live,
        decided=rehearsal.decided,
        touched=rehearsal.touched,
        old=[_old(each) for each in rehearsal.old],
        inert=list(rehearsal.inert),
        groups=[_group(each, language) for each in rehearsal.groups],
        not_rehearsed=[_left_out(each, language) for each in rehearsal.not_rehearsed],
    )


def _old(old: OldPolicy) -> OldPolicyOut:
    return OldPolicyOut(
        hash=old.hash, name=old.name, live=old.live, decided=old.decided, changed=list(old.changed), call=old.call
    )


def _group(group: Group, language: str) -> GroupOut:
    spread = group.spread
    return GroupOut(
        kind=group.kind,
        procedure=group.procedure,
        procedure_title=group.procedure_title.read(language),
        step=group.step,
        step_title=group.step_title.read(language),
        subject=group.subject,
        path=group.path,
        words=group.words.read(language),
        cite=group.cite.read(language) if group.cite else None,
        decisions=[title.read(language) for title in group.decisions],
        unit=group.unit,
        overdue=group.overdue,
        count=group.count,
        spread=SpreadOut(least=spread[0], median=spread[1], most=spread[2]) if spread else None,
        cases=[_line(each, language) for each in group.cases],
    )


def _line(line: CaseLine, language: str) -> CaseLineOut:
    return CaseLineOut(
        id=line.public_id,
        number=line.number,
        organization=line.organization,
        before=line.before.read(language),
        after=line.after.read(language),
        delta=line.delta,
    )


def _left_out(left_out: NotRehearsed, language: str) -> NotRehearsedOut:
    return NotRehearsedOut(
        procedure=left_out.procedure,
        subject=left_out.subject,
        reason=left_out.reason.read(language),
        cases=list(left_out.cases),
    )

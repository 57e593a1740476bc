"""Rehearse: every case of a street under its own policy and under the new one, side by side; reads only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, case, func, or_, select

from incubator.clock import today
from incubator.engine import library
from incubator.engine.loading import case_columns, case_views
from incubator.engine.policy import Policy
from incubator.engine.repinning import paths_asked
from incubator.engine.roles import Actor
from incubator.facts.registry import AsOf
from incubator.models.base import table
from incubator.models.cases import Case
from incubator.models.organizations import Organization
from incubator.models.streets import Street
from incubator.queries.visibility import visible_to
from incubator.rehearsal.dates import Recount
from incubator.rehearsal.decided import look_at_decided
from incubator.rehearsal.findings import Findings
from incubator.rehearsal.live import look_at_live
from incubator.rehearsal.reach import Reach
from incubator.rehearsal.result import OldPolicy, Rehearsal
from incubator.rehearsal.terms import announcement, under_the_same_call
from incubator.rehearsal.values import look_at_values
from incubator.text import Text

CHUNK = 4000  # cases whose rows and facts are in memory at once

Progress = Callable[[int, int], None]  # cases done, cases to be looked at

_CASES, _ORGANIZATIONS = table(Case), table(Organization)
_IN_HAND = or_(_CASES.c.open.is_(True), _CASES.c.came_from != "")
_UNSAID = Text(
    "案件所按的流程需要这一项，而现行或新的政策没有规定",
    "the procedure that the cases run on asks this, which one of the two versions does not say",
)
_RULE_GONE = Text(
    "本版本软件不再有该规则，当时的决定不能重新判断", "this version of the software no longer has the rule"
)


@dataclass(frozen=True, slots=True)
class _Share:
    """Cases of one definition under one policy, and how far the change reaches into them."""

    reach: Reach
    where: tuple[ColumnElement[bool], ...]


def rehearse(
    connection: Connection, *, street_id: int, policy: Policy, now: datetime, actor: Actor | None = None,
    on: date | None = None, only: Sequence[str] | None = None, progress: Progress | None = None,
) -> Rehearsal:  # fmt: skip
    """What this policy, checked but not necessarily stored, would do to a street's caseload. Writes and sends nothing.

    With an actor only the cases are looked at that the actor sees; with `only`, public ids, none but these. What depends
    on the day is judged as of today or, where the policy is to begin later, of `on`; facts are those of now. Call it
    within `snapshot` where others are at work.
    """
    day = max(on or today(now), today(now))
    seen = [_CASES.c.street_id == street_id, *([visible_to(actor, _CASES)] if actor is not None else [])]
    if only is not None:
        seen.append(_CASES.c.public_id.in_(only))
    findings = Findings()
    old, shares, changed, read = _shares(connection, seen, policy, findings)
    counts = [_count(connection, share.where) for share in shares]
    done, whole = 0, sum(counts)
    for share in shares:
        recount = Recount(connection, share.reach, findings, day)
        for rows in _rows(connection, share.where):
            _look_at(connection, share.reach, rows, recount, findings, AsOf(now), day)
            done += len(rows)
            if progress is not None:
                progress(done, whole)
    streets = table(Street)
    street = connection.execute(select(streets.c.public_id, streets.c.name).where(streets.c.id == street_id)).one()
    return Rehearsal(
        rehearsed_at=now,
        as_of=day,
        street=street.public_id,
        street_name=street.name,
        policy_hash=policy.hash,
        policy_name=policy.name,
        old=old,
        inert=tuple(sorted(changed - read)),
        groups=findings.groups(),
        not_rehearsed=findings.not_rehearsed(),
    )


def _shares(
    connection: Connection, seen: Sequence[ColumnElement[bool]], policy: Policy, findings: Findings
) -> tuple[tuple[OldPolicy, ...], list[_Share], set[str], set[str]]:
    """The versions that cases run under; what has to be looked at; the changed paths; those that anything here reads."""
    in_hand = case((_IN_HAND, 1), else_=0)
    versions = _CASES.c.policy_hash, _CASES.c.definition_hash
    counted = select(*versions, in_hand.label("live"), func.count().label("number")).where(*seen)
    live: dict[str, list[int]] = {}
    pairs: dict[tuple[str, str], None] = {}
    for row in connection.execute(counted.group_by(*versions, in_hand).order_by(*versions)):
        live.setdefault(row.policy_hash, [0, 0])[row.live] += row.number
        pairs[row.policy_hash, row.definition_hash] = None
    shares: list[_Share] = []
    changed: dict[str, frozenset[str]] = {}
    read: set[str] = set()
    for policy_hash, definition_hash in pairs:
        before = library.policy(connection, policy_hash)
        after = under_the_same_call(before, policy)
        original = library.definition(connection, definition_hash)
        of_pair = (*seen, _CASES.c.policy_hash == policy_hash, _CASES.c.definition_hash == definition_hash)
        unsaid = [path for path in sorted(paths_asked(original)) if not (before.has(path) and after.has(path))]
        for path in unsaid:
            findings.leave_out(original.key, path, _UNSAID, _numbers(connection, of_pair))
        if unsaid:
            continue
        reach = Reach(original, before, after)
        changed[policy_hash] = reach.changed
        read |= reach.read
        for name in sorted(reach.lost) if reach.changed else ():
            findings.leave_out(original.key, name, _RULE_GONE, _numbers(connection, of_pair))
        for outcome in reach.unsaid_outcomes:
            findings.leave_out(original.key, outcome.name, _UNSAID, _numbers(connection, of_pair))
        wanted = _wanted(reach)
        if wanted is not None:
            shares.append(_Share(reach, (*of_pair, *wanted)))
    old = tuple(
        OldPolicy(
            digest,
            library.policy(connection, digest).name,
            live=numbers[1],
            decided=numbers[0],
            changed=tuple(sorted(changed.get(digest, ()))),
            call=announcement(library.policy(connection, digest)),
        )
        for digest, numbers in sorted(live.items())
    )
    return old, shares, set().union(*changed.values()), read


def _wanted(reach: Reach) -> tuple[ColumnElement[bool], ...] | None:
    """Which cases of a definition have to be looked at: all (nothing to add), some, or none."""
    if reach.taken or reach.outcomes:
        return ()
    steps = sorted(reach.steps.keys() | reach.who.keys())
    some: list[ColumnElement[bool]] = [_IN_HAND] if reach.limits or reach.switches else []
    if steps:
        some += [_CASES.c.step.in_(steps), _CASES.c.came_from.in_(steps)]
    return (or_(*some),) if some else None


def _rows(connection: Connection, where: Sequence[ColumnElement[bool]]) -> Iterator[Sequence[Any]]:
    """The rows of the cases, so many at a time, with the names of their organizations."""
    query = (
        select(*case_columns(), _ORGANIZATIONS.c.name.label("organization_name"))
        .join_from(_CASES, _ORGANIZATIONS, _ORGANIZATIONS.c.id == _CASES.c.organization_id)
        .where(*where, _CASES.c.id > bindparam("last"))
        .order_by(_CASES.c.id)
        .limit(CHUNK)
    )
    last = 0
    while rows := connection.execute(query, {"last": last}).all():
        yield rows
        last = rows[-1].id


def _look_at(
    connection: Connection, reach: Reach, rows: Sequence[Any], recount: Recount, findings: Findings,
    as_of: AsOf, day: date,
) -> None:  # fmt: skip
    findings.note_names((row.organization_id, row.organization_name) for row in rows)
    # Limits bear on nothing else here: their rows, each with its proof, are read only where some limit changes.
    cases = case_views(connection, rows, deadlines=None if reach.limits else ())
    look_at_live(connection, reach, cases, findings, as_of, day)
    if reach.limits:
        recount.look_at(cases)
    if reach.taken:
        look_at_decided(connection, reach, cases, findings, as_of, day)
    if reach.outcomes:
        look_at_values(connection, reach, cases, findings, as_of, day)


def _count(connection: Connection, where: Sequence[ColumnElement[bool]]) -> int:
    return int(connection.execute(select(func.count()).select_from(_CASES).where(*where)).scalar_one())


def _numbers(connection: Connection, where: Sequence[ColumnElement[bool]]) -> list[tuple[int, str]]:
    return [(row.id, row.number) for row in connection.execute(select(_CASES.c.id, _CASES.c.number).where(*where))]

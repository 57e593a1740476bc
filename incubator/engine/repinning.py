"""A running case put under another policy or calendar: what becomes of its limits, work items and timers, and its event."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from incubator.engine import library, streams
from incubator.engine.calendars import WorkCalendar
from incubator.engine.case import CaseView, RunningLimit
from incubator.engine.deadlines import Proof
from incubator.engine.definition import Definition, Step, StepKind
from incubator.engine.limits import limit_of_step, prove_limit
from incubator.engine.moving import REMIND, deadline, proven, timer
from incubator.engine.policy import Policy
from incubator.engine.refusals import CaseHasMoved
from incubator.engine.roles import Actor, Role
from incubator.engine.rules import RULES
from incubator.engine.writing import Addition, Change, Write, write
from incubator.errors import Conflict
from incubator.facts.bulk import among
from incubator.models.base import NO_DATE, NOBODY, table
from incubator.models.cases import Case, Deadline, Timer, WorkItem
from incubator.models.events import Event
from incubator.text import Text


class CannotRepin(Conflict):
    """The case cannot run on under the other version; `detail` says why and what to do."""

    code = "cannot_repin"
    title = Text("案件不能改用该版本", "The case cannot run under that version")


@dataclass(frozen=True, slots=True)
class RecountedLimit:
    """A limit counted anew. `key` 0 is one that begins with this; dates None stand for no date; `proof` None: it ends."""

    key: int
    step: str
    state: str  # running or paused
    policy_path: str
    due_before: date | None
    due_after: date | None
    proof_before: Mapping[str, Any]
    proof: Proof | None

    @property
    def changed(self) -> bool:
        """Whether anything of its proof is another."""
        return self.proof is None or dict(self.proof_before) != self.proof.as_json()

    def as_json(self) -> dict[str, Any]:
        """JSON-ready, with the proof that held before."""
        return {
            "step": self.step,
            "policy_path": self.policy_path,
            "state": self.state,
            "due_before": _iso(self.due_before),
            "due_after": _iso(self.due_after),
            "proof_before": dict(self.proof_before),
        }


@dataclass(frozen=True, slots=True)
class Repinning:
    """What becomes of a case under other versions; the first are those it ran on, NO_DATE stands for no due date."""

    case: CaseView
    policy: Policy
    calendar_hash: str
    limits: tuple[RecountedLimit, ...]
    due_on: date
    step: Step  # as it runs under the policy
    role_before: Role | None
    role: Role | None  # whose it is, None where no role's
    timers: tuple[Write, ...]

    @property
    def due_before(self) -> date:
        """The date by which the case was due."""
        return self.case.due_on

    @property
    def moves_due(self) -> bool:
        """Whether the case is due on another day."""
        return self.due_on != self.case.due_on

    @property
    def version(self) -> int:
        """The case's version afterwards: what may be done changes with the policy, so whoever has it open must look again."""
        return self.case.version + int(self.policy.hash != self.case.policy_hash)

    def as_json(self) -> dict[str, Any]:
        """What changed, in plain data, for the event and for people."""
        return {
            "step": self.case.step,
            "version": self.version,
            "policy": {"before": self.case.policy_hash, "after": self.policy.hash},
            "calendar": {"before": self.case.calendar_hash, "after": self.calendar_hash},
            "due_on": {"before": _iso(self.case.due_on), "after": _iso(self.due_on)},
            "role": {"before": self.role_before, "after": self.role},
            "limits": [limit.as_json() for limit in self.limits if limit.changed],
        }


def paths_asked(definition: Definition) -> frozenset[str]:
    """Every policy value that a definition and its rules name."""
    found = {path for name in definition.rule_names() if name in RULES for path in RULES[name].reads}

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if node.keys() == {"policy"}:
                found.add(node["policy"])
            found.update(node[name] for name in ("x-options-from", "x-sheet") if node.get(name))
            for child in node.values():
                walk(child)
        elif isinstance(node, list):
            for child in node:
                walk(child)

    walk(json.loads(definition.content))
    return frozenset(found)


def repinning(
    connection: Connection, case: CaseView, now: datetime, *, policy: Policy | None = None, calendar_hash: str = ""
) -> Repinning:
    """What would become of a case under another policy, or by another calendar; what is not given stays. Reads only.

    A limit that stands still while a correction is out is counted as if none were: it is counted to its end on return.
    Raises CannotRepin where the definition asks what the policy does not say, or an extension was given in another unit.
    """
    return repinnings(connection, [case], now, policy=policy, calendar_hash=calendar_hash)[0]


def repinnings(
    connection: Connection,
    cases: Sequence[CaseView],
    now: datetime,
    *,
    policy: Policy | None = None,
    calendar_hash: str = "",
) -> list[Repinning]:
    """As `repinning`, of each of these cases; two statements for all of them where only the calendar is another."""
    proofs, timers = _proofs(connection, cases), _timer_rows(connection, cases)
    return [
        _repinned(connection, case, now, policy, calendar_hash, proofs, timers.get((case.id, case.visit), ()))
        for case in cases
    ]


def _repinned(
    connection: Connection, case: CaseView, now: datetime, policy: Policy | None, calendar_hash: str,
    proofs: Mapping[int, Mapping[str, Any]], timers: Sequence[Row[Any]],
) -> Repinning:  # fmt: skip
    old_policy = library.policy(connection, case.policy_hash)
    policy, calendar_hash = policy or old_policy, calendar_hash or case.calendar_hash
    calendar = library.calendar(connection, calendar_hash)
    original = library.definition(connection, case.definition_hash)
    if policy is not old_policy:
        _refuse_unsaid(original, policy)
    step = library.running(original, policy).step(case.step)
    limits = [_recounted(case, limit, proofs, old_policy, policy, calendar) for limit in case.limits]
    if case.limit is None and policy is not old_policy:
        limits += _begun(connection, case, step, policy, calendar)
    standing = next((limit for limit in limits if limit.state == "running" and limit.step == case.step), None)
    due_on = (standing.due_after if standing else None) or NO_DATE
    before = library.running(original, old_policy).step(case.step)
    return Repinning(
        case,
        policy,
        calendar_hash,
        tuple(limits),
        due_on,
        step,
        _role(before),
        _role(step),
        tuple(_timers(timers, case, step, policy, due_on, now)),
    )


def carry_out(
    connection: Connection, planned: Repinning, *, event: str, actor: Actor, now: datetime, comment: str = "",
    told: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """Write what was planned for a case that the caller has locked since, recorded as `event`, which says `told` besides."""
    case = planned.case
    entry = streams.Entry(
        "case", case.id, case.street_id, event, actor, {**planned.as_json(), **(told or {})}, subject=case.public_id,
        comment=comment, definition_hash=case.definition_hash, policy_hash=planned.policy.hash, calendar_hash=planned.calendar_hash,
    )  # fmt: skip
    chained = streams.chain(entry, case.head_seq, case.head_hash, now)
    if not write(connection, _all_of(planned, chained)):
        definition = library.definition_of(connection, case)
        raise CaseHasMoved.since(connection, case, definition, case.version)


def _all_of(planned: Repinning, chained: streams.Chained) -> list[Write]:
    case, items = planned.case, table(WorkItem)
    open_items = {"case_id": case.id, "done_at": None}
    values = {
        "policy_hash": planned.policy.hash,
        "calendar_hash": planned.calendar_hash,
        "due_on": planned.due_on,
        "version": planned.version,
        **chained.head,
    }
    all_of: list[Write] = [Change(table(Case), {"id": case.id, "version": case.version}, values)]
    all_of += [write for limit in planned.limits for write in _limit_writes(planned, limit)]
    if planned.moves_due:
        all_of.append(Change(items, open_items, {"due_on": planned.due_on}))
    if planned.role is not None and planned.role is not planned.role_before:
        # Whoever claimed it did so in the old role: the new one's colleagues find it unclaimed.
        of_role: dict[str, Any] = {**open_items, "visit": case.visit, "kind": "step"}
        if planned.role_before is not None:
            of_role["role"] = planned.role_before.value
        all_of.append(Change(items, of_role, {"role": planned.role.value, "person_id": NOBODY}))
    all_of += planned.timers
    all_of.append(Addition(table(Event), [chained.row]))
    return all_of


def _limit_writes(planned: Repinning, limit: RecountedLimit) -> list[Write]:
    deadlines, found = table(Deadline), {"id": limit.key}
    if limit.proof is None:
        return [Change(deadlines, found, {"state": "ended"})]
    if limit.key:
        kept = {"state": limit.state, "calendar_hash": planned.calendar_hash}
        return [Change(deadlines, found, {**kept, **proven(limit.proof)})]
    case = replace(planned.case, calendar_hash=planned.calendar_hash)
    return [Addition(deadlines, [deadline(case, planned.step, limit.policy_path, limit.proof)])]


def _recounted(
    case: CaseView, limit: RunningLimit, proofs: Mapping[int, Mapping[str, Any]], old_policy: Policy, policy: Policy,
    calendar: WorkCalendar,
) -> RecountedLimit:  # fmt: skip
    due, old_due = policy.due(limit.policy_path), old_policy.due(limit.policy_path)
    if limit.extensions and due.unit != old_due.unit:
        raise CannotRepin(
            Text(
                "本案期限已按原版本的计算单位延长，新版本的计算单位不同，不能换算。请在本环节办结后再改用新版本。",
                "The limit was extended in the unit of the old version, and the new one counts in another: "
                "finish this step first.",
            )
        )
    counted = replace(limit, pauses=tuple(pause for pause in limit.pauses if pause[1] is not None))
    proof = limit_of_step(due, calendar, case, counted)
    before = None if limit.due_on == NO_DATE else limit.due_on
    if proof is None and limit.state == "paused":
        # Whether it runs at all is decided anew when the case comes back.
        proof = Proof.from_json(proofs[limit.id])
    return RecountedLimit(
        limit.id, limit.step, limit.state, limit.policy_path, before, proof.due_on if proof else None,
        proofs[limit.id], proof,
    )  # fmt: skip


def _begun(
    connection: Connection, case: CaseView, step: Step, policy: Policy, calendar: WorkCalendar
) -> list[RecountedLimit]:
    """The limit of the step that the case stands in, where it runs under this policy and did not before."""
    ref = step.due or step.lasts
    if ref is None:
        return []
    proof = prove_limit(
        policy.due(ref.policy), calendar, milestones=case.milestones, entered_on=case.step_entered_on,
        period=case.period, opened_on=case.opened_on,
    )  # fmt: skip
    if proof is None:
        return []
    deadlines = table(Deadline)
    of_visit = (deadlines.c.case_id == case.id, deadlines.c.step == step.key, deadlines.c.visit == case.visit)
    ended = connection.execute(select(deadlines.c.id, deadlines.c.proof).where(*of_visit)).one_or_none()
    key, before = (ended.id, ended.proof) if ended else (0, {})
    return [RecountedLimit(key, step.key, "running", ref.policy, None, proof.due_on, before, proof)]


def _timers(
    there_are: Sequence[Row[Any]], case: CaseView, step: Step, policy: Policy, due_on: date, now: datetime
) -> list[Write]:
    """What moves, ends or adds the timers of the step that the case stands in, so that they fit the due date."""
    timers = table(Timer)
    wanted: dict[tuple[str, str], date] = {}
    if due_on != NO_DATE:
        if step.kind is StepKind.TIMER:
            wanted[step.elapsed, ""] = due_on + timedelta(days=1)
        if step.ladder is not None:
            for rung in policy.ladder(step.ladder.policy):
                wanted[REMIND, rung.level] = due_on + timedelta(days=rung.after_days)
    there = {(row.action, row.level): row for row in there_are}
    changes: list[Write] = []
    for which, row in there.items():
        waits, fires_on = row.fired_at is None, wanted.get(which)
        if fires_on is None and waits:
            changes.append(Change(timers, {"id": row.id}, {"cancelled": True, "fired_at": now}))
        elif fires_on is not None and (row.cancelled or (waits and row.fires_on != fires_on)):
            # One that an earlier version had ended waits again; one that has fired stays so: each happens once.
            again = {"fires_on": fires_on, "cancelled": False, "fired_at": None}
            changes.append(Change(timers, {"id": row.id}, again))
    fresh = [timer(case, action, level, on) for (action, level), on in wanted.items() if (action, level) not in there]
    return [*changes, Addition(timers, fresh)] if fresh else changes


def _refuse_unsaid(definition: Definition, policy: Policy) -> None:
    unsaid = sorted(path for path in paths_asked(definition) if not policy.has(path))
    if unsaid:
        listed = ", ".join(unsaid)
        raise CannotRepin(
            Text(
                f"本案按较早的流程办理，需要该版本没有规定的内容：{listed}。请让本案按原版本办结，或在政策包中补上这些内容。",
                f"The case runs on an older procedure, which asks what this version does not say: {listed}. "
                "Let it finish under its own version, or add these to the pack.",
            ),
            extra={"paths": unsaid},
        )


def _proofs(connection: Connection, cases: Sequence[CaseView]) -> dict[int, Mapping[str, Any]]:
    deadlines = table(Deadline)
    keys = [limit.id for case in cases for limit in case.limits]
    if not keys:
        return {}
    rows = connection.execute(
        select(deadlines.c.id, deadlines.c.proof).where(among(deadlines.c.id, "keys")), {"keys": keys}
    )
    return {row.id: row.proof for row in rows}


def _timer_rows(connection: Connection, cases: Sequence[CaseView]) -> dict[tuple[int, int], list[Row[Any]]]:
    timers = table(Timer)
    found: dict[tuple[int, int], list[Row[Any]]] = {}
    rows = connection.execute(
        select(timers).where(among(timers.c.case_id, "cases")), {"cases": [case.id for case in cases]}
    )
    for row in rows:
        found.setdefault((row.case_id, row.visit), []).append(row)
    return found


def _role(step: Step) -> Role | None:
    """Whose the step is as its work item says."""
    return step.by[0] if step.by and step.kind in (StepKind.HUMAN, StepKind.PANEL) else None


def _iso(day: date | None) -> str | None:
    return None if day is None or day == NO_DATE else day.isoformat()

"""The ways in which a case says no, each with its HTTP status and what to do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from incubator.engine.case import CaseView
from incubator.engine.definition import Definition, Step
from incubator.engine.rules import Blocker
from incubator.errors import Conflict, Invalid, NotFound, Refused
from incubator.models.base import table
from incubator.models.cases import Case
from incubator.models.events import Event
from incubator.models.streets import Person
from incubator.text import Text


def case_not_found() -> NotFound:
    """There is no such case in the actor's area."""
    return NotFound(Text("没有这个案件，或不在您的管辖范围内", "There is no such case, or it lies outside your area"))


class UnknownAction(Refused):
    """The step has no such decision."""

    status = 404
    code = "unknown_action"
    title = Text("没有这一操作", "No such action")

    @classmethod
    def of(cls, step: Step, action: str) -> UnknownAction:
        """The refusal that lists what the step does have."""
        zh = "、".join(f"{decision.title.zh}（{decision.name}）" for decision in step.decisions) or "无"
        en = ", ".join(decision.name for decision in step.decisions) or "none"
        return cls(
            Text(
                f"“{step.title.zh}”环节没有“{action}”操作；可办理：{zh}",
                f"Step {step.title.en!r} has no action {action!r}; it has: {en}",
            ),
            extra={"actions": [decision.name for decision in step.decisions]},
        )


class ActionNotAllowed(Refused):
    """The decision is known and refused; `blockers` say every reason."""

    status = 409
    code = "action_not_allowed"
    title = Text("暂不能办理", "Not allowed at present")

    def __init__(
        self, detail: Text, blockers: tuple[Blocker, ...], faults: Mapping[str, tuple[Text, ...]], status: int
    ) -> None:
        super().__init__(detail, extra={"blockers": [blocker.as_json() for blocker in blockers]})
        self.blockers = blockers
        self.fields = dict(faults)
        # 403 where only the person is wrong, so that a client can tell it from a condition that time or work may cure.
        self.status = status  # type: ignore[misc]

    @classmethod
    def because(cls, blockers: tuple[Blocker, ...], faults: Mapping[str, tuple[Text, ...]]) -> ActionNotAllowed:
        """The refusal that names every reason."""
        zh = "；".join(blocker.message.zh for blocker in blockers)
        en = "; ".join(blocker.message.en for blocker in blockers)
        status = 403 if all(blocker.kind == "who" for blocker in blockers) else 409
        return cls(Text(zh, en), blockers, faults, status)


class CaseHasMoved(Conflict):
    """Somebody was quicker; the detail says who, and to where."""

    code = "case_has_moved"
    title = Text("案件已被他人办理", "The case has moved")

    @classmethod
    def since(cls, connection: Connection, case: CaseView, definition: Definition, expected: int) -> CaseHasMoved:
        """The refusal for one who still saw version `expected`."""
        cases, events, people = table(Case), table(Event), table(Person)
        now = connection.execute(select(cases.c.version, cases.c.step).where(cases.c.id == case.id)).one()
        last = connection.execute(
            select(events.c.body, people.c.name)
            .join_from(events, people, people.c.id == events.c.actor_id, isouter=True)
            .where(events.c.stream == "case", events.c.subject_id == case.id)
            .order_by(events.c.seq.desc())
            .limit(1)
        ).one_or_none()
        who_zh, who_en = ("系统", "automation") if last is None or last.name is None else (last.name, last.name)
        title = definition.step(now.step).title
        decision = json.loads(last.body)["change"].get("decision", "") if last else ""
        return cls(
            Text(
                f"您打开后，{who_zh}已办理本案，现处于“{title.zh}”环节。请核对现状后再办理。",
                f"{who_en} has moved this case since you opened it; it is now at {title.en!r}. Look at it before you go on.",
            ),
            extra={
                "expected_version": expected,
                "version": now.version,
                "step": now.step,
                "moved_by": who_zh,
                "decision": decision,
            },
        )


class IdempotencyKeyReused(Invalid):
    """The key was used before, for something else."""

    code = "idempotency_key_reused"
    title = Text("重复的请求标识", "The idempotency key was used before")

    @classmethod
    def for_key(cls, key: str) -> IdempotencyKeyReused:
        """The refusal for this key."""
        extra: dict[str, Any] = {"idempotency_key": key}
        return cls(
            Text(
                "该请求标识已用于另一内容的请求，请更换标识",
                "This key belongs to a request with another content: use a new one",
            ),
            extra=extra,
        )

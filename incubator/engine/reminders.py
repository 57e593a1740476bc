"""The overdue ladder: reminder, second reminder, escalation. Each rung of a step's visit happens once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from incubator.engine import library, streams
from incubator.engine.loading import case_columns, case_views
from incubator.engine.moving import item
from incubator.engine.roles import Role, automation
from incubator.models.automation import Outbox
from incubator.models.base import NO_DATE, table
from incubator.models.cases import Case, Timer, WorkItem

ESCALATION = "escalation"


def remind(connection: Connection, timer_id: int, now: datetime) -> bool:
    """Take one due rung of the ladder; False where it was taken, or the case has moved on.

    Appends `case.reminded` or `case.escalated`, asks automation for the notice, and at escalation puts the matter before
    the centre director. The case's position stays, so its version does too.
    """
    timers, cases = table(Timer), table(Case)
    rung = connection.execute(select(timers).where(timers.c.id == timer_id).with_for_update()).one_or_none()
    if rung is None or rung.fired_at is not None:
        return False
    row = connection.execute(select(*case_columns()).where(cases.c.id == rung.case_id).with_for_update()).one()
    case = case_views(connection, [row])[0]
    connection.execute(
        update(timers).where(timers.c.id == timer_id).values(fired_at=now, cancelled=case.visit != rung.visit)
    )
    if case.visit != rung.visit:
        return False
    escalates = rung.level == ESCALATION
    chained = streams.chain(
        streams.Entry(
            "case",
            case.id,
            case.street_id,
            "case.escalated" if escalates else "case.reminded",
            automation(case.street_id),
            {"step": case.step, "level": rung.level, "due_on": case.due_on.isoformat()},
            subject=case.public_id,
            definition_hash=case.definition_hash,
            policy_hash=case.policy_hash,
            calendar_hash=case.calendar_hash,
        ),
        case.head_seq,
        case.head_hash,
        now,
    )
    streams.write(connection, chained)
    connection.execute(update(cases).where(cases.c.id == case.id).values(**chained.head))
    if escalates:
        step = library.definition_of(connection, case).step(case.step)
        escalated = item(case, step, Role.DIRECTOR, case.due_on or NO_DATE, now, kind=ESCALATION)
        connection.execute(insert(table(WorkItem)), escalated)
    connection.execute(
        insert(table(Outbox)),
        {
            "street_id": case.street_id,
            "case_id": case.id,
            "task": "case.remind",
            "payload": {"level": rung.level, "step": case.step, "due_on": case.due_on.isoformat()},
            "created_at": now,
            "available_at": now,
        },
    )
    return True

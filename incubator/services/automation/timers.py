"""The sweep that fires due timers: decisions that time takes, and the rungs of the overdue ladder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import partial

import structlog
from sqlalchemy import Connection, and_, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from incubator.clock import today
from incubator.engine.advance import Request, advance
from incubator.engine.deadline_words import in_words
from incubator.engine.moving import REMIND
from incubator.engine.reminders import remind
from incubator.engine.roles import Role, automation
from incubator.errors import Refused
from incubator.models.base import table
from incubator.models.cases import Case, Timer
from incubator.services.automation.notice_writing import NewNotice, write_notice
from incubator.services.automation.performing import described
from incubator.services.bootstrap import Service
from incubator.text import Text

log = structlog.get_logger()

TIMERS, CASES = table(Timer), table(Case)
PAGE = 500

ADVANCED, REMINDED, MOVED_ON, REFUSED, FAILED = "advanced", "reminded", "moved_on", "refused", "failed"

_LATE = Text("期限于{day}届满，系统补办。", "The time was over on {day}; done afterwards by the service.")


@dataclass(frozen=True, slots=True)
class TimersFired:
    """What a sweep over the due timers did: how many were due, what became of them, and what went wrong where."""

    as_of: date
    due: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    refusals: dict[int, Text] = field(default_factory=dict)
    errors: dict[int, str] = field(default_factory=dict)


def fire_due_timers(
    service: Service, *, as_of: date | None = None, hold: Callable[[], None] = lambda: None
) -> TimersFired:
    """Fire every timer due by this day (today unless given), each in a transaction of its own, each once.

    A refused timer stays due, an officer is told once, and the next sweep tries again; one that breaks stays due too,
    the administrator is told once, and it is named in the result. Neither stops the others. Sweeps that run at once share the work. `hold` is called between
    timers, for whoever must keep a lease.
    """
    day = as_of or today(service.clock.now())
    outcomes: Counter[str] = Counter()
    refusals: dict[int, Text] = {}
    errors: dict[int, str] = {}
    for timer_id in _due(service, day):
        hold()
        try:
            outcomes[service.database.write(partial(_fire, service, timer_id))] += 1
        except Refused as refusal:
            outcomes[REFUSED] += 1
            refusals[timer_id] = refusal.detail
            service.database.write(partial(_tell, service, timer_id, refusal.detail))
        except Exception as error:
            log.exception("timer failed", timer=timer_id)
            outcomes[FAILED] += 1
            errors[timer_id] = described(error)
            with suppress(SQLAlchemyError):  # where the database itself is what failed
                service.database.write(partial(_tell_of_failure, service, timer_id))
    return TimersFired(day, sum(outcomes.values()), dict(outcomes), refusals, errors)


def _due(service: Service, day: date) -> Iterator[int]:
    """The keys of the due timers, a page at a time, so that those which stay due are met once in a sweep."""
    after: tuple[date, int] = (date.min, 0)
    while True:
        with service.database.read() as connection:
            page = connection.execute(
                select(TIMERS.c.fires_on, TIMERS.c.id)
                .where(
                    TIMERS.c.fired_at.is_(None),
                    TIMERS.c.fires_on <= day,
                    or_(TIMERS.c.fires_on > after[0], and_(TIMERS.c.fires_on == after[0], TIMERS.c.id > after[1])),
                )
                .order_by(TIMERS.c.fires_on, TIMERS.c.id)
                .limit(PAGE)
            ).all()
        if not page:
            return
        yield from (row.id for row in page)
        after = (page[-1].fires_on, page[-1].id)


def _fire(service: Service, timer_id: int, connection: Connection) -> str:
    """Fire one timer in this transaction and say what became of it."""
    now = service.clock.now()
    case_id = connection.scalar(select(TIMERS.c.case_id).where(TIMERS.c.id == timer_id))
    # The case before the timer, as advance locks them; the other way round the two could wait for each other.
    case = connection.execute(
        select(CASES.c.public_id, CASES.c.street_id, CASES.c.visit).where(CASES.c.id == case_id).with_for_update()
    ).one()
    timer = connection.execute(select(TIMERS).where(TIMERS.c.id == timer_id).with_for_update()).one()
    if timer.fired_at is not None:
        return MOVED_ON
    if timer.action == REMIND:
        return REMINDED if remind(connection, timer_id, now) else MOVED_ON
    here = case.visit == timer.visit
    connection.execute(update(TIMERS).where(TIMERS.c.id == timer_id).values(fired_at=now, cancelled=not here))
    if not here:
        return MOVED_ON
    late = timer.fires_on < today(now)
    request = Request(
        case.public_id,
        timer.action,
        automation(case.street_id),
        None,
        # What follows runs from the day the time was over, also where the service stood still on that day.
        effective_on=timer.fires_on,
        comment=_LATE.fill(day=in_words(timer.fires_on)).zh if late else "",
        idempotency_key=f"timer:{timer_id}",
    )
    advance(connection, request, now=now)
    return ADVANCED


def _tell(service: Service, timer_id: int, why: Text, connection: Connection) -> None:
    """Put a refused timer before the officers, once."""
    _notice(
        service, connection, timer_id, "refused", Role.OFFICER,
        Text("{number}：期限届满后系统未能自动办理", "{number}: the time is over, but automation could not go on"),
        Text(
            "期限已届满，系统未能自动办理：{why}。请查看案件，按提示处理；系统会继续重试。",
            "The time is over, but automation could not go on: {why}. Look at the case and do what it asks for; the service"
            " goes on trying.",
        ).fill(why=why),
    )  # fmt: skip


def _tell_of_failure(service: Service, timer_id: int, connection: Connection) -> None:
    """Put a timer that broke before the administrator, once."""
    _notice(
        service, connection, timer_id, "failing", Role.ADMINISTRATOR,
        Text("{number}：到期事项办理出错", "{number}: what fell due could not be done"),
        Text(
            "到期事项（编号{id}）办理出错，系统每小时重试。请查看运行日志并排除故障。",
            "Timer {id} broke; the service tries again every hour. Look into the log and mend it.",
        ).fill(id=timer_id),
    )  # fmt: skip


def _notice(
    service: Service, connection: Connection, timer_id: int, what: str, role: Role, title: Text, body: Text
) -> None:
    case = connection.execute(
        select(CASES.c.id, CASES.c.number, CASES.c.street_id, CASES.c.community_id)
        .join(TIMERS, TIMERS.c.case_id == CASES.c.id)
        .where(TIMERS.c.id == timer_id)
    ).one()
    notice = NewNotice(
        cause=f"timer:{timer_id}:{what}",
        kind=f"automation.{what}",
        street_id=case.street_id,
        community_id=case.community_id,
        case_id=case.id,
        role=role.value,
        title=title.fill(number=case.number),
        body=body,
    )
    write_notice(connection, notice, now=service.clock.now())

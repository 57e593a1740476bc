"""The cases of a street counted by its calendar: which dates move, with an event each and a note to whom the case awaits."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, exists, func, insert, or_, select, update

from incubator.database import Database
from incubator.engine import library
from incubator.engine.case import CaseView
from incubator.engine.loading import case_columns, case_views
from incubator.engine.repinning import Repinning, carry_out, repinnings
from incubator.engine.roles import Actor
from incubator.facts.bulk import among
from incubator.models.automation import Outbox
from incubator.models.base import NO_DATE, table
from incubator.models.cases import Case, Deadline
from incubator.models.events import CalendarInForce
from incubator.services.automation.notices import DEADLINE_MOVED
from incubator.services.calendars.changes import Difference, days_in_words, difference
from incubator.services.calendars.importing import CLOSING_DAYS_CHANGED, CalendarChange, calendar_events
from incubator.services.calendars.notice import NoticeSource
from incubator.text import Text

MOVED = "case.deadline_moved"
CHUNK = 100  # cases in one transaction: an officer waits no longer than that takes
WITHOUT_LIMITS = 2000  # of cases whose limits are all over only the calendar changes, in one statement

_CASES, _DEADLINES, _IN_FORCE = table(Case), table(Deadline), table(CalendarInForce)
_UNDER_WAY = and_(_DEADLINES.c.case_id == _CASES.c.id, _DEADLINES.c.state.in_(("running", "paused")))


@dataclass(frozen=True, slots=True)
class Move:
    """A case that becomes due on another day, or whose date becomes certain or provisional; None stands for no date."""

    case_id: str  # a public id
    number: str
    organization_id: int
    step: Text
    before: date | None
    after: date | None
    provisional_before: bool
    provisional_after: bool

    @property
    def moves(self) -> bool:
        """Whether the day itself is another."""
        return self.before != self.after


@dataclass
class Recounted:
    """What a recount came to: cases put under the calendar, and those of them in which something changed."""

    cases: int = 0
    changed: list[Move] = field(default_factory=list)

    @property
    def moved(self) -> list[Move]:
        """The cases that are due on another day now."""
        return [move for move in self.changed if move.moves]


@dataclass(frozen=True, slots=True)
class _Chunk:
    """What one transaction did: its last case, how many cases, and what changed in them."""

    last: int
    cases: int
    changed: list[Move]


def recount(
    database: Database,
    *,
    street_id: int,
    actor: Actor,
    now: datetime,
    progress: Callable[[int], None] = lambda done: None,
) -> Recounted:
    """Put every case of a street that counts by another calendar under the one in force, in transactions of a few cases.

    Broken off anywhere it leaves whole cases, and goes on where it is called again. Cases that somebody is just moving
    are passed over at first, since whoever moves several holds one while it waits for another.
    """
    done = Recounted()

    def add(chunk: _Chunk) -> int:
        done.cases += chunk.cases
        done.changed += chunk.changed
        progress(done.cases)
        return chunk.last

    after = 0
    while chunk := database.write(partial(_next_cases, street_id, actor, now, after, None)):
        after = add(chunk)
    for case_id in _passed_over(database, street_id):
        if chunk := database.write(partial(_next_cases, street_id, actor, now, 0, case_id)):
            add(chunk)
    while counted := database.write(partial(_without_limits, street_id)):
        add(_Chunk(0, counted, []))
    return done


def put_through(
    database: Database,
    work: Callable[[Connection], CalendarChange],
    *,
    street_id: int,
    actor: Actor,
    now: datetime,
    dry_run: bool = False,
    progress: Callable[[int], None] = lambda done: None,
) -> tuple[CalendarChange, list[Move]]:
    """A change of a street's calendar, then its cases counted by it, as every entry point does it; tried only, where asked.

    `work` makes the change in a connection, or with `dry_run` says what it would be. What an earlier change left behind
    is counted too.
    """
    if dry_run:
        with database.read() as connection:
            change = work(connection)
            return change, would_move(connection, street_id=street_id, calendar_hash=change.after_hash, now=now)
    change = database.write(work)
    return change, recount(database, street_id=street_id, actor=actor, now=now, progress=progress).changed


def would_move(connection: Connection, *, street_id: int, calendar_hash: str, now: datetime) -> list[Move]:
    """What `recount` would change under a calendar that this process knows; nothing is written."""
    found: list[Move] = []
    after = 0
    while True:
        query = select(*case_columns()).where(
            _CASES.c.street_id == street_id, _CASES.c.id > after, exists().where(_UNDER_WAY)
        )
        rows = connection.execute(query.order_by(_CASES.c.id).limit(5 * CHUNK)).all()
        if not rows:
            return found
        after = rows[-1].id
        planned = repinnings(connection, case_views(connection, rows), now, calendar_hash=calendar_hash)
        found += [_move(each) for each in planned if _changes(each)]


def streets_to_recount(connection: Connection) -> list[int]:
    """The streets with a case, or a limit under way, that counts by another calendar than the one in force."""
    newest = select(func.max(_IN_FORCE.c.id)).group_by(_IN_FORCE.c.street_id)
    current = select(_IN_FORCE.c.street_id, _IN_FORCE.c.calendar_hash).where(_IN_FORCE.c.id.in_(newest)).subquery()
    by_case = select(_CASES.c.street_id).join(
        current, and_(current.c.street_id == _CASES.c.street_id, current.c.calendar_hash != _CASES.c.calendar_hash)
    )
    by_limit = (
        select(_DEADLINES.c.street_id)
        .join(
            current,
            and_(current.c.street_id == _DEADLINES.c.street_id, current.c.calendar_hash != _DEADLINES.c.calendar_hash),
        )
        .where(_DEADLINES.c.state.in_(("running", "paused")))
    )
    return sorted(connection.execute(by_case.union(by_limit)).scalars())


def _stale(calendar_hash: str) -> ColumnElement[bool]:
    return or_(
        _CASES.c.calendar_hash != calendar_hash,
        exists().where(_UNDER_WAY, _DEADLINES.c.calendar_hash != calendar_hash),
    )


def _passed_over(database: Database, street_id: int) -> list[int]:
    """The cases that somebody was moving when their turn came. Each is waited for by itself, holding nothing else."""
    with database.read() as connection:
        calendar_hash, _ = library.calendar_in_force(connection, street_id)
        query = select(_CASES.c.id).where(
            _CASES.c.street_id == street_id, exists().where(_UNDER_WAY), _stale(calendar_hash)
        )
        return list(connection.execute(query.order_by(_CASES.c.id)).scalars())


def _next_cases(
    street_id: int, actor: Actor, now: datetime, after: int, only: int | None, connection: Connection
) -> _Chunk | None:
    """Recount the next few cases, or only one; None where none is left."""
    calendar_hash, _ = library.calendar_in_force(connection, street_id)
    query = select(*case_columns()).where(_CASES.c.street_id == street_id, _stale(calendar_hash))
    if only is None:
        query = query.where(_CASES.c.id > after, exists().where(_UNDER_WAY)).order_by(_CASES.c.id).limit(CHUNK)
        query = query.with_for_update(of=_CASES, skip_locked=True)
    else:
        query = query.where(_CASES.c.id == only).with_for_update(of=_CASES)
    rows = connection.execute(query).all()
    if not rows:
        return None
    why = _Reasons(connection, street_id, calendar_hash)
    planned = repinnings(connection, case_views(connection, rows), now, calendar_hash=calendar_hash)
    changing = [each for each in planned if _changes(each)]
    for each in changing:
        carry_out(connection, each, event=MOVED, actor=actor, now=now, told=why.told(each))
    notes = [_note(each, why, now) for each in changing if each.moves_due]
    if notes:
        connection.execute(insert(table(Outbox)), notes)
    _put_under(connection, [each.case for each in planned], calendar_hash)
    return _Chunk(rows[-1].id, len(rows), [_move(each) for each in changing])


def _put_under(connection: Connection, cases: Sequence[CaseView], calendar_hash: str) -> None:
    """The calendar of cases in which nothing changes, and of their limits; those that changed have it already."""
    found = {"cases": [case.id for case in cases], "calendar": calendar_hash}
    for rows, key in ((_CASES, _CASES.c.id), (_DEADLINES, _DEADLINES.c.case_id)):
        under_way = [_DEADLINES.c.state.in_(("running", "paused"))] if rows is _DEADLINES else []
        connection.execute(
            update(rows).where(among(key, "cases"), *under_way).values(calendar_hash=bindparam("calendar")), found
        )


def _without_limits(street_id: int, connection: Connection) -> int:
    """The next cases whose limits are all over: their windows, and what they may be reopened into, count by it too."""
    calendar_hash, _ = library.calendar_in_force(connection, street_id)
    query = select(_CASES.c.id).where(
        _CASES.c.street_id == street_id, _CASES.c.calendar_hash != calendar_hash, ~exists().where(_UNDER_WAY)
    )
    # One that somebody is moving right now is left: it may be getting a limit, and is met in the next recount.
    query = query.order_by(_CASES.c.id).limit(WITHOUT_LIMITS).with_for_update(of=_CASES, skip_locked=True)
    found = list(connection.execute(query).scalars())
    if found:
        connection.execute(
            update(_CASES).where(among(_CASES.c.id, "cases")).values(calendar_hash=calendar_hash), {"cases": found}
        )
    return len(found)


def _changes(planned: Repinning) -> bool:
    return planned.moves_due or any(limit.changed for limit in planned.limits)


def _move(planned: Repinning) -> Move:
    case = planned.case
    return Move(
        case.public_id, case.number, case.organization_id, planned.step.title, _day(case.due_on), _day(planned.due_on),
        any(limit.proof_before.get("provisional") for limit in planned.limits),
        any(limit.proof is not None and limit.proof.provisional for limit in planned.limits),
    )  # fmt: skip


def _note(planned: Repinning, why: _Reasons, now: datetime) -> dict[str, Any]:
    case = planned.case
    payload = {
        "step": case.step,
        "visit": case.visit,
        "from": case.due_on.isoformat(),
        "due_on": planned.due_on.isoformat(),
        "why": why.told(planned)["why"],
    }
    return {
        "street_id": case.street_id, "case_id": case.id, "task": DEADLINE_MOVED, "payload": payload, "created_at": now,
        "available_at": now,
    }  # fmt: skip


def _day(day: date) -> date | None:
    return None if day == NO_DATE else day


class _Reasons:
    """Why the dates of a street's cases move: which days, by which notices since the calendar that the case had."""

    def __init__(self, connection: Connection, street_id: int, calendar_hash: str) -> None:
        self.connection, self.street_id, self.calendar_hash = connection, street_id, calendar_hash
        self._known: dict[str, tuple[Difference, list[Text]]] = {}

    def told(self, planned: Repinning) -> dict[str, Any]:
        """For the event: `why` in words, the `days` that make the difference, whether the date is provisional."""
        changed, sources = self._since(planned.case.calendar_hash)
        starts = [date.fromisoformat(str(limit.proof_before["start"])) for limit in planned.limits if limit.changed]
        ends = [day for limit in planned.limits for day in (limit.due_before, limit.due_after) if day is not None]
        days = changed.between(min(starts), max(ends)) if starts and ends else ()
        move = _move(planned)
        return {
            "why": _why(sources, days, changed.announced),
            "days": [each.as_json() for each in days],
            "provisional": {"before": move.provisional_before, "after": move.provisional_after},
        }

    def _since(self, before: str) -> tuple[Difference, list[Text]]:
        if before not in self._known:
            calendars = [library.calendar(self.connection, digest) for digest in (before, self.calendar_hash)]
            self._known[before] = difference(*calendars), list(self._sources(before))
        return self._known[before]

    def _sources(self, before: str) -> Iterator[Text]:
        """What changed the calendar since that one, newest first."""
        sought = self.calendar_hash
        for row in self.connection.execute(calendar_events(self.street_id)):
            body = json.loads(row.body)
            if body["change"]["after"] == sought and sought != before:
                yield _source_words(body)
                sought = body["change"]["before"]


def _source_words(body: dict[str, Any]) -> Text:
    if body["type"] == CLOSING_DAYS_CHANGED:
        return Text("本街道停止办公日调整（{why}）", "the street's closing days ({why})").fill(why=body["comment"])
    source = body["change"]["source"]
    words = NoticeSource(source["title"], source["number"]).words
    return Text(words, words)


def _why(sources: Sequence[Text], days: Sequence[Any], announced: Sequence[int]) -> dict[str, str]:
    zh, en = "、".join(each.zh for each in sources), ", ".join(each.en for each in sources)
    if days:
        words = days_in_words(days)
    elif announced:
        years = "、".join(map(str, announced)), ", ".join(map(str, announced))
        words = Text(
            f"{years[0]}年放假安排已公布，期限不变", f"the days off of {years[1]} are announced, the date stays"
        )
    else:
        words = Text("工作日历更新", "the working calendar was changed")
    return Text(f"{zh}：{words.zh}" if zh else words.zh, f"{en}: {words.en}" if en else words.en).as_pair()

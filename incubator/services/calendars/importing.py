"""A street's calendar changed: a yearly notice imported, closing days of its own set or taken back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, and_, select

from incubator.clock import today
from incubator.engine import library
from incubator.engine.calendars import WorkCalendar
from incubator.engine.decide import BACKDATING
from incubator.engine.roles import Actor
from incubator.errors import Invalid
from incubator.models.base import table
from incubator.models.events import Event, PolicyPack
from incubator.queries.visibility import Permission, require
from incubator.services.calendars.changes import Difference, difference
from incubator.services.calendars.notice import Notice
from incubator.services.policies.stream import CALENDAR, lock_policies, record
from incubator.text import Text

IMPORTED, CLOSING_DAYS_CHANGED = "calendar.imported", "calendar.closing_days_changed"
MOST_CLOSING_DAYS = 62  # at once: two months
LONGEST_REASON = 100


@dataclass(frozen=True, slots=True)
class CalendarChange:
    """What a change of a street's calendar came to; with equal hashes it changed nothing and nothing was written."""

    before: WorkCalendar
    before_hash: str
    after: WorkCalendar
    after_hash: str
    difference: Difference

    @property
    def changes(self) -> bool:
        """Whether the street counts by another calendar now, or would."""
        return self.before_hash != self.after_hash


def import_notice(
    connection: Connection, *, street_id: int, notice: Notice, actor: Actor, now: datetime, dry_run: bool = False
) -> CalendarChange:
    """Let a street count by the notice from now on; the cases are recounted apart (`recounting`), each with its event.

    Raises NotAllowed, and Invalid for a year whose notice cannot be out.
    """
    require(actor, Permission.IMPORT_CALENDAR, street_id=street_id)
    if notice.year > today(now).year + 1:
        words = Text(
            "{year}年的放假安排还不可能公布，请核对年份", "The notice for {year} cannot be out yet: check the year"
        ).fill(year=notice.year)
        raise Invalid(words, fields={"year": [words]})
    if not dry_run:
        lock_policies(connection, street_id)
    _, before = library.calendar_in_force(connection, street_id)
    told = {
        "year": notice.year,
        "source": notice.source.as_json(),
        "days_off": {day.isoformat(): name.as_pair() for day, name in notice.days_off.items()},
        "workdays": sorted(day.isoformat() for day in notice.workdays),
    }
    return _change(connection, street_id, notice.over(before), IMPORTED, told, actor, now, dry_run=dry_run)


def set_closing_days(
    connection: Connection,
    *,
    street_id: int,
    add: Collection[date] = (),
    remove: Collection[date] = (),
    reason: str,
    actor: Actor,
    now: datetime,
    dry_run: bool = False,
) -> CalendarChange:
    """Close the street office on these days, for the reason that proofs then show, and open it again on others.

    Raises NotAllowed and Invalid (fields `days`, `reason`): a day further back than policy lets dates be recorded late,
    or beyond the next year.
    """
    require(actor, Permission.IMPORT_CALENDAR, street_id=street_id)
    if not dry_run:
        lock_policies(connection, street_id)
    _, before = library.calendar_in_force(connection, street_id)
    reason = reason.strip()
    faults = _closing_faults(connection, street_id, before, add, remove, reason, today(now))
    if faults:
        raise Invalid(next(iter(faults.values())), fields={name: [words] for name, words in faults.items()})
    kept = {day: name for day, name in before.closing_days.items() if day not in remove}
    after = before.with_closing_days({**kept, **{day: Text(reason, reason) for day in sorted(add)}})
    told = {"added": sorted(map(str, add)), "removed": sorted(map(str, remove))}
    return _change(
        connection, street_id, after, CLOSING_DAYS_CHANGED, told, actor, now, dry_run=dry_run, comment=reason
    )


def calendar_events(street_id: int) -> Select[Any]:
    """The changes of a street's calendar (seq, type, recorded_at, actor_id, body), newest first."""
    events, packs = table(Event), table(PolicyPack)
    # By the stream's own head: a street has many thousands of other events.
    return (
        select(events.c.seq, events.c.type, events.c.recorded_at, events.c.actor_id, events.c.body)
        .join_from(packs, events, and_(events.c.stream == "policy", events.c.subject_id == packs.c.id))
        .where(
            packs.c.street_id == street_id,
            packs.c.name == CALENDAR,
            events.c.type.in_((IMPORTED, CLOSING_DAYS_CHANGED)),
        )
        .order_by(events.c.seq.desc())
    )


def _change(
    connection: Connection, street_id: int, after: WorkCalendar, event: str, told: Mapping[str, Any], actor: Actor,
    now: datetime, *, dry_run: bool, comment: str = "",
) -> CalendarChange:  # fmt: skip
    before_hash, before = library.calendar_in_force(connection, street_id)
    change = CalendarChange(before, before_hash, after, library.keep_calendar(after), difference(before, after))
    if change.changes and not dry_run:
        library.store_calendar(connection, after, now)
        library.put_calendar_in_force(connection, street_id, change.after_hash, now)
        changed = {
            "made_off": [each.day.isoformat() for each in change.difference.days if each.off],
            "made_working": [each.day.isoformat() for each in change.difference.days if not each.off],
            "before": before_hash,
            "after": change.after_hash,
        }
        record(
            connection, street_id=street_id, name=CALENDAR, event=event, change={**told, **changed}, actor=actor,
            now=now, comment=comment, calendar_hash=change.after_hash,
        )  # fmt: skip
    return change


def _closing_faults(
    connection: Connection, street_id: int, calendar: WorkCalendar, add: Collection[date], remove: Collection[date],
    reason: str, this_day: date,
) -> dict[str, Text]:  # fmt: skip
    faults: dict[str, Text] = {}
    if not 0 < len(reason) <= LONGEST_REASON:
        faults["reason"] = Text(
            f"请填写停止办公的理由，不超过{LONGEST_REASON}字",
            f"Give the reason, in at most {LONGEST_REASON} characters",
        )
    policy = library.policy_in_force(connection, street_id, this_day)
    back = policy.whole(BACKDATING) if policy.has(BACKDATING) else 0
    first, last = this_day - timedelta(days=back), date(this_day.year + 1, 12, 31)
    gone = sorted(day for day in remove if day not in calendar.closing_days)
    outside = sorted(day for day in (*add, *remove) if not first <= day <= last)
    if not add and not remove:
        faults["days"] = Text("请选择日期", "Choose the days")
    elif len(add) > MOST_CLOSING_DAYS:
        faults["days"] = Text(f"一次最多设{MOST_CLOSING_DAYS}天", f"At most {MOST_CLOSING_DAYS} days at a time")
    elif gone:
        words = Text("{day}不是停止办公日，可能已被取消", "{day} is no closing day, or no longer")
        faults["days"] = words.fill(day=gone[0].isoformat())
    elif outside:
        words = Text(
            "{day}不在可设置的范围内：最早为{back}天前，最晚为明年年底",
            "{day} cannot be set: at the earliest {back} days ago, at the latest the end of next year",
        )
        faults["days"] = words.fill(day=outside[0].isoformat(), back=back)
    elif set(add) & set(remove):
        faults["days"] = Text("同一天不能既增加又取消", "A day cannot be added and taken back at once")
    return faults

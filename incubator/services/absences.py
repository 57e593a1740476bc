"""Absences: from when until when a person is away and which colleague looks after the work, ended early or withdrawn."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update

from incubator.canonical import public_id
from incubator.clock import today
from incubator.engine import idempotency
from incubator.engine.deadline_words import in_words
from incubator.engine.roles import Actor
from incubator.engine.streams import Entry, append
from incubator.errors import Invalid, NotFound
from incubator.models.base import table
from incubator.models.desk import Absence
from incubator.models.streets import Person
from incubator.queries.absences import (
    AbsenceLine,
    AbsenceState,
    Colleague,
    absence,
    could_stand_for,
    may_arrange,
    staff,
)
from incubator.queries.people import PersonName, find_person
from incubator.queries.visibility import Permission, require
from incubator.services.automation.notice_writing import NewNotice, write_notice
from incubator.text import Text

LONGEST_REASON = 100
LONGEST = timedelta(days=366)
RECORDED, ENDED = "person.absence_recorded", "person.absence_ended"
_ABSENCES, _PEOPLE = table(Absence), table(Person)
_FAULT = Text("离岗登记有误，请改正后重新提交", "The absence does not fit: correct what is marked")
_A_DAY = timedelta(days=1)


def record_absence(
    connection: Connection, *, person: str, deputy: str, since: date, until: date, reason: str, actor: Actor,
    now: datetime, key: str = "",
) -> str:  # fmt: skip
    """Record that a person (by public id) is away on these days, both included, and who looks after the work; its public id.

    By the person, or whoever arranges the staff (NotAllowed). The deputy holds a role of the person over its area on all
    of the days, is not away then, and is told. Raises Invalid (fields since, until, deputy, person, reason), NotFound.
    Under the same key it is done once.
    """
    away, stands = find_person(connection, actor, person), find_person(connection, actor, deputy)
    if not may_arrange(actor, away.id):
        require(actor, Permission.ARRANGE_STAFF, street_id=actor.street_id)
    reason = reason.strip()

    def record() -> dict[str, Any]:
        _locked(connection, away, stands)
        _check_days(since, until, today(now))
        if len(reason) > LONGEST_REASON:
            words = Text(f"事由最多 {LONGEST_REASON} 个字", f"The reason has at most {LONGEST_REASON} characters")
            raise Invalid(_FAULT, fields={"reason": [words]})
        _check_deputy(connection, actor, away, stands, since, until)
        _check_others(connection, away, stands, since, until)
        row = {
            "public_id": public_id(), "street_id": actor.street_id, "person_id": away.id, "deputy_id": stands.id,
            "since": since, "until": until, "reason": reason, "named_by": actor.person_id, "recorded_at": now,
        }  # fmt: skip
        connection.execute(insert(_ABSENCES), row)
        # Not the reason, which may tell of somebody's health: the record keeps it for ever.
        change = {
            "absence": row["public_id"],
            "since": since.isoformat(),
            "until": until.isoformat(),
            "deputy": {"person": stands.public_id, "name": stands.name},
        }
        append(connection, Entry("person", away.id, actor.street_id, RECORDED, actor, change), now=now)
        if stands.id != actor.person_id:
            _tell(connection, actor, stands, away, since, until, str(row["public_id"]), now)
        return {"absence": row["public_id"]}

    asked = ["absence", away.id, stands.id, since.isoformat(), until.isoformat(), reason]
    return str(idempotency.once(connection, actor, key, asked, record, now=now)["absence"])


def end_absence(connection: Connection, *, absence_id: str, actor: Actor, now: datetime) -> AbsenceLine:
    """Let an absence be over from today on, or never begin where it lies ahead; the row stays, shortened.

    Raises NotFound for one that is over, and for another person's NotAllowed unless the actor arranges the staff.
    """
    found = absence(connection, actor, absence_id)
    if not found.own:
        require(actor, Permission.ARRANGE_STAFF, street_id=actor.street_id)
    _locked(connection, found.person, found.deputy)
    found = absence(connection, actor, absence_id)
    state = found.state(today(now))
    if state not in (AbsenceState.AHEAD, AbsenceState.RUNNING):
        raise NotFound(Text("该离岗已经结束，无须再办理", "This absence is over: there is nothing to end"))
    until = (found.since if state is AbsenceState.AHEAD else today(now)) - _A_DAY
    shortened = update(_ABSENCES).where(_ABSENCES.c.public_id == absence_id)
    connection.execute(shortened.values(until=until, ended_at=now))
    change = {"absence": absence_id, "since": found.since.isoformat(), "until": until.isoformat(), "was": state.value}
    append(connection, Entry("person", found.person.id, actor.street_id, ENDED, actor, change), now=now)
    if found.deputy.id != actor.person_id:
        _tell_end(connection, actor, found, now)
    return absence(connection, actor, absence_id)


def _locked(connection: Connection, *people: PersonName) -> None:
    """Lock the persons in one order: of two absences that do not fit together only one comes about."""
    keys = sorted({each.id for each in people})
    connection.execute(select(_PEOPLE.c.id).where(_PEOPLE.c.id.in_(keys)).order_by(_PEOPLE.c.id).with_for_update())


def _check_days(since: date, until: date, day: date) -> None:
    if since < day:
        words = Text("开始日期不得早于今天", "The first day must not lie in the past")
        raise Invalid(_FAULT, fields={"since": [words]})
    if until < since:
        raise Invalid(
            _FAULT, fields={"until": [Text("结束日期不得早于开始日期", "The last day lies before the first")]}
        )
    if until - since > LONGEST:
        words = Text(
            "离岗最长登记一年；调离的，请办理工作移交",
            "An absence lasts a year at most; whoever leaves hands the work over instead",
        )
        raise Invalid(_FAULT, fields={"until": [words]})


def _check_deputy(
    connection: Connection, actor: Actor, away: PersonName, deputy: PersonName, since: date, until: date
) -> None:
    if away.id == deputy.id:
        raise Invalid(_FAULT, fields={"deputy": [Text("代办人不得是本人", "Nobody is one's own deputy")]})
    # Whoever goes may lose a role meanwhile; the deputy must hold it to the end.
    on_first = {each.person.id: each for each in staff(connection, actor, since, since)}
    theirs = on_first.get(away.id)
    if theirs is None:
        words = Text(
            f"{away.name}在这些日期没有需要他人代办的角色",
            f"{away.name} holds no role on these days that a colleague could act in",
        )
        raise Invalid(_FAULT, fields={"person": [words]})
    through = {each.person.id: each for each in staff(connection, actor, since, until)}
    if not could_stand_for(through.get(deputy.id, Colleague(deputy, ())), theirs):
        able = "、".join(each.person.name for each in through.values() if could_stand_for(each, theirs))
        words = Text(
            f"{deputy.name}在这些日期与{away.name}没有同一辖区的同一角色，不能代办；可选：{able or '无'}",
            f"{deputy.name} shares no role over the area with {away.name} on these days; possible: {able or 'nobody'}",
        )
        raise Invalid(_FAULT, fields={"deputy": [words]})


def _check_others(connection: Connection, away: PersonName, deputy: PersonName, since: date, until: date) -> None:
    """That neither is away in these days already, and that nobody else relies on the one who goes."""
    rows = connection.execute(
        select(_ABSENCES.c.person_id, _ABSENCES.c.deputy_id, _ABSENCES.c.since, _ABSENCES.c.until, _PEOPLE.c.name)
        .join(_PEOPLE, _PEOPLE.c.id == _ABSENCES.c.person_id)
        .where(
            or_(_ABSENCES.c.person_id.in_([away.id, deputy.id]), _ABSENCES.c.deputy_id == away.id),
            _ABSENCES.c.since <= until,
            _ABSENCES.c.until >= since,
            _ABSENCES.c.until >= _ABSENCES.c.since,
        )
        .order_by(_ABSENCES.c.since)
    )
    for row in rows:
        days = _days(row.since, row.until)
        if row.person_id == away.id:
            words = Text(
                f"{away.name}已登记{days.zh}离岗，日期重叠", f"{away.name} is recorded as away {days.en} already"
            )
            raise Invalid(_FAULT, fields={"since": [words]})
        if row.person_id == deputy.id:
            words = Text(
                f"{deputy.name}{days.zh}也离岗，请另选代办人",
                f"{deputy.name} is away {days.en} as well: choose somebody else",
            )
            raise Invalid(_FAULT, fields={"deputy": [words]})
        words = Text(
            f"{row.name}{days.zh}离岗，由{away.name}代办；请先为{row.name}另定代办人",
            f"{away.name} looks after the work of {row.name} {days.en}: name somebody else for {row.name} first",
        )
        raise Invalid(_FAULT, fields={"since": [words]})


def _days(since: date, until: date) -> Text:
    first, last = in_words(since), in_words(until)
    if since == until:
        return Text(first.zh, f"on {first.en}")
    return Text(f"{first.zh}至{last.zh}", f"from {first.en} to {last.en}")


def _tell(
    connection: Connection, actor: Actor, deputy: PersonName, away: PersonName, since: date, until: date, absence_id: str,
    now: datetime,
) -> None:  # fmt: skip
    days = _days(since, until)
    notice = NewNotice(
        cause=f"absence:{absence_id}",
        kind="absence.recorded",
        street_id=actor.street_id,
        person_id=deputy.id,
        title=Text(f"{away.name}{days.zh}离岗，由您代办", f"{away.name} is away {days.en}: you look after the work"),
        body=Text(
            f"届时{away.name}名下的事项会列入您的“待我办理”，标明代办。您以本人身份办理，回避要求不变。",
            f"What {away.name} has in hand will then be in your worklist, marked so. You act as yourself, and whoever must"
            " not decide must not decide here either.",
        ),
    )
    write_notice(connection, notice, now=now)


def _tell_end(connection: Connection, actor: Actor, found: AbsenceLine, now: datetime) -> None:
    away = found.person
    notice = NewNotice(
        cause=f"absence:{found.public_id}:ended",
        kind="absence.ended",
        street_id=actor.street_id,
        person_id=found.deputy.id,
        title=Text(f"您不再为{away.name}代办", f"You look after the work of {away.name} no more"),
        body=Text(
            f"{away.name}的离岗已提前结束或取消，其名下的事项不再列入您的“待我办理”。",
            f"The absence has ended early or was withdrawn; what {away.name} has in hand leaves your worklist.",
        ),
    )
    write_notice(connection, notice, now=now)

"""A person's day at the desk: what presses, what waits for others, what others moved; each a list of the worklist with its number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, cast, func, literal, null, select, union_all

from incubator.engine.calendars import WorkCalendar
from incubator.engine.roles import Actor
from incubator.models.base import table
from incubator.models.cases import Case
from incubator.queries.worklist import Filters, View, WorkLine, line_of, rows_of

_CASES = table(Case)
_A_DAY = timedelta(days=1)


class Part(StrEnum):
    """What a day is made of, in the order in which a person looks at it."""

    OVERDUE = "overdue"
    DUE_TODAY = "due_today"
    DUE_THIS_WEEK = "due_this_week"  # after today
    WAITING = "waiting"  # the actor acted last, and it awaits somebody else
    MOVED = "moved"  # others moved it since the last working day began


def parts_of(calendar: WorkCalendar, day: date, view: View) -> dict[Part, Filters]:
    """The list that each part of a day stands for; `view` is whose due dates press: the person's own, or all of the area.

    There is no list for the rest of a week in which no working day is left.
    """
    parts = {
        Part.OVERDUE: Filters(view=view, overdue=True),
        Part.DUE_TODAY: Filters(view=view, due_from=day, due_by=day),
    }
    if (last := last_of_week(calendar, day)) > day:
        parts[Part.DUE_THIS_WEEK] = Filters(view=view, due_from=day + _A_DAY, due_by=last)
    parts[Part.WAITING] = Filters(view=View.ALL, handed_on=True)
    parts[Part.MOVED] = Filters(view=View.ALL, moved_since=working_day_before(calendar, day))
    return parts


def last_of_week(calendar: WorkCalendar, day: date) -> date:
    """The last working day of the day's week, which begins on a Monday; the day itself where none follows it."""
    ahead = (day + timedelta(days=number) for number in range(6 - day.weekday(), 0, -1))
    return next(filter(calendar.is_working, ahead), day)


def working_day_before(calendar: WorkCalendar, day: date) -> date:
    """The last working day before the day; a fortnight back where a calendar has none, as holidays are shorter."""
    back = (day - timedelta(days=number) for number in range(1, 15))
    return next(filter(calendar.is_working, back), day - timedelta(days=14))


def numbers_of(connection: Connection, actor: Actor, lists: Mapping[str, Filters], *, day: date) -> dict[str, int]:
    """How many lines each of these lists has, by its name. One statement, however many lists and rows there are."""
    counted = [
        sum(
            (rows.with_only_columns(func.count(), maintain_column_froms=True).scalar_subquery() for rows in found),
            start=literal(0),
        ).label(f"list_{place}")
        for place, filters in enumerate(lists.values())
        for found in [rows_of(actor, filters, day=day)]
    ]
    if not counted:
        return {}
    return dict(zip(lists, connection.execute(select(*counted)).one(), strict=True))


def first_lines_of(
    connection: Connection, actor: Actor, lists: Mapping[str, Filters], *, day: date, limit: int
) -> dict[str, list[WorkLine]]:
    """The first lines of each of these lists, by its name, and of what was moved the newest. One statement."""
    firsts = []
    for name, filters in lists.items():
        for place, rows in enumerate(rows_of(actor, filters, day=day)):
            key, due_on = rows.selected_columns.key, rows.selected_columns.due_on
            order = (_CASES.c.step_entered_at.desc(), key.desc()) if filters.moved_since else (due_on, key)
            firsts.append((name, rows.order_by(*order).limit(limit).subquery(f"{name}_{place}")))
    # A list of cases lacks what only an item says of itself.
    columns = {column.name: column.type for _, first in firsts for column in first.c}
    parts = [
        select(
            literal(name).label("list"),
            *(first.c.get(column, cast(null(), kind)).label(column) for column, kind in columns.items()),
        )
        for name, first in firsts
    ]
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for row in connection.execute(union_all(*parts)) if parts else ():
        found[row.list].append(row)
    for kept in found.values():
        kept.sort(key=lambda row: (row.due_on, row.key))
    return {name: [line_of(connection, row) for row in found[name][:limit]] for name in lists}

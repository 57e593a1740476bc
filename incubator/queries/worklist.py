"""The worklist: what awaits a person or a role the person holds, every case in hand in the area, and those that ended."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, exists, func, select, text, union_all

from incubator.clock import start_of
from incubator.engine import library
from incubator.engine.definition import StepKind
from incubator.engine.roles import WHOLE_STREET, Actor
from incubator.errors import Invalid
from incubator.models.base import NOBODY, table
from incubator.models.cases import Case, Deadline, WorkItem
from incubator.models.organizations import Organization
from incubator.models.streets import Community
from incubator.queries.paging import USUAL, Page, page_of, window
from incubator.queries.searching import found_by
from incubator.queries.visibility import visible_to
from incubator.text import Text

_CASES, _ITEMS, _DEADLINES = table(Case), table(WorkItem), table(Deadline)
_ORGANIZATIONS, _COMMUNITIES = table(Organization), table(Community)

# The partial indexes of the worklist are used where their predicate stands literally.
_OPEN_ITEM = text("work_item.done_at IS NULL")
# Open, or after its end in a step that goes back there: an internal review, say, while which the result stands.
IN_HAND = text("(case_file.open OR case_file.came_from <> '')")


class View(StrEnum):
    """Which list is asked for."""

    MINE = "mine"  # what awaits the person by name, or a role that the person holds over the case
    ALL = "all"  # every case in hand in the area, whoever acts next
    ENDED = "ended"  # the cases of the area that ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a list is narrowed to; an empty value narrows nothing. A step is of a procedure where both are given."""

    view: View = View.MINE
    procedure: str = ""
    step: str = ""
    community: str = ""  # a public id
    overdue: bool | None = None
    due_by: date | None = None
    outcome: str = ""  # of an ended case
    ended_in: int | None = None  # the year, for View.ENDED
    query: str = ""  # part of the organization's name, its pinyin initials from the first, part of the case's number


@dataclass(frozen=True, slots=True)
class WorkLine:
    """One line: something that awaits somebody (a case may await two at once), or a case."""

    case_id: str  # a public id, as are those of the organization and the community
    number: str
    procedure: str
    procedure_title: Text
    step: str
    step_title: Text
    kind: str  # step, seat, escalation; in the lists of cases the kind of the step: human, panel, automated, timer, end
    role: str  # who it awaits; empty for an ended case
    organization_id: str
    organization_name: str
    community_id: str
    community_name: str
    due_on: date  # NO_DATE without a limit, or while it is paused
    provisional: bool  # the date rests on a year whose days off are not all announced
    outcome: str
    version: int
    opened_on: date


def worklist(
    connection: Connection, actor: Actor, filters: Filters, *, day: date, cursor: str = "", limit: int = USUAL
) -> Page[WorkLine]:
    """A page of the list by due date; overdue is what was due before `day`. One statement, whatever the number of rows.

    (One more for each definition that this process has not met.) Invalid for a cursor, a limit or a search that cannot
    be, and for a year that is none.
    """
    query = _mine(actor, filters, day, cursor, limit) if filters.view is View.MINE else _cases(
        actor, filters, day, cursor, limit
    )  # fmt: skip
    if query is None:
        return Page(())
    found, next_cursor = page_of(connection.execute(query).all(), limit, lambda row: (row.due_on, row.key))
    return Page(tuple(_line(connection, row) for row in found), next_cursor)


@dataclass(frozen=True, slots=True)
class Pressing:
    """How many lines of a list were due before a day, and how many are due on it."""

    overdue: int
    due_today: int


def pressing(connection: Connection, actor: Actor, view: View, *, day: date) -> Pressing:
    """What presses in a whole list, whatever it is narrowed to; of cases in hand for any view but View.MINE. One statement."""
    if view is View.MINE:
        dues = select(_ITEMS.c.due_on).where(_OPEN_ITEM, visible_to(actor, _ITEMS), _ITEMS.c.due_on <= day)
        parts = [dues.where(way) for way in _ways(actor)]
    else:
        parts = [select(_CASES.c.due_on).where(visible_to(actor, _CASES), IN_HAND, _CASES.c.due_on <= day)]
    if not parts:
        return Pressing(0, 0)
    due = union_all(*parts).subquery("due")
    row = connection.execute(
        select(func.count().label("number"), func.count().filter(due.c.due_on < day).label("overdue")).select_from(due)
    ).one()
    return Pressing(row.overdue, row.number - row.overdue)


def _mine(actor: Actor, filters: Filters, day: date, cursor: str, limit: int) -> Any:
    """Each way in which work can await the actor is a walk along an index of its own; the first of each are merged."""
    keys = (_ITEMS.c.due_on, _ITEMS.c.id)
    columns = [_ITEMS.c.id.label("key"), _ITEMS.c.due_on, _ITEMS.c.step, _ITEMS.c.kind, _ITEMS.c.role]
    rows = _joined(
        select(*columns, _is_provisional(_ITEMS), *_COLUMNS).join_from(_ITEMS, _CASES, _CASES.c.id == _ITEMS.c.case_id)
    )
    rows = rows.where(_OPEN_ITEM, visible_to(actor, _ITEMS), *_narrowed(filters, day, _ITEMS))
    parts = [
        select(window(rows.where(way), keys, cursor, limit).subquery(f"way_{place}"))
        for place, way in enumerate(_ways(actor))
    ]
    if not parts:
        return None
    merged = union_all(*parts).subquery("merged")
    return select(merged).order_by(merged.c.due_on, merged.c.key).limit(limit + 1)


def _ways(actor: Actor) -> list[ColumnElement[bool]]:
    """By name, and by each role the actor holds or stands in for: its items, in the communities it is held over."""
    areas: dict[tuple[int, str], set[int]] = defaultdict(set)
    for grant in actor.grants:
        areas[grant.street_id, grant.role.value].add(grant.community_id)
    if not actor.grants:
        # Whoever holds a role finds what awaits another role among all cases; to whom holds none it is the only work.
        for stood_for in actor.stands_in:
            areas[actor.street_id, stood_for.value].add(WHOLE_STREET)
    ways: list[ColumnElement[bool]] = [_ITEMS.c.person_id == actor.person_id] if actor.person_id else []
    for (street_id, role), communities in sorted(areas.items()):
        way = (_ITEMS.c.street_id == street_id) & (_ITEMS.c.role == role) & (_ITEMS.c.person_id == NOBODY)
        ways.append(way if WHOLE_STREET in communities else way & _ITEMS.c.community_id.in_(sorted(communities)))
    return ways


def _cases(actor: Actor, filters: Filters, day: date, cursor: str, limit: int) -> Select[Any]:
    rows = _joined(select(_CASES.c.id.label("key"), _CASES.c.due_on, _CASES.c.step, _is_provisional(_CASES), *_COLUMNS))
    rows = rows.where(visible_to(actor, _CASES), *_narrowed(filters, day, _CASES))
    rows = rows.where(IN_HAND) if filters.view is View.ALL else rows.where(*ended(filters.ended_in))
    return window(rows, (_CASES.c.due_on, _CASES.c.id), cursor, limit)


def ended(year: int | None = None) -> tuple[ColumnElement[bool], ...]:
    """The conditions of a case that ended, in this year of Shanghai's calendar or ever. Invalid for a year that is none."""
    conditions: list[ColumnElement[bool]] = [_CASES.c.open.is_(False)]
    if year is not None:
        if not 1900 <= year <= 9000:
            words = Text("年份应为四位数字", "A year has four digits")
            raise Invalid(words, fields={"ended_in": [words]})
        conditions.append(_CASES.c.ended_at >= start_of(date(year, 1, 1)))
        conditions.append(_CASES.c.ended_at < start_of(date(year + 1, 1, 1)))
    return tuple(conditions)


# What every line shows of the case, the organization and the community.
_COLUMNS: list[Any] = [
    _CASES.c.public_id.label("case_id"),
    *(_CASES.c[name] for name in ("number", "procedure", "outcome", "version", "opened_on", "definition_hash")),
    _ORGANIZATIONS.c.public_id.label("organization_id"),
    _ORGANIZATIONS.c.name.label("organization_name"),
    _COMMUNITIES.c.public_id.label("community_id"),
    _COMMUNITIES.c.name.label("community_name"),
]


def _joined(rows: Select[Any]) -> Select[Any]:
    return rows.join(_ORGANIZATIONS, _ORGANIZATIONS.c.id == _CASES.c.organization_id).join(
        _COMMUNITIES, _COMMUNITIES.c.id == _CASES.c.community_id
    )


def _narrowed(filters: Filters, day: date, dated: Table) -> list[ColumnElement[bool]]:
    """The conditions of the filters; `dated` has the step and the due date that the list shows."""
    wanted = []
    if filters.procedure:
        wanted.append(_CASES.c.procedure == filters.procedure)
    if filters.step:
        wanted.append(dated.c.step == filters.step)
    if filters.community:
        wanted.append(_COMMUNITIES.c.public_id == filters.community)
    if filters.overdue is not None:
        wanted.append(dated.c.due_on < day if filters.overdue else dated.c.due_on >= day)
    if filters.due_by is not None:
        wanted.append(dated.c.due_on <= filters.due_by)
    if filters.outcome:
        wanted.append(_CASES.c.outcome == filters.outcome)
    return wanted + found_by(
        filters.query, name=_ORGANIZATIONS.c.name, initials=_ORGANIZATIONS.c.initials, number=_CASES.c.number
    )


def _is_provisional(dated: Table) -> ColumnElement[bool]:
    """Whether the running limit of the case in the step that the list shows is provisional."""
    limit = exists().where(
        _DEADLINES.c.case_id == _CASES.c.id,
        _DEADLINES.c.step == dated.c.step,
        _DEADLINES.c.state == "running",
        _DEADLINES.c.provisional.is_(True),
    )
    return limit.correlate(_CASES, dated).label("provisional")


def _line(connection: Connection, row: Row[Any]) -> WorkLine:
    definition = library.definition(connection, row.definition_hash)
    step = definition.step(row.step)
    shown = row._mapping
    role = shown.get("role", step.by[0].value if step.by and step.kind is not StepKind.END else "")
    return WorkLine(
        row.case_id, row.number, row.procedure, definition.title, row.step, step.title, shown.get("kind", step.kind.value),
        role, row.organization_id, row.organization_name, row.community_id, row.community_name, row.due_on,
        row.provisional, row.outcome, row.version, row.opened_on,
    )  # fmt: skip

"""The worklist: what awaits a person or a role the person holds, whoever has it; every case in hand, and those that ended."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    and_,
    exists,
    false,
    func,
    or_,
    select,
    text,
    union_all,
)

from incubator.clock import start_of
from incubator.engine import library
from incubator.engine.definition import StepKind
from incubator.engine.roles import WHOLE_STREET, Actor
from incubator.errors import Invalid
from incubator.models.base import NOBODY, table
from incubator.models.cases import Case, Deadline, WorkItem
from incubator.models.hubs import Affiliation, AffiliationStatus
from incubator.models.organizations import Organization
from incubator.models.streets import Community, Person
from incubator.queries import moves
from incubator.queries.holding import claimable, has_lapsed
from incubator.queries.paging import USUAL, Page, page_of, window
from incubator.queries.searching import found_by
from incubator.queries.visibility import ONLY_OWN_CASES, SEAT_ITEM, visible_to
from incubator.text import Text

_CASES, _ITEMS, _DEADLINES = table(Case), table(WorkItem), table(Deadline)
_ORGANIZATIONS, _COMMUNITIES, _AFFILIATIONS = table(Organization), table(Community), table(Affiliation)
_HOLDERS = table(Person).alias("holder")

# The partial indexes of the worklist are used where their predicate stands literally.
_OPEN_ITEM = text("work_item.done_at IS NULL")
# Open, or after its end in a step that goes back there: an internal review, say, while which the result stands.
IN_HAND = text("(case_file.open OR case_file.came_from <> '')")


class View(StrEnum):
    """Which list is asked for."""

    # What awaits the person by name, or a role that the person holds and nobody has claimed it, or who has it is away and
    # the person looks after the work.
    MINE = "mine"
    TEAM = "team"  # what awaits the roles that the person holds, whoever has it
    UNASSIGNED = "unassigned"  # what of that nobody has, or somebody who does not hold the role any more
    ALL = "all"  # every case in hand in the area, whoever acts next
    ENDED = "ended"  # the cases of the area that ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a list is narrowed to; an empty value narrows nothing. A step is of a procedure where both are given."""

    view: View = View.MINE
    procedure: str = ""
    step: str = ""
    community: str = ""  # a public id, as are the next two
    assignee: str = ""  # who has it; of an ended case nobody
    hub: str = ""  # what carries the organization
    category: str = ""  # the organization's, by its code
    overdue: bool | None = None
    due_from: date | None = None
    due_by: date | None = None
    moved_since: date | None = None  # came to its step on that day or later, by somebody else
    handed_on: bool = False  # the actor was the last to act, and it awaits somebody else
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
    assignee_id: str  # a public id, empty while it belongs to the role, as is the name
    assignee_name: str
    shared: bool  # a role's colleagues may claim it
    lapsed: bool  # who has it does not hold the role any more: it is free to claim
    place: tuple[int, int]  # the keys of the street and the community


_OF_CASES = frozenset({View.ALL, View.ENDED})


def worklist(
    connection: Connection, actor: Actor, filters: Filters, *, day: date, cursor: str = "", limit: int = USUAL
) -> Page[WorkLine]:
    """A page of the list by due date; overdue is what was due before `day`. One statement, whatever the number of rows.

    (One more for each definition that this process has not met.) Invalid for a cursor, a limit or a search that cannot
    be, and for a year that is none.
    """
    asked = _cases if filters.view in _OF_CASES else _items
    query = asked(actor, filters, day, cursor, limit)
    if query is None:
        return Page(())
    found, next_cursor = page_of(connection.execute(query).all(), limit, lambda row: (row.due_on, row.key))
    return Page(tuple(line_of(connection, row) for row in found), next_cursor)


@dataclass(frozen=True, slots=True)
class Pressing:
    """How many lines of a list were due before a day, and how many are due on it."""

    overdue: int
    due_today: int


def pressing(connection: Connection, actor: Actor, view: View, *, day: date) -> Pressing:
    """What presses in a whole list, whatever it is narrowed to; of View.ENDED as of View.ALL. One statement."""
    if view not in _OF_CASES:
        dues = select(_ITEMS.c.due_on).where(_OPEN_ITEM, visible_to(actor, _ITEMS), _ITEMS.c.due_on <= day)
        parts = [dues.where(way) for way in ways(actor, view, day=day)]
    else:
        parts = [select(_CASES.c.due_on).where(visible_to(actor, _CASES), IN_HAND, _CASES.c.due_on <= day)]
    if not parts:
        return Pressing(0, 0)
    due = union_all(*parts).subquery("due")
    row = connection.execute(
        select(func.count().label("number"), func.count().filter(due.c.due_on < day).label("overdue")).select_from(due)
    ).one()
    return Pressing(row.overdue, row.number - row.overdue)


def rows_of(actor: Actor, filters: Filters, *, day: date) -> list[Select[Any]]:
    """The rows of the list, unordered, in parts that have none in common: each is a walk along an index of its own.

    Each has the columns of a line, and `due_on` and `key`, by which the list is ordered. Invalid as for `worklist`.
    """
    if filters.view in _OF_CASES:
        rows = select(_CASES.c.id.label("key"), _CASES.c.due_on, _CASES.c.step, *_columns(_CASES, day))
        rows = rows.join_from(_CASES, _ITEMS, and_(_ITEMS.c.case_id == _CASES.c.id, claimable(_ITEMS)), isouter=True)
        rows = _joined(rows).where(visible_to(actor, _CASES), *_narrowed(actor, filters, day, _CASES))
        return [rows.where(IN_HAND) if filters.view is View.ALL else rows.where(*ended(filters.ended_in))]
    columns = [_ITEMS.c.id.label("key"), _ITEMS.c.due_on, _ITEMS.c.step, _ITEMS.c.kind]
    rows = select(*columns, *_columns(_ITEMS, day)).join_from(_ITEMS, _CASES, _CASES.c.id == _ITEMS.c.case_id)
    rows = _joined(rows).where(_OPEN_ITEM, visible_to(actor, _ITEMS), *_narrowed(actor, filters, day, _ITEMS))
    return [rows.where(way) for way in ways(actor, filters.view, day=day)]


def _items(actor: Actor, filters: Filters, day: date, cursor: str, limit: int) -> Select[Any] | None:
    """The first of each way in which work can await the actor are merged."""
    keys = (_ITEMS.c.due_on, _ITEMS.c.id)
    parts = [
        select(window(rows, keys, cursor, limit).subquery(f"way_{place}"))
        for place, rows in enumerate(rows_of(actor, filters, day=day))
    ]
    if not parts:
        return None
    merged = union_all(*parts).subquery("merged")
    return select(merged).order_by(merged.c.due_on, merged.c.key).limit(limit + 1)


def ways(actor: Actor, view: View = View.MINE, *, day: date) -> list[ColumnElement[bool]]:
    """By name, and by each role the actor holds or stands in for: its items, in the communities it is held over.

    No item is in two of them. What is asked of one person by name is in the list of that person alone.
    """
    areas: dict[tuple[int, str], set[int]] = defaultdict(set)
    for grant in actor.grants:
        areas[grant.street_id, grant.role.value].add(grant.community_id)
    if not actor.grants and view is not View.UNASSIGNED:
        # Whoever holds a role finds what awaits another role among all cases; to whom holds none it is the only work.
        for stood_for in actor.stands_in:
            areas[actor.street_id, stood_for.value].add(WHOLE_STREET)
    found: list[ColumnElement[bool]] = []
    if view is View.MINE and actor.person_id:
        found.append(_ITEMS.c.person_id == actor.person_id)
    for (street_id, role), communities in sorted(areas.items()):
        if view is not View.MINE and role in ONLY_OWN_CASES:
            continue
        way = (_ITEMS.c.street_id == street_id) & (_ITEMS.c.role == role) & _whose(actor, view, role, day)
        found.append(way if WHOLE_STREET in communities else way & _ITEMS.c.community_id.in_(sorted(communities)))
    return found


def _whose(actor: Actor, view: View, role: str, day: date) -> ColumnElement[bool]:
    """Which items of a role belong into the list of somebody who holds it."""
    nobodys = _ITEMS.c.person_id == NOBODY
    others = _ITEMS.c.person_id != actor.person_id
    looked_after = [each.person_id for each in actor.deputy_for]
    match view:
        case View.TEAM:
            return _ITEMS.c.kind != SEAT_ITEM
        case View.UNASSIGNED:
            return and_(claimable(_ITEMS), or_(nobodys, has_lapsed(_ITEMS, day)))
        case _ if role in ONLY_OWN_CASES:
            return nobodys
        case _ if not actor.grants:
            # A substitute decides where all who hold the role took part before, whoever of them claimed it.
            return or_(nobodys, others)
        case _:
            theirs = has_lapsed(_ITEMS, day)
            if looked_after:
                theirs = or_(_ITEMS.c.person_id.in_(looked_after), theirs)
            return or_(nobodys, and_(others, claimable(_ITEMS), theirs))


def _cases(actor: Actor, filters: Filters, day: date, cursor: str, limit: int) -> Select[Any]:
    (rows,) = rows_of(actor, filters, day=day)
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


# What every line shows of the case, the organization, the community and whoever has it.
_COLUMNS: list[Any] = [
    _CASES.c.public_id.label("case_id"),
    *(_CASES.c[name] for name in ("number", "procedure", "outcome", "version", "opened_on", "definition_hash")),
    _CASES.c.street_id.label("street_key"),
    _CASES.c.community_id.label("community_key"),
    _ORGANIZATIONS.c.public_id.label("organization_id"),
    _ORGANIZATIONS.c.name.label("organization_name"),
    _COMMUNITIES.c.public_id.label("community_id"),
    _COMMUNITIES.c.name.label("community_name"),
    func.coalesce(_ITEMS.c.role, "").label("role"),
    func.coalesce(_HOLDERS.c.public_id, "").label("assignee_id"),
    func.coalesce(_HOLDERS.c.name, "").label("assignee_name"),
]


def _columns(dated: Table, day: date) -> list[Any]:
    shared = claimable(_ITEMS)
    marks = (shared.label("shared"), and_(shared, has_lapsed(_ITEMS, day)).label("lapsed"))
    return [_is_provisional(dated), *marks, *_COLUMNS]


def _joined(rows: Select[Any]) -> Select[Any]:
    return (
        rows.join(_ORGANIZATIONS, _ORGANIZATIONS.c.id == _CASES.c.organization_id)
        .join(_COMMUNITIES, _COMMUNITIES.c.id == _CASES.c.community_id)
        .join(_HOLDERS, _HOLDERS.c.id == _ITEMS.c.person_id, isouter=True)
    )


def _narrowed(actor: Actor, filters: Filters, day: date, dated: Table) -> list[ColumnElement[bool]]:
    """The conditions of the filters; `dated` has the step and the due date that the list shows."""
    wanted: list[ColumnElement[bool]] = []
    if filters.procedure:
        wanted.append(_CASES.c.procedure == filters.procedure)
    if filters.step:
        wanted.append(dated.c.step == filters.step)
    if filters.community:
        wanted.append(_COMMUNITIES.c.public_id == filters.community)
    if filters.overdue is not None:
        wanted.append(dated.c.due_on < day if filters.overdue else dated.c.due_on >= day)
    if filters.due_from is not None:
        wanted.append(dated.c.due_on >= filters.due_from)
    if filters.due_by is not None:
        wanted.append(dated.c.due_on <= filters.due_by)
    if filters.moved_since is not None:
        wanted += moves.moved_by_others(actor, filters.moved_since)
    if filters.handed_on:
        wanted += moves.handed_on(actor, ways(actor, day=day))
    if filters.outcome:
        wanted.append(_CASES.c.outcome == filters.outcome)
    if filters.category:
        wanted.append(_ORGANIZATIONS.c.category == filters.category)
    if filters.hub:
        wanted.append(_CASES.c.organization_id.in_(_carried_by(filters.hub)))
    if filters.assignee:
        whose = select(table(Person).c.id).where(table(Person).c.public_id == filters.assignee).scalar_subquery()
        wanted.append(false() if filters.view is View.ENDED else _ITEMS.c.person_id == whose)
    return wanted + found_by(
        filters.query,
        name=_ORGANIZATIONS.c.name,
        initials=_ORGANIZATIONS.c.initials,
        leader=_ORGANIZATIONS.c.leader,
        number=_CASES.c.number,
    )


def _carried_by(hub: str) -> Select[Any]:
    """The organizations that a hub carries, by the public id of the hub's organization."""
    hubs = table(Organization).alias("hub")
    return (
        select(_AFFILIATIONS.c.organization_id)
        .join(hubs, hubs.c.id == _AFFILIATIONS.c.hub_id)
        .where(hubs.c.public_id == hub, _AFFILIATIONS.c.status == AffiliationStatus.VALID.value)
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


def line_of(connection: Connection, row: Row[Any]) -> WorkLine:
    """A row of a list as a line."""
    definition = library.definition(connection, row.definition_hash)
    step = definition.step(row.step)
    kind = row._mapping.get("kind") or step.kind.value
    role = row.role or (step.by[0].value if step.by and step.kind is not StepKind.END else "")
    return WorkLine(
        row.case_id, row.number, row.procedure, definition.title, row.step, step.title, kind, role, row.organization_id,
        row.organization_name, row.community_id, row.community_name, row.due_on, row.provisional, row.outcome,
        row.version, row.opened_on, row.assignee_id, row.assignee_name, bool(row.shared), bool(row.lapsed),
        (row.street_key, row.community_key),
    )  # fmt: skip

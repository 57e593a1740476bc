"""Bulk actions as they are read: chosen cases with what may be done with them, one's own actions and what came of each case."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, bindparam, case, func, select

from incubator.clock import today
from incubator.engine import library
from incubator.engine.case import CaseView
from incubator.engine.definition import Definition, Step
from incubator.engine.loading import case_columns, case_views
from incubator.engine.roles import Actor, Role
from incubator.errors import NotFound
from incubator.facts.bulk import among
from incubator.models.base import NOBODY, WHOLE_STREET, table
from incubator.models.cases import Case, WorkItem
from incubator.models.desk import BulkAction, BulkItem, BulkItemState, BulkKind
from incubator.models.organizations import Organization
from incubator.models.streets import Community, Person, RoleGrant
from incubator.queries.holding import Holding, claimable, has_lapsed
from incubator.queries.paging import USUAL, Page, page_of, window
from incubator.queries.people import PersonName
from incubator.queries.visibility import visible_to
from incubator.text import Text

_CASES, _ITEMS, _HOLDERS = table(Case), table(WorkItem), table(Person).alias("holder")
_ORGANIZATIONS, _COMMUNITIES = table(Organization), table(Community)
_PEOPLE, _GRANTS = table(Person), table(RoleGrant)
_BULKS, _PARTS = table(BulkAction), table(BulkItem)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A case that was chosen, as it stands now. `holding` is None where nobody could claim its step."""

    case: CaseView
    definition: Definition
    organization_name: str
    community_name: str
    holding: Holding | None

    @property
    def step(self) -> Step:
        """Where it stands."""
        return self.definition.step(self.case.step)


@dataclass(frozen=True, slots=True)
class BulkLine:
    """A bulk action in the list of one's own: what was asked of each case, and how many came to what."""

    key: int
    public_id: str
    kind: BulkKind
    request: Mapping[str, Any]
    asked_at: datetime
    finished_at: datetime | None
    counts: Mapping[BulkItemState, int]

    @property
    def waiting(self) -> int:
        """How many cases are still to be dealt with."""
        return self.counts.get(BulkItemState.WAITING, 0)

    @property
    def total(self) -> int:
        """How many cases it was asked for."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class BulkPart:
    """One case of a bulk action. Its names are empty where the actor sees the case no more."""

    key: int
    case_key: int
    case_id: str  # the public id
    number: str
    organization_name: str
    procedure_title: Text
    seen_version: int
    version: int
    definition_hash: str
    state: BulkItemState
    reason: Mapping[str, Any]
    done_at: datetime | None


def candidates(connection: Connection, actor: Actor, ids: Collection[str], now: datetime) -> list[Candidate]:
    """Those of the cases (by public id) that the actor sees, by due date, each with whose its step is.

    However many: one statement for the cases, and one or two for their limits and seats.
    """
    day = today(now)
    chosen: Select[Any] = (
        select(
            *case_columns(),
            _ORGANIZATIONS.c.name.label("organization_name"),
            _COMMUNITIES.c.name.label("community_name"),
            _ITEMS.c.id.label("item_id"),
            _ITEMS.c.role.label("item_role"),
            _ITEMS.c.person_id.label("holder_key"),
            _HOLDERS.c.public_id.label("holder_id"),
            _HOLDERS.c.name.label("holder_name"),
            has_lapsed(_ITEMS, day).label("lapsed"),
        )
        .join_from(_CASES, _ORGANIZATIONS, _ORGANIZATIONS.c.id == _CASES.c.organization_id)
        .join(_COMMUNITIES, _COMMUNITIES.c.id == _CASES.c.community_id)
        .join(_ITEMS, and_(_ITEMS.c.case_id == _CASES.c.id, claimable(_ITEMS)), isouter=True)
        .join(_HOLDERS, _HOLDERS.c.id == _ITEMS.c.person_id, isouter=True)
        .where(visible_to(actor, _CASES), among(_CASES.c.public_id, "chosen"))
        .order_by(_CASES.c.due_on, _CASES.c.id)
    )
    rows = connection.execute(chosen, {"chosen": list(ids)}).all()
    views = case_views(connection, rows)
    return [
        Candidate(
            view, library.definition_of(connection, view), row.organization_name, row.community_name, _holding(row)
        )
        for view, row in zip(views, rows, strict=True)
    ]


def able_colleagues(
    connection: Connection, actor: Actor, chosen: Sequence[Candidate], day: date
) -> list[tuple[PersonName, int]]:
    """Who could have the steps of the chosen cases on the day, by name, and of how many of them. One statement."""
    held: dict[PersonName, set[tuple[str, int]]] = defaultdict(set)
    for row in connection.execute(
        select(_PEOPLE.c.id, _PEOPLE.c.public_id, _PEOPLE.c.name, _GRANTS.c.role, _GRANTS.c.community_id)
        .join_from(_PEOPLE, _GRANTS, _GRANTS.c.person_id == _PEOPLE.c.id)
        .where(
            visible_to(actor, _PEOPLE),
            _GRANTS.c.street_id == actor.street_id,
            _GRANTS.c.role.in_({each.holding.role.value for each in chosen if each.holding}),
            _GRANTS.c.since <= day,
            _GRANTS.c.until >= day,
        )
        .order_by(_PEOPLE.c.name, _PEOPLE.c.id)
    ):
        held[PersonName(row.id, row.public_id, row.name)].add((row.role, row.community_id))
    steps = [(each.holding.role.value, each.case.community_id) for each in chosen if each.holding]
    numbers = {
        person: sum(not grants.isdisjoint({(role, WHOLE_STREET), (role, place)}) for role, place in steps)
        for person, grants in held.items()
    }
    return [(person, number) for person, number in numbers.items() if number]


def bulk_actions(connection: Connection, actor: Actor, *, cursor: str = "", limit: int = USUAL) -> Page[BulkLine]:
    """The actor's own bulk actions, the newest first; two statements. Invalid for a cursor or a limit that cannot be."""
    query = window(select(_BULKS).where(*_own(actor)), (_BULKS.c.id,), cursor, limit, newest_first=True)
    rows, next_cursor = page_of(connection.execute(query).all(), limit, lambda row: (row.id,))
    return Page(tuple(_lines(connection, rows)), next_cursor)


def bulk_line(connection: Connection, actor: Actor, public_id: str) -> BulkLine:
    """One of the actor's own bulk actions; two statements. NotFound where it is not there, or another person's."""
    row = connection.execute(select(_BULKS).where(*_own(actor), _BULKS.c.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound(Text("没有这次批量办理，或不是由您发起", "There is no such bulk action of yours"))
    return _lines(connection, [row])[0]


def parts_of(
    connection: Connection, actor: Actor, bulk: BulkLine, *, waiting: bool = False, limit: int | None = None
) -> list[BulkPart]:
    """The cases of one's own bulk action in the order they were chosen; with `waiting` those not dealt with yet."""
    query: Select[Any] = (
        select(
            _PARTS.c.id.label("key"), _PARTS.c.case_id.label("case_key"),
            *(_PARTS.c[name] for name in ("seen_version", "state", "reason", "done_at")),
            *(_CASES.c[name] for name in ("public_id", "number", "version", "definition_hash")),
            _ORGANIZATIONS.c.name.label("organization_name"),
            case((visible_to(actor, _CASES), 1), else_=0).label("seen"),
        )
        .join_from(_PARTS, _CASES, _CASES.c.id == _PARTS.c.case_id)
        .join(_ORGANIZATIONS, _ORGANIZATIONS.c.id == _CASES.c.organization_id)
        .where(_PARTS.c.bulk_id == bindparam("bulk"))
        .order_by(_PARTS.c.id)
    )  # fmt: skip
    if waiting:
        query = query.where(_PARTS.c.state == BulkItemState.WAITING.value)
    return [_part(connection, row) for row in connection.execute(query.limit(limit), {"bulk": bulk.key})]


def _own(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return _BULKS.c.person_id == actor.person_id, _BULKS.c.person_id != NOBODY


def _lines(connection: Connection, rows: Collection[Row[Any]]) -> list[BulkLine]:
    counts: dict[int, Counter[BulkItemState]] = {row.id: Counter() for row in rows}
    if rows:
        for part in connection.execute(
            select(_PARTS.c.bulk_id, _PARTS.c.state, func.count().label("number"))
            .where(_PARTS.c.bulk_id.in_(counts))
            .group_by(_PARTS.c.bulk_id, _PARTS.c.state)
        ):
            counts[part.bulk_id][BulkItemState(part.state)] = part.number
    return [
        BulkLine(
            row.id, row.public_id, BulkKind(row.kind), row.request, row.asked_at, row.finished_at, counts[row.id]
        )
        for row in rows
    ]  # fmt: skip


def _part(connection: Connection, row: Row[Any]) -> BulkPart:
    seen = bool(row.seen)
    return BulkPart(
        row.key, row.case_key, row.public_id, row.number if seen else "", row.organization_name if seen else "",
        library.definition(connection, row.definition_hash).title, row.seen_version, row.version, row.definition_hash,
        BulkItemState(row.state), row.reason, row.done_at,
    )  # fmt: skip


def _holding(row: Row[Any]) -> Holding | None:
    if row.item_id is None:
        return None
    return Holding(
        row.item_id, row.step, Role(row.item_role), row.holder_key, row.holder_id or "", row.holder_name or "",
        bool(row.lapsed),
    )  # fmt: skip

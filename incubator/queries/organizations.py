"""Organizations: the list of an area, and one of them whole with its cases, certificates, documents and past."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, exists, select

from incubator.engine import library
from incubator.engine.definition import Definition
from incubator.engine.panel import SCORE_SHEET
from incubator.engine.roles import Actor
from incubator.models.base import table
from incubator.models.cases import Case, Deadline
from incubator.models.organizations import Document, Filing, Organization, Standing
from incubator.models.streets import Community, Person, Street
from incubator.queries.case_file import Recorded, events_of_streams, names_of_picked, picked_in
from incubator.queries.outcomes import outcome_title
from incubator.queries.paging import USUAL, Page, page_of, window
from incubator.queries.panels import as_shown, oversees
from incubator.queries.searching import found_by
from incubator.queries.visibility import covers_area, visible_to
from incubator.services.organizations import organization_not_found
from incubator.services.personal import masked_values
from incubator.text import Text

_ORGANIZATIONS, _COMMUNITIES, _STREETS = table(Organization), table(Community), table(Street)
_CASES, _FILINGS, _DOCUMENTS, _PEOPLE = table(Case), table(Filing), table(Document), table(Person)
_DEADLINES = table(Deadline)

STANDING_NAMES: dict[Standing, Text] = {
    Standing.INFORMAL: Text("未备案", "informal"),
    Standing.FILED: Text("已备案", "filed"),
    Standing.REGISTERED: Text("已登记", "registered"),
    Standing.EXITED: Text("已退出", "exited"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the list is narrowed to; an empty value narrows nothing."""

    query: str = ""  # part of the name or the leader's, or the pinyin initials from the first
    community: str = ""  # a public id
    standing: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class OrganizationLine:
    """One line of the list; the ids are public ones."""

    public_id: str
    name: str
    community_id: str
    community_name: str
    standing: Standing
    category: str
    leader: str
    members: int  # 0 where it is not known
    filing_number: str
    filing_valid_until: date  # NO_DATE without a certificate


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in the organization's list. `definition` is the one it runs on."""

    id: int
    public_id: str
    number: str
    definition: Definition
    period: str
    step: str
    step_title: Text
    open: bool
    came_from: str  # not empty while a step is to go back, as in a review after the end
    outcome: str
    outcome_title: Text
    due_on: date  # NO_DATE without a limit
    provisional: bool  # the date rests on a year whose days off are not all announced
    opened_on: date
    ended_at: datetime | None

    @property
    def in_hand(self) -> bool:
        """Whether it awaits anybody: it is open, or a step after its end runs."""
        return self.open or bool(self.came_from)


@dataclass(frozen=True, slots=True)
class OrganizationFile:
    """Everything an organization's page shows, as far as the actor may see it; lists are newest first."""

    organization: Row[Any]  # all its columns, and community_name, community_public_id, street_name
    cases: tuple[CaseLine, ...]
    certificates: Sequence[Row[Any]]
    documents: Sequence[Row[Any]]  # with made_by_name; `case_id` is 0 for one of the organization itself
    personal: Mapping[str, str]  # field -> masked value
    events: tuple[Recorded, ...]  # its own and those of its cases
    names: Mapping[str, str]  # public id -> name of the organizations and persons picked in actions


def organizations(
    connection: Connection, actor: Actor, filters: Filters, *, cursor: str = "", limit: int = USUAL
) -> Page[OrganizationLine]:
    """A page of the area's organizations by name; one statement. Invalid for a cursor, limit or search that cannot be."""
    rows = (
        select(*(_ORGANIZATIONS.c[name] for name in _LISTED), *_PLACE)
        .join_from(_ORGANIZATIONS, _COMMUNITIES, _COMMUNITIES.c.id == _ORGANIZATIONS.c.community_id)
        .where(visible_to(actor, _ORGANIZATIONS))
    )
    if filters.community:
        rows = rows.where(_COMMUNITIES.c.public_id == filters.community)
    if filters.standing:
        rows = rows.where(_ORGANIZATIONS.c.standing == filters.standing)
    if filters.category:
        rows = rows.where(_ORGANIZATIONS.c.category == filters.category)
    rows = rows.where(
        *found_by(
            filters.query,
            name=_ORGANIZATIONS.c.name,
            initials=_ORGANIZATIONS.c.initials,
            leader=_ORGANIZATIONS.c.leader,
        )
    )
    keys = (_ORGANIZATIONS.c.name, _ORGANIZATIONS.c.id)
    found = connection.execute(window(rows, keys, cursor, limit)).all()
    shown, next_cursor = page_of(found, limit, lambda row: (row.name, row.id))
    return Page(tuple(_organization_line(row) for row in shown), next_cursor)


def find_organization(connection: Connection, actor: Actor, public_id: str) -> Row[Any]:
    """All columns of one organization with community_name, community_public_id and street_name.

    NotFound where there is none in the actor's area.
    """
    row: Row[Any] | None = connection.execute(
        select(_ORGANIZATIONS, *_PLACE, _STREETS.c.name.label("street_name"))
        .join_from(_ORGANIZATIONS, _COMMUNITIES, _COMMUNITIES.c.id == _ORGANIZATIONS.c.community_id)
        .join(_STREETS, _STREETS.c.id == _ORGANIZATIONS.c.street_id)
        .where(_ORGANIZATIONS.c.public_id == public_id, visible_to(actor, _ORGANIZATIONS))
    ).one_or_none()
    if row is None:
        raise organization_not_found()
    return row


def read_organization(connection: Connection, actor: Actor, public_id: str) -> OrganizationFile:
    """The organization whole, or NotFound. Six statements; who was asked into a case sees that case's part alone."""
    row = find_organization(connection, actor, public_id)
    cases = cases_of(connection, actor, row.id)
    own = covers_area(actor, row.street_id, row.community_id)
    told = {"case": [case.id for case in cases]} | ({"organization": [row.id]} if own else {})
    definitions = {case.id: case.definition for case in cases}
    events = as_shown(
        events_of_streams(connection, told), definitions, actor, sees=oversees(actor, row.street_id, row.community_id)
    )
    return OrganizationFile(
        row,
        cases,
        connection.execute(
            select(_FILINGS)
            .where(_FILINGS.c.organization_id == row.id, visible_to(actor, _FILINGS))
            .order_by(_FILINGS.c.id.desc())
        ).all(),
        connection.execute(
            select(_DOCUMENTS, _PEOPLE.c.name.label("made_by_name"))
            .join_from(_DOCUMENTS, _PEOPLE, _PEOPLE.c.id == _DOCUMENTS.c.made_by, isouter=True)
            .where(_DOCUMENTS.c.organization_id == row.id, _DOCUMENTS.c.replaced_at.is_(None))
            .where(visible_to(actor, _DOCUMENTS))
            .where(_DOCUMENTS.c.kind != SCORE_SHEET)  # for the panel of the case alone
            .order_by(_DOCUMENTS.c.id.desc())
        ).all(),
        masked_values(connection, "organization", [row.id])[row.id] if own else {},
        tuple(events),
        names_of_picked(connection, row.street_id, picked_in(events, definitions)),
    )


def cases_of(connection: Connection, actor: Actor, organization_id: int) -> tuple[CaseLine, ...]:
    """The organization's cases that the actor may see, newest first."""
    provisional = exists().where(
        _DEADLINES.c.case_id == _CASES.c.id,
        _DEADLINES.c.step == _CASES.c.step,
        _DEADLINES.c.state == "running",
        _DEADLINES.c.provisional.is_(True),
    )
    rows = connection.execute(
        select(_CASES, provisional.label("provisional"))
        .where(_CASES.c.organization_id == organization_id, visible_to(actor, _CASES))
        .order_by(_CASES.c.id.desc())
    )
    return tuple(_case_line(library.definition(connection, row.definition_hash), row) for row in rows)


_LISTED = (
    "id", "public_id", "name", "standing", "category", "leader", "members", "filing_number", "filing_valid_until",
)  # fmt: skip
_PLACE = (_COMMUNITIES.c.name.label("community_name"), _COMMUNITIES.c.public_id.label("community_public_id"))


def _organization_line(row: Row[Any]) -> OrganizationLine:
    return OrganizationLine(
        row.public_id, row.name, row.community_public_id, row.community_name, Standing(row.standing), row.category,
        row.leader, row.members, row.filing_number, row.filing_valid_until,
    )  # fmt: skip


def _case_line(definition: Definition, row: Row[Any]) -> CaseLine:
    return CaseLine(
        row.id, row.public_id, row.number, definition, row.period, row.step, definition.step(row.step).title, row.open,
        row.came_from, row.outcome, outcome_title(definition, row.outcome), row.due_on,
        row.provisional, row.opened_on, row.ended_at,
    )  # fmt: skip

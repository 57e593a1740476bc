"""The one place of area limits and permissions: which rows an actor sees, and what a role may do beside its cases."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, and_, exists, false, or_, select

from incubator.engine.roles import WHOLE_STREET, Actor, Role, names_of
from incubator.errors import NotAllowed
from incubator.models.base import NOBODY, table
from incubator.models.cases import Case, PanelSeat, WorkItem
from incubator.models.organizations import Organization
from incubator.text import Text

# These see the cases they were asked into, not an area.
ONLY_OWN_CASES = frozenset({Role.EXPERT, Role.HUB_REPRESENTATIVE})
SEAT_ITEM = "seat"  # the kind of a work item that asks for a panel member's own part
# What those who work in an area share, beyond it too: who is away, and who stands in.
_SHARED_BY_STAFF = frozenset({"absence"})
# What a whole street shares: everybody who works there may look at it.
_SHARED = frozenset(
    {
        "street",
        "person",
        "substitute",
        "policy_pack",
        "policy_in_force",
        "policy_proposal",
        "calendar_in_force",
        "call",
        "paper_template",
    }
)


class Permission(StrEnum):
    """Something a person may do that is not a decision in a case."""

    ADD_ORGANIZATION = "add_organization"
    OPEN_CASE = "open_case"
    ADD_DOCUMENT = "add_document"
    ASK_ORGANIZATION = "ask_organization"
    MANAGE_PREMISES = "manage_premises"
    IMPORT_SURVEY = "import_survey"
    IMPORT_OPENING_STOCK = "import_opening_stock"
    SEE_PERSONAL_VALUES = "see_personal_values"
    ERASE_PERSONAL_VALUES = "erase_personal_values"
    RECORD_ACTIVITY = "record_activity"
    SUPERVISE = "supervise"
    ASSIGN_WORK = "assign_work"
    ARRANGE_STAFF = "arrange_staff"
    MANAGE_CALL = "manage_call"
    PUBLISH_CALL = "publish_call"
    RECORD_EXPENSE = "record_expense"
    DECIDE_EXPENSE = "decide_expense"
    SEE_LEDGER = "see_ledger"
    SEE_STATUS = "see_status"
    SIGN_OFF_REVIEW_RUN = "sign_off_review_run"
    EXPORT_EVENTS = "export_events"
    MAKE_FOLDER = "make_folder"
    NAME_SUBSTITUTE = "name_substitute"
    NAME_HUB_REPRESENTATIVE = "name_hub_representative"
    ACTIVATE_POLICY = "activate_policy"
    IMPORT_CALENDAR = "import_calendar"
    MANAGE_TEMPLATES = "manage_templates"
    MANAGE_USERS = "manage_users"


# The console of the machine acts as automation: whoever reaches it can read the database anyway, and every act is recorded.
_PERMITTED: dict[Permission, frozenset[Role]] = {
    Permission.ADD_ORGANIZATION: frozenset({Role.COMMUNITY_WORKER, Role.OFFICER, Role.DIRECTOR, Role.AUTOMATION}),
    Permission.OPEN_CASE: frozenset({Role.COMMUNITY_WORKER, Role.OFFICER, Role.DIRECTOR, Role.AUTOMATION}),
    Permission.ADD_DOCUMENT: frozenset({Role.COMMUNITY_WORKER, Role.OFFICER, Role.DIRECTOR}),
    Permission.ASK_ORGANIZATION: frozenset({Role.COMMUNITY_WORKER, Role.OFFICER, Role.DIRECTOR}),
    Permission.MANAGE_PREMISES: frozenset({Role.COMMUNITY_WORKER, Role.OFFICER, Role.DIRECTOR}),
    Permission.IMPORT_SURVEY: frozenset({Role.OFFICER, Role.DIRECTOR, Role.ADMINISTRATOR, Role.AUTOMATION}),
    # Not the officers: it brings in filings and payments that no case decided.
    Permission.IMPORT_OPENING_STOCK: frozenset({Role.DIRECTOR, Role.ADMINISTRATOR, Role.AUTOMATION}),
    Permission.SEE_PERSONAL_VALUES: frozenset({Role.COMMUNITY_WORKER, Role.OFFICER, Role.DIRECTOR}),
    Permission.ERASE_PERSONAL_VALUES: frozenset({Role.DIRECTOR, Role.ADMINISTRATOR}),
    Permission.RECORD_ACTIVITY: frozenset({Role.COMMUNITY_WORKER, Role.OFFICER, Role.DIRECTOR}),
    Permission.SUPERVISE: frozenset({Role.OFFICER, Role.DIRECTOR}),
    Permission.ASSIGN_WORK: frozenset({Role.OFFICER, Role.DIRECTOR}),
    # Another person's absence and handover; one's own are everybody's to record.
    Permission.ARRANGE_STAFF: frozenset({Role.DIRECTOR}),
    Permission.MANAGE_CALL: frozenset({Role.OFFICER, Role.DIRECTOR}),
    Permission.PUBLISH_CALL: frozenset({Role.DIRECTOR}),
    Permission.RECORD_EXPENSE: frozenset({Role.COMMUNITY_WORKER, Role.OFFICER}),
    Permission.DECIDE_EXPENSE: frozenset({Role.OFFICER, Role.DIRECTOR}),
    Permission.SEE_LEDGER: frozenset(
        {Role.OFFICER, Role.DIRECTOR, Role.FINANCE, Role.MANAGER, Role.ADMINISTRATOR, Role.AUTOMATION}
    ),
    Permission.SEE_STATUS: frozenset(Role) - ONLY_OWN_CASES,
    Permission.SIGN_OFF_REVIEW_RUN: frozenset({Role.OFFICER, Role.DIRECTOR}),
    Permission.EXPORT_EVENTS: frozenset({Role.DIRECTOR, Role.MANAGER, Role.ADMINISTRATOR, Role.AUTOMATION}),
    # Whoever works in the area and sees the case; who was asked into one case alone takes no file away.
    Permission.MAKE_FOLDER: frozenset(Role) - ONLY_OWN_CASES,
    # Not the console: somebody must answer for the name.
    Permission.NAME_SUBSTITUTE: frozenset({Role.DIRECTOR, Role.ADMINISTRATOR}),
    Permission.NAME_HUB_REPRESENTATIVE: frozenset({Role.DIRECTOR, Role.ADMINISTRATOR}),
    Permission.ACTIVATE_POLICY: frozenset({Role.DIRECTOR, Role.ADMINISTRATOR, Role.AUTOMATION}),
    Permission.IMPORT_CALENDAR: frozenset({Role.OFFICER, Role.DIRECTOR, Role.ADMINISTRATOR, Role.AUTOMATION}),
    # Not the console: somebody answers for what the street signs.
    Permission.MANAGE_TEMPLATES: frozenset({Role.DIRECTOR, Role.ADMINISTRATOR}),
    Permission.MANAGE_USERS: frozenset({Role.ADMINISTRATOR, Role.AUTOMATION}),
}


def may(
    actor: Actor, permission: Permission, *, street_id: int | None = None, community_id: int = WHOLE_STREET
) -> bool:
    """Whether a role of the actor permits this: anywhere, or over a row of that street and community when one is given."""
    if street_id is None:
        return any(grant.role in _PERMITTED[permission] for grant in actor.grants)
    return bool(actor.roles_at(street_id, community_id) & _PERMITTED[permission])


def require(
    actor: Actor, permission: Permission, *, street_id: int | None = None, community_id: int = WHOLE_STREET
) -> None:
    """Raise NotAllowed, naming the roles that could do it, unless the actor may."""
    if not may(actor, permission, street_id=street_id, community_id=community_id):
        who = names_of(_PERMITTED[permission] - {Role.AUTOMATION})
        raise NotAllowed(
            Text("此操作须由本辖区的{who}办理", "This is for the {who} of the area").fill(who=who),
            extra={"permission": permission.value},
        )


def covers_area(actor: Actor, street_id: int, community_id: int) -> bool:
    """Whether the area itself is the actor's, and not only a case there that the actor was asked into."""
    return bool(actor.roles_at(street_id, community_id) - ONLY_OWN_CASES)


def stepped_aside(connection: Connection, actor: Actor, public_id: str) -> None:
    """Raise NotAllowed where a panel member looks again at a case from which conflict of interest keeps them away."""
    cases, seats = table(Case), table(PanelSeat)
    conflicted = exists().where(
        seats.c.case_id == cases.c.id, seats.c.person_id == actor.person_id, seats.c.state == "conflicted"
    )
    if connection.scalar(select(cases.c.id).where(cases.c.public_id == public_id, conflicted)) is not None:
        raise NotAllowed(
            Text(
                "您已声明回避本案，本案的内容不再向您显示。",
                "You stand aside from this case, and it is no longer shown to you.",
            )
        )


def sees_case(connection: Connection, actor: Actor, public_id: str) -> bool:
    """Whether the case of that public id is the actor's to see."""
    cases = table(Case)
    seen = select(cases.c.id).where(cases.c.public_id == public_id, visible_to(actor, cases))
    return connection.scalar(seen) is not None


def visible_to(actor: Actor, rows: FromClause) -> ColumnElement[bool]:
    """The condition under which the actor sees a row of a tenant table (or an alias of one). Every query starts from it.

    A role over the whole street sees the street's rows. One over a community sees the community's: by `community_id`, or
    through the row's case or organization, or, in an event or a personal value, through the stream's subject. Experts
    and hub representatives see the cases they were asked into: by a seat on the panel, by a work item in their name. Who
    is named as a substitute sees the street's cases while they await the role that the person stands in for. A handover
    is seen by those whose work it moved.
    """
    streets = sorted({grant.street_id for grant in actor.grants} | ({actor.street_id} if actor.stands_in else set()))
    return or_(false(), *(_visible_in(actor, street_id, rows) for street_id in streets))


def _visible_in(actor: Actor, street_id: int, rows: FromClause) -> ColumnElement[bool]:
    name = _name_of(rows)
    in_street = (rows.c.id if name == "street" else rows.c.street_id) == street_id
    grants = [grant for grant in actor.grants if grant.street_id == street_id]
    of_area = [grant for grant in grants if grant.role not in ONLY_OWN_CASES]
    if name in _SHARED or any(grant.community_id == WHOLE_STREET for grant in of_area):
        return in_street
    if name in _SHARED_BY_STAFF and of_area:
        return in_street
    communities = sorted({grant.community_id for grant in of_area})
    ways = []
    if communities:
        ways.append(_in_communities(communities, rows))
    if name == "handover":
        ways.append(or_(rows.c.from_person_id == actor.person_id, rows.c.to_person_id == actor.person_id))
    if len(of_area) < len(grants):
        ways.append(_by_own_cases(actor, rows))
    if actor.stands_in and street_id == actor.street_id:
        ways.append(_by_awaited_role(actor, rows))
    return and_(in_street, or_(*ways))


def _in_communities(communities: list[int], rows: FromClause) -> ColumnElement[bool]:
    if _name_of(rows) == "community":
        return rows.c.id.in_(communities)
    if "community_id" in rows.c:
        return rows.c.community_id.in_(communities)
    cases, organizations = table(Case).alias(), table(Organization).alias()
    return or_(
        _by_case(rows, select(cases.c.id).where(cases.c.community_id.in_(communities))),
        _by_organization(rows, select(organizations.c.id).where(organizations.c.community_id.in_(communities))),
    )


def _by_own_cases(actor: Actor, rows: FromClause) -> ColumnElement[bool]:
    seats, items, cases = table(PanelSeat).alias(), table(WorkItem).alias(), table(Case).alias()
    name = _name_of(rows)
    if name in ("work_item", "notice"):
        return rows.c.person_id == actor.person_id
    seat = exists().where(seats.c.case_id == cases.c.id, seats.c.person_id == actor.person_id)
    own = or_(
        # Who stands aside once sees the case no more, whatever other seat the person had in it.
        and_(seat.where(seats.c.state.not_in(("alternate", "conflicted"))), ~seat.where(seats.c.state == "conflicted")),
        # A seat's own work item tells nothing of how the seat stands; nor does what the person once claimed in another role.
        exists().where(
            items.c.case_id == cases.c.id,
            items.c.person_id == actor.person_id,
            items.c.kind != SEAT_ITEM,
            items.c.role.in_(sorted(ONLY_OWN_CASES)),
        ),
    )
    return _by_some_cases(rows, cases, own)


def _by_awaited_role(actor: Actor, rows: FromClause) -> ColumnElement[bool]:
    items, cases = table(WorkItem).alias(), table(Case).alias()

    def awaited(of: FromClause) -> ColumnElement[bool]:
        # Whoever claimed it may be the very person whom four eyes keep from deciding.
        shared = or_(of.c.person_id == NOBODY, of.c.role.not_in(sorted(ONLY_OWN_CASES)))
        return and_(of.c.role.in_(sorted(actor.stands_in)), shared, of.c.done_at.is_(None))

    if _name_of(rows) == "work_item":
        return awaited(rows)
    return _by_some_cases(rows, cases, exists().where(items.c.case_id == cases.c.id, awaited(items)))


def _by_some_cases(rows: FromClause, cases: FromClause, which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Through the case alone: being asked into one case opens neither the organization's other papers nor its past."""
    if _name_of(rows) == "organization":
        return rows.c.id.in_(select(cases.c.organization_id).where(which))
    return _by_case(rows, select(cases.c.id).where(which))


def _by_case(rows: FromClause, cases: Select[Any]) -> ColumnElement[bool]:
    if _name_of(rows) == "case_file":
        return rows.c.id.in_(cases)
    if "stream" in rows.c:
        return and_(rows.c.stream == "case", rows.c.subject_id.in_(cases))
    return rows.c.case_id.in_(cases) if "case_id" in rows.c else false()


def _by_organization(rows: FromClause, organizations: Select[Any]) -> ColumnElement[bool]:
    if "stream" in rows.c:
        return and_(rows.c.stream == "organization", rows.c.subject_id.in_(organizations))
    return rows.c.organization_id.in_(organizations) if "organization_id" in rows.c else false()


def _name_of(rows: FromClause) -> str:
    return str(getattr(getattr(rows, "element", rows), "name", ""))

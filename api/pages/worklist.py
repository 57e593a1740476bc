"""The worklist as a page: what awaits the reader or the area, narrowed by what stands in the address."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.pages import due
from api.pages.holders import on_behalf
from api.pages.rendering import page
from api.pages.visitors import Visiting, Visitor, require_staff
from api.pages.worklist_choices import Choices, choices_of
from incubator.engine import library
from incubator.engine.deadline_words import in_words
from incubator.engine.definition import Definition
from incubator.engine.roles import ROLE_NAMES, Actor, Role
from incubator.models.base import NO_DATE
from incubator.models.desk import BulkKind
from incubator.queries.holding import offer_of
from incubator.queries.list_addresses import query_of
from incubator.queries.outcomes import outcome_title
from incubator.queries.visibility import ONLY_OWN_CASES, Permission, may
from incubator.queries.worklist import Filters, Pressing, View, WorkLine, pressing, worklist
from incubator.services.saved_lists import LONGEST_NAME
from incubator.text import Text

router = APIRouter()

ADDRESS = "/worklist"
# Who has work of their own in cases; to others the list of the whole area says more than an empty one.
_WORK_IN_CASES = frozenset(
    {Role.COMMUNITY_WORKER, Role.OFFICER, Role.DIRECTOR, Role.FINANCE, Role.EXPERT, Role.HUB_REPRESENTATIVE}
)
KINDS = {
    BulkKind.ADVANCE: Text("办理当前环节", "Decide at their step"),
    BulkKind.CLAIM: Text("认领", "Claim"),
    BulkKind.RELEASE: Text("退回，由同岗人员认领", "Release"),
    BulkKind.ASSIGN: Text("指派给同事", "Assign to a colleague"),
}
# Who works in an area, not in single cases alone.
_WORK_TOGETHER = _WORK_IN_CASES - ONLY_OWN_CASES
_TITLES = {
    View.MINE: Text("待我办理", "For me"),
    View.TEAM: Text("同岗事项", "My team's"),
    View.UNASSIGNED: Text("待认领", "Unassigned"),
    View.ALL: Text("全部在办", "All in hand"),
    View.ENDED: Text("已办结", "Ended"),
}


def filters_of(
    visiting: Visiting,
    view: View | None = None,
    procedure: str = "",
    step: str = "",
    community: str = "",
    assignee: str = "",
    hub: str = "",
    category: str = "",
    overdue: bool | None = None,
    due_from: date | None = None,
    due_by: date | None = None,
    moved_since: date | None = None,
    handed_on: bool = False,
    outcome: str = "",
    ended_in: int | None = None,
    q: str = "",
) -> Filters:
    """What the address narrows the list to."""
    return Filters(
        view=view or usual_view(visiting.actor),
        procedure=procedure,
        step=step,
        community=community,
        assignee=assignee,
        hub=hub,
        category=category,
        overdue=overdue,
        due_from=due_from,
        due_by=due_by,
        moved_since=moved_since,
        handed_on=handed_on,
        outcome=outcome,
        ended_in=ended_in,
        query=q,
    )


@router.get(ADDRESS)
def worklist_page(
    request: Request, visiting: Visiting, filters: Annotated[Filters, Depends(filters_of)], cursor: str = ""
) -> Response:
    """A page of the list by due date."""
    require_staff(visiting.actor)
    choices = choices_of(visiting)
    with visiting.service.database.read() as connection:
        found = worklist(connection, visiting.actor, filters, day=visiting.today, cursor=cursor)
        presses = None
        if filters.view is not View.ENDED:
            presses = pressing(connection, visiting.actor, filters.view, day=visiting.today)
    return page(
        request,
        visiting.reader,
        "worklist.html",
        here="worklist",
        today_line=_today_line(visiting.today, presses),
        rows=[_row(line, visiting, filters.view) for line in found.items],
        selecting=_selecting(visiting.actor, filters.view),
        back=address(filters, cursor),
        next_page=address(filters, cursor=found.next_cursor) if found.next_cursor else None,
        first_page=address(filters) if cursor else None,
        **_around(visiting, filters, choices),
    )


def address(filters: Filters, cursor: str = "") -> str:
    """Where this list stands; what narrows nothing is left out."""
    further = f"&{urlencode({'cursor': cursor})}" if cursor else ""
    return f"{ADDRESS}?{query_of(filters)}{further}"


def usual_view(actor: Actor) -> View:
    """The list with which whoever names none begins."""
    roles = {grant.role for grant in actor.grants}
    return View.MINE if roles & _WORK_IN_CASES else View.ALL


def _around(visitor: Visitor, filters: Filters, choices: Choices) -> dict[str, Any]:
    narrowed = _narrowed(filters, choices)
    return {
        "tabs": [
            {"title": title, "href": address(Filters(view=view)), "current": view is filters.view}
            for view, title in _TITLES.items()
        ],
        "caption": _TITLES[filters.view],
        "view": filters.view.value,
        "filters": filters,
        "communities": choices.communities if len(choices.communities) > 1 else (),
        "colleagues": choices.colleagues,
        "hubs": choices.hubs,
        "categories": choices.categories,
        "procedures": [(each.key, each.title) for each in library.current_definitions()],
        "narrowed": narrowed,
        "list_query": query_of(filters),
        "longest_name": LONGEST_NAME,
        "chases": may(visitor.actor, Permission.RECORD_ACTIVITY),
        "clear": address(Filters(view=filters.view)),
        "columns": _columns(filters.view),
        "nothing": _nothing(visitor, filters.view, narrowed),
    }


def _today_line(day: date, presses: Pressing | None) -> Text:
    line, name = in_words(day), due.weekday(day)
    date_line = Text(f"{line.zh} {name.zh}", f"{name.en}, {line.en}")
    if presses is None:
        return date_line
    if not presses.overdue and not presses.due_today:
        return Text(f"{date_line.zh}，没有逾期和今天到期的事项。", f"{date_line.en}. Nothing is overdue or due today.")
    parts = []
    if presses.overdue:
        parts.append(Text(f"逾期 {presses.overdue} 项", f"{presses.overdue} overdue"))
    if presses.due_today:
        parts.append(Text(f"今天到期 {presses.due_today} 项", f"{presses.due_today} due today"))
    zh, en = "，".join(part.zh for part in parts), ", ".join(part.en for part in parts)
    return Text(f"{date_line.zh}，{zh}。", f"{date_line.en}. {en}.")


def _narrowed(filters: Filters, choices: Choices) -> Text | None:
    """What the list is narrowed to, in words; None where it is whole."""
    parts: list[Text] = []
    definition = _definition(filters.procedure)
    if filters.procedure:
        parts.append(definition.title if definition else _plain(filters.procedure))
    if filters.step:
        parts.append(_step_title(filters.step, definition))
    if filters.community:
        name = next((each.name for each in choices.communities if each.id == filters.community), None)
        parts.append(_plain(name) if name else Text("所选社区", "the chosen community"))
    if filters.assignee:
        name = next((each.name for each in choices.colleagues if each.id == filters.assignee), None)
        parts.append(Text(f"由{name}办理", f"with {name}") if name else Text("所选人员", "the chosen person"))
    if filters.hub:
        name = next((each.name for each in choices.hubs if each.id == filters.hub), None)
        parts.append(Text(f"挂靠{name}", f"carried by {name}") if name else Text("所选枢纽", "the chosen hub"))
    if filters.category:
        parts.append(dict(choices.categories).get(filters.category, _plain(filters.category)))
    if filters.overdue is not None:
        parts.append(Text("已逾期", "overdue") if filters.overdue else Text("未逾期", "not overdue"))
    if filters.due_from is not None or filters.due_by is not None:
        parts.append(_due_between(filters.due_from, filters.due_by))
    if filters.moved_since is not None:
        day = in_words(filters.moved_since)
        parts.append(Text(f"{day.zh}以来由他人办理", f"moved by others since {day.en}"))
    if filters.handed_on:
        parts.append(Text("等待他人办理", "waiting for others"))
    if filters.outcome:
        parts.append(outcome_title(definition, filters.outcome) if definition else _plain(filters.outcome))
    if filters.ended_in is not None:
        parts.append(Text(f"{filters.ended_in} 年办结", f"ended in {filters.ended_in}"))
    if words := filters.query.strip():
        parts.append(Text(f"含“{words}”", f"with “{words}”"))
    return Text(" · ".join(part.zh for part in parts), " · ".join(part.en for part in parts)) if parts else None


def _due_between(first: date | None, last: date | None) -> Text:
    if first is None or last is None:
        day = in_words(first or last or NO_DATE)
        if first is None:
            return Text(f"{day.zh}前（含当日）到期", f"due by {day.en}")
        return Text(f"{day.zh}起到期", f"due from {day.en} on")
    since, by = in_words(first), in_words(last)
    if first == last:
        return Text(f"{by.zh}到期", f"due on {by.en}")
    return Text(f"{since.zh}至{by.zh}到期", f"due from {since.en} to {by.en}")


def _columns(view: View) -> list[dict[str, Any]]:
    columns: list[dict[str, Any]] = [
        {"key": "organization", "title": Text("社会组织", "Organization"), "main": True},
        {"key": "matter", "title": Text("事项", "Matter")},
    ]
    community = {"key": "community", "title": Text("社区", "Community")}
    if view is View.ENDED:
        return [
            *columns,
            {"key": "outcome", "title": Text("办理结果", "Result")},
            community,
            {"key": "opened_on", "title": Text("发起日期", "Opened on"), "kind": "day"},
        ]
    columns.append({"key": "step", "title": Text("当前环节", "Step")})
    columns.append({"key": "who", "title": Text("由谁办理", "Awaits")})
    return [*columns, community, {"key": "due", "title": Text("办理期限", "Due")}]


def _row(line: WorkLine, visitor: Visitor, view: View) -> dict[str, Any]:
    day = visitor.today
    words, tone = due.badge(line.due_on, day)
    row: dict[str, Any] = {
        "case_id": line.case_id,
        "version": line.version,
        "organization": {"text": line.organization_name, "href": f"/cases/{line.case_id}", "note": line.number},
        "matter": {"text": line.procedure_title, "note": _kind_note(line.kind)},
        "community": line.community_name,
    }
    if view is View.ENDED:
        definition = _definition(line.procedure)
        result = outcome_title(definition, line.outcome) if definition else line.step_title
        return {**row, "outcome": result, "opened_on": line.opened_on}
    note = None
    if line.due_on != NO_DATE:
        note = due.day_words(line.due_on, provisional=line.provisional)
    return {
        **row,
        "step": line.step_title,
        "who": _who(line, visitor.actor),
        "tools": _tools(line, visitor.actor),
        "due": {"text": words, "tone": tone, "note": note} if note else words,
        "tone": tone if tone in ("bad", "warn") else None,
    }


def _who(line: WorkLine, actor: Actor) -> Any:
    role = ROLE_NAMES[Role(line.role)] if line.role else Text("", "")
    if (in_stead := on_behalf(actor, line.assignee_id)) and not line.lapsed:
        return {"text": in_stead, "note": role}
    if line.lapsed:
        return {
            "text": line.assignee_name,
            "note": Text(f"已不任{role.zh}，可认领", f"no longer {role.en}: free to claim"),
        }
    if line.assignee_name:
        return {"text": line.assignee_name, "note": role}
    return {"text": role, "note": Text("待认领", "unassigned")} if line.shared else role


def _tools(line: WorkLine, actor: Actor) -> dict[str, Any] | None:
    """What the reader may do about whose it is; None where nothing."""
    if not line.shared:
        return None
    street_id, community_id = line.place
    offer = offer_of(
        actor, role=Role(line.role), street_id=street_id, community_id=community_id, holder=line.assignee_id,
        free=not line.assignee_id or line.lapsed,
    )  # fmt: skip
    assign = may(actor, Permission.ASSIGN_WORK, street_id=street_id, community_id=community_id)
    return {
        "address": f"/cases/{line.case_id}/assignment",
        "act": "claim" if offer.claim else "release" if offer.release else "",
        "assign": assign,
        "of": line.organization_name,
    }


def _selecting(actor: Actor, view: View) -> list[tuple[str, Text]]:
    """What the reader may do with several lines at once, by kind; nothing where the cases have ended."""
    if view is View.ENDED or not {grant.role for grant in actor.grants} & _WORK_TOGETHER:
        return []
    kinds = [kind for kind in BulkKind if kind is not BulkKind.ASSIGN or may(actor, Permission.ASSIGN_WORK)]
    return [(kind.value, KINDS[kind]) for kind in kinds]


def _kind_note(kind: str) -> Text | None:
    match kind:
        case "escalation":
            return Text("逾期上报，请督办", "overdue: please see to it")
        case "seat":
            return Text("请您评审", "your review is asked for")
        case _:
            return None


def _nothing(visitor: Visitor, view: View, narrowed: Text | None) -> dict[str, Any]:
    """What an empty list says, and the way on."""
    if narrowed:
        clear = {"href": address(Filters(view=view)), "text": Text("清除筛选", "Show the whole list")}
        hint = Text("请放宽或清除筛选条件。", "Look for less, or show the whole list.")
        return {"title": Text("没有符合条件的事项", "Nothing like this is in the list"), "hint": hint, "link": clear}
    link: dict[str, Any] | None
    has_area = "organizations" in visitor.reader.nav
    match view:
        case View.MINE if has_area:
            hint = Text(
                "案件转到您这里时会列在本页；辖区内的其他在办案件，请在“全部在办”中查看。",
                "What comes to you is listed here. The other cases of your area are under “All in hand”.",
            )
            link = {"href": address(Filters(view=View.ALL)), "text": Text("查看全部在办", "All in hand")}
        case View.MINE:
            hint = Text(
                "邀请您参与的案件会列在本页，届时请按期限办理。",
                "The cases that you are asked into will be listed here, each with its time limit.",
            )
            link = None
        case View.TEAM | View.UNASSIGNED:
            hint = Text(
                "同岗人员的事项转来后列在本页，可认领后办理。",
                "What comes to you and your colleagues is listed here, to be claimed by any of you.",
            )
            link = None
        case View.ALL:
            hint = Text(
                "发起备案请先选择社会组织；年检由系统按时自动发起。",
                "To begin a filing, choose an organization; yearly reviews open by themselves.",
            )
            link = {"href": "/organizations", "text": Text("前往社会组织", "Organizations")} if has_area else None
        case View.ENDED:
            hint = Text("案件办结后列在本页，可随时查阅。", "Cases are listed here once they have ended.")
            link = None
    return {"title": _NOTHING[view], "hint": hint, "link": link}


_NOTHING = {
    View.MINE: Text("目前没有待您办理的事项", "Nothing awaits you at present"),
    View.TEAM: Text("目前没有同岗事项", "Nothing awaits you and your colleagues at present"),
    View.UNASSIGNED: Text("目前没有待认领的事项", "Nothing is unassigned at present"),
    View.ALL: Text("目前没有在办案件", "No case is in hand at present"),
    View.ENDED: Text("还没有办结的案件", "No case has ended yet"),
}


def _definition(procedure: str) -> Definition | None:
    return next((each for each in library.current_definitions() if each.key == procedure), None)


def _step_title(step: str, definition: Definition | None) -> Text:
    asked = (definition,) if definition else library.current_definitions()
    return next((each.by_key[step].title for each in asked if step in each.by_key), _plain(step))


def _plain(name: str) -> Text:
    return Text(name, name)

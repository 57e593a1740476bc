"""A person's day on one page: what presses, what waits for others, what others moved, the saved lists and the newest notices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.responses import Response

from api.pages import due
from api.pages.holders import on_behalf
from api.pages.rendering import page
from api.pages.visitors import Visiting, Visitor, require_staff
from api.pages.worklist import address, usual_view
from incubator.engine.deadline_words import in_words
from incubator.engine.roles import ROLE_NAMES, Actor, Role
from incubator.models.base import NO_DATE
from incubator.queries.asking import waiting_submissions
from incubator.queries.calendar import street_calendar
from incubator.queries.event_titles import event_title
from incubator.queries.moves import Move, last_moves
from incubator.queries.notices import notices
from incubator.queries.saved_lists import SavedLine, saved_lists
from incubator.queries.today import Part, first_lines_of, numbers_of, parts_of
from incubator.queries.visibility import Permission, may
from incubator.queries.worklist import Filters, View, WorkLine
from incubator.services.saved_lists import LONGEST_NAME
from incubator.text import Text

router = APIRouter()

ADDRESS = "/today"
_LINES, _NOTICES = 5, 5  # what is shown of each at once; the link leads to the rest
_TITLES = {
    Part.OVERDUE: Text("已逾期", "Overdue"),
    Part.DUE_TODAY: Text("今天到期", "Due today"),
    Part.DUE_THIS_WEEK: Text("本周到期", "Due later this week"),
    Part.WAITING: Text("等待他人办理", "Waiting for others"),
    Part.MOVED: Text("最近办理动态", "Moved by others"),
}
_TONES = {Part.OVERDUE: "bad", Part.DUE_TODAY: "warn"}
_MATTER = {"key": "matter", "title": Text("事项", "Matter")}
_ORGANIZATION = {"key": "organization", "title": Text("社会组织", "Organization"), "main": True}
_STEP = {"key": "step", "title": Text("当前环节", "Step")}
_DUE = {"key": "due", "title": Text("办理期限", "Due")}
_COLUMNS = {
    Part.WAITING: [_ORGANIZATION, _MATTER, _STEP, {"key": "who", "title": Text("由谁办理", "Awaits")}, _DUE],
    Part.MOVED: [_ORGANIZATION, _MATTER, {"key": "move", "title": Text("最近办理", "Last done")}, _STEP, _DUE],
}
_USUAL_COLUMNS = [_ORGANIZATION, _MATTER, _STEP, {"key": "community", "title": Text("社区", "Community")}, _DUE]


@router.get(ADDRESS)
def today_page(request: Request, visiting: Visiting) -> Response:
    """The day of whoever is signed in: at most seven statements, however many rows there are."""
    require_staff(visiting.actor)
    return page(
        request, visiting.reader, "today.html", here="today", longest_name=LONGEST_NAME,
        chases=may(visiting.actor, Permission.RECORD_ACTIVITY),
        today_line=_today_line(visiting.today), **visiting.caller.read(lambda connection: _day(connection, visiting)),
    )  # fmt: skip


def _day(connection: Connection, visitor: Visitor) -> dict[str, Any]:
    actor, day = visitor.actor, visitor.today
    parts = parts_of(street_calendar(connection, actor), day, usual_view(actor))
    kept = saved_lists(connection, actor)
    lists = {str(part): filters for part, filters in parts.items()} | {
        each.public_id: each.filters for each in kept if each.filters is not None
    }
    numbers = numbers_of(connection, actor, lists, day=day)
    asked = {part: filters for part, filters in parts.items() if numbers[part]}
    lines = first_lines_of(
        connection, actor, {str(part): filters for part, filters in asked.items()}, day=day, limit=_LINES
    )
    moves = last_moves(connection, actor, [line.case_id for line in lines.get(Part.MOVED, ())])
    told = notices(connection, actor, limit=_NOTICES)
    arrived = (
        waiting_submissions(connection, actor, limit=_LINES) if may(actor, Permission.ASK_ORGANIZATION) else ([], 0)
    )
    return {
        "figures": [_figure(part, parts[part], numbers[part]) for part in parts],
        "parts": [_shown(part, asked[part], numbers[part], lines[part], moves, day, actor) for part in asked],
        "saved": [_saved(each, numbers.get(each.public_id)) for each in kept],
        "notices": told.items,
        "arrived": {"lines": arrived[0], "number": arrived[1]},
        "nothing": None if asked else _nothing(usual_view(actor)),
    }


def _today_line(day: date) -> Text:
    words, name = in_words(day), due.weekday(day)
    return Text(f"{words.zh} {name.zh}", f"{name.en}, {words.en}")


def _figure(part: Part, filters: Filters, number: int) -> dict[str, Any]:
    return {
        "label": _TITLES[part],
        "number": number,
        "href": address(filters),
        "tone": _TONES.get(part) if number else None,
    }


def _shown(
    part: Part, filters: Filters, number: int, lines: list[WorkLine], moves: Mapping[str, Move], day: date, actor: Actor
) -> dict[str, Any]:
    if part is Part.MOVED:
        lines = sorted(lines, key=lambda line: moves[line.case_id].at, reverse=True)
    return {
        "key": part.value,
        "title": _TITLES[part],
        "sub": _sub(part, filters, number),
        "href": address(filters),
        "columns": _COLUMNS.get(part, _USUAL_COLUMNS),
        "more": Text(f"查看全部 {number} 条", f"All {number}") if number > len(lines) else None,
        "rows": [_row(line, moves.get(line.case_id), day, actor) for line in lines],
    }


def _sub(part: Part, filters: Filters, number: int) -> Text:
    count = Text(f"共 {number} 件", f"{number} case{'' if number == 1 else 's'}")
    if part in (Part.OVERDUE, Part.DUE_TODAY, Part.DUE_THIS_WEEK) and filters.view is View.MINE:
        count = Text(f"共 {number} 项", f"{number} item{'' if number == 1 else 's'}")
    match part:
        case Part.DUE_THIS_WEEK:
            last = in_words(filters.due_by or NO_DATE)
            return Text(f"{count.zh}，截至{last.zh}", f"{count.en}, up to {last.en}")
        case Part.WAITING:
            return Text(
                f"{count.zh}，您已办理，现由他人办理", f"{count.en} in which you acted last and somebody else is asked"
            )
        case Part.MOVED:
            since = in_words(filters.moved_since or NO_DATE)
            return Text(f"{count.zh}，{since.zh}以来由他人办理", f"{count.en}, since {since.en}")
        case _:
            return count


def _row(line: WorkLine, move: Move | None, day: date, actor: Actor) -> dict[str, Any]:
    words, tone = due.badge(line.due_on, day)
    dated = line.due_on != NO_DATE
    return {
        "organization": {"text": line.organization_name, "href": f"/cases/{line.case_id}", "note": line.number},
        "matter": line.procedure_title,
        "step": {"text": line.step_title, "note": on_behalf(actor, line.assignee_id)},
        "community": line.community_name,
        "who": ROLE_NAMES[Role(line.role)] if line.role else "",
        "move": _told(move) if move else "",
        "due": {
            "text": words, "tone": tone, "note": due.day_words(line.due_on, provisional=line.provisional) if dated else None,
        },
        "tone": tone if tone in ("bad", "warn") else None,
    }  # fmt: skip


def _told(move: Move) -> dict[str, Any]:
    return {"text": event_title(move.type, move.step, move.decision), "by": move.who, "at": move.at}


def _saved(each: SavedLine, number: int | None) -> dict[str, Any]:
    href = address(each.filters) if each.filters is not None else None
    return {"id": each.public_id, "name": each.name, "href": href, "number": number}


def _nothing(view: View) -> dict[str, Any]:
    """What a day says on which nothing presses, and the way on."""
    hint = Text(
        "没有逾期或临近期限的事项，他人也没有新的办理动态。可以到工作台查看其他事项。",
        "Nothing is overdue or due this week, and nobody has moved anything. The other work is on the worklist.",
    )
    return {
        "title": Text("今天没有急办事项", "Nothing presses today"),
        "hint": hint,
        "link": {"href": address(Filters(view=view)), "text": Text("前往工作台", "To the worklist")},
    }

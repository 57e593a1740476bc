"""What a past decision of a case rested on, as a page that also prints as a sheet for the file."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from api.addresses import PublicId
from api.pages import due
from api.pages.rendering import page
from api.pages.timeline import AUTOMATION
from api.pages.visitors import Visiting, require_staff
from incubator.engine.deadline_words import in_words
from incubator.queries.event_titles import event_title
from incubator.queries.explanation import Explanation, Pinned, explain_event
from incubator.queries.limits_then import LimitThen
from incubator.text import Text

router = APIRouter()

Seq = Annotated[int, Path(ge=1, le=1_000_000)]


@router.get("/cases/{case_id}/events/{seq}")
def explanation(request: Request, visiting: Visiting, case_id: PublicId, seq: Seq) -> Response:
    """An event of a case with everything that it rested on."""
    require_staff(visiting.actor)
    told = visiting.caller.read(lambda connection: explain_event(connection, visiting.actor, case_id, seq))
    return page(request, visiting.reader, "explanation.html", here="worklist", told=told, **_shown(told))


def _shown(told: Explanation) -> dict[str, Any]:
    event = told.event
    return {
        "title": event_title(event.type, told.step, told.decision),
        "who": event.actor or AUTOMATION,
        "on_behalf_of": event.body["on_behalf_of"] or told.stood_in_for,
        "comment": event.body["comment"],
        "versions": [
            _version(Text("办理流程", "Procedure"), told.definition),
            _version(Text("适用政策", "Policy"), told.policy),
            _version(Text("工作日历", "Calendar"), told.calendar),
        ],
        "limit": _limit(told.limit, event.effective_on if told.decision else None),
        "window": _limit(told.window, None),
    }


def _version(kind: Text, pinned: Pinned) -> dict[str, Any]:
    lines = []
    if pinned.terms:
        lines.append(Text(f"并适用“{pinned.terms}”的规定", f"with the terms of {pinned.terms}"))
    if pinned.effective_from is not None:
        words = Text("自{day}起施行", "in force from {day}")
        lines.append(words.fill(day=in_words(pinned.effective_from)))
    if pinned.announced:
        first, last = pinned.announced[0], pinned.announced[-1]
        lines.append(Text(f"已公布 {first} 至 {last} 年放假安排", f"holiday notices of {first} to {last}"))
    return {"kind": kind, "title": pinned.title, "lines": lines, "hash": pinned.hash, "recorded_at": pinned.recorded_at}


def _limit(limit: LimitThen | None, effective_on: date | None) -> dict[str, Any] | None:
    if limit is None:
        return None
    kept = None if effective_on is None else limit.kept(effective_on)
    state = {True: "met", False: "missed", None: ""}[kept]
    day = effective_on or limit.proof.start
    shown = due.deadline(limit.proof.as_json(), state, limit.calendar, day) or {}
    return {"title": limit.title, **shown}

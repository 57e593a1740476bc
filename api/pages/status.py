"""The board: the figures of the reader's area, each leading to the cases or organizations that it counts."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.pages import worklist
from api.pages.rendering import page
from api.pages.visitors import Visiting
from incubator.engine.deadline_words import in_words
from incubator.models.organizations import Standing
from incubator.queries.organizations import STANDING_NAMES
from incubator.queries.status import SOON, ProcedureFigures, Status, status
from incubator.queries.worklist import Filters, View
from incubator.text import Text

router = APIRouter()


@router.get("/status")
def board(request: Request, visiting: Visiting) -> Response:
    """The figures as they are now."""
    found = visiting.caller.read(lambda connection: status(connection, visiting.actor, day=visiting.today))
    day = in_words(found.day)
    return page(
        request,
        visiting.reader,
        "status.html",
        here="status",
        counted=Text(
            f"截至 {day.zh}，数字可点开查看对应的案件或组织。办理情况按案件计，一个组织可以同时有几件；"
            "“已备案”含备案证到期、尚未注销或延续的组织，各阶段是否完成见组织的成长路径。",
            f"As of {day.en}. Each figure leads to what it counts. Work is counted by case, of which an organization may have "
            "several; “filed” includes organizations whose certificate has ended. What is done of a path stands on the "
            "organization's page.",
        ),
        figures=_figures(found),
        procedures=[_lanes(each) for each in found.procedures if each.open],
        communities=[
            {
                "name": each.name,
                "open": each.open,
                "overdue": each.overdue,
                "href": _cases(community=each.public_id),
                "overdue_href": _cases(community=each.public_id, overdue=True),
            }
            for each in found.communities
        ],
        results=_results(found),
    )


def _figures(found: Status) -> list[dict[str, Any]]:
    figures = [
        {"number": found.open, "label": Text("在办案件", "Cases in hand"), "href": _cases(), "tone": None},
        {
            "number": found.overdue,
            "label": Text("已逾期", "Overdue"),
            "href": _cases(overdue=True),
            "tone": "bad" if found.overdue else None,
        },
        {
            "number": found.due_soon,
            "label": Text(f"{SOON} 日内到期", f"Due within {SOON} days"),
            "href": _cases(overdue=False, due_by=found.soon),
            "tone": "warn" if found.due_soon else None,
        },
    ]
    return figures + [
        {
            "number": found.organizations[standing],
            "label": Text(
                f"{STANDING_NAMES[standing].zh}组织", f"{STANDING_NAMES[standing].en.capitalize()} organizations"
            ),
            "href": f"/organizations?{urlencode({'standing': standing.value})}",
            "tone": None,
        }
        for standing in Standing
        if found.organizations[standing] or standing in (Standing.INFORMAL, Standing.FILED)
    ]


def _lanes(figures: ProcedureFigures) -> dict[str, Any]:
    late = Text(f"，逾期 {figures.overdue} 件", f", {figures.overdue} overdue") if figures.overdue else Text("", "")
    return {
        "key": figures.key,
        "title": figures.title,
        "sub": Text(f"在办 {figures.open} 件{late.zh}", f"{figures.open} in hand{late.en}"),
        "lanes": [
            {
                "title": step.title,
                "number": step.open,
                "overdue": step.overdue,
                "href": _cases(procedure=figures.key, step=step.key),
            }
            for step in figures.steps
            if step.open  # twenty procedures have two hundred steps, and most of them are empty
        ],
    }


def _results(found: Status) -> list[dict[str, Any]]:
    return [
        {
            "procedure": each.procedure_title,
            "result": each.title,
            "number": {
                "text": each.number,
                "href": worklist.address(
                    Filters(view=View.ENDED, procedure=each.procedure, outcome=each.outcome, ended_in=found.day.year)
                ),
            },
        }
        for each in found.ended
    ]


def _cases(**narrowed: Any) -> str:
    return worklist.address(Filters(view=View.ALL, **narrowed))

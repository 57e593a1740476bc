"""What an organization's page shows beside its cases: what is held up, who its people are, how it was reviewed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from api.pages import due
from incubator.engine.deadline_words import in_words
from incubator.engine.roles import Actor
from incubator.models.base import NO_DATE
from incubator.queries import periods
from incubator.queries.organization_people import people_of
from incubator.queries.organizations import CaseLine, OrganizationFile
from incubator.queries.path import Stage
from incubator.queries.ripple import ripples
from incubator.text import Text

_REVIEWS = "evaluation"  # the stage of yearly reviews, evaluations and the registrar's grades
REVIEW_COLUMNS = [
    {"key": "matter", "title": Text("事项", "Matter"), "main": True},
    {"key": "state", "title": Text("结果", "Result")},
    {"key": "when", "title": Text("办结日期或期限", "Concluded, or due")},
]


def ties_part(
    connection: Connection, actor: Actor, file: OrganizationFile, stages: Sequence[Stage], this_day: date
) -> dict[str, Any]:
    """The variables `ripples`, `people`, `review_columns` and `reviews` of `organization.html`."""
    found = ripples(connection, actor, file.organization, file.cases, stages, this_day)
    return {
        "ripples": [
            {
                "title": each.title,
                "number": each.case.number if each.case else "",
                "href": each.href,
                "late": due.badge(each.due_on, this_day)[0],
                "holds": each.holds,
            }
            for each in found
            if each.holds
        ],
        "people": people_of(connection, actor, file.organization, this_day),
        "review_columns": REVIEW_COLUMNS,
        "reviews": [_review(case, this_day) for case in file.cases if case.definition.stage == _REVIEWS],
    }


def _review(case: CaseLine, this_day: date) -> dict[str, Any]:
    matter = {
        "text": periods.matter(case.definition.title, case.period), "href": f"/cases/{case.public_id}", "note": case.number
    }  # fmt: skip
    if not case.in_hand:
        ended = in_words(case.ended_at.date()) if case.ended_at else ""
        return {"matter": matter, "state": {"text": case.outcome_title, "tone": "done"}, "when": ended}
    words, tone = due.badge(case.due_on, this_day)
    when = "" if case.due_on == NO_DATE else {"text": words, "tone": tone}
    return {"matter": matter, "state": case.step_title, "when": when}

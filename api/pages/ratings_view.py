"""The ratings on an organization's page: what is in force, until when, and what there was before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row

from incubator.engine.deadline_words import in_words
from incubator.engine.policy import Policy
from incubator.engine.roles import Actor
from incubator.models.evaluations import RatingKind, RatingStatus
from incubator.queries.ratings import holds, ratings_of, state_of
from incubator.text import Text

KINDS = {
    RatingKind.STAR: Text("街道星级", "The street's stars"),
    RatingKind.REGISTRAR_GRADE: Text("登记机关评估等级", "The registrar's grade"),
}
COLUMNS = [
    {"key": "title", "title": Text("等级", "Rating"), "main": True},
    {"key": "state", "title": Text("状态", "State"), "kind": "short"},
    {"key": "valid", "title": Text("有效期", "Valid")},
    {"key": "paper", "title": Text("依据", "By")},
]


def rating_names(policy: Policy) -> dict[str, Text]:
    """What the codes of the policy's bands and of the registrar's grades are called."""
    bands = {str(band["code"]): Text.from_pair(band["title"]) for band in policy.get("evaluation.bands")}
    grades = policy.get("evaluation.registrar.grades")
    return {**bands, **{str(grade["code"]): Text.from_pair(grade["name"]) for grade in grades}}


def ratings_part(connection: Connection, actor: Actor, organization_id: int, day: date) -> dict[str, Any]:
    """What `ratings_panel` shows: `now` in force by kind, `columns`, and all `lines` newest first."""
    rows = ratings_of(connection, actor, organization_id)
    return {
        "now": [_now(kind, rows, day) for kind in RatingKind if any(row.kind == kind for row in rows)],
        "columns": COLUMNS,
        "lines": [_line(row, day) for row in rows],
    }


def _now(kind: RatingKind, rows: Sequence[Row[Any]], day: date) -> dict[str, Any]:
    """What is in force of a kind; no title where all have ended."""
    row = next((row for row in rows if row.kind == kind and holds(row, day)), None)
    if row is None:
        return {"kind": KINDS[kind], "title": None}
    until = in_words(row.valid_until)
    return {
        "kind": KINDS[kind],
        "title": Text(row.title_zh, row.title_en),
        "until": Text(f"有效期至{until.zh}", f"valid until {until.en}"),
    }


def _line(row: Row[Any], day: date) -> dict[str, Any]:
    since, last = in_words(row.valid_from), in_words(row.valid_until)
    score = Text(f"得分 {row.score}", f"score {row.score}") if row.score else None
    return {
        "title": {"text": Text(row.title_zh, row.title_en), "note": KINDS[RatingKind(row.kind)]},
        "state": {"text": state_of(row, day), "tone": _tone(row, day)},
        "valid": {"text": Text(f"{since.zh}至{last.zh}", f"{since.en} to {last.en}"), "note": _ended(row)},
        "paper": {
            "text": row.document_number or row.paper or row.case_number or "",
            "href": f"/cases/{row.case_public_id}" if row.case_public_id else None,
            "note": score or (row.paper if row.document_number and row.paper else None),
        },
    }


def _tone(row: Row[Any], day: date) -> str:
    if holds(row, day):
        return "good"
    return "bad" if row.status in (RatingStatus.REVOKED, RatingStatus.LOWERED) else "done"


def _ended(row: Row[Any]) -> Text | None:
    if row.ended_at is None or row.ended_on > row.valid_until:
        return None
    day = in_words(row.ended_on)
    return Text(f"{day.zh}起不再有效", f"no longer from {day.en}")

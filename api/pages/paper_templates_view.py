"""What the pages of the papers' templates show: the papers, a paper's fields, its versions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from incubator.engine.forms import form, text
from incubator.papers.paper import Field, Paper
from incubator.services.paper_templates import LONGEST_REASON, InUse
from incubator.text import Text

LIST_COLUMNS = (
    {"key": "title", "title": Text("文书", "Paper"), "main": True},
    {"key": "use", "title": Text("何时出具", "When it is written")},
    {"key": "in_use", "title": Text("目前使用", "In use")},
)
FIELD_COLUMNS = (
    {"key": "name", "title": Text("写法", "Written as"), "main": True},
    {"key": "title", "title": Text("含义", "What it is")},
    {"key": "sample", "title": Text("样例", "Sample"), "kind": "lines"},
)
REASON = form(text("reason", Text("更换的理由", "Why it changes"), longest=LONGEST_REASON))
SHIPPED = Text("系统原模板", "The shipped template")
_REQUIRED = Text("必须写入", "required")


def line(paper: Paper, used: InUse) -> dict[str, Any]:
    """A paper in the list."""
    return {
        "title": {"text": paper.title, "href": f"/templates/{paper.key}"},
        "use": paper.use,
        "in_use": in_use_words(used),
    }


def in_use_words(used: InUse) -> Text:
    """What a paper is made from now."""
    if not used.own:
        return SHIPPED
    return Text(f"本街道第 {used.version} 版", f"The street's own, version {used.version}")


def fields(paper: Paper) -> list[dict[str, Any]]:
    """The fields as a table: a table's own fields follow it."""
    told = []
    for field in paper.fields:
        told.append(_field(field, f"{{{{ {field.name} }}}}" if not field.rows else _loop(field)))
        told += [_field(each, f"{{{{ row.{each.name} }}}}", _column(field, each.name)) for each in field.rows]
    return told


def past(rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """The versions, newest first."""
    newest = rows[0].version if rows else 0
    return [
        {
            "version": row.version,
            "what": row.filename if row.used else SHIPPED,
            "href": f"/templates/{row.paper}/versions/{row.version}" if row.used else "",
            "when": row.added_at,
            "who": row.added_by_name,
            "reason": row.reason,
            "current": row.version == newest,
            "used": row.used,
        }
        for row in rows
    ]


def _field(field: Field, written: str, sample: str | None = None) -> dict[str, Any]:
    shown = sample if sample is not None else "" if field.rows else str(field.sample)
    name: Any = {"text": written, "note": _REQUIRED} if field.required else written
    return {"name": name, "title": field.title, "sample": shown}


def _loop(field: Field) -> str:
    return f"{{%p for row in {field.name} %}} … {{%p endfor %}}"


def _column(table: Field, name: str) -> str:
    return "\n".join(str(row.get(name, "")) for row in table.sample)

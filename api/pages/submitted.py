"""What came back from a form on a page, typed as its declaration says; what does not fit stays as it was typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from starlette.datastructures import FormData

from incubator.engine.forms import MONEY, is_table
from incubator.text import Text

EFFECTIVE_ON = "effective_on"
COMMENT = "comment"
MORE_ROWS = "more_rows"  # without script: the table that is to have further rows
_ROWS_AT_ONCE = 3
_MONEY = Text("请填写金额，最多两位小数，例如 5000 或 5000.50", "Enter an amount such as 5000 or 5000.50")
_FIGURE = Text("请填写数字，例如 22", "Enter a number, such as 22")


def answers(schema: Mapping[str, Any] | None, form: FormData, *, within: str = "") -> dict[str, Any]:
    """The values of a form by the field's name; what was left blank is absent. `within` begins the names sent.

    The rows of a table stand under `lines.0.fen`, `lines.1.fen`; rows left blank are dropped and the others close up.
    """
    said: dict[str, Any] = {}
    for name, field in (schema or {}).get("properties", {}).items():
        value: Any
        if is_table(field):
            value = _rows(field, form, within + name) or None
        elif field.get("type") == "object":
            value = answers(field, form, within=f"{within}{name}.") or None
        else:
            value = _value(field, [text for text in form.getlist(within + name) if isinstance(text, str)])
        if value is not None:
            said[name] = value
    return said


def with_more_rows(schema: Mapping[str, Any], said: Mapping[str, Any], form: FormData) -> dict[str, Any] | None:
    """The values with further empty rows where the form asks for them; None where it does not."""
    name = one(form, MORE_ROWS)
    field = schema.get("properties", {}).get(name, {})
    if not is_table(field):
        return None
    shown = len(_places(form, name)) + _ROWS_AT_ONCE
    rows = list(said.get(name, []))
    return {**said, name: [*rows, *({} for _ in range(min(shown, field["maxItems"]) - len(rows)))]}


def unreadable(schema: Mapping[str, Any] | None, said: Mapping[str, Any], *, within: str = "") -> dict[str, Text]:
    """What was typed where a figure is expected and is none, by the field's path."""
    wrong: dict[str, Text] = {}
    for name, field in (schema or {}).get("properties", {}).items():
        value = said.get(name)
        if isinstance(value, Mapping):
            wrong |= unreadable(field, value, within=f"{within}{name}.")
        elif is_table(field):
            for place, row in enumerate(value or ()):
                wrong |= unreadable(field["items"], row, within=f"{within}{name}.{place}.")
        elif isinstance(value, str) and field.get("type") in ("integer", "number"):
            wrong[within + name] = _MONEY if field.get("x-widget") == MONEY else _FIGURE
    return wrong


def one(form: FormData, name: str) -> str:
    """A single text of a form, trimmed; empty where it is missing or a file."""
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


def day(form: FormData, name: str) -> tuple[date | None, tuple[Text, ...]]:
    """A date of a form, None where blank, and what is wrong with it."""
    typed = one(form, name)
    if not typed:
        return None, ()
    try:
        return date.fromisoformat(typed), ()
    except ValueError:
        return None, (Text("日期格式不正确，例如 2026-09-18", "Not a date; write it as 2026-09-18"),)


def whole(form: FormData, name: str) -> int | None:
    """A whole number of a form, such as the version that the page showed; None where it is none."""
    typed = one(form, name)
    return int(typed) if re.fullmatch("[0-9]{1,18}", typed) else None


def _rows(field: Mapping[str, Any], form: FormData, name: str) -> list[dict[str, Any]]:
    rows = (answers(field["items"], form, within=f"{name}.{place}.") for place in _places(form, name))
    # A box that is not ticked says no, which alone makes no row.
    return [row for row in rows if any(value is not False for value in row.values())]


def _places(form: FormData, name: str) -> list[int]:
    """The numbers of the rows that a form sends of a table."""
    numbered = re.compile(rf"{re.escape(name)}\.([0-9]{{1,3}})\.")
    return sorted({int(found[1]) for key in form if (found := numbered.match(key))})


def _value(field: Mapping[str, Any], texts: list[str]) -> Any:
    kind = field.get("type")
    if kind == "boolean":
        # A box that is not ticked says no; a choice that is not made keeps what stands.
        chosen = field.get("x-keeps") or "x-options" in field
        return {"true": True, "false": False}.get("".join(texts)) if chosen else "true" in texts
    if kind == "array":
        if (field.get("items") or {}).get("enum") or "x-options" in field:
            return texts or None
        return [line.strip() for text in texts for line in text.splitlines() if line.strip()] or None
    typed = texts[0].replace("\r\n", "\n").strip() if texts else ""
    if not typed:
        return None
    if field.get("x-widget") == MONEY:
        return _fen(typed)
    if kind in ("integer", "number"):
        return _number(typed, kind)
    return typed


def _number(typed: str, kind: str) -> int | float | str:
    """The number as people type it, full-width digits and separators included; otherwise the text itself."""
    plain = _plain(typed)
    # Written out, for `int` and `float` also read 1_000, 1e9 and nan.
    if not re.fullmatch(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?", plain):
        return typed
    if kind == "integer":
        return int(plain) if "." not in plain else typed
    return float(plain)


def _fen(typed: str) -> int | str:
    """Yuan as people type them, with at most two decimals, in integer fen; otherwise the text itself."""
    plain = _plain(typed).removeprefix("¥").removesuffix("元")
    return int(Decimal(plain) * 100) if re.fullmatch(r"[+-]?[0-9]{1,15}(\.[0-9]{1,2})?", plain) else typed


def _plain(typed: str) -> str:
    return unicodedata.normalize("NFKC", typed).replace(",", "").replace(" ", "")

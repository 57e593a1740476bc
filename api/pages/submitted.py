"""What came back from a form on a page, typed as its declaration says; what does not fit stays as it was typed."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

from starlette.datastructures import FormData

from incubator.text import Text

EFFECTIVE_ON = "effective_on"
COMMENT = "comment"


def answers(schema: Mapping[str, Any] | None, form: FormData) -> dict[str, Any]:
    """The values of a form by the field's name; what was left blank is absent."""
    said: dict[str, Any] = {}
    for name, field in (schema or {}).get("properties", {}).items():
        value = _value(field, [text for text in form.getlist(name) if isinstance(text, str)])
        if value is not None:
            said[name] = value
    return said


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
    return int(typed) if typed.isascii() and typed.isdigit() else None


def _value(field: Mapping[str, Any], texts: list[str]) -> Any:
    kind = field.get("type")
    if kind == "boolean":
        return "true" in texts
    if kind == "array":
        if (field.get("items") or {}).get("enum") or "x-options" in field:
            return texts or None
        return [line.strip() for text in texts for line in text.splitlines() if line.strip()] or None
    if kind == "object":
        return _pairs(field, texts)
    typed = texts[0].replace("\r\n", "\n").strip() if texts else ""
    if not typed:
        return None
    if kind in ("integer", "number"):
        return _number(typed, kind)
    return typed


def _number(typed: str, kind: str) -> int | float | str:
    """The number as people type it, full-width digits and separators included; otherwise the text itself."""
    plain = unicodedata.normalize("NFKC", typed).replace(",", "").replace(" ", "")
    try:
        return int(plain) if kind == "integer" else float(plain)
    except ValueError:
        return typed


def _pairs(field: Mapping[str, Any], texts: list[str]) -> dict[str, Any] | None:
    """Named values, one on a line: `name = value`."""
    said: dict[str, Any] = {}
    for line in (line for text in texts for line in text.splitlines()):
        name, mark, value = unicodedata.normalize("NFKC", line).partition("=")
        if mark and name.strip():
            said[name.strip()] = value.strip()
    return said or None

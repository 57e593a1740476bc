"""What a worklist is narrowed to, as it stands in an address after the question mark, and read back from there."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import Any, get_args, get_type_hints
from urllib.parse import parse_qsl, urlencode

from incubator.errors import Invalid
from incubator.queries.worklist import Filters, View
from incubator.text import Text

LONGEST = 2000  # characters
_SHORT = {"query": "q"}  # what an address calls a filter where that differs
_FILTERS = {_SHORT.get(field.name, field.name): field.name for field in fields(Filters)}
_DEFAULTS = {_SHORT.get(field.name, field.name): field.default for field in fields(Filters)}
_KINDS = {name: next(iter(get_args(kind)), kind) for name, kind in get_type_hints(Filters).items()}
_TRUTHS = {"true": True, "false": False}


def query_of(filters: Filters) -> str:
    """The filters as an address says them; what narrows nothing is left out, the view never: readers differ in their usual one."""
    said = {name: getattr(filters, field) for name, field in _FILTERS.items()}
    return urlencode({name: _said(value) for name, value in said.items() if name == "view" or value != _DEFAULTS[name]})


def filters_from(query: str) -> Filters:
    """The filters that an address says, the page of it left aside. Invalid where it says anything else."""
    values: dict[str, Any] = {}
    try:
        if len(query) > LONGEST:
            raise ValueError("too long")
        pairs = parse_qsl(query.removeprefix("?"), keep_blank_values=True, max_num_fields=50, errors="strict")
        for name, value in pairs:
            if name == "cursor":
                continue
            if name not in _FILTERS or _FILTERS[name] in values or "\0" in value:
                raise ValueError(name)
            if value:
                values[_FILTERS[name]] = _read(value, _KINDS[_FILTERS[name]])
    except (KeyError, ValueError):
        words = Text(
            "这不是工作台的清单，请在工作台筛选后再保存",
            "This is no list of the worklist: narrow it there and save it then",
        )
        raise Invalid(words, fields={"query": [words]}) from None
    return Filters(**values)


def _said(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _read(value: str, kind: type) -> Any:
    if kind is bool:
        return _TRUTHS[value]
    if kind is date:
        return date.fromisoformat(value)
    return View(value) if kind is View else kind(value)

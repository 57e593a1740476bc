"""What was filled in, in words: the option's words, an amount in yuan, a table as a table, points by criterion with their sum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from incubator.engine.deadline_words import in_words
from incubator.engine.forms import MONEY, is_table
from incubator.text import Text
from incubator.wording import amount

Names = Mapping[str, str]  # public id -> name of an organization or a person
Schema = Mapping[str, Any]
_NO_NAMES: Names = {}
_TOTAL = Text("合计", "Total")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under heads; `totals` is the last line, empty where nothing is summed. `figures` are right-aligned columns."""

    heads: tuple[Text, ...]
    rows: tuple[tuple[Any, ...], ...]
    totals: tuple[Any, ...]
    figures: frozenset[int]


def said(field: Schema, value: Any, names: Names = _NO_NAMES) -> Any:
    """A form's value as a Text or a string, several one a line; a Table for rows and scores.

    `names` gives what chosen public ids stand for, whether or not they are offered still.
    """
    if is_table(field) and isinstance(value, list):
        return _rows(field["items"]["properties"], value, names)
    if "x-sheet" in field and isinstance(value, Mapping):
        return scores(field, value)
    if field.get("x-widget") == MONEY and isinstance(value, int):
        return amount(value)
    options = {each["value"]: Text(each["zh"], each["en"]) for each in _options(field)}
    if isinstance(value, bool):
        if options:
            return options["true" if value else "false"]
        return Text("是", "yes") if value else Text("否", "no")
    if isinstance(value, list):
        parts = [options.get(each) or _named(each, names) for each in value]
        return Text("\n".join(part.zh for part in parts), "\n".join(part.en for part in parts))
    if isinstance(value, Mapping):
        return _entries(field.get("properties", {}), value, names)
    if field.get("format") == "date" and isinstance(value, str):
        return _day(value)
    return options.get(value) or names.get(value) or str(value)


def scores(field: Schema, points: Mapping[str, Any]) -> Table:
    """The points that somebody gave, by the sheet's criteria, with what each is out of and the sum."""
    criteria = field.get("properties") or {name: {} for name in points}
    rows = tuple(
        (Text.from_pair(each["x-title"]) if "x-title" in each else name, points.get(name, ""), each.get("maximum", ""))
        for name, each in criteria.items()
    )
    whole = [value for value in points.values() if isinstance(value, int)]
    most = sum(each.get("maximum", 0) for each in criteria.values())
    heads = (Text("评分项", "Criterion"), Text("得分", "Points"), Text("满分", "Out of"))
    return Table(heads, rows, (_TOTAL, sum(whole), most or ""), frozenset((1, 2)))


def points_in_all(points: Mapping[str, Any]) -> Text:
    """The sum of what somebody gave."""
    whole = sum(value for value in points.values() if isinstance(value, int))
    return Text(f"{whole} 分", f"{whole} points")


def panel_result(result: Mapping[str, Any]) -> Text:
    """What a panel came to: the score, how many reviews are in it, and which totals were left out."""
    given, dropped = int(result["given"]), [str(each) for each in result["dropped"]]
    zh, en = f"{result['score']} 分，评审意见 {given} 份", f"{result['score']} points from {given} reviews"
    if dropped:
        zh, en = f"{zh}，去掉最低和最高总分（{'、'.join(dropped)}）", f"{en}, without {' and '.join(dropped)}"
    return Text(zh, en)


def _rows(entries: Mapping[str, Schema], rows: Sequence[Any], names: Names) -> Table:
    sums = {
        place: amount(sum(row[name] for row in rows if isinstance(row.get(name), int)))
        for place, (name, entry) in enumerate(entries.items())
        if entry.get("x-widget") == MONEY
    }
    cells = tuple(
        tuple("" if row.get(name) is None else said(entry, row[name], names) for name, entry in entries.items())
        for row in rows
    )
    first = next((place for place in range(len(entries)) if place not in sums), None)
    totals = tuple(sums.get(place, _TOTAL if place == first else "") for place in range(len(entries))) if sums else ()
    figures = frozenset(
        place for place, entry in enumerate(entries.values()) if entry.get("type") in ("integer", "number")
    )
    return Table(tuple(Text.from_pair(entry["x-title"]) for entry in entries.values()), cells, totals, figures)


def _named(value: Any, names: Names) -> Text:
    name = names.get(value, str(value))
    return Text(name, name)


def _entries(fields: Mapping[str, Schema], values: Mapping[str, Any], names: Names) -> Text:
    lines = []
    for name, value in values.items():
        field = fields.get(name, {})
        title = Text.from_pair(field["x-title"]) if field else Text(name, name)
        words = said(field, value, names)
        words = words if isinstance(words, Text) else Text(str(words), str(words))
        lines.append(Text(f"{title.zh}：{words.zh}", f"{title.en}: {words.en}"))
    return Text("\n".join(line.zh for line in lines), "\n".join(line.en for line in lines))


def _day(value: str) -> Any:
    try:
        return in_words(date.fromisoformat(value))
    except ValueError:
        return value  # what somebody typed and the service did not take


def _options(field: Schema) -> Sequence[Mapping[str, str]]:
    return field.get("x-options") or (field.get("items") or {}).get("x-options") or ()

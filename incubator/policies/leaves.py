"""The values that a file says, each checked and cited, with the days on which it holds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from incubator.policies.fault_words import explained, unknown
from incubator.policies.misstated import Where
from incubator.policies.reading import Source
from incubator.policies.schema import all_leaves
from incubator.policies.values import Cited
from incubator.text import Text

Leaf = dict[str, Any]

SAID_ELSEWHERE = "call"  # the source that the terms of a call cite
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One value as a file says it: the stored leaf, its first and last day, and where it stands."""

    leaf: Leaf
    since: date
    until: date | None
    where: Where


def covers(since: date, until: date | None, day: date) -> bool:
    """Whether a day lies within two others, both included; None is without end."""
    return since <= day and (until is None or day <= until)


def entries_of(
    source: Source, values: Any, sources: Collection[str], first: date, last: date | None
) -> dict[str, tuple[Entry, ...]]:
    """The leaves that a file in effect from `first` to `last` says, by path, earliest first; faults go to the source."""
    found: dict[str, tuple[Entry, ...]] = {}
    for path, node in _walk(source, values):
        where: Where = ("values", *path.split("."))
        if isinstance(node, list):
            listed = [(each, (*where, place)) for place, each in enumerate(node)]
            if not listed:
                source.fault(where, Text("至少要有一项", "At least one entry is needed"))
        else:
            listed = [(node, where)]
        entries = [_entry(source, place, all_leaves()[path], each, sources, first) for each, place in listed]
        if listed and all(entry is not None for entry in entries):
            ordered = _in_turn(source, [entry for entry in entries if entry is not None])
            if ordered is not None and _within(source, ordered, last):
                found[path] = ordered
    return found


def said(values: Any) -> frozenset[str]:
    """The paths that a file speaks of, rightly or wrongly: a faulty value is not also a missing one."""
    paths = set()
    for path in all_leaves():
        node = values
        for part in path.split("."):
            node = node.get(part) if isinstance(node, dict) else None
        if node is not None:
            paths.add(path)
    return frozenset(paths)


def _walk(source: Source, values: Any) -> Iterator[tuple[str, Any]]:
    """Each leaf that the file says under a path that there is."""

    def walk(node: Any, path: str) -> Iterator[tuple[str, Any]]:
        where: Where = ("values", *path.split(".")) if path else ("values",)
        if path in all_leaves():
            yield path, node
        elif path and path not in _below():
            source.fault(where, _no_such(path))
        elif not isinstance(node, dict):
            source.fault(where, Text("这里应为若干下级项目", "Entries are expected here"))
        else:
            for name, child in node.items():
                yield from walk(child, f"{path}.{name}" if path else name)

    yield from walk(values, "")


@cache
def _below() -> Mapping[str, frozenset[str]]:
    """The names below each section."""
    names: dict[str, set[str]] = {}
    for path in all_leaves():
        parts = path.split(".")
        for place, name in enumerate(parts):
            names.setdefault(".".join(parts[:place]), set()).add(name)
    return {section: frozenset(below) for section, below in names.items()}


def _no_such(path: str) -> Text:
    section, _, name = path.rpartition(".")
    elsewhere = [each for each in sorted(all_leaves()) if each.rpartition(".")[2] == name]
    here = [each for each in elsewhere if each.startswith(path.split(".")[0] + ".")]
    words = unknown(name, sorted(_below()[section]))
    if words == unknown(name, ()) and here:  # nothing like it here: it may stand in the wrong section
        return Text(
            f"“{name}”不在这一级，是否应写在“{here[0]}”？", f"{name!r} does not stand here: did you mean {here[0]!r}?"
        )
    return words


def _entry(
    source: Source, where: Where, kind: type[Cited[Any]], node: Any, sources: Collection[str], first: date
) -> Entry | None:
    if not isinstance(node, dict):
        words = Text("请写明数值（value）和出处（cite）", "Say its value (`value`) and where it comes from (`cite`)")
        source.fault(where, words)
        return None
    fitting = True
    cite = node.get("cite")
    cited = cite.get("source") if isinstance(cite, dict) else None
    if cited and (not isinstance(cited, str) or cited not in sources):
        near = unknown(str(cited), [each for each in sources if isinstance(each, str)])
        words = Text(f"出处没有列在 sources 中：{near.zh}", f"The source is not listed under `sources`: {near.en}")
        source.fault((*where, "cite", "source"), words)
        fitting = False
    try:
        leaf = _adapter(kind).validate_python(node)
    except ValidationError as error:
        for inside, words in explained(error, kind):
            source.fault((*where, *inside), words)
        return None
    stored = leaf.stored()
    practice = leaf.cite.practice
    if practice is not None and not (practice.zh.strip() and practice.en.strip()):
        words = Text("请用中英文写明是何惯例", "Say what the practice is, in Chinese and English")
        source.fault((*where, "cite", "practice"), words)
        fitting = False
    for below in _taken_for_numbers(node.get("value"), stored["value"]):
        source.fault((*where, "value", *below), Text("应为整数", "A whole number is expected"))
        fitting = False
    return Entry(stored, leaf.effective_from or first, leaf.effective_until, where) if fitting else None


def _taken_for_numbers(given: Any, stored: Any) -> Iterator[Where]:
    """Where a yes or no would be stored as 1 or 0."""
    if isinstance(given, bool):
        if not isinstance(stored, bool):
            yield ()
    elif isinstance(given, dict) and isinstance(stored, dict):
        for name in given.keys() & stored.keys():
            yield from ((name, *below) for below in _taken_for_numbers(given[name], stored[name]))
    elif isinstance(given, list) and isinstance(stored, list):
        for place, (each, kept) in enumerate(zip(given, stored, strict=False)):
            yield from ((place, *below) for below in _taken_for_numbers(each, kept))


@cache
def _adapter(kind: type[Cited[Any]]) -> TypeAdapter[Cited[Any]]:
    return TypeAdapter(kind)


def _in_turn(source: Source, entries: list[Entry]) -> tuple[Entry, ...] | None:
    """The entries by their days; one that does not say its last day holds until the next begins."""
    ordered = sorted(entries, key=lambda entry: (entry.since, entry.where))
    following = [*ordered[1:], None]
    turns = [
        Entry(entry.leaf, entry.since, after.since - ONE_DAY, entry.where)
        if after is not None and entry.until is None and entry.since < after.since
        else entry
        for entry, after in zip(ordered, following, strict=True)
    ]
    sound = True
    for place, entry in enumerate(turns):
        for other in turns[:place]:
            if other.until is None or entry.since <= other.until:
                _overlap(source, *sorted((other, entry), key=lambda each: source.line_of(each.where)))
                sound = False
    return tuple(turns) if sound else None


def _overlap(source: Source, upper: Entry, lower: Entry) -> None:
    since = max(upper.since, lower.since)
    until = min((each.until for each in (upper, lower) if each.until is not None), default=None)
    lines = source.line_of(upper.where), source.line_of(lower.where)
    days = (
        Text(f"{since} 至 {until}", f"from {since} until {until}") if until else Text(f"{since} 起", f"from {since} on")
    )
    words = Text(
        f"第 {lines[0]} 行与第 {lines[1]} 行的生效日期重叠（{days.zh}），请写明各自的起止日期",
        f"Lines {lines[0]} and {lines[1]} both hold {days.en}: let one end before the other begins",
    )
    source.fault(lower.where, words)


def _within(source: Source, entries: Iterable[Entry], last: date | None) -> bool:
    """Whether the pack lasts as long as its values' dates say."""
    sound = True
    if last is None:
        return sound
    for entry in entries:
        until = entry.leaf.get("effective_until")
        if entry.since > last or (until is not None and date.fromisoformat(until) > last):
            stated = "effective_from" if entry.since > last else "effective_until"
            words = Text(
                f"政策包 {last} 失效，早于这里写的日期；请改正其中一处",
                f"The pack ends on {last}, before this date: correct one of the two",
            )
            source.fault((*entry.where, stated), words)
            sound = False
    return sound

"""A policy pack as it was read: its head, what it says itself, what it extends, and what holds on a day."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from incubator.policies.leaves import Entry, Leaf, covers
from incubator.policies.reading import PackFault, Source
from incubator.text import Text

ONE_DAY = timedelta(days=1)
ALWAYS = date.min  # where a pack does not say rightly from when it is in effect


class _Stated(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _as_written(day: Any) -> Any:
    # YAML takes an unquoted 2026-01-01 for a date; a year alone, or words, are dates here too.
    return day.isoformat() if isinstance(day, date) else day


class PackSource(_Stated):
    """A published text that values cite. `named` false: the title describes it and is not its own name."""

    title: Text
    number: str = ""
    date: Annotated[str, BeforeValidator(_as_written)] = ""
    named: bool = True


class Header(_Stated):
    """What a pack says of itself. `effective_until` is its last day."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]{1,62}$")
    jurisdiction: Text
    extends: str = ""
    effective_from: date
    effective_until: date | None = None
    sources: dict[str, PackSource] = Field(default_factory=dict)


@dataclass
class Pack:
    """A file as far as it could be read. `header` is None where that is faulty; `faults` are its own and its bases'."""

    source: Source
    header: Header | None = None
    base: Pack | None = None
    first: date = ALWAYS
    last: date | None = None
    sources: dict[str, Any] = field(default_factory=dict)
    own: dict[str, tuple[Entry, ...]] = field(default_factory=dict)
    spoken_of: frozenset[str] = frozenset()  # paths that the file says, rightly or wrongly
    complete: bool = True  # what it extends, if anything, is there and sound
    faults: list[PackFault] = field(default_factory=list)

    def entry(self, path: str, day: date) -> Entry | None:
        """What the file itself says at a path on a day."""
        if not covers(self.first, self.last, day):
            return None
        return next((each for each in self.own.get(path, ()) if covers(each.since, each.until, day)), None)

    def on(self, day: date) -> dict[str, Leaf]:
        """Every leaf that holds on a day, by path; none before the pack is in effect and after."""
        if not covers(self.first, self.last, day):
            return {}
        held = self.base.on(day) if self.base is not None else {}
        own = {path: entry.leaf for path in self.own if (entry := self.entry(path, day)) is not None}
        return held | own

    def breaks(self) -> set[date]:
        """The days on which something may begin or stop to hold, the pack's first among them."""
        found = {self.first} | (self.base.breaks() if self.base is not None else set())
        for entry in (entry for entries in self.own.values() for entry in entries):
            found.add(entry.since)
            if entry.until is not None and entry.until < date.max:
                found.add(entry.until + ONE_DAY)
        if self.last is not None:
            found.add(self.last + ONE_DAY)
        return found

    def days(self) -> list[date]:
        """The first day of each version: the pack's own, and each on which some value changes."""
        days: list[date] = []
        before: dict[str, Leaf] = {}
        for day in sorted(each for each in self.breaks() if covers(self.first, self.last, each)):
            held = self.on(day)
            if not days or held != before:
                days.append(day)
                before = held
        return days

    def content(self, since: date) -> dict[str, Any]:
        """What is stored of the version that begins on that day, the caller's own to change."""
        assert self.header is not None
        content = {
            "name": self.header.name,
            "jurisdiction": self.header.jurisdiction.as_pair(),
            "effective_from": since.isoformat(),
            "sources": deepcopy(self.sources),  # shipped packs are kept for the process
            "values": nested(deepcopy(self.on(since))),
        }
        if self.last is not None:
            content["effective_until"] = self.last.isoformat()
        return content


def nested(flat: Mapping[str, Leaf]) -> dict[str, Any]:
    """Leaves by path as the sections of a pack's content."""
    values: dict[str, Any] = {}
    for path in sorted(flat):
        *sections, name = path.split(".")
        node = values
        for section in sections:
            node = node.setdefault(section, {})
        node[name] = flat[path]
    return values

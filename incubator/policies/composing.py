"""A pack composed: its own values with their days, over those of what it extends, as they hold on each day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from incubator.policies.fault_words import explained, unknown
from incubator.policies.leaves import SAID_ELSEWHERE, Entry, Leaf, covers, entries_of, said
from incubator.policies.misstated import Where
from incubator.policies.reading import PackFault, Source, read
from incubator.policies.schema import all_paths
from incubator.text import Text

SHIPPED = Path(__file__).resolve().parent
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
        """What is stored of the version that begins on that day."""
        assert self.header is not None
        content = {
            "name": self.header.name,
            "jurisdiction": self.header.jurisdiction.as_pair(),
            "effective_from": since.isoformat(),
            "sources": self.sources,
            "values": nested(self.on(since)),
        }
        if self.last is not None:
            content["effective_until"] = self.last.isoformat()
        return content


def compose_file(path: Path) -> Pack:
    """The pack of a file with what it extends: shipped packs, or files beside it."""
    return _compose(read(path), path.resolve().parent, (path.resolve(),))


def compose_source(source: Source) -> Pack:
    """The pack of a text; it may extend shipped packs only."""
    return _compose(source, None, ())


@cache
def shipped_pack(name: str) -> Pack:
    """A pack that comes with the software, read once in a process."""
    return compose_file(SHIPPED / f"{name}.yaml")


def shipped_names() -> list[str]:
    """The names of the packs that come with the software."""
    return sorted(path.stem for path in SHIPPED.glob("*.yaml"))


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


def _compose(source: Source, folder: Path | None, chain: tuple[Path, ...]) -> Pack:
    pack = Pack(source)
    if source.content is None:
        pack.complete = False
        pack.faults = source.faults
        return pack
    given = dict(source.content)
    values = given.pop("values", None) or {}
    _read_header(pack, given)
    if given.get("extends"):
        pack.base = _base(pack, str(given["extends"]), folder, chain)
        pack.complete = pack.base is not None and not pack.base.faults
    _join_sources(pack, given)
    pack.own = entries_of(source, values, pack.sources, pack.first, pack.last)
    pack.spoken_of = said(values)
    _check_base_days(pack)
    if pack.complete:
        _check_complete(pack)
        _check_sense(pack)
    own = sorted(dict.fromkeys(source.faults), key=lambda fault: (fault.line, fault.path))
    pack.faults = own + (pack.base.faults if pack.base is not None else [])
    return pack


def _read_header(pack: Pack, given: Mapping[str, Any]) -> None:
    try:
        pack.header = Header.model_validate(given)
    except ValidationError as error:
        for where, words in explained(error, Header):
            pack.source.fault(where, words)
    since, until = given.get("effective_from"), given.get("effective_until")
    if type(since) is not date:
        return
    pack.first = since
    if type(until) is not date:
        return
    if until < since:
        pack.source.fault(("effective_until",), Text("失效日期早于生效日期", "It ends before it takes effect"))
    else:
        pack.last = until


def _base(pack: Pack, extends: str, folder: Path | None, chain: tuple[Path, ...]) -> Pack | None:
    if any(mark in extends for mark in ("/", "\\", "..", ":")) or extends.startswith("."):
        words = Text(
            "extends 只能写随软件提供的政策包名称，或本文件所在目录下的文件名，不能写路径",
            "`extends` names a shipped pack or a file beside this, never a path",
        )
        pack.source.fault(("extends",), words)
        return None
    name = extends.removesuffix(".yaml")
    if name in shipped_names() and SHIPPED / f"{name}.yaml" not in chain:
        return shipped_pack(name)
    beside = [folder / extends, folder / f"{extends}.yaml"] if folder is not None else []
    found = next((path for path in beside if path.is_file()), None)
    if found is None:
        near = unknown(extends, shipped_names())
        listed = "、".join(shipped_names())
        where_to = Text(
            f"随软件提供的有：{listed}" + ("；也可写本文件所在目录下的文件名" if folder is not None else ""),
            f"shipped packs are {', '.join(shipped_names())}"
            + ("; or name a file beside this" if folder is not None else ""),
        )
        words = Text(
            f"找不到所继承的政策包。{near.zh}{where_to.zh}",
            f"The pack that this extends is not found. {near.en} {where_to.en}",
        )
        pack.source.fault(("extends",), words)
        return None
    if found.resolve() in chain:
        pack.source.fault(("extends",), Text("政策包循环继承", "The packs extend one another in a circle"))
        return None
    return _compose(read(found), folder, (*chain, found.resolve()))


def _join_sources(pack: Pack, given: Mapping[str, Any]) -> None:
    below = pack.base.sources if pack.base is not None else {}
    pack.sources = dict(below)
    if pack.header is None:  # its sources are known by name, so that they are not faults besides
        listed = given.get("sources")
        pack.sources |= dict(listed) if isinstance(listed, dict) else {}
        return
    for key, each in pack.header.sources.items():
        stated = each.model_dump(mode="json")
        if key == SAID_ELSEWHERE:
            words = Text(
                f"“{key}”专用于批次公告，请为该出处另取一个名称",
                f"{key!r} is kept for the announcements of calls: give the source another name",
            )
            pack.source.fault(("sources", key), words)
        elif key in below and below[key] != stated:
            words = Text(
                f"所继承的政策包已有出处“{key}”，内容不同；请另取一个名称，以免改变继承规定的出处",
                f"What this extends has a source {key!r} that is another: choose another name, or inherited values would cite this one",
            )
            pack.source.fault(("sources", key), words)
        pack.sources[key] = stated


def _check_base_days(pack: Pack) -> None:
    base = pack.base
    if base is None or base.header is None or pack.first is ALWAYS:
        return
    name, line = base.header.name, ("extends",)
    if base.first > pack.first:
        words = Text(
            f"所继承的“{name}”{base.first} 起生效，晚于本政策包的生效日期 {pack.first}",
            f"{name!r}, which this extends, takes effect on {base.first}, after this pack does on {pack.first}",
        )
        pack.source.fault(line, words)
    elif base.last is not None and base.last < pack.first:
        words = Text(
            f"所继承的“{name}”已于 {base.last} 失效，早于本政策包的生效日期 {pack.first}",
            f"{name!r}, which this extends, ended on {base.last}, before this pack takes effect on {pack.first}",
        )
        pack.source.fault(line, words)
    elif base.last is not None and (pack.last is None or pack.last > base.last):
        after = base.last + ONE_DAY
        if all_paths() - pack.on(after).keys() - pack.spoken_of:
            words = Text(
                f"所继承的“{name}”{base.last} 失效，此后本政策包没有规定的各项无从继承；请写明 effective_until，或补上这些规定",
                f"{name!r}, which this extends, ends on {base.last}, and nobody says the rest from then on: "
                "give this pack an `effective_until`, or say it here",
            )
            pack.source.fault(line, words)


def _check_complete(pack: Pack) -> None:
    """Each value is said on each day of the pack, by itself or by what it extends."""
    if pack.base is not None and not covers(pack.base.first, pack.base.last, pack.first):
        return  # told already
    days = sorted(each for each in pack.breaks() if covers(pack.first, pack.last, each))
    held = {day: pack.on(day).keys() for day in days}
    for path in sorted(all_paths()):
        gaps = [day for day in days if path not in held[day] and _base_may_say(pack, day)]
        if not gaps:
            continue
        where = ("values", *path.split("."))
        if path not in pack.spoken_of:
            words = Text(
                "没有规定这一项，请补上，或继承已有规定的政策包",
                "This is not said: add it, or extend a pack that says it",
            )
            pack.source.faults.append(PackFault(pack.source.file, pack.source.line_of(where), path, words))
        elif path in pack.own:
            following = next((day for day in days if day > gaps[0] and path in held[day]), None)
            until = following - ONE_DAY if following is not None else pack.last
            words = Text(
                f"{_span(gaps[0], until).zh}没有规定这一项，请补上这段时间的规定",
                f"Nothing is said here {_span(gaps[0], until).en}: say what holds then",
            )
            pack.source.fault(where, words)


def _base_may_say(pack: Pack, day: date) -> bool:
    # After the end of what it extends one fault at `extends` tells it for all.
    return pack.base is None or covers(pack.base.first, pack.base.last, day)


def _span(since: date, until: date | None) -> Text:
    if until is None:
        return Text(f"自 {since} 起", f"from {since} on")
    return Text(f"{since} 至 {until} ", f"from {since} until {until}")


def _check_sense(pack: Pack) -> None:
    """What does not go together, or leaves a procedure unsound, told where this very file says it."""
    from incubator.policies.fitting import misfits
    from incubator.policies.soundness import unsound

    days = pack.days()
    told: set[tuple[Where, Text]] = set()  # what holds on through several versions is told of the first
    for day in days:
        held = pack.on(day)
        for path in pack.spoken_of - pack.own.keys():
            held.pop(path, None)  # faulty here: what is below it is not what was meant

        def value(path: str, held: Mapping[str, Leaf] = held) -> Any:
            return held[path]["value"]

        for misfit in (*misfits(value), *unsound(value)):
            own = next((path for path in misfit.paths if pack.entry(path, day) is not None), None)
            if own is None:
                continue  # what it extends says it all, and was told so itself
            entry = pack.entry(own, day)
            assert entry is not None
            below = misfit.below if own == misfit.paths[0] else ()
            where, words = (*entry.where, "value", *below), misfit.words
            if (where, words) in told:
                continue
            told.add((where, words))
            if day != days[0]:
                words = Text(f"自 {day} 起：{words.zh}", f"From {day} on: {words.en}")
            pack.source.fault(where, words)

"""Policy packs: read from YAML, completed by what they extend, checked whole, and turned into what is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from incubator.errors import Invalid
from incubator.policies.composing import SHIPPED, compose_file, compose_source, shipped_names, shipped_pack
from incubator.policies.leaves import covers
from incubator.policies.pack import Pack
from incubator.policies.published_schema import json_schema
from incubator.policies.reading import PackFault, read_text
from incubator.policies.schema import all_paths
from incubator.text import Text

__all__ = [
    "DEFAULT",
    "SHIPPED",
    "NotInEffect",
    "PackFault",
    "PackInvalid",
    "Summary",
    "all_paths",
    "check",
    "check_text",
    "json_schema",
    "load",
    "shipped",
    "shipped_names",
    "summary",
    "versions",
    "versions_of_text",
]

DEFAULT = "national"

Content = dict[str, Any]


class PackInvalid(Invalid):
    """The pack has faults; `faults` and `extra["faults"]` hold all of them with file and line."""

    code = "policy_pack_invalid"
    title = Text("政策包有误", "The policy pack has faults")

    def __init__(self, faults: list[PackFault]) -> None:
        listed_zh = "\n".join(fault.shown("zh") for fault in faults)
        listed_en = "\n".join(fault.shown("en") for fault in faults)
        super().__init__(
            Text(
                f"政策包有 {len(faults)} 处错误，未作任何更改，请逐条修正：\n{listed_zh}",
                f"The policy pack has {len(faults)} faults and nothing was changed; mend each:\n{listed_en}",
            ),
            extra={"faults": [fault.as_json() for fault in faults]},
        )
        self.faults = faults


class NotInEffect(Invalid):
    """The pack was asked for a day on which it is not in effect."""

    code = "policy_pack_not_in_effect"
    title = Text("政策包在该日未生效", "The policy pack is not in effect on that day")


@dataclass(frozen=True, slots=True)
class Summary:
    """What a sound pack is: who it is for, what it extends, the first day of each version, how many values are its own."""

    name: str
    jurisdiction: Text
    extends: str
    since: tuple[date, ...]
    until: date | None
    own: int
    inherited: int


def shipped(name: str = DEFAULT) -> Content:
    """The stored content of a pack that comes with the software, the caller's own to change; its first version."""
    return _first(_sound(shipped_pack(name)))


def check(path: Path) -> list[PackFault]:
    """Everything that is wrong with a pack and with what it extends, in the order of the lines."""
    return list(compose_file(path).faults)


def check_text(name: str, text: str) -> list[PackFault]:
    """The same of a text, called by the name of the file it came from; it may extend shipped packs only."""
    return list(compose_source(read_text(name, text)).faults)


def load(path: Path, on: date | None = None) -> Content:
    """The pack as it is stored and holds on a day (by default its first), complete. Raises PackInvalid, NotInEffect."""
    pack = _sound(compose_file(path))
    if on is None:
        return _first(pack)
    if not covers(pack.first, pack.last, on):
        end = Text(f"{pack.last} 失效", f"until {pack.last}") if pack.last else Text("此后一直有效", "without end")
        raise NotInEffect(
            Text(
                f"政策包 {pack.first} 起生效，{end.zh}；请选择其间的日期，而不是 {on}",
                f"The pack is in effect from {pack.first}, {end.en}: choose a day within, and not {on}",
            )
        )
    return pack.content(max(day for day in pack.days() if day <= on))


def versions(path: Path) -> list[tuple[date, Content]]:
    """The versions that the dates of a pack's values cut it into, each with its first day. Raises PackInvalid."""
    return _versions(compose_file(path))


def versions_of_text(name: str, text: str) -> list[tuple[date, Content]]:
    """The same of a text, which may extend shipped packs only."""
    return _versions(compose_source(read_text(name, text)))


def summary(path: Path) -> Summary:
    """What a pack is, for people. Raises PackInvalid."""
    pack = _sound(compose_file(path))
    assert pack.header is not None
    return Summary(
        pack.header.name, pack.header.jurisdiction, pack.header.extends, tuple(pack.days()), pack.last,
        len(pack.own), len(all_paths() - pack.own.keys()),
    )  # fmt: skip


def _sound(pack: Pack) -> Pack:
    if pack.faults:
        raise PackInvalid(list(pack.faults))
    return pack


def _first(pack: Pack) -> Content:
    return pack.content(pack.first)


def _versions(pack: Pack) -> list[tuple[date, Content]]:
    return [(day, _sound(pack).content(day)) for day in _sound(pack).days()]

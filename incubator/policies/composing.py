"""A file or a text composed to a pack, with what it extends, and every fault of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from incubator.policies.fault_words import explained, unknown
from incubator.policies.leaves import SAID_ELSEWHERE, entries_of, said
from incubator.policies.pack import Header, Pack
from incubator.policies.reading import Source, read
from incubator.policies.wholeness import check_base_days, check_complete, check_sense
from incubator.text import Text

SHIPPED = Path(__file__).resolve().parent


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


def _compose(source: Source, folder: Path | None, chain: tuple[Path, ...]) -> Pack:
    pack = Pack(source)
    if source.content is None:
        pack.complete = False
        pack.faults = source.faults
        return pack
    given = dict(source.content)
    values = given.pop("values", None)
    values = {} if values is None else values
    _read_header(pack, given)
    extends = given.get("extends")
    if isinstance(extends, str) and extends:
        pack.base = _base(pack, extends, folder, chain)
        pack.complete = pack.base is not None and not pack.base.faults
    _join_sources(pack, given)
    pack.own = entries_of(source, values, pack.sources, pack.first, pack.last)
    pack.spoken_of = said(values)
    check_base_days(pack)
    if pack.complete:
        check_complete(pack)
        check_sense(pack)
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

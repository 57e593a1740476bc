"""Policy packs: read from YAML, completed by what they extend, checked whole, and turned into what is stored."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from incubator.errors import Invalid
from incubator.policies.fault_words import explained
from incubator.policies.reading import PackFault, Source, read
from incubator.policies.schema import all_leaves, all_paths, json_schema
from incubator.text import Text

__all__ = ["DEFAULT", "PackFault", "PackInvalid", "all_paths", "check", "json_schema", "load", "shipped"]

SHIPPED = Path(__file__).resolve().parent
DEFAULT = "national"


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


class _Stated(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PackSource(_Stated):
    """A published text that values cite. `named` false: the title describes it and is not its own name."""

    title: Text
    number: str = ""
    date: str = ""
    named: bool = True


class Header(_Stated):
    """What a pack says of itself."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]{1,62}$")
    jurisdiction: Text
    extends: str = ""
    effective_from: date
    effective_until: date | None = None
    sources: dict[str, PackSource] = Field(default_factory=dict)


def shipped(name: str = DEFAULT) -> dict[str, Any]:
    """The stored content of a pack that comes with the software, the caller's own to change."""
    return deepcopy(_shipped(name))


@cache
def _shipped(name: str) -> dict[str, Any]:
    # Read once in a process: a pack of a thousand lines takes a sixth of a second.
    return load(SHIPPED / f"{name}.yaml")


def check(path: Path) -> list[PackFault]:
    """Everything that is wrong with a pack and with what it extends, in the order of the lines."""
    return _compose(path, ())[1]


def load(path: Path) -> dict[str, Any]:
    """The pack as it is stored, complete: what it does not say comes from what it extends. Raises PackInvalid."""
    content, faults = _compose(path, ())
    if faults:
        raise PackInvalid(faults)
    return content


def _compose(path: Path, extended_by: tuple[Path, ...]) -> tuple[dict[str, Any], list[PackFault]]:
    source = read(path)
    if source.content is None:
        return {}, source.faults
    given = dict(source.content)
    values = given.pop("values", {})
    header = _header(source, given)
    sources: dict[str, Any] = {}
    merged: dict[str, dict[str, Any]] = {}
    base_faults: list[PackFault] = []
    complete = True
    extends = str(given.get("extends") or "")
    if extends:
        base = _found(extends, path)
        chain = (*extended_by, path.resolve())
        if base is None:
            source.fault(
                ("extends",),
                Text(
                    f"找不到所继承的政策包“{extends}”，请写随软件提供的名称，或本文件所在目录下的文件名",
                    f"The pack {extends!r} that this extends is not found: name a shipped one, or a file beside this",
                ),
            )
            complete = False
        elif base.resolve() in chain:
            source.fault(("extends",), Text("政策包循环继承", "The packs extend one another in a circle"))
            complete = False
        else:
            content, base_faults = _compose(base, chain)
            complete = not base_faults
            merged = _flat(content.get("values", {}))
            sources = dict(content.get("sources", {}))
    if header is not None:
        sources |= {key: each.model_dump(mode="json") for key, each in header.sources.items()}
    known_sources = sources.keys() | (given.get("sources") or {} if isinstance(given.get("sources"), dict) else {})
    merged |= _leaves(source, values, known_sources)
    said = _said(values)
    if complete:
        for missing in sorted(all_paths() - merged.keys() - said):
            words = Text(
                "没有规定这一项，请补上，或继承已有规定的政策包",
                "This is not said: add it, or extend a pack that says it",
            )
            place = ("values", *missing.split("."))
            source.faults.append(PackFault(source.file, source.line_of(place), missing, words))
    faults = sorted(source.faults, key=lambda fault: (fault.line, fault.path)) + base_faults
    if faults or header is None:
        return {"values": _nested(merged), "sources": sources}, faults
    content = {
        "name": header.name,
        "jurisdiction": header.jurisdiction.as_pair(),
        "effective_from": header.effective_from.isoformat(),
        "sources": sources,
        "values": _nested(merged),
    }
    if header.effective_until is not None:
        content["effective_until"] = header.effective_until.isoformat()
    return content, []


def _header(source: Source, given: Mapping[str, Any]) -> Header | None:
    try:
        header = Header.model_validate(given)
    except ValidationError as error:
        for where, words in explained(error):
            source.fault(where, words)
        return None
    if header.effective_until is not None and header.effective_until < header.effective_from:
        source.fault(("effective_until",), Text("失效日期早于生效日期", "It ends before it takes effect"))
    return header


def _found(extends: str, path: Path) -> Path | None:
    for candidate in (SHIPPED / f"{extends}.yaml", path.parent / extends, path.parent / f"{extends}.yaml"):
        if candidate.is_file():
            return candidate
    return None


def _leaves(source: Source, values: Any, sources: set[str]) -> dict[str, dict[str, Any]]:
    """The leaves that a file says, checked; faults go to the source."""
    known = all_leaves()
    sections = {path.rsplit(".", count)[0] for path in known for count in range(1, path.count(".") + 1)}
    found: dict[str, dict[str, Any]] = {}

    def walk(node: Any, path: str) -> None:
        where = ("values", *path.split(".")) if path else ("values",)
        if path in known:
            leaf = _leaf(source, where, known[path], node, sources)
            if leaf is not None:
                found[path] = leaf
        elif path and path not in sections:
            source.fault(where, Text("没有这一项，请检查名称", "There is no such entry: check its name"))
        elif not isinstance(node, dict):
            source.fault(where, Text("这里应为若干下级项目", "Entries are expected here"))
        else:
            for name, child in node.items():
                walk(child, f"{path}.{name}" if path else name)

    walk(values, "")
    return found


def _leaf(
    source: Source, where: tuple[str, ...], kind: type[BaseModel], node: Any, sources: set[str]
) -> dict[str, Any] | None:
    fitting = True
    cited = isinstance(node, dict) and isinstance(node.get("cite"), dict) and node["cite"].get("source")
    if cited and cited not in sources:
        words = Text(f"出处“{cited}”没有列在 sources 中", f"The source {cited!r} is not listed under `sources`")
        source.fault((*where, "cite", "source"), words)
        fitting = False
    try:
        leaf = TypeAdapter(kind).validate_python(node)
    except ValidationError as error:
        for inside, words in explained(error):
            source.fault((*where, *inside), words)
        return None
    return leaf.model_dump(mode="json") if fitting else None


def _said(values: Any) -> set[str]:
    """The paths that a file speaks of, rightly or wrongly: a faulty value is not also a missing one."""
    paths = set()
    for path in all_paths():
        node = values
        for part in path.split("."):
            node = node.get(part) if isinstance(node, dict) else None
        if node is not None:
            paths.add(path)
    return paths


def _flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for name, node in values.items():
        path = f"{prefix}.{name}" if prefix else name
        if path in all_paths():
            found[path] = dict(node)
        else:
            found |= _flat(node, path)
    return found


def _nested(flat: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for path in sorted(flat):
        *sections, name = path.split(".")
        node = nested
        for section in sections:
            node = node.setdefault(section, {})
        node[name] = flat[path]
    return nested

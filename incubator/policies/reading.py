"""A YAML file read with the line of every entry, so that a fault can be shown where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from incubator.text import Text

Where = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class PackFault:
    """One thing that is wrong in a pack: file, line (from 1), the entry's path, and what to do in plain words."""

    file: str
    line: int
    path: str
    message: Text

    def as_json(self) -> dict[str, Any]:
        """JSON-ready, both languages."""
        return {"file": self.file, "line": self.line, "path": self.path, "message": self.message.as_pair()}

    def shown(self, language: str = "zh") -> str:
        """As a compiler would print it: `file:line: path: message`."""
        where = f"{self.path}: " if self.path else ""
        return f"{self.file}:{self.line}: {where}{self.message.read(language)}"


@dataclass
class Source:
    """A file's content as plain values, with the line of each entry."""

    file: str
    content: Any = None
    lines: dict[Where, int] = field(default_factory=dict)
    faults: list[PackFault] = field(default_factory=list)

    def line_of(self, where: Sequence[str | int]) -> int:
        """The line of an entry, or of the nearest one around it that exists."""
        place = tuple(where)
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def fault(self, where: Sequence[str | int], message: Text) -> None:
        """Note a fault at an entry."""
        path = ".".join(str(part) for part in where)
        self.faults.append(PackFault(self.file, self.line_of(where), path, message))


def read(path: Path) -> Source:
    """The file's content; what cannot be read at all is a fault, not an exception."""
    source = Source(path.name)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError:
        source.fault((), Text(f"文件 {path} 无法读取，请检查路径", f"The file {path} cannot be read: check the path"))
        return source
    except UnicodeDecodeError:
        source.fault((), Text("文件不是 UTF-8 编码，请另存为 UTF-8", "The file is not UTF-8: save it as UTF-8"))
        return source
    return read_text(path.name, text)


def read_text(name: str, text: str) -> Source:
    """The content of a file of that name, as `read`."""
    source = Source(name)
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = (error.problem_mark.line if error.problem_mark else 0) + 1
        words = Text(
            "不是有效的 YAML，请检查缩进、冒号和引号",
            f"This is not valid YAML ({error.problem}): check indentation, colons and quotes",
        )
        source.faults.append(PackFault(source.file, line, "", words))
        return source
    if not isinstance(node, yaml.MappingNode):
        source.fault((), Text("文件应为“名称: 值”的形式", "The file must consist of `name: value` entries"))
        return source
    source.content = _plain(node, (), source, yaml.SafeLoader(""), set())
    return source


def _plain(node: yaml.Node, where: Where, source: Source, loader: yaml.SafeLoader, inside: set[int]) -> Any:
    source.lines.setdefault(where, node.start_mark.line + 1)
    if id(node) in inside:
        source.fault(where, Text("内容引用了自身", "The entry contains itself"))
        return None
    inside = inside | {id(node)}
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            place = (*where, key)
            if key in mapping:
                source.faults.append(
                    PackFault(
                        source.file,
                        key_node.start_mark.line + 1,
                        ".".join(str(part) for part in place),
                        Text(f"“{key}”写了两次，请删去一处", f"{key!r} is given twice: delete one"),
                    )
                )
                continue
            source.lines[place] = key_node.start_mark.line + 1
            mapping[key] = _plain(value_node, place, source, loader, inside)
        return mapping
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, (*where, place), source, loader, inside) for place, child in enumerate(node.value)]
    try:
        return loader.construct_object(node)
    except (yaml.YAMLError, ValueError):
        source.fault(where, Text("该值无法识别", "This value cannot be understood"))
        return None

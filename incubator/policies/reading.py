"""A YAML file read with the line of every entry, so that a fault can be shown where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from incubator.policies.misstated import Where
from incubator.text import Text

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster where PyYAML was built with it
LARGEST = 1_000_000  # bytes; the shipped packs have less than a tenth
DEEPEST = 30
MOST_ENTRIES = 100_000

_TOO_LARGE = Text("文件超过 1 MB，请确认选对了文件", "The file is larger than 1 MB: is it the right one?")
_TOO_DEEP = Text(
    f"嵌套超过 {DEEPEST} 层，请检查缩进和引用", f"This is nested deeper than {DEEPEST}: check indentation and aliases"
)
_TOO_MANY = Text(
    f"写开引用后超过 {MOST_ENTRIES} 项，请减少引用",
    f"With its aliases written out the file has more than {MOST_ENTRIES} entries: use fewer of them",
)


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
        self.faults.append(PackFault(self.file, self.line_of(where), shown(where), message))


def shown(where: Sequence[str | int]) -> str:
    """An entry's place as people read it: `values.filing.decision.due`."""
    return ".".join(str(part) for part in where)


def read(path: Path) -> Source:
    """A file's content; what cannot be read at all is a fault, not an exception."""
    source = Source(path.name)
    try:
        if path.stat().st_size > LARGEST:
            source.fault((), _TOO_LARGE)
            return source
        text = path.read_text(encoding="utf-8-sig")
    except OSError:
        source.fault((), Text(f"文件 {path} 无法读取，请检查路径", f"The file {path} cannot be read: check the path"))
        return source
    except UnicodeDecodeError:
        source.fault((), Text("文件不是 UTF-8 编码，请另存为 UTF-8", "The file is not UTF-8: save it as UTF-8"))
        return source
    return read_text(path.name, text)


def read_text(name: str, text: str) -> Source:
    """The content of a text that somebody sent under the name of a file."""
    source = Source(name)
    text = text.removeprefix("\ufeff")
    if len(text.encode(errors="surrogatepass")) > LARGEST:
        source.fault((), _TOO_LARGE)
        return source
    try:
        if _is_too_deep(source, text):
            return source
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable"
        words = Text(
            "不是有效的 YAML，请检查缩进、冒号和引号",
            f"This is not valid YAML ({problem}): check indentation, colons and quotes",
        )
        source.faults.append(PackFault(source.file, _line(mark), "", words))
        return source
    if not isinstance(node, yaml.MappingNode):
        source.fault((), Text("文件应为“名称: 值”的形式", "The file must consist of `name: value` entries"))
        return source
    reader = _Reader(source)
    content = reader.plain(node, ())
    if not reader.stopped:
        source.content = content
    return source


def _line(mark: Any) -> int:
    return int(mark.line) + 1 if mark is not None else 1


def _is_too_deep(source: Source, text: str) -> bool:
    # Before anything is composed: composing goes as deep as the text does.
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            source.faults.append(PackFault(source.file, _line(event.start_mark), "", _TOO_DEEP))
            return True
    return False


class _Reader:
    """Nodes made plain, aliases written out, with the line of each entry; stops where aliases multiply."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.scalars = yaml.SafeLoader("")
        self.entries = 0
        self.stopped = False

    def plain(self, node: yaml.Node, where: Where) -> Any:
        """The node's plain value; None where it has none."""
        source = self.source
        source.lines.setdefault(where, node.start_mark.line + 1)
        self.entries += 1
        if self.stopped:
            return None
        if self.entries > MOST_ENTRIES or len(where) > DEEPEST:  # an alias within what it stands for goes on for ever
            source.fault(where, _TOO_DEEP if len(where) > DEEPEST else _TOO_MANY)
            self.stopped = True
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, where)
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(child, (*where, place)) for place, child in enumerate(node.value)]
        try:
            return self.scalars.construct_object(node)
        except (yaml.YAMLError, ValueError):
            source.fault(where, Text("该值无法识别", "This value cannot be understood"))
            return None

    def _mapping(self, node: yaml.MappingNode, where: Where) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                words = Text("名称应为一个词", "A name is a single word")
                self.source.faults.append(PackFault(self.source.file, line, shown(where), words))
                continue
            key = str(key_node.value)
            place = (*where, key)
            if key in mapping:
                words = Text(f"“{key}”写了两次，请删去一处", f"{key!r} is given twice: delete one")
                self.source.faults.append(PackFault(self.source.file, line, shown(place), words))
                continue
            self.source.lines[place] = line
            mapping[key] = self.plain(value_node, place)
        return mapping

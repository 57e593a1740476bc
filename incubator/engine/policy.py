"""A policy pack's values as the engine reads them: each with its citation, each of a known shape."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping
from copy import deepcopy
from enum import StrEnum
from functools import cached_property
from typing import Any, cast

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from incubator.canonical import canonical, sha256
from incubator.engine.deadlines import Term, Unit
from incubator.engine.roles import Role
from incubator.text import Text


class OnCorrection(StrEnum):
    """What a return for correction does to a time limit."""

    PAUSE = "pause"
    RESTART = "restart"


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Extension(_Value):
    """How often a limit may be extended, and by how much each time at most, in the limit's own unit."""

    times: int = Field(ge=1, le=12)
    length: int = Field(ge=1, le=3650)


class Due(_Value):
    """A time limit: a length in a unit from a milestone, or a day of the year."""

    length: int | None = Field(default=None, ge=0, le=3650)
    unit: Unit | None = None
    starts_on: str = "entered"
    on_correction: OnCorrection = OnCorrection.PAUSE
    count_sending_day: bool = False
    count_returning_day: bool = False
    extension: Extension | None = None
    month: int | None = Field(default=None, ge=1, le=12)
    day: int | None = Field(default=None, ge=1, le=31)

    @model_validator(mode="after")
    def _is_one_of_two(self) -> Due:
        if self.month is not None and self.day is not None and self.length is None:
            if self.day > monthrange(2023, self.month)[1]:  # 2023: a day that every year has
                raise ValueError("there is no such day in every year")
            return self
        if self.length is not None and self.unit is not None and self.month is None and self.day is None:
            return self
        raise ValueError("a time limit is either length and unit, or month and day")

    @property
    def is_day_of_year(self) -> bool:
        """Whether the limit is a fixed day, such as 31 March, of the case's period."""
        return self.month is not None

    @property
    def term(self) -> Term:
        """The length as deadline arithmetic takes it."""
        if self.length is None or self.unit is None:
            raise ValueError("a day of the year has no length")
        return Term(self.length, self.unit, self.count_sending_day, self.count_returning_day)


class DocumentNeed(_Value):
    """A document that a step asks for."""

    kind: str
    title: Text
    required: bool = True


class Rung(_Value):
    """One step of the overdue ladder: what happens so many calendar days after the due date."""

    level: str
    after_days: int = Field(ge=-365, le=3650)


class Citation(_Value):
    """Where a value comes from: an article of a source, or the street's own practice."""

    source: str = ""
    article: str = ""
    practice: Text | None = None

    @model_validator(mode="after")
    def _says_where_from(self) -> Citation:
        if bool(self.source) == (self.practice is not None):
            raise ValueError("a value cites a source or says that it is the street's own practice")
        return self


_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}


class Policy:
    """One version of a policy pack, read by path. Its content does not change, and each value is found and parsed once."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.content = content
        self.hash = sha256(canonical(content))
        self._parsed: dict[tuple[str, Any], Any] = {}
        self._nodes: dict[str, Mapping[str, Any]] = {}
        self._cited: dict[str, Text] = {}

    @property
    def name(self) -> str:
        """The pack's name."""
        return str(self.content["name"])

    def get(self, path: str) -> Any:
        """The plain value at a path such as `filing.conditions.members`; KeyError where the pack has none."""
        return self._node(path)["value"]

    def has(self, path: str) -> bool:
        """Whether the pack has a value at that path."""
        try:
            self._node(path)
        except KeyError:
            return False
        return True

    @cached_property
    def paths(self) -> frozenset[str]:
        """Every path at which the pack has a value."""
        return frozenset(_leaves(self.content["values"]))

    def completed_by(self, other: Policy) -> Policy:
        """This policy with what only the other says, each value with its source; itself where it says all of that."""
        missing = sorted(other.paths - self.paths)
        if not missing:
            return self
        content = deepcopy(dict(self.content))
        sources = content.setdefault("sources", {})
        for path in missing:
            leaf = deepcopy(dict(other._node(path)))
            key = leaf["cite"].get("source", "")
            if key:
                source = other.content["sources"][key]
                # Two packs may call different texts by one key.
                own = key if sources.get(key, source) == source else f"{key}-{other.name}"
                sources[own] = deepcopy(source)
                leaf["cite"] = {**leaf["cite"], "source": own}
            *sections, name = path.split(".")
            node = content["values"]
            for section in sections:
                node = node.setdefault(section, {})
                if _is_leaf(node):  # what was one value became several
                    node.clear()
            node[name] = leaf
        return Policy(content)

    def cite(self, path: str) -> Text:
        """The value's source in words."""
        known = self._cited.get(path)
        if known is None:
            known = self._cited[path] = self._cite(path)
        return known

    def _cite(self, path: str) -> Text:
        node = self._node(path)["cite"]
        if node.get("practice"):
            practice = Text.from_pair(node["practice"])
            return Text(f"本街道惯例：{practice.zh}", f"this street's own practice: {practice.en}")
        source = self.content["sources"][node["source"]]
        title, article = Text.from_pair(source["title"]), node.get("article", "")
        number = f"（{source['number']}）" if source.get("number") else ""
        zh_article = f"第{article}条" if article else ""
        en_article = f", art. {article}" if article else ""
        # A source that is only described has no name of its own to put into book-title marks.
        zh_title = f"《{title.zh}》" if source.get("named", True) else title.zh
        return Text(f"{zh_title}{number}{zh_article}", f"{title.en}{en_article}")

    def is_practice(self, path: str) -> bool:
        """Whether the value is the street's own practice and cites no source."""
        return bool(self._node(path)["cite"].get("practice"))

    def due(self, path: str) -> Due:
        """The time limit at a path."""
        return cast(Due, self._as(path, Due))

    def documents(self, path: str) -> tuple[DocumentNeed, ...]:
        """The document list at a path."""
        return cast(tuple[DocumentNeed, ...], self._as(path, tuple[DocumentNeed, ...]))

    def ladder(self, path: str) -> tuple[Rung, ...]:
        """The overdue ladder at a path, first rung first."""
        return tuple(sorted(self._as(path, tuple[Rung, ...]), key=lambda rung: rung.after_days))

    def roles(self, path: str) -> tuple[Role, ...]:
        """The roles at a path."""
        return cast(tuple[Role, ...], self._as(path, tuple[Role, ...]))

    def switch(self, path: str) -> bool:
        """The yes or no at a path."""
        return bool(self.get(path))

    def whole(self, path: str) -> int:
        """The whole number at a path."""
        return int(self.get(path))

    def _as(self, path: str, shape: Any) -> Any:
        known = self._parsed.get((path, shape))
        if known is None:
            adapter = _ADAPTERS.get(shape)
            if adapter is None:
                adapter = _ADAPTERS[shape] = TypeAdapter(shape)
            known = self._parsed[path, shape] = adapter.validate_python(self.get(path))
        return known

    def _node(self, path: str) -> Mapping[str, Any]:
        found = self._nodes.get(path)
        if found is None:
            found = self._nodes[path] = self._find(path)
        return found

    def _find(self, path: str) -> Mapping[str, Any]:
        node: Any = self.content["values"]
        for part in path.split("."):
            node = node[part]
        if not _is_leaf(node):
            raise KeyError(path)
        return cast(Mapping[str, Any], node)


def _is_leaf(node: Any) -> bool:
    return isinstance(node, Mapping) and "value" in node and "cite" in node


def _leaves(node: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for name, child in node.items():
        if _is_leaf(child):
            yield f"{prefix}{name}"
        elif isinstance(child, Mapping):
            yield from _leaves(child, f"{prefix}{name}.")

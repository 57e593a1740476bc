"""Where a diagram's shapes and lines go: steps in columns from left to right, the usual way along the first row.

A line that is not straight leaves below its shape, runs in the space under its row, rises or falls in the space left of
the column it leads to, and arrives from the left. Nothing but lines lies in these spaces, so that no line crosses a shape;
each line under a row has a height of its own, with its words on it.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from incubator.bpmn.elements import Diagram, Flow, Group, Node, NodeKind

# In pixels, as BPMN's editors draw them.
_TASK, _GATEWAY, _EVENT = (100, 80), (50, 50), (36, 36)
_BETWEEN = 30  # within a step
_BEFORE_REST = 142  # before an end that something may follow: the line bears words
_BEFORE_EVENTS = 66  # their words stand above them
_COLUMN_SPACE, _TRUNK = 126, 12  # between columns; for each line that rises or falls there
_LABEL, _LINE = 90, 14  # width of words beside a shape or line, height of a line of them
_CHARACTER = 11.5  # width of a Chinese one
_ASIDE = 24  # from a gateway to the words on its straight line, clear of its own words
_HEAD = 66  # from a row's top to its axis: half a task, or the words above a gateway
_STAIR = (60, 80)  # each further event beneath the last
_MARGIN = 40


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in whole pixels."""

    x: int
    y: int
    width: int
    height: int

    @property
    def middle(self) -> tuple[int, int]:
        """Its centre."""
        return self.x + self.width // 2, self.y + self.height // 2


@dataclass(frozen=True)
class Layout:
    """Boxes of nodes, lines of flows, and boxes of the words beside them, each by id."""

    nodes: Mapping[str, Box]
    lines: Mapping[str, Sequence[tuple[int, int]]]
    words: Mapping[str, Box]


def laid_out(drawn: Diagram) -> Layout:
    """Where everything goes."""
    return _Plan(drawn).layout()


def _size(node: Node) -> tuple[int, int]:
    if node.kind.is_gateway:
        return _GATEWAY
    return _EVENT if node.kind.is_event else _TASK


def _width_of(words: str) -> float:
    return sum(1 if unicodedata.east_asian_width(each) in "WF" else 0.55 for each in words) * _CHARACTER


def _lines_of(words: str) -> int:
    """How many lines words take beside a line or shape."""
    return max(1, math.ceil(_width_of(words) / (_LABEL - 8))) if words else 0


def _label(words: str) -> tuple[int, int]:
    """The size of words beside a line or shape."""
    return min(_LABEL, math.ceil(_width_of(words)) + 4), _lines_of(words) * _LINE


class _Plan:
    def __init__(self, drawn: Diagram) -> None:
        self.groups = {group.step: group for group in drawn.groups}
        self.flows = drawn.flows
        self.group_of = {node.id: group.step for group in drawn.groups for node in (*group.nodes, *group.beneath)}
        self.across = [flow for flow in drawn.flows if not self._inner(flow)]
        self.nodes: dict[str, Box] = {}
        self.lines: dict[str, Sequence[tuple[int, int]]] = {}
        self.words: dict[str, Box] = {}

    def layout(self) -> Layout:
        self.usual = self._usual_way()
        self.column = self._columns()
        self.row = self._rows()
        self.cells = {(self.column[key], self.row[key]) for key in self.groups}
        self.straight = self._straight()
        self.bent = [flow for flow in self.across if flow.id not in self.straight]
        self._place_nodes()
        for flow in self.flows:
            if self._inner(flow):
                self._inner_line(flow)
            elif flow.id in self.straight:
                self._straight_line(flow)
        self._bent_lines()
        return Layout(self.nodes, self.lines, self.words)

    def _inner(self, flow: Flow) -> bool:
        """Whether a flow joins two neighbours of one step; one that leads a step back to its own entrance does not."""
        return self.group_of[flow.source] == self.group_of[flow.target] and not self._returns(flow)

    def _returns(self, flow: Flow) -> bool:
        order = [node.id for node in self.groups[self.group_of[flow.source]].nodes]
        return flow.target in order and flow.source in order and order.index(flow.target) <= order.index(flow.source)

    def _usual_way(self) -> list[str]:
        """The steps one comes through by doing what each is there for, to an end."""
        way: list[str] = []
        at: str | None = ""
        while at is not None:
            way.append(at)
            ended = self.groups[at].nodes[-1].kind is NodeKind.END
            ahead = [flow for flow in self.across if self.group_of[flow.source] == at and not ended]
            ahead.sort(key=lambda flow: not flow.usual)
            at = next((key for key in (self.group_of[flow.target] for flow in ahead) if key not in way), None)
        return way

    def _columns(self) -> dict[str, int]:
        """A step's column: beyond all that lead to it, save those that lead back; at most that of the usual way's end."""
        order = self._finishing_order()
        column = dict.fromkeys(order, 0)
        place = {key: number for number, key in enumerate(order)}
        last = len(self.usual) - 1
        for key in order:
            if key in self.usual:
                column[key] = self.usual.index(key)
            for flow in self.across:
                ahead = self.group_of[flow.target]
                if self.group_of[flow.source] == key and place[ahead] > place[key]:
                    column[ahead] = min(max(column[ahead], column[key] + 1), last)
        return column

    def _finishing_order(self) -> list[str]:
        """The steps so that whatever leads on, and not back, leads to a later one; the usual way is walked first."""
        leads: dict[str, list[str]] = {key: [] for key in self.groups}
        for flow in self.across:
            leads[self.group_of[flow.source]].append(self.group_of[flow.target])
        done: list[str] = []
        seen: set[str] = set()
        stack: list[tuple[str, Iterable[str]]] = [("", iter(leads[""]))]
        seen.add("")
        while stack:
            key, ahead = stack[-1]
            following = next((each for each in ahead if each not in seen), None)
            if following is None:
                done.append(key)
                stack.pop()
            else:
                seen.add(following)
                stack.append((following, iter(leads[following])))
        return done[::-1]

    def _rows(self) -> dict[str, int]:
        """The usual way in the first row; every other step in the row of one that leads to it, or in the first free one."""
        row = dict.fromkeys(self.usual, 0)
        taken = {(self.column[key], 0) for key in self.usual}
        for key in sorted((key for key in self.groups if key not in row), key=lambda key: self.column[key]):
            column = self.column[key]
            before = [self.group_of[flow.source] for flow in self.across if self.group_of[flow.target] == key]
            wanted = [row[each] for each in before if row.get(each, 0) and self.column[each] < column]
            free = (number for number in range(1, len(self.groups)) if (column, number) not in taken)
            row[key] = next((each for each in wanted if (column, each) not in taken), None) or next(free)
            taken.add((column, row[key]))
        return row

    def _straight(self) -> set[str]:
        """The flows that run straight to the right: one a step, with nothing in between."""
        found: dict[str, str] = {}
        for flow in self.across:
            source, target = self.group_of[flow.source], self.group_of[flow.target]
            between = range(self.column[source] + 1, self.column[target])
            ahead = self.row[source] == self.row[target] and self.column[target] > self.column[source]
            last = self.groups[source].nodes[-1].id
            if flow.source != last or not ahead or any((each, self.row[source]) in self.cells for each in between):
                continue
            found.setdefault(source, flow.id)
        return set(found.values())

    # Pixels.

    def _place_nodes(self) -> None:
        columns, rows = 1 + max(self.column.values()), 1 + max(self.row.values())
        width = [0] * columns
        depth = [0] * rows
        for key, group in self.groups.items():
            width[self.column[key]] = max(width[self.column[key]], self._width(group))
            depth[self.row[key]] = max(depth[self.row[key]], 40, len(group.beneath) * _STAIR[1] + 20)
        trunks = [
            len({flow.target for flow in self.bent if self._trunk_column(flow) == each}) for each in range(columns)
        ]
        self.left: list[int] = []
        x = _MARGIN
        for each in range(columns):
            x += (0 if each == 0 else _COLUMN_SPACE) + trunks[each] * _TRUNK
            self.left.append(x)
            x += width[each]
        self.tracks = self._tracks()
        self.axis: list[int] = []
        self.under: list[int] = []
        y = _MARGIN
        for each in range(rows):
            self.axis.append(y + _HEAD)
            self.under.append(y + _HEAD + depth[each] + 4)
            y = self.under[-1] + sum(self._heights(each)) + 10
        for key, group in self.groups.items():
            self._place_group(group, self.left[self.column[key]], self.axis[self.row[key]])

    def _width(self, group: Group) -> int:
        spaces = [self._space(left, right) for left, right in zip(group.nodes, group.nodes[1:], strict=False)]
        return sum(_size(node)[0] for node in group.nodes) + sum(spaces) + len(group.beneath) * _STAIR[0]

    def _space(self, left: Node, right: Node) -> int:
        if left.kind is NodeKind.WAIT:
            return _BEFORE_EVENTS
        return _BEFORE_REST if left.kind is NodeKind.SPLIT and right.kind is NodeKind.END else _BETWEEN

    def _place_group(self, group: Group, x: int, axis: int) -> None:
        for number, node in enumerate(group.nodes):
            width, height = _size(node)
            self._place(node, Box(x, axis - height // 2, width, height))
            if number + 1 < len(group.nodes):
                x += width + self._space(node, group.nodes[number + 1])
        for number, node in enumerate(group.beneath, 1):
            width, height = _size(node)
            self._place(node, Box(x + number * _STAIR[0], axis + number * _STAIR[1] - height // 2, width, height))

    def _place(self, node: Node, box: Box) -> None:
        self.nodes[node.id] = box
        if node.name and (node.kind.is_gateway or node.kind.is_event):
            width, height = _label(node.name)
            self.words[node.id] = Box(box.middle[0] - width // 2, box.y - height - 3, width, height)

    def _trunk_column(self, flow: Flow) -> int:
        return self.column[self.group_of[flow.target]]

    def _tracks(self) -> dict[str, int]:
        """The height under its row that each bent flow runs at, counted from above."""
        taken: dict[tuple[int, int], list[tuple[float, float, str]]] = {}
        track: dict[str, int] = {}
        for flow in self.bent:
            row = self.row[self.group_of[flow.source]]
            start, end = self._extent(flow)
            number = 0
            while any(
                start < other_end + (0 if flow.source == source else 0.6) and other_start < end + (0 if flow.source == source else 0.6)
                for other_start, other_end, source in taken.get((row, number), [])
            ):  # fmt: skip
                number += 1
            taken.setdefault((row, number), []).append((start, end, flow.source))
            track[flow.id] = number
        return track

    def _extent(self, flow: Flow) -> tuple[float, float]:
        """From where to where a bent flow runs under its row, its words among it; a column is one wide."""
        at = self.column[self.group_of[flow.source]] + 0.5
        to = self._trunk_column(flow) - 0.1
        words = 0.35 if flow.name else 0.0
        return (at, max(to, at + words)) if to > at else (min(to, at - words), at)

    def _heights(self, row: int) -> list[int]:
        """How high each line under a row is, with its words."""
        heights: dict[int, int] = {}
        for flow in self.bent:
            if self.row[self.group_of[flow.source]] == row:
                number = self.tracks[flow.id]
                heights[number] = max(heights.get(number, 0), _lines_of(flow.name) * _LINE + 8)
        return [heights[number] for number in sorted(heights)]

    # Lines.

    def _inner_line(self, flow: Flow) -> None:
        source, target = self.nodes[flow.source], self.nodes[flow.target]
        if source.middle[1] == target.middle[1]:
            self._straight_line(flow)
        else:  # down to an event beneath
            x, y = source.middle[0], target.middle[1]
            self.lines[flow.id] = [(x, source.y + source.height), (x, y), (target.x, y)]

    def _straight_line(self, flow: Flow) -> None:
        source, target = self.nodes[flow.source], self.nodes[flow.target]
        y = source.middle[1]
        self.lines[flow.id] = [(source.x + source.width, y), (target.x, y)]
        if flow.name:
            width, height = _label(flow.name)
            room = target.x - source.x - source.width
            left = source.x + source.width + (_ASIDE if room > _BETWEEN else (room - width) // 2)
            self.words[flow.id] = Box(left, y - height - 4, width, height)

    def _bent_lines(self) -> None:
        heights = {row: self._heights(row) for row in set(self.row.values())}
        level: dict[str, int] = {}
        for flow in self.bent:
            row = self.row[self.group_of[flow.source]]
            level[flow.id] = self.under[row] + sum(heights[row][: self.tracks[flow.id] + 1])
        trunk = self._trunks(level)
        for flow in self.bent:
            source, target = self.nodes[flow.source], self.nodes[flow.target]
            x, y = trunk[flow.target], level[flow.id]
            at = source.middle[0]
            self.lines[flow.id] = [
                (at, source.y + source.height), (at, y), (x, y), (x, target.middle[1]), (target.x, target.middle[1])
            ]  # fmt: skip
            if flow.name:
                width, height = _label(flow.name)
                left = at + 6 if x > at else at - 6 - width
                self.words[flow.id] = Box(left, y - height - 2, width, height)

    def _trunks(self, level: Mapping[str, int]) -> dict[str, int]:
        """Where lines rise or fall: left of the column that they lead to, those to one place together."""
        targets = {flow.target: self._trunk_column(flow) for flow in self.bent}
        found: dict[str, int] = {}
        for column in set(targets.values()):
            here = [target for target, its in targets.items() if its == column]
            # Whoever arrives lower turns in first, so that it crosses none of those that arrive above.
            here.sort(key=lambda target: self.nodes[target].middle[1])
            for number, target in enumerate(here):
                found[target] = self.left[column] - 20 - number * _TRUNK
        return found

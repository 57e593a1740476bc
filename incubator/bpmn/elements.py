"""What a diagram shows of a definition: nodes and flows, step by step, in the reader's language.

Each step becomes a row of nodes: a gateway where several ways come together, one that asks whether an optional step
applies, the step itself under its own key, and one that parts what is decided. Decisions of a step that lead to the same
place are one flow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from incubator.engine.definition import BACK, STAY, Decision, Definition, Step, StepKind
from incubator.engine.roles import Role, names_of
from incubator.text import Language, Text

START = "start"
_START = Text("发起", "Opened")
_RESULT = Text("办理结果", "What is decided")
_ASKED = Text("按政策是否设此环节", "Does policy ask for it?")
_YES, _NO = Text("设", "yes"), Text("不设", "no")
_AFTERWARDS = Text("办结后", "Afterwards")
_RESTS = Text("无后续事项", "Nothing follows")
_AND = Text("／", " / ")


class NodeKind(StrEnum):
    """What a node is drawn as."""

    START = "startEvent"
    END = "endEvent"
    HUMAN = "userTask"
    PANEL = "panel"  # a user task with several instances
    AUTOMATED = "serviceTask"
    TIMER = "timer"  # an intermediate event
    MESSAGE = "message"  # an intermediate event: what somebody does while a time runs
    SPLIT = "exclusiveGateway"
    JOIN = "join"  # an exclusive gateway where ways come together
    WAIT = "eventBasedGateway"

    @property
    def is_gateway(self) -> bool:
        """Whether it is a diamond."""
        return self in (NodeKind.SPLIT, NodeKind.JOIN, NodeKind.WAIT)

    @property
    def is_event(self) -> bool:
        """Whether it is a circle."""
        return self in (NodeKind.START, NodeKind.END, NodeKind.TIMER, NodeKind.MESSAGE)


@dataclass(frozen=True, slots=True)
class Node:
    """Something that flows lead to and from. `owners` names whose it is, `lasts` the policy's path of a timer."""

    id: str
    kind: NodeKind
    name: str = ""
    documentation: str = ""
    owners: str = ""
    lasts: str = ""


@dataclass(frozen=True, slots=True)
class Flow:
    """A way from a node to another. `condition` is there behind a gateway alone, `decisions` are the step's that it stands for."""

    id: str
    source: str
    target: str
    name: str = ""
    condition: str = ""
    documentation: str = ""
    step: str = ""
    decisions: tuple[str, ...] = ()
    default: bool = False
    usual: bool = False  # what the step is there for


@dataclass
class Group:
    """A step's nodes from left to right; `beneath` are the events that stand under the last one."""

    step: str
    nodes: list[Node] = field(default_factory=list)
    beneath: list[Node] = field(default_factory=list)


@dataclass(frozen=True)
class Diagram:
    """A procedure's nodes by step, and the flows between them."""

    key: str
    title: str
    groups: Sequence[Group]
    flows: Sequence[Flow]

    @property
    def nodes(self) -> list[Node]:
        """Every node."""
        return [node for group in self.groups for node in (*group.nodes, *group.beneath)]


@dataclass(frozen=True, slots=True)
class Way:
    """Where decisions of a step lead."""

    step: Step
    to: str
    decisions: tuple[Decision, ...]
    back: bool


def ways_of(definition: Definition, step: Step) -> list[Way]:
    """Where a step leads, in the order of its decisions; back is to whichever step sends cases here."""
    found: dict[str, tuple[list[Decision], bool]] = {}
    for decision in step.decisions:
        for to in _targets(definition, step, decision):
            found.setdefault(to, ([], decision.to == BACK))[0].append(decision)
    return [Way(step, to, tuple(decisions), back) for to, (decisions, back) in found.items()]


def _targets(definition: Definition, step: Step, decision: Decision) -> list[str]:
    if decision.to == STAY:
        return [step.key]
    if decision.to != BACK:
        return [decision.to]
    return [each.key for each in definition.steps if any(sent.to == step.key for sent in each.decisions)]


def diagram(definition: Definition, language: Language) -> Diagram:
    """The diagram of a definition; one that was `settled` under a policy has no optional steps to ask about."""
    return _Drawing(definition, language).drawn()


class _Drawing:
    def __init__(self, definition: Definition, language: Language) -> None:
        self.definition, self.language = definition, language
        self.ways = {step.key: ways_of(definition, step) for step in definition.steps}
        self.optional = {step.key for step in definition.steps if self._asks(step)}
        self.coming: dict[str, int] = {step.key: 0 for step in definition.steps}
        self.coming[definition.start] += 1
        for ways in self.ways.values():
            for way in ways:
                self.coming[way.to] += 1
        for key in self.optional:
            self.coming[definition.step(key).skip_to] += 1
        self.flows: list[Flow] = []

    def drawn(self) -> Diagram:
        start = Group("", [Node(START, NodeKind.START, self._read(_START))])
        groups = [start, *(self._group(step) for step in self.definition.steps)]
        self._flow(START, self._entry(self.definition.start))
        for step in self.definition.steps:
            self._lead_on(step)
        return Diagram(self.definition.key, self._read(self.definition.title), groups, self.flows)

    def _asks(self, step: Step) -> bool:
        """Whether a case may come to an optional step from one that is there under another policy too."""
        if step.enabled is None:
            return False
        before = [each for each in self.definition.steps if any(sent.to == step.key for sent in each.decisions)]
        return step.key == self.definition.start or any(each.enabled != step.enabled for each in before)

    def _group(self, step: Step) -> Group:
        group = Group(step.key)
        inside = 0
        if self.coming[step.key] > 1:
            group.nodes.append(Node(f"{step.key}_in", NodeKind.JOIN))
            inside += 1
        if step.key in self.optional:
            group.nodes.append(Node(f"{step.key}_asked", NodeKind.SPLIT, self._read(_ASKED)))
            inside += 1
        core = self._core(step)
        ways = self.ways[step.key]
        match step.kind:
            case StepKind.END if ways:
                group.nodes += [Node(f"{step.key}_after", NodeKind.SPLIT, self._read(_AFTERWARDS)), core]
            case StepKind.TIMER if len(ways) > 1:
                first, *others = [self._event(step, way) for way in self._elapsed_first(step)]
                group.nodes += [core, first]
                group.beneath += others
            case _ if len(ways) > 1:
                group.nodes += [core, Node(f"{step.key}_decided", NodeKind.SPLIT, self._read(_RESULT))]
            case _:
                group.nodes.append(core)
        for left, right in zip(group.nodes[:inside], group.nodes[1:], strict=False):
            self._inner(step, left, right)
        return group

    def _inner(self, step: Step, left: Node, right: Node) -> None:
        asked = left.id == f"{step.key}_asked"
        condition = f"policy('{step.enabled.policy}')" if asked and step.enabled else ""
        self._flow(left.id, right.id, self._read(_YES) if asked else "", condition)

    def _core(self, step: Step) -> Node:
        owners = "" if not step.by or step.by == (Role.AUTOMATION,) else self._read(names_of(step.by))
        kind = {
            StepKind.HUMAN: NodeKind.HUMAN,
            StepKind.PANEL: NodeKind.PANEL,
            StepKind.AUTOMATED: NodeKind.AUTOMATED,
            StepKind.TIMER: NodeKind.WAIT if len(self.ways[step.key]) > 1 else NodeKind.TIMER,
            StepKind.END: NodeKind.END,
        }[step.kind]
        lasts = step.lasts.policy if step.lasts and kind is NodeKind.TIMER else ""
        return Node(step.key, kind, self._read(step.title), self._read(step.help), owners, lasts)

    def _event(self, step: Step, way: Way) -> Node:
        if any(decision.name == step.elapsed for decision in way.decisions):
            return Node(
                f"{step.key}_{step.elapsed}", NodeKind.TIMER, self._names(way), lasts=step.lasts.policy if step.lasts else ""
            )  # fmt: skip
        owners = self._read(names_of(way.decisions[0].by)) if way.decisions[0].by else ""
        return Node(f"{step.key}_{way.decisions[0].name}", NodeKind.MESSAGE, self._names(way), owners)

    def _elapsed_first(self, step: Step) -> list[Way]:
        return sorted(self.ways[step.key], key=lambda way: step.elapsed not in [each.name for each in way.decisions])

    def _lead_on(self, step: Step) -> None:
        """The flows that leave a step."""
        ways = self.ways[step.key]
        if step.key in self.optional and step.enabled:
            condition = f"not policy('{step.enabled.policy}')"
            self._flow(f"{step.key}_asked", self._entry(step.skip_to), self._read(_NO), condition)
        if step.kind is StepKind.END and ways:
            self._flow(f"{step.key}_after", step.key, self._read(_RESTS), default=True)
            for way in ways:
                self._decided(f"{step.key}_after", way)
        elif step.kind is StepKind.TIMER and len(ways) > 1:
            for way in self._elapsed_first(step):
                event = self._event(step, way)
                self._flow(step.key, event.id)
                self._flow(event.id, self._entry(way.to), way=way)
        elif len(ways) > 1:
            self._flow(step.key, f"{step.key}_decided")
            for way in ways:
                self._decided(f"{step.key}_decided", way)
        else:
            for way in ways:
                self._flow(step.key, self._entry(way.to), way=way)

    def _decided(self, gateway: str, way: Way) -> None:
        name = self._names(way)
        if way.back:  # the same decision leads to several places: each says which
            to = self.definition.step(way.to).title
            name = self._read(Text(f"{name}，回{to.zh}", f"{name} (back to {to.en})"))
        chosen = ", ".join(f"'{decision.name}'" for decision in way.decisions)
        condition = f"decision in ({chosen})" + (f" and came_from == '{way.to}'" if way.back else "")
        self._flow(gateway, self._entry(way.to), name, condition, way=way)

    def _flow(
        self, source: str, target: str, name: str = "", condition: str = "", *, way: Way | None = None,
        default: bool = False,
    ) -> None:  # fmt: skip
        self.flows.append(
            Flow(
                f"flow_{source}__{target}", source, target, name, condition,
                "" if way is None or name else self._names(way),
                way.step.key if way else "",
                tuple(decision.name for decision in way.decisions) if way else (),
                default,
                way is not None and any(decision.style == "primary" for decision in way.decisions),
            )
        )  # fmt: skip

    def _entry(self, key: str) -> str:
        """Where what leads to a step arrives."""
        if self.coming[key] > 1:
            return f"{key}_in"
        if key in self.optional:
            return f"{key}_asked"
        step = self.definition.step(key)
        return f"{key}_after" if step.kind is StepKind.END and self.ways[key] else key

    def _names(self, way: Way) -> str:
        return self._read(_AND).join(self._read(decision.title) for decision in way.decisions)

    def _read(self, text: Text) -> str:
        return text.read(self.language)

"""The proof that a definition is sound, for every combination of its optional steps. An unsound one does not load."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from incubator.engine import forms, panel
from incubator.engine.definition import BACK, STAY, Decision, Definition, PanelAct, PolicyRef, Step, StepKind
from incubator.engine.roles import Role
from incubator.engine.rules import Rule
from incubator.errors import Refused
from incubator.text import Text

ALWAYS_MARKED = frozenset({"entered", "opened"})
OPTIONAL_STEPS_AT_MOST = 12


class UnsoundDefinition(Refused):
    """A procedure that must not be run; `extra["faults"]` says where and why."""

    status = 422
    code = "unsound_definition"
    title = Text("流程定义有误", "The procedure is unsound")

    def __init__(self, key: str, faults: list[str]) -> None:
        listed = "; ".join(faults)
        super().__init__(
            Text(
                f"流程“{key}”不能启用：{listed}。请修正流程定义后重新加载。",
                f"Procedure {key!r} cannot be loaded: {listed}. Mend it and load it again.",
            ),
            extra={"faults": faults},
        )
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Known:
    """The names that a definition may use: what a definition cites and nobody provides is a fault."""

    rules: Mapping[str, Rule]
    facts: Container[str]
    effects: Container[str]
    tasks: Container[str]
    policy_paths: Container[str]
    terms: Container[str] = ()


def prove(definition: Definition, known: Known) -> None:
    """Raise UnsoundDefinition with every fault found, or return in silence."""
    faults = [*_names(definition, known)]
    if not faults:
        faults = list(dict.fromkeys(_graph(definition)))
    if faults:
        raise UnsoundDefinition(definition.key, faults)


def _names(definition: Definition, known: Known) -> Iterable[str]:
    keys = [step.key for step in definition.steps]
    for key in {key for key in keys if keys.count(key) > 1}:
        yield f"two steps are called {key!r}"
    if definition.terms and definition.terms not in known.terms:
        yield f"its cases come under the unknown terms {definition.terms!r}"
    if definition.start not in keys:
        yield f"the first step {definition.start!r} does not exist"
    if not definition.opens_by:
        yield "nobody may open it"
    acts = {f"{step.key}.{decision.name}" for step in definition.steps for decision in step.decisions}
    yield from _unknown_rules("opening", definition.opening_rules, definition, known)
    for step in definition.steps:
        yield from _step_names(step, keys, known)
        names = [decision.name for decision in step.decisions]
        for name in {name for name in names if names.count(name) > 1}:
            yield f"step {step.key!r} has two decisions called {name!r}"
        for decision in step.decisions:
            where = f"{step.key}.{decision.name}"
            if decision.to not in keys and decision.to not in (BACK, STAY):
                yield f"{where} leads to {decision.to!r}, which does not exist"
            if not (decision.by or step.by):
                yield f"{where} can be made by nobody"
            if decision.panel is not None and step.kind is not StepKind.PANEL:
                yield f"{where} acts on a panel, but {step.key!r} is no panel step"
            if decision.panel is not None and decision.to != STAY:
                yield f"{where} seats or scores and must stay in its step"
            yield from _unknown_rules(where, decision.rules, definition, known)
            yield from (
                f"{where} must differ from {act!r}, which does not exist"
                for act in decision.distinct_from
                if act not in acts
            )
            yield from (
                f"{where} has the unknown effect {name!r}" for name in decision.effects if name not in known.effects
            )
            yield from (
                f"{where} sends the unknown notice {name!r}" for name in decision.notices if name not in known.tasks
            )
            yield from _form_faults(where, decision.form, known)
            window = decision.window.length if decision.window else None
            refs = [decision.documents, window, *_lists(decision.form)]
            yield from _unknown_paths(where, refs, known)
    yield from _unknown_marks(definition)


def _step_names(step: Step, keys: list[str], known: Known) -> Iterable[str]:
    seats = [step.panel.size, step.panel.quorum, step.panel.sheet] if step.panel else []
    refs = [step.who, step.documents, step.due, step.ladder, step.enabled, step.lasts, *seats, *_lists(step.form)]
    yield from _unknown_paths(step.key, refs, known)
    yield from _form_faults(step.key, step.form, known)
    if step.persons and step.persons not in known.facts:
        yield f"step {step.key!r} is for the persons of the unknown fact {step.persons!r}"
    if step.who is not None and (step.kind is not StepKind.HUMAN or step.persons):
        yield f"step {step.key!r} lets policy say whose it is, though that is no role's alone"
    if step.enabled is not None and step.skip_to not in keys:
        yield f"optional step {step.key!r} does not say which step stands in its place"
    match step.kind:
        case StepKind.HUMAN if not step.by or Role.AUTOMATION in step.by:
            yield f"step {step.key!r} is done by people and names no role of theirs"
        case StepKind.PANEL:
            yield from _panel_names(step)
        case StepKind.AUTOMATED:
            if step.task not in known.tasks:
                yield f"step {step.key!r} needs the unknown work {step.task!r}"
            if step.by != (Role.AUTOMATION,):
                yield f"step {step.key!r} is automated and must be by automation"
        case StepKind.TIMER:
            if step.lasts is None:
                yield f"timer {step.key!r} does not say how long it lasts"
            if step.elapsed not in step.by_name:
                yield f"timer {step.key!r} has no decision for when its time is over"
        case StepKind.END if not step.outcome:
            yield f"end {step.key!r} has no outcome"
        case _:
            pass
    if step.kind is not StepKind.END and not step.decisions:
        yield f"no decision leads out of {step.key!r}"
    if step.ladder is not None and step.due is None:
        yield f"step {step.key!r} has an overdue ladder and no time limit"


def _panel_names(step: Step) -> Iterable[str]:
    if step.panel is None:
        yield f"panel step {step.key!r} does not say how many review"
    acts = {decision.panel for decision in step.decisions}
    for act in panel.NEEDED_ACTS:
        if act not in acts:
            yield f"panel step {step.key!r} has no decision to {act.value}"
    for decision in step.decisions:
        if decision.panel is PanelAct.GIVE_ON_PAPER:
            yield from _paper_faults(f"{step.key}.{decision.name}", decision, acts)


def _paper_faults(where: str, decision: Decision, acts: Container[PanelAct | None]) -> Iterable[str]:
    """Scores that somebody else enters stand on a scan, and the member can have them struck out."""
    asked = (decision.form or {}).get("required", ())
    for name in (panel.MEMBER, panel.SCAN, panel.DECLARED, forms.SCORES):
        if name not in asked:
            yield f"{where} enters scores from paper and does not ask for {name!r}"
    if decision.documents is None:
        yield f"{where} enters scores from paper and asks for no scan of the sheet"
    if PanelAct.STRIKE not in acts:
        yield f"{where} enters scores from paper, and no decision strikes them out"


def _form_faults(where: str, form: forms.Schema | None, known: Known) -> Iterable[str]:
    for name in forms.option_facts(form):
        if name not in known.facts:
            yield f"{where} offers what the unknown fact {name!r} names"
    # Only a form's own fields are kept apart from the record.
    for name in forms.nested_personal_fields(form):
        yield f"{where} asks for the personal value {name!r} within another field, where it would stand in the record"


def _lists(form: forms.Schema | None) -> list[PolicyRef]:
    return [PolicyRef(policy=path) for path in forms.option_paths(form)]


def _unknown_paths(where: str, refs: Iterable[PolicyRef | None], known: Known) -> Iterable[str]:
    for ref in refs:
        if ref is not None and ref.policy not in known.policy_paths:
            yield f"{where} asks policy for {ref.policy!r}, which no pack can say"


def _unknown_rules(where: str, names: Iterable[str], definition: Definition, known: Known) -> Iterable[str]:
    for name in names:
        if name not in known.rules:
            yield f"{where} asks the unknown rule {name!r}"
            continue
        for path in known.rules[name].reads:
            if path not in known.policy_paths:
                yield f"{where}: rule {name!r} reads policy {path!r}, which no pack can say"
        for need in known.rules[name].needs:
            if need.startswith("data."):
                _, key, field = need.split(".", 2)
                if not _is_asked(definition, key, field):
                    yield f"{where}: rule {name!r} needs {need!r}, which no form asks"
            elif need not in known.facts:
                yield f"{where}: rule {name!r} needs the unknown fact {need!r}"


def _is_asked(definition: Definition, key: str, field: str) -> bool:
    step = definition.by_key.get(key)
    if step is not None and step.panel is not None and field == "panel":
        return True  # what the panel's scores become
    asked = [] if step is None else [step.form, *(decision.form for decision in step.decisions)]
    return any(form and field in form["properties"] for form in asked)


def _unknown_marks(definition: Definition) -> Iterable[str]:
    for step in definition.steps:
        for decision in step.decisions:
            for mark in ALWAYS_MARKED.intersection(decision.marks):
                yield f"{step.key}.{decision.name} sets {mark!r}, which the engine keeps itself"


def _graph(definition: Definition) -> Iterable[str]:
    # Steps under one switch stand or fall together: a public notice and the objection that only it can bring.
    optional: dict[str, set[str]] = {}
    for step in definition.steps:
        if step.enabled is not None:
            optional.setdefault(step.enabled.policy, set()).add(step.key)
    if len(optional) > OPTIONAL_STEPS_AT_MOST:
        yield f"more than {OPTIONAL_STEPS_AT_MOST} optional steps cannot be proven"
        return
    for switches in product((True, False), repeat=len(optional)):
        off = set().union(*(keys for keys, on in zip(optional.values(), switches, strict=True) if not on))
        where = f" when {', '.join(sorted(off))} is left out" if off else ""
        yield from _combination(definition, off, where)
    yield from _backs(definition)


def standing_in(definition: Definition, key: str, off: Container[str]) -> str | None:
    """The step that is entered where `key` is meant, passing those left out; None where they lead in a circle."""
    seen = set()
    while key in off:
        if key in seen:
            return None
        seen.add(key)
        key = definition.step(key).skip_to
    return key


def _combination(definition: Definition, off: set[str], where: str) -> Iterable[str]:
    edges: dict[str, set[str]] = {step.key: set() for step in definition.steps if step.key not in off}
    entered_from: dict[str, set[str]] = {key: set() for key in edges}
    for key, targets in edges.items():
        for decision in definition.step(key).decisions:
            if decision.to in (BACK, STAY):
                continue
            target = standing_in(definition, decision.to, off)
            if target is None:
                yield f"{key}.{decision.name} leads in a circle of steps left out{where}"
                continue
            targets.add(target)
            entered_from[target].add(key)
    for key in edges:
        if goes_back(definition.step(key)):
            edges[key] |= entered_from[key]
    start = standing_in(definition, definition.start, off)
    if start is None:
        yield f"the case starts in a circle of steps left out{where}"
        return
    reached = _reach(start, edges)
    yield from (f"step {key!r} is never reached{where}" for key in edges if key not in reached)
    backwards: dict[str, set[str]] = {key: set() for key in edges}
    for key, targets in edges.items():
        for target in targets:
            backwards[target].add(key)
    ends = {key for key in edges if definition.step(key).kind is StepKind.END}
    can_end = set().union(*(_reach(end, backwards) for end in ends))
    yield from (f"a case in {key!r} can never end{where}" for key in reached if key not in can_end)


def _backs(definition: Definition) -> Iterable[str]:
    """Going back knows one step only, so steps that go back must not lead into one another."""
    going_back = {step.key for step in definition.steps if goes_back(step)}
    for key in going_back:
        for decision in definition.step(key).decisions:
            if decision.to in going_back:
                yield f"{key}.{decision.name} leads from one step that goes back into another"
    if definition.start in going_back:
        yield f"the case starts in {definition.start!r}, from where there is no way back"


def goes_back(step: Step) -> bool:
    """Whether some decision of the step returns to where the case came from."""
    return any(decision.to == BACK for decision in step.decisions)


def _reach(start: str, edges: Mapping[str, set[str]]) -> set[str]:
    reached, waiting = {start}, [start]
    while waiting:
        for target in edges[waiting.pop()]:
            if target not in reached:
                reached.add(target)
                waiting.append(target)
    return reached

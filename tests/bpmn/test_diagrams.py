"""Every procedure as BPMN: whole, readable by other tools, and drawn so that nothing lies on anything else.

What modelling tools check (bpmnlint's recommended rules) is said here as sentences of our own.
"""

from __future__ import annotations

from collections import Counter
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest

from incubator.bpmn import diagram, laid_out, settled, written
from incubator.bpmn.elements import NodeKind
from incubator.bpmn.layout import Box
from incubator.engine.definition import Definition, StepKind
from incubator.engine.policy import Policy
from incubator.policies.packs import shipped
from incubator.procedures.catalogue import DEFINITIONS
from incubator.text import Language

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
POLICY = Policy(shipped())
EVERY = [
    pytest.param(changed, language, id=f"{definition.key}-{language}-{name}")
    for definition in DEFINITIONS
    for name, changed, language in (
        ("declared", definition, Language.ZH),
        ("settled", settled(definition, POLICY), Language.EN),
    )
]


def elements(definition: Definition, language: Language) -> ElementTree.Element:
    drawn = diagram(definition, language)
    return ElementTree.fromstring(written(drawn, laid_out(drawn)))


@pytest.mark.parametrize(("definition", "language"), EVERY)
def test_every_reference_leads_to_an_element_and_every_element_has_its_place(
    definition: Definition, language: Language
) -> None:
    root = elements(definition, language)
    ids = Counter(each.attrib["id"] for each in root.iter() if "id" in each.attrib)
    assert max(ids.values()) == 1
    process = root.find(f"{BPMN}process")
    assert process is not None
    flows = {each.attrib["id"]: each for each in process if each.tag == f"{BPMN}sequenceFlow"}
    nodes = {each.attrib["id"]: each for each in process if each.tag != f"{BPMN}sequenceFlow"}
    assert {flow.attrib[end] for flow in flows.values() for end in ("sourceRef", "targetRef")} == nodes.keys()
    for node in nodes.values():
        for end, word in (("targetRef", "incoming"), ("sourceRef", "outgoing")):
            said = {each.text for each in node.findall(f"{BPMN}{word}")}
            assert said == {key for key, flow in flows.items() if flow.attrib[end] == node.attrib["id"]}
    drawn = Counter(
        each.attrib["bpmnElement"] for each in root.iter() if each.tag in (f"{DI}BPMNShape", f"{DI}BPMNEdge")
    )
    assert drawn == Counter(dict.fromkeys((*nodes, *flows), 1))


@pytest.mark.parametrize(("definition", "language"), EVERY)
def test_every_step_and_every_decision_stands_in_the_diagram(definition: Definition, language: Language) -> None:
    drawn = diagram(definition, language)
    nodes = {node.id: node for node in drawn.nodes}
    for step in definition.steps:
        assert nodes[step.key].name == step.title.read(language)
        told = " ".join(
            f"{flow.name} {flow.documentation} {nodes[flow.source].name}"
            for flow in drawn.flows
            if flow.step == step.key
        )
        assert all(decision.title.read(language) in told for decision in step.decisions), step.key
    panels = {step.key for step in definition.steps if step.kind is StepKind.PANEL}
    assert panels == {node.id for node in drawn.nodes if node.kind is NodeKind.PANEL}


@pytest.mark.parametrize(("definition", "language"), EVERY)
def test_modelling_tools_find_nothing_to_object_to(definition: Definition, language: Language) -> None:
    drawn = diagram(definition, language)
    coming, going = Counter(flow.target for flow in drawn.flows), Counter(flow.source for flow in drawn.flows)
    assert [node.id for node in drawn.nodes if node.kind is NodeKind.START] == ["start"]
    assert len({(flow.source, flow.target) for flow in drawn.flows}) == len(drawn.flows)
    for node in drawn.nodes:
        into, out = coming[node.id], going[node.id]
        assert into or node.kind is NodeKind.START, node
        assert out or node.kind is NodeKind.END, node
        if node.kind.is_gateway:
            assert (into > 1 and out == 1) if node.kind is NodeKind.JOIN else (into == 1 and out > 1), node
        else:
            assert max(into, out) <= 1, node
        assert node.name or node.kind is NodeKind.JOIN, node
    for flow in drawn.flows:
        parted = next(node for node in drawn.nodes if node.id == flow.source).kind is NodeKind.SPLIT
        assert parted == bool(flow.name) == bool(flow.condition or flow.default), flow


def overlap(one: Box, other: Box) -> bool:
    return (
        one.x < other.x + other.width and other.x < one.x + one.width
        and one.y < other.y + other.height and other.y < one.y + one.height
    )  # fmt: skip


@pytest.mark.parametrize(("definition", "language"), EVERY)
def test_no_shape_lies_on_another_and_no_line_runs_through_one(definition: Definition, language: Language) -> None:
    drawn = diagram(definition, language)
    layout = laid_out(drawn)
    for one, other in combinations(layout.nodes.items(), 2):
        assert not overlap(one[1], other[1]), (one, other)
    for flow in drawn.flows:
        line = layout.lines[flow.id]
        for (x1, y1), (x2, y2) in pairwise(line):
            assert x1 == x2 or y1 == y2, flow
            strip = Box(min(x1, x2), min(y1, y2), abs(x1 - x2) or 1, abs(y1 - y2) or 1)
            crossed = {key for key, box in layout.nodes.items() if overlap(strip, box)}
            assert crossed <= {flow.source, flow.target}, (flow, crossed)
    for one, other in combinations([(key, box) for key, box in layout.words.items()], 2):
        assert not overlap(one[1], other[1]), (one, other)

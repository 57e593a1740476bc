"""A diagram as BPMN 2.0 XML with its layout, for any tool that reads the standard."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from incubator.bpmn.elements import Diagram, Flow, Node, NodeKind
from incubator.bpmn.layout import Box, Layout

_NAMESPACES = {
    "xmlns:bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "xmlns:bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "xmlns:dc": "http://www.omg.org/spec/DD/20100524/DC",
    "xmlns:di": "http://www.omg.org/spec/DD/20100524/DI",
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
_TAGS = {
    NodeKind.PANEL: "userTask",
    NodeKind.JOIN: "exclusiveGateway",
    NodeKind.TIMER: "intermediateCatchEvent",
    NodeKind.MESSAGE: "intermediateCatchEvent",
}
_EXPRESSION = {"xsi:type": "bpmn:tFormalExpression"}


def written(drawn: Diagram, layout: Layout) -> bytes:
    """The XML, in UTF-8."""
    root = Element(
        "bpmn:definitions", {**_NAMESPACES, "id": f"definitions_{drawn.key}", "targetNamespace": "urn:incubator:procedures"}
    )  # fmt: skip
    process_id = f"procedure_{drawn.key}"
    process = SubElement(root, "bpmn:process", {"id": process_id, "name": drawn.title, "isExecutable": "false"})
    for node in drawn.nodes:
        _node(process, node, drawn.flows)
    for flow in drawn.flows:
        _flow(process, flow)
    whole = SubElement(root, "bpmndi:BPMNDiagram", {"id": f"diagram_{drawn.key}"})
    plane = SubElement(whole, "bpmndi:BPMNPlane", {"id": f"plane_{drawn.key}", "bpmnElement": process_id})
    for node in drawn.nodes:
        shape = {"id": f"{node.id}_shape", "bpmnElement": node.id}
        if node.kind in (NodeKind.SPLIT, NodeKind.JOIN):
            shape["isMarkerVisible"] = "true"
        place = SubElement(plane, "bpmndi:BPMNShape", shape)
        _bounds(place, layout.nodes[node.id])
        _words(place, layout.words.get(node.id))
    for flow in drawn.flows:
        edge = SubElement(plane, "bpmndi:BPMNEdge", {"id": f"{flow.id}_edge", "bpmnElement": flow.id})
        for x, y in layout.lines[flow.id]:
            SubElement(edge, "di:waypoint", {"x": str(x), "y": str(y)})
        _words(edge, layout.words.get(flow.id))
    indent(root)
    content: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def _node(process: Element, node: Node, flows: Sequence[Flow]) -> None:
    said = {"name": node.name} if node.name else {}
    element = SubElement(process, f"bpmn:{_TAGS.get(node.kind, node.kind.value)}", {"id": node.id, **said})
    if node.documentation:
        SubElement(element, "bpmn:documentation").text = node.documentation
    for flow in flows:
        if flow.target == node.id:
            SubElement(element, "bpmn:incoming").text = flow.id
    for flow in flows:
        if flow.source == node.id:
            SubElement(element, "bpmn:outgoing").text = flow.id
            if flow.default:
                element.set("default", flow.id)
    if node.owners:
        SubElement(element, "bpmn:potentialOwner", {"id": f"{node.id}_owner", "name": node.owners})
    match node.kind:
        case NodeKind.PANEL:
            SubElement(element, "bpmn:multiInstanceLoopCharacteristics", {"id": f"{node.id}_each"})
        case NodeKind.TIMER:
            timer = SubElement(element, "bpmn:timerEventDefinition", {"id": f"{node.id}_timer"})
            SubElement(timer, "bpmn:timeDuration", _EXPRESSION).text = f"policy('{node.lasts}')"
        case NodeKind.MESSAGE:
            SubElement(element, "bpmn:messageEventDefinition", {"id": f"{node.id}_message"})
        case _:
            pass


def _flow(process: Element, flow: Flow) -> None:
    said = {"name": flow.name} if flow.name else {}
    element = SubElement(
        process, "bpmn:sequenceFlow", {"id": flow.id, **said, "sourceRef": flow.source, "targetRef": flow.target}
    )
    if flow.documentation:
        SubElement(element, "bpmn:documentation").text = flow.documentation
    if flow.condition:
        SubElement(element, "bpmn:conditionExpression", _EXPRESSION).text = flow.condition


def _words(place: Element, box: Box | None) -> None:
    if box is not None:
        _bounds(SubElement(place, "bpmndi:BPMNLabel"), box)


def _bounds(place: Element, box: Box) -> None:
    size = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
    SubElement(place, "dc:Bounds", {name: str(value) for name, value in size.items()})

"""A definition as executable BPMN for a general engine: the same steps, decisions and, if asked for, reminders."""

from __future__ import annotations

from xml.etree import ElementTree

from incubator.engine.definition import BACK, STAY, Decision, Definition, Step, StepKind

_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_EXPRESSION = {"xsi:type": "tFormalExpression"}
# One a rung of the ladder: reminder, second reminder, escalation.
_REMINDERS = ("P5D", "P10D", "P15D")


def executable(definition: Definition, *, reminders: bool) -> bytes:
    """A user task a step and behind it a gateway over `decision`; a step's reminders are timers on its boundary."""
    root = ElementTree.Element(
        "definitions",
        {
            "xmlns": "http://www.omg.org/spec/BPMN/20100524/MODEL",
            "xmlns:xsi": _XSI,
            "id": "definitions",
            "targetNamespace": "incubator",
        },
    )
    process = ElementTree.SubElement(root, "process", {"id": definition.key, "isExecutable": "true"})
    ElementTree.SubElement(process, "startEvent", {"id": "start"})
    _flow(process, "start", definition.start)
    for step in definition.steps:
        if step.kind is StepKind.END:
            ElementTree.SubElement(process, "endEvent", {"id": step.key})
            continue
        ElementTree.SubElement(process, "userTask", {"id": step.key, "name": step.title.en})
        _decisions(process, definition, step)
        for duration in _REMINDERS if reminders and step.ladder else ():
            _reminder(process, step, duration)
    return ElementTree.tostring(root)


def _decisions(process: ElementTree.Element, definition: Definition, step: Step) -> None:
    gateway = ElementTree.SubElement(process, "exclusiveGateway", {"id": f"{step.key}_decided"})
    _flow(process, step.key, gateway.attrib["id"])
    for decision in step.decisions:
        for target, condition in _targets(definition, step, decision):
            last = _flow(process, gateway.attrib["id"], target, condition)
            gateway.attrib.setdefault("default", last)


def _targets(definition: Definition, step: Step, decision: Decision) -> list[tuple[str, str]]:
    """Where a decision leads, each with its condition; back is to whichever step sent the case here."""
    chosen = f"decision == '{decision.name}'"
    if decision.to == BACK:
        senders = [each.key for each in definition.steps if any(sent.to == step.key for sent in each.decisions)]
        running = [key for key in senders if definition.step(key).kind is not StepKind.END]
        return [(key, f"{chosen} and came_from == '{key}'") for key in running]
    return [(step.key if decision.to == STAY else decision.to, chosen)]


def _reminder(process: ElementTree.Element, step: Step, duration: str) -> None:
    name = f"{step.key}_{duration}"
    timer = {"id": name, "attachedToRef": step.key, "cancelActivity": "false"}
    event = ElementTree.SubElement(process, "boundaryEvent", timer)
    definition = ElementTree.SubElement(event, "timerEventDefinition", {"id": f"{name}_timer"})
    ElementTree.SubElement(definition, "timeDuration", _EXPRESSION).text = f'"{duration}"'
    ElementTree.SubElement(process, "endEvent", {"id": f"{name}_sent"})
    _flow(process, name, f"{name}_sent")


def _flow(process: ElementTree.Element, source: str, target: str, condition: str = "") -> str:
    name = f"flow_{len(process)}"
    flow = ElementTree.SubElement(process, "sequenceFlow", {"id": name, "sourceRef": source, "targetRef": target})
    if condition:
        ElementTree.SubElement(flow, "conditionExpression", _EXPRESSION).text = condition
    return name

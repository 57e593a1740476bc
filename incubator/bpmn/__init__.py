"""A procedure as a BPMN 2.0 diagram: elements says what is drawn, layout where, writing puts it into XML."""

from incubator.bpmn.elements import Diagram, diagram
from incubator.bpmn.layout import Layout, laid_out
from incubator.bpmn.settled import settled
from incubator.bpmn.writing import written

__all__ = ["Diagram", "Layout", "diagram", "laid_out", "settled", "written"]

"""The language that templates are written in: fields, conditions and loops over a table's rows, and nothing that acts.

Whoever edits a template writes a paper, no program. What jinja offers beside is refused when the template is read, in
whatever part of the file it stands, and the sandbox would still keep it from the machine.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import StrictUndefined, nodes
from jinja2.exceptions import TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

FILTERS = frozenset({"length", "default", "join", "first", "last"})
TESTS = frozenset({"defined"})
_TAKEN = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.Const,
    nodes.If,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.For,
    nodes.Filter,
    nodes.Test,
    nodes.Concat,
    nodes.Keyword,
)
# What would let a table run inside itself over and over.
_DEEPEST = 2


class NotOfTheLanguage(TemplateSyntaxError):  # noqa: N818 - it states the fact
    """Something that jinja knows and a paper does not need."""


class PaperEnvironment(ImmutableSandboxedEnvironment):
    """Jinja, cut down to what a paper needs; a field that is not there is a fault and not a blank."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, undefined=StrictUndefined, autoescape=True, **options)
        self.globals.clear()
        self.filters = {name: run for name, run in self.filters.items() if name in FILTERS}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        _prove(tree, 0)
        return tree


@cache
def language() -> PaperEnvironment:
    """The one environment that templates are read and filled in."""
    return PaperEnvironment()


def _prove(node: nodes.Node, depth: int) -> None:
    fits = isinstance(node, _TAKEN)
    if isinstance(node, nodes.Name):
        fits = not node.name.startswith("_") and node.name != "self"
    elif isinstance(node, nodes.Getattr):
        fits = not node.attr.startswith("_")
    elif isinstance(node, nodes.Filter):
        fits = node.name in FILTERS
    elif isinstance(node, nodes.Test):
        fits = node.name in TESTS
    elif isinstance(node, nodes.For):
        depth += 1
        over = node.iter
        # Over a table or a row's own list: never over something made up to be long.
        fits = depth <= _DEEPEST and isinstance(over, nodes.Name | nodes.Getattr) and not node.recursive
    if not fits:
        raise NotOfTheLanguage(f"{type(node).__name__} is no part of a paper", getattr(node, "lineno", 1) or 1)
    for child in node.iter_child_nodes():
        _prove(child, depth)

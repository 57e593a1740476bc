"""The rules that a decision was asked by: what each asks, the policy values that it read, the recorded facts that it needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from incubator.engine import forms
from incubator.engine.definition import Definition
from incubator.engine.policy import Policy
from incubator.engine.rules import RULES
from incubator.policies.words import joined, pack_codes, stored_path_words, stored_words
from incubator.procedures.rule_words import rule_words
from incubator.queries.fact_words import Names, fact_value, fact_words
from incubator.queries.said import Table, said
from incubator.text import Text

NOT_SHOWN = Text("（个人信息，不在此显示）", "(personal, not shown here)")


@dataclass(frozen=True, slots=True)
class ValueRead:
    """A value of the pinned policy: its path, what it is called, what it says, and where it comes from."""

    path: str
    title: Text
    words: Text
    cite: Text


@dataclass(frozen=True, slots=True)
class FactUsed:
    """A fact as it was recorded with the decision."""

    name: str
    title: Text
    words: Text


@dataclass(frozen=True, slots=True)
class RuleAsked:
    """A rule that was asked, and its answer. `known` is false where this version of the software has it no more."""

    name: str
    sentence: Text
    met: bool
    cite: Text | None
    values: tuple[ValueRead, ...]
    facts: tuple[FactUsed, ...]
    known: bool


def value_read(path: str, policy: Policy) -> ValueRead | None:
    """A value of the policy in words; None where the policy does not say it."""
    if not policy.has(path):
        return None
    words = stored_words(path, policy.get(path), policy.content)
    return ValueRead(path, stored_path_words(path), words, policy.cite(path))


def values_read(paths: Sequence[str], policy: Policy) -> tuple[ValueRead, ...]:
    """Those of the values that the policy says, each once."""
    found = (value_read(path, policy) for path in dict.fromkeys(paths))
    return tuple(value for value in found if value is not None)


def rules_asked(
    answers: Sequence[Mapping[str, Any]], facts: Mapping[str, Any], definition: Definition, policy: Policy, names: Names
) -> tuple[RuleAsked, ...]:
    """The recorded answers, each with what it was given. `facts` are those recorded, `names` whom public ids stand for."""
    words = FactWords(definition, policy, names)
    return tuple(_asked(answer, facts, policy, words) for answer in answers)


def _asked(answer: Mapping[str, Any], facts: Mapping[str, Any], policy: Policy, words: FactWords) -> RuleAsked:
    name = str(answer["rule"])
    rule = RULES.get(name)
    cite = Text.from_pair(answer["cite"]) if answer.get("cite") else None
    if rule is None:
        return RuleAsked(name, rule_words(name), bool(answer["met"]), cite, (), (), False)
    used = tuple(words.used(need, facts[need]) for need in rule.needs if need in facts)
    return RuleAsked(name, rule_words(name), bool(answer["met"]), cite, values_read(rule.reads, policy), used, True)


class FactWords:
    """Facts in words; what forms say is called and told as the pinned definition's forms have it."""

    def __init__(self, definition: Definition, policy: Policy, names: Names) -> None:
        self.definition, self.policy, self.names = definition, policy, names
        self.codes = pack_codes(policy.content)

    def used(self, name: str, value: Any) -> FactUsed:
        """A recorded fact in words."""
        if not name.startswith("data."):
            told = self._documents(value) if name == "case.documents" else None
            return FactUsed(name, fact_words(name), told or fact_value(name, value, self.codes, self.names))
        _, key, field = name.split(".", 2)
        step = self.definition.by_key.get(key)
        declared = self.fields(key).get(field)
        if step is None or declared is None:
            title = Text("评审结果", "What the panel came to") if field == "panel" else fact_words(name)
            return FactUsed(name, title, fact_value(name, value, self.codes, self.names))
        title = Text("{step} · {field}", "{step} · {field}").fill(
            step=step.title, field=Text.from_pair(declared["x-title"])
        )
        if declared.get("x-personal"):
            return FactUsed(name, title, NOT_SHOWN)
        return FactUsed(name, title, as_text(said(declared, value, self.names)))

    def fields(self, key: str) -> Mapping[str, forms.Schema]:
        """Every field that a step and its decisions ask for, with what the policy offers."""
        step = self.definition.by_key.get(key)
        if step is None:
            return {}
        asked = forms.merged(*(decision.form for decision in step.decisions), step.form)
        return dict((forms.offered(asked, self.policy, {}) or {}).get("properties", {}))

    def _documents(self, kinds: Sequence[str]) -> Text | None:
        """The titles of the documents that lay in the case, as the policy calls them."""
        paths = [
            ref.policy
            for step in self.definition.steps
            for ref in (step.documents, *(decision.documents for decision in step.decisions))
            if ref is not None and self.policy.has(ref.policy)
        ]
        titles = {need.kind: need.title for path in paths for need in self.policy.documents(path)}
        return joined([titles.get(kind, Text(kind, kind)) for kind in kinds], Text("、", "; ")) if kinds else None


def as_text(value: Any) -> Text:
    """What was said as one text: a table's rows one after another."""
    if isinstance(value, Text):
        return value
    if isinstance(value, Table):
        rows = [joined([as_text(cell) for cell in row if cell != ""], Text(" ", " ")) for row in value.rows]
        return joined(rows, Text("；", "; "))
    return Text(str(value), str(value))

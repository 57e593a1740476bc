"""Each shipped pack says no more than its source, and hits every condition that reads it from both sides."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from incubator.engine.policy import Policy
from incubator.engine.rules import RULES, Rule
from incubator.policies.packs import SHIPPED, shipped
from incubator.procedures.catalogue import DEFINITIONS
from incubator.text import Text
from tests.policies.sides import SIDES, with_value

PACKS = sorted(path.stem for path in SHIPPED.glob("*.yaml"))
ASKED = sorted(
    name for name in {name for definition in DEFINITIONS for name in definition.rule_names()} if RULES[name].reads
)
# What each pack cites: what the law and the centre say for the baseline, and for the others their own rules alone.
SOURCES = {
    "national": {"associations_2016", "lottery_rules", "central_project_funds", "procurement_law", "statutory_grades"},
    "sichuan_2023": {"sichuan_2023"},
    "henan_2021": {"henan_2021"},
    "yangzhou": {"yangzhou"},
}


class Recording:
    """A policy that lets a rule read what the rule declares, and nothing else."""

    def __init__(self, policy: Policy, rule: Rule) -> None:
        self.policy, self.rule = policy, rule

    def get(self, path: str) -> Any:
        self._declared(path)
        return self.policy.get(path)

    def cite(self, path: str) -> Text:
        self._declared(path)
        return self.policy.cite(path)

    def _declared(self, path: str) -> None:
        assert path in self.rule.reads, f"{self.rule.name} reads {path} and does not declare it"


@cache
def pack(name: str) -> Policy:
    return Policy(shipped(name))


def ask(rule: Rule, facts: Mapping[str, Any], policy: Policy) -> Any:
    assert facts.keys() == set(rule.needs), (rule.name, facts.keys() ^ set(rule.needs))
    return rule.blocker(facts, Recording(policy, rule))


def test_the_packs_are_those_that_are_promised() -> None:
    assert set(PACKS) == SOURCES.keys()


def test_every_condition_that_reads_a_pack_has_its_two_sides_here() -> None:
    assert set(ASKED) - SIDES.keys() == set()
    assert SIDES.keys() - set(ASKED) == set()


@pytest.mark.parametrize("name", PACKS)
@pytest.mark.parametrize("asked", ASKED)
def test_a_condition_is_just_met_and_just_missed_and_names_the_packs_source(asked: str, name: str) -> None:
    policy, rule = pack(name), RULES[asked]
    found = list(SIDES[asked](policy))
    assert found, asked
    for sides in found:
        assert ask(rule, sides.met, policy) is None, sides
        judged = policy
        if sides.on:  # the pack asks for nothing here: the same facts pass under it
            assert ask(rule, sides.missed, policy) is None, sides
            judged = with_value(policy, sides.on)
            assert ask(rule, sides.met, judged) is None, sides
        blocker = ask(rule, sides.missed, judged)
        assert blocker is not None, sides
        assert blocker.cite == policy.cite(sides.cites), sides


@pytest.mark.parametrize("name", PACKS)
def test_a_pack_cites_its_own_sources_alone(name: str) -> None:
    cited = {
        leaf["cite"]["source"]
        for path, leaf in leaves(pack(name).content["values"])
        if leaf["cite"].get("source") and (name == "national" or leaf != dict(leaves(pack("national").content["values"]))[path])
    }  # fmt: skip
    assert cited == SOURCES[name]


def test_the_further_packs_say_what_their_sources_give_and_nothing_else() -> None:
    national = dict(leaves(pack("national").content["values"]))
    differing = {
        name: {path for path, leaf in leaves(pack(name).content["values"]) if leaf != national[path]}
        for name in PACKS
        if name != "national"
    }
    assert differing == {
        "sichuan_2023": {"filing.conditions.categories", "filing.conditions.excluded"},
        "henan_2021": {"jurisdiction.legal_personality"},
        "yangzhou": {"filing.tiers", "upgrade.conditions.persons", "upgrade.conditions.units"},
    }


def test_a_rule_of_another_place_is_followed_as_practice_and_binds_nobody() -> None:
    policy = pack("national")
    assert policy.cite("project.ban") == Text(
        "本街道惯例：参照中山市的规定，违约的三年内不得申报",
        "this street's own practice: a breach bars from projects for three years, after the rules of Zhongshan",
    )
    assert pack("sichuan_2023").cite("filing.conditions.excluded").zh == "四川省2023年关于社区社会组织备案的规定第2条"
    assert pack("henan_2021").cite("jurisdiction.legal_personality").zh == "河南省2021年关于社区社会组织备案的规定"


def leaves(values: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Mapping[str, Any]]]:
    found: list[tuple[str, Mapping[str, Any]]] = []
    for name, node in values.items():
        path = f"{prefix}.{name}" if prefix else name
        found += [(path, node)] if "cite" in node else leaves(node, path)
    return found

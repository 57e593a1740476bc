"""Each shipped pack says no more than its source, and hits every condition that reads it from both sides."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from incubator.engine.policy import Policy
from incubator.engine.rules import RULES, Rule
from incubator.policies.packs import SHIPPED, all_paths, shipped
from incubator.procedures.catalogue import DEFINITIONS
from incubator.procedures.evaluation.findings import findings as of_an_evaluation
from incubator.procedures.upgrade.rules import findings as of_an_upgrade
from incubator.procedures.yearly_review.tasks import findings as of_the_year
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


# Numbers that bar nobody: what is found against them is told to the officer, with the source.
def yearly(policy: Policy, activities: int, members: int) -> list[str]:
    return of_the_year({"activities": activities, "members": members, "spending_fen": 0, "income_fen": 0}, policy)


@pytest.mark.parametrize("name", PACKS)
def test_the_yearly_reviews_numbers_are_told_from_just_below_them(name: str) -> None:
    policy = pack(name)
    activities, members = (policy.whole(f"yearly_review.checks.{each}") for each in ("activities", "members"))
    assert yearly(policy, activities, members) == []
    (few,) = yearly(policy, activities - 1, members)
    assert policy.cite("yearly_review.checks.activities").zh in few
    (small,) = yearly(policy, activities, members - 1)
    assert policy.cite("yearly_review.checks.members").zh in small


@pytest.mark.parametrize("name", PACKS)
def test_an_evaluations_numbers_are_told_on_both_sides(name: str) -> None:
    policy = pack(name)
    for fact, path in (
        ("organization.members", "filing.conditions.members"),
        ("organization.activities_in_a_year", "evaluation.screening.activities"),
    ):
        for short, judged in ((0, "不少于规定的"), (1, "，少于规定的")):
            known = {
                "organization.members": 1000, "organization.activities_in_a_year": 1000, "organization.star": None,
                "organization.last_activity_on": None, "organization.last_review": None,
                "organization.restrictions": (), fact: policy.whole(path) - short,
            }  # fmt: skip
            told = [line for line in of_an_evaluation(known, policy) if policy.cite(path).zh in line]
            assert len([line for line in told if judged in line]) >= 1, (path, short)


@pytest.mark.parametrize("name", PACKS)
def test_what_the_registrar_asks_is_told_on_both_sides_each_with_its_own_source(name: str) -> None:
    policy = pack(name)
    least = {each: policy.whole(f"upgrade.conditions.{each}") for each in ("persons", "units", "mixed", "funds_fen")}

    def told(persons: int = 0, units: int = 0, funds_fen: int = 0) -> tuple[bool, bool]:
        said = {"kind": "association", "persons": persons, "units": units, "funds_fen": funds_fen}
        members, funds = of_an_upgrade(said, policy)
        for each in ("persons", "units", "mixed"):
            assert policy.cite(f"upgrade.conditions.{each}").zh in members
        assert policy.cite("upgrade.conditions.funds_fen").zh in funds
        return "符合" in members, "符合" in funds

    assert told(least["persons"], 0, least["funds_fen"]) == (True, True)
    assert told(least["persons"] - 1, 0, least["funds_fen"] - 1) == (False, False)
    assert told(0, least["units"])[0]
    assert not told(0, least["units"] - 1)[0]
    if (
        least["mixed"] <= least["persons"] + least["units"] - 2
    ):  # else one of the two is reached before both together are
        assert told(least["mixed"] - least["units"] + 1, least["units"] - 1)[0]
        assert not told(least["mixed"] - least["units"], least["units"] - 1)[0]


# What effects, tasks and clocks read of a pack; everything else is asked by a definition or by a rule.
READ_BY_WHAT_FOLLOWS = {
    "affiliation.duties", "affiliation.recognition.validity", "evaluation.screening.activities", "evaluation.validity",
    "filing.certificate.validity", "funding.actual_cost", "funding.tranches", "general.backdating_days", "project.ban",
    "project.expenses.tolerance", "supervision.review_days_before", "supervision.term",
    "upgrade.conditions.funds_fen", "upgrade.conditions.mixed", "upgrade.conditions.persons",
    "upgrade.conditions.units", "yearly_review.checks.activities", "yearly_review.checks.members",
}  # fmt: skip


def test_nothing_that_a_pack_says_goes_unread() -> None:
    asked = {path for name in ASKED for path in RULES[name].reads}
    for definition in DEFINITIONS:
        asked |= set(re.findall(r'"(?:policy|x-options-from)":\s*"([a-z_.]+)"', definition.content))
    assert all_paths() - asked == READ_BY_WHAT_FOLLOWS


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

"""Every shipped procedure is sound, and the national baseline says whatever it asks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from incubator.engine.definition import Definition, PolicyRef, Step
from incubator.engine.policy import Policy
from incubator.engine.rules import RULES
from incubator.engine.soundness import UnsoundDefinition, prove
from incubator.policies.packs import shipped
from incubator.procedures.catalogue import DEFINITIONS, known, load_all


def test_every_procedure_is_sound_with_every_combination_of_optional_steps() -> None:
    assert [definition.key for definition in load_all()] == [
        "filing",
        "filing_renewal",
        "filing_change",
        "filing_reissue",
        "filing_exit",
        "yearly_review",
        "evaluation",
        "registrar_grade",
        "affiliation",
        "affiliation_renewal",
        "affiliation_end",
        "hub_recognition",
        "hub_ending",
        "hub_report",
        "funding",
        "project",
        "payment",
        "rectification",
        "dormancy",
        "referral",
        "upgrade",
    ]


def test_number_series_differ_so_that_numbers_of_one_street_never_meet() -> None:
    series = [definition.number_series for definition in DEFINITIONS]
    assert len(set(series)) == len(series)
    assert "BAZ" not in series


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda definition: definition.key)
def test_the_default_pack_answers_in_the_shape_that_each_step_asks(definition: Definition) -> None:
    policy = Policy(shipped())
    for step in definition.steps:
        for ref in (step.due, step.lasts):
            if ref:
                policy.due(ref.policy)
        if step.ladder:
            assert policy.ladder(step.ladder.policy)
        if step.enabled:
            policy.switch(step.enabled.policy)
        for decision in step.decisions:
            for ref in (step.documents, decision.documents):
                if ref:
                    policy.documents(ref.policy)
            if decision.window:
                policy.due(decision.window.length.policy)
    for name in definition.rule_names():
        for path in RULES[name].reads:
            assert policy.cite(path).zh


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda definition: definition.key)
def test_every_text_stands_in_both_languages(definition: Definition) -> None:
    for step in definition.steps:
        for text in (step.title, *(decision.title for decision in step.decisions)):
            assert text.zh
            assert text.en
            assert text.zh != text.en


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda definition: definition.key)
def test_a_stored_definition_reads_back_as_the_same(definition: Definition) -> None:
    assert Definition.from_content(definition.content).hash == definition.hash


def _filing() -> Definition:
    return DEFINITIONS[0]


def _with(definition: Definition, key: str, **changes: object) -> Definition:
    steps: tuple[Step, ...] = tuple(
        step.model_copy(update=changes) if step.key == key else step for step in definition.steps
    )
    return definition.model_copy(update={"steps": steps})


def test_an_objection_that_policy_can_leave_without_its_notice_is_unsound() -> None:
    broken = _with(_filing(), "objection", enabled=None, skip_to="")
    with pytest.raises(UnsoundDefinition) as refused:
        prove(broken, known())
    assert any("objection" in fault and "never reached" in fault for fault in refused.value.faults)


def test_a_value_that_no_pack_can_say_is_told_with_its_step() -> None:
    broken = _with(_filing(), "acceptance", due=PolicyRef(policy="filing.acceptance.within"))
    with pytest.raises(UnsoundDefinition) as refused:
        prove(broken, known())
    assert "acceptance" in refused.value.faults[0]


def test_a_rule_that_is_gone_makes_its_procedures_unsound() -> None:
    fewer = {name: rule for name, rule in RULES.items() if name != "has_enough_members@1"}
    with pytest.raises(UnsoundDefinition):
        prove(_filing(), replace(known(), rules=fewer))

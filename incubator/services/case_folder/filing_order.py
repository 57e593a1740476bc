"""Where each document and each step of a case is filed: the sections of a folder in their order."""

from __future__ import annotations

from datetime import datetime

from incubator.engine.definition import PanelAct, Step, StepKind
from incubator.engine.soundness import goes_back
from incubator.services.case_documents import MADE, SUPPLEMENT
from incubator.services.case_folder.material import Material
from incubator.services.case_folder.plan import Section, Sheet

SEALED, MINUTES, VOUCHER = "sealed_", "minutes", "voucher"  # kinds of documents; the first is how several begin
MEMBERS_OWN = frozenset({PanelAct.DECLARE, PanelAct.GIVE})
FIRST = -1000  # before everything else of its section
Dated = tuple[tuple[int, datetime], Sheet]  # where it stands in its section, and since when it is on record
_NOTICE_STEPS, _AFTER_STEPS = frozenset({"objection"}), frozenset({"internal_review", "result_correction"})
_MONEY_STEPS = frozenset({"voucher", "bank"})
_AGREEMENT = "agreement"
_BY_KIND = {
    MINUTES: Section.MEETING,
    VOUCHER: Section.MONEY,
    SUPPLEMENT.kind: Section.APPLICATION,
    "correction_list": Section.APPLICATION,
    "public_notice": Section.NOTICE,
    "funding_agreement": Section.AGREEMENT,
    "hub_agreement": Section.AGREEMENT,
}


def section_of_document(material: Material, kind: str) -> Section:
    """Where a document of that kind is filed: by what it is, or with the step that asks for it."""
    if kind in _BY_KIND:
        return _BY_KIND[kind]
    if kind.startswith(SEALED) or kind in MADE:
        return Section.SERVICE
    policy = material.file.policy
    for step in material.definition.steps:
        for ref in (step.documents, *(each.documents for each in step.decisions)):
            if (
                ref is not None
                and policy.has(ref.policy)
                and kind in {need.kind for need in policy.documents(ref.policy)}
            ):
                return section_of_step(material, step)
    return Section.DECISIONS


def section_of_step(material: Material, step: Step) -> Section:
    """Where what was done in a step is filed."""
    definition = material.definition
    start = definition.step(definition.start)
    if step is start or (goes_back(step) and step.by == start.by):
        return Section.APPLICATION
    if step.kind is StepKind.PANEL:
        return Section.PANEL
    if step.kind is StepKind.TIMER or step.key in _NOTICE_STEPS:
        return Section.NOTICE
    if step.key == _AGREEMENT:
        return Section.AGREEMENT
    if step.key in _MONEY_STEPS:
        return Section.MONEY
    if step.kind is StepKind.END or step.key in _AFTER_STEPS:
        return Section.AFTERWARDS
    if any("served" in each.marks for each in step.decisions) or (
        step.kind is StepKind.AUTOMATED and "certificate" in step.key
    ):
        return Section.SERVICE
    return Section.DECISIONS

"""The catalogue of procedures: importing it registers every rule, fact, effect and task that they use."""

from __future__ import annotations

from incubator.engine.definition import Definition
from incubator.engine.effects import EFFECTS
from incubator.engine.rules import RULES
from incubator.engine.soundness import Known, prove
from incubator.engine.tasks import TASKS
from incubator.engine.terms import TERMS
from incubator.facts import (
    activities,
    cases,
    funding,
    organizations,
    registry,
    restrictions,
    reviews,
    settlement,
    staff,
)
from incubator.policies.packs import all_paths
from incubator.procedures.dormancy import effects as dormancy_effects
from incubator.procedures.dormancy import rules as dormancy_rules
from incubator.procedures.dormancy import tasks as dormancy_tasks
from incubator.procedures.dormancy.procedure import DORMANCY
from incubator.procedures.filing import effects as filing_effects
from incubator.procedures.filing import rules as filing_rules
from incubator.procedures.filing import tasks as filing_tasks
from incubator.procedures.filing.change import FILING_CHANGE
from incubator.procedures.filing.exit import FILING_EXIT
from incubator.procedures.filing.procedure import FILING
from incubator.procedures.filing.renewal import FILING_RENEWAL
from incubator.procedures.funding import effects as funding_effects
from incubator.procedures.funding import rules as funding_rules
from incubator.procedures.funding import tasks as funding_tasks
from incubator.procedures.funding import terms as funding_terms
from incubator.procedures.funding.procedure import FUNDING
from incubator.procedures.rectification import effects as rectification_effects
from incubator.procedures.rectification import rules as rectification_rules
from incubator.procedures.rectification.procedure import RECTIFICATION
from incubator.procedures.referral import effects as referral_effects
from incubator.procedures.referral import rules as referral_rules
from incubator.procedures.referral.procedure import REFERRAL
from incubator.procedures.upgrade import effects as upgrade_effects
from incubator.procedures.upgrade import rules as upgrade_rules
from incubator.procedures.upgrade import tasks as upgrade_tasks
from incubator.procedures.upgrade.procedure import UPGRADE
from incubator.procedures.yearly_review import effects as yearly_review_effects
from incubator.procedures.yearly_review import rules as yearly_review_rules
from incubator.procedures.yearly_review import tasks as yearly_review_tasks
from incubator.procedures.yearly_review.procedure import YEARLY_REVIEW

__all__ = ["DEFINITIONS", "NOTICES", "REGISTERED", "known", "load_all"]

DEFINITIONS: tuple[Definition, ...] = (
    FILING,
    FILING_RENEWAL,
    FILING_CHANGE,
    FILING_EXIT,
    YEARLY_REVIEW,
    FUNDING,
    RECTIFICATION,
    DORMANCY,
    REFERRAL,
    UPGRADE,
)

# What decisions may send; automation carries them out for every stage alike.
NOTICES = frozenset({"notice.correction", "notice.decision", "notice.served", "notice.assigned"})

# Imported for what they register.
REGISTERED = (
    funding,
    reviews,
    activities,
    cases,
    organizations,
    restrictions,
    settlement,
    staff,
    filing_rules,
    filing_effects,
    filing_tasks,
    funding_effects,
    funding_rules,
    funding_tasks,
    funding_terms,
    yearly_review_rules,
    yearly_review_effects,
    yearly_review_tasks,
    rectification_rules,
    rectification_effects,
    dormancy_rules,
    dormancy_effects,
    dormancy_tasks,
    referral_rules,
    referral_effects,
    upgrade_rules,
    upgrade_effects,
    upgrade_tasks,
)


def known() -> Known:
    """Every name that a definition may use."""
    return Known(RULES, registry.FACTS, EFFECTS, TASKS.keys() | NOTICES, all_paths(), TERMS)


def load_all() -> tuple[Definition, ...]:
    """Every definition, proven sound; raises UnsoundDefinition, which says where and why."""
    for definition in DEFINITIONS:
        prove(definition, known())
    return DEFINITIONS

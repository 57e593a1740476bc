"""The catalogue of procedures: importing it registers every rule, fact, effect, task and outcome that they use."""

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
    hubs,
    organizations,
    panels,
    premises,
    projects,
    ratings,
    registry,
    restrictions,
    results,
    reviews,
    settlement,
    staff,
)
from incubator.policies.packs import all_paths
from incubator.procedures import superseded
from incubator.procedures.affiliation import effects as affiliation_effects
from incubator.procedures.affiliation import rules as affiliation_rules
from incubator.procedures.affiliation import tasks as affiliation_tasks
from incubator.procedures.affiliation.ending import AFFILIATION_END
from incubator.procedures.affiliation.hub_ending import HUB_ENDING
from incubator.procedures.affiliation.procedure import AFFILIATION
from incubator.procedures.affiliation.recognition import HUB_RECOGNITION
from incubator.procedures.affiliation.renewal import AFFILIATION_RENEWAL
from incubator.procedures.affiliation.report import HUB_REPORT
from incubator.procedures.dormancy import effects as dormancy_effects
from incubator.procedures.dormancy import rules as dormancy_rules
from incubator.procedures.dormancy import tasks as dormancy_tasks
from incubator.procedures.dormancy.procedure import DORMANCY
from incubator.procedures.evaluation import effects as evaluation_effects
from incubator.procedures.evaluation import outcomes as evaluation_outcomes
from incubator.procedures.evaluation import rules as evaluation_rules
from incubator.procedures.evaluation import tasks as evaluation_tasks
from incubator.procedures.evaluation.procedure import EVALUATION
from incubator.procedures.evaluation.registrar_grade import REGISTRAR_GRADE
from incubator.procedures.filing import effects as filing_effects
from incubator.procedures.filing import outcomes as filing_outcomes
from incubator.procedures.filing import rules as filing_rules
from incubator.procedures.filing import tasks as filing_tasks
from incubator.procedures.filing.change import FILING_CHANGE
from incubator.procedures.filing.exit import FILING_EXIT
from incubator.procedures.filing.procedure import FILING
from incubator.procedures.filing.reissue import FILING_REISSUE
from incubator.procedures.filing.renewal import FILING_RENEWAL
from incubator.procedures.funding import effects as funding_effects
from incubator.procedures.funding import outcomes as funding_outcomes
from incubator.procedures.funding import rules as funding_rules
from incubator.procedures.funding import tasks as funding_tasks
from incubator.procedures.funding import terms as funding_terms
from incubator.procedures.funding.procedure import FUNDING
from incubator.procedures.payment import effects as payment_effects
from incubator.procedures.payment import rules as payment_rules
from incubator.procedures.payment.procedure import PAYMENT
from incubator.procedures.project import effects as project_effects
from incubator.procedures.project import outcomes as project_outcomes
from incubator.procedures.project import rules as project_rules
from incubator.procedures.project.procedure import PROJECT
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
    FILING_REISSUE,
    FILING_EXIT,
    YEARLY_REVIEW,
    EVALUATION,
    REGISTRAR_GRADE,
    AFFILIATION,
    AFFILIATION_RENEWAL,
    AFFILIATION_END,
    HUB_RECOGNITION,
    HUB_ENDING,
    HUB_REPORT,
    FUNDING,
    PROJECT,
    PAYMENT,
    RECTIFICATION,
    DORMANCY,
    REFERRAL,
    UPGRADE,
)

# What decisions may send; automation carries them out for every stage alike.
NOTICES = frozenset(
    {
        "notice.correction",
        "notice.decision",
        "notice.served",
        "notice.assigned",
        "notice.scored_on_paper",
        "notice.paper_struck",
    }
)

# Imported for what they register.
REGISTERED = (
    hubs,
    affiliation_rules,
    affiliation_effects,
    affiliation_tasks,
    funding,
    reviews,
    activities,
    cases,
    evaluation_effects,
    evaluation_outcomes,
    evaluation_rules,
    evaluation_tasks,
    organizations,
    panels,
    premises,
    ratings,
    restrictions,
    results,
    settlement,
    staff,
    filing_rules,
    filing_effects,
    filing_outcomes,
    filing_tasks,
    funding_effects,
    funding_outcomes,
    funding_rules,
    funding_tasks,
    funding_terms,
    projects,
    project_rules,
    project_effects,
    project_outcomes,
    payment_rules,
    payment_effects,
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
    superseded,
)


def known() -> Known:
    """Every name that a definition may use."""
    return Known(RULES, registry.FACTS, EFFECTS, TASKS.keys() | NOTICES, all_paths(), TERMS)


def load_all() -> tuple[Definition, ...]:
    """Every definition, proven sound; raises UnsoundDefinition, which says where and why."""
    for definition in DEFINITIONS:
        prove(definition, known())
    return DEFINITIONS

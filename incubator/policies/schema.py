"""The one schema of policy packs, composed of the sections that the stages declare."""

from __future__ import annotations

from functools import cache
from typing import Any

from incubator.policies.values import Cited, Count, Section, leaves
from incubator.procedures.affiliation.policy import Affiliation
from incubator.procedures.dormancy.policy import Dormancy
from incubator.procedures.evaluation.policy import Evaluation
from incubator.procedures.filing.policy import Filing
from incubator.procedures.funding.policy import Funding
from incubator.procedures.payment.policy import Payment
from incubator.procedures.project.policy import Project
from incubator.procedures.rectification.policy import Rectification, Supervision
from incubator.procedures.referral.policy import Referral
from incubator.procedures.shared.jurisdiction import Jurisdiction
from incubator.procedures.shared.path import Path
from incubator.procedures.upgrade.policy import Upgrade
from incubator.procedures.yearly_review.policy import YearlyReview


class General(Section):
    """What holds for every procedure."""

    backdating_days: Cited[Count]  # how far back an effective date may be entered, with a reason


class Values(Section):
    """Everything that a pack can say."""

    general: General
    jurisdiction: Jurisdiction
    filing: Filing
    yearly_review: YearlyReview
    evaluation: Evaluation
    funding: Funding
    project: Project
    payment: Payment
    affiliation: Affiliation
    rectification: Rectification
    supervision: Supervision
    dormancy: Dormancy
    referral: Referral
    upgrade: Upgrade
    path: Path


@cache
def all_leaves() -> dict[str, type[Cited[Any]]]:
    """Every path that a pack can say, with the type of its leaf."""
    return dict(leaves(Values))


@cache
def all_paths() -> frozenset[str]:
    """Every path that a pack can say: what procedures may ask for."""
    return frozenset(all_leaves())

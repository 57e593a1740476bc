"""What a policy pack says about rectification and closer supervision: time limits, papers, terms."""

from __future__ import annotations

from incubator.policies.values import Cited, CodedName, Count, Documents, Due, Ladder, Section, Validity
from incubator.procedures.shared.policy import InternalReview, Service, Timed


class Cure(Section):
    """The time in which what is wrong is mended."""

    due: Cited[Due]
    documents: Cited[Documents]


class Rectification(Section):
    """The section `rectification` of a pack."""

    causes: Cited[tuple[CodedName, ...]]
    draft: Timed
    signature: Timed
    service: Service
    cure: Cure
    verification: Timed
    confirmation: Timed
    result: Service
    internal_review: InternalReview
    ladder: Cited[Ladder]


class Supervision(Section):
    """The section `supervision` of a pack: how long closer supervision lasts, and when it is looked at again."""

    term: Cited[Validity]
    review_days_before: Cited[Count]  # calendar days before its last day

"""What a policy pack says about dormancy: its signs, the time to show life, the papers."""

from __future__ import annotations

from incubator.policies.values import Cited, Count, Documents, Due, Ladder, Section
from incubator.procedures.shared.policy import Assigned, InternalReview, Service, Submission, Timed


class Signs(Section):
    """What makes a filed group look dormant; either is enough."""

    quiet_months: Cited[Count]  # without an activity
    failed_contacts_apart: Cited[Count]  # calendar days between the first and the last failed contact, at least
    not_again_within: Cited[Count]  # calendar days after a dormancy case ended


class Cure(Section):
    """The time in which the group may show life."""

    due: Cited[Due]
    documents: Cited[Documents]  # with a report of its own


class Dormancy(Section):
    """The section `dormancy` of a pack."""

    signs: Signs
    confirmation: Timed
    notice: Service
    cure: Cure
    decision: Assigned
    redecision: Timed
    service: Service
    refusal: Submission
    internal_review: InternalReview
    ladder: Cited[Ladder]

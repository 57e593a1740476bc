"""What a policy pack says about carrying projects out: reports, reviews, expenses, settlement, termination."""

from __future__ import annotations

from incubator.policies.values import Cited, Count, Documents, Due, Ladder, Section, Validity
from incubator.procedures.shared.policy import InternalReview, Service, Timed


class Midterm(Section):
    """The mid-term review."""

    enabled: Cited[bool]
    report_due: Cited[Due]
    documents: Cited[Documents]
    review_due: Cited[Due]
    late_fails: Cited[bool]  # a late or missing report counts as failed


class Final(Section):
    """The final acceptance."""

    report_due: Cited[Due]
    documents: Cited[Documents]
    acceptance_due: Cited[Due]
    late_fails: Cited[bool]


class Expenses(Section):
    """What is spent."""

    tolerance: Cited[Count]  # percent by which a line may be overspent


class Settlement(Timed):
    """The settlement."""

    documents: Cited[Documents]


class Project(Section):
    """The section `project` of a pack."""

    midterm: Midterm
    final: Final
    correction: Timed
    expenses: Expenses
    line_change: Timed
    settlement: Settlement
    winding_up: Timed
    decision: Timed
    service: Service
    internal_review: InternalReview
    ban: Cited[Validity]
    ladder: Cited[Ladder]

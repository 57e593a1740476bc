"""What a policy pack says about the yearly review: when the report is due, what it must show, how it is chased."""

from __future__ import annotations

from incubator.policies.values import Cited, Count, Documents, Due, Ladder, Section
from incubator.procedures.shared.policy import Assigned, InternalReview, Service, Timed


class Report(Section):
    """The organization's yearly report."""

    due: Cited[Due]
    ladder: Cited[Ladder]
    documents: Cited[Documents]
    conclude_after: Cited[Due]  # after this the officer may conclude without a report


class Checks(Section):
    """What the automated checks compare the report with."""

    activities: Cited[Count]  # at least, in the year reported on
    members: Cited[Count]  # at least, at the year's end


class YearlyReview(Section):
    """The section `yearly_review` of a pack."""

    report: Report
    checks: Checks
    conclusion: Assigned
    correction: Timed
    confirmation: Assigned
    service: Service
    internal_review: InternalReview
    result_correction: Timed
    ladder: Cited[Ladder]

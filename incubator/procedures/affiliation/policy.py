"""What a policy pack says about hubs: criteria, who may be carried and by how many, terms, duties, reports, time limits."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from incubator.policies.values import BeforeExpiry, Cited, Count, Documents, Due, Ladder, Section, Validity
from incubator.procedures.shared.policy import Assigned, InternalReview, PublicNotice, Service, Submission, Timed
from incubator.text import Text


class Duty(BaseModel):
    """What a hub owes: once in an agreement, or again and again; `within_days` after its time it is overdue.

    One `per_member` is owed to each affiliated organization in the time of its agreement, any other once for all by the
    calendar. One `reported` is done by the accepted report of the quarter, any other when it is recorded.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: Text
    every: Literal["once", "quarter", "half_year", "year"]
    within_days: int = Field(ge=0, le=365)
    per_member: bool = True
    reported: bool = False


class Criteria(Section):
    """What an organization must be to be recognised as a hub."""

    activities: Cited[Count]  # on record in the twelve months before, at least
    years_filed: Cited[Count]  # at least; a registered body needs none
    review_not_failed: Cited[bool]  # the last yearly review
    teams: Cited[Count]  # groups and sub-teams that it works with, at least
    satisfaction: Cited[Count]  # of the residents asked, in percent, at least
    party_organization: Cited[bool]
    legal_personality: Cited[bool]


class Recognition(Section):
    """The recognition as a hub."""

    criteria: Criteria
    documents: Cited[Documents]
    validity: Cited[Validity]
    window: Cited[BeforeExpiry]  # when a hub may be recognised anew


class Carrying(Section):
    """Who may be affiliated, and how many a hub may carry."""

    registered: Cited[bool]  # a registered body may be affiliated
    hubs: Cited[bool]  # a hub may itself be affiliated with another
    capacity: Cited[Count]  # members of one hub, at most; 0 without limit
    longest_term: Cited[Validity]  # of one agreement


class Consent(Section):
    """The hub's consent."""

    due: Cited[Due]
    documents: Cited[Documents]  # where an officer records it from paper


class Agreement(Section):
    """The agreement between the organization and its hub."""

    due: Cited[Due]
    documents: Cited[Documents]


class Renewal(Section):
    """The renewal of an agreement before it ends."""

    window: Cited[BeforeExpiry]
    due: Cited[Due]
    documents: Cited[Documents]


class Ending(Section):
    """The end of an affiliation, or of a recognition."""

    documents: Cited[Documents]
    service_documents: Cited[Documents]


class Report(Section):
    """What a hub reports after each quarter."""

    due: Cited[Due]
    conclude_after: Cited[Due]  # from then on it may be recorded as not reported
    documents: Cited[Documents]
    check: Timed
    correction: Timed
    ladder: Cited[Ladder]


class Affiliation(Section):
    """The section `affiliation` of a pack."""

    recognition: Recognition
    carrying: Carrying
    application: Submission
    acceptance: Assigned
    correction: Timed
    consent: Consent
    decision: Assigned
    redecision: Timed
    public_notice: PublicNotice
    objection: Timed
    agreement: Agreement
    service: Service
    refusal: Submission
    internal_review: InternalReview
    renewal: Renewal
    ending: Ending
    hub_ending: Ending
    duties: Cited[tuple[Duty, ...]]
    report: Report
    ladder: Cited[Ladder]

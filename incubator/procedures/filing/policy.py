"""What a policy pack says about filing: conditions, documents, optional steps, time limits, validity, renewal."""

from __future__ import annotations

from incubator.policies.values import (
    BeforeExpiry,
    Category,
    Cited,
    Count,
    Documents,
    Due,
    ExcludedKind,
    Ladder,
    NameForm,
    Roles,
    Section,
    Tiers,
    Validity,
)
from incubator.procedures.shared.policy import Assigned, InternalReview, PublicNotice, Service, Submission, Timed


class Conditions(Section):
    """What a group must be to be filed."""

    members: Cited[Count]  # at least
    founders: Cited[Count]  # at least
    leader: Cited[bool]
    premises: Cited[bool]
    charter: Cited[bool]
    categories: Cited[tuple[Category, ...]]
    excluded: Cited[tuple[ExcludedKind, ...]]
    name: Cited[NameForm]
    unique_name: Cited[bool]  # within its community


class CommitteeOpinion(Section):
    """The residents' committee's opinion."""

    enabled: Cited[bool]
    must_agree: Cited[bool]
    by: Cited[Roles]
    due: Cited[Due]
    documents: Cited[Documents]


class Certificate(Section):
    """The filing certificate."""

    validity: Cited[Validity]


class Renewal(Section):
    """The renewal of a filing before it expires."""

    window: Cited[BeforeExpiry]
    due: Cited[Due]
    documents: Cited[Documents]


class Exit(Section):
    """The end of a filing."""

    documents: Cited[Documents]
    service_documents: Cited[Documents]


class Filing(Section):
    """The section `filing` of a pack; renewal, change and exit share what they have in common with it."""

    tiers: Cited[Tiers]  # by the number of members
    conditions: Conditions
    application: Submission
    committee_opinion: CommitteeOpinion
    acceptance: Assigned
    correction: Timed
    decision: Assigned
    redecision: Timed
    public_notice: PublicNotice
    objection: Timed
    certificate: Certificate
    service: Service
    refusal: Submission
    internal_review: InternalReview
    result_correction: Timed
    renewal: Renewal
    change: Submission
    reissue: Submission
    exit: Exit
    ladder: Cited[Ladder]

"""What a policy pack says about funding: funds, fields, caps, costs, bars, the panel, the award and the agreement.

A call lays its own terms over some of these (`incubator/services/calls.py`); its cases then come under the call's.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from incubator.policies.values import (
    Cap,
    Cited,
    CodedName,
    Count,
    Documents,
    Due,
    Ladder,
    ScoringSheet,
    Section,
    TranchePlan,
)
from incubator.procedures.shared.policy import Assigned, InternalReview, PublicNotice, Submission, Timed


class Fund(CodedName):
    """A source of money, and the codes of the fields that it may be spent on."""

    fields: tuple[str, ...] = Field(min_length=1)


class ProhibitedCost(CodedName):
    """A kind of cost that the money may not be spent on, and the words by which a budget line shows it."""

    patterns: tuple[str, ...] = Field(min_length=1)


Fields = Annotated[tuple[CodedName, ...], Field(min_length=1)]
# Titles less alike than this are not looked for (incubator/facts/funding.py).
Likeness = Annotated[int, Field(ge=50, le=100)]
Seats = Annotated[int, Field(ge=1, le=15)]


class Costs(Section):
    """What a budget may hold."""

    kinds: Cited[tuple[CodedName, ...]]
    prohibited: Cited[tuple[ProhibitedCost, ...]]


class Bars(Section):
    """What keeps an organization from applying."""

    reviews: Cited[tuple[str, ...]]  # results of the last yearly review
    late_report: Cited[bool]  # a yearly report that is overdue
    lists: Cited[tuple[str, ...]]  # kinds of restriction: on applicant or payee
    ban: Cited[bool]  # a project ban still running: on applicant or payee
    likeness: Cited[Likeness]  # titles of one field that are so alike are the same work


class Joint(Section):
    """Applying together with a registered body."""

    required: Cited[bool]  # of whoever has no legal personality


class Application(Submission):
    """The application and its papers."""

    entry_days: Cited[Count]  # after the call's last day, to type in what came in time on paper


class Review(Section):
    """The panel of experts."""

    size: Cited[Seats]
    quorum: Cited[Seats]
    sheet: Cited[ScoringSheet]
    paper: Cited[Documents]  # the scan of a sheet that a member filled in and signed
    least: Cited[Count]  # points that an award needs
    due: Cited[Due]


class Award(Assigned):
    """The collective decision."""

    documents: Cited[Documents]


class Agreement(Timed):
    """The signed agreement."""

    documents: Cited[Documents]


class Funding(Section):
    """The section `funding` of a pack."""

    funds: Cited[tuple[Fund, ...]]
    fields: Cited[Fields]
    cap: Cited[Cap]
    tranches: Cited[TranchePlan]
    actual_cost: Cited[bool]  # what is settled is the accepted cost; without it the whole award is paid
    costs: Costs
    bars: Bars
    joint: Joint
    application: Application
    acceptance: Assigned
    correction: Timed
    review: Review
    decision: Award
    public_notice: PublicNotice
    objection: Timed
    agreement: Agreement
    refusal: Submission
    service: Timed
    internal_review: InternalReview
    ladder: Cited[Ladder]

"""What a policy pack says about upgrading from filing to registration: the registrar's conditions, papers, limits."""

from __future__ import annotations

from incubator.policies.values import Cited, Count, Documents, Due, Fen, Ladder, Section
from incubator.procedures.shared.policy import Submission, Timed


class Conditions(Section):
    """What the registrar asks; shown as findings, for the registrar decides."""

    persons: Cited[Count]  # members that are persons, or
    units: Cited[Count]  # members that are units, or
    mixed: Cited[Count]  # both together
    funds_fen: Cited[Fen]


class Answer(Section):
    """The registrar's answer."""

    due: Cited[Due]
    documents: Cited[Documents]


class Upgrade(Section):
    """The section `upgrade` of a pack."""

    conditions: Conditions
    application: Submission
    correction: Timed
    support: Timed
    handover: Submission
    handing_over: Timed
    answer: Answer
    confirmation: Timed
    refusal: Submission
    ladder: Cited[Ladder]

"""What a policy pack says about payments: when they are due, their papers, which of them a meeting decides."""

from __future__ import annotations

from incubator.policies.values import Cited, Documents, Due, Fen, Ladder, Section
from incubator.procedures.shared.policy import Submission


class Collective(Section):
    """Payments that a meeting decides."""

    above_fen: Cited[Fen]
    documents: Cited[Documents]


class Payment(Section):
    """The section `payment` of a pack."""

    due: Cited[Due]
    request: Submission
    collective: Collective
    ladder: Cited[Ladder]

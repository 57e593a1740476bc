"""What a policy pack says about referrals to the registrar."""

from __future__ import annotations

from incubator.policies.values import Cited, CodedName, Documents, Due, Ladder, Section
from incubator.procedures.shared.policy import Submission, Timed


class Answer(Section):
    """The registrar's answer."""

    due: Cited[Due]  # when it is asked after
    documents: Cited[Documents]


class Referral(Section):
    """The section `referral` of a pack."""

    causes: Cited[tuple[CodedName, ...]]
    draft: Submission
    drafting: Timed
    signature: Timed
    sending: Submission
    answer: Answer
    removal: Submission
    ladder: Cited[Ladder]

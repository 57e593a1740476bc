"""What a policy makes of a filing beside its conditions: the last day of the certificate that the case issued."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from incubator.engine.case import CaseView
from incubator.engine.deadline_words import in_words
from incubator.engine.outcomes import OutcomeKind, Part, outcome
from incubator.engine.policy import Policy
from incubator.procedures.filing.certificate import VALIDITY, last_day
from incubator.text import Text


@outcome(
    "filing.certificate_until",
    Text("备案证截止日", "Last day of the certificate"),
    OutcomeKind.DAY,
    procedures=("filing", "filing_renewal"),  # a change keeps the validity that there was
    needs=("case.certificate",),
    reads=(VALIDITY,),
)
def certificate_until(case: CaseView, facts: Mapping[str, Any], policy: Policy) -> Sequence[Part]:
    """Counted from the day from which the certificate holds."""
    issued = facts["case.certificate"]
    if issued is None:
        return ()
    until = last_day(policy, issued["from"])
    return (Part(until, in_words(until)),)

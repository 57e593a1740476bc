"""What a policy makes of a project beside its rules: the last day of the ban that a breach laid down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from incubator.engine.case import CaseView
from incubator.engine.deadline_words import in_words
from incubator.engine.outcomes import OutcomeKind, Part, outcome
from incubator.engine.policy import Policy
from incubator.procedures.project.effects import BAN, last_day_of_ban
from incubator.text import Text


@outcome(
    "project.ban_until",
    Text("禁止申报项目的截止日", "Last day of the ban from projects"),
    OutcomeKind.DAY,
    procedures=("project",),
    needs=("case.ban",),
    reads=(BAN,),
)
def ban_until(case: CaseView, facts: Mapping[str, Any], policy: Policy) -> Sequence[Part]:
    """Counted from the day on which the termination took effect."""
    laid_down = facts["case.ban"]
    if laid_down is None:
        return ()
    until = last_day_of_ban(policy, laid_down["since"])
    return (Part(until, in_words(until)),)

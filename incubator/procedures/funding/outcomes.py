"""What a policy makes of an application beside its rules: the most that it could be awarded, and the tranches of its award."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from incubator.engine.case import CaseView
from incubator.engine.outcomes import OutcomeKind, Part, outcome
from incubator.engine.policy import Policy
from incubator.procedures.funding.applied import application_of
from incubator.procedures.funding.caps import most_fen
from incubator.services.projects.sums import planned
from incubator.text import Text
from incubator.wording import amount

CAP, TRANCHES = "funding.cap", "funding.tranches"
PROCEDURES = ("funding",)


@outcome(
    "funding.most",
    Text("最高可资助金额", "The most that could be awarded"),
    OutcomeKind.AMOUNT,
    procedures=PROCEDURES,
    needs=("call.budget_fen", "funding.panel_score"),
    reads=(CAP,),
)
def most(case: CaseView, facts: Mapping[str, Any], policy: Policy) -> Sequence[Part]:
    """No more than was asked for, and no more than one project may get."""
    asked = application_of(case.data).get("asked_fen")
    if not asked:
        return ()
    fen = min(int(asked), most_fen(policy.get(CAP), facts["call.budget_fen"], facts["funding.panel_score"]))
    return (Part(fen, amount(fen)),)


@outcome("funding.tranches", Text("拨付金额", "Tranches"), OutcomeKind.AMOUNT, procedures=PROCEDURES, reads=(TRANCHES,))
def tranches(case: CaseView, facts: Mapping[str, Any], policy: Policy) -> Sequence[Part]:
    """The award as the plan shares it out; nothing where nothing is awarded, or not any more."""
    awarded = case.data.get("decision", {}).get("awarded_fen")
    if not awarded or case.outcome in ("refused", "withdrawn", "lapsed"):
        return ()
    return tuple(
        Part(fen, amount(fen), str(place), Text(f"第 {place} 笔", f"no. {place}"))
        for place, fen in enumerate(planned(int(awarded), policy.get(TRANCHES)), start=1)
    )

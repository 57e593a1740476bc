"""Funded projects: their awards, agreements, tranches, expenses and settlement, and the money that moves with them."""

from incubator.services.projects.awards import AlreadyRunning, Awarded, award, carry_over, take_back_award
from incubator.services.projects.calls import defund_call, fund_call
from incubator.services.projects.starting import BudgetDoesNotFit, PaidBefore, start

__all__ = [
    "AlreadyRunning",
    "Awarded",
    "BudgetDoesNotFit",
    "PaidBefore",
    "award",
    "carry_over",
    "defund_call",
    "fund_call",
    "start",
    "take_back_award",
]

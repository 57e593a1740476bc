"""Which flow does what: by the first word of an outbox task, and by a schedule's name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from prefect import Flow, State

from flows.affiliation import perform_affiliation
from flows.evaluation import perform_evaluation
from flows.filing import perform_filing
from flows.funding import perform_funding
from flows.notices import send_notices
from flows.sweeps import fire_due_timers, open_due_reviews, recount_cases, send_digests
from flows.work import perform_work
from flows.yearly_review import perform_yearly_review

AnyFlow = Flow[..., Any]

BY_TASK: dict[str, AnyFlow] = {
    "affiliation": perform_affiliation,
    "evaluation": perform_evaluation,
    "filing": perform_filing,
    "funding": perform_funding,
    "yearly_review": perform_yearly_review,
    "notice": send_notices,
    "case": send_notices,
}
BY_SCHEDULE: dict[str, AnyFlow] = {
    "recount_cases": recount_cases,
    "open_due_reviews": open_due_reviews,
    "fire_due_timers": fire_due_timers,
    "send_digests": send_digests,
}

# How a flow is started: embedded in this process, or as a run of its deployment.
Start = Callable[[AnyFlow, dict[str, Any], str], Awaitable[State[Any] | None]]


def flow_for(task: str) -> AnyFlow:
    """The flow that performs an outbox task."""
    return BY_TASK.get(task.partition(".")[0], perform_work)


def all_flows() -> tuple[AnyFlow, ...]:
    """Every flow, once: what a distributed set-up deploys."""
    return tuple(dict.fromkeys((*BY_TASK.values(), *BY_SCHEDULE.values(), perform_work)))

"""The first version of the JSON API, all its resources together."""

from __future__ import annotations

from fastapi import APIRouter

from api.json import (
    absences,
    activities,
    asking,
    assignments,
    bulk,
    calendar,
    calls,
    cases,
    chasing,
    documents,
    explanations,
    folders,
    handovers,
    hubs,
    imports,
    ledger,
    notices,
    organizations,
    policies,
    premises,
    procedures,
    projects,
    ratings,
    review_runs,
    saved_lists,
    session,
    status,
    substitutes,
    surveys,
    tokens,
    worklist,
)

router = APIRouter()
for _resource in (
    cases,  # first what is asked most: routes are tried in turn
    worklist,
    assignments,
    bulk,
    asking,
    saved_lists,
    chasing,
    organizations,
    documents,
    explanations,
    folders,
    notices,
    surveys,
    imports,
    premises,
    hubs,
    activities,
    calls,
    projects,
    ledger,
    ratings,
    procedures,
    policies,
    calendar,
    status,
    review_runs,
    substitutes,
    absences,
    handovers,
    session,
    tokens,
):
    # Taken over, not included: FastAPI matches the routes of a router within a router three times for each request.
    router.routes.extend(_resource.router.routes)

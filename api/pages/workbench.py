"""The workbench: every page's router together."""

from __future__ import annotations

from fastapi import APIRouter

from api.pages import (
    activities,
    assignments,
    calendar,
    calls,
    cases,
    documents,
    explanation,
    hubs,
    ledger,
    notices,
    opening_stock,
    organization,
    organizations,
    policies,
    policies_migrate,
    policies_new,
    policies_proposals,
    premises,
    projects,
    review_runs,
    saved_lists,
    signin,
    status,
    sub_teams,
    substitutes,
    surveys,
    today,
    worklist,
)

router = APIRouter(include_in_schema=False)
for _pages in (
    signin,
    today,
    saved_lists,
    worklist,
    cases,
    assignments,
    explanation,
    documents,
    notices,
    organizations,
    organization,
    activities,
    premises,
    hubs,
    sub_teams,
    calls,
    projects,
    ledger,
    status,
    review_runs,
    surveys,
    opening_stock,
    policies_new,
    policies_proposals,
    policies_migrate,
    policies,
    calendar,
    substitutes,
):
    router.include_router(_pages.router)

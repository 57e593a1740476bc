"""The first version of the JSON API, all its resources together."""

from __future__ import annotations

from fastapi import APIRouter

from api.json import (
    cases,
    documents,
    notices,
    organizations,
    procedures,
    review_runs,
    session,
    status,
    surveys,
    tokens,
    worklist,
)

router = APIRouter()
for _resource in (
    session,
    tokens,
    organizations,
    surveys,
    cases,
    documents,
    worklist,
    notices,
    procedures,
    status,
    review_runs,
):
    router.include_router(_resource.router)

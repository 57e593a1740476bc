"""The first version of the JSON API, all its resources together."""

from __future__ import annotations

from fastapi import APIRouter

from api.json import cases, documents, procedures, session, tokens, worklist

router = APIRouter()
for _resource in (session, tokens, cases, documents, procedures, worklist):
    router.include_router(_resource.router)

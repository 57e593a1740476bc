"""The workbench: every page's router together."""

from __future__ import annotations

from fastapi import APIRouter

from api.pages import notices, signin

router = APIRouter(include_in_schema=False)
for _pages in (signin, notices):
    router.include_router(_pages.router)

"""The application of one web process, wired to its settings' database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api.app import create_app
from incubator import logging
from incubator.services.bootstrap import bootstrap


def application() -> FastAPI:
    """Wire the service and make the application; the service closes with it."""
    logging.configure("web")
    service = bootstrap()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        service.close()

    app = create_app(service)
    app.router.lifespan_context = lifespan
    return app
